// gopacket: its known-stack parser, its packets eager and lazy, its file reader; the other
// files build packets, write captures, and capture.
package main

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

func load(path string) (frames [][]byte) {
	each(whole(path), func(_, frame []byte) { frames = append(frames, frame) })
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

// read counts the packets of a file.
func read(path string) {
	start := processorTime()
	reader := open(path)
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
	reportTime(processorTime()-start, count, sum)
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == "read" {
		read(os.Args[2])
		return
	}
	if len(os.Args) == 6 && os.Args[1] == "write" {
		write := map[string]func([]byte, io.Writer) int{"pcap": writePcap, "pcapng": writePcapng}
		if write[os.Args[2]] == nil {
			fail(fmt.Errorf("what is %q?", os.Args[2]))
		}
		measureWriting(write[os.Args[2]], os.Args[3], passesOf(os.Args[4]), os.Args[5])
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
	passes := passesOf(os.Args[3])
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

// measure times passes, after one that is not counted.
func measure(passes, count int, pass func() uint64) {
	sum := pass()
	reportTime(timeOf(passes, func() { sum = pass() }, nothing), count, sum)
}
