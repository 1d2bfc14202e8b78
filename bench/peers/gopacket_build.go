// gopacket: the same layers serialized into the same buffer again and again.
package main

import (
	"encoding/binary"
	"net"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// What is built is described in packets.h.
const built = 200000

func payload(length int) gopacket.Payload {
	bytes := make([]byte, length)
	for i := range bytes {
		bytes[i] = byte(i*167 + 13)
	}
	return bytes
}

// digest continues a sum over bytes as measure.h does.
func digest(sum uint64, bytes []byte) uint64 {
	for len(bytes) >= 8 {
		sum = (sum ^ binary.LittleEndian.Uint64(bytes)) * 0x9e3779b97f4a7c15
		bytes = bytes[8:]
	}
	if len(bytes) > 0 {
		var last [8]byte
		copy(last[:], bytes)
		sum = (sum ^ binary.LittleEndian.Uint64(last[:])) * 0x9e3779b97f4a7c15
	}
	return sum
}

func ethernet(last byte, kind layers.EthernetType) *layers.Ethernet {
	return &layers.Ethernet{
		SrcMAC:       net.HardwareAddr{2, 0, 0, 0, last, 1},
		DstMAC:       net.HardwareAddr{2, 0, 0, 0, last, 2},
		EthernetType: kind,
	}
}

func ipv4(src, dst net.IP, protocol layers.IPProtocol) *layers.IPv4 {
	return &layers.IPv4{Version: 4, TTL: 64, SrcIP: src, DstIP: dst, Protocol: protocol}
}

// stack makes the layers, and the function that writes a number into them.
func stack(name string) ([]gopacket.SerializableLayer, func(number uint32)) {
	if name == "udp6" {
		eth := ethernet(0, layers.EthernetTypeIPv6)
		ip := &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: layers.IPProtocolUDP,
			SrcIP: net.ParseIP("2001:db8::1"), DstIP: net.ParseIP("2001:db8::2")}
		udp := &layers.UDP{DstPort: 443}
		if err := udp.SetNetworkLayerForChecksum(ip); err != nil {
			fail(err)
		}
		return []gopacket.SerializableLayer{eth, ip, udp, payload(64)}, func(number uint32) {
			ip.FlowLabel = number & 0xfffff
			udp.SrcPort = layers.UDPPort(number)
		}
	}
	eth := ethernet(0, layers.EthernetTypeIPv4)
	ip := ipv4(net.IP{10, 0, 0, 1}, net.IP{10, 0, 0, 2}, layers.IPProtocolTCP)
	tcp := &layers.TCP{SrcPort: 40000, DstPort: 443, Ack: 1, PSH: true, ACK: true, Window: 65535}
	if err := tcp.SetNetworkLayerForChecksum(ip); err != nil {
		fail(err)
	}
	inner := []gopacket.SerializableLayer{eth, ip, tcp, payload(512)}
	if name == "tcp" {
		return inner, func(number uint32) {
			tcp.Seq = number
			ip.Id = uint16(number)
		}
	}
	outerEth := ethernet(1, layers.EthernetTypeIPv4)
	outer := ipv4(net.IP{192, 0, 2, 1}, net.IP{192, 0, 2, 2}, layers.IPProtocolUDP)
	udp := &layers.UDP{SrcPort: 50000, DstPort: 4789}
	if err := udp.SetNetworkLayerForChecksum(outer); err != nil {
		fail(err)
	}
	vxlan := &layers.VXLAN{ValidIDFlag: true, VNI: 100}
	return append([]gopacket.SerializableLayer{outerEth, outer, udp, vxlan}, inner...),
		func(number uint32) {
			tcp.Seq = number
			ip.Id = uint16(number)
			outer.Id = uint16(number)
		}
}

// building returns a pass that builds the packets of the named stack.
func building(name string) func() uint64 {
	all, write := stack(name)
	buffer := gopacket.NewSerializeBuffer()
	options := gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}
	return func() (sum uint64) {
		for number := uint32(0); number < built; number++ {
			write(number)
			if err := gopacket.SerializeLayers(buffer, options, all...); err != nil {
				fail(err)
			}
			if number%1024 == 0 {
				sum = digest(sum, buffer.Bytes())
			}
		}
		return sum
	}
}
