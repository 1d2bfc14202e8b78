/* Where a file being written gets its bytes out: through a compressor or not, and what is done when
 * the disk is full. */
#include "file/sink.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    HOLD = 64 << 10,       /* compressed bytes written at once */
    HOLD_LEAST = 256,      /* what a compressor gets at least to put its output in */
    POINT_STEP = 256 << 10 /* bytes after which a compressed file could end */
};

/* Of what is to be compressed: nothing, at an address that can be counted from. */
static const tapir_span no_bytes = {(const uint8_t *)"", 0};

static const tapir_span nothing = {NULL, 0};

/* Counts what the first `arrived` bytes of the chunk and the record behind it hold of whole
 * records, and returns how many bytes they are. */
static size_t whole_records(
    const tapir__chunk *chunk, bool pcapng, size_t arrived, uint64_t *packets)
{
    bool big_endian = chunk->big_endian;
    size_t whole = 0, next = chunk->head;
    bool is_packet = false;

    *packets = 0;
    while (next <= arrived) {
        const uint8_t *at = chunk->bytes + next;
        uint32_t type;

        whole = next;
        *packets += is_packet;
        if (chunk->len - whole < TAPIR__BLOCK_OVERHEAD)
            break;
        is_packet = true;
        if (!pcapng) {
            next = whole + TAPIR__RECORD_LEN + tapir__load32(at + 8, big_endian);
            continue;
        }
        type = tapir__load32(at, big_endian);
        if (type == TAPIR_PCAPNG_SECTION)
            big_endian = at[8] == 0x1a; /* byte-order magic */
        is_packet = type == TAPIR_PCAPNG_ENHANCED_PACKET || type == TAPIR_PCAPNG_SIMPLE_PACKET ||
                    type == TAPIR_PCAPNG_PACKET;
        next = whole + tapir__load32(at + 4, big_endian);
    }
    return whole;
}

/* Shortens the file to its first `bytes`, and goes on from there. */
static bool cut(tapir__sink_output *output, uint64_t bytes)
{
    off_t end = (off_t)(output->start + bytes);

    if (ftruncate(output->fd, end) != 0 || lseek(output->fd, end, SEEK_SET) < 0)
        return false;
    output->bytes = bytes;
    return true;
}

/* Takes the end of a compressed file off and ends it at the last point where there is room to. */
static bool end_at_point(tapir__sink_output *output)
{
    while (output->point_count > 0) {
        const tapir__point *point = &output->points[--output->point_count];

        if (!cut(output, point->bytes))
            return false;
        if (write(output->fd, point->ending, point->ending_len) == (ssize_t)point->ending_len) {
            output->bytes += point->ending_len;
            output->packets = point->packets;
            return true;
        }
    }
    output->packets = 0;
    return cut(output, 0);
}

/* Takes the end of what did not find room off the file again, so that it holds whole packets.
 * `arrived` bytes of the chunk, and of the record behind it, are there. */
static bool keep_whole(tapir__file_sink *sink, const tapir__chunk *chunk, size_t arrived)
{
    tapir__sink_output *output = &sink->output;
    struct stat facts;
    uint64_t packets;
    size_t whole;

    /* Where somebody else writes, too, nothing can be taken off. */
    if (!output->cuttable || fstat(output->fd, &facts) != 0 ||
        lseek(output->fd, 0, SEEK_CUR) != facts.st_size)
        return false;
    if (output->packer)
        return end_at_point(output);
    whole = whole_records(chunk, sink->pcapng, arrived, &packets);
    output->packets += packets;
    return cut(output, output->bytes - (arrived - whole));
}

/* Notes why writing ended. */
static tapir_status fail(tapir__file_sink *sink, tapir_status status, const char *format, ...)
    TAPIR_PRINTF(3, 4);

static tapir_status fail(tapir__file_sink *sink, tapir_status status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    tapir__sink_describe(sink, &sink->output.error, status, format, arguments);
    va_end(arguments);
    return sink->output.status = status;
}

/* Says why writing ended, and what there is. */
static tapir_status stop(
    tapir__file_sink *sink, const tapir__chunk *chunk, int number, size_t arrived)
{
    tapir__sink_output *output = &sink->output;

    if (number == EPIPE)
        return fail(sink, TAPIR_END, "nobody reads it any longer");
    if (!keep_whole(sink, chunk, arrived))
        return fail(sink, TAPIR_IO, "%s", strerror(number));
    return fail(sink, TAPIR_IO, "%s; kept %llu packets, %llu bytes", strerror(number),
        (unsigned long long)(sink->found_packets + output->packets),
        (unsigned long long)(output->start + output->bytes));
}

/* Writes parts of which the first is the chunk, if it is not compressed. */
static tapir_status write_parts(
    tapir__file_sink *sink, const tapir__chunk *chunk, struct iovec *part, size_t count)
{
    struct iovec *end = part + count;
    size_t arrived = 0;

    while (part < end) {
        ssize_t wrote = tapir__direct_write(&sink->output, part, (int)(end - part));
        size_t left = (size_t)wrote;

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return stop(sink, chunk, errno, arrived);
        arrived += left;
        sink->output.bytes += left;
        for (; part < end && left >= part->iov_len; part++)
            left -= part->iov_len;
        if (part < end) {
            part->iov_base = (uint8_t *)part->iov_base + left;
            part->iov_len -= left;
        }
    }
    return TAPIR_OK;
}

static tapir_status write_held(tapir__file_sink *sink)
{
    tapir__sink_output *output = &sink->output;
    struct iovec part = {.iov_base = output->hold, .iov_len = output->held};

    output->held = 0;
    return part.iov_len ? write_parts(sink, NULL, &part, 1) : TAPIR_OK;
}

/* Gives bytes to the compressor until it has reached the goal. */
static tapir_status pack(tapir__file_sink *sink, tapir_span bytes, tapir__pack_goal goal)
{
    tapir__sink_output *output = &sink->output;
    tapir__pack_step step = {.in = bytes, .problem = "failed"};
    tapir__pack_result result = TAPIR__PACK_MORE;
    tapir_status status = TAPIR_OK;

    output->packed = true;
    while (status == TAPIR_OK && result == TAPIR__PACK_MORE) {
        if (HOLD - output->held < HOLD_LEAST)
            status = write_held(sink);
        if (status != TAPIR_OK)
            break;
        step.out = output->hold + output->held;
        step.room = HOLD - output->held;
        result = output->packer->step(output->packing, &step, goal);
        output->held = HOLD - step.room;
        if (result == TAPIR__PACK_FAILED)
            status = fail(
                sink, TAPIR_IO, "cannot compress with %s: %s", output->packer->name, step.problem);
    }
    return status;
}

/* Brings all that was packed to the file and remembers how it could end here. */
static tapir_status reach_point(tapir__file_sink *sink, uint64_t packets)
{
    tapir__sink_output *output = &sink->output;
    tapir_status status;
    tapir__point *point;

    if (output->since_point == 0)
        return TAPIR_OK;
    output->since_point = 0;
    status = pack(sink, no_bytes, TAPIR__PACK_FLUSH);
    if (status == TAPIR_OK)
        status = write_held(sink);
    if (status != TAPIR_OK)
        return status;
    if (output->point_count == TAPIR__POINTS) {
        output->point_count--;
        memmove(output->points, output->points + 1, output->point_count * sizeof *output->points);
    }
    point = &output->points[output->point_count++];
    point->bytes = output->bytes;
    point->packets = packets;
    point->ending_len = output->packer->ending(output->packing, point->ending);
    return TAPIR_OK;
}

static tapir_status pack_parts(
    tapir__file_sink *sink, const tapir__chunk *chunk, const struct iovec *parts, bool through)
{
    tapir_status status = TAPIR_OK;

    for (size_t i = 0; i < TAPIR__PARTS && status == TAPIR_OK; i++) {
        if (!parts[i].iov_len)
            continue;
        status = pack(sink, tapir_span_of(parts[i].iov_base, parts[i].iov_len), TAPIR__PACK_ON);
        sink->output.since_point += parts[i].iov_len;
    }
    if (status == TAPIR_OK && (through || sink->output.since_point >= POINT_STEP))
        status = reach_point(sink, chunk->packets);
    return status;
}

void tapir__output_chunk(tapir__file_sink *sink, const tapir__chunk *chunk, tapir_span data,
    tapir_span tail, bool through)
{
    struct iovec parts[TAPIR__PARTS] = {
        {.iov_base = (void *)(uintptr_t)chunk->bytes, .iov_len = chunk->len},
        {.iov_base = (void *)(uintptr_t)data.data, .iov_len = data.len},
        {.iov_base = (void *)(uintptr_t)tail.data, .iov_len = tail.len},
    };
    tapir_status status = sink->output.status;

    if (status == TAPIR_OK)
        status = sink->output.packer ? pack_parts(sink, chunk, parts, through)
                                     : write_parts(sink, chunk, parts, TAPIR__PARTS);
    if (status == TAPIR_OK)
        sink->output.packets = chunk->packets;
}

/* Takes over how writing went. */
static tapir_status settle(tapir__file_sink *sink, tapir_status status)
{
    if (status == TAPIR_OK || sink->over != TAPIR_OK)
        return status;
    sink->over = status;
    sink->common.kind = &tapir__careful_kind;
    sink->common.error = sink->output.error;
    return status;
}

/* Waits for the thread. */
static tapir_status wait_for_all(tapir__file_sink *sink)
{
    if (!sink->background)
        return sink->over;
    tapir__background_wait(sink->background);
    (void)settle(sink, sink->output.status);
    return sink->over;
}

/* Takes what is buffered, and counts it with `more` bytes as written. */
static tapir__chunk take_chunk(tapir__file_sink *sink, size_t more)
{
    tapir__chunk chunk = {
        .bytes = sink->buffer,
        .len = sink->len,
        .head = sink->head,
        .big_endian = sink->pcapng ? sink->buffer_big_endian : sink->big_endian,
        .packets = sink->file_packets,
    };

    sink->file_bytes += sink->len + more;
    sink->head = sink->len = 0;
    sink->buffer_big_endian = sink->big_endian;
    return chunk;
}

tapir_status tapir__output_write(
    tapir__file_sink *sink, tapir_span data, tapir_span tail, bool through)
{
    tapir_status status = wait_for_all(sink);
    tapir__chunk chunk;

    if (status == TAPIR_OK && sink->output.fd < 0)
        status = tapir__rotate_open_now(sink);
    if (status != TAPIR_OK)
        return status;
    chunk = take_chunk(sink, data.len + tail.len);
    tapir__direct_place_buffer(sink);
    tapir__output_chunk(sink, &chunk, data, tail, through);
    return settle(sink, sink->output.status);
}

/* Gives the full buffer to the thread, if there is to be one. */
static tapir_status pass_on(tapir__file_sink *sink)
{
    tapir_status status = sink->over;
    tapir__chunk chunk;

    if (!sink->options.background || !tapir__background_start(sink))
        return tapir__output_write(sink, nothing, nothing, false);
    if (status == TAPIR_OK && sink->output.fd < 0)
        status = tapir__rotate_open_now(sink);
    if (status != TAPIR_OK)
        return status;
    chunk = take_chunk(sink, 0);
    status = tapir__background_write(sink, &chunk);
    tapir__direct_place_buffer(sink);
    return settle(sink, status);
}

tapir_status tapir__output_put(tapir__file_sink *sink, bool packet, const void *head,
    size_t head_len, tapir_span data, tapir_span tail)
{
    size_t len = head_len + data.len + tail.len, room = sink->room - sink->len;
    bool each_frame = sink->options.each_frame;
    tapir_status status;

    /* The thread gets whole records, and this one, too, if it can be buffered at all. */
    if (room < head_len || (sink->options.background && room < len && len <= sink->room)) {
        status = pass_on(sink);
        if (status != TAPIR_OK)
            return status;
        room = sink->room;
    }
    sink->file_packets += packet;
    memcpy(sink->buffer + sink->len, head, head_len);
    sink->len += head_len;
    if (each_frame || room < len)
        return tapir__output_write(sink, data, tail, each_frame);
    if (data.len)
        memcpy(sink->buffer + sink->len, data.data, data.len);
    sink->len += data.len;
    if (tail.len)
        memcpy(sink->buffer + sink->len, tail.data, tail.len);
    sink->len += tail.len;
    return TAPIR_OK;
}

static tapir_status open_packer(tapir__file_sink *sink)
{
    tapir__sink_output *output = &sink->output;

    if (!output->hold)
        output->hold = malloc(HOLD);
    output->packing = output->hold ? output->packer->open(sink->options.level) : NULL;
    return output->packing ? TAPIR_OK : tapir__sink_no_memory(sink);
}

tapir_status tapir__output_open(tapir__file_sink *sink, int fd, bool owned)
{
    tapir__sink_output *output = &sink->output;
    struct stat facts;
    off_t at = lseek(fd, 0, SEEK_CUR);

    output->fd = fd;
    output->owned = owned;
    output->cuttable = at >= 0 && fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
    output->start = at > 0 ? (uint64_t)at : 0;
    output->bytes = 0;
    output->packed = false;
    output->since_point = output->held = output->point_count = 0;
    output->packets = 0;
    sink->file_bytes = output->start;
    sink->file_packets = 0;
    if (sink->len == 0)
        tapir__direct_place_buffer(sink);
    return output->packer ? open_packer(sink) : tapir__direct_open(sink);
}

static tapir_status sync_file(tapir__file_sink *sink)
{
    /* Pipes and the like have nothing to confirm. */
    if (fsync(sink->output.fd) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP)
        return TAPIR_OK;
    sink->over = TAPIR_IO;
    sink->common.kind = &tapir__careful_kind;
    return tapir__sink_error(sink, TAPIR_IO, "%s", strerror(errno));
}

tapir_status tapir__file_flush(tapir__file_sink *sink)
{
    tapir_status status = wait_for_all(sink);
    bool waits = sink->output.packer && sink->output.since_point;

    if (status != TAPIR_OK || (!sink->len && !waits))
        return status;
    return tapir__output_write(sink, nothing, nothing, true);
}

tapir_status tapir__file_sync(tapir__file_sink *sink)
{
    tapir_status status = tapir__file_flush(sink);

    return status == TAPIR_OK && sink->output.fd >= 0 ? sync_file(sink) : status;
}

/* Ends the stream of the compressor. */
static tapir_status end_packing(tapir__file_sink *sink)
{
    tapir_status status = pack(sink, no_bytes, TAPIR__PACK_FINISH);

    return settle(sink, status == TAPIR_OK ? write_held(sink) : status);
}

tapir_status tapir__output_close(tapir__file_sink *sink)
{
    tapir__sink_output *output = &sink->output;
    bool was_over = sink->over != TAPIR_OK;
    tapir_status status = wait_for_all(sink);

    if (was_over)
        status = TAPIR_OK; /* it was told */
    if (sink->over == TAPIR_OK && sink->len)
        status = tapir__output_write(sink, nothing, nothing, false);
    if (sink->over == TAPIR_OK && output->packed)
        status = end_packing(sink);
    if (sink->over == TAPIR_OK && !sink->pcapng && output->fd >= 0)
        status = tapir__pcap_raise_snaplen(sink);
    if (status == TAPIR_OK && sink->over == TAPIR_OK && sink->options.sync && output->fd >= 0)
        status = sync_file(sink);
    if (output->packing)
        output->packer->close(output->packing);
    output->packing = NULL;
    /* Some file systems tell only now that the bytes did not arrive. */
    if (output->owned && output->fd >= 0 && close(output->fd) != 0 && status == TAPIR_OK)
        status = tapir__sink_error(sink, TAPIR_IO, "%s", strerror(errno));
    output->fd = -1;
    return status;
}
