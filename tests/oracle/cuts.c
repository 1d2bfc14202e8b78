/* Holds the laws of decoding against every packet of capture files, whole and cut at every length:
 * lazy, eager and known-stack decoding agree, headers encode back to their bytes, and a cut packet
 * says so. A sanitizer, where there is one, watches for reads beyond the cut.
 * usage: cuts DIRECTORY|FILE... */
#include "tapir/tapir.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

#define PROTOS 256
#define LAYERS 256

static tapir_packet *whole, *eager, *lazy;
static tapir_parser_slot slots[PROTOS];
static size_t slot_count, packets, cuts, problems;
static const char *path; /* of the file being checked */

static void complain(const tapir_frame *frame, const char *what)
{
    if (problems++ < 20)
        printf("# %s packet %llu, %u bytes: %s\n", path, (unsigned long long)frame->number,
            frame->caplen, what);
}

static bool is_header(const tapir_layer *layer)
{
    return layer->proto != &tapir_data_proto && layer->proto != &tapir_failure_proto;
}

static bool same(const tapir_layer *a, const tapir_layer *b)
{
    return a->proto == b->proto && a->start == b->start && a->header_len == b->header_len &&
           a->payload_len == b->payload_len && a->status == b->status && a->partial == b->partial;
}

static void check_lazy(const tapir_frame *frame, const tapir_layer *layers, size_t count)
{
    tapir_packet_start(lazy, frame);
    for (size_t i = 0; i < count; i++) {
        const tapir_layer *layer = tapir_packet_layer(lazy, i);
        if (!layer || !same(layer, &layers[i])) {
            complain(frame, "lazy decoding differs from eager");
            return;
        }
    }
    if (tapir_packet_layer(lazy, count))
        complain(frame, "lazy decoding finds more layers than eager");
}

static void check_known(const tapir_frame *frame, const tapir_layer *layers, size_t count)
{
    tapir_layer seen[LAYERS];
    tapir_parsed parsed = {.layers = seen, .room = LAYERS};
    tapir_parser parser;

    while (count > 0 && !is_header(&layers[count - 1]))
        count--;
    if (count == 0)
        return;
    tapir_parser_init(&parser, NULL, layers->proto, slots, slot_count);
    tapir_parser_decode(&parser, frame, &parsed);
    if (parsed.stopped_at || parsed.count != count) {
        complain(frame, "the known-stack parser finds other layers");
        return;
    }
    for (size_t i = 0; i < count; i++)
        if (!same(&seen[i], &layers[i])) {
            complain(frame, "known-stack decoding differs from eager");
            return;
        }
}

static void check_encoding(const tapir_frame *frame, const tapir_layer *layers, size_t count)
{
    static uint8_t buffer[1 << 18];

    for (size_t i = 0; i < count; i++) {
        tapir_stack_layer stack = {layers[i].proto, layers[i].fields};
        tapir_span encoded;
        if (layers[i].partial || !layers[i].proto->encode)
            continue;
        if (tapir_encode(&stack, 1, buffer, sizeof buffer, &encoded, NULL) != TAPIR_OK ||
            encoded.len != layers[i].header_len ||
            memcmp(encoded.data, layers[i].start, encoded.len) != 0)
            complain(frame, layers[i].proto->name);
    }
}

/* Whether a header of a cut packet is, as far as it goes, that of the whole. Only one that takes
 * all there is (a list, a message) may be shorter without saying so: it ends at the cut. Where the
 * whole has a payload a cut packet may show more: it cannot tell a message that goes on in the next
 * segment from one that was cut. */
static bool is_like(const tapir_frame *cut, const tapir_layer *layer, const tapir_layer *of_whole)
{
    const uint8_t *end = layer->start + layer->header_len;

    if (layer->proto != of_whole->proto)
        return of_whole->proto == &tapir_data_proto && layer->partial && layer->header_len < 2;
    return layer->partial || layer->header_len == of_whole->header_len ||
           (end == cut->data + cut->caplen && layer->header_len < of_whole->header_len);
}

/* A packet that was in order before it was cut has the layers of the whole up to the cut, and no
 * other trouble than that. */
static void check_cut(const tapir_frame *cut, const tapir_layer *layers, size_t count)
{
    size_t whole_count;
    const tapir_layer *of_whole = tapir_packet_so_far(whole, &whole_count);

    for (size_t i = 0; i < count; i++) {
        if (layers[i].status != TAPIR_OK && layers[i].status != TAPIR_TRUNCATED)
            complain(cut, "the cut is not what a layer's status says");
        if (is_header(&layers[i]) && (i >= whole_count || !is_like(cut, &layers[i], &of_whole[i])))
            complain(cut, "a cut packet has other layers than the whole");
    }
}

static void check_packet(const tapir_frame *frame)
{
    bool in_order = tapir_packet_decode(whole, frame) == TAPIR_OK && frame->caplen == frame->len;

    packets++;
    for (uint32_t caplen = 0; caplen <= frame->caplen; caplen++) {
        tapir_frame cut = *frame;
        uint8_t *bytes = malloc(caplen ? caplen : 1); /* as long as it is, for the sanitizer */
        const tapir_layer *layers;
        size_t count;
        if (!bytes)
            abort();
        memcpy(bytes, frame->data, caplen);
        cut.data = bytes;
        cut.caplen = caplen;
        cuts++;
        tapir_packet_decode(eager, &cut);
        layers = tapir_packet_so_far(eager, &count);
        check_lazy(&cut, layers, count);
        check_known(&cut, layers, count);
        check_encoding(&cut, layers, count);
        if (in_order)
            check_cut(&cut, layers, count);
        free(bytes);
    }
}

/* What is no capture file is passed over. */
static int check_file(const char *name, const struct stat *about, int type)
{
    tapir_source *source;
    tapir_frame frame;

    (void)about;
    path = name;
    if (type != FTW_F || tapir_source_open_file(&source, path, NULL, NULL) != TAPIR_OK)
        return 0;
    while (tapir_source_next(source, &frame) == TAPIR_OK)
        check_packet(&frame);
    tapir_source_close(source);
    return 0;
}

int main(int argc, char **argv)
{
    const tapir_registry *registry = tapir_registry_default();

    whole = tapir_packet_new(NULL);
    eager = tapir_packet_new(NULL);
    lazy = tapir_packet_new(NULL);
    for (; slot_count < PROTOS; slot_count++) {
        const tapir_proto *proto = tapir_registry_each(registry, slot_count);
        if (!proto)
            break;
        slots[slot_count] = (tapir_parser_slot){proto, malloc(proto->size)};
    }
    for (int i = 1; i < argc; i++)
        problems += ftw(argv[i], check_file, 16) != 0;
    printf("%s 1 - cuts: %zu packets, %zu decodings, %zu problems\n1..1\n",
        problems || !packets ? "not ok" : "ok", packets, cuts, problems);
    for (size_t i = 0; i < slot_count; i++)
        free(slots[i].fields);
    tapir_packet_free(whole);
    tapir_packet_free(eager);
    tapir_packet_free(lazy);
    return problems || !packets;
}
