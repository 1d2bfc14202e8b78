/* Fragments: byte 0 says which policy, and what the rest is. Either frames of any kind, each behind
 * its link type, the time that passed and its length; or commands of four bytes, each a fragment,
 * whose datagrams are held against a plain model that keeps an owner for every place. */
#include "tapir/tapir.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST_MEMORY = 200000, UNITS = 256, MODELS = 8, FRAMES_BIT = 0x80, HEADER_LEN = 48 };

static void expect(bool fact)
{
    if (!fact)
        abort();
}

static void check_limits(const tapir_defragmenter *defragmenter, size_t most)
{
    tapir_defragmenter_stats stats;

    tapir_defragmenter_get_stats(defragmenter, &stats);
    expect(stats.memory <= most);
    expect(stats.memory <= stats.most_memory);
}

/* Holds for every datagram that is complete. */
static void check_datagram(tapir_defragmenter *defragmenter, const tapir_datagram *datagram)
{
    const tapir_layer *layer = tapir_packet_layer(datagram->packet, datagram->layer);
    tapir_datagram again;
    uint32_t at = 0;
    size_t count;

    expect(layer && datagram->depth > 0 && datagram->piece_count > 0);
    expect(tapir_packet_layers(datagram->packet, &count)[0].proto == datagram->first);
    for (size_t i = 0; i < datagram->piece_count; i++) {
        expect(datagram->pieces[i].offset == at && datagram->pieces[i].len > 0);
        at += datagram->pieces[i].len;
    }
    /* Headers of IPv6 that were in every fragment are in front of the pieces. */
    expect(layer->proto == &tapir_ipv6_proto ? layer->payload_len >= at : layer->payload_len == at);
    expect(datagram->overlaps < datagram->fragments && datagram->conflicts <= datagram->overlaps);
    /* What comes out is no fragment. */
    expect(tapir_defragmenter_add(defragmenter, datagram->packet, &again) == TAPIR_FRAGMENT_NONE);
}

static void end(tapir_defragmenter *defragmenter)
{
    tapir_defragmenter_stats stats;

    tapir_defragmenter_flush(defragmenter);
    tapir_defragmenter_get_stats(defragmenter, &stats);
    expect(stats.waiting == 0);
    expect(stats.memory <= 8192 * sizeof(void *)); /* the table */
    tapir_defragmenter_free(defragmenter);
}

static void take_frames(tapir_packet *packet, tapir_overlap policy, tapir_reader *in)
{
    const tapir_defragmenter_options options = {.size = sizeof options,
        .max_memory = MOST_MEMORY,
        .max_datagrams = 32,
        .overlap = {policy, policy, policy},
        .verify_checksums = policy % 2,
        .seed = 1};
    static const uint16_t link_types[] = {TAPIR_LINK_TYPE_ETHERNET, TAPIR_LINK_TYPE_IPV4,
        TAPIR_LINK_TYPE_IPV6, TAPIR_LINK_TYPE_RAW, TAPIR_LINK_TYPE_LINUX_SLL};
    tapir_defragmenter *defragmenter = tapir_defragmenter_new(&options);
    tapir_datagram datagram;
    tapir_frame frame = {.has_time = true};

    expect(defragmenter);
    while (tapir_left(in)) {
        tapir_span bytes;
        frame.number++;
        frame.link_type = link_types[tapir_take_u8(in) % TAPIR_COUNT(link_types)];
        frame.time += INT64_C(1000000000) * (int8_t)tapir_take_u8(in);
        bytes = tapir_take_span(in, tapir_take_be16(in));
        frame.data = bytes.data;
        frame.caplen = frame.len = (uint32_t)bytes.len;
        tapir_packet_start(packet, &frame);
        if (tapir_defragmenter_add(defragmenter, packet, &datagram) == TAPIR_FRAGMENT_LAST)
            check_datagram(defragmenter, &datagram);
        check_limits(defragmenter, MOST_MEMORY);
    }
    end(defragmenter);
}

/* What there is of a datagram: for each unit of 8 bytes whose it is, and with which letter. */
struct model {
    uint32_t owner[UNITS * 2]; /* 0: nobody's */
    uint8_t letter[UNITS * 2];
};

struct command {
    unsigned version, id;
    uint32_t start, end; /* units */
    bool more;
    uint8_t letter;
};

/* Where the piece ends that begins at `start`. */
static uint32_t run_end(const struct model *model, uint32_t start)
{
    uint32_t at = start;

    while (at < TAPIR_COUNT(model->owner) && model->owner[at] == model->owner[start])
        at++;
    return at;
}

static void put(
    struct model *model, tapir_overlap policy, const struct command *command, uint32_t owner)
{
    struct model before = *model;

    for (uint32_t start = 0, stop; start < TAPIR_COUNT(before.owner); start = stop) {
        stop = run_end(&before, start);
        for (uint32_t at = start; at < stop; at++)
            if (at >= command->start && at < command->end &&
                (!before.owner[start] || tapir_overlap_new_wins(policy, command->start * 8,
                                             command->end * 8, start * 8, stop * 8))) {
                model->owner[at] = owner;
                model->letter[at] = command->letter;
            }
    }
}

static size_t make_fragment(const struct command *command, uint8_t *bytes)
{
    const uint32_t len = (command->end - command->start) * 8;
    const uint8_t protocol = command->id % 2 ? 17 : 253;
    uint8_t *at;

    memset(bytes, 0, HEADER_LEN);
    if (command->version == 4) {
        bytes[0] = 0x45;
        tapir_store_be(bytes + 2, 2, 20 + len);
        tapir_store_be(bytes + 4, 2, command->id);
        tapir_store_be(bytes + 6, 2, command->start | (command->more ? 0x2000u : 0));
        bytes[9] = protocol;
        at = bytes + 20;
    } else {
        bytes[0] = 0x60;
        tapir_store_be(bytes + 4, 2, 8 + len);
        bytes[6] = 44;
        bytes[40] = protocol;
        tapir_store_be(bytes + 42, 2, command->start << 3 | command->more);
        tapir_store_be(bytes + 44, 4, command->id);
        at = bytes + 48;
    }
    memset(at, command->letter, len);
    return (size_t)(at - bytes) + len;
}

static struct command read_command(tapir_reader *in)
{
    const uint8_t kind = tapir_take_u8(in);
    struct command command = {.version = kind & 1 ? 6 : 4,
        .id = kind >> 1 & 3,
        .more = kind & 8,
        .start = tapir_take_u8(in)};

    command.end = command.start + 1 + tapir_take_u8(in) % 32;
    command.letter = tapir_take_u8(in);
    return command;
}

static void check_payload(const tapir_datagram *datagram, const struct model *model)
{
    const tapir_layer *layer = tapir_packet_layer(datagram->packet, datagram->layer);
    tapir_span payload = tapir_layer_payload(layer);

    expect(payload.len % 8 == 0 && payload.len / 8 <= TAPIR_COUNT(model->owner));
    for (size_t i = 0; i < payload.len; i++)
        expect(model->owner[i / 8] && payload.data[i] == model->letter[i / 8]);
}

static void take_commands(tapir_packet *packet, tapir_overlap policy, tapir_reader *in)
{
    const tapir_defragmenter_options options = {
        .size = sizeof options, .overlap = {policy, policy, policy}, .seed = 1};
    static struct model models[MODELS];
    static uint8_t bytes[HEADER_LEN + UNITS * 8];
    tapir_defragmenter *defragmenter = tapir_defragmenter_new(&options);
    tapir_datagram datagram;
    tapir_frame frame = {.data = bytes};

    expect(defragmenter);
    memset(models, 0, sizeof models);
    while (tapir_left(in)) {
        struct command command = read_command(in);
        struct model *model = &models[command.id * 2 + (command.version == 6)];
        tapir_fragment_fate fate;
        bool put_in;
        frame.number++;
        frame.link_type = command.version == 4 ? TAPIR_LINK_TYPE_IPV4 : TAPIR_LINK_TYPE_IPV6;
        frame.caplen = frame.len = (uint32_t)make_fragment(&command, bytes);
        tapir_packet_start(packet, &frame);
        fate = tapir_defragmenter_add(defragmenter, packet, &datagram);
        put_in = fate == TAPIR_FRAGMENT_TAKEN || fate == TAPIR_FRAGMENT_LAST ||
                 (fate == TAPIR_FRAGMENT_DROPPED && datagram.drop == TAPIR_DROP_COVERED);
        /* A duplicate that told the end was the last, and changes nothing. */
        if (put_in)
            put(model, policy, &command, (uint32_t)frame.number);
        if (fate == TAPIR_FRAGMENT_LAST) {
            check_payload(&datagram, model);
            check_datagram(defragmenter, &datagram);
            memset(model, 0, sizeof *model);
        }
        check_limits(defragmenter, (size_t)4 << 20);
    }
    end(defragmenter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static tapir_packet *packet;
    tapir_reader in = tapir_reader_of(tapir_span_of(data, size));
    tapir_overlap policy;
    uint8_t first;

    if (!packet)
        packet = tapir_packet_new(NULL);
    if (size < 1)
        return 0;
    first = tapir_take_u8(&in);
    policy = (tapir_overlap)(first % (TAPIR_OVERLAP_REJECT + 1));
    if (first & FRAMES_BIT)
        take_frames(packet, policy, &in);
    else
        take_commands(packet, policy == TAPIR_OVERLAP_DEFAULT ? TAPIR_OVERLAP_BSD : policy, &in);
    return 0;
}
