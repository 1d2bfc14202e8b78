/* tapir writes a capture file, out of memory into a file. */
#include "peers/writing.h"
#include "tapir/tapir.h"

static uint8_t format = TAPIR_FORMAT_PCAP;

static void write_file(const struct capture *capture, const char *path)
{
    const tapir_sink_options options = {
        .size = sizeof options, .link_type = TAPIR_LINK_TYPE_ETHERNET, .format = format};
    tapir_frame frame = {.link_type = TAPIR_LINK_TYPE_ETHERNET};
    tapir_error error;
    tapir_sink *sink;

    if (tapir_sink_open_file(&sink, path, &options, &error) != TAPIR_OK)
        fail(path, error.message);
    for (size_t i = 0; i < capture->count; i++) {
        const struct frame *taken = &capture->frames[i];
        struct timeval time = time_of(taken);
        frame.data = taken->data;
        frame.caplen = frame.len = taken->len;
        frame.time = (int64_t)time.tv_sec * 1000000000 + (int64_t)time.tv_usec * 1000;
        if (tapir_sink_write(sink, &frame) != TAPIR_OK)
            fail(path, tapir_sink_error(sink)->message);
    }
    if (tapir_sink_close(sink, &error) != TAPIR_OK)
        fail(path, error.message);
}

int main(int argc, char **argv)
{
    if (argc != 5 || (strcmp(argv[1], "pcap") != 0 && strcmp(argv[1], "pcapng") != 0))
        fail("usage", "write pcap|pcapng FILE PASSES OUT");
    if (strcmp(argv[1], "pcapng") == 0)
        format = TAPIR_FORMAT_PCAPNG;
    measure_writing(argv[2], atoi(argv[3]), argv[4], write_file);
    return 0;
}
