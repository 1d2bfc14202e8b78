// gopacket: capture files written, out of memory into a file.
package main

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"
	"time"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

// info makes what gopacket knows of a frame, whose record header stands in front of it.
func info(header []byte, length int) gopacket.CaptureInfo {
	return gopacket.CaptureInfo{
		Timestamp: time.Unix(int64(binary.LittleEndian.Uint32(header)),
			1000*int64(binary.LittleEndian.Uint32(header[4:]))),
		CaptureLength: length,
		Length:        length,
	}
}

func writePcap(capture []byte, file io.Writer) (count int) {
	buffer := bufio.NewWriter(file)
	writer := pcapgo.NewWriter(buffer)
	if err := writer.WriteFileHeader(262144, layers.LinkTypeEthernet); err != nil {
		fail(err)
	}
	count = each(capture, func(header, data []byte) {
		if err := writer.WritePacket(info(header, len(data)), data); err != nil {
			fail(err)
		}
	})
	if err := buffer.Flush(); err != nil {
		fail(err)
	}
	return count
}

func writePcapng(capture []byte, file io.Writer) (count int) {
	writer, err := pcapgo.NewNgWriter(file, layers.LinkTypeEthernet)
	if err != nil {
		fail(err)
	}
	count = each(capture, func(header, data []byte) {
		if err := writer.WritePacket(info(header, len(data)), data); err != nil {
			fail(err)
		}
	})
	if err := writer.Flush(); err != nil {
		fail(err)
	}
	return count
}

// measureWriting times writing into a new file, which is removed each time.
func measureWriting(write func([]byte, io.Writer) int, path string, passes int, out string) {
	capture := whole(path)
	var count int
	var sum uint64
	spent := timeOf(passes, func() {
		file, err := os.Create(out)
		if err != nil {
			fail(err)
		}
		count = write(capture, file)
		if err := file.Close(); err != nil {
			fail(err)
		}
	}, func() {
		sum = digestFile(out)
		os.Remove(out)
	})
	reportTime(spent, count, sum)
}

func digestFile(path string) (sum uint64) {
	file, err := os.Open(path)
	if err != nil {
		fail(err)
	}
	defer file.Close()
	piece := make([]byte, 1<<16)
	for {
		length, err := io.ReadFull(file, piece)
		sum = digest(sum, piece[:length])
		if err != nil {
			return sum
		}
	}
}
