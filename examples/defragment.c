/* Writes a capture again with the fragments of IPv4, IPv6 and LCM put together: a datagram stands
 * where its last fragment was. What is not whole at the end is left out. The policy says which
 * bytes win where fragments overlap: first, last, bsd, bsd-right, linux, windows, solaris, reject.
 * usage: defragment IN OUT.pcapng [POLICY] */
#include <inttypes.h>
#include <stdio.h>

#include "tapir/tapir.h"

enum { MOST_LINK_TYPES = 16 };

struct output {
    tapir_sink *sink;
    uint16_t link_types[MOST_LINK_TYPES]; /* of the file's interfaces so far */
    uint32_t count;
    uint64_t frames, datagrams, unwritten;
};

/* An interface of the file for each link type: a datagram may have another one than its fragments,
 * when it is too long for the headers that were around them. */
static tapir_status find_interface(struct output *output, uint16_t link_type, uint32_t *index)
{
    tapir_interface interface;

    for (*index = 0; *index < output->count; ++*index)
        if (output->link_types[*index] == link_type)
            return TAPIR_OK;
    if (output->count == MOST_LINK_TYPES)
        return TAPIR_INVALID;
    output->link_types[output->count++] = link_type;
    memset(&interface, 0, sizeof interface);
    interface.link_type = link_type;
    interface.time_resolution = 9;
    return tapir_sink_add_interface(output->sink, &interface, index);
}

static tapir_status write_frame(struct output *output, const tapir_frame *frame)
{
    tapir_frame copy = *frame;
    tapir_status status;

    if (frame->link_type == TAPIR_LINK_TYPE_UNKNOWN) { /* a long message of LCM alone */
        output->unwritten++;
        return TAPIR_OK;
    }
    copy.block = NULL; /* it speaks of the interface it was captured on */
    status = find_interface(output, frame->link_type, &copy.interface);
    if (status == TAPIR_OK)
        status = tapir_sink_write(output->sink, &copy);
    output->frames += status == TAPIR_OK;
    return status;
}

static tapir_status defragment(
    tapir_source *source, tapir_defragmenter *defragmenter, struct output *output)
{
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_status status = packet ? TAPIR_OK : TAPIR_NO_MEMORY;
    tapir_datagram datagram;
    tapir_frame frame;

    while (status == TAPIR_OK && (status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        tapir_packet_start(packet, &frame);
        switch (tapir_defragmenter_add(defragmenter, packet, &datagram)) {
        case TAPIR_FRAGMENT_NONE:
            status = write_frame(output, &frame);
            break;
        case TAPIR_FRAGMENT_LAST:
            output->datagrams++;
            status = write_frame(output, &datagram.frame);
            break;
        case TAPIR_FRAGMENT_DROPPED:
            fprintf(stderr, "frame %" PRIu64 ": the fragment %s\n", frame.number,
                tapir_fragment_drop_text(datagram.drop));
            break;
        case TAPIR_FRAGMENT_TAKEN:
            break;
        }
    }
    tapir_packet_free(packet);
    return status;
}

int main(int argc, char **argv)
{
    static tapir_defragmenter_options options;
    static tapir_sink_options sink_options;
    static struct output output;
    tapir_defragmenter *defragmenter = NULL;
    tapir_source *source = NULL;
    tapir_defragmenter_stats stats;
    tapir_status status = TAPIR_INVALID;
    tapir_error error;

    if (argc < 3 || argc > 4 ||
        (argc == 4 && !tapir_overlap_find(argv[3], &options.overlap[TAPIR_FRAGMENT_IPV4]))) {
        fprintf(stderr, "usage: defragment IN OUT.pcapng [POLICY]\n");
        return 2;
    }
    options.size = sizeof options;
    options.overlap[TAPIR_FRAGMENT_IPV6] = options.overlap[TAPIR_FRAGMENT_IPV4];
    sink_options.size = sizeof sink_options;
    sink_options.format = TAPIR_FORMAT_PCAPNG;
    if (tapir_source_open_file(&source, argv[1], NULL, &error) != TAPIR_OK ||
        tapir_sink_open_file(&output.sink, argv[2], &sink_options, &error) != TAPIR_OK) {
        fprintf(stderr, "defragment: %s\n", error.message);
    } else if (!(defragmenter = tapir_defragmenter_new(&options))) {
        fprintf(stderr, "defragment: out of memory\n");
    } else {
        status = defragment(source, defragmenter, &output);
        if (status != TAPIR_END)
            fprintf(stderr, "defragment: %s%s\n", tapir_source_error(source)->message,
                tapir_sink_error(output.sink)->message);
    }
    if (tapir_sink_close(output.sink, &error) != TAPIR_OK) {
        fprintf(stderr, "defragment: %s\n", error.message);
        status = TAPIR_IO;
    }
    if (status == TAPIR_END) {
        tapir_defragmenter_get_stats(defragmenter, &stats);
        printf("%" PRIu64 " packets read, %" PRIu64 " written; %" PRIu64
               " datagrams put together, %" PRIu64 " not whole\n",
            stats.packets, output.frames, output.datagrams,
            stats.waiting + stats.timed_out + stats.evicted);
        if (output.unwritten)
            printf("%" PRIu64 " messages left out: a capture file has no place for them\n",
                output.unwritten);
    }
    tapir_defragmenter_free(defragmenter);
    tapir_source_close(source);
    return status != TAPIR_END;
}
