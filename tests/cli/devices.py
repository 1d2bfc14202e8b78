"""tapir devices: what holds on every machine. tests/live compares with other programs."""

import csv
import os
import shutil
import subprocess

import harness
from harness import Skip, expect, expect_in, expect_match, objects, run, test

OUI = """Registry,Assignment,Organization Name,Organization Address\r
MA-L,0016AA,Lamps & Sons,"1 Main St, Springfield"\r
MA-L,0016AB,"Comma, Inc.","a ""quoted"" place
on two lines"\r
MA-L,000000,Nobody's,x\r
"""
MAM = """Registry,Assignment,Organization Name,Organization Address
MA-M,0016AAB,Middle \u00c4G,x
"""
OUI36 = """OUI\t\tOrganization
00-16-AA   (hex)\t\tSmall Ones
BCD000-BCDFFF     (base 16)\t\tSmall Ones
\t\t\t\t2 Side St
"""


def registries():
    directory = os.path.join(harness.SCRATCH, "registries")
    os.makedirs(directory, exist_ok=True)
    for name, text in (("oui.csv", OUI), ("mam.csv", MAM), ("oui36.txt", OUI36)):
        with open(os.path.join(directory, name), "w", encoding="utf-8", newline="") as file:
            file.write(text)
    return directory


def have_netlink():
    done = run("devices", "--routes", code=None)
    if "libmnl" in done.err:
        raise Skip("built without libmnl")


def steady(check, *command):
    """Checks while the list of devices stays as it is: other programs may make and remove some."""
    for _ in range(10):
        before = subprocess.run(command, capture_output=True, text=True).stdout
        try:
            return check(before)
        except AssertionError:
            if before == subprocess.run(command, capture_output=True, text=True).stdout:
                raise
    raise Skip("the devices here change all the time")


@test
def devices_lists_the_loopback_in_every_form():
    def check(listing):
        expect_match(r"(?m)^\d+\.lo \[.*Loopback", listing)
        lines = run("devices").lines()
        expect_in("NAME", lines[0])
        line, = [line for line in lines if line.split()[1] == "lo"]
        expect_match(r"^\d+ +lo +\S.*Loopback", line)
        names = [each["name"] for each in objects(run("devices", "--json"))]
        expect([line.split()[1] for line in lines[1:]], names)
        expect([line.partition(".")[2].split(" ")[0] for line in listing.splitlines()], names)

    steady(check, harness.TAPIR, "devices", "-D")


@test
def devices_has_the_lines_of_tcpdump():
    if not shutil.which("tcpdump"):
        raise Skip("no tcpdump")
    steady(lambda lines: expect(run("devices", "-D").out, lines), "tcpdump", "-D")


@test
def devices_shows_one_by_name_and_by_number():
    have_netlink()
    lo, = objects(run("devices", "-T", "json", "lo"))
    expect((lo["name"], lo["index"], lo["link_type"]), ("lo", 1, 1))
    expect_in("loopback", lo["flags"])
    expect(objects(run("devices", "--json", str(lo["number"])))[0]["name"], "lo")
    shown = run("devices", "lo").out
    expect_match(r"(?m)^Name: +lo$", shown)
    expect_match(r"(?m)^Link type: +Ethernet \(EN10MB, 1\)$", shown)
    expect_match(r"(?m)^Received: +\d+ packets, \d+ bytes", shown)


@test
def devices_says_which_one_is_not_there():
    expect_in("no device 'no-such-device'\n", run("devices", "no-such-device", code=1).err)
    expect_in("did you mean lo?", run("devices", "loo", code=1).err)
    expect_in("no device '0'", run("devices", "0", code=1).err)


@test
def devices_refuses_what_makes_no_sense():
    for words, message in (
            (["-T", "xml"], "no format 'xml'"),
            (["--route", "10.0.0.300"], "'10.0.0.300' is no IP address"),
            (["--resolve", "example"], "'example' is no IP address"),
            (["--route", "10.0.0.1", "--from", "x"], "'x' is no IP address"),
            (["--route", "10.0.0.1", "--routes"], "exclude each other"),
            (["--routes", "--mark", "1"], "about --route and --resolve"),
            (["--route", "10.0.0.1", "--mark", "-1"], "'-1'"),
            (["--route", "10.0.0.1", "--mark", "4294967296"], "'4294967296'"),
            (["--resolve", "10.0.0.1", "--timeout", "soon"], "'soon'"),
            (["--routes", "lo"], "cannot be named"),
            (["-D", "lo"], "-D lists all"),
            (["--vendor", "00:11"], "'00:11' is no MAC address"),
            (["--vendor", "00:11:22:33:44:55:66"], "is no MAC address"),
            (["--vendor", "gg:11:22"], "is no MAC address")):
        expect_in(message, run("devices", *words, code=2).err)
    expect_in("no interface 'nowhere'",
              run("devices", "--route", "127.0.0.1", "--input", "nowhere", code=1).err)


@test
def devices_shows_the_route_to_the_machine_itself():
    have_netlink()
    expect_match(r"^local 127\.0\.0\.1 dev lo src 127\.0\.0\.1\n$",
                 run("devices", "--route", "127.0.0.1").out)
    route, = objects(run("devices", "--route", "127.0.0.1", "--json"))
    expect((route["type"], route["interface"], route["index"], route["prefix_len"]),
           ("local", "lo", 1, 32))
    expect_in("version of IP", run("devices", "--route", "127.0.0.1", "--from", "::1", code=2).err)


@test
def devices_needs_to_ask_nobody_for_its_own_address():
    have_netlink()
    expect(run("devices", "--resolve", "127.0.0.1").out,
           "127.0.0.1 dev lo lladdr 00:00:00:00:00:00 NOARP\n")


@test
def vendor_of_the_longest_prefix():
    data = "--vendor-data=" + registries()
    for mac, name in (("00:16:aa:00:00:01", "Lamps & Sons"), ("0016.ab12.3456", "Comma, Inc."),
                      ("00-16-AA-B1-23-45", "Middle \u00c4G"), ("0016aabcd123", "Small Ones"),
                      ("01:16:aa:00:00:01", "Lamps & Sons"), ("0016AB", "Comma, Inc."),
                      ("0016AABCD", "Small Ones")):
        expect(run("devices", data, "--vendor", mac).out, name + "\n", mac)
    found, = objects(run("devices", data, "--json", "--vendor", "00:16:aa:bc:d0:01"))
    expect(found, {"mac": "00:16:aa:bc:d0:01", "prefix_len": 36, "vendor": "Small Ones"})
    expect_in("assigned to nobody", run("devices", data, "--vendor", "00:16:ac:00:00:01", code=1).err)
    expect_in("locally", run("devices", data, "--vendor", "02:16:aa:00:00:01", code=1).err)


@test
def vendor_says_what_to_install():
    done = run("devices", "--vendor-data", harness.SCRATCH + "/none", "--vendor", "00:16:aa", code=1)
    expect_in("ieee-data", done.err)
    expect_in("no assignment", run("devices", "--vendor-data", harness.file(b"hello\n", "hello.csv"),
                                   "--vendor", "00:16:aa", code=1).err)


@test
def vendors_are_those_of_the_installed_registries():
    directory = "/usr/share/ieee-data"
    if not os.path.exists(directory + "/oui.csv"):
        raise Skip("no ieee-data")
    for name, digits in (("oui.csv", 6), ("mam.csv", 7), ("oui36.csv", 9), ("iab.csv", 9)):
        with open(os.path.join(directory, name), encoding="utf-8") as file:
            rows = [row for row in csv.reader(file) if len(row) > 2 and len(row[1]) == digits]
        expect(len(rows) > 1000, True, name)
        for row in rows[::len(rows) // 4]:
            # A few blocks were assigned twice.
            names = {" ".join(each[2].split()) for each in rows if each[1] == row[1]}
            for path in (directory, os.path.join(directory, name.replace(".csv", ".txt"))):
                found = run("devices", "--vendor-data", path, "--vendor", row[1].ljust(12, "0")).out
                expect(" ".join(found.split()) in names, True, f"{path}: {row[1]}: {found}")


@test
def devices_names_no_vendor_of_a_loopback():
    lo, = objects(run("devices", "--json", "--vendor-data", registries(), "lo"))
    expect("vendor" in lo, False)
