/* Counts the packets of a capture file that a filter expression selects, and shows the program it
 * compiles to. usage: filter FILE EXPRESSION */
#include <inttypes.h>
#include <stdio.h>

#include "tapir/tapir.h"

/* Compiles the expression for the frame's link type and says what is wrong with it. */
static tapir_filter *compile(const char *expression, const tapir_frame *frame)
{
    tapir_filter *filter;
    tapir_error error;
    size_t count;

    if (tapir_filter_new(&filter, expression, frame->link_type, 0, true, &error) != TAPIR_OK) {
        fprintf(stderr, "filter: %s\n", error.message);
        if (error.offset != UINT64_MAX)
            fprintf(stderr, "  %s\n  %*s^\n", expression, (int)error.offset, "");
        return NULL;
    }
    tapir_filter_program(filter, &count);
    printf("\"%s\" is %zu instructions\n", expression, count);
    return filter;
}

int main(int argc, char **argv)
{
    tapir_source *source;
    tapir_filter *filter = NULL;
    tapir_frame frame;
    tapir_error error;
    tapir_status status;
    uint64_t selected = 0, all = 0;

    if (argc != 3) {
        fprintf(stderr, "usage: filter FILE EXPRESSION\n");
        return 2;
    }
    if (tapir_source_open_file(&source, argv[1], NULL, &error) != TAPIR_OK) {
        fprintf(stderr, "filter: %s\n", error.message);
        return 1;
    }
    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        /* A filter is made for one link type; this example takes files that have one. */
        if (!filter && !(filter = compile(argv[2], &frame))) {
            tapir_source_close(source);
            return 2;
        }
        all++;
        selected += tapir_filter_match(filter, &frame);
    }
    printf("%" PRIu64 " of %" PRIu64 " packets\n", selected, all);
    if (status != TAPIR_END)
        fprintf(stderr, "filter: %s\n", tapir_source_error(source)->message);
    tapir_filter_free(filter);
    tapir_source_close(source);
    return status == TAPIR_END ? 0 : 1;
}
