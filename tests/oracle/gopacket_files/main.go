// Prints what gopacket reads from pcapng files, one JSON object per packet, section and file.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"

	"github.com/google/gopacket/layers"
	"github.com/google/gopacket/pcapgo"
)

type packet struct {
	File        string `json:"file"`
	Nanoseconds int64  `json:"nanoseconds"`
	Captured    int    `json:"caplen"`
	Length      int    `json:"len"`
	Interface   int    `json:"interface"`
	LinkType    int    `json:"link_type"`
	Data        string `json:"data"`
}

type description struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Filter      string `json:"filter"`
	OS          string `json:"os"`
	Comment     string `json:"comment"`
	LinkType    int    `json:"link_type"`
	SnapLength  uint32 `json:"snaplen"`
	Resolution  uint8  `json:"resolution"`
	Offset      uint64 `json:"offset"`
}

type section struct {
	File        string        `json:"file"`
	Hardware    string        `json:"hardware"`
	OS          string        `json:"os"`
	Application string        `json:"application"`
	Comment     string        `json:"comment"`
	Interfaces  []description `json:"interfaces"`
}

type end struct {
	File  string `json:"file"`
	Error string `json:"error"`
}

func describe(file string, interfaces []pcapgo.NgInterface, info pcapgo.NgSectionInfo) section {
	made := section{file, info.Hardware, info.OS, info.Application, info.Comment, []description{}}
	for _, i := range interfaces {
		made.Interfaces = append(made.Interfaces, description{i.Name, i.Description, i.Filter, i.OS,
			i.Comment, int(i.LinkType), i.SnapLength, uint8(i.TimestampResolution), i.TimestampOffset})
	}
	return made
}

func read(name string, out *json.Encoder) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	options := pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true}
	options.SectionEndCallback = func(interfaces []pcapgo.NgInterface, info pcapgo.NgSectionInfo) {
		out.Encode(describe(name, interfaces, info))
	}
	reader, err := pcapgo.NewNgReader(bufio.NewReader(file), options)
	if err != nil {
		return err
	}
	for {
		data, info, err := reader.ReadPacketData()
		if err == io.EOF {
			err = nil
		} else if err == nil {
			link, _ := info.AncillaryData[0].(layers.LinkType)
			out.Encode(packet{name, info.Timestamp.UnixNano(), info.CaptureLength, info.Length,
				info.InterfaceIndex, int(link), hex.EncodeToString(data)})
			continue
		}
		interfaces := []pcapgo.NgInterface{}
		for i := 0; i < reader.NInterfaces(); i++ {
			one, _ := reader.Interface(i)
			interfaces = append(interfaces, one)
		}
		out.Encode(describe(name, interfaces, reader.SectionInfo()))
		return err
	}
}

func main() {
	buffered := bufio.NewWriter(os.Stdout)
	defer buffered.Flush()
	out := json.NewEncoder(buffered)
	for _, name := range os.Args[1:] {
		problem := ""
		if err := read(name, out); err != nil {
			problem = err.Error()
		}
		out.Encode(end{name, problem})
	}
}
