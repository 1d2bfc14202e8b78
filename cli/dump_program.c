/* tapir dump -d: the compiled filter expression. */
#include "dump.h"

int dump_program(struct dump_request *request, uint16_t link_type, uint32_t snaplen)
{
    static const tapir_filter_style styles[] = {
        TAPIR_FILTER_LISTING, TAPIR_FILTER_C, TAPIR_FILTER_NUMBERS};
    unsigned level =
        request->program < TAPIR_COUNT(styles) ? request->program : (unsigned)TAPIR_COUNT(styles);
    struct output output = {.by_line = false};
    const tapir_filter *filter;

    request->expression.snaplen = snaplen;
    filter = expression_filter(&request->expression, link_type);
    if (!filter)
        return EXIT_USAGE;
    tapir_filter_text(filter, &output.text, styles[level - 1]);
    output_flush(&output, true);
    tapir_text_clear(&output.text);
    return EXIT_DONE;
}
