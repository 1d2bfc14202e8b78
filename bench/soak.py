"""Live capture for long: commands that all capture the same traffic at a steady rate, and the memory
that each of them has meanwhile."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time

import live

RATE = 100000  # packets a second
EVERY = 5  # seconds between two looks
GROWTH = 1024  # KiB by which the second half of the time may need more memory than the first


class Soaker:
    """A command, started before the traffic, and ended by SIGINT behind it. What it prints, but for
    errors, is thrown away."""

    def __init__(self, name, pair, words):
        self.name, self.pair, self.words = name, pair, [str(word) for word in words]
        self.failure, self.sizes, self.lost = "", [], None

    def start(self):
        self.errors = tempfile.TemporaryFile("w+", errors="replace")
        self.process = subprocess.Popen(
            ["ip", "netns", "exec", self.pair.spaces["in"], *self.words],
            stdout=subprocess.DEVNULL, stderr=self.errors,
            preexec_fn=lambda: os.sched_setaffinity(0, range(os.cpu_count())))

    def look(self):
        if self.process.poll() is None:
            with open(f"/proc/{self.process.pid}/status") as file:
                self.sizes.append(int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)))

    def end(self):
        ended = self.process.poll()
        self.process.send_signal(signal.SIGINT)
        try:
            code = self.process.wait(timeout=live.PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self.errors.seek(0)
        text = self.errors.read()
        dropped = re.search(r"(\d+) packets? dropped by kernel", text)
        self.lost = int(dropped.group(1)) if dropped else 0
        if ended is not None or code != 0:
            self.failure = live.first_line(text, f"exit {code}")

    def halves(self):
        """Returns the most memory, in KiB, in either half of the time."""
        middle = len(self.sizes) // 2
        return max(self.sizes[:middle]), max(self.sizes[middle:])

    def measured(self):
        return len(self.sizes) > 1 and not self.failure


class Soak:
    """A workload, for a bench of run's."""

    def __init__(self, bench, pair, seconds):
        self.key, self.title = "soak", f"{RATE:,} packets a second for {seconds} s"
        self.bench, self.pair, self.seconds = bench, pair, seconds
        self.traffic = bench.capture(1, bench.small)
        self.directory = tempfile.mkdtemp(prefix="tapir-soak-", dir=bench.memory_backed)
        os.chmod(self.directory, 0o777)  # for the user that captures
        self.remarks = ()
        capture = ["capture", "-B", live.BUFFER >> 10, "--file-size", "100M", "--files", 4, "-w"]
        self.soakers = [self.soaker(*words) for words in (
            ["tapir capture, four files in turn", *capture, self.path("plain.pcapng")],
            ["tapir capture, compressed with zstd", *capture, self.path("packed.pcapng.zst")],
            ["tapir dump -nn", "dump", "-nn", "-B", live.BUFFER >> 10],
            ["tapir streams", "streams"])]
        self.goals = [self.flat(soaker) for soaker in self.soakers]

    def path(self, name):
        return os.path.join(self.directory, name)

    def soaker(self, name, command, *words):
        return Soaker(name, self.pair, [self.bench.tapir, command, "-i", "in", *words])

    def run(self):
        self.pair.take_redirected(False)
        try:
            for soaker in self.soakers:
                soaker.start()
            time.sleep(2)  # until they are ready
            sender = self.pair.start("out", live.SENDER_CORE, [
                self.bench.tapir, "send", "-p", str(RATE), "-K", "-l", "0", "--duration",
                f"{self.seconds}s", "-i", "out", str(self.traffic)])
            while sender.poll() is None:
                for soaker in self.soakers:
                    soaker.look()
                time.sleep(EVERY)
            sent = live.first_match(live.SENT, sender.communicate()[1])
            time.sleep(live.DRAIN)
            if sent:
                self.remarks = (lambda: f"{int(sent[0]):,} packets were sent in {sent[1]} s.",)
        finally:
            for soaker in self.soakers:
                soaker.end()
            shutil.rmtree(self.directory)

    def flat(self, soaker):
        def asked():
            what = f"{soaker.name}: its memory stays flat"
            if not soaker.measured():
                return False, what, "not measured: " + soaker.failure
            first, second = soaker.halves()
            return second - first <= GROWTH, what, f"{second - first:+d} KiB in the second half"
        return asked

    def table(self):
        rows = [["", "MB after a tenth", "most, first half", "second half", "at the end", "lost"]]
        for soaker in self.soakers:
            if not soaker.measured():
                rows.append([soaker.name, soaker.failure or "not run"] + [""] * 4)
                continue
            sizes = [soaker.sizes[len(soaker.sizes) // 10], *soaker.halves(), soaker.sizes[-1]]
            rows.append([soaker.name, *(f"{size / 1024:.1f}" for size in sizes), str(soaker.lost)])
        return rows
