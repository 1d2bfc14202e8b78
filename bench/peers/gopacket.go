// gopacket: its known-stack parser, its packets eager and lazy, its file reader; the other
// files build packets, write captures, and capture.
package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

func fail(err error) {
	fmt.Fprintln(os.Stderr, "gopacket:", err)
	os.Exit(1)
}

func load(path string) [][]byte {
	bytes, err := os.ReadFile(path)
	if err != nil {
		fail(err)
	}
	var frames [][]byte
	for at := 24; at+16 <= len(bytes); {
		caplen := int(binary.LittleEndian.Uint32(bytes[at+8:]))
		frames = append(frames, bytes[at+16:at+16+caplen:at+16+caplen])
		at += 16 + caplen
	}
	return frames
}

func addresses(source, destination []byte) (sum uint64) {
	for i := 0; i+4 <= len(source); i += 4 {
		sum += uint64(binary.BigEndian.Uint32(source[i:]))
		sum += uint64(binary.BigEndian.Uint32(destination[i:]))
	}
	return sum
}

func ofTCP(tcp *layers.TCP) uint64 {
	return uint64(tcp.SrcPort) + uint64(tcp.DstPort) + uint64(tcp.Seq) + uint64(len(tcp.Payload))
}

func ofUDP(udp *layers.UDP) uint64 {
	return uint64(udp.SrcPort) + uint64(udp.DstPort) + uint64(len(udp.Payload))
}

// parser decodes a known stack into the same structs again and again, following GRE and VXLAN.
func parser(frames [][]byte) (sum uint64) {
	var eth layers.Ethernet
	var vlan layers.Dot1Q
	var arp layers.ARP
	var ip4 layers.IPv4
	var ip6 layers.IPv6
	var icmp4 layers.ICMPv4
	var icmp6 layers.ICMPv6
	var tcp layers.TCP
	var udp layers.UDP
	var gre layers.GRE
	var vxlan layers.VXLAN
	var payload gopacket.Payload
	parser := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &eth, &vlan, &arp, &ip4, &ip6,
		&icmp4, &icmp6, &tcp, &udp, &gre, &vxlan, &payload)
	parser.IgnoreUnsupported = true
	decoded := make([]gopacket.LayerType, 0, 16)
	for _, frame := range frames {
		if err := parser.DecodeLayers(frame, &decoded); err != nil {
			fail(err)
		}
		var network, transport uint64
		for _, layer := range decoded {
			switch layer {
			case layers.LayerTypeARP:
				network, transport = addresses(arp.SourceProtAddress, arp.DstProtAddress), 0
			case layers.LayerTypeIPv4:
				network, transport = addresses(ip4.SrcIP, ip4.DstIP), 0
			case layers.LayerTypeIPv6:
				network, transport = addresses(ip6.SrcIP, ip6.DstIP), 0
			case layers.LayerTypeTCP:
				transport = ofTCP(&tcp)
			case layers.LayerTypeUDP:
				transport = ofUDP(&udp)
			case layers.LayerTypeICMPv4:
				transport = uint64(icmp4.TypeCode)
			case layers.LayerTypeICMPv6:
				transport = uint64(icmp6.TypeCode)
			}
		}
		sum += network + transport
	}
	return sum
}

// packets makes a packet of each frame and looks through its layers.
func packets(frames [][]byte, options gopacket.DecodeOptions) (sum uint64) {
	for _, frame := range frames {
		var network, transport uint64
		for _, layer := range gopacket.NewPacket(frame, layers.LayerTypeEthernet, options).Layers() {
			switch l := layer.(type) {
			case *layers.ARP:
				network, transport = addresses(l.SourceProtAddress, l.DstProtAddress), 0
			case *layers.IPv4:
				network, transport = addresses(l.SrcIP, l.DstIP), 0
			case *layers.IPv6:
				network, transport = addresses(l.SrcIP, l.DstIP), 0
			case *layers.TCP:
				transport = ofTCP(l)
			case *layers.UDP:
				transport = ofUDP(l)
			case *layers.ICMPv4:
				transport = uint64(l.TypeCode)
			case *layers.ICMPv6:
				transport = uint64(l.TypeCode)
			}
		}
		sum += network + transport
	}
	return sum
}

// lazy asks for the outermost network layer only.
func lazy(frames [][]byte) (sum uint64) {
	options := gopacket.DecodeOptions{Lazy: true, NoCopy: true}
	for _, frame := range frames {
		packet := gopacket.NewPacket(frame, layers.LayerTypeEthernet, options)
		switch l := packet.NetworkLayer().(type) {
		case *layers.IPv4:
			sum += addresses(l.SrcIP, l.DstIP)
		case *layers.IPv6:
			sum += addresses(l.SrcIP, l.DstIP)
		}
	}
	return sum
}

// read counts the packets of a file with the fastest of gopacket's readers.
func read(path string) {
	start := processorTime()
	file, err := os.Open(path)
	if err != nil {
		fail(err)
	}
	reader, err := pcapgo.NewReader(bufio.NewReaderSize(file, 1<<20))
	if err != nil {
		fail(err)
	}
	var count int
	var sum uint64
	for {
		data, _, err := reader.ZeroCopyReadPacketData()
		if err == io.EOF {
			break
		} else if err != nil {
			fail(err)
		}
		sum += uint64(len(data))
		count++
	}
	report(processorTime()-start, count, sum)
}

// processorTime returns what all threads have had, the garbage collector's included.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		fail(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func report(spent time.Duration, count int, sum uint64) {
	status, _ := os.ReadFile("/proc/self/status")
	peak := "0"
	for _, line := range strings.Split(string(status), "\n") {
		if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "VmHWM:" {
			peak = fields[1]
		}
	}
	ns := float64(spent.Nanoseconds()) / float64(count)
	fmt.Printf("ns=%.2f packets=%d sum=%d peak_kib=%s\n", ns, count, sum, peak)
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "read" {
		read(os.Args[2])
		return
	}
	if len(os.Args) == 6 && os.Args[1] == "write" {
		write := map[string]func([]byte, io.Writer) int{"pcap": writePcap, "pcapng": writePcapng}
		passes, err := strconv.Atoi(os.Args[4])
		if write[os.Args[2]] == nil || err != nil || passes < 1 {
			fail(fmt.Errorf("what is %q %q?", os.Args[2], os.Args[4]))
		}
		measureWriting(write[os.Args[2]], os.Args[3], passes, os.Args[5])
		return
	}
	if len(os.Args) == 4 && os.Args[1] == "live" {
		mainLive(os.Args[2], os.Args[3])
		return
	}
	if len(os.Args) != 4 {
		fail(fmt.Errorf("usage: gopacket parser|packet|lazy FILE PASSES | gopacket read FILE | " +
			"gopacket build tcp|vxlan|udp6 PASSES | gopacket write pcap|pcapng FILE PASSES OUT | " +
			"gopacket live count|decode INTERFACE"))
	}
	passes, err := strconv.Atoi(os.Args[3])
	if err != nil || passes < 1 {
		fail(fmt.Errorf("what is %q?", os.Args[3]))
	}
	if os.Args[1] == "build" {
		measure(passes, built, building(os.Args[2]))
		return
	}
	decode := map[string]func([][]byte) uint64{
		"parser": parser,
		"packet": func(frames [][]byte) uint64 { return packets(frames, gopacket.Default) },
		"lazy":   lazy,
	}[os.Args[1]]
	if decode == nil {
		fail(fmt.Errorf("what is %q?", os.Args[1]))
	}
	frames := load(os.Args[2])
	measure(passes, len(frames), func() uint64 { return decode(frames) })
}

// measure times passes, after one that is not counted, and reports the median one.
func measure(passes, count int, pass func() uint64) {
	sum := pass()
	times := make([]time.Duration, passes)
	for i := range times {
		start := processorTime()
		sum = pass()
		times[i] = processorTime() - start
	}
	sort.Slice(times, func(i, j int) bool { return times[i] < times[j] })
	report(times[(passes-1)/2], count, sum)
}
