"""The command itself: help, versions, and what is listed."""

import json

from harness import expect, expect_in, expect_match, file, run, test


def command_names():
    lines = run("help").lines()
    return [line.split()[0] for line in lines[2 : lines.index("", 2)]]


@test
def help_lists_the_commands():
    for name in ("decode", "protocols"):
        expect_in(name, command_names())
    expect(run("help").out, run("--help").out)
    expect(run("help").out, run("help", "help").out)


@test
def every_command_explains_itself():
    for name in command_names():
        out = run(name, "--help").out
        expect(out.startswith(f"usage: tapir {name} "), True, out)
        expect(out, run("help", name).out)


@test
def no_command_is_wrong_usage():
    expect_in("usage: tapir <command>", run(code=2).err)
    result = run("decod", code=2)
    expect_in("no command 'decod'; did you mean decode?", result.err)
    expect(result.out, "")
    expect_in("no command 'fly'", run("help", "fly", code=2).err)
    path = file(b"")
    expect_in(f"no command '{path}'; to see what is in a file: tapir dump -r {path}\n",
              run(path, code=2).err)


@test
def version_says_what_is_in():
    out = run("--version").out
    expect_match(r"^tapir \d+\.\d+\.\d+\n", out)
    expect_match(r"\nlibpcap version \d", out)
    listed = [word for line in out.splitlines()[2:] for word in line.split(":")[1].split()]
    expect(sorted(listed), ["gzip", "lz4", "xz", "zstd"])


@test
def protocols_are_listed():
    lines = run("protocols").lines()
    names = [line.split()[0] for line in lines]
    for name in ("eth", "ip", "ipv6", "tcp", "udp"):
        expect_in(name, names)


@test
def protocol_shows_its_keys_and_fields():
    out = run("protocols", "udp").out
    expect_match(r"udp: User Datagram Protocol \(RFC 768\)\nKeys\n  ip\.proto +17\nFields\n", out)
    expect_match(r"\n  udp\.srcport +number, 16 bits +Port of the sender \(also udp\.port\)\n", out)
    out = run("protocols", "tcp").out
    expect_match(r"\n    tcp\.flags\.syn +flag ", out)
    expect_match(r"\n    Maximum segment size\n", out)
    expect_match(r"0x0800  IPv4", run("protocols", "-v", "eth").out)
    expect(run("protocols", "udp", "tcp").out.count("\nFields\n"), 2)


@test
def protocols_as_json():
    objects = [json.loads(line) for line in run("protocols", "-T", "json").lines()]
    udp = next(object for object in objects if object["name"] == "udp")
    expect_in({"space": "ip.proto", "value": 17}, udp["keys"])
    expect(udp["fields"][0], {"name": "udp.srcport", "alias": "udp.port", "type": "number",
                              "bits": 16, "about": "Port of the sender"})
    expect(len(objects), len(run("protocols").lines()))


@test
def unknown_protocol_names_the_nearest():
    expect_in("no protocol 'tpc'; did you mean tcp", run("protocols", "tpc", code=2).err)
