/* Writes a capture again with another address, and port, in place of one: in IPv4 at any depth, and
 * in TCP and UDP. All checksums follow. usage: rewrite IN OUT.pcapng ADDRESS[:PORT] ADDRESS[:PORT]
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tapir/tapir.h"

struct place {
    uint8_t address[4];
    unsigned port; /* 0: any */
};

static bool parse_place(const char *text, struct place *place)
{
    char address[16];
    size_t len = strcspn(text, ":");

    memset(place, 0, sizeof *place);
    if (len >= sizeof address)
        return false;
    memcpy(address, text, len);
    address[len] = '\0';
    return inet_pton(AF_INET, address, place->address) == 1 &&
           (!text[len] ||
               (sscanf(text + len + 1, "%u", &place->port) == 1 && place->port <= 65535));
}

/* Ports of the layer inside an IP layer; false when it has none. */
static bool ports_of(tapir_edit *edit, size_t index, uint16_t *ports[2])
{
    const bool inside = index < tapir_edit_count(edit);
    void *fields = inside ? tapir_edit_change(edit, index) : NULL;

    if (fields && tapir_edit_proto(edit, index) == &tapir_tcp_proto) {
        ports[0] = &((struct tapir_tcp *)fields)->src_port;
        ports[1] = &((struct tapir_tcp *)fields)->dst_port;
    } else if (fields && tapir_edit_proto(edit, index) == &tapir_udp_proto) {
        ports[0] = &((struct tapir_udp *)fields)->src_port;
        ports[1] = &((struct tapir_udp *)fields)->dst_port;
    } else {
        return false;
    }
    return true;
}

static bool rewrite_side(
    uint8_t address[4], uint16_t *port, const struct place *from, const struct place *to)
{
    if (memcmp(address, from->address, 4) != 0 || (from->port && (!port || *port != from->port)))
        return false;
    memcpy(address, to->address, 4);
    if (port && to->port)
        *port = (uint16_t)to->port;
    return true;
}

/* Changes every layer of IPv4; tells whether anything was to be changed. */
static bool rewrite_layers(tapir_edit *edit, const struct place *from, const struct place *to)
{
    bool changed = false;

    for (size_t i = 0; i < tapir_edit_count(edit); i++) {
        uint16_t *ports[2] = {NULL, NULL};
        struct tapir_ipv4 *ip;
        if (tapir_edit_proto(edit, i) != &tapir_ipv4_proto)
            continue;
        ip = (struct tapir_ipv4 *)tapir_edit_change(edit, i);
        if (!ip) /* cut short: stays as it is */
            continue;
        ports_of(edit, i + 1, ports);
        changed |= rewrite_side(ip->src, ports[0], from, to);
        changed |= rewrite_side(ip->dst, ports[1], from, to);
    }
    return changed;
}

/* Returns how many packets were changed, -1 after a message. */
static int64_t rewrite(
    tapir_source *source, tapir_sink *sink, const struct place *from, const struct place *to)
{
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_edit *edit = tapir_edit_new();
    tapir_status status = packet && edit ? TAPIR_OK : TAPIR_NO_MEMORY;
    static tapir_error error;
    int64_t changed = 0;
    tapir_frame frame;

    while (status == TAPIR_OK && (status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        tapir_packet_start(packet, &frame);
        status = tapir_edit_start(edit, packet);
        if (status == TAPIR_OK && rewrite_layers(edit, from, to)) {
            changed++;
            status = tapir_edit_build(edit, NULL, &frame, &error);
        }
        if (status == TAPIR_OK)
            status = tapir_sink_write(sink, &frame);
    }
    /* Whoever failed says why; the others have nothing to say. */
    if (status != TAPIR_END)
        fprintf(stderr, "rewrite: %s%s%s\n", error.message, tapir_source_error(source)->message,
            tapir_sink_error(sink)->message);
    tapir_edit_free(edit);
    tapir_packet_free(packet);
    return status == TAPIR_END ? changed : -1;
}

int main(int argc, char **argv)
{
    static tapir_sink_options options;
    tapir_source *source = NULL;
    tapir_sink *sink = NULL;
    struct place from, to;
    tapir_error error;
    int64_t changed = -1;

    if (argc != 5 || !parse_place(argv[3], &from) || !parse_place(argv[4], &to)) {
        fprintf(stderr, "usage: rewrite IN OUT.pcapng ADDRESS[:PORT] ADDRESS[:PORT]\n");
        return 2;
    }
    options.size = sizeof options;
    options.format = TAPIR_FORMAT_PCAPNG;
    if (tapir_source_open_file(&source, argv[1], NULL, &error) != TAPIR_OK ||
        tapir_sink_open_file(&sink, argv[2], &options, &error) != TAPIR_OK)
        fprintf(stderr, "rewrite: %s\n", error.message);
    else
        changed = rewrite(source, sink, &from, &to);
    if (tapir_sink_close(sink, &error) != TAPIR_OK)
        fprintf(stderr, "rewrite: %s\n", error.message);
    tapir_source_close(source);
    if (changed >= 0)
        printf("%" PRId64 " packets changed\n", changed);
    return changed < 0;
}
