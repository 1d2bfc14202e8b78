/* Holds the laws of decoding against every packet of capture files, whole and cut at every length:
 * lazy, eager and known-stack decoding agree, headers encode back to their bytes, and a cut packet
 * says so. A sanitizer, where there is one, watches for reads beyond the cut.
 * usage: cuts DIRECTORY|FILE... */
#include "../agreement.h"

#include <ftw.h>
#include <stdio.h>

static struct agreement *agreement;
static tapir_packet *whole;
static size_t packets, cuts, problems;
static const char *path; /* of the file being checked */

static void complain(const tapir_frame *frame, const char *what)
{
    if (problems++ < 20)
        printf("# %s packet %llu, %u bytes: %s\n", path, (unsigned long long)frame->number,
            frame->caplen, what);
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
        if (agreement_is_header(&layers[i]) &&
            (i >= whole_count || !is_like(cut, &layers[i], &of_whole[i])))
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
        const char *problem;
        size_t count;
        if (!bytes)
            abort();
        memcpy(bytes, frame->data, caplen);
        cut.data = bytes;
        cut.caplen = caplen;
        cuts++;
        problem = agreement_check(agreement, &cut);
        if (problem)
            complain(&cut, problem);
        layers = tapir_packet_so_far(agreement->eager, &count);
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
    agreement = agreement_new();
    whole = tapir_packet_new(NULL);
    for (int i = 1; i < argc; i++)
        problems += ftw(argv[i], check_file, 16) != 0;
    printf("%s 1 - cuts: %zu packets, %zu decodings, %zu problems\n1..1\n",
        problems || !packets ? "not ok" : "ok", packets, cuts, problems);
    agreement_free(agreement);
    tapir_packet_free(whole);
    return problems || !packets;
}
