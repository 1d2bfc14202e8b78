/* Filter expressions: libpcap compiles them, and its interpreter runs them. */
#include "tapir/filter.h"

#include "handle.h"
#include "place.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#define DEFAULT_SNAPLEN 262144

struct tapir_filter {
    struct bpf_program program;
    struct bpf_program swapped; /* for frames whose header is in the other byte order */
    bool everything;            /* an empty expression */
};

_Static_assert(
    sizeof(tapir_filter_instruction) == sizeof(struct bpf_insn) &&
        offsetof(tapir_filter_instruction, jump_true) == offsetof(struct bpf_insn, jt) &&
        offsetof(tapir_filter_instruction, jump_false) == offsetof(struct bpf_insn, jf) &&
        offsetof(tapir_filter_instruction, k) == offsetof(struct bpf_insn, k),
    "our instruction is libpcap's");

/* The header of BSD's loopback is in the byte order of the capturing machine (LINKTYPE_NULL). */
static bool has_byte_order(uint16_t link_type)
{
    return link_type == TAPIR_LINK_TYPE_NULL;
}

/* Makes a handle that compiles for that link type. libpcap takes a saved file for what it may come
 * from any machine, and so accepts every system's number of IPv6 behind a loopback header: the
 * handle reads a capture file in memory, of nothing but its header. */
static pcap_t *open_file_handle(uint16_t link_type, uint32_t snaplen, bool swapped)
{
    struct pcap_file_header header = {.magic = 0xa1b2c3d4,
        .version_major = PCAP_VERSION_MAJOR,
        .version_minor = PCAP_VERSION_MINOR,
        .snaplen = snaplen,
        .linktype = link_type};
    char message[PCAP_ERRBUF_SIZE];
    pcap_t *handle;
    FILE *file;

    if (swapped) {
        header.magic = __builtin_bswap32(header.magic);
        header.version_major = __builtin_bswap16(header.version_major);
        header.version_minor = __builtin_bswap16(header.version_minor);
        header.snaplen = __builtin_bswap32(header.snaplen);
        header.linktype = __builtin_bswap32(header.linktype);
    }
    file = fmemopen(&header, sizeof header, "r");
    handle = file ? pcap_fopen_offline(file, message) : NULL;
    /* The handle closes the file. */
    if (file && !handle)
        fclose(file);
    return handle;
}

/* The same that a kernel gets. */
static pcap_t *open_live_handle(uint16_t link_type, uint32_t snaplen)
{
    pcap_t *file = open_file_handle(link_type, snaplen, false);
    pcap_t *handle = NULL;

    /* Some link types have another number within libpcap. */
    if (file) {
        handle = pcap_open_dead(pcap_datalink(file), (int)snaplen);
        pcap_close(file);
    }
    return handle;
}

/* Accepts everything. libpcap would compile that too, but not for link types it does not know. */
static bool make_everything(struct bpf_program *program, uint32_t snaplen)
{
    const struct bpf_insn accept = {.code = BPF_RET | BPF_K, .k = snaplen};

    program->bf_insns = malloc(sizeof accept);
    if (!program->bf_insns)
        return false;
    program->bf_insns[0] = accept;
    program->bf_len = 1;
    return true;
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

static tapir_status out_of_memory(tapir_error *error)
{
    return tapir_error_set(error, TAPIR_NO_MEMORY, "filter: out of memory");
}

/* Makes a handle that captures from the interface, for only such a one compiles what finds tags in
 * the kernel's notes instead of in the bytes. Its own buffer is small and never read. */
static tapir_status open_interface_handle(pcap_t **handle, const char *interface,
    uint16_t link_type, uint32_t snaplen, tapir_error *error)
{
    char message[PCAP_ERRBUF_SIZE];
    int code;

    *handle = pcap_create(interface, message);
    if (!*handle)
        return tapir_error_set(error, TAPIR_IO, "%s: %s", interface, message);
    pcap_set_snaplen(*handle, (int)snaplen);
    pcap_set_buffer_size(*handle, 64 << 10);
    code = pcap_activate(*handle);
    if (code >= 0) {
        if (pcap_datalink(*handle) != link_type)
            pcap_set_datalink(*handle, link_type);
        return TAPIR_OK;
    }
    tapir_error_set(error,
        code == PCAP_ERROR_PERM_DENIED || code == PCAP_ERROR_PROMISC_PERM_DENIED ? TAPIR_DENIED
        : code == PCAP_ERROR_NO_SUCH_DEVICE                                      ? TAPIR_NOT_FOUND
                                                                                 : TAPIR_IO,
        "%s: %s", interface, pcap_geterr(*handle));
    pcap_close(*handle);
    return error ? error->code : TAPIR_IO;
}

/* Compiles with `handle`, which is closed. */
static tapir_status compile(struct bpf_program *program, pcap_t *handle, const char *expression,
    bpf_u_int32 netmask, bool optimize, tapir_error *error)
{
    tapir_status status = TAPIR_OK;

    if (!handle)
        return out_of_memory(error);
    if (pcap_compile(handle, program, expression, optimize, netmask) != 0)
        status = explain(handle, expression, error);
    pcap_close(handle);
    return status;
}

static bool is_everything(const char *expression)
{
    return expression[strspn(expression, " \t\n")] == '\0';
}

static bpf_u_int32 netmask_of(const char *interface)
{
    bpf_u_int32 net, netmask;
    char message[PCAP_ERRBUF_SIZE];

    return pcap_lookupnet(interface, &net, &netmask, message) == 0 ? netmask : PCAP_NETMASK_UNKNOWN;
}

static tapir_status make(tapir_filter *filter, const char *expression, uint16_t link_type,
    uint32_t snaplen, bool optimize, bool live, tapir_error *error)
{
    tapir_status status;

    filter->everything = is_everything(expression);
    if (filter->everything)
        return make_everything(&filter->program, snaplen) ? TAPIR_OK : out_of_memory(error);
    if (live)
        return compile(&filter->program, open_live_handle(link_type, snaplen), expression,
            PCAP_NETMASK_UNKNOWN, optimize, error);
    status = compile(&filter->program, open_file_handle(link_type, snaplen, false), expression,
        PCAP_NETMASK_UNKNOWN, optimize, error);
    if (status == TAPIR_OK && has_byte_order(link_type))
        status = compile(&filter->swapped, open_file_handle(link_type, snaplen, true), expression,
            PCAP_NETMASK_UNKNOWN, optimize, error);
    return status;
}

static tapir_status new_filter(tapir_filter **filter, const char *expression, uint16_t link_type,
    uint32_t snaplen, bool optimize, bool live, tapir_error *error)
{
    tapir_status status;

    *filter = calloc(1, sizeof **filter);
    if (!*filter)
        return out_of_memory(error);
    if (snaplen == 0 || snaplen > INT_MAX)
        snaplen = DEFAULT_SNAPLEN;
    status = make(*filter, expression, link_type, snaplen, optimize, live, error);
    if (status != TAPIR_OK) {
        tapir_filter_free(*filter);
        *filter = NULL;
    }
    return status;
}

tapir_status tapir_filter_new(tapir_filter **filter, const char *expression, uint16_t link_type,
    uint32_t snaplen, bool optimize, tapir_error *error)
{
    return new_filter(filter, expression, link_type, snaplen, optimize, false, error);
}

tapir_status tapir_filter_new_live(tapir_filter **filter, const char *expression,
    uint16_t link_type, uint32_t snaplen, bool optimize, tapir_error *error)
{
    return new_filter(filter, expression, link_type, snaplen, optimize, true, error);
}

/* As `make`, with what the interface has to do with it. */
static tapir_status make_for_interface(tapir_filter *filter, const char *expression,
    const char *interface, uint16_t link_type, uint32_t snaplen, bool optimize, tapir_error *error)
{
    tapir_status status;
    pcap_t *handle;

    filter->everything = is_everything(expression);
    if (filter->everything)
        return make_everything(&filter->program, snaplen) ? TAPIR_OK : out_of_memory(error);
    status = open_interface_handle(&handle, interface, link_type, snaplen, error);
    if (status != TAPIR_OK)
        return status;
    return compile(&filter->program, handle, expression, netmask_of(interface), optimize, error);
}

tapir_status tapir_filter_new_interface(tapir_filter **filter, const char *expression,
    const char *interface, uint16_t link_type, uint32_t snaplen, bool optimize, tapir_error *error)
{
    tapir_status status;

    *filter = calloc(1, sizeof **filter);
    if (!*filter)
        return out_of_memory(error);
    if (snaplen == 0 || snaplen > INT_MAX)
        snaplen = DEFAULT_SNAPLEN;
    status =
        make_for_interface(*filter, expression, interface, link_type, snaplen, optimize, error);
    if (status != TAPIR_OK) {
        tapir_filter_free(*filter);
        *filter = NULL;
    }
    return status;
}

tapir_status tapir__filter_new_handle(tapir_filter **filter, pcap_t *handle, const char *expression,
    const char *interface, bool optimize, tapir_error *error)
{
    tapir_status status = TAPIR_OK;

    *filter = calloc(1, sizeof **filter);
    if (!*filter)
        return out_of_memory(error);
    (*filter)->everything = is_everything(expression);
    if ((*filter)->everything) {
        if (!make_everything(&(*filter)->program, (uint32_t)pcap_snapshot(handle)))
            status = out_of_memory(error);
    } else if (pcap_compile(
                   handle, &(*filter)->program, expression, optimize, netmask_of(interface)) != 0) {
        status = explain(handle, expression, error);
    }
    if (status != TAPIR_OK) {
        tapir_filter_free(*filter);
        *filter = NULL;
    }
    return status;
}

const struct bpf_program *tapir__filter_bpf(const tapir_filter *filter)
{
    return &filter->program;
}

int tapir__datalink(uint16_t link_type)
{
    pcap_t *file = open_file_handle(link_type, DEFAULT_SNAPLEN, false);
    int datalink = file ? pcap_datalink(file) : -1;

    if (file)
        pcap_close(file);
    return datalink;
}

uint16_t tapir__link_type(int datalink)
{
    struct pcap_file_header header[2] = {{.linktype = TAPIR_LINK_TYPE_UNKNOWN}};
    pcap_t *handle = pcap_open_dead(datalink, DEFAULT_SNAPLEN);
    FILE *file = handle ? fmemopen(header, sizeof header, "w") : NULL;
    pcap_dumper_t *dumper = file ? pcap_dump_fopen(handle, file) : NULL;

    if (dumper)
        pcap_dump_close(dumper); /* and the file */
    else if (file)
        fclose(file);
    if (handle)
        pcap_close(handle);
    return dumper ? (uint16_t)header->linktype : TAPIR_LINK_TYPE_UNKNOWN;
}

void tapir_filter_free(tapir_filter *filter)
{
    if (!filter)
        return;
    pcap_freecode(&filter->program);
    pcap_freecode(&filter->swapped);
    free(filter);
}

/* Address families are small numbers: those of a big-endian machine begin with zeroes. */
static bool is_swapped(const tapir_filter *filter, const tapir_frame *frame)
{
    static const uint16_t one = 1;
    bool little_endian_machine = *(const uint8_t *)&one;

    return filter->swapped.bf_len && frame->caplen >= 4 &&
           (tapir_load_be(frame->data, 2) == 0) == little_endian_machine;
}

bool tapir_filter_match(const tapir_filter *filter, const tapir_frame *frame)
{
    const struct bpf_insn *program = filter->program.bf_insns;

    if (filter->everything)
        return true;
    if (__builtin_expect(is_swapped(filter, frame), 0))
        program = filter->swapped.bf_insns;
    return bpf_filter(program, frame->data, frame->len, frame->caplen) != 0;
}

const tapir_filter_instruction *tapir_filter_program(const tapir_filter *filter, size_t *count)
{
    *count = filter->program.bf_len;
    return (const tapir_filter_instruction *)filter->program.bf_insns;
}

/* libpcap writes its listing into memory of its own, one caller at a time. */
static void put_listing(tapir_text *text, const struct bpf_insn *instruction, size_t index)
{
    static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

    pthread_mutex_lock(&turn);
    tapir_text_put(text, bpf_image(instruction, (int)index));
    pthread_mutex_unlock(&turn);
}

void tapir_filter_text(const tapir_filter *filter, tapir_text *text, tapir_filter_style style)
{
    size_t count = filter->program.bf_len;

    if (style == TAPIR_FILTER_NUMBERS)
        tapir_text_printf(text, "%zu\n", count);
    for (size_t i = 0; i < count; i++) {
        const struct bpf_insn *at = &filter->program.bf_insns[i];
        if (style == TAPIR_FILTER_NUMBERS)
            tapir_text_printf(text, "%u %u %u %u", at->code, at->jt, at->jf, at->k);
        else if (style == TAPIR_FILTER_C)
            tapir_text_printf(text, "{ 0x%x, %u, %u, 0x%08x },", at->code, at->jt, at->jf, at->k);
        else
            put_listing(text, at, i);
        tapir_text_char(text, '\n');
    }
}

const char *tapir_filter_library(void)
{
    return pcap_lib_version();
}
