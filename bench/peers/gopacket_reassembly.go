// gopacket's reassembly: both directions of a connection together.
package main

import (
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/reassembly"
)

type pair struct {
	way                [2]found
	network, transport gopacket.Flow
}

func (p *pair) Accept(tcp *layers.TCP, info gopacket.CaptureInfo, way reassembly.TCPFlowDirection,
	next reassembly.Sequence, start *bool, context reassembly.AssemblerContext) bool {
	return true
}

func (p *pair) ReassembledSG(pieces reassembly.ScatterGather, context reassembly.AssemblerContext) {
	way, _, _, skip := pieces.Info()
	found := &p.way[0]
	if way == reassembly.TCPDirServerToClient {
		found = &p.way[1]
	}
	length, _ := pieces.Lengths()
	if length > 0 {
		found.gap(skip)
		found.bytes(pieces.Fetch(length))
	}
}

func (p *pair) ReassemblyComplete(context reassembly.AssemblerContext) bool {
	p.way[0].over(p.network, p.transport)
	p.way[1].over(p.network.Reverse(), p.transport.Reverse())
	return true
}

type factory struct{}

func (factory) New(network, transport gopacket.Flow, tcp *layers.TCP,
	context reassembly.AssemblerContext) reassembly.Stream {
	return &pair{network: network, transport: transport}
}

// context is the time of the packet at work.
type context struct {
	info gopacket.CaptureInfo
}

func (c *context) GetCaptureInfo() gopacket.CaptureInfo {
	return c.info
}

type paired struct {
	*reassembly.Assembler
	context context
}

func (p *paired) segment(network gopacket.Flow, tcp *layers.TCP, seen time.Time) {
	p.context.info.Timestamp = seen
	p.AssembleWithContext(network, tcp, &p.context)
}

func (p *paired) flush(since time.Time) {
	p.FlushWithOptions(reassembly.FlushOptions{T: since})
}

func (p *paired) finish() {
	p.FlushAll()
}

func main() {
	run(func() assembler {
		return &paired{Assembler: reassembly.NewAssembler(reassembly.NewStreamPool(factory{}))}
	})
}
