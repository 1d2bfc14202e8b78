"""Network namespaces for tests that need a network of their own, joined by a veth pair.

    with Pair() as pair:
        pair.left.run("ping", "-c1", pair.right.ipv4)
        server = pair.right.start("nc", "-l", "7")

`left` has the interface "left0", 10.99.0.1 and fd00:99::1, `right` has "right0", 10.99.0.2 and fd00:99::2;
both are up and ready, with fixed MAC addresses. All that was started in them is
ended, and the namespaces are removed, when the block is left, however that happens. Names are unique, so any
number of tests may run at a time; nothing is made in the namespace of the machine.

Without root, or where namespaces cannot be made, entering the block raises tap.Skip with the reason.
"""

import json
import os
import shutil
import subprocess
import sys
import time

sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from tap import Skip, need  # noqa: E402

COUNT = 0


def need_programs(*names):
    """Skips the test that calls it when a program is not installed."""
    for name in names:
        if not shutil.which(name):
            raise Skip(f"no {name}")


def wait_for(condition, what, seconds=10):
    """Waits until the condition, a function, holds; else the test fails, saying for what it waited."""
    end = time.monotonic() + seconds
    while not condition():
        need(time.monotonic() < end, f"waited {seconds} s for {what}")
        time.sleep(0.02)


def _run(command, check=True, timeout=30, **options):
    if "input" not in options:
        options.setdefault("stdin", subprocess.DEVNULL)
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, **options)
    if check and done.returncode:
        raise AssertionError(f"{' '.join(command)}: exit code {done.returncode}: {done.stderr.strip()}")
    return done


class Namespace:
    """One namespace; use it as a context, or call close()."""

    def __init__(self, role="lone"):
        global COUNT
        COUNT += 1
        self.name = f"tapir-{os.getpid()}-{COUNT}-{role}"
        self.children = []
        self.made = False
        self.interface = self.ipv4 = self.ipv6 = self.mac = None  # set by Pair

    def __enter__(self):
        self.make()
        return self

    def __exit__(self, *_):
        self.close()

    def make(self):
        """Makes the namespace with its loopback up, or raises Skip."""
        need_programs("ip")
        if os.geteuid() != 0:
            raise Skip("network namespaces need root")
        done = _run(["ip", "netns", "add", self.name], check=False)
        if done.returncode:
            _run(["ip", "netns", "del", self.name], check=False)
            raise Skip(f"network namespaces cannot be made: {done.stderr.strip()}")
        self.made = True
        done = self.ip("link", "set", "lo", "up", check=False)
        if done.returncode:
            self.close()
            raise Skip(f"network namespaces cannot be used: {done.stderr.strip()}")

    def command(self, *command):
        """The words that run a command inside."""
        return ["ip", "netns", "exec", self.name, *map(str, command)]

    def run(self, *command, check=True, **options):
        """Runs a command inside to its end; a CompletedProcess with text. A failure fails the test
        unless check is False. Options are those of subprocess.run."""
        return _run(self.command(*command), check=check, **options)

    def ip(self, *words, check=True):
        """Runs ip(8) on this namespace, from outside."""
        return _run(["ip", "-n", self.name, *map(str, words)], check=check)

    def ip_json(self, *words):
        """What ip(8) says, from JSON."""
        return json.loads(self.ip("-json", "-details", *words).stdout or "[]")

    def add_link(self, *words):
        """ip link add ...; raises Skip for a kind of interface that this kernel does not have."""
        done = self.ip("link", "add", *words, check=False)
        if done.returncode:
            reason = done.stderr.strip()
            if "Unknown device type" in reason or "not supported" in reason:
                raise Skip(f"ip link add {' '.join(words)}: {reason}")
            raise AssertionError(f"ip link add {' '.join(words)}: {reason}")

    def wait_until_up(self, interface, seconds=5):
        """Waits until an interface is ready to carry packets, IPv6 ones, too: the kernel takes up to a
        second to notice the other end of a veth."""
        until = time.monotonic() + seconds
        while True:
            link, = self.ip_json("addr", "show", "dev", interface)
            if link["operstate"] == "UP" and not any(each.get("tentative") for each in link["addr_info"]):
                return
            if time.monotonic() > until:
                raise AssertionError(f"{interface} does not come up: {link}")
            time.sleep(0.02)

    def start(self, *command, **options):
        """Starts a command inside that runs until close(), or until it is ended by the test; a
        subprocess.Popen. Its output is dropped unless options say otherwise."""
        for stream in ("stdin", "stdout", "stderr"):
            options.setdefault(stream, subprocess.DEVNULL)
        child = subprocess.Popen(self.command(*command), **options)
        self.children.append(child)
        return child

    def close(self):
        """Ends what was started inside and removes the namespace."""
        for child in self.children:
            if child.poll() is None:
                child.terminate()
        for child in self.children:
            try:
                child.wait(timeout=5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            for stream in (child.stdin, child.stdout, child.stderr):
                if stream:
                    stream.close()
        self.children = []
        if self.made:
            _run(["ip", "netns", "del", self.name], check=False)
            self.made = False


class Pair:
    """Two namespaces joined by veth; see above."""

    def __init__(self):
        self.left, self.right = Namespace("left"), Namespace("right")
        for side, role, number in ((self.left, "left", 1), (self.right, "right", 2)):
            side.interface = role + "0"
            side.ipv4, side.ipv6 = f"10.99.0.{number}", f"fd00:99::{number}"
            side.mac = f"02:00:00:00:99:0{number}"

    def __enter__(self):
        try:
            self.left.make()
            self.right.make()
            self._join()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def _join(self):
        # Made inside, so that the machine's own list of interfaces stays as it is.
        self.left.add_link(self.left.interface, "address", self.left.mac, "type", "veth", "peer", "name",
                           self.right.interface, "address", self.right.mac, "netns", self.right.name)
        for side in (self.left, self.right):
            side.run("sh", "-c", f"echo 0 > /proc/sys/net/ipv6/conf/{side.interface}/accept_dad")
            side.ip("addr", "add", side.ipv4 + "/24", "brd", "+", "dev", side.interface)
            side.ip("addr", "add", side.ipv6 + "/64", "dev", side.interface, "nodad")
            side.ip("link", "set", side.interface, "up")
        for side in (self.left, self.right):
            side.wait_until_up(side.interface)

    def close(self):
        self.left.close()
        self.right.close()
