#!/usr/bin/python3
"""Compares tapir devices with ip(8) and tcpdump inside network namespaces; prints TAP. As root, else it
skips. usage: devices.py TAPIR"""

import json
import os
import struct
import subprocess
import sys
import time

from namespace import Namespace, Pair, need_programs
import tap
from tap import Skip, need, test

TAPIR = os.path.abspath(sys.argv[1]) if len(sys.argv) > 1 else "tapir"


def tapir(namespace, *words, code=0):
    done = namespace.run(TAPIR, "devices", *words, check=False)
    need(done.returncode == code, f"{words}: exit code {done.returncode}: {done.stderr}")
    return done.stdout if code == 0 else done.stderr


def objects(namespace, *words):
    return [json.loads(line) for line in tapir(namespace, "--json", *words).splitlines()]


def devices(namespace):
    return {each["name"]: each for each in objects(namespace)}


def same(actual, expected, what):
    need(actual == expected, f"{what}: expected {expected!r}, got {actual!r}")


def without_netlink():
    done = subprocess.run([TAPIR, "devices", "--routes"], capture_output=True, text=True)
    if "libmnl" in done.stderr:
        raise Skip("built without libmnl")


def steadily(check):
    """Checks again while the kernel is still busy bringing interfaces up and down."""
    for left in range(15, -1, -1):
        try:
            return check()
        except AssertionError:
            if not left:
                raise
            time.sleep(0.2)


def furnish(namespace):
    """Adds interfaces of every kind that this kernel has, beside a veth pair."""
    namespace.ip("link", "add", "one", "type", "veth", "peer", "name", "two")
    namespace.ip("link", "set", "one", "alias", "to the \"attic\"\t", "mtu", "1400", "txqueuelen", "7")
    namespace.ip("link", "property", "add", "dev", "one", "altname", "the-first-of-them-all")
    namespace.ip("link", "set", "one", "up")
    namespace.ip("link", "set", "two", "up", "multicast", "off")
    for words in (("bridge0", "type", "bridge"), ("link", "one", "name", "one.5", "type", "vlan", "id", "5"),
                  ("link", "one", "name", "macvlan0", "type", "macvlan"), ("dummy0", "type", "dummy"),
                  ("ifb7", "type", "ifb"), ("gre7", "type", "gre", "local", "10.0.0.1"),
                  ("vcan0", "type", "vcan"), ("link", "one", "name", "ad.6", "type", "vlan", "protocol",
                                              "802.1ad", "id", "6")):
        try:
            namespace.add_link(*words)
        except Skip:
            pass
    namespace.ip("tuntap", "add", "dev", "tun0", "mode", "tun", check=False)
    namespace.ip("tuntap", "add", "dev", "tap0", "mode", "tap", check=False)
    namespace.ip("link", "set", "two", "master", "bridge0", check=False)
    namespace.ip("link", "set", "bridge0", "up", check=False)


FLAGS = {"UP": "up", "LOOPBACK": "loopback", "BROADCAST": "broadcast", "MULTICAST": "multicast",
         "POINTOPOINT": "point-to-point", "NOARP": "no-arp", "LOWER_UP": "carrier", "ALLMULTI": "all-multicast"}
STATES = {"LOWERLAYERDOWN": "lower-layer-down", "NOTPRESENT": "not-present"}


def compare_link(link, device):
    name = link["ifname"]
    for ours, theirs in (("index", "ifindex"), ("mtu", "mtu"), ("tx_queue_len", "txqlen"),
                         ("tx_queues", "num_tx_queues"), ("rx_queues", "num_rx_queues"),
                         ("master", "master"), ("alias", "ifalias"), ("alt_names", "altnames"),
                         ("permanent_mac", "permaddr"), ("promiscuity", "promiscuity"),
                         ("max_mtu", "max_mtu"), ("min_mtu", "min_mtu")):
        # ip leaves the permanent address out where it is the one in use.
        if ours == "permanent_mac" and theirs not in link:
            continue
        same(device.get(ours, 0), link.get(theirs, 0), f"{name}: {ours}")
    same(device.get("parent"), link.get("link") or link.get("link_index"), f"{name}: parent")
    if link["link_type"] in ("ether", "loopback"):
        same(device["mac"], link["address"], f"{name}: mac")
        same(device["broadcast_mac"], link["broadcast"], f"{name}: broadcast_mac")
    theirs = {FLAGS[flag] for flag in link["flags"] if flag in FLAGS}
    same({flag for flag in device["flags"] if flag in FLAGS.values()}, theirs, f"{name}: flags")
    state = link["operstate"]
    same(device["state"], STATES.get(state, state.lower()), f"{name}: state")
    information = link.get("linkinfo", {})
    same(device.get("kind"), information.get("info_kind"), f"{name}: kind")
    same(device.get("port_kind"), information.get("info_slave_kind"), f"{name}: port_kind")
    if device.get("kind") == "vlan":
        same(device["vlan"], information["info_data"]["id"], f"{name}: vlan")
        same(device["vlan_protocol"], {"802.1Q": 0x8100, "802.1ad": 0x88A8}[
            information["info_data"]["protocol"]], f"{name}: vlan_protocol")


@test
def interfaces_are_as_ip_shows_them():
    without_netlink()
    with Namespace() as namespace:
        furnish(namespace)

        def check():
            links = namespace.ip_json("link")
            found = devices(namespace)
            need(len(links) >= 4, links)
            same({name for name, each in found.items() if "index" in each},
                 {link["ifname"] for link in links}, "names")
            for link in links:
                compare_link(link, found[link["ifname"]])
            return found

        found = steadily(check)
        same(found["one"]["alias"], 'to the "attic"\t', "alias")
        in_full = tapir(namespace, "the-first-of-them-all")
        need('Alias:            to the "attic"\\t\n' in in_full, in_full)
        need("Driver:           veth" in in_full, in_full)
        need(found["one"]["speed"] == 10000 and found["one"]["duplex"] == "full", found["one"])


@test
def a_port_names_its_bridge():
    without_netlink()
    with Namespace() as namespace:
        namespace.ip("link", "add", "one", "type", "veth", "peer", "name", "two")
        namespace.add_link("bridge0", "type", "bridge")
        namespace.ip("link", "set", "two", "master", "bridge0")
        shown = tapir(namespace, "two")
        need("Port of:          bridge0 (bridge)" in shown and "Lies on:          one" in shown, shown)


@test
def a_vlan_names_what_it_lies_on():
    without_netlink()
    with Namespace() as namespace:
        namespace.ip("link", "add", "one", "type", "veth", "peer", "name", "two")
        namespace.add_link("link", "one", "name", "one.5", "type", "vlan", "id", "5")
        shown = tapir(namespace, "one.5")
        need("Kind:             vlan 5 (0x8100)\nLies on:          one\n" in shown, shown)


@test
def a_peer_elsewhere_is_not_taken_for_one_here():
    without_netlink()
    with Pair() as pair:
        left = devices(pair.left)["left0"]
        link, = pair.left.ip_json("link", "show", "left0")
        same((left["parent"], left["parent_elsewhere"]), (link["link_index"], True), "parent")
        need("of another namespace" in tapir(pair.left, "left0"), "in full")


def compare_address(theirs, ours, name):
    same(ours["address"], theirs["local"], f"{name}: address")
    same(ours["prefix_len"], theirs["prefixlen"], f"{name}: prefix_len")
    same(ours.get("peer"), theirs.get("address"), f"{name}: peer")
    same(ours.get("broadcast"), theirs.get("broadcast"), f"{name}: broadcast")
    same(ours["scope"], theirs["scope"], f"{name}: scope")
    for key, word in (("valid", "valid_life_time"), ("preferred", "preferred_life_time")):
        left = theirs[word]
        same(abs(ours.get(key, 0xFFFFFFFF) - left) <= 1, True, f"{name}: {key}")


@test
def addresses_are_as_ip_shows_them():
    without_netlink()
    with Pair() as pair:
        ip = pair.left.ip
        ip("addr", "add", "10.1.0.1", "peer", "10.1.0.2/30", "dev", "left0")
        ip("addr", "add", "10.2.0.1/8", "dev", "left0", "scope", "link", "label", "left0:x")
        ip("addr", "add", "2001:db8::1", "peer", "2001:db8::2/128", "dev", "left0", "nodad")
        ip("addr", "add", "2001:db8::7/64", "dev", "left0", "valid_lft", "500", "preferred_lft", "100", "nodad")
        time.sleep(0.1)
        found = devices(pair.left)
        count = 0
        for link in pair.left.ip_json("addr"):
            ours = found[link["ifname"]]["addresses"]
            same(len(ours), len(link["addr_info"]), link["ifname"])
            for mine, theirs in zip(ours, link["addr_info"]):
                compare_address(theirs, mine, link["ifname"])
                count += 1
        need(count >= 8, count)


def tcpdump_list(namespace, *front):
    done = namespace.run(*front, "tcpdump", "-D", check=False)
    need(done.returncode == 0, done.stderr)
    return done.stdout


@test
def lines_and_order_are_those_of_tcpdump():
    need_programs("tcpdump")
    with Namespace() as namespace:
        same(tapir(namespace, "-D"), tcpdump_list(namespace), "with a loopback alone")
        furnish(namespace)
        for change in ((), ("one", "down"), ("lo", "down"), ("bridge0", "down")):
            if change:
                namespace.ip("link", "set", *change, check=False)
            steadily(lambda change=change: same(tapir(namespace, "-D"), tcpdump_list(namespace), change))
            names = [line.split(".", 1)[1].split(" ")[0] for line in tcpdump_list(namespace).splitlines()]
            same(list(devices(namespace)), names, "order")


def link_type_of(namespace, name):
    """The link type in the header that tcpdump writes for the device; None when it cannot open it."""
    tcpdump = subprocess.Popen(namespace.command("tcpdump", "-U", "-w", "-", "-i", name),
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    header = tcpdump.stdout.read(24)
    tcpdump.terminate()
    tcpdump.wait()
    tcpdump.stdout.close()
    return struct.unpack("=I", header[20:])[0] & 0xFFFF if len(header) == 24 else None


@test
def link_types_are_those_that_tcpdump_captures_with():
    need_programs("tcpdump")
    without_netlink()
    with Namespace() as namespace:
        furnish(namespace)
        for name in ("tun0", "tap0", "gre7", "vcan0", "dummy0", "ifb7"):
            namespace.ip("link", "set", name, "up", check=False)
        compared = 0
        for name, device in devices(namespace).items():
            theirs = link_type_of(namespace, name)
            if theirs is not None and name not in ("any",):
                same(device.get("link_type"), theirs, name)
                compared += 1
        need(compared >= 4, compared)
        # tcpdump asks libpcap for the second version of cooked headers; libpcap's own is the first.
        same(devices(namespace)["any"]["link_type"], 113, "any")


@test
def the_first_device_is_the_one_that_tcpdump_picks():
    need_programs("tcpdump")
    with Pair() as pair:
        tcpdump = pair.left.start("tcpdump", "-w", "/dev/null", stderr=subprocess.PIPE, text=True)
        line = tcpdump.stderr.readline()
        first = tapir(pair.left, "-D").split("\n")[0]
        need(f"listening on {first.split('.')[1].split(' ')[0]}," in line, (line, first))


@test
def a_capture_makes_an_interface_promiscuous():
    need_programs("tcpdump")
    without_netlink()
    with Pair() as pair:
        need("promiscuous" not in devices(pair.left)["left0"]["flags"], "before")
        tcpdump = pair.left.start("tcpdump", "-i", "left0", "-w", "/dev/null", stderr=subprocess.PIPE, text=True)
        tcpdump.stderr.readline()
        left = devices(pair.left)["left0"]
        need("promiscuous" in left["flags"] and left["promiscuity"] == 1, left)


@test
def counters_are_those_of_ip():
    need_programs("ping")
    without_netlink()
    with Pair() as pair:
        pair.left.run("ping", "-c", "3", "-i", "0.2", "-w", "5", pair.right.ipv4)
        for _ in range(20):  # neighbour discovery goes on beside
            before = pair.left.ip_json("-s", "link", "show", "left0")[0]["stats64"]
            device = devices(pair.left)["left0"]
            after = pair.left.ip_json("-s", "link", "show", "left0")[0]["stats64"]
            if before == after:
                break
        for ours, theirs in (("received", "rx"), ("sent", "tx")):
            for key in ("packets", "bytes", "errors", "dropped"):
                same(device[ours][key], before[theirs][key], f"{theirs} {key}")
        need(device["received"]["packets"] >= 3, device)


def route_words(pair):
    """A router on the right, with tables and rules on the left."""
    ip = pair.left.ip
    ip("route", "add", "default", "via", "10.99.0.2")
    ip("-6", "route", "add", "default", "via", "fd00:99::2")
    ip("route", "add", "10.50.0.0/16", "via", "10.99.0.2", "src", "10.99.0.1", "metric", "7", "mtu", "1300",
       "proto", "static")
    ip("route", "add", "blackhole", "10.51.0.0/16")
    ip("route", "add", "unreachable", "10.52.0.0/16")
    ip("route", "add", "prohibit", "10.53.0.0/16")
    ip("addr", "add", "10.98.0.1/24", "dev", "left0")
    ip("route", "add", "10.54.0.0/16", "nexthop", "via", "10.99.0.2", "weight", "3", "nexthop", "via",
       "10.98.0.2")
    ip("route", "add", "10.55.0.0/16", "via", "inet6", "fe80::1", "dev", "left0")
    ip("route", "add", "10.50.0.0/16", "via", "10.98.0.9", "table", "1234")
    ip("rule", "add", "fwmark", "0x2a", "table", "1234", check=False)
    ip("-6", "route", "add", "2001:db8:5::/48", "via", "fd00:99::2", "metric", "99")
    ip("-6", "route", "add", "2001:db8:6::/48", "nexthop", "via", "fd00:99::2", "dev", "left0", "nexthop",
       "via", "fd00:99::3", "dev", "left0")
    ip("-6", "route", "add", "unreachable", "2001:db8:7::/48")
    ip("-6", "route", "add", "prohibit", "2001:db8:8::/48")
    ip("-6", "route", "add", "blackhole", "2001:db8:9::/48")


def hops_of(theirs):
    """One entry for each next hop of a route that ip shows."""
    for hop in theirs.get("nexthops", [theirs]):
        via = hop.get("via", {})
        yield {"gateway": hop.get("gateway") or via.get("host"), "interface": hop.get("dev"),
               "weight": hop.get("weight") if "nexthops" in theirs else None}


def prefix(address, length, family):
    full = 32 if family == 4 else 128
    return address if length == full else "default" if length == 0 else f"{address}/{length}"


@test
def routing_tables_are_as_ip_shows_them():
    without_netlink()
    with Pair() as pair:
        route_words(pair)
        expected = []
        for family in (4, 6):
            for theirs in pair.left.ip_json(f"-{family}", "route", "show", "table", "all"):
                for hop in hops_of(theirs):
                    expected.append({
                        "destination": theirs["dst"], "type": theirs["type"], "source": theirs.get("prefsrc"),
                        "table": str(theirs["table"]), "protocol": theirs["protocol"],
                        "scope": theirs["scope"], "metric": theirs.get("metric") or None,
                        "mtu": (theirs.get("metrics") or [{}])[0].get("mtu"), **hop})
        found = []
        for ours in objects(pair.left, "--routes"):
            family = 6 if ":" in ours["destination"] else 4
            found.append({
                "destination": prefix(ours["destination"], ours["prefix_len"], family),
                "type": ours["type"], "source": ours.get("source"),
                "table": ours.get("table_name", str(ours["table"])), "protocol": ours["protocol_name"],
                "scope": ours["scope"], "metric": ours.get("metric"), "mtu": ours.get("mtu"),
                "gateway": ours.get("gateway"), "interface": ours.get("interface"),
                "weight": ours.get("weight")})
        # Each lists the versions of IP and the tables in an order of its own.
        for entry in expected:
            need(entry in found, f"not found: {entry} in {[e for e in found if e not in expected]}")
        for entry in found:
            need(entry in expected, f"found too much: {entry}")
        same(len(found), len(expected), "routes")
        need(len(found) > 20, len(found))


ROUTES = [
    (["10.99.0.2"], []), (["10.99.0.1"], []), (["10.99.0.255"], []), (["192.0.2.1"], []),
    (["10.50.1.1"], []), (["10.55.1.1"], []), (["10.50.1.1", "--mark", "42"], ["mark", "42"]),
    (["192.0.2.1", "--from", "10.98.0.1"], ["from", "10.98.0.1"]),
    (["192.0.2.1", "-i", "left0"], ["oif", "left0"]), (["224.0.0.1", "-i", "left0"], ["oif", "left0"]),
    (["fd00:99::2"], []), (["fd00:99::1"], []), (["2001:db8:5::1"], []), (["2001:db8::1"], []),
    (["2001:db8::1", "--from", "fd00:99::1"], ["from", "fd00:99::1"]), (["ff02::1", "-i", "left0"], ["oif", "left0"]),
]


@test
def routes_are_those_that_ip_gets():
    without_netlink()
    with Pair() as pair:
        route_words(pair)
        for words, theirs_words in ROUTES:
            theirs, = pair.left.ip_json("route", "get", words[0], *theirs_words)
            ours, = objects(pair.left, "--route", *words)
            via = theirs.get("via", {})
            for key, value in (("gateway", theirs.get("gateway") or via.get("host")), ("interface", theirs["dev"]),
                               ("source", theirs.get("prefsrc")), ("type", theirs["type"])):
                same(ours.get(key), value, f"{words}: {key}")
            same(ours["destination"], words[0], words)


@test
def a_route_may_depend_on_the_interface_a_packet_came_in_by():
    without_netlink()
    with Pair() as pair:
        pair.left.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        pair.left.add_link("other", "type", "veth", "peer", "name", "other1")
        pair.left.ip("addr", "add", "10.97.0.1/24", "dev", "other")
        pair.left.ip("link", "set", "other1", "up")
        pair.left.ip("link", "set", "other", "up")
        ours, = objects(pair.left, "--route", "10.97.0.5", "--from", "10.99.0.2", "--input", "left0")
        theirs, = pair.left.ip_json("route", "get", "10.97.0.5", "from", "10.99.0.2", "iif", "left0")
        same((ours["interface"], ours.get("source")), (theirs["dev"], theirs.get("prefsrc")), "forwarded")


@test
def routes_that_forbid_say_how():
    without_netlink()
    with Pair() as pair:
        need("no route to 192.0.2.1" in tapir(pair.left, "--route", "192.0.2.1", code=1), "none")
        route_words(pair)
        for destination, word in (("10.51.0.1", "black hole"), ("10.52.0.1", "unreachable"),
                                  ("10.53.0.1", "prohibits"), ("2001:db8:7::1", "unreachable"),
                                  ("2001:db8:8::1", "prohibits"), ("2001:db8:9::1", "black hole")):
            need(word in tapir(pair.left, "--route", destination, code=1), destination)


@test
def neighbours_are_as_ip_shows_them():
    without_netlink()
    with Pair() as pair:
        for number in range(5, 200):
            pair.left.ip("neigh", "add", f"10.99.0.{number}", "lladdr", f"02:00:00:00:00:{number:02x}",
                         "dev", "left0", "nud", "permanent" if number % 2 else "stale")
        pair.left.ip("-6", "neigh", "add", "fd00:99::9", "lladdr", "02:00:00:00:00:09", "dev", "left0", "router",
                     "nud", "stale")
        theirs = {(each["dst"], each["dev"], each.get("lladdr"), each["state"][0], "router" in each)
                  for each in pair.left.ip_json("neigh")}
        ours = {(each["address"], each["interface"], each.get("mac"), each["state"], each["router"])
                for each in objects(pair.left, "--neighbours")}
        same(ours, theirs, "neighbours")
        need(len(ours) >= 196, len(ours))


def resolved(namespace, *words):
    return objects(namespace, "--resolve", *words)[0]


@test
def a_neighbour_is_found_by_asking():
    without_netlink()
    with Pair() as pair:
        for address in (pair.right.ipv4, pair.right.ipv6):
            found = resolved(pair.left, address)
            same((found["address"], found["mac"], found["interface"]), (address, pair.right.mac, "left0"), address)
            again = resolved(pair.left, address, "--timeout", "0")
            same(again["mac"], pair.right.mac, "from the table")


@test
def a_neighbour_is_found_without_privileges():
    without_netlink()
    need_programs("setpriv")
    with Pair() as pair:
        for address in (pair.right.ipv4, pair.right.ipv6):
            done = pair.left.run("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                                 "--inh-caps=-all", TAPIR, "devices", "--json", "--resolve", address, check=False)
            if "ermission denied" in done.stderr and TAPIR in done.stderr:
                raise Skip("nobody else may run the command where it is built")
            need(done.returncode == 0, done.stderr)
            same(json.loads(done.stdout)["mac"], pair.right.mac, address)


@test
def what_is_far_away_is_sent_to_the_gateway():
    without_netlink()
    with Pair() as pair:
        route_words(pair)
        found = resolved(pair.left, "192.0.2.1")
        same((found["address"], found["mac"]), (pair.right.ipv4, pair.right.mac), "IPv4")
        found = resolved(pair.left, "2001:db8::1")
        same((found["address"], found["mac"]), (pair.right.ipv6, pair.right.mac), "IPv6")


@test
def nobody_answering_is_told_in_time():
    without_netlink()
    with Pair() as pair:
        started = time.monotonic()
        message = tapir(pair.left, "--resolve", "10.99.0.77", "--timeout", "300", code=1)
        need("nobody on left0 answered for 10.99.0.77 in time" in message, message)
        need(0.3 <= time.monotonic() - started < 3, "time")
        need("no route" in tapir(pair.left, "--resolve", "192.0.2.1", code=1), "no route")
        pair.left.run("sh", "-c", "echo 50 > /proc/sys/net/ipv4/neigh/left0/retrans_time_ms")
        message = tapir(pair.left, "--resolve", "10.99.0.78", "--timeout", "10000", code=1)
        need("nobody on left0 answers for 10.99.0.78" in message, message)


@test
def groups_and_broadcasts_need_no_asking():
    without_netlink()
    with Pair() as pair:
        same(resolved(pair.left, "10.99.0.255")["mac"], "ff:ff:ff:ff:ff:ff", "broadcast")
        same(resolved(pair.left, "239.129.1.2", "-i", "left0")["mac"], "01:00:5e:01:01:02", "IPv4 group")
        same(resolved(pair.left, "ff02::1:2", "-i", "left0")["mac"], "33:33:00:01:00:02", "IPv6 group")
        same(resolved(pair.left, pair.left.ipv4)["interface"], "lo", "itself")
        if pair.left.ip("tuntap", "add", "dev", "tun0", "mode", "tun", check=False).returncode:
            raise Skip("this kernel has no tun")
        pair.left.ip("addr", "add", "10.96.0.1/24", "dev", "tun0")
        pair.left.ip("link", "set", "tun0", "up")
        found = resolved(pair.left, "10.96.0.2")
        same((found.get("mac"), found["state"]), (None, "NOARP"), "a tunnel")


@test
def a_namespace_without_anything_up_is_listed():
    with Namespace() as namespace:
        namespace.ip("link", "set", "lo", "down")
        need("lo [Loopback]" in tapir(namespace, "-D"), "lines")
        without_netlink()
        same(tapir(namespace, "--neighbours"), "", "neighbours")
        need("dev lo" in tapir(namespace, "--routes"), "routes")


@test
def hundreds_of_interfaces_are_listed_whole():
    without_netlink()
    with Namespace() as namespace:
        namespace.run("ip", "-batch", "-", input="".join(
            f"link add a{number} type veth peer name b{number}\n" for number in range(250)), timeout=120)
        started = time.monotonic()
        found = devices(namespace)
        need(time.monotonic() - started < 10, "time")
        need(sum("index" in each for each in found.values()) == 501, len(found))
        same(found["b249"]["parent"], "a249", "parent")


@test
def a_list_that_changes_while_it_is_read_stays_whole():
    without_netlink()
    with Namespace() as namespace:
        namespace.run("ip", "-batch", "-", input="".join(
            f"link add a{number} type veth peer name b{number}\n" for number in range(100)))
        namespace.start("sh", "-c", "while :; do ip link add x type veth peer name y; ip link del x; done")
        for _ in range(15):
            names = [each["name"] for each in objects(namespace)]
            same(len(names), len(set(names)), "each once")
            for number in range(100):
                need(f"a{number}" in names and f"b{number}" in names, number)


sys.exit(tap.main())
