// What both reassemblers of gopacket share here: frames from a file or from memory, decoded by the
// known-stack parser to the innermost TCP segment, and what is reported of streams.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
)

// Waiting this long, in the capture's time, gives up what is missing; looked at now and then.
const (
	gapTime   = 30 * time.Second
	gapPeriod = 10 * time.Second
)

// segment takes a TCP segment of those network addresses; flush gives up what has waited for
// something since then; finish ends all streams.
type assembler interface {
	segment(network gopacket.Flow, tcp *layers.TCP, seen time.Time)
	flush(since time.Time)
	finish()
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// found is what was delivered of one stream.
type found struct {
	delivered, gapBytes uint64
	gaps, crc           uint32
}

func (f *found) bytes(bytes []byte) {
	f.crc = crc32.Update(f.crc, castagnoli, bytes)
	f.delivered += uint64(len(bytes))
}

// gap counts bytes that were skipped; -1 says that the beginning was not seen.
func (f *found) gap(skip int) {
	if skip > 0 {
		f.gaps++
		f.gapBytes += uint64(skip)
	}
}

var all struct {
	lines                         *bufio.Writer
	streams, bytes, gapBytes, sum uint64
}

// over counts a stream that has ended, if anything was delivered of it.
func (f *found) over(network, transport gopacket.Flow) {
	if f.delivered == 0 {
		return
	}
	all.streams++
	all.bytes += f.delivered
	all.gapBytes += f.gapBytes
	all.sum += uint64(f.crc)
	if all.lines != nil {
		fmt.Fprintf(all.lines, "%s\t%s\t%d\t%d\t%d\t%08x\t%d\t%d\n",
			hex.EncodeToString(network.Src().Raw()), hex.EncodeToString(network.Dst().Raw()),
			binary.BigEndian.Uint16(transport.Src().Raw()),
			binary.BigEndian.Uint16(transport.Dst().Raw()), f.delivered, f.crc, f.gaps, f.gapBytes)
	}
}

// decoder decodes frames and hands their innermost TCP segment on.
type decoder struct {
	eth     layers.Ethernet
	vlan    layers.Dot1Q
	ip4     layers.IPv4
	ip6     layers.IPv6
	tcp     layers.TCP
	udp     layers.UDP
	gre     layers.GRE
	vxlan   layers.VXLAN
	payload gopacket.Payload
	parser  *gopacket.DecodingLayerParser
	decoded []gopacket.LayerType
	flushed time.Time
}

func newDecoder() *decoder {
	d := &decoder{}
	d.parser = gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &d.eth, &d.vlan, &d.ip4,
		&d.ip6, &d.tcp, &d.udp, &d.gre, &d.vxlan, &d.payload)
	d.parser.IgnoreUnsupported = true
	return d
}

func (d *decoder) frame(data []byte, seen time.Time, to assembler) {
	if err := d.parser.DecodeLayers(data, &d.decoded); err != nil {
		fail(err)
	}
	if seen.Sub(d.flushed) > gapPeriod {
		to.flush(seen.Add(-gapTime))
		d.flushed = seen
	}
	// Only what is innermost counts: UDP around a tunnel is not followed by TCP of its own.
	ip6 := false
	for _, layer := range d.decoded {
		switch layer {
		case layers.LayerTypeIPv4:
			ip6 = false
		case layers.LayerTypeIPv6:
			ip6 = true
		case layers.LayerTypeTCP:
			if ip6 {
				to.segment(d.ip6.NetworkFlow(), &d.tcp, seen)
			} else {
				to.segment(d.ip4.NetworkFlow(), &d.tcp, seen)
			}
		}
	}
}

func fromFile(path string, to assembler) (count int) {
	reader := open(path)
	decoder := newDecoder()
	for {
		data, info, err := reader.ZeroCopyReadPacketData()
		if err == io.EOF {
			break
		} else if err != nil {
			fail(err)
		}
		decoder.frame(data, info.Timestamp, to)
		count++
	}
	to.finish()
	return count
}

type frame struct {
	data []byte
	seen time.Time
}

func load(path string) (frames []frame) {
	each(whole(path), func(header, data []byte) {
		seconds, micros := binary.LittleEndian.Uint32(header), binary.LittleEndian.Uint32(header[4:])
		frames = append(frames, frame{data, time.Unix(int64(seconds), int64(micros)*1000)})
	})
	return frames
}

func fromMemory(frames []frame, to assembler) {
	decoder := newDecoder()
	for _, frame := range frames {
		decoder.frame(frame.data, frame.seen, to)
	}
	to.finish()
}

func report(spent time.Duration, count int) {
	fmt.Printf("streams=%d bytes=%d gap_bytes=%d ", all.streams, all.bytes, all.gapBytes)
	reportTime(spent, count, all.sum)
}

func runFile(path, lines string, to assembler) {
	var out *os.File
	if lines != "" {
		var err error
		if out, err = os.Create(lines); err != nil {
			fail(err)
		}
		all.lines = bufio.NewWriter(out)
		fmt.Fprintln(all.lines, "source\tdestination\tsource port\tdestination port\tdelivered\t"+
			"crc32c\tgaps\tgap bytes")
	}
	start := processorTime()
	count := fromFile(path, to)
	spent := processorTime() - start
	if out != nil {
		if err := all.lines.Flush(); err != nil {
			fail(err)
		}
		out.Close()
	}
	report(spent, count)
}

// runMemory times passes, after one that is not counted.
func runMemory(path string, passes int, make func() assembler) {
	frames := load(path)
	pass := func() {
		all.streams, all.bytes, all.gapBytes, all.sum = 0, 0, 0, 0
		fromMemory(frames, make())
	}
	pass()
	report(timeOf(passes, pass, nothing), len(frames))
}

// run does what the command line says with new assemblers.
func run(make func() assembler) {
	if len(os.Args) == 4 && os.Args[1] == "memory" {
		runMemory(os.Args[2], passesOf(os.Args[3]), make)
	} else if (len(os.Args) == 3 || len(os.Args) == 4) && os.Args[1] == "file" {
		lines := ""
		if len(os.Args) == 4 {
			lines = os.Args[3]
		}
		runFile(os.Args[2], lines, make())
	} else {
		fail(fmt.Errorf("usage: %s file FILE [STREAMS] | %s memory FILE PASSES", os.Args[0],
			os.Args[0]))
	}
}
