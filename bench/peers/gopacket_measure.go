// What the programs of gopacket share here: opening captures, and what a run has taken.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/google/gopacket/pcapgo"
)

func fail(err error) {
	fmt.Fprintln(os.Stderr, "gopacket:", err)
	os.Exit(1)
}

// passesOf reads how often something is to be done.
func passesOf(text string) int {
	passes, err := strconv.Atoi(text)
	if err != nil || passes < 1 {
		fail(fmt.Errorf("what is %q?", text))
	}
	return passes
}

// open returns the fastest of gopacket's readers.
func open(path string) *pcapgo.Reader {
	file, err := os.Open(path)
	if err != nil {
		fail(err)
	}
	reader, err := pcapgo.NewReader(bufio.NewReaderSize(file, 1<<20))
	if err != nil {
		fail(err)
	}
	return reader
}

// whole returns the bytes of a file.
func whole(path string) []byte {
	bytes, err := os.ReadFile(path)
	if err != nil {
		fail(err)
	}
	return bytes
}

// each hands out the records of a capture, header and data.
func each(capture []byte, take func(header, data []byte)) (count int) {
	for at := 24; at+16 <= len(capture); count++ {
		end := at + 16 + int(binary.LittleEndian.Uint32(capture[at+8:]))
		take(capture[at:at+16], capture[at+16:end:end])
		at = end
	}
	return count
}

func nothing() {}

// processorTime returns what all threads have had, the garbage collector's included.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// timeOf times passes and returns the median one; what is done after each is not timed.
func timeOf(passes int, pass, after func()) time.Duration {
	times := make([]time.Duration, passes)
	for i := range times {
		start := processorTime()
		pass()
		times[i] = processorTime() - start
		after()
	}
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	return times[(passes-1)/2]
}

// reportTime ends the line that says what a run has taken.
func reportTime(spent time.Duration, count int, sum uint64) {
	status, _ := os.ReadFile("/proc/self/status")
	peak := "0"
	for _, line := range strings.Split(string(status), "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmHWM:" {
			peak = fields[1]
		}
	}
	fmt.Printf("ns=%.2f packets=%d sum=%d peak_kib=%s\n",
		float64(spent.Nanoseconds())/float64(count), count, sum, peak)
}
