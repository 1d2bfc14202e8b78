package main

import (
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/afpacket"
	"github.com/google/gopacket/layers"
)

// As LIVE_BUFFER and LIVE_PATIENCE of live.h.
const (
	liveBuffer   = 64 << 20
	liveBlock    = 1 << 20
	livePatience = 20 * time.Millisecond
)

// live counts the frames of an interface until SIGINT, and hands each to a function.
func live(device string, take func([]byte)) {
	var stopped int32
	signals := make(chan os.Signal, 1)
	ring, err := afpacket.NewTPacket(afpacket.OptInterface(device), afpacket.OptFrameSize(liveBlock),
		afpacket.OptBlockSize(liveBlock), afpacket.OptNumBlocks(liveBuffer/liveBlock),
		afpacket.OptPollTimeout(livePatience), afpacket.TPacketVersion3)
	if err != nil {
		fail(err)
	}
	signal.Notify(signals, syscall.SIGINT)
	go func() {
		<-signals
		atomic.StoreInt32(&stopped, 1)
	}()
	var packets, bytes uint64
	fmt.Println("ready")
	for atomic.LoadInt32(&stopped) == 0 {
		data, _, err := ring.ZeroCopyReadPacketData()
		if err == afpacket.ErrTimeout {
			continue
		} else if err != nil {
			fail(err)
		}
		packets++
		bytes += uint64(len(data))
		take(data)
	}
	fmt.Printf("packets=%d bytes=%d\n", packets, bytes)
}

// knownStack returns a function that decodes what parser does.
func knownStack() func([]byte) {
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
	return func(frame []byte) {
		if err := parser.DecodeLayers(frame, &decoded); err != nil {
			fail(err)
		}
	}
}

// mainLive captures from an interface: "count" or "decode".
func mainLive(mode, device string) {
	switch mode {
	case "count":
		live(device, func([]byte) {})
	case "decode":
		live(device, knownStack())
	default:
		fail(fmt.Errorf("what is %q?", mode))
	}
}
