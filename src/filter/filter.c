/* Filter expressions: libpcap compiles them, and its interpreter runs them. */
#include "tapir/filter.h"

#include "place.h"

#include <stdio.h>
#include <stdlib.h>

struct tapir_filter {
    struct bpf_program program;
    bool everything; /* an empty expression */
};

_Static_assert(
    sizeof(tapir_filter_instruction) == sizeof(struct bpf_insn) &&
        offsetof(tapir_filter_instruction, jump_true) == offsetof(struct bpf_insn, jt) &&
        offsetof(tapir_filter_instruction, jump_false) == offsetof(struct bpf_insn, jf) &&
        offsetof(tapir_filter_instruction, k) == offsetof(struct bpf_insn, k),
    "our instruction is libpcap's");

/* Link types of files and DLT values of libpcap differ for raw IP only (LINKTYPE_RAW 101 is DLT
 * 12). */
static int dlt_of(uint16_t link_type)
{
    return link_type == TAPIR_LINK_TYPE_RAW ? DLT_RAW : link_type;
}

/* Says what is wrong with the expression, and where. */
static tapir_status explain(pcap_t *handle, const char *expression, tapir_error *error)
{
    static const char usual[] = "can't parse filter expression: ";
    char message[PCAP_ERRBUF_SIZE];
    const char *reason = message;
    size_t place, len;

    if (!error)
        return TAPIR_INVALID;
    snprintf(message, sizeof message, "%s", pcap_geterr(handle));
    if (strncmp(message, usual, sizeof usual - 1) == 0)
        reason += sizeof usual - 1;
    place = tapir__filter_place(handle, expression, message, &len);
    /* Some of libpcap's messages name the token themselves. */
    if (place == TAPIR__PLACE_UNKNOWN || strchr(reason, '\''))
        tapir_error_set(error, TAPIR_INVALID, "filter expression: %s", reason);
    else if (len == 0)
        tapir_error_set(error, TAPIR_INVALID, "filter expression: %s at its end", reason);
    else
        tapir_error_set(error, TAPIR_INVALID, "filter expression: %s at '%.*s'", reason,
            (int)(len < 60 ? len : 60), expression + place);
    error->offset = place == TAPIR__PLACE_UNKNOWN ? UINT64_MAX : place;
    return TAPIR_INVALID;
}

tapir_status tapir_filter_new(tapir_filter **filter, const char *expression, uint16_t link_type,
    uint32_t snaplen, bool optimize, tapir_error *error)
{
    pcap_t *dead = NULL;
    tapir_filter *made = calloc(1, sizeof *made);

    *filter = NULL;
    if (!made)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "filter: out of memory");
    dead = pcap_open_dead(dlt_of(link_type), snaplen && snaplen < 262144 ? (int)snaplen : 262144);
    if (!dead) {
        free(made);
        return tapir_error_set(error, TAPIR_NO_MEMORY, "filter: out of memory");
    }
    made->everything = expression[strspn(expression, " \t\n")] == '\0';
    if (pcap_compile(dead, &made->program, expression, optimize, PCAP_NETMASK_UNKNOWN) != 0) {
        tapir_status status = explain(dead, expression, error);
        pcap_close(dead);
        free(made);
        return status;
    }
    pcap_close(dead);
    *filter = made;
    return TAPIR_OK;
}

void tapir_filter_free(tapir_filter *filter)
{
    if (!filter)
        return;
    pcap_freecode(&filter->program);
    free(filter);
}

bool tapir_filter_match(const tapir_filter *filter, const tapir_frame *frame)
{
    return filter->everything ||
           bpf_filter(filter->program.bf_insns, frame->data, frame->len, frame->caplen) != 0;
}

const tapir_filter_instruction *tapir_filter_program(const tapir_filter *filter, size_t *count)
{
    *count = filter->program.bf_len;
    return (const tapir_filter_instruction *)filter->program.bf_insns;
}

void tapir_filter_text(const tapir_filter *filter, tapir_text *text, tapir_filter_form form)
{
    const struct bpf_insn *program = filter->program.bf_insns;

    if (form == TAPIR_FILTER_DECIMAL)
        tapir_text_printf(text, "%u\n", filter->program.bf_len);
    for (unsigned i = 0; i < filter->program.bf_len; i++) {
        const struct bpf_insn *at = &program[i];
        if (form == TAPIR_FILTER_READABLE)
            tapir_text_printf(text, "%s\n", bpf_image(at, (int)i));
        else if (form == TAPIR_FILTER_C)
            tapir_text_printf(text, "{ 0x%x, %u, %u, 0x%08x },\n", at->code, at->jt, at->jf, at->k);
        else
            tapir_text_printf(text, "%u %u %u %u\n", at->code, at->jt, at->jf, at->k);
    }
}

const char *tapir_filter_library(void)
{
    return pcap_lib_version();
}
