/* Capture files built in memory for the tests of src/file. */
#ifndef TAPIR_TESTS_CAPTURE_H
#define TAPIR_TESTS_CAPTURE_H

#include "tapir/tapir.h"

#include <stdarg.h>
#include <stdlib.h>

#include <setjmp.h>

#include <cmocka.h>

/* Bytes being put together. Zero-initialise; free `data`. */
typedef struct bytes {
    uint8_t *data;
    size_t len, room;
    bool big_endian;
} bytes;

static inline void add(bytes *b, const void *data, size_t len)
{
    if (b->len + len >= b->room) {
        b->room = 2 * b->room + len + 1;
        b->data = realloc(b->data, b->room);
        assert_non_null(b->data);
    }
    if (len)
        memcpy(b->data + b->len, data, len);
    b->len += len;
}

#define ADD_LITERAL(b, literal) add(b, literal, sizeof(literal) - 1)

static inline void add_number(bytes *b, unsigned width, uint64_t value)
{
    uint8_t number[8];

    if (b->big_endian)
        tapir_store_be(number, width, value);
    else
        tapir_store_le(number, width, value);
    add(b, number, width);
}

static inline void add16(bytes *b, uint64_t value)
{
    add_number(b, 2, value);
}

static inline void add32(bytes *b, uint64_t value)
{
    add_number(b, 4, value);
}

static inline void add64(bytes *b, uint64_t value)
{
    add_number(b, 8, value);
}

static inline void add_padding(bytes *b)
{
    add(b, "\0\0\0", -b->len & 3);
}

/* A pcap file header. */
static inline void add_pcap_header(
    bytes *b, uint32_t magic, unsigned major, unsigned minor, uint32_t snaplen, uint32_t link_type)
{
    add32(b, magic);
    add16(b, major);
    add16(b, minor);
    add64(b, 0);
    add32(b, snaplen);
    add32(b, link_type);
}

/* A pcap record whose bytes count up from `first`. */
static inline void add_record(
    bytes *b, uint32_t seconds, uint32_t fraction, uint32_t captured, uint32_t len, uint8_t first)
{
    add32(b, seconds);
    add32(b, fraction);
    add32(b, captured);
    add32(b, len);
    for (uint32_t i = 0; i < captured; i++)
        add(b, &(uint8_t){(uint8_t)(first + i)}, 1);
}

/* A pcapng option. */
static inline void add_option(bytes *b, unsigned code, const void *value, size_t len)
{
    add16(b, code);
    add16(b, len);
    add(b, value, len);
    add(b, "\0\0\0", -len & 3);
}

static inline void add_option_number(bytes *b, unsigned code, unsigned width, uint64_t value)
{
    bytes number = {.big_endian = b->big_endian};

    add_number(&number, width, value);
    add_option(b, code, number.data, width);
    free(number.data);
}

/* Begins a pcapng block; returns where, for end_block. */
static inline size_t begin_block(bytes *b, uint32_t type)
{
    size_t start = b->len;

    add32(b, type);
    add32(b, 0);
    return start;
}

static inline void end_block(bytes *b, size_t start)
{
    uint32_t len;

    add(b, "\0\0\0", -(b->len - start) & 3);
    len = (uint32_t)(b->len - start) + 4;
    add32(b, len);
    memcpy(b->data + start + 4, b->data + b->len - 4, 4);
}

static inline void add_section(bytes *b)
{
    size_t start = begin_block(b, TAPIR_PCAPNG_SECTION);

    add32(b, 0x1A2B3C4D);
    add16(b, 1);
    add16(b, 0);
    add64(b, UINT64_MAX);
    end_block(b, start);
}

/* Begins an interface description; options may follow before end_block. */
static inline size_t begin_interface(bytes *b, unsigned link_type, uint32_t snaplen)
{
    size_t start = begin_block(b, TAPIR_PCAPNG_INTERFACE);

    add16(b, link_type);
    add16(b, 0);
    add32(b, snaplen);
    return start;
}

static inline void add_interface(bytes *b, unsigned link_type, uint32_t snaplen)
{
    end_block(b, begin_interface(b, link_type, snaplen));
}

/* Begins an enhanced packet block of `captured` bytes; options may follow before end_block. */
static inline size_t begin_packet(
    bytes *b, uint32_t interface, uint64_t ticks, uint32_t captured, uint32_t len)
{
    size_t start = begin_block(b, TAPIR_PCAPNG_ENHANCED_PACKET);

    add32(b, interface);
    add32(b, ticks >> 32);
    add32(b, (uint32_t)ticks);
    add32(b, captured);
    add32(b, len);
    for (uint32_t i = 0; i < captured; i++)
        add(b, &(uint8_t){(uint8_t)i}, 1);
    add(b, "\0\0\0", -captured & 3);
    return start;
}

static inline void add_packet(
    bytes *b, uint32_t interface, uint64_t ticks, uint32_t captured, uint32_t len)
{
    end_block(b, begin_packet(b, interface, ticks, captured, len));
}

static inline tapir_source *open_bytes(const bytes *b)
{
    tapir_source *source = NULL;
    tapir_error error = {.message = "?"};

    if (tapir_source_open_memory(&source, b->data, b->len, "test", NULL, &error) != TAPIR_OK)
        fail_msg("cannot open: %s", error.message);
    return source;
}

/* Opens what must be refused and returns the error. */
static inline tapir_error refused(const void *data, size_t len)
{
    tapir_source *source = NULL;
    tapir_error error = {.message = "?"};
    tapir_status status = tapir_source_open_memory(&source, data, len, "test", NULL, &error);

    assert_int_not_equal(status, TAPIR_OK);
    assert_int_equal(status, error.code);
    assert_null(source);
    return error;
}

/* Reads all frames; returns the status that ended it and the number of frames. */
static inline tapir_status read_all(tapir_source *source, size_t *count)
{
    tapir_frame frame;
    tapir_status status;

    *count = 0;
    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        volatile uint8_t sum = 0;
        for (uint32_t i = 0; i < frame.caplen; i++)
            sum = (uint8_t)(sum + frame.data[i]);
        ++*count;
        assert_int_equal(frame.number, *count);
    }
    return status;
}

/* Returns the options for a sink, or (in `changed`) those by which a thread writes and the buffer
 * is so small that it has to, or by which pages go past the cache: the tests of sinks are run all
 * three ways. */
static inline const tapir_sink_options *sink_options(
    const tapir_sink_options *options, tapir_sink_options *changed)
{
    const char *way = getenv("TAPIR_TEST_SINKS");

    if (!way || (options && options->size < sizeof *options))
        return options;
    *changed = options ? *options : (tapir_sink_options){.size = sizeof *changed, .link_type = 1};
    changed->background = strcmp(way, "background") == 0;
    changed->direct = strcmp(way, "direct") == 0 && changed->compression <= TAPIR_COMPRESSION_AUTO;
    if (!changed->buffer)
        changed->buffer = changed->background ? 300 : 5000;
    return changed;
}

#define assert_message(error, part)                                                                \
    do {                                                                                           \
        if (!strstr((error)->message, part))                                                       \
            fail_msg("\"%s\" does not say \"%s\"", (error)->message, part);                        \
    } while (0)

#endif
