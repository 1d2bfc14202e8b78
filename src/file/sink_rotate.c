/* Going on with another file, under the names that tcpdump gives them. */
#include "file/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)

/* With a limit on size a number stands behind the name. */
static bool numbers_files(const tapir_sink_rotation *rotation)
{
    return rotation->bytes || rotation->packets;
}

/* Returns how many digits the highest number takes; 0 when there is none. */
static int digits_of(uint32_t files)
{
    int digits = 0;

    for (uint32_t highest = files ? files - 1 : 0; highest; highest /= 10)
        digits++;
    return digits;
}

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

/* The pattern is the user's, which a compiler cannot check. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
/* Fills the pattern with the time at which the file begins; 0 when that does not work out. */
static size_t fill_pattern(const tapir_sink *sink, char *name, size_t room)
{
    time_t seconds = (time_t)(sink->window_start / SECOND);
    struct tm parts;

    return localtime_r(&seconds, &parts) ? strftime(name, room, sink->pattern, &parts) : 0;
}
#pragma GCC diagnostic pop

/* Makes the name of the next file; false when it gets too long. */
static bool make_name(const tapir_sink *sink, char *name, size_t room)
{
    const tapir_sink_rotation *rotation = &sink->options.rotation;
    int digits = numbers_files(rotation) ? digits_of(rotation->files) : 0;
    size_t len = strlen(sink->pattern);

    if (rotation->seconds) {
        len = fill_pattern(sink, name, room);
        if (len == 0)
            return false;
    } else {
        if (len >= room)
            return false;
        memcpy(name, sink->pattern, len + 1);
    }
    if (sink->file_index || digits) {
        int more = snprintf(name + len, room - len, "%0*u", digits, sink->file_index);
        return more > 0 && (size_t)more < room - len;
    }
    return true;
}

/* Opens the next file, which begins at `time`, 0: not known. */
static tapir_status open_next(tapir_sink *sink, int64_t time)
{
    char name[PATH_MAX], *path;
    tapir_status status;
    int fd;

    sink->window_open = time || sink->options.rotation.wall_clock;
    sink->window_start = time ? time : now();
    if (!make_name(sink, name, sizeof name) || !(path = strdup(name))) {
        sink->over = TAPIR_INVALID;
        return tapir__sink_error(sink, TAPIR_INVALID, "the name of the next file gets too long");
    }
    free(sink->path);
    sink->path = path;
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        sink->over = TAPIR_IO;
        return tapir__sink_error(sink, TAPIR_IO, "%s", strerror(errno));
    }
    status = tapir__output_open(sink, fd, true);
    if (status != TAPIR_OK) {
        sink->over = status;
        return status;
    }
    /* What was buffered while there was no file yet is its beginning already. */
    if (sink->file_count++ == 0 && sink->pcapng)
        return TAPIR_OK;
    return tapir__sink_begin(sink);
}

void tapir__tell_closed(tapir_sink *sink)
{
    tapir_sink_file file = {
        .path = sink->path,
        .packets = sink->found_packets + sink->output.packets,
        .bytes = sink->output.start + sink->output.bytes,
    };

    if (sink->options.closed)
        sink->options.closed(sink->options.context, &file);
}

static tapir_status go_on(tapir_sink *sink, int64_t time, bool window_ended)
{
    const tapir_sink_rotation *rotation = &sink->options.rotation;
    tapir_status status = tapir__output_close(sink);

    tapir__tell_closed(sink);
    sink->earlier_packets += sink->file_packets;
    sink->file_packets = 0;
    if (status != TAPIR_OK)
        return sink->over = status;
    if (!numbers_files(rotation) && rotation->files && sink->file_count >= rotation->files) {
        sink->over = TAPIR_END;
        return tapir__sink_error(
            sink, TAPIR_END, "is the last of %u files, which was the limit", rotation->files);
    }
    sink->file_index = window_ended || !numbers_files(rotation) ? 0 : sink->file_index + 1;
    if (rotation->files && sink->file_index >= rotation->files)
        sink->file_index = 0;
    return open_next(sink, time);
}

/* Returns whether the time of the file is over. A frame without time says nothing. */
static bool window_ended(const tapir_sink *sink, int64_t time)
{
    uint32_t seconds = sink->options.rotation.seconds;

    if (!seconds || !time)
        return false;
    /* tcpdump's clock has whole seconds. */
    if (sink->options.rotation.wall_clock)
        return time / SECOND - sink->window_start / SECOND >= seconds;
    return (tapir__wide)time - sink->window_start >= (tapir__wide)seconds * SECOND;
}

static bool is_full(const tapir_sink *sink)
{
    const tapir_sink_rotation *rotation = &sink->options.rotation;

    return (rotation->bytes && sink->file_bytes + sink->len > rotation->bytes) ||
           (rotation->packets && sink->file_packets >= rotation->packets);
}

tapir_status tapir__rotate_check(tapir_sink *sink, int64_t time)
{
    if (time)
        sink->last_time = time;
    if (sink->options.rotation.wall_clock)
        time = now();
    if (sink->output.fd < 0)
        return open_next(sink, time);
    if (!sink->window_open && time) {
        sink->window_open = true;
        sink->window_start = time;
    }
    if (window_ended(sink, time))
        return go_on(sink, time, true);
    /* A full file within the window goes on under the window's name. */
    return is_full(sink) ? go_on(sink, sink->window_start, false) : TAPIR_OK;
}

tapir_status tapir__rotate_open_now(tapir_sink *sink)
{
    return open_next(sink, 0);
}

tapir_status tapir__rotate_start(tapir_sink *sink)
{
    const tapir_sink_rotation *rotation = &sink->options.rotation;

    return rotation->seconds && !rotation->wall_clock ? TAPIR_OK : tapir__rotate_open_now(sink);
}

tapir_status tapir_sink_rotate(tapir_sink *sink)
{
    const tapir_sink_rotation *rotation = &sink->options.rotation;
    int64_t time = rotation->wall_clock || !sink->last_time ? now() : sink->last_time;

    if (sink->over != TAPIR_OK)
        return sink->over;
    if (!tapir__rotates(sink))
        return tapir__sink_error(sink, TAPIR_INVALID, "there is no rotation to go on with");
    if (sink->output.fd < 0)
        return TAPIR_OK;
    return numbers_files(rotation) ? go_on(sink, sink->window_start, false)
                                   : go_on(sink, time, true);
}
