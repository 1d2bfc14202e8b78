/* The public calls on sources, handed on to the kind of source at hand. */
#include "core/source.h"

#include <errno.h>
#include <unistd.h>

void tapir__breaker_request(tapir__breaker *breaker)
{
    static const uint64_t one = 1;
    int saved = errno;

    atomic_store(&breaker->requested, 1);
    /* The write fails only when a request is pending already, which is as good. */
    if (breaker->wake_fd >= 0 && write(breaker->write_fd, &one, sizeof one) < 0)
        errno = saved;
}

tapir_status tapir__breaker_take(tapir__breaker *breaker, tapir_error *error)
{
    uint64_t count;

    if (breaker->wake_fd < 0 || read(breaker->wake_fd, &count, sizeof count) < 0)
        count = 0;
    atomic_store(&breaker->requested, 0);
    return tapir_error_set(error, TAPIR_BREAK, "reading was stopped");
}

tapir_status tapir_source_next(tapir_source *source, tapir_frame *frame)
{
    if (tapir__breaker_requested(&source->breaker))
        return tapir__breaker_take(&source->breaker, &source->error);
    return source->kind->next(source, frame);
}

tapir_status tapir_source_next_block(
    tapir_source *source, tapir_frame *frame, const tapir_pcapng_block **block)
{
    *block = NULL;
    if (tapir__breaker_requested(&source->breaker))
        return tapir__breaker_take(&source->breaker, &source->error);
    if (source->kind->next_block)
        return source->kind->next_block(source, frame, block);
    return source->kind->next(source, frame);
}

tapir_status tapir_source_next_batch(
    tapir_source *source, tapir_frame *frames, size_t room, size_t *count)
{
    tapir_status status;

    *count = 0;
    if (room == 0)
        return tapir_error_set(&source->error, TAPIR_INVALID, "a batch needs room for one frame");
    if (tapir__breaker_requested(&source->breaker))
        return tapir__breaker_take(&source->breaker, &source->error);
    if (source->kind->next_batch)
        return source->kind->next_batch(source, frames, room, count);
    status = source->kind->next(source, frames);
    *count = status == TAPIR_OK;
    return status;
}

void tapir_source_break(tapir_source *source)
{
    if (source->kind->interrupt)
        source->kind->interrupt(source);
    else
        tapir__breaker_request(&source->breaker);
}

const tapir_error *tapir_source_error(const tapir_source *source)
{
    return &source->error;
}

const char *tapir_source_format(const tapir_source *source)
{
    return source->format;
}

const char *tapir_source_compression(const tapir_source *source)
{
    return source->compression;
}

const tapir_interface *tapir_source_interface(const tapir_source *source, size_t index)
{
    return index < source->interface_count ? source->interfaces[index] : NULL;
}

size_t tapir_source_interface_count(const tapir_source *source)
{
    return source->interface_count;
}

void tapir_source_stats_get(const tapir_source *source, tapir_source_stats *stats)
{
    memset(stats, 0, sizeof *stats);
    stats->frames = source->frames;
    stats->bytes = source->bytes;
    if (source->kind->stats)
        source->kind->stats(source, stats);
}

void tapir_source_close(tapir_source *source)
{
    if (source)
        source->kind->close(source);
}
