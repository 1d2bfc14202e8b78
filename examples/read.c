/* Reads a capture file and prints a line per frame. usage: read FILE */
#include <inttypes.h>
#include <stdio.h>

#include "tapir/tapir.h"

int main(int argc, char **argv)
{
    tapir_source *source;
    tapir_frame frame;
    tapir_error error;
    tapir_status status;

    if (argc != 2) {
        fprintf(stderr, "usage: read FILE\n");
        return 2;
    }
    /* pcap, pcapng or snoop, compressed or not; "-" is standard input. */
    if (tapir_source_open_file(&source, argv[1], NULL, &error) != TAPIR_OK) {
        fprintf(stderr, "read: %s\n", error.message);
        return 1;
    }
    printf("%s: %s, compression %s\n", argv[1], tapir_source_format(source),
        tapir_source_compression(source));

    /* A frame's bytes stay valid until the next read. */
    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK)
        printf("%" PRIu64 ": %" PRId64 " ns, %u of %u bytes, link type %u\n", frame.number,
            frame.time, frame.caplen, frame.len, frame.link_type);

    /* A damaged file gives every whole frame first, then says where it breaks. */
    if (status != TAPIR_END)
        fprintf(stderr, "read: %s\n", tapir_source_error(source)->message);
    tapir_source_close(source);
    return status == TAPIR_END ? 0 : 1;
}
