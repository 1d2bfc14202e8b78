/* tapir info, to be read by programs: one JSON object, and how option values are written. */
#include "info.h"

#include <inttypes.h>

static void key(tapir_text *text, const char *name)
{
    tapir_text_printf(text, ",\"%s\":", name);
}

static void put_number(tapir_text *text, const char *name, uint64_t value)
{
    key(text, name);
    tapir_text_uint(text, value);
}

static void put_flag(tapir_text *text, const char *name, bool value)
{
    key(text, name);
    tapir_text_put(text, value ? "true" : "false");
}

static void quote(tapir_text *text, const char *value)
{
    tapir_text_char(text, '"');
    tapir_text_json(text, tapir_span_of(value, strlen(value)));
    tapir_text_char(text, '"');
}

static void put_string(tapir_text *text, const char *name, const char *value)
{
    if (!value)
        return;
    key(text, name);
    quote(text, value);
}

static void put_time(tapir_text *text, const char *name, const char *epoch_name, int64_t time)
{
    key(text, name);
    tapir_text_char(text, '"');
    tapir_time_text(text, time);
    tapir_text_char(text, '"');
    key(text, epoch_name);
    tapir_text_char(text, '"');
    tapir_epoch_text(text, time);
    tapir_text_char(text, '"');
}

static void put_rate(tapir_text *text, const char *name, double amount, double seconds)
{
    key(text, name);
    tapir_text_printf(text, "%.6f", amount / seconds);
}

static void put_link_type(tapir_text *text, uint16_t link_type, uint64_t packets, bool first)
{
    tapir_text_printf(text, "%s{\"link_type\":%u", first ? "" : ",", link_type);
    put_string(text, "name", tapir_link_type_name(link_type));
    put_string(text, "title", tapir_link_type_title(link_type));
    put_number(text, "packets", packets);
    tapir_text_char(text, '}');
}

static void put_file(tapir_text *text, const struct report *report)
{
    TAPIR_TEXT_LITERAL(text, "{\"file\":");
    quote(text, report->path);
    put_string(text, "format", tapir_source_format(report->source));
    put_string(text, "compression", tapir_source_compression(report->source));
    if (report->is_file)
        put_number(text, "size", report->size);
    put_number(text, "uncompressed_size", report->data_size);
    for (size_t i = 0; i < report->hash_count; i++)
        put_string(text, report->hashes[i].name, report->hashes[i].digits);
    key(text, "link_types");
    tapir_text_char(text, '[');
    report_link_types(report, put_link_type, text);
    tapir_text_char(text, ']');
}

static void put_packets(tapir_text *text, const struct report *report)
{
    const tapir_info *info = &report->info;
    uint64_t duration = report_duration(report);
    double seconds = (double)duration / 1e9;

    put_number(text, "packets", info->packets);
    put_number(text, "bytes", info->bytes);
    put_number(text, "captured_bytes", info->captured_bytes);
    put_number(text, "shortest", info->shortest);
    put_number(text, "longest", info->longest);
    if (info->packets)
        put_rate(text, "average", (double)info->bytes, (double)info->packets);
    put_number(text, "cut_packets", info->cut_packets);
    if (info->cut_packets) {
        put_number(text, "cut_from", info->cut_from);
        put_number(text, "cut_to", info->cut_to);
    }
    put_number(text, "timed_packets", info->timed_packets);
    if (info->timed_packets) {
        put_time(text, "first_time", "first_time_epoch", info->first_time);
        put_time(text, "last_time", "last_time_epoch", info->last_time);
        key(text, "duration");
        tapir_text_printf(
            text, "\"%" PRIu64 ".%09" PRIu64 "\"", duration / 1000000000, duration % 1000000000);
        if (duration) {
            put_rate(text, "bytes_per_second", (double)info->bytes, seconds);
            put_rate(text, "bits_per_second", (double)info->bytes * 8, seconds);
            put_rate(text, "packets_per_second", (double)info->packets, seconds);
        }
    }
    put_flag(text, "in_order", info->backward_packets == 0);
    put_number(text, "backward_packets", info->backward_packets);
    put_number(text, "commented_packets", info->commented_packets);
    put_number(text, "lost_packets", info->drops);
}

static void put_sections(tapir_text *text, const struct report *report)
{
    key(text, "sections");
    tapir_text_char(text, '[');
    for (size_t i = 0; i < report->section_count; i++) {
        const struct section_note *note = &report->sections[i];
        tapir_text_printf(text, "%s{\"offset\":%" PRIu64 ",\"version\":\"%u.%u\"", i ? "," : "",
            note->offset, note->version_major, note->version_minor);
        put_flag(text, "big_endian", note->big_endian);
        put_flag(text, "skipped", note->unsupported);
        put_string(text, "hardware", note->hardware);
        put_string(text, "os", note->os);
        put_string(text, "application", note->application);
        put_string(text, "comment", note->comment);
        tapir_text_char(text, '}');
    }
    tapir_text_char(text, ']');
    put_number(text, "section_count", report->info.sections);
}

static void put_options(tapir_text *text, const tapir_pcapng_block *block)
{
    tapir_pcapng_options options = tapir_pcapng_options_of(block);
    tapir_pcapng_option option;
    const char *separator = "";

    key(text, "options");
    tapir_text_char(text, '[');
    while (tapir_pcapng_options_next(&options, &option)) {
        tapir_text value = {0};
        bool number;
        tapir_text_printf(text, "%s{\"code\":%u", separator, option.code);
        put_string(text, "name", tapir_pcapng_option_name(block->type, option.code));
        if (option.custom)
            put_number(text, "enterprise", option.enterprise);
        option_text(&value, block, &option, &number);
        key(text, "value");
        tapir_text_printf(
            text, number ? "%s" : "\"%s\"", value.len ? tapir_text_string(&value) : "");
        tapir_text_char(text, '}');
        tapir_text_clear(&value);
        separator = ",";
    }
    tapir_text_char(text, ']');
}

static void put_counter(tapir_text *text, const char *name, uint64_t value)
{
    if (value != UINT64_MAX)
        put_number(text, name, value);
}

static void put_statistics(tapir_text *text, const struct interface_note *note)
{
    put_counter(text, "received", note->last.received);
    put_counter(text, "dropped_by_interface", note->last.dropped_by_interface);
    put_counter(text, "accepted_by_filter", note->last.accepted_by_filter);
    put_counter(text, "dropped_by_os", note->last.dropped_by_os);
    put_counter(text, "delivered", note->last.delivered);
}

static void put_interfaces(tapir_text *text, const struct report *report)
{
    const tapir_interface *interface;

    key(text, "interfaces");
    tapir_text_char(text, '[');
    for (size_t i = 0; (interface = tapir_source_interface(report->source, i)); i++) {
        bool counted = i < report->interface_room && report->interfaces[i].statistics;
        tapir_text_printf(text, "%s{\"section\":%u,\"link_type\":%u,\"snaplen\":%u", i ? "," : "",
            interface->section, interface->link_type, interface->snaplen);
        put_number(text, "packets", interface->frames);
        put_number(text, "time_resolution", interface->time_resolution);
        key(text, "time_offset");
        tapir_text_int(text, interface->time_offset);
        put_number(text, "fcs_length", interface->fcs_len);
        put_string(text, "name", interface->name);
        put_string(text, "description", interface->description);
        if (interface->block)
            put_options(text, interface->block);
        put_number(text, "statistics_blocks", counted ? report->interfaces[i].statistics : 0);
        if (counted)
            put_statistics(text, &report->interfaces[i]);
        tapir_text_char(text, '}');
    }
    tapir_text_char(text, ']');
}

static void put_blocks(tapir_text *text, const struct report *report)
{
    const tapir_info *info = &report->info;

    tapir_text_printf(text,
        ",\"names\":{\"ipv4\":%" PRIu64 ",\"ipv6\":%" PRIu64 ",\"eui48\":%" PRIu64
        ",\"eui64\":%" PRIu64 "}",
        info->names[TAPIR_PCAPNG_IPV4], info->names[TAPIR_PCAPNG_IPV6],
        info->names[TAPIR_PCAPNG_EUI48], info->names[TAPIR_PCAPNG_EUI64]);
    key(text, "secrets");
    tapir_text_char(text, '[');
    for (size_t i = 0; i < report->secrets_count; i++) {
        tapir_text_printf(text, "%s{\"type\":%u", i ? "," : "", report->secrets[i].type);
        put_string(text, "name", tapir_pcapng_secrets_name(report->secrets[i].type));
        put_number(text, "blocks", report->secrets[i].blocks);
        put_number(text, "bytes", report->secrets[i].bytes);
        tapir_text_char(text, '}');
    }
    tapir_text_char(text, ']');
    put_number(text, "statistics_blocks", info->statistics);
    put_number(text, "journal_entries", info->journal_entries);
    put_number(text, "custom_blocks", info->custom_blocks);
    put_number(text, "unknown_blocks", info->unknown_blocks);
    put_number(text, "skipped_sections", info->unsupported_sections);
}

/* Appends the names of all layers of a path. */
static void put_path(
    tapir_text *text, const tapir_hierarchy *hierarchy, const tapir_hierarchy_node *node)
{
    const char *names[256];
    size_t count = 0;

    for (; node && count < TAPIR_COUNT(names); node = tapir_hierarchy_parent(hierarchy, node))
        names[count++] = node->proto->name;
    while (count-- > 0) {
        tapir_text_put(text, names[count]);
        if (count)
            tapir_text_char(text, ':');
    }
}

static void put_hierarchy(tapir_text *text, const struct report *report)
{
    const tapir_hierarchy_node *node = NULL;
    const char *separator = "";

    if (!report->hierarchy)
        return;
    key(text, "hierarchy");
    tapir_text_char(text, '[');
    while ((node = tapir_hierarchy_next(report->hierarchy, node))) {
        tapir_text_printf(text, "%s{\"path\":\"", separator);
        put_path(text, report->hierarchy, node);
        tapir_text_char(text, '"');
        put_number(text, "packets", node->packets);
        put_number(text, "bytes", node->bytes);
        tapir_text_char(text, '}');
        separator = ",";
    }
    tapir_text_char(text, ']');
}

static void put_damage(tapir_text *text, const struct report *report)
{
    const tapir_info *info = &report->info;
    const tapir_error *error = tapir_source_error(report->source);

    put_string(
        text, "status", report->status == TAPIR_END ? "ok" : tapir_status_text(report->status));
    key(text, "damage");
    tapir_text_char(text, '[');
    if (info->damaged_blocks)
        tapir_text_printf(text,
            "{\"offset\":%" PRIu64 ",\"blocks\":%" PRIu64 ",\"message\":\"%s broken inside\"}",
            info->damaged_offset, info->damaged_blocks,
            tapir_pcapng_block_name(info->damaged_type));
    if (report->status != TAPIR_END && report->status != TAPIR_BREAK) {
        tapir_text_printf(
            text, "%s{\"offset\":%" PRIu64, info->damaged_blocks ? "," : "", error->offset);
        put_string(text, "message", error->message);
        tapir_text_char(text, '}');
    }
    TAPIR_TEXT_LITERAL(text, "]}\n");
}

void info_as_json(tapir_text *text, const struct report *report)
{
    put_file(text, report);
    put_packets(text, report);
    put_sections(text, report);
    put_interfaces(text, report);
    put_blocks(text, report);
    put_hierarchy(text, report);
    put_damage(text, report);
}
