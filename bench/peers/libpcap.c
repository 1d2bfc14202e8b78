/* libpcap: its bare reading loop, a filter with a dump file, and writing out of memory. */
#include "writing.h"
#include <pcap/pcap.h>

static void write_file(const struct capture *capture, const char *path)
{
    pcap_t *pcap = pcap_open_dead(DLT_EN10MB, 262144);
    pcap_dumper_t *dumper = pcap ? pcap_dump_open(pcap, path) : NULL;

    if (!dumper)
        fail(path, pcap ? pcap_geterr(pcap) : "out of memory");
    for (size_t i = 0; i < capture->count; i++) {
        const struct frame *frame = &capture->frames[i];
        const struct pcap_pkthdr header = {time_of(frame), frame->len, frame->len};
        pcap_dump((uint8_t *)dumper, &header, frame->data);
    }
    pcap_dump_close(dumper);
    pcap_close(pcap);
}

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const uint8_t *bytes;
    struct bpf_program program;
    pcap_dumper_t *dumper = NULL;
    uint64_t sum = 0;
    size_t count = 0;
    double start = now_ns();

    if (argc == 5 && strcmp(argv[1], "write") == 0) {
        measure_writing(argv[2], atoi(argv[3]), argv[4], write_file);
        return 0;
    }
    if (argc != 3 && argc != 5)
        fail("usage", "libpcap read FILE | libpcap filter FILE EXPRESSION OUT | libpcap write FILE "
                      "PASSES OUT");
    pcap_t *pcap = pcap_open_offline(argv[2], error);
    if (!pcap)
        fail(argv[2], error);
    if (argc == 5) {
        if (pcap_compile(pcap, &program, argv[3], 1, PCAP_NETMASK_UNKNOWN) != 0 ||
            pcap_setfilter(pcap, &program) != 0)
            fail(argv[3], pcap_geterr(pcap));
        pcap_freecode(&program);
        dumper = pcap_dump_open(pcap, argv[4]);
        if (!dumper)
            fail(argv[4], pcap_geterr(pcap));
    }
    while (pcap_next_ex(pcap, &header, &bytes) == 1) {
        sum += header->caplen;
        count++;
        if (dumper)
            pcap_dump((uint8_t *)dumper, header, bytes);
    }
    if (dumper)
        pcap_dump_close(dumper);
    pcap_close(pcap);
    report(now_ns() - start, count, sum);
    return 0;
}
