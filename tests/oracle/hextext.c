/* Prints the packets of a text in hexadecimal, for hextext_oracle.py: the time, or -, and the
 * bytes. usage: hextext FILE */
#include "tapir/tapir.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    const tapir_hex_options options = {.size = sizeof options, .format = TAPIR_HEX_DUMP};
    tapir_source *source = NULL;
    tapir_status status;
    tapir_error error;
    tapir_frame frame;

    if (argc != 2 || tapir_source_open_hex(&source, argv[1], &options, &error) != TAPIR_OK) {
        fprintf(stderr, "%s\n", argc == 2 ? error.message : "usage: hextext FILE");
        return 2;
    }
    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        tapir_text text = {0};
        if (frame.has_time)
            tapir_epoch_text(&text, frame.time);
        else
            tapir_text_char(&text, '-');
        tapir_text_char(&text, ' ');
        tapir_text_hex_bytes(&text, tapir_span_of(frame.data, frame.caplen), '\0');
        puts(tapir_text_string(&text));
        tapir_text_clear(&text);
    }
    if (status != TAPIR_END)
        fprintf(stderr, "%s\n", tapir_source_error(source)->message);
    tapir_source_close(source);
    return status != TAPIR_END;
}
