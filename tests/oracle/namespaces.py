"""Network namespaces joined by veth pairs, and programs running inside them."""

import ctypes
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import time

CLONE_NEWNET = 0x40000000


class Unavailable(Exception):
    """Something this machine cannot do; the message says what."""


def words(first, *others):
    """A command in one string, and arguments that are not to be split."""
    return (*first.split(), *others)


def run(*command, check=True, timeout=15, **options):
    """Run a program and return its CompletedProcess, output captured as text."""
    command = words(*command)
    options.setdefault("stdin", subprocess.DEVNULL)
    result = subprocess.run(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=timeout,
        text=True,
        errors="replace",
        check=False,
        **options,
    )
    if check and result.returncode != 0:
        reason = (result.stderr or result.stdout).strip().splitlines()
        raise Unavailable(f"{' '.join(command)}: {reason[0] if reason else result.returncode}")
    return result


def enter(name):
    """Move the calling process into a network namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open(f"/run/netns/{name}", "rb") as handle:
        if libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), f"setns {name}")


class Namespace:
    """One namespace, and the processes started in it."""

    verbose = False

    def __init__(self, name):
        self.name = name
        self.children = []
        run("ip", "netns", "add", name)
        try:
            self.ip("link", "set", "lo", "up")
        except Unavailable:
            self.close()
            raise

    def command(self, *command):
        return ("ip", "netns", "exec", self.name) + words(*command)

    def run(self, *command, **options):
        return run(*self.command(*command), **options)

    def ip(self, *arguments, check=True):
        return run("ip", "-n", self.name, *words(*arguments), check=check)

    def sysctl(self, *settings, check=True):
        self.run("sysctl -q -w", *settings, check=check)

    def start(self, *command, **options):
        """Start a program that runs until stop()."""
        program = words(*command)[0]
        if shutil.which(program) is None:
            raise Unavailable(f"{program} is not installed")
        options.setdefault("stdin", subprocess.DEVNULL)
        options.setdefault("stdout", subprocess.DEVNULL)
        options.setdefault("stderr", subprocess.DEVNULL)
        child = subprocess.Popen(self.command(*command), **options)
        self.children.append(child)
        return child

    def call(self, function, *arguments):
        """Run a Python function in a process of its own inside this namespace."""

        def body():
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            enter(self.name)
            if not self.verbose:
                sys.stdout = sys.stderr = open(os.devnull, "w")
            function(*arguments)

        child = multiprocessing.get_context("fork").Process(target=body, daemon=True)
        child.start()
        self.children.append(child)
        return child

    def finish(self, child, timeout=10):
        """Wait for a child of call() to end by itself."""
        child.join(timeout)
        if child.is_alive():
            raise Unavailable("a helper process did not finish")
        if child.exitcode != 0:
            raise Unavailable(f"a helper process failed ({child.exitcode})")
        self.children.remove(child)

    def stop(self, child, how=signal.SIGTERM, timeout=3, delay=0):
        """End one process started here, after a delay, and wait for it."""
        time.sleep(delay)
        if child in self.children:
            self.children.remove(child)
        is_process = isinstance(child, subprocess.Popen)
        alive = child.poll() is None if is_process else child.is_alive()
        if alive:
            os.kill(child.pid, how)
        try:
            if is_process:
                child.wait(timeout)
            else:
                child.join(timeout)
                if child.is_alive():
                    child.kill()
                    child.join()
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def stop_all(self):
        for child in list(self.children):
            self.stop(child)

    def close(self):
        self.stop_all()
        run("ip", "netns", "del", self.name, check=False)


def wait_until(condition, what, timeout=20.0):
    """Poll a condition, a few milliseconds at a time."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise Unavailable(f"{what} did not come up")
        time.sleep(0.02)
