/* tapir convert: the files that packets and blocks are written to. */
#include "convert.h"

#include <stdio.h>
#include <stdlib.h>

enum outcome target_failed(tapir_status status, const tapir_error *error)
{
    if (status == TAPIR_END) /* who read our output has seen enough */
        return STOP;
    complain("%s", error->message);
    return STOP_SPOILT;
}

/* The format: as asked for, by the name, or that of the input. */
static enum file_kind decide_kind(const struct convert_request *request, const tapir_source *source)
{
    enum file_kind kind = request->kind;
    tapir_sink_format format;

    if (kind == KIND_AUTO && format_named(request->output, &format))
        kind = format == TAPIR_FORMAT_PCAPNG ? KIND_PCAPNG : KIND_PCAP;
    if (kind == KIND_AUTO)
        kind = strcmp(tapir_source_format(source), "pcapng") == 0 ||
                       strcmp(tapir_source_format(source), "several") == 0
                   ? KIND_PCAPNG
                   : KIND_PCAP;
    return kind;
}

/* Whether an interface counts in less than microseconds. */
static bool is_fine(const tapir_interface *interface)
{
    unsigned exponent = interface->time_resolution & 0x7f;

    return interface->time_resolution & 0x80 ? exponent > 19 : exponent > 6;
}

static bool wants_nanoseconds(const struct target *target)
{
    const tapir_interface *interface;

    if (target->kind == KIND_PCAP_NANO || target->kind == KIND_PCAP_MICRO)
        return target->kind == KIND_PCAP_NANO;
    for (size_t i = 0; (interface = tapir_source_interface(target->source, i)); i++)
        if (is_fine(interface))
            return true;
    return false;
}

/* Puts "_%Y%m%d%H%M%S" in front of the last suffixes of a name that has no place for times. */
static char *time_pattern(const char *name)
{
    const char *base = strrchr(name, '/'), *dot;
    char *pattern;

    base = base ? base + 1 : name;
    dot = strchr(base, '.');
    if (!dot || dot == base)
        dot = name + strlen(name);
    if (strchr(name, '%'))
        return strdup(name);
    return asprintf(&pattern, "%.*s_%%Y%%m%%d%%H%%M%%S%s", (int)(dot - name), name, dot) < 0
               ? NULL
               : pattern;
}

bool target_start(struct target *target, const struct convert_request *request,
    struct change *change, tapir_source *source, tapir_source *const *sources, size_t count)
{
    bool pcapng = count == 1 && strcmp(tapir_source_format(source), "pcapng") == 0;

    *target = (struct target){.request = request,
        .change = change,
        .source = source,
        .sources = sources,
        .source_count = count,
        .kind = decide_kind(request, source)};
    target->pattern =
        request->split.seconds ? time_pattern(request->output) : strdup(request->output);
    if (!target->pattern) {
        complain("out of memory");
        return false;
    }
    target->nanoseconds = wants_nanoseconds(target);
    target->blocks = target->kind == KIND_PCAPNG && !change->anonymiser && !request->split_flow;
    target->sections = target->blocks && pcapng;
    target->copies = target->sections && request->byte_order == TAPIR_BYTE_ORDER_HOST;
    if (request->notes.count && target->kind != KIND_PCAPNG)
        complain(
            "%s: a pcap file has no comments; those of --comment are left out", request->output);
    if (!request->split_flow)
        return true;
    target->flows = flow_files_new(target);
    return target->flows;
}

/* What a pcap file has to announce: the longest that any input kept, 0 when one has no limit. */
static uint32_t longest_snaplen(const struct target *target)
{
    const tapir_interface *interface;
    uint32_t longest = 0;

    for (size_t i = 0; (interface = tapir_source_interface(target->source, i)); i++) {
        if (!interface->snaplen)
            return 0;
        longest = interface->snaplen > longest ? interface->snaplen : longest;
    }
    return longest;
}

void target_options(
    const struct target *target, const tapir_interface *interface, tapir_sink_options *options)
{
    static const tapir_sink_section section = {.application = "tapir " TAPIR_VERSION};
    const struct convert_request *request = target->request;
    tapir_interface changed = {0};

    if (interface)
        interface = change_interface(target->change, interface, &changed);
    *options = (tapir_sink_options){.size = sizeof *options,
        .format = target->kind == KIND_PCAPNG ? TAPIR_FORMAT_PCAPNG : TAPIR_FORMAT_PCAP,
        .compression = (uint8_t)request->compression,
        .level = request->level,
        .byte_order = (uint8_t)request->byte_order,
        .nanoseconds = target->nanoseconds,
        .link_type = interface                 ? interface->link_type
                     : request->link_type >= 0 ? (uint16_t)request->link_type
                                               : TAPIR_LINK_TYPE_ETHERNET,
        .rotation = request->split,
        .background = !request->split_flow && several_processors(),
        .section = target->kind == KIND_PCAPNG ? &section : NULL};
    if (!interface)
        return;
    options->fcs_len = interface->fcs_len;
    options->link_type_bits = interface->link_type_bits;
    options->snaplen = longest_snaplen(target);
    if (request->snap && (!options->snaplen || request->snap < options->snaplen))
        options->snaplen = (uint32_t)request->snap;
}

static enum outcome open_sink(struct target *target, const tapir_interface *interface)
{
    tapir_sink_options options;
    tapir_error error;
    tapir_status status;

    target_options(target, interface, &options);
    if (target->sections)
        options.section = NULL;
    status = tapir_sink_open_file(&target->sink, target->pattern, &options, &error);
    return status == TAPIR_OK ? GO_ON : target_failed(status, &error);
}

static enum outcome written(const struct target *target, tapir_status status)
{
    return status == TAPIR_OK ? GO_ON : target_failed(status, tapir_sink_error(target->sink));
}

tapir_status target_interface(const struct target *target, tapir_sink *sink,
    struct interface_numbers *known, uint32_t interface, uint32_t *number)
{
    const tapir_interface *described = tapir_source_interface(target->source, interface);
    tapir_interface changed;
    tapir_status status;

    *number = interface;
    if (!described)
        return TAPIR_OK; /* the sink says what is wrong */
    if (interface >= known->count) {
        uint32_t *list = realloc(known->list, (interface + (size_t)1) * sizeof *list);
        if (!list)
            return TAPIR_NO_MEMORY;
        known->list = list;
        while (known->count <= interface)
            list[known->count++] = UINT32_MAX;
    }
    if (known->list[interface] == UINT32_MAX) {
        described = change_interface(target->change, described, &changed);
        status = tapir_sink_add_interface(sink, described, &known->list[interface]);
        if (status != TAPIR_OK) {
            known->list[interface] = UINT32_MAX;
            return status;
        }
    }
    *number = known->list[interface];
    return TAPIR_OK;
}

/* Adds the interfaces that are known by now to the only section, so that numbers stay. */
static tapir_status add_interfaces(struct target *target)
{
    size_t known = tapir_source_interface_count(target->source);
    tapir_status status = TAPIR_OK;

    for (size_t i = tapir_sink_interface_count(target->sink); status == TAPIR_OK && i < known;
         i++) {
        tapir_interface changed;
        const tapir_interface *interface =
            change_interface(target->change, tapir_source_interface(target->source, i), &changed);
        status = tapir_sink_add_interface(target->sink, interface, NULL);
    }
    return status;
}

/* A pcap file has room for one kind of packets: says which do not fit, and what to do. */
static enum outcome other_link_type(const struct target *target, const tapir_frame *frame)
{
    complain("%s: packet %llu has link type %u (%s), and a pcap file holds one only; write a "
             ".pcapng file, select packets by a filter, or use --link-type",
        target->request->output, (unsigned long long)frame->number, frame->link_type,
        tapir_link_type_title(frame->link_type));
    return STOP_SPOILT;
}

static enum outcome write_pcap(struct target *target, const tapir_frame *frame)
{
    tapir_status status = tapir_sink_write(target->sink, frame);

    if (status == TAPIR_OK)
        return GO_ON;
    if (status == TAPIR_INVALID)
        return other_link_type(target, frame);
    return written(target, status);
}

static enum outcome write_pcapng(struct target *target, const tapir_frame *frame, bool changed)
{
    tapir_frame numbered = *frame;
    tapir_status status = TAPIR_OK;

    if (target->sections)
        numbered.interface -= target->first_interface;
    else
        status = add_interfaces(target);
    if (status != TAPIR_OK)
        return written(target, status);
    if (changed || !frame->block)
        return written(target, tapir_sink_write(target->sink, &numbered));
    return written(target, tapir_sink_copy_block(target->sink, frame->block,
                               target->copies ? NULL : &numbered.interface));
}

enum outcome target_frame(struct target *target, const tapir_frame *frame, bool changed)
{
    if (target->flows)
        return flow_files_write(target->flows, frame);
    if (__builtin_expect(!target->sink, 0)) {
        enum outcome outcome =
            open_sink(target, tapir_source_interface(target->source, frame->interface));
        if (outcome != GO_ON)
            return outcome;
    }
    return target->kind == KIND_PCAPNG ? write_pcapng(target, frame, changed)
                                       : write_pcap(target, frame);
}

/* A section begins: a copy of it, or in another byte order what it says. */
static tapir_status start_section(struct target *target, const tapir_pcapng_block *block)
{
    tapir_pcapng_section section;
    tapir_sink_section made = {0};
    char *strings[3] = {NULL};
    const tapir_span *spans[3] = {&section.hardware, &section.os, &section.application};
    const char *comment = NULL;
    char *copy = NULL;
    tapir_status status;

    if (target->copies || !tapir_pcapng_section_get(block, &section))
        return tapir_sink_copy_block(target->sink, block, NULL);
    for (size_t i = 0; i < 3; i++)
        strings[i] = spans[i]->len ? strndup((const char *)spans[i]->data, spans[i]->len) : NULL;
    made.hardware = strings[0];
    made.os = strings[1];
    made.application = strings[2];
    if (section.comment.len) {
        comment = copy = strndup((const char *)section.comment.data, section.comment.len);
        made.comments = &comment;
        made.comment_count = copy != NULL;
    }
    status = tapir_sink_start_section(target->sink, &made);
    for (size_t i = 0; i < 3; i++)
        free(strings[i]);
    free(copy);
    return status;
}

static tapir_status describe_interface(struct target *target, const tapir_pcapng_block *block)
{
    tapir_interface changed;
    const tapir_interface *interface;

    if (target->copies && target->request->link_type < 0) {
        block = change_block(target->change, block);
        return block ? tapir_sink_copy_block(target->sink, block, NULL) : TAPIR_NO_MEMORY;
    }
    interface = change_interface(target->change, block->interface, &changed);
    return tapir_sink_add_interface(target->sink, interface, NULL);
}

/* Finds the number among the source's interfaces of the one that a block is about. */
static bool find_interface(
    const struct target *target, const tapir_interface *interface, uint32_t *number)
{
    size_t from = tapir_source_merged_from(target->source);
    const tapir_source *source = target->sources[from];
    size_t index = tapir_source_interface_count(source);

    while (index-- > 0)
        if (tapir_source_interface(source, index) == interface) {
            size_t ours = tapir_source_merged_interface(target->source, from, index);
            *number = (uint32_t)ours;
            return ours != SIZE_MAX;
        }
    return false;
}

static tapir_status add_statistics(
    struct target *target, const tapir_pcapng_block *block, uint32_t interface)
{
    tapir_pcapng_statistics statistics;
    int64_t shift = target->change->shift;

    if (!shift || !tapir_pcapng_statistics_get(block, &statistics))
        return tapir_sink_copy_block(target->sink, block, target->copies ? NULL : &interface);
    statistics.time += shift;
    statistics.start += statistics.has_start ? shift : 0;
    statistics.end += statistics.has_end ? shift : 0;
    return tapir_sink_add_statistics(target->sink, interface, &statistics, NULL);
}

static tapir_status copy_other(struct target *target, const tapir_pcapng_block *block)
{
    const struct convert_request *request = target->request;
    uint32_t interface = 0;

    if ((request->strip_names && block->type == TAPIR_PCAPNG_NAMES) ||
        (request->strip_secrets && block->type == TAPIR_PCAPNG_SECRETS))
        return TAPIR_OK;
    block = change_block(target->change, block);
    if (!block)
        return TAPIR_NO_MEMORY;
    if (block->type == TAPIR_PCAPNG_STATISTICS && block->interface) {
        if (!find_interface(target, block->interface, &interface))
            return TAPIR_OK;
        if (!target->sections) {
            tapir_status status = add_interfaces(target);
            if (status != TAPIR_OK)
                return status;
        } else {
            interface -= target->first_interface;
        }
        return add_statistics(target, block, interface);
    }
    return tapir_sink_copy_block(target->sink, block, target->copies ? NULL : &interface);
}

enum outcome target_block(struct target *target, const tapir_pcapng_block *block)
{
    tapir_status status;

    if (!target->sections &&
        (block->type == TAPIR_PCAPNG_SECTION || block->type == TAPIR_PCAPNG_INTERFACE))
        return GO_ON; /* all becomes one section, whose interfaces are added when they are known */
    if (!target->sink) {
        enum outcome outcome = open_sink(target, tapir_source_interface(target->source, 0));
        if (outcome != GO_ON)
            return outcome;
    }
    if (block->type == TAPIR_PCAPNG_SECTION) {
        target->first_interface =
            block->section ? (uint32_t)tapir_source_interface_count(target->source) : 0;
        block = change_block(target->change, block);
        status = block ? start_section(target, block) : TAPIR_NO_MEMORY;
    } else if (block->type == TAPIR_PCAPNG_INTERFACE && block->interface) {
        status = describe_interface(target, block);
    } else {
        status = copy_other(target, block);
    }
    if (status == TAPIR_NO_MEMORY)
        return STOP_SPOILT;
    if (status == TAPIR_UNSUPPORTED) {
        complain("left out: %s", tapir_sink_error(target->sink)->message);
        return GO_ON;
    }
    return written(target, status);
}

/* Makes the file that no packet came for. */
static enum outcome open_empty(struct target *target)
{
    enum outcome outcome = open_sink(target, tapir_source_interface(target->source, 0));

    if (outcome == GO_ON && target->kind == KIND_PCAPNG && !target->sections)
        outcome = written(target, add_interfaces(target));
    return outcome;
}

enum outcome target_end(struct target *target, enum outcome outcome)
{
    tapir_error error;
    tapir_status status;

    if (target->flows)
        return flow_files_end(target->flows, outcome);
    if (!target->sink && outcome == GO_ON)
        outcome = open_empty(target);
    status = tapir_sink_close(target->sink, &error);
    if (status != TAPIR_OK && outcome < STOP)
        outcome = target_failed(status, &error);
    return outcome;
}
