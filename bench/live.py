"""Live capture and sending beside their peers, between two network namespaces of its own: the sender
runs on one core, what captures on another."""

import json
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time

SENDER_CORE, CAPTURE_CORE = 0, 1
PATIENCE = 20  # seconds that a program may take to get ready, or to end
DRAIN = 0.3  # seconds from the last frame to the end: our own hand blocks out after 64 ms
DRAIN_LONG = 1.3  # tcpdump does so after a second
BUFFER = 64 << 20  # LIVE_BUFFER of peers/live.h

# How programs that are not our own say what they saw and sent.
CAPTURED = [r"packets=(\d+)", r"^(\d+) packets? captured", r"Packets captured: (\d+)",
            r"Captured (\d+) packets?"]
SENT = [r"packets=(\d+) seconds=([\d.]+)",
        r"Actual: (\d+) packets .* sent in ([\d.]+) seconds",
        r"^(\d+) packets? .* sent in ([\d.]+) s"]


def why_not():
    """Returns why nothing can be measured here; empty when it can."""
    if os.geteuid() != 0:
        return "needs root, for network namespaces"
    if os.cpu_count() < 2:
        return "needs two cores, one to send and one to capture"
    if not (shutil.which("ip") and shutil.which("ethtool")):
        return "needs ip and ethtool"
    return ""


class Pair:
    """Two network namespaces and a veth pair between them, `out` in one and `in` in the other. Sides
    are told by the names of the devices."""

    def __init__(self):
        self.spaces = {side: f"livebench-{os.getpid()}-{side}" for side in ("out", "in")}

    def __enter__(self):
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that it cleans up
        try:
            for space in self.spaces.values():
                self._ip("netns", "add", space)
            one_queue = ["numtxqueues", "1", "numrxqueues", "1", "mtu", "1600"]
            self._ip("link", "add", "name", "out", "netns", self.spaces["out"], *one_queue, "type",
                     "veth", "peer", "name", "in", "netns", self.spaces["in"], *one_queue)
            for side, space in self.spaces.items():
                # No addresses, so that no frames pass but those sent.
                self._ip("-n", space, "link", "set", "dev", side, "addrgenmode", "none")
                self._ip("-n", space, "link", "set", "dev", side, "up")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for space in self.spaces.values():
            subprocess.run(["ip", "netns", "del", space], stderr=subprocess.DEVNULL)

    @staticmethod
    def _ip(*words):
        subprocess.run(["ip", *words], check=True)

    def start(self, side, core, words):
        return subprocess.Popen(["ip", "netns", "exec", self.spaces[side], *words],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                errors="replace",
                                preexec_fn=lambda: os.sched_setaffinity(0, {core}))

    def run(self, side, *words):
        return subprocess.run(["ip", "netns", "exec", self.spaces[side], *words], check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True).stdout

    def take_redirected(self, wanted):
        """Settles whether the receiving end takes frames that XDP redirected to it, as it does with
        GRO, and that no program of XDP is left there."""
        self.run("in", "ip", "link", "set", "dev", "in", "xdp", "off")
        self.run("in", "ethtool", "-K", "in", "gro", "on" if wanted else "off")

    def received(self):
        """Returns how many frames the receiving device has counted."""
        link = json.loads(self.run("in", "ip", "-s", "-j", "link", "show", "dev", "in"))
        return link[0]["stats64"]["rx"]["packets"]


def first_match(patterns, text):
    for pattern in patterns:
        found = re.search(pattern, text, re.MULTILINE)
        if found:
            return found.groups()
    return None


def first_line(text, otherwise):
    return (text.strip().splitlines() or [otherwise])[0][:80]


def processor_ns(pid):
    """Returns the time that all threads of a process ran."""
    total = 0
    for thread in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
            total += int(file.read().split()[0])
    return total


def has_packet_socket(pid):
    """Tells whether a packet socket listens where the process is."""
    try:
        with open(f"/proc/{pid}/net/packet") as file:
            return any(line.split()[5] == "1" for line in file.readlines()[1:])
    except OSError:  # it has ended
        return False


def peak_kib(pid):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1))


def settle_memory(path, size):
    """Has a file in memory that size and removes it, so that its next writer finds memory that is
    there. What the host of a virtual machine has yet to give costs many times what writing does."""
    block = b"x" * (1 << 20)
    with open(path, "wb", buffering=0) as file:
        for _ in range(size // len(block) + 1):
            file.write(block)
    os.unlink(path)


class Load:
    """A way to send: from which side, with which command, which tells what it sent."""

    def __init__(self, pair, side, words, redirects=False):
        self.pair, self.side = pair, side
        self.words, self.redirects = [str(word) for word in words], redirects

    def send(self):
        """Returns how many frames were sent, and in how many seconds."""
        process = self.pair.start(self.side, SENDER_CORE, self.words)
        try:
            output, errors = process.communicate(timeout=3 * PATIENCE)
        except subprocess.TimeoutExpired:
            raise RuntimeError("sender: it does not end") from None
        finally:
            process.kill()
        sent = first_match(SENT, output)
        if process.returncode != 0 or not sent:
            raise RuntimeError("sender: " + first_line(errors, f"exit {process.returncode}"))
        return int(sent[0]), float(sent[1])


class Contender:
    """What all rows have: medians of runs, or why there are none."""

    def __init__(self, name):
        self.name, self.failure = name, ""
        self.rates, self.losses, self.times, self.peaks = [], [], [], []

    def run(self):
        try:
            self.measure()
        except (RuntimeError, OSError) as problem:
            self.failure = str(problem)

    def measured(self):
        return bool(self.times) and not self.failure

    def median(self):
        """Returns the processor time of a packet in ns."""
        return statistics.median(self.times)

    def rate(self):
        """Returns packets per second that came through."""
        return statistics.median(rate * (1 - loss) for rate, loss in zip(self.rates, self.losses))

    def most_lost(self):
        return max(self.losses)


def left_out(name, why):
    """Returns the row of something that is not there."""
    contender = Contender(name)
    contender.failure = "left out: " + why
    return contender


class Capturer(Contender):
    """A program that captures a load until SIGINT. Those that do not say when they are ready are so
    when their packet socket is there."""

    def __init__(self, name, load, words, says_ready=True, output=None, settle=None):
        super().__init__(name)
        self.load, self.words, self.says_ready = load, [str(word) for word in words], says_ready
        self.output = output  # a file it writes, removed after each run
        self.settle = settle  # what is to be called before each run
        self.facts = {}

    def await_ready(self, process):
        if self.says_ready:
            if process.stdout.readline() != "ready\n":
                process.kill()
                raise RuntimeError(first_line(process.stderr.read(), "it does not get ready"))
            return
        until = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < until:
            if has_packet_socket(process.pid):
                return
            time.sleep(0.02)
        process.kill()
        raise RuntimeError(first_line(process.stderr.read(), "it opens no packet socket"))

    def measure(self):
        self.load.pair.take_redirected(self.load.redirects)
        if self.settle:
            self.settle()
        process = self.load.pair.start("in", CAPTURE_CORE, self.words)
        try:
            self.await_ready(process)
            time.sleep(DRAIN)  # what else it does before frames come is not counted
            before = processor_ns(process.pid)
            sent, seconds = self.load.send()
            time.sleep(DRAIN if self.says_ready else DRAIN_LONG)
            spent, peak = processor_ns(process.pid) - before, peak_kib(process.pid)
            process.send_signal(signal.SIGINT)
            output, errors = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise RuntimeError("it does not end at SIGINT") from None
        finally:
            process.kill()
            process.wait()
            if self.output and os.path.exists(self.output):
                os.unlink(self.output)
        captured = first_match(CAPTURED, output + errors)
        if not captured:
            raise RuntimeError(first_line(errors, f"exit {process.returncode}"))
        self.facts = dict(re.findall(r"(\w+)=([\d.]+)", output))
        count = int(captured[0])
        self.rates.append(sent / seconds)
        self.losses.append(max(0, 1 - count / sent))
        self.times.append(spent / max(count, 1))
        self.peaks.append(peak)


class Sender(Contender):
    """A program that sends while nobody listens; lost is what does not arrive."""

    def __init__(self, name, pair, words, settle):
        super().__init__(name)
        self.pair, self.words = pair, [str(word) for word in words]
        self.settle = settle  # what is to be called before each run

    def measure(self):
        self.pair.take_redirected(False)
        self.settle()
        before = self.pair.received()
        process = self.pair.start("out", SENDER_CORE, self.words)
        output, errors = process.stdout.read(), process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        sent = first_match(SENT, output + errors)
        if process.returncode != 0 or not sent:
            raise RuntimeError(first_line(errors, f"exit {process.returncode}"))
        count = int(sent[0])
        arrived = self.pair.received() - before
        self.rates.append(count / float(sent[1]))
        self.losses.append(max(0, 1 - arrived / count))
        self.times.append((usage.ru_utime + usage.ru_stime) * 1e9 / count)
        self.peaks.append(usage.ru_maxrss)


class Workload:
    """Rows of one load, and goals: functions that return (met, what, measured)."""

    def __init__(self, key, title, repetitions, contenders, goals):
        self.key, self.title, self.repetitions = key, title, repetitions
        self.contenders, self.goals, self.remarks = contenders, goals, ()

    def run(self):
        for _ in range(self.repetitions):
            for contender in random.sample(self.contenders, len(self.contenders)):
                if not contender.failure:
                    contender.run()

    def table(self):
        """Returns rows of text; ratios, of processor time, are to the first contender."""
        first = self.contenders[0]
        rows = [["", "sent/s", "lost %", "at worst", "ns/packet", "least", "most", "ratio",
                 "peak MB"]]
        for each in self.contenders:
            if not each.measured():
                rows.append([each.name, each.failure or "not run"] + [""] * 7)
                continue
            ratio = f"{each.median() / first.median():.3g}" if first.measured() else "-"
            rows.append([each.name, f"{statistics.median(each.rates):,.0f}",
                         f"{100 * statistics.median(each.losses):.2f}",
                         f"{100 * each.most_lost():.2f}",
                         *(f"{ns:,.1f}" for ns in (each.median(), min(each.times), max(each.times))),
                         ratio, f"{statistics.median(each.peaks) / 1024:,.1f}"])
        return rows


def goal(what, contenders, measure):
    """Returns a goal; `measure` returns (met, measured) once all contenders have been measured."""
    def asked():
        missing = [each.name for each in contenders if not each.measured()]
        if missing:
            return False, what, "not measured: " + ", ".join(missing)
        met, measured = measure()
        return met, what, measured
    return asked


def costs_at_most(subject, reference, limit):
    def measure():
        ratio = subject.median() / reference.median()
        return ratio <= limit, f"{ratio:.2f}x"
    return goal(f"{subject.name}: at most {limit:g}x the processor time of {reference.name}",
                [subject, reference], measure)


def loses_nothing(subject, rate=0):
    """At a rate, where one is given, or nearly."""
    def measure():
        sent = statistics.median(subject.rates)
        return (subject.most_lost() == 0 and sent >= 0.98 * rate,
                f"{100 * subject.most_lost():.2f} % at worst, of {sent / 1e6:.2f} million/s")
    what = f" at {rate / 1e6:g} million packets/s" if rate else ""
    return goal(f"{subject.name}: loses nothing{what}", [subject], measure)


def takes_at_least(subject, reference, share):
    def measure():
        ratio = subject.rate() / reference.rate()
        return ratio >= share, f"{ratio:.2f}x"
    return goal(f"{subject.name}: at least {share:g}x the rate of {reference.name}",
                [subject, reference], measure)


def reaches(subject, rate):
    def measure():
        return subject.rate() >= rate, f"{subject.rate() / 1e6:.2f} million/s"
    return goal(f"{subject.name}: at least {rate / 1e6:g} million packets/s", [subject], measure)


def shares_evenly(subject, tolerance):
    def measure():
        share = float(subject.facts["share"])
        return abs(share - 0.5) <= tolerance / 2, f"{100 * share:.1f} % to the first of two"
    return goal(f"{subject.name}: even within {100 * tolerance:g} %", [subject], measure)


def keeps_together(subject):
    def measure():
        torn, count = int(subject.facts["torn"]), int(subject.facts["connections"])
        return torn == 0 and count > 0, f"{torn} of {count} torn"
    return goal(f"{subject.name}: both directions of every connection to the same worker", [subject],
                measure)


class Live:
    """The workloads, for a bench of run's."""

    def __init__(self, bench, pair, quick):
        self.bench, self.pair = bench, pair
        self.frames = 1000000 if quick else 5000000
        self.times = 5 if quick else 30  # that the traffic is sent
        done = subprocess.run([self.program("capture"), "methods"], stdout=subprocess.PIPE, text=True)
        self.methods = done.stdout.split()

    def program(self, name):
        return os.path.join(self.bench.programs, name)

    def workload(self, key, title, contenders, goals):
        return Workload(key, title, self.bench.few, contenders, goals)

    def inject(self, length, *rate, times=1):
        return Load(self.pair, "in", [self.program("inject"), "pass", "in", length,
                                      times * self.frames, *rate])

    def redirect(self, length):
        return Load(self.pair, "out", [self.program("inject"), "redirect", "out", length,
                                       self.frames], redirects=True)

    def traffic(self):
        return self.bench.capture(1, self.bench.small)

    def own(self, name, load, program, *words):
        return Capturer(name, load, [self.program(program), *words])

    def bare(self, load):
        return self.own("bare ring of AF_PACKET", load, "ring", "in")

    def tapir(self, load, method, mode, doing):
        name = f"tapir {method}, {doing}"
        if method not in self.methods:
            return left_out(name, f"{method} is not built in")
        return self.own(name, load, "capture", mode, f"{method}:in")

    def count(self, load, method):
        return self.tapir(load, method, "count", "counting")

    def decode(self, load, method):
        return self.tapir(load, method, "decode", "all layers")

    @staticmethod
    def writer(load, name, words, path, buffer=BUFFER, **rest):
        """A program that captures into a file with tcpdump's options."""
        title = f"{name} -w {'FILE' if rest else path}"
        if buffer != BUFFER:
            title += f", {buffer >> 20} MiB"
        return Capturer(title, load, [*words, "-i", "in", "-B", buffer >> 10, "-w", path],
                        says_ready=False, **rest)

    def tcpdump(self, load, path, **rest):
        return self.writer(load, "tcpdump", ["tcpdump", "-Z", "root"], path, **rest)

    def command(self, load, command, path, **rest):
        words = command.split()
        return self.writer(load, f"tapir {command}", [self.bench.tapir, *words], path, **rest)

    def dump(self, load, path, **rest):
        """The row of tapir dump, if it captures: without an interface it has to say why not."""
        done = subprocess.run([self.bench.tapir, "dump", "-i", "nosuchinterface"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if "nosuchinterface" in done.stderr:
            return self.command(load, "dump", path, **rest)
        return left_out("tapir dump -w", "it does not capture")

    def capturing(self, key, title, load):
        """Everybody on AF_PACKET."""
        bare, count = self.bare(load), self.count(load, "afpacket")
        every, null = self.decode(load, "afpacket"), self.tcpdump(load, "/dev/null")
        contenders = [bare, count, every,
                      self.count(load, "pcap"), self.dump(load, "/dev/null"),
                      self.own("libpcap pcap_next_ex", load, "libpcap_live", "in"),
                      self.own("gopacket afpacket, counting", load, "gopacket", "live", "count", "in"),
                      self.own("gopacket afpacket, DecodingLayerParser", load, "gopacket", "live",
                               "decode", "in"),
                      null]
        return self.workload(key, title, contenders,
                             [costs_at_most(count, bare, 1.2), loses_nothing(count),
                              loses_nothing(every), costs_at_most(every, null, 1)])

    def live64(self):
        return self.capturing("live64", "capture injected frames of 64 bytes", self.inject(64))

    def live660(self):
        return self.capturing("live660", "capture injected frames of 660 bytes", self.inject(660))

    def wire(self):
        return self.capturing("wire", "capture traffic sent by a ring of AF_PACKET", self.ring())

    def ring(self):
        return Load(self.pair, "out", [self.program("txring"), "out", self.traffic(), self.times])

    def record(self):
        """Into a file in memory, at a rate that writing allows: with the buffer that all get, and with
        the one that `tapir capture` takes when it is not told."""
        rate, large, record = 2500000, 256 << 20, 32 + 660
        load = self.inject(660, rate)
        path = os.path.join(self.bench.memory_backed, f"livebench-{os.getpid()}.pcapng")
        file = {"output": path, "settle": lambda: settle_memory(path, self.frames * record)}
        contenders = [self.tcpdump(load, path, **file),
                      Capturer("dumpcap -w FILE", load,
                               ["dumpcap", "-i", "in", "-B", BUFFER >> 20, "-q", "-w", path],
                               says_ready=False, **file),
                      self.dump(load, path, **file)]
        goals = []
        if self.bench.has_command("capture"):
            ours = [self.command(load, "capture", path, buffer=buffer, **file)
                    for buffer in (BUFFER, large)]
            goals = [loses_nothing(each, rate) for each in ours]
            contenders += [*ours, self.tcpdump(load, path, buffer=large, **file)]
        else:
            contenders.append(left_out("tapir capture -w", "there is no such command"))
        return self.workload("record", "capture frames of 660 bytes into a file in memory",
                             contenders, goals)

    def disk(self):
        """Into a file on a disk, for long enough that the page cache does not hide it."""
        load, large = self.inject(660, 1250000, times=2), 256 << 20
        path = os.path.join(self.bench.directory, "live.pcapng")
        os.chmod(self.bench.directory, 0o1777)  # who captures is another user
        file = {"output": path, "settle": os.sync}
        tcpdump = self.tcpdump(load, path, buffer=large, **file)
        contenders, goals = [tcpdump], []
        if self.bench.has_command("capture"):
            contenders += [self.command(load, command, path, buffer=large, **file)
                           for command in ("capture", "capture --direct")]
            goals = [costs_at_most(contenders[-1], tcpdump, 0.5), loses_nothing(contenders[-1])]
        return self.workload("disk", "capture frames of 660 bytes into a file on a disk", contenders,
                             goals)

    def fanout(self):
        load = self.ring()
        shared = self.own("tapir afpacket, two workers", load, "capture", "fanout", "afpacket:in")
        return self.workload("fanout", "share traffic between two workers",
                             [shared, self.decode(load, "afpacket")],
                             [shares_evenly(shared, 0.1), keeps_together(shared)])

    def redirected(self, key, length):
        """Frames that no socket buffer is made for unless somebody needs one."""
        load = self.redirect(length)
        bare = self.own("bare ring of AF_XDP", load, "xsk", "in")
        peers = [self.bare(load), self.own("libpcap pcap_next_ex", load, "libpcap_live", "in"),
                 self.own("gopacket afpacket, counting", load, "gopacket", "live", "count", "in")]
        count, every = self.count(load, "afxdp"), self.decode(load, "afxdp")
        contenders, goals = [bare, count, every, *peers], []
        if "afxdp" in self.methods:
            goals = [takes_at_least(count, bare, 0.9), reaches(every, 4000000),
                     *(takes_at_least(count, peer, 2) for peer in peers)]
        return self.workload(key, f"capture redirected frames of {length} bytes", contenders, goals)

    def xdp64(self):
        return self.redirected("xdp64", 64)

    def xdp660(self):
        return self.redirected("xdp660", 660)

    def send(self):
        """Everybody sends the same file again and again, read anew or kept in memory as they choose;
        tcpreplay, which reads it anew, also told to keep it."""
        traffic = self.traffic()
        path = os.path.join(self.bench.memory_backed, f"livebench-{os.getpid()}")

        def sender(name, *words):
            return Sender(name, self.pair, words, lambda: settle_memory(path, 256 << 20))

        bare = sender("bare ring of AF_PACKET", self.program("txring"), "out", traffic, self.times)
        tcpreplay, preloaded = (
            sender(f"tcpreplay {options}", "tcpreplay", "-q", *options.split(),
                   f"--loop={self.times}", "-i", "out", traffic)
            for options in ("--topspeed", "--topspeed --preload-pcap"))
        if not self.bench.has_command("send"):
            ours = left_out("tapir send", "there is no such command")
            return self.workload("send", "send traffic", [bare, ours, tcpreplay, preloaded], [])
        methods = ["afpacket", "afxdp"] if "afxdp" in self.methods else ["afpacket"]
        ours = [sender(f"tapir send --top, {method}", self.bench.tapir, "send", "--top", "-l",
                       self.times, "--method", method, "-i", "out", traffic) for method in methods]
        goals = [takes_at_least(ours[0], bare, 0.9)]
        goals += [takes_at_least(each, peer, 2) for peer in (tcpreplay, preloaded) for each in ours]
        return self.workload("send", "send traffic", [bare, *ours, tcpreplay, preloaded], goals)
