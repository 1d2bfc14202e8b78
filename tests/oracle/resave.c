/* Writes capture files anew, for sink_oracle.py.
 * usage: resave HOW FORMAT ORDER COMPRESSION OUT IN...
 * HOW: copy (block by block), build (every block made from its parts), frames (packets only),
 * merge (all files in one section), or rotate=BYTES,FILES (packets, by size). FORMAT: pcap, nano,
 * pcapng. ORDER: little, big. COMPRESSION: none or auto. */
#include "tapir/tapir.h"

#include <stdio.h>
#include <stdlib.h>

struct job {
    tapir_sink *sink;
    tapir_source *source;
    const char *how;
    uint32_t first;  /* interface of this source in the sink (merge) */
    uint32_t before; /* interfaces of the source in sections before this one (build) */
    uint32_t known;  /* interfaces of the source that the sink has */
};

static void check(const struct job *job, tapir_status status)
{
    if (status == TAPIR_OK)
        return;
    fprintf(stderr, "%s\n", tapir_sink_error(job->sink)->message);
    exit(1);
}

static bool is(const struct job *job, const char *how)
{
    return strcmp(job->how, how) == 0;
}

static uint32_t index_of(const struct job *job, const tapir_interface *interface)
{
    uint32_t index = 0;

    while (tapir_source_interface(job->source, index) != interface)
        index++;
    return index;
}

/* Puts the options of a block that are not made from its parts into a list, as they are. */
static void put_options(
    tapir_pcapng_list *list, const tapir_pcapng_block *block, unsigned first, unsigned last)
{
    tapir_pcapng_options options = tapir_pcapng_options_of(block);
    tapir_pcapng_option option;

    while (tapir_pcapng_options_next(&options, &option))
        if (option.custom)
            tapir_pcapng_put_custom(list, option.code, option.enterprise, option.value);
        else if (option.code < first || option.code > last)
            tapir_pcapng_put_option(list, option.code, option.value);
}

static const char *string_of(tapir_span span)
{
    return span.data ? strndup((const char *)span.data, span.len) : NULL;
}

static void build_section(struct job *job, const tapir_pcapng_block *block, tapir_pcapng_list *list)
{
    tapir_pcapng_section section;
    tapir_sink_section made = {.options = list};

    tapir_pcapng_section_get(block, &section);
    put_options(list, block, 2, 4);
    made.hardware = string_of(section.hardware);
    made.os = string_of(section.os);
    made.application = string_of(section.application);
    job->before = job->known;
    check(job, tapir_sink_start_section(job->sink, &made));
    free((void *)(uintptr_t)made.hardware);
    free((void *)(uintptr_t)made.os);
    free((void *)(uintptr_t)made.application);
}

static void build_names(struct job *job, const tapir_pcapng_block *block, tapir_pcapng_list *list)
{
    tapir_pcapng_names names = tapir_pcapng_names_of(block);
    tapir_pcapng_name all[256];
    size_t count = 0;

    while (count < TAPIR_COUNT(all) && tapir_pcapng_names_next(&names, &all[count]))
        count++;
    put_options(list, block, 1, 0);
    check(job, tapir_sink_add_names(job->sink, all, count, list));
}

static void build_statistics(
    struct job *job, const tapir_pcapng_block *block, tapir_pcapng_list *list)
{
    tapir_pcapng_statistics statistics;

    if (!tapir_pcapng_statistics_get(block, &statistics))
        return;
    put_options(list, block, 2, 8);
    check(job, tapir_sink_add_statistics(
                   job->sink, index_of(job, block->interface) - job->before, &statistics, list));
}

static void build_other(struct job *job, const tapir_pcapng_block *block, tapir_pcapng_list *list)
{
    uint32_t number;
    tapir_span bytes;

    if (tapir_pcapng_secrets_get(block, &number, &bytes)) {
        put_options(list, block, 1, 0);
        check(job, tapir_sink_add_secrets(job->sink, number, bytes, list));
    } else if (tapir_pcapng_custom_get(block, &number, &bytes)) {
        check(job,
            tapir_sink_add_custom(job->sink, number, bytes, block->type == TAPIR_PCAPNG_CUSTOM));
    } else if (block->type == TAPIR_PCAPNG_JOURNAL) {
        check(job, tapir_sink_add_journal(job->sink, block->body));
    } else {
        check(job, tapir_sink_add_block(job->sink, block->type, block->body, NULL));
    }
}

/* Makes every block from its parts. Files of the other byte order lose nothing either, but for
 * options that only those who made them understand. */
static void build(struct job *job, const tapir_pcapng_block *block, const tapir_frame *frame)
{
    tapir_pcapng_list list = {.big_endian = tapir_sink_big_endian(job->sink)};
    tapir_frame copy = *frame;

    if (block->unsupported)
        return;
    if (frame->data) {
        copy.interface -= job->before;
        check(job, tapir_sink_write(job->sink, &copy));
    } else if (block->type == TAPIR_PCAPNG_SECTION) {
        build_section(job, block, &list);
    } else if (block->type == TAPIR_PCAPNG_INTERFACE) {
        job->known++;
        check(job, tapir_sink_add_interface(job->sink, block->interface, NULL));
    } else if (block->type == TAPIR_PCAPNG_NAMES) {
        build_names(job, block, &list);
    } else if (block->type == TAPIR_PCAPNG_STATISTICS) {
        build_statistics(job, block, &list);
    } else {
        build_other(job, block, &list);
    }
    tapir_text_clear(&list.bytes);
}

static void merge(struct job *job, const tapir_pcapng_block *block)
{
    uint32_t interface = job->first;

    if (block->type == TAPIR_PCAPNG_SECTION)
        return;
    if (block->interface)
        interface += index_of(job, block->interface);
    check(job, tapir_sink_copy_block(job->sink, block, block->interface ? &interface : NULL));
}

/* A packet alone, with all of its options if the file can hold them. */
static void write_frame(struct job *job, const tapir_frame *frame)
{
    tapir_frame copy = *frame;
    const tapir_interface *interface;

    while ((interface = tapir_source_interface(job->source, job->known))) {
        check(job, tapir_sink_add_interface(job->sink, interface, NULL));
        job->known++;
    }
    copy.interface += job->first;
    check(job, tapir_sink_write(job->sink, &copy));
}

static void take(struct job *job, const tapir_pcapng_block *block, const tapir_frame *frame)
{
    if (block && is(job, "copy"))
        check(job, tapir_sink_copy_block(job->sink, block, NULL));
    else if (block && is(job, "build"))
        build(job, block, frame);
    else if (block && is(job, "merge"))
        merge(job, block);
    else if (frame->data)
        write_frame(job, frame);
}

static void read_all(struct job *job, const char *path)
{
    const tapir_pcapng_block *block;
    tapir_status status;
    tapir_error error;
    tapir_frame frame;

    if (!job->source && tapir_source_open_file(&job->source, path, NULL, &error) != TAPIR_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(2);
    }
    job->first = is(job, "copy") || is(job, "build") ? 0 : tapir_sink_interface_count(job->sink);
    job->before = job->known = 0;
    while ((status = tapir_source_next_block(job->source, &frame, &block)) == TAPIR_OK)
        take(job, block, &frame);
    if (status != TAPIR_END)
        fprintf(stderr, "%s\n", tapir_source_error(job->source)->message);
    tapir_source_close(job->source);
    job->source = NULL;
}

/* Opens the output, a pcap file with the link type of the first file. */
static void open_sink(struct job *job, char **argv)
{
    tapir_sink_options options = {
        .size = sizeof options,
        .format = strcmp(argv[2], "pcapng") == 0 ? TAPIR_FORMAT_PCAPNG : TAPIR_FORMAT_PCAP,
        .nanoseconds = strcmp(argv[2], "nano") == 0,
        .byte_order = strcmp(argv[3], "big") == 0 ? TAPIR_BYTE_ORDER_BIG : TAPIR_BYTE_ORDER_LITTLE,
        .compression =
            strcmp(argv[4], "auto") == 0 ? TAPIR_COMPRESSION_AUTO : TAPIR_COMPRESSION_NONE,
    };
    const tapir_interface *interface;
    unsigned long long size;
    unsigned files;
    tapir_error error;

    if (sscanf(argv[1], "rotate=%llu,%u", &size, &files) == 2)
        options.rotation = (tapir_sink_rotation){.bytes = size, .files = files};
    if (tapir_source_open_file(&job->source, argv[6], NULL, &error) != TAPIR_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(2);
    }
    interface = tapir_source_interface(job->source, 0);
    if (interface) {
        options.link_type = interface->link_type;
        options.link_type_bits = interface->link_type_bits;
        options.snaplen = interface->snaplen;
    }
    if (tapir_sink_open_file(&job->sink, argv[5], &options, &error) != TAPIR_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(2);
    }
}

int main(int argc, char **argv)
{
    struct job job = {0};
    tapir_error error;

    if (argc < 7) {
        fprintf(stderr, "usage: resave HOW FORMAT ORDER COMPRESSION OUT IN...\n");
        return 2;
    }
    job.how = argv[1];
    open_sink(&job, argv);
    for (int i = 6; i < argc; i++)
        read_all(&job, argv[i]);
    if (tapir_sink_close(job.sink, &error) != TAPIR_OK) {
        fprintf(stderr, "%s\n", error.message);
        return 1;
    }
    return 0;
}
