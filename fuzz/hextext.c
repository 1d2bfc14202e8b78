/* Reading packets from text: the first byte chooses how, the rest is the text. From memory and from
 * a file it must give the same. */
#include "tapir/tapir.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool fact)
{
    if (!fact)
        abort();
}

/* All there is in the text: the bytes of its packets, and how it ended. */
static tapir_text read_all(tapir_source *source)
{
    tapir_text text = {0};
    tapir_frame frame;
    tapir_status status;

    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        expect(frame.caplen == frame.len && frame.caplen <= 1 << 16);
        tapir_text_uint(&text, frame.offset);
        tapir_text_char(&text, ' ');
        tapir_text_int(&text, frame.time);
        tapir_text_hex_bytes(&text, tapir_span_of(frame.data, frame.caplen), ' ');
        tapir_text_char(&text, '\n');
    }
    expect(status == TAPIR_END || strchr(tapir_source_error(source)->message, ':'));
    expect(tapir_source_next(source, &frame) == status);
    tapir_text_uint(&text, status);
    tapir_source_close(source);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const times[] = {NULL, "%H:%M:%S.%f", "%F %T", "%s.%f"};
    static const unsigned bases[] = {0, 8, 10, 16};
    tapir_hex_options options = {.size = sizeof options, .max_packet = 1 << 16};
    tapir_source *source;
    tapir_text one, other;
    const char *compression;
    char path[64];
    int fd;

    if (size < 1)
        return 0;
    options.format = (tapir_hex_format)(data[0] % 3);
    options.time_format = times[data[0] >> 2 & 3];
    options.offset_base = bases[data[0] >> 4 & 3];
    if (tapir_source_open_hex_memory(&source, data + 1, size - 1, "input", &options, NULL))
        return 0;
    /* How far a decompressor gets in broken data depends on the portions it is fed. */
    compression = tapir_source_compression(source);
    one = read_all(source);
    fd = memfd_create("input", 0);
    expect(fd >= 0 && write(fd, data + 1, size - 1) == (ssize_t)size - 1);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    expect(!tapir_source_open_hex(&source, path, &options, NULL));
    other = read_all(source);
    if (strcmp(compression, "none") == 0)
        expect(one.len == other.len && memcmp(one.data, other.data, one.len) == 0);
    tapir_text_clear(&one);
    tapir_text_clear(&other);
    close(fd);
    return 0;
}
