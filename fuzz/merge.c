/* Two captures merged and anonymised: byte 0 says how, bytes 1 and 2 where the second one begins;
 * the rest are the files. All ways of reading give the same frames. */
#include "tapir/tapir.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum way { SINGLY, IN_BATCHES, BLOCKS, WAYS, MOST_FRAMES = 2000 };

struct outcome {
    tapir_status status;
    size_t frames;
    uint64_t sum;
};

static void expect(bool fact)
{
    if (!fact)
        abort();
}

/* Adds what a frame is, and where it comes from. */
static void touch(struct outcome *outcome, const tapir_source *source, const tapir_frame *frame)
{
    const tapir_interface *interface = tapir_source_interface(source, frame->interface);

    expect(frame->number == ++outcome->frames);
    expect(interface && interface->link_type == frame->link_type);
    outcome->sum = outcome->sum * 31 + (uint64_t)frame->time + interface->snaplen + frame->caplen;
    for (uint32_t i = 0; i < frame->caplen; i++)
        outcome->sum = outcome->sum * 31 + frame->data[i];
}

/* Addresses change, nothing else does: not the number of bytes, not where they are. */
static void anonymise(tapir_anonymiser *const *anonymisers, const tapir_frame *frame)
{
    for (unsigned payload = 0; payload < 3 && anonymisers[payload]; payload++) {
        tapir_frame changed;
        expect(tapir_anonymise_frame(anonymisers[payload], frame, &changed) == TAPIR_OK);
        expect(changed.caplen <= frame->caplen && changed.len == frame->len);
    }
}

static struct outcome read_all(
    tapir_source *source, enum way way, tapir_anonymiser *const *anonymisers)
{
    struct outcome outcome = {.status = TAPIR_OK};
    const tapir_pcapng_block *block;
    tapir_frame frames[10];
    size_t count;

    while (outcome.status == TAPIR_OK && outcome.frames < MOST_FRAMES) {
        if (way == IN_BATCHES) {
            size_t room = MOST_FRAMES - outcome.frames;
            outcome.status = tapir_source_next_batch(
                source, frames, room < TAPIR_COUNT(frames) ? room : TAPIR_COUNT(frames), &count);
        } else {
            outcome.status = way == BLOCKS ? tapir_source_next_block(source, frames, &block)
                                           : tapir_source_next(source, frames);
            count = outcome.status == TAPIR_OK && frames->data;
        }
        for (size_t i = 0; i < count; i++) {
            touch(&outcome, source, &frames[i]);
            if (way == SINGLY)
                anonymise(anonymisers, &frames[i]);
        }
    }
    return outcome;
}

static bool open_both(tapir_source **sources, const uint8_t *data, size_t size)
{
    size_t second = (size_t)tapir_load_be(data + 1, 2) % (size - 2) + 3;

    if (tapir_source_open_memory(&sources[0], data + 3, second - 3, "first", NULL, NULL))
        return false;
    if (tapir_source_open_memory(&sources[1], data + second, size - second, "second", NULL, NULL) ==
        TAPIR_OK)
        return true;
    tapir_source_close(sources[0]);
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static tapir_anonymiser *anonymisers[3];
    tapir_merge_options options = {.size = sizeof options};
    struct outcome first = {.frames = 0};

    for (unsigned payload = 0; payload < 3; payload++) {
        tapir_anonymiser_options kind = {
            .size = sizeof kind, .payload = (tapir_anonymise_payload)payload};
        if (!anonymisers[payload])
            expect(tapir_anonymiser_new(&anonymisers[payload], (const uint8_t[32]){1}, &kind,
                       NULL) != TAPIR_NO_MEMORY);
    }
    if (size < 3)
        return 0;
    options.concatenate = data[0] & 1;
    options.join_interfaces = data[0] & 2;
    for (unsigned way = SINGLY; way < WAYS; way++) {
        tapir_source *sources[2], *merged;
        struct outcome outcome;
        if (!open_both(sources, data, size))
            return 0;
        expect(!tapir_source_merge(&merged, sources, 2, &options, NULL));
        outcome = read_all(merged, (enum way)way, anonymisers);
        tapir_source_close(merged);
        if (way == SINGLY)
            first = outcome;
        expect(outcome.frames == first.frames && outcome.sum == first.sum);
        expect(outcome.frames == MOST_FRAMES || outcome.status == first.status);
    }
    return 0;
}
