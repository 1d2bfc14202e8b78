#!/usr/bin/python3
"""Records real programs talking over veth pairs: record.py [-v] DIRECTORY [SCENARIO...]

Builds three network namespaces, left - right - far, runs a scenario at a time in them and records
it with tcpdump, one file each. Needs root. What this machine cannot do is skipped, and said so.
With -v it says how long each scenario took and shows what went wrong in its helpers.
Exit status: 0 recorded, 77 nothing could be recorded, 2 wrong usage. The directory is there in any
case.
"""

import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import relay  # noqa: E402
import talkers  # noqa: E402
from namespaces import Namespace, Unavailable, run, wait_until, words  # noqa: E402

LEFT, RIGHT, FAR = "10.77.0.1", "10.77.0.2", "10.78.0.2"
LEFT6, RIGHT6, FAR6 = "fd77::1", "fd77::2", "fd78::2"
ZONE = "example.test"

SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__.replace("_", "-")] = function
    return function


class Lab:
    """The namespaces, their links, and the recordings made in them."""

    def __init__(self, directory):
        self.directory = directory
        self.scratch = tempfile.mkdtemp(prefix="tapir-record-")
        self.namespaces = []
        self.skipped = []
        self.written = []
        try:
            prefix = f"tapir{os.getpid()}"
            self.left = self.namespace(prefix + "l")
            self.right = self.namespace(prefix + "r")
            self.far = self.namespace(prefix + "f")
            self.link(self.left, "l0", self.right, "r0")
            self.link(self.right, "r1", self.far, "f0")
            self.address(self.left, "l0", f"{LEFT}/24", f"{LEFT6}/64")
            self.address(self.right, "r0", f"{RIGHT}/24", f"{RIGHT6}/64")
            self.address(self.right, "r1", "10.78.0.1/24", "fd78::1/64")
            self.address(self.far, "f0", f"{FAR}/24", f"{FAR6}/64")
            self.right.sysctl("net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
            for namespace, gateway, gateway6 in (
                (self.left, RIGHT, RIGHT6),
                (self.far, "10.78.0.1", "fd78::1"),
            ):
                namespace.ip(f"route add default via {gateway}")
                namespace.ip("-6 route add default via", gateway6)
            for namespace in self.namespaces:
                for rate in ("net.ipv4.icmp_ratelimit=0", "net.ipv6.icmp.ratelimit=0"):
                    namespace.sysctl(rate, check=False)
        except BaseException:
            self.close()
            raise

    def namespace(self, name):
        namespace = Namespace(name)
        self.namespaces.append(namespace)
        # Duplicate address detection would cost a second per link.
        namespace.sysctl(
            "net.ipv6.conf.default.accept_dad=0",
            "net.ipv6.conf.all.accept_dad=0",
            "net.ipv6.conf.default.router_solicitation_delay=0",
            "net.ipv6.conf.default.accept_ra=0",
        )
        return namespace

    @staticmethod
    def link(one, one_name, two, two_name):
        one.ip(f"link add {one_name} type veth peer name {two_name}")
        one.ip(f"link set {two_name} netns", two.name)
        for namespace, name in ((one, one_name), (two, two_name)):
            # Without this the kernel leaves checksums and segmentation to a device that is not
            # there, and recordings show packets that no wire would carry.
            if shutil.which("ethtool"):
                namespace.run(f"ethtool -K {name} tx off tso off", check=False)
            namespace.ip(f"link set {name} up")

    @staticmethod
    def address(namespace, device, *addresses):
        for address in addresses:
            family = "-6" if ":" in address else "-4"
            options = ("nodad",) if ":" in address else ()
            namespace.ip(family, "addr", "add", address, "dev", device, *options)

    def close(self):
        for namespace in reversed(self.namespaces):
            try:
                namespace.close()
            except Exception as problem:  # the rest still has to go
                print(f"record: {namespace.name}: {problem}", file=sys.stderr)
        shutil.rmtree(self.scratch, ignore_errors=True)

    def skip(self, what, why):
        self.skipped.append((what, str(why).splitlines()[0]))

    @contextmanager
    def part(self, what):
        """A piece of a scenario that may be missing without spoiling the rest."""
        try:
            yield
        except (Unavailable, OSError, subprocess.TimeoutExpired) as problem:
            self.skip(what, problem)

    @contextmanager
    def record(self, name, namespace, device, *options):
        """Record a device into DIRECTORY/name.pcap for the length of the block."""
        path = os.path.join(self.directory, f"{name}.pcap")
        command = ("tcpdump", "-Z", "root", "-U", "--immediate-mode", "-n", "-i", device)
        log = os.path.join(self.scratch, "tcpdump.log")
        with open(log, "w", encoding="utf-8") as messages:
            child = namespace.start(*command, "-w", path, *options, stderr=messages)

        def listening():
            with open(log, encoding="utf-8") as text:
                return "listening on" in text.read() or child.poll() is not None

        wait_until(listening, "tcpdump")
        if child.poll() is not None:
            with open(log, encoding="utf-8") as text:
                raise Unavailable("tcpdump: " + text.read().strip())
        try:
            yield
            time.sleep(0.1)
        finally:
            namespace.stop(child, signal.SIGINT)
        # 24 bytes are a file header without a packet.
        if os.path.exists(path) and os.path.getsize(path) > 24:
            self.written.append(path)
        else:
            self.skip(name, "nothing was recorded")
            if os.path.exists(path):
                os.unlink(path)

    def scratch_file(self, name, content=""):
        path = os.path.join(self.scratch, name)
        with open(path, "w", encoding="utf-8") as handle:
            handle.write(content)
        return path

    def wait_port(self, namespace, port, protocol="tcp"):
        """Wait until something listens on a port."""

        def listening():
            table = namespace.run("ss -Hln", "-t" if protocol == "tcp" else "-u").stdout
            return any(line.split()[3].endswith(f":{port}") for line in table.splitlines())

        wait_until(listening, f"{protocol} port {port}")


# --- tunnels -------------------------------------------------------------------------------

UNDERLAY = {4: (LEFT, RIGHT), 6: (LEFT6, RIGHT6)}


def kernel_tunnel(namespace, name, kind, lower, local, remote):
    ends = ("local", local, "remote", remote)
    if kind == "vlan":
        arguments = ("link", lower, "name", name, "type", "vlan", "id", "42")
    elif kind == "qinq":
        outer = name + "o"
        namespace.ip(
            "link add link", lower, "name", outer, "type", "vlan", "proto", "802.1ad", "id", "100"
        )
        namespace.ip(f"link set {outer} up")
        arguments = (
            "link",
            outer,
            "name",
            name,
            "type",
            "vlan",
            "id",
            "7",
            "egress-qos-map",
            "0:3",
        )
    elif kind == "gre-key-seq-sum":
        arguments = ("name", name, "type", "gre", *ends, "key", "77", "seq", "csum")
    elif kind in ("vxlan", "vxlan-gbp"):
        extra = ("gbp",) if kind == "vxlan-gbp" else ()
        port = "8472" if extra else "4789"
        arguments = ("name", name, "type", "vxlan", "id", "77", "dstport", port, *ends, *extra)
    elif kind == "ip6tnl":
        arguments = ("name", name, "type", "ip6tnl", *ends, "mode", "any")
    else:
        arguments = ("name", name, "type", kind, *ends)
    namespace.ip("link add", *arguments)


@contextmanager
def tunnel(lab, kind):
    """A tunnel between left and right on device t0, the kernel's or else our own."""
    name = "t0"
    sides = (
        (lab.left, "l0", "10.79.0.1/24", "fd79::1/64", 0),
        (lab.right, "r0", "10.79.0.2/24", "fd79::2/64", 1),
    )
    version = relay.KINDS.get(kind, (True, 4))[1] or 4
    children = []
    try:
        for namespace, lower, address, address6, side in sides:
            local, remote = UNDERLAY[version][side], UNDERLAY[version][1 - side]
            try:
                if kind == "plain":
                    raise Unavailable("the kernel loses no packets")
                kernel_tunnel(namespace, name, kind, lower, local, remote)
            except Unavailable:
                if kind not in relay.KINDS:
                    raise
                arguments = (kind, name, lower, local, remote)
                children.append((namespace, namespace.call(relay.relay, *arguments)))
                wait_until(
                    lambda: namespace.ip(f"link show {name}", check=False).returncode == 0, kind
                )
                namespace.ip(f"link set {name} mtu 1380")
            namespace.ip(f"link set {name} up")
            lab.address(namespace, name, address, address6)
        yield name
    finally:
        for namespace, child in children:
            namespace.stop(child)
        for namespace, *_ in sides:
            namespace.ip(f"link del {name}", check=False)
            namespace.ip("link del", name + "o", check=False)


def chatter(lab, address, address6, port=8080):
    """A little of everything; an address that is None is left out."""
    curl = ("curl", "-s", "-m3", "-o", os.devnull)
    for target, host in ((address, address), (address6, f"[{address6}]")):
        if target:
            lab.left.run(f"ping -n -c2 -i0.01 -W1 -s 100 {target}", check=False)
            lab.left.run(*curl, f"http://{host}:{port}/", check=False)
            lab.left.run(*curl, f"http://{host}:{port}/big", check=False)
    if address:
        lab.left.run(f"ping -n -c1 -W1 -s 3000 {address}", check=False)


INSIDE = {"ipip": ("10.79.0.2", None), "sit": (None, "fd79::2")}


def tunnel_chatter(lab, kind):
    chatter(lab, *INSIDE.get(kind, ("10.79.0.2", "fd79::2")))


@contextmanager
def web_server(lab, port=8080):
    child = lab.right.call(talkers.serve_http, port)
    try:
        lab.wait_port(lab.right, port)
        yield port
    finally:
        lab.right.stop(child)


# --- scenarios -----------------------------------------------------------------------------


@scenario
def neighbours(lab):
    with lab.record("neighbours", lab.right, "r0"):
        lab.left.ip("link set l0 down")
        lab.left.sysctl("net.ipv6.conf.l0.accept_dad=1", "net.ipv6.conf.l0.dad_transmits=1")
        lab.left.ip("link set l0 up")
        lab.left.ip(f"-6 addr replace {LEFT6}/64 dev l0")
        time.sleep(1.3)
        lab.left.sysctl("net.ipv6.conf.l0.accept_dad=0")
        for version, gateway in (("-4", RIGHT), ("-6", RIGHT6)):
            lab.left.ip(f"{version} route replace default via {gateway}")
        for address in (RIGHT, RIGHT6, "10.77.0.99", "fd77::99"):
            lab.left.run(f"ping -n -c1 -W1 {address}", check=False)
        with lab.part("ndisc6"):
            lab.left.run(f"ndisc6 -1 -r1 -w500 {RIGHT6} l0", check=False)
        lab.left.ip("neigh flush dev l0")
        lab.left.run(f"ping -n -c1 -W1 {RIGHT}", check=False)


@scenario
def router_advertisements(lab):
    server = lab.right.start(
        "dnsmasq -k -C /dev/null --port=0 --user=root --enable-ra --interface=r0"
        " --dhcp-range=fd77::,ra-only,64,600 --ra-param=r0,mtu:1400,high,10,600"
        " --dhcp-option=option6:dns-server,[fd77::2],[fd77::3]"
        f" --dhcp-option=option6:domain-search,{ZONE},lab.{ZONE}"
        f" --dhcp-leasefile={lab.scratch}/leases --pid-file={lab.scratch}/ra.pid"
    )
    try:
        with lab.record("router-advertisements", lab.left, "l0"):
            lab.left.run("rdisc6 -m -r2 -w1000 l0", check=False)
            time.sleep(0.5)
    finally:
        lab.right.stop(server)


@scenario
def ping(lab):
    quick = ("ping", "-n", "-i0.01", "-W1")
    with lab.record("ping", lab.right, "r0"):
        for address in (RIGHT, FAR, RIGHT6, FAR6):
            for size in ("0", "1", "56", "1400"):
                lab.left.run(*quick, "-c2", "-s", size, address, check=False)
            lab.left.run(*quick, "-c1", "-Q", "0xb9", "-t", "7", address, check=False)
        lab.left.run(*quick, "-c1", "-R", FAR, check=False)
        for kind in ("tsonly", "tsandaddr"):
            lab.left.run(*quick, "-c1", "-T", kind, FAR, check=False)
        lab.left.run(*quick, "-c1", "-T", "tsprespec", RIGHT, FAR, check=False)
        lab.left.run(*quick, "-c1", RIGHT, FAR, check=False)
        lab.left.run(*quick, "-c1", "-F", "0x12345", FAR6, check=False)
        for query in ("name", "ipv6", "ipv4-all"):
            lab.left.run("ping -n -c1 -W1 -w1 -N", query, f"{RIGHT6}", check=False)


@scenario
def icmp_errors(lab):
    right, left = lab.right, lab.left
    right.ip("route add prohibit 10.90.1.0/24")
    right.ip("route add unreachable 10.90.2.0/24")
    right.ip("-6 route add prohibit fd90:1::/64")
    right.ip("-6 route add unreachable fd90:2::/64")
    right.ip("link set r1 mtu 1300")
    left.ip(f"route add 10.77.0.9/32 via {RIGHT}")
    quick = ("ping", "-n", "-c1", "-W1", "-w1")
    with lab.record("icmp-errors", right, "r0"):
        for address in ("10.90.1.1", "10.90.2.1", "10.99.0.1", "fd90:1::1", "fd90:2::1", "fd99::1"):
            left.run(*quick, address, check=False)
        for address in (FAR, FAR6):
            left.run(*quick, "-M", "do", "-s", "1400", address, check=False)
            left.run(*quick, "-t", "1", address, check=False)
            left.run(
                "curl -s -m2",
                f"telnet://{address}:81" if ":" not in address else f"telnet://[{address}]:81",
                check=False,
            )
        left.run(*quick, "10.77.0.9", check=False)
        left.run(*quick, "-b", "10.77.0.255", check=False)
        left.finish(left.call(talkers.udp_senders, FAR, FAR6))
        left.finish(left.call(talkers.udp_senders, RIGHT, RIGHT6))
    right.ip("link set r1 mtu 1500")
    left.ip("route del 10.77.0.9/32")


@scenario
def traceroute(lab):
    common = ("-n", "-q1", "-w1", "-m3")
    with lab.record("traceroute", lab.right, "r0"):
        for address in (FAR, FAR6):
            for kind in (
                (),
                ("-I",),
                ("-T",),
                ("-U",),
                ("-T", "-p", "443", "-O", "ecn,sack"),
                ("-e",),
            ):
                lab.left.run("traceroute", *common, *kind, address, check=False)
        lab.left.run("traceroute", *common, FAR, "1300", check=False)


@scenario
def http(lab):
    curl = ("curl", "-s", "-m5", "-o", os.devnull)
    with web_server(lab) as port:
        with lab.record("http", lab.left, "l0"):
            for host in (RIGHT, f"[{RIGHT6}]"):
                base = f"http://{host}:{port}"
                pages = f"{base}/ -o /dev/null {base}/big -o /dev/null {base}/missing"
                lab.left.run(*curl, *pages.split())
                lab.left.run(*curl, "-I", f"{base}/")
                lab.left.run(*curl, "-d", "name=tapir&legs=4", f"{base}/")
                lab.left.run(*curl, "-H", "Expect: 100-continue", "-d", "x" * 2000, f"{base}/")
    # On port 80 tcpdump takes it for what it is.
    with web_server(lab, 80):
        with lab.record("http-port-80", lab.left, "l0", "--time-stamp-precision=nano"):
            lab.left.run(*curl, f"http://{RIGHT}/", "-o", os.devnull, f"http://{RIGHT}/missing")
            lab.left.run(*curl, "-I", f"http://[{RIGHT6}]/")
            lab.left.run(*curl, "-d", "name=tapir", f"http://{RIGHT}/")


RECORDS = (
    f"--host-record=www.{ZONE},10.77.0.80,fd77::80",
    f"--address=/many.{ZONE}/10.0.0.1",
    f"--cname=alias.{ZONE},www.{ZONE}",
    f"--mx-host={ZONE},mail.{ZONE},10",
    f"--txt-record={ZONE},v=spf1 -all,second string",
    "--txt-record=long." + ZONE + "," + ",".join("t%03d" % n + "." * 200 for n in range(8)),
    f"--srv-host=_sip._udp.{ZONE},sip.{ZONE},5060,10,20",
    f"--ptr-record=80.0.77.10.in-addr.arpa,www.{ZONE}",
    f"--naptr-record={ZONE},100,10,U,E2U+sip,!^.*$!sip:info@{ZONE}!",
    f"--caa-record={ZONE},0,issue,ca.{ZONE}",
)
# Types dnsmasq has no option for, as --dns-rr takes them: number and data in hex.
RAW_RECORDS = {
    13: "03563130054c696e7578",
    17: "04726f6f7403636f6d000000",
    18: "00010473657276076578616d706c650474657374" + "00",
    29: "00121613" + "8b0d2b40" + "7d4e7c90" + "009895f0",
    37: "000100020301020304",
    39: "0574686572650474657374" + "00",
    43: "30390d02" + "ab" * 32,
    44: "0401" + "cd" * 20,
    46: "00010d0200000e10677e7c8066a7c580303904746573740000" + "11" * 32,
    47: "0162046578616d" + "00" + "0006400000000003",
    48: "0101030d" + "22" * 64,
    50: "0101000a04aabbccdd14" + "33" * 20 + "0006400000000002",
    51: "0100000a04aabbccdd",
    52: "030101" + "44" * 32,
    59: "30390d02" + "ab" * 32,
    60: "0101030d" + "22" * 32,
    61: "99" * 40,
    62: "0000000100030007" + "2200000000",
    64: "0001037377" + "6d00" + "000100030268320003000201bb",
    65: "000100"
    + "0001000602683302683200040004"
    + "0a4d0050"
    + "00060010"
    + "fd77"
    + "00" * 13
    + "80",
    99: "0b763d73706631202d616c6c",
    108: "0242ac110001",
    109: "0242ac1100010203",
    256: "000a0001" + "68747470733a2f2f6578616d706c652e746573742f",
    65280: "00010203",
}


@contextmanager
def name_server(lab, name, address, *options):
    """dnsmasq on one address of the right side."""
    child = lab.right.start(
        "dnsmasq -k -C /dev/null --user=root --no-resolv --no-hosts --bind-interfaces"
        f" --listen-address={address} --edns-packet-max=1232 --pid-file={lab.scratch}/{name}.pid",
        *options,
    )
    try:
        lab.wait_port(lab.right, 53)
        yield
    finally:
        lab.right.stop(child)


NAMES = (
    (f"www.{ZONE}", "A"),
    (f"www.{ZONE}", "AAAA"),
    (f"alias.{ZONE}", "A"),
    (ZONE, "MX"),
    (ZONE, "TXT"),
    (f"_sip._udp.{ZONE}", "SRV"),
    (ZONE, "NAPTR"),
    (ZONE, "CAA"),
    (f"long.{ZONE}", "TXT"),
    (f"missing.{ZONE}", "A"),
    ("elsewhere.invalid", "A"),
    ("80.0.77.10.in-addr.arpa", "PTR"),
    (ZONE, "ANY"),
    (".", "NS"),
)
SECONDARY = "10.77.0.53"


@scenario
def dns(lab):
    lab.address(lab.right, "r0", f"{SECONDARY}/24")
    raw = (f"--dns-rr=raw{kind}.{ZONE},{kind},{data}" for kind, data in RAW_RECORDS.items())
    zone = (
        "--auth-zone=auth.test,10.77.0.0/24",
        "--host-record=host.auth.test,10.77.0.81",
        f"--auth-server=ns.auth.test,{SECONDARY}",
        f"--auth-peer={LEFT}",
        "--auth-soa=2026010101,hostmaster.auth.test,1200,120,604800",
        "--auth-sec-servers=ns2.auth.test",
    )

    def dig(*arguments):
        lab.left.run("dig +time=1 +tries=1", *words(*arguments), check=False)

    at, at6, authority = f"@{RIGHT}", f"@{RIGHT6}", f"@{SECONDARY}"
    local = (f"--local=/{ZONE}/", f"--listen-address={RIGHT6}", *RECORDS, *raw)
    with name_server(lab, "dns", RIGHT, *local), name_server(lab, "auth", SECONDARY, *zone):
        with lab.record("dns", lab.left, "l0"):
            # Many questions to one dig save starting it many times.
            queries = [word for pair in NAMES for word in pair]
            for kind in RAW_RECORDS:
                queries += [f"raw{kind}.{ZONE}", f"TYPE{kind}"]
            dig(at, *queries)
            dig(f"{at6} www.{ZONE} AAAA {ZONE} MX long.{ZONE} TXT")
            dig(f"{at} +noedns www.{ZONE} A long.{ZONE} TXT +noedns")
            dig(f"{at} +bufsize=512 long.{ZONE} TXT")
            dig(
                f"{at} +dnssec +nsid +subnet=10.1.0.0/16 +expire +cookie=0102030405060708"
                f" +padding=128 +cdflag www.{ZONE} A"
            )
            dig(f"{at} +subnet=fd00:1:2::/48 +nocookie +keepalive www.{ZONE} AAAA")
            dig(f"{at} +ednsopt=65001:cafe +ednsflags=0x4000 +edns=1 www.{ZONE} A")
            dig(f"{at} +norecurse +adflag CH TXT version.bind")
            dig(f"{at} -y hmac-sha256:key.test:c2VjcmV0IHNlY3JldCBzZWNyZXQ= www.{ZONE} A")
            dig(
                f"{authority} auth.test NS auth.test SOA host.auth.test A missing.auth.test A"
                " 81.0.77.10.in-addr.arpa PTR"
            )
            # dnsmasq answers none of these; the questions are what we are after.
            for opcode in ("NOTIFY", "UPDATE", "STATUS", "9"):
                lab.left.stop(
                    lab.left.start(f"dig {authority} +opcode={opcode} +tries=1 auth.test SOA"),
                    delay=0.15,
                )
        with lab.record("dns-tcp", lab.left, "l0"):
            dig(f"{at} +tcp +keepopen www.{ZONE} A long.{ZONE} TXT {ZONE} MX missing.{ZONE} A")
            dig(f"{at6} +tcp +keepalive long.{ZONE} TXT")
            dig(f"{authority} auth.test AXFR")
            dig(f"{at} +bufsize=512 long.{ZONE} TXT")
    lab.right.ip(f"addr del {SECONDARY}/24 dev r0")


LEASES = f"--dhcp-range=10.77.0.100,10.77.0.150,255.255.255.0,1h --domain={ZONE}"
SETTINGS = (
    f"--dhcp-option=option:router,{RIGHT}",
    f"--dhcp-option=option:dns-server,{RIGHT},{FAR}",
    f"--dhcp-option=option:ntp-server,{FAR}",
    f"--dhcp-option-force=option:domain-search,{ZONE},lab.{ZONE}",
    f"--dhcp-option-force=option:classless-static-route,10.78.0.0/24,{RIGHT},0.0.0.0/0,{RIGHT}",
    f"--dhcp-option-force=option:sip-server,sip.{ZONE}",
    "--dhcp-option-force=option:T1,1200",
    "--dhcp-option-force=option:T2,2400",
    "--dhcp-option-force=option:mtu,1400",
    "--dhcp-option-force=option:netbios-ns,10.77.0.3",
    "--dhcp-option-force=option:netbios-nodetype,8",
    "--dhcp-option-force=option:tftp-server,tftp.test",
    "--dhcp-option-force=option:bootfile-name,boot.efi",
    "--dhcp-option-force=vendor:udhcp,1,10.77.0.4",
    "--dhcp-option-force=vi-encap:9,5,text",
    "--dhcp-option-force=114,https://portal.test/api",
    "--dhcp-option-force=252,http://wpad.test/wpad.dat",
    "--dhcp-option-force=224,01:02:03",
)
DHCLIENT = """
send fqdn.fqdn "host.example.test.";
send fqdn.encoded on;
send fqdn.server-update on;
send dhcp-client-identifier = hardware;
send user-class "\x04test";
request subnet-mask, routers, domain-name, domain-name-servers, domain-search, ntp-servers,
  rfc3442-classless-static-routes;
timeout 3;
"""
OLD_LEASE = """
lease {
  interface "l0";
  fixed-address 10.99.0.9;
  option subnet-mask 255.255.255.0;
  option dhcp-lease-time 864000;
  option dhcp-server-identifier 10.99.0.1;
  renew never;
  rebind never;
  expire never;
}
"""


@contextmanager
def leases_from(lab, namespace, device, *options):
    """dnsmasq giving away addresses."""
    name = f"dhcp-{device}"
    child = namespace.start(
        "dnsmasq -k -C /dev/null --port=0 --user=root --no-ping --dhcp-authoritative"
        f" --interface={device} --dhcp-leasefile={lab.scratch}/{name}.leases"
        f" --pid-file={lab.scratch}/{name}.pid",
        *options,
    )
    try:
        lab.wait_port(namespace, 67, "udp")
        yield
    finally:
        namespace.stop(child)


@scenario
def dhcp(lab):
    # Nothing is configured: the scripts that would do it are programs that do nothing.
    udhcpc = "udhcpc -i l0 -f -q -n -t 2 -T 1 -s /bin/true"
    dhclient = (
        f"dhclient -4 -1 -d -sf /bin/true -cf {lab.scratch_file('dhclient.conf', DHCLIENT)}"
        f" -pf {lab.scratch}/dhclient.pid"
    )
    old = lab.scratch_file("old.leases", OLD_LEASE)
    fresh = lab.scratch_file("fresh.leases")
    with leases_from(lab, lab.right, "r0", *LEASES.split(), *SETTINGS):
        with lab.record("dhcp", lab.left, "l0", "port 67 or port 68"):
            with lab.part("udhcpc"):
                lab.left.run(f"{udhcpc} -R -x hostname:left -F left.{ZONE} -V udhcp-test")
                asked = (f"-O {code}" for code in (43, 66, 67, 114, 119, 120, 121, 125, 224, 252))
                lab.left.run(f"{udhcpc} -r 10.77.0.120 -C {' '.join(asked)}")
                lab.left.run(f"{udhcpc} -B -r 10.99.0.1 -x 0x3d:00636c69656e74 -x 0x32:0a4d0009")
            with lab.part("dhclient"):
                for leases in (fresh, old):
                    lab.left.stop(lab.left.start(f"{dhclient} -lf {leases} l0"), delay=1.5)
                lab.left.run(f"{dhclient} -lf {fresh} -r l0", check=False)
    # Through a relay agent.
    relayed = "--dhcp-range=10.77.0.160,10.77.0.170,255.255.255.0,1h"
    with leases_from(lab, lab.far, "f0", relayed, *SETTINGS):
        with lab.part("relay agent"), leases_from(
            lab, lab.right, "r0", f"--dhcp-relay={RIGHT},{FAR}", "--interface=r1"
        ):
            with lab.record("dhcp-relayed", lab.far, "f0", "port 67 or port 68"):
                lab.left.run(udhcpc, check=False)


@scenario
def tls(lab):
    key, certificate = (os.path.join(lab.scratch, name) for name in ("key.pem", "cert.pem"))
    run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
        f" -keyout {key} -out {certificate} -days 2 -subj /CN={ZONE}"
    )
    server = lab.right.start(
        f"openssl s_server -accept 4433 -key {key} -cert {certificate} -www -quiet"
    )
    try:
        lab.wait_port(lab.right, 4433)
        with lab.record("tls", lab.left, "l0"):
            for options in (("--tls-max", "1.2"), ("--tlsv1.3",)):
                for host in (RIGHT, f"[{RIGHT6}]"):
                    lab.left.run("curl -s -k -m5 -o /dev/null", *options, f"https://{host}:4433/")
    finally:
        lab.right.stop(server)


@scenario
def ssh(lab):
    program = shutil.which("sshd", path="/usr/sbin:/usr/bin:/sbin")
    if program is None:
        raise Unavailable("sshd is not installed")
    key = os.path.join(lab.scratch, "host_key")
    run("ssh-keygen -q -t ed25519 -N", "", "-f", key)
    created = not os.path.isdir("/run/sshd")
    os.makedirs("/run/sshd", exist_ok=True)
    options = ("-o", "PidFile=none", "-o", "UsePAM=no", "-h", key)
    server = lab.right.start(program, "-D", "-f", os.devnull, "-p", "22", *options)
    try:
        lab.wait_port(lab.right, 22)
        with lab.record("ssh", lab.left, "l0"):
            for host in (RIGHT, RIGHT6):
                lab.left.run("ssh-keyscan -T 3 -t ed25519", host, check=False)
    finally:
        lab.right.stop(server)
        if created:
            os.rmdir("/run/sshd")


@scenario
def vlan(lab):
    for kind in ("vlan", "qinq"):
        with web_server(lab), tunnel(lab, kind):
            with lab.record(kind, lab.right, "r0"):
                tunnel_chatter(lab, kind)


@scenario
def vxlan(lab):
    for kind in ("vxlan", "vxlan-gbp"):
        with lab.part(kind), web_server(lab), tunnel(lab, kind):
            with lab.record(kind, lab.right, "r0"):
                tunnel_chatter(lab, kind)


@scenario
def tunnels(lab):
    for kind in (
        "gre",
        "gre-key-seq-sum",
        "gretap",
        "ip6gre",
        "ip6gretap",
        "ipip",
        "sit",
        "ip6tnl",
    ):
        with lab.part(kind), web_server(lab), tunnel(lab, kind):
            with lab.record(kind, lab.right, "r0"):
                tunnel_chatter(lab, kind)


@scenario
def raw_ip(lab):
    # A tunnel's own device has no link header: raw IP, or cooked where the kernel says so.
    for kind in ("gre", "sit", "plain"):
        with lab.part(kind), web_server(lab), tunnel(lab, kind) as device:
            with lab.record(f"raw-{kind}", lab.right, device):
                tunnel_chatter(lab, kind)
    with lab.record("loopback", lab.right, "lo"):
        for address in ("127.0.0.1", "::1"):
            lab.right.run(f"ping -n -c2 -i0.01 {address}", check=False)


@scenario
def fragments(lab):
    with lab.record("fragments", lab.right, "r0"):
        for address in (RIGHT, FAR, RIGHT6, FAR6):
            for size in ("1473", "4000", "9000"):
                lab.left.run("ping -n -c1 -W1 -s", size, address, check=False)


@scenario
def any_device(lab):
    with web_server(lab):
        for name, link_type in (("any-sll", "LINUX_SLL"), ("any-sll2", "LINUX_SLL2")):
            with lab.record(name, lab.right, "any", "-y", link_type):
                chatter(lab, RIGHT, RIGHT6)
                lab.left.run(f"ping -n -c1 -W1 {FAR}", check=False)
                lab.left.run("ping -n -b -c1 -W1 10.77.0.255", check=False)
                lab.right.run("ping -n -c1 -W1 127.0.0.1", check=False)
                lab.right.run("ping -n -c1 -W1 ::1", check=False)
                lab.left.ip("neigh flush dev l0")
                lab.left.run(f"ping -n -c1 -W1 {RIGHT}", check=False)


@scenario
def any_device_tunnels(lab):
    for kind in ("qinq", "gretap"):
        with lab.part(kind), web_server(lab), tunnel(lab, kind):
            with lab.record(f"any-{kind}", lab.right, "any"):
                tunnel_chatter(lab, kind)


@scenario
def tcp_options(lab):
    left, right = lab.left, lab.right
    tcp, port = socket.IPPROTO_TCP, 40000
    with lab.record("tcp", left, "l0"):
        with lab.part("tcp"):
            server = right.call(talkers.tcp_server, port)
            lab.wait_port(right, port)
            left.finish(left.call(talkers.tcp_exchange, RIGHT, port, 5000))
            left.finish(left.call(talkers.tcp_oddities, RIGHT, port, port + 9))
            left.sysctl("net.ipv4.tcp_timestamps=0")
            left.finish(left.call(talkers.tcp_exchange, RIGHT6, port, 1500))
            left.sysctl(
                "net.ipv4.tcp_timestamps=1", "net.ipv4.tcp_sack=0", "net.ipv4.tcp_window_scaling=0"
            )
            left.finish(
                left.call(
                    talkers.tcp_exchange, RIGHT, port, 1500, 0, ((tcp, socket.TCP_MAXSEG, 500),)
                )
            )
            left.sysctl("net.ipv4.tcp_sack=1", "net.ipv4.tcp_window_scaling=1")
            left.finish(
                left.call(
                    talkers.tcp_exchange,
                    RIGHT,
                    port,
                    100,
                    0,
                    ((tcp, socket.TCP_USER_TIMEOUT, 5000),),
                )
            )
            right.stop(server)
        with lab.part("zero window"):
            server = right.call(talkers.tcp_zero_window, port + 1)
            lab.wait_port(right, port + 1)
            left.finish(left.call(talkers.tcp_fill, RIGHT, port + 1))
            right.stop(server)
    with lab.record("tcp-ecn", left, "l0"):
        for namespace in (left, right):
            namespace.sysctl("net.ipv4.tcp_ecn=1")
        server = right.call(talkers.tcp_server, port)
        lab.wait_port(right, port)
        left.finish(left.call(talkers.tcp_exchange, RIGHT, port, 3000))
        left.sysctl("net.ipv4.tcp_ecn=3", "net.ipv4.tcp_congestion_control=dctcp", check=False)
        left.finish(left.call(talkers.tcp_exchange, RIGHT, port, 3000))
        right.stop(server)
        left.sysctl("net.ipv4.tcp_ecn=2")
    with lab.record("tcp-fast-open", left, "l0"):
        for namespace in (left, right):
            namespace.sysctl("net.ipv4.tcp_fastopen=3")
        server = right.call(
            talkers.tcp_server, port, socket.AF_INET, 0, ((tcp, socket.TCP_FASTOPEN, 5),)
        )
        lab.wait_port(right, port)
        left.finish(left.call(talkers.tcp_fast_open, RIGHT, port))
        right.stop(server)


@scenario
def tcp_md5(lab):
    left, right, port = lab.left, lab.right, 40100

    def key_for(address):
        # struct tcp_md5sig: a sockaddr_storage, flags, prefix, key length, interface, key.
        peer = struct.pack("=H2x4s", socket.AF_INET, socket.inet_aton(address)) + bytes(120)
        return peer + struct.pack("=BBHi80s", 0, 0, 6, 0, b"secret")

    with lab.record("tcp-md5", left, "l0"):
        options = ((socket.IPPROTO_TCP, 14, key_for(LEFT)),)
        server = right.call(talkers.tcp_server, port, socket.AF_INET, 0, options)
        lab.wait_port(right, port)
        options = ((socket.IPPROTO_TCP, 14, key_for(RIGHT)),)
        left.finish(left.call(talkers.tcp_exchange, RIGHT, port, 2000, 0, options))
        right.stop(server)


@scenario
def tcp_loss(lab):
    with tunnel(lab, "plain") as device:
        server = lab.right.call(talkers.tcp_server, 40200)
        lab.wait_port(lab.right, 40200)
        with lab.record("tcp-loss", lab.left, device):
            lab.left.finish(lab.left.call(talkers.tcp_exchange, "10.79.0.2", 40200, 60000), 20)
        lab.right.stop(server)


@scenario
def mptcp(lab):
    left, right, port, number = lab.left, lab.right, 40300, 262
    for namespace in (left, right):
        namespace.sysctl("net.mptcp.enabled=1")
        namespace.run("ip mptcp limits set subflow 2 add_addr_accepted 2")
    lab.address(left, "l0", "10.77.0.11/24")
    lab.address(right, "r0", "10.77.0.12/24")
    left.run("ip mptcp endpoint add 10.77.0.11 dev l0 subflow")
    right.run("ip mptcp endpoint add 10.77.0.12 dev r0 signal")
    server = None
    try:
        server = right.call(talkers.tcp_server, port, socket.AF_INET6, number)
        lab.wait_port(right, port)
        with lab.record("mptcp", left, "l0"):
            for checksum in ("0", "1"):
                for namespace in (left, right):
                    namespace.sysctl(f"net.mptcp.checksum_enabled={checksum}")
                for address in (RIGHT, RIGHT6):
                    left.finish(left.call(talkers.tcp_exchange, address, port, 20000, number))
                    time.sleep(0.2)
    finally:
        if server:
            right.stop(server)
        for namespace in (left, right):
            namespace.run("ip mptcp endpoint flush", check=False)
        left.ip("addr del 10.77.0.11/24 dev l0", check=False)
        right.ip("addr del 10.77.0.12/24 dev r0", check=False)


@scenario
def ipv6_extensions(lab):
    for device in ("all", "r0", "r1"):
        lab.right.sysctl(f"net.ipv6.conf.{device}.seg6_enabled=1", check=False)
    for device in ("all", "f0"):
        lab.far.sysctl(f"net.ipv6.conf.{device}.seg6_enabled=1", check=False)
    with lab.record("ipv6-extensions", lab.right, "r0"):
        lab.left.finish(lab.left.call(talkers.ipv6_headers, FAR6, RIGHT6))
        for number, mode in enumerate(("inline", "encap", "l2encap")):
            with lab.part(f"SRv6 {mode}"):
                prefix = f"fd9{number}:78::/64"
                lab.left.ip(
                    f"-6 route add {prefix} encap seg6 mode",
                    mode,
                    "segs",
                    f"{RIGHT6},{FAR6}",
                    "dev",
                    "l0",
                )
                target = prefix.replace("/64", "1")
                lab.left.run(f"ping -n -c2 -i0.01 -W1 -w1 -t4 {target}", check=False)
                lab.left.ip(f"-6 route del {prefix}")


@scenario
def multicast(lab):
    with lab.record("multicast", lab.right, "r0"):
        lab.left.finish(lab.left.call(talkers.join_groups, "l0"))
        time.sleep(0.3)


@scenario
def cut(lab):
    with web_server(lab, 80), name_server(lab, "cut", RIGHT, *RECORDS):
        for length in ("64", "96"):
            with lab.record(f"cut-{length}", lab.left, "l0", "-s", length):
                chatter(lab, RIGHT, RIGHT6, 80)
                lab.left.run(
                    f"dig @{RIGHT} +time=1 +tries=1 {ZONE} MX www.{ZONE} AAAA", check=False
                )
                for address in (FAR, FAR6):
                    lab.left.run(f"traceroute -n -q1 -w1 -m3 {address}", check=False)


def main(arguments):
    verbose = arguments[:1] == ["-v"]
    if verbose:
        arguments = arguments[1:]
        Namespace.verbose = True
    if not arguments or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    directory, names = os.path.abspath(arguments[0]), arguments[1:] or list(SCENARIOS)
    unknown = [name for name in names if name not in SCENARIOS]
    if unknown:
        print(
            f"record: no scenario {', '.join(unknown)}; there are: {' '.join(SCENARIOS)}",
            file=sys.stderr,
        )
        return 2
    os.makedirs(directory, exist_ok=True)
    if os.geteuid() != 0:
        print("record: SKIPPED: root is needed to make network namespaces", file=sys.stderr)
        return 77
    # A terminated run cleans up too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    try:
        lab = Lab(directory)
    except (Unavailable, OSError) as problem:
        print(f"record: SKIPPED: no network namespaces here: {problem}", file=sys.stderr)
        return 77
    try:
        for name in names:
            begun = time.monotonic()
            with lab.part(name):
                SCENARIOS[name](lab)
            for namespace in lab.namespaces:
                namespace.stop_all()
            if verbose:
                print(f"record: {name}: {time.monotonic() - begun:.1f} s", file=sys.stderr)
    finally:
        lab.close()
    for what, why in lab.skipped:
        print(f"record: SKIPPED {what}: {why}", file=sys.stderr)
    seconds = time.monotonic() - started
    print(f"record: {len(lab.written)} files in {directory}, {seconds:.0f} s", file=sys.stderr)
    return 0 if lab.written else 77


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
