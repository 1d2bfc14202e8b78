/* Reading capture files: the input is the file. Read frame by frame, in batches and block by block
 * from memory, and from a descriptor through a small buffer, it must give the same. */
#include "tapir/tapir.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Compressed input may hold far more than itself: enough is enough. */
enum { MOST_FRAMES = 20000 };

typedef struct outcome {
    tapir_status status;
    uint64_t frames, sum, offset;
} outcome;

static void expect(bool fact)
{
    if (!fact)
        abort();
}

static uint64_t touch(uint64_t sum, tapir_span span)
{
    for (size_t i = 0; i < span.len; i++)
        sum = sum * 31 + span.data[i];
    return sum + span.len;
}

static uint64_t touch_frame(uint64_t sum, const tapir_frame *frame)
{
    sum = touch(sum, tapir_span_of(frame->data, frame->caplen));
    sum = touch(sum, frame->comment);
    return sum + frame->len + (uint64_t)frame->time + frame->interface + frame->link_type;
}

/* Everything a block can be asked. */
static uint64_t touch_block(const tapir_pcapng_block *block)
{
    tapir_pcapng_options options = tapir_pcapng_options_of(block);
    tapir_pcapng_names names = tapir_pcapng_names_of(block);
    tapir_reader journal = tapir_reader_of(block->body);
    tapir_pcapng_option option;
    tapir_pcapng_name name;
    tapir_pcapng_section section;
    tapir_pcapng_packet packet;
    tapir_pcapng_statistics statistics;
    tapir_span first, second;
    uint64_t sum = touch(0, block->body);
    uint32_t number;

    while (tapir_pcapng_options_next(&options, &option)) {
        uint64_t value = 0;
        sum = touch(sum, tapir_pcapng_string(option.value));
        sum += tapir_pcapng_number(block, option.value, &value) + value;
        sum += tapir_pcapng_option_name(block->type, option.code) != NULL;
    }
    while (tapir_pcapng_names_next(&names, &name))
        sum = touch(touch(sum, name.address), name.name);
    while (tapir_pcapng_journal_next(&journal, &first, &second))
        sum = touch(touch(sum, first), second);
    if (tapir_pcapng_section_get(block, &section))
        sum = touch(touch(sum, section.hardware), section.comment);
    if (tapir_pcapng_packet_get(block, &packet))
        sum += packet.ticks;
    if (tapir_pcapng_statistics_get(block, &statistics))
        sum += statistics.received;
    if (tapir_pcapng_secrets_get(block, &number, &first))
        sum = touch(sum, first);
    if (tapir_pcapng_custom_get(block, &number, &first))
        sum = touch(sum, first);
    return sum;
}

static void finish(tapir_source *source, outcome *outcome)
{
    const tapir_error *error = tapir_source_error(source);

    if (outcome->frames < MOST_FRAMES) {
        expect(outcome->status != TAPIR_OK && outcome->status != TAPIR_BREAK);
        outcome->offset = outcome->status == TAPIR_END ? 0 : error->offset;
        if (outcome->status != TAPIR_END)
            expect(error->code == outcome->status && strchr(error->message, ':'));
    }
    for (size_t i = 0; i < tapir_source_interface_count(source); i++) {
        const tapir_interface *interface = tapir_source_interface(source, i);
        outcome->sum += interface->frames + (interface->name ? strlen(interface->name) : 0);
        if (interface->block)
            touch_block(interface->block);
    }
    tapir_source_close(source);
}

static outcome read_singly(tapir_source *source)
{
    outcome outcome = {.status = TAPIR_OK};
    tapir_frame frame;

    while (outcome.frames < MOST_FRAMES &&
           (outcome.status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        outcome.sum = touch_frame(outcome.sum, &frame);
        expect(frame.number == ++outcome.frames);
    }
    finish(source, &outcome);
    return outcome;
}

static outcome read_in_batches(tapir_source *source)
{
    outcome outcome = {.status = TAPIR_OK};
    tapir_frame frames[100];
    size_t count, room;

    while (outcome.frames < MOST_FRAMES && outcome.status == TAPIR_OK) {
        room = MOST_FRAMES - outcome.frames < 100 ? MOST_FRAMES - outcome.frames : 100;
        outcome.status = tapir_source_next_batch(source, frames, room, &count);
        for (size_t i = 0; i < count; i++)
            outcome.sum = touch_frame(outcome.sum, &frames[i]);
        outcome.frames += count;
    }
    finish(source, &outcome);
    return outcome;
}

static outcome read_blocks(tapir_source *source)
{
    outcome outcome = {.status = TAPIR_OK};
    const tapir_pcapng_block *block;
    tapir_frame frame;
    tapir_info info = {0};
    volatile uint64_t sum = 0;

    while (outcome.frames < MOST_FRAMES &&
           (outcome.status = tapir_source_next_block(source, &frame, &block)) == TAPIR_OK) {
        tapir_info_add(&info, &frame, block);
        if (block)
            sum = sum + touch_block(block);
        if (frame.data) {
            outcome.sum = touch_frame(outcome.sum, &frame);
            outcome.frames++;
        }
    }
    expect(info.packets == outcome.frames);
    finish(source, &outcome);
    return outcome;
}

/* Reads what was written into `fd`, which has to be a proper file. */
static outcome read_copy(int fd, const tapir_source_options *options)
{
    tapir_source *source;
    outcome outcome;

    expect(lseek(fd, 0, SEEK_SET) == 0);
    expect(!tapir_source_open_fd(&source, fd, "copy", options, NULL));
    outcome = read_singly(source);
    expect(outcome.status == TAPIR_END || outcome.frames == MOST_FRAMES);
    return outcome;
}

/* A copy of all blocks is a copy of the file, as far as it can be read. */
static void copy_blocks(const uint8_t *data, size_t size, const tapir_source_options *options)
{
    tapir_sink_options written = {
        .size = sizeof written, .format = TAPIR_FORMAT_PCAPNG, .buffer = options->buffer};
    int fd = memfd_create("copy", 0);
    const tapir_pcapng_block *block;
    tapir_source *source;
    tapir_sink *sink;
    tapir_frame frame;
    uint8_t *copy;
    off_t len;

    expect(!tapir_source_open_memory(&source, data, size, "input", options, NULL));
    expect(fd >= 0 && !tapir_sink_open_fd(&sink, fd, "copy", &written, NULL));
    while (tapir_source_next_block(source, &frame, &block) == TAPIR_OK)
        expect(!tapir_sink_copy_block(sink, block, NULL));
    tapir_source_close(source);
    expect(!tapir_sink_close(sink, NULL));
    len = lseek(fd, 0, SEEK_END);
    copy = malloc((size_t)len + 1);
    expect(copy && pread(fd, copy, (size_t)len, 0) == len);
    expect((size_t)len <= size && memcmp(copy, data, (size_t)len) == 0);
    free(copy);
    close(fd);
}

/* All sections become one of the byte order asked for; what is refused is left out. */
static void join_blocks(const uint8_t *data, size_t size, const tapir_source_options *options,
    uint8_t byte_order, bool built)
{
    tapir_sink_options written = {
        .size = sizeof written, .format = TAPIR_FORMAT_PCAPNG, .byte_order = byte_order};
    int fd = memfd_create("copy", 0);
    const tapir_pcapng_block *block;
    tapir_source *source;
    tapir_sink *sink;
    tapir_frame frame;
    uint64_t frames = 0;
    tapir_status status;

    expect(!tapir_source_open_memory(&source, data, size, "input", options, NULL));
    expect(fd >= 0 && !tapir_sink_open_fd(&sink, fd, "copy", &written, NULL));
    while (frames < MOST_FRAMES && tapir_source_next_block(source, &frame, &block) == TAPIR_OK) {
        if (!block || block->type == TAPIR_PCAPNG_SECTION || block->unsupported)
            continue;
        if (block->type == TAPIR_PCAPNG_INTERFACE)
            status = built ? tapir_sink_add_interface(sink, block->interface, NULL)
                           : tapir_sink_copy_block(sink, block, NULL);
        else if (frame.data && built)
            status = tapir_sink_write(sink, &frame);
        else
            status = tapir_sink_copy_block(sink, block, frame.data ? &frame.interface : NULL);
        expect(status == TAPIR_OK || tapir_sink_error(sink)->message[0]);
        expect(status != TAPIR_IO && status != TAPIR_END);
        frames += status == TAPIR_OK && frame.data;
    }
    tapir_source_close(source);
    expect(tapir_sink_packets(sink) == frames);
    expect(!tapir_sink_close(sink, NULL));
    expect(read_copy(fd, options).frames == frames);
    close(fd);
}

static void agree(outcome one, outcome other)
{
    expect(one.status == other.status || one.frames == MOST_FRAMES);
    expect(one.frames == other.frames && one.sum == other.sum && one.offset == other.offset);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tapir_source_options options = {
        .size = sizeof options, .max_record = 1 << 20, .buffer = 64 + size % 512};
    tapir_source *source;
    tapir_error error;
    outcome memory, through_fd;
    bool compressed, pcapng;
    int fd;

    if (tapir_source_open_memory(&source, data, size, "input", &options, &error) != TAPIR_OK) {
        expect(!source && error.message[0]);
        return 0;
    }
    memory = read_singly(source);
    expect(!tapir_source_open_memory(&source, data, size, "input", &options, NULL));
    agree(memory, read_in_batches(source));
    expect(!tapir_source_open_memory(&source, data, size, "input", &options, NULL));
    agree(memory, read_blocks(source));
    expect(!tapir_source_open_memory(&source, data, size, "input", &options, NULL));
    compressed = strcmp(tapir_source_compression(source), "none") != 0;
    pcapng = strcmp(tapir_source_format(source), "pcapng") == 0;
    tapir_source_close(source);
    if (pcapng && !compressed) {
        copy_blocks(data, size, &options);
        for (uint8_t order = TAPIR_BYTE_ORDER_LITTLE; order <= TAPIR_BYTE_ORDER_BIG; order++)
            for (unsigned built = 0; built < 2; built++)
                join_blocks(data, size, &options, order, built);
    }
    fd = memfd_create("input", 0);
    expect(fd >= 0 && write(fd, data, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0);
    expect(!tapir_source_open_fd(&source, fd, "input", &options, NULL));
    through_fd = read_singly(source);
    /* How far a decompressor gets in broken data depends on the portions it is fed. */
    if (!compressed)
        agree(memory, through_fd);
    close(fd);
    return 0;
}
