/* libpcap: pcap_next_ex on an interface. */
#include "live.h"
#include <pcap/pcap.h>

static pcap_t *pcap;

/* Its waits go on after a signal unless it is told not to. */
static void stop(int number)
{
    (void)number;
    pcap_breakloop(pcap);
}

int main(int argc, char **argv)
{
    char error[PCAP_ERRBUF_SIZE];
    struct pcap_pkthdr *header;
    const uint8_t *bytes;
    uint64_t packets = 0, sum = 0;
    int got = 0;

    if (argc != 2)
        fail("usage", "libpcap_live INTERFACE");
    pcap = pcap_create(argv[1], error);
    if (!pcap)
        fail(argv[1], error);
    pcap_set_snaplen(pcap, 262144);
    pcap_set_promisc(pcap, 1);
    pcap_set_timeout(pcap, LIVE_PATIENCE);
    pcap_set_buffer_size(pcap, LIVE_BUFFER);
    if (pcap_activate(pcap) < 0)
        fail(argv[1], pcap_geterr(pcap));
    live_ready(stop);
    while (got >= 0) {
        got = pcap_next_ex(pcap, &header, &bytes);
        if (got == 1) {
            sum += header->caplen;
            packets++;
        }
    }
    if (got < 0 && got != PCAP_ERROR_BREAK)
        fail(argv[1], pcap_geterr(pcap));
    pcap_close(pcap);
    live_report(packets, sum);
    return 0;
}
