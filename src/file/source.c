/* Capture files through libpcap. */
#include "tapir/source.h"

#include <pcap/pcap.h>
#include <stdlib.h>

struct tapir_source {
    pcap_t *pcap;
    tapir_error error;
    uint64_t number;
    uint16_t link_type;
};

tapir_status tapir_source_open_file(tapir_source **source, const char *path,
    const tapir_source_options *options, tapir_error *error)
{
    char message[PCAP_ERRBUF_SIZE];
    tapir_source *made = calloc(1, sizeof *made);

    (void)options;
    *source = NULL;
    if (!made)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    made->pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, message);
    if (!made->pcap) {
        free(made);
        return tapir_error_set(error, TAPIR_IO, "%s", message);
    }
    int dlt = pcap_datalink(made->pcap);
    made->link_type = dlt == DLT_RAW ? TAPIR_LINK_TYPE_RAW : (uint16_t)dlt;
    *source = made;
    return TAPIR_OK;
}

tapir_status tapir_source_next(tapir_source *source, tapir_frame *frame)
{
    struct pcap_pkthdr *header;
    const uint8_t *data;
    int result = pcap_next_ex(source->pcap, &header, &data);

    if (result == PCAP_ERROR_BREAK)
        return TAPIR_END;
    if (result != 1)
        return tapir_error_set(&source->error, TAPIR_DAMAGED, "%s", pcap_geterr(source->pcap));
    *frame = (tapir_frame){.data = data,
        .caplen = header->caplen,
        .len = header->len,
        .time = header->ts.tv_sec * INT64_C(1000000000) + header->ts.tv_usec,
        .has_time = true,
        .link_type = source->link_type,
        .number = ++source->number};
    return TAPIR_OK;
}

const tapir_error *tapir_source_error(const tapir_source *source)
{
    return &source->error;
}

void tapir_source_close(tapir_source *source)
{
    if (!source)
        return;
    pcap_close(source->pcap);
    free(source);
}
