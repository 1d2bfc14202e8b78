/* Edits every packet of capture files and holds what comes out against what went in: what is not
 * changed keeps its bytes, checksums stay as right or wrong as they were, and rewriting in place
 * gives the same bytes as encoding anew.
 * usage: edits DIRECTORY|FILE... */
#include "tapir/tapir.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

static tapir_packet *packet, *again;
static tapir_edit *edit;
static size_t packets, edits, problems;
static const char *path;
static uint8_t patched[1 << 18];

static void complain(const tapir_frame *frame, const char *what)
{
    if (problems++ < 20)
        printf("# %s packet %llu, %u bytes: %s\n", path, (unsigned long long)frame->number,
            frame->caplen, what);
}

static bool same_bytes(const tapir_frame *a, const tapir_frame *b)
{
    return a->caplen == b->caplen && a->len == b->len && memcmp(a->data, b->data, a->caplen) == 0;
}

static bool build(const tapir_frame *frame, tapir_frame *built, const char *what)
{
    tapir_error error;

    edits++;
    if (tapir_edit_build(edit, NULL, built, &error) == TAPIR_OK)
        return true;
    printf("# %s\n", error.message);
    complain(frame, what);
    return false;
}

static void start(const tapir_frame *frame)
{
    tapir_packet_start(packet, frame);
    if (tapir_edit_start(edit, packet) != TAPIR_OK)
        abort();
}

static void change_nothing(const tapir_frame *frame)
{
    tapir_frame built;

    start(frame);
    if (build(frame, &built, "not built without a change") && !same_bytes(frame, &built))
        complain(frame, "differs without a change");
}

/* A struct written to and left as it was changes nothing, either. */
static void touch_all(const tapir_frame *frame)
{
    tapir_frame built;

    start(frame);
    for (size_t i = 0; i < tapir_edit_count(edit); i++)
        tapir_edit_change(edit, i);
    if (build(frame, &built, "not built when touched") && !same_bytes(frame, &built))
        complain(frame, "differs when touched");
}

/* What is changed back is as if it had never been, also when it was built in between. */
static void change_back(const tapir_frame *frame)
{
    struct tapir_icmp *icmp;
    tapir_frame built;

    start(frame);
    icmp = TAPIR_CHANGE(edit, icmp);
    if (!icmp)
        return;
    icmp->code ^= 1;
    build(frame, &built, "not built with another code");
    icmp->code ^= 1;
    if (build(frame, &built, "not built when changed back") && !same_bytes(frame, &built))
        complain(frame, "differs when changed back");
}

/* Whether the checksums of two decodings with the same layers are right, wrong or unknown alike. */
static bool alike(const tapir_packet *a, const tapir_packet *b)
{
    size_t count, other;
    const tapir_layer *of_a = tapir_packet_so_far(a, &count);
    const tapir_layer *of_b = tapir_packet_so_far(b, &other);

    for (size_t i = 0; i < count && i < other; i++) {
        tapir_checksum before = {0}, after = {0};
        if (of_a[i].proto != of_b[i].proto)
            return false;
        tapir_packet_verify(a, &of_a[i], &before);
        tapir_packet_verify(b, &of_b[i], &after);
        if (before.present != after.present || before.verifiable != after.verifiable ||
            before.good != after.good)
            return false;
    }
    return count == other;
}

/* Another source address in the nth IP header, both ways. */
static void change_address(const tapir_frame *frame, size_t nth)
{
    static const uint8_t address[16] = {203, 0, 113, 7, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    const tapir_layer *v4, *v6, *layer;
    struct tapir_ipv4 *ipv4;
    struct tapir_ipv6 *ipv6;
    tapir_frame built;
    size_t len, at;

    start(frame);
    v4 = tapir_packet_find(packet, &tapir_ipv4_proto, nth);
    v6 = tapir_packet_find(packet, &tapir_ipv6_proto, nth);
    layer = v4 ? v4 : v6;
    if (!layer || layer->partial)
        return;
    len = v4 ? 4 : 16;
    at = tapir_layer_offset(packet, layer) + (v4 ? 12 : 8);
    memcpy(patched, frame->data, frame->caplen);
    if (tapir_patch(packet, patched, at, tapir_span_of(address, len)) != TAPIR_OK)
        complain(frame, "not patched");
    if (v4) {
        ipv4 = tapir_edit_change(edit, tapir_edit_find(edit, &tapir_ipv4_proto, nth));
        memcpy(ipv4->src, address, 4);
    } else {
        ipv6 = tapir_edit_change(edit, tapir_edit_find(edit, &tapir_ipv6_proto, nth));
        memcpy(ipv6->src, address, 16);
    }
    if (!build(frame, &built, "not built with another address"))
        return;
    if (built.caplen != frame->caplen || memcmp(patched, built.data, built.caplen) != 0)
        complain(frame, "patched and edited differ");
    tapir_packet_decode(again, &built);
    if (!alike(packet, again))
        complain(frame, "a checksum is not what it was");
}

/* A payload that is larger by a byte, and none at all. */
static void change_payload(const tapir_frame *frame, size_t len)
{
    static uint8_t payload[1 << 16];
    size_t last;
    tapir_frame built;

    start(frame);
    last = tapir_edit_count(edit);
    if (!last || frame->caplen != frame->len || tapir_packet_finish(packet) != TAPIR_OK)
        return;
    memset(payload, 0x5a, sizeof payload);
    if (tapir_edit_set_payload(edit, last, tapir_span_of(payload, len)) != TAPIR_OK)
        abort();
    if (!build(frame, &built, "not built with another payload"))
        return;
    tapir_packet_decode(again, &built);
    if (tapir_packet_own(again) != TAPIR_OK)
        abort();
    if (build(frame, &built, "not built again") && !same_bytes(tapir_packet_frame(again), &built))
        complain(frame, "differs when built again");
    for (size_t i = 0; i < last; i++) {
        const tapir_layer *before = tapir_packet_layer(packet, i);
        const tapir_layer *after = tapir_packet_layer(again, i);
        tapir_checksum was, is;
        if (!after || before->proto != after->proto)
            break;
        if (tapir_packet_verify(packet, before, &was) && was.present && was.verifiable &&
            tapir_packet_verify(again, after, &is) && is.verifiable && is.good != was.good)
            complain(frame, "a checksum is not what it was behind another payload");
    }
}

static int check_file(const char *name, const struct stat *facts, int type, struct FTW *place)
{
    tapir_source *source;
    tapir_frame frame;

    (void)facts;
    (void)place;
    path = name;
    if (type != FTW_F || tapir_source_open_file(&source, name, NULL, NULL) != TAPIR_OK)
        return 0;
    while (tapir_source_next(source, &frame) == TAPIR_OK) {
        if (frame.caplen > sizeof patched)
            continue;
        packets++;
        change_nothing(&frame);
        touch_all(&frame);
        change_back(&frame);
        for (size_t nth = 0; nth < 3; nth++)
            change_address(&frame, nth);
        change_payload(&frame, 0);
        change_payload(&frame, 333);
    }
    tapir_source_close(source);
    return 0;
}

int main(int argc, char **argv)
{
    packet = tapir_packet_new(NULL);
    again = tapir_packet_new(NULL);
    edit = tapir_edit_new();
    if (!packet || !again || !edit)
        return 1;
    for (int i = 1; i < argc; i++)
        nftw(argv[i], check_file, 16, FTW_PHYS);
    printf("# %zu packets, %zu edits, %zu problems\n", packets, edits, problems);
    printf(
        "%sok 1 - what is not changed keeps its bytes\n1..1\n", problems || !packets ? "not " : "");
    tapir_edit_free(edit);
    tapir_packet_free(packet);
    tapir_packet_free(again);
    return problems || !packets ? 1 : 0;
}
