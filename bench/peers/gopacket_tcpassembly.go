// gopacket's tcpassembly: streams of one direction each, pages for what waits.
package main

import (
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/tcpassembly"
)

type stream struct {
	found
	network, transport gopacket.Flow
}

func (s *stream) Reassembled(pieces []tcpassembly.Reassembly) {
	for i := range pieces {
		if len(pieces[i].Bytes) > 0 {
			s.gap(pieces[i].Skip)
		}
		s.bytes(pieces[i].Bytes)
	}
}

func (s *stream) ReassemblyComplete() {
	s.over(s.network, s.transport)
}

type factory struct{}

func (factory) New(network, transport gopacket.Flow) tcpassembly.Stream {
	return &stream{network: network, transport: transport}
}

type simple struct {
	*tcpassembly.Assembler
}

func (s simple) segment(network gopacket.Flow, tcp *layers.TCP, seen time.Time) {
	s.AssembleWithTimestamp(network, tcp, seen)
}

func (s simple) flush(since time.Time) {
	s.FlushWithOptions(tcpassembly.FlushOptions{T: since})
}

func (s simple) finish() {
	s.FlushAll()
}

func main() {
	run(func() assembler {
		return simple{tcpassembly.NewAssembler(tcpassembly.NewStreamPool(factory{}))}
	})
}
