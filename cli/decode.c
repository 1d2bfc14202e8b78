/* tapir decode: the layers and fields of every packet. */
#include "cli.h"

#include <getopt.h>
#include <stdlib.h>

int decode_command(int argc, char **argv)
{
    struct output output = {.by_line = false};
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_json *json = tapir_json_new();
    tapir_source *source = NULL;
    const char *path = NULL;
    tapir_frame frame;
    tapir_error error;
    tapir_status status;
    int option;

    while ((option = getopt(argc, argv, "r:T:")) != -1) {
        if (option == 'r')
            path = optarg;
        else if (option == '?')
            return EXIT_USAGE;
    }
    if (!path || !packet || !json) {
        complain("decode: name a file with -r");
        return EXIT_USAGE;
    }
    status = tapir_source_open_file(&source, path, NULL, &error);
    if (status != TAPIR_OK) {
        complain("%s", error.message);
        return EXIT_RUNTIME;
    }
    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        tapir_packet_decode(packet, &frame);
        tapir_json_packet(json, &output.text, packet);
        output_flush(&output, false);
    }
    output_flush(&output, true);
    if (status != TAPIR_END)
        complain("%s", tapir_source_error(source)->message);
    tapir_source_close(source);
    tapir_json_free(json);
    tapir_packet_free(packet);
    tapir_text_clear(&output.text);
    return status == TAPIR_END ? EXIT_DONE : EXIT_RUNTIME;
}
