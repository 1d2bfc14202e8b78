// Prints gopacket's layer chain of every packet of capture files, one JSON object a line.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/google/gopacket"
	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

type source interface {
	ReadPacketData() ([]byte, gopacket.CaptureInfo, error)
}

type line struct {
	File   string   `json:"file"`
	Number int      `json:"number"`
	Layers []string `json:"layers"`
	Error  string   `json:"error"`
}

// open tries both formats; link is the file's, and pcapng has it per packet.
func open(file *os.File) (source, layers.LinkType, error) {
	options := pcapgo.DefaultNgReaderOptions
	options.WantMixedLinkType = true
	if reader, err := pcapgo.NewNgReader(bufio.NewReader(file), options); err == nil {
		return reader, reader.LinkType(), nil
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, 0, err
	}
	reader, err := pcapgo.NewReader(bufio.NewReader(file))
	if err != nil {
		return nil, 0, err
	}
	return reader, reader.LinkType(), nil
}

func chain(data []byte, link layers.LinkType) (names []string, problem string) {
	names = []string{}
	// A decoder that panics has failed on the packet like one that returns an error.
	defer func() {
		if cause := recover(); cause != nil {
			problem = fmt.Sprint("panic: ", cause)
		}
	}()
	packet := gopacket.NewPacket(data, link, gopacket.DecodeOptions{DecodeStreamsAsDatagrams: true})
	for _, layer := range packet.Layers() {
		names = append(names, layer.LayerType().String())
	}
	if failure := packet.ErrorLayer(); failure != nil {
		problem = failure.Error().Error()
	}
	return names, problem
}

func show(path string, encoder *json.Encoder) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	reader, link, err := open(file)
	if err != nil {
		return err
	}
	for number := 1; ; number++ {
		data, info, err := reader.ReadPacketData()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if len(info.AncillaryData) > 0 {
			if other, ok := info.AncillaryData[0].(layers.LinkType); ok {
				link = other
			}
		}
		names, problem := chain(data, link)
		if err := encoder.Encode(line{path, number, names, problem}); err != nil {
			return err
		}
	}
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	for _, path := range os.Args[1:] {
		if err := show(path, encoder); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", path, err)
		}
	}
}
