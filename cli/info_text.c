/* tapir info, to be read by people. */
#include "info.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

enum { LABEL_WIDTH = 18, PATH_WIDTH = 40 };

static void pad(tapir_text *text, size_t from, size_t width)
{
    do
        tapir_text_char(text, ' ');
    while (text->len - from < width);
}

static void label(tapir_text *text, const char *name)
{
    size_t from = text->len;

    tapir_text_put(text, name);
    if (*name)
        tapir_text_char(text, ':');
    pad(text, from, LABEL_WIDTH);
}

/* Appends text from the file. What could move a terminal's cursor is escaped. */
static void put_safe(tapir_text *text, const char *string)
{
    const char *at = string;

    for (; *at; at++)
        if (at[0] == '\xc2' && (unsigned char)at[1] < 0xa0) { /* U+0080 to U+009F */
            tapir_text_json(text, tapir_span_of(string, (size_t)(at - string)));
            tapir_text_printf(text, "\\u00%02x", (unsigned char)at[1]);
            string = at[1] ? at + 2 : at + 1;
            at = string - 1;
        }
    tapir_text_json(text, tapir_span_of(string, (size_t)(at - string)));
}

/* "Name:    value", several lines of value below each other. */
static void put_string(tapir_text *text, const char *name, const char *value)
{
    const char *newline;

    for (; value; value = newline ? newline + 1 : NULL, name = "") {
        tapir_text line = {0};
        newline = strchr(value, '\n');
        tapir_text_bytes(&line, value, newline ? (size_t)(newline - value) : strlen(value));
        label(text, name);
        put_safe(text, tapir_text_string(&line));
        tapir_text_char(text, '\n');
        tapir_text_clear(&line);
    }
}

static void TAPIR_PRINTF(3, 4)
    put_line(tapir_text *text, const char *name, const char *format, ...);

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* "Name:    3 packets ...", nothing when there are none. */
static void put_count(
    tapir_text *text, const char *name, uint64_t count, const char *what, const char *more)
{
    if (count)
        put_line(text, name, "%" PRIu64 " %s%s%s", count, what, plural(count), more);
}

static void put_line(tapir_text *text, const char *name, const char *format, ...)
{
    char buffer[256];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(buffer, sizeof buffer, format, arguments);
    va_end(arguments);
    label(text, name);
    tapir_text_put(text, buffer);
    tapir_text_char(text, '\n');
}

static void put_time(tapir_text *text, const char *name, int64_t time)
{
    label(text, name);
    tapir_time_text(text, time);
    TAPIR_TEXT_LITERAL(text, "  (");
    tapir_epoch_text(text, time);
    TAPIR_TEXT_LITERAL(text, ")\n");
}

static void put_link_type(tapir_text *text, uint16_t link_type, uint64_t packets, bool first)
{
    const char *name = tapir_link_type_name(link_type);

    label(text, first ? "Link type" : "");
    tapir_text_printf(text, "%s (%s, %u), %" PRIu64 " packet%s\n", tapir_link_type_title(link_type),
        name ? name : "?", link_type, packets, packets == 1 ? "" : "s");
}

static void put_file(tapir_text *text, const struct report *report)
{
    const char *compression = tapir_source_compression(report->source);
    bool compressed = strcmp(compression, "none") != 0;

    put_string(text, "File", report->path);
    put_line(text, "Format", "%s%s%s", tapir_source_format(report->source),
        compressed ? ", compressed with " : "", compressed ? compression : "");
    if (report->is_file)
        put_line(text, "Size", "%" PRIu64 " bytes", report->size);
    if (compressed)
        put_line(text, "Uncompressed", "%" PRIu64 " bytes", report->data_size);
    for (size_t i = 0; i < report->hash_count; i++)
        put_string(text, report->hashes[i].name, report->hashes[i].digits);
    report_link_types(report, put_link_type, text);
}

static void put_packets(tapir_text *text, const struct report *report)
{
    const tapir_info *info = &report->info;
    double count = (double)info->packets;

    put_line(text, "Packets", "%" PRIu64, info->packets);
    if (!info->packets)
        return;
    put_line(text, "Bytes", "%" PRIu64 " on the wire, %" PRIu64 " captured", info->bytes,
        info->captured_bytes);
    put_line(text, "Packet size", "%.2f bytes on average, %u to %u", (double)info->bytes / count,
        info->shortest, info->longest);
    if (info->cut_packets && info->cut_from == info->cut_to)
        put_line(
            text, "Cut", "%" PRIu64 " packets, to %u bytes", info->cut_packets, info->cut_from);
    else if (info->cut_packets)
        put_line(text, "Cut", "%" PRIu64 " packets, to between %u and %u bytes", info->cut_packets,
            info->cut_from, info->cut_to);
}

static void put_times(tapir_text *text, const struct report *report)
{
    const tapir_info *info = &report->info;
    uint64_t duration = report_duration(report);
    double seconds = (double)duration / 1e9;

    if (info->timed_packets) {
        put_time(text, "First packet", info->first_time);
        put_time(text, "Last packet", info->last_time);
        put_line(text, "Duration", "%" PRIu64 ".%09" PRIu64 " s", duration / 1000000000,
            duration % 1000000000);
        if (duration) {
            put_line(text, "Data rate", "%.2f bytes/s, %.2f bits/s", (double)info->bytes / seconds,
                (double)info->bytes * 8 / seconds);
            put_line(text, "Packet rate", "%.2f packets/s", (double)info->packets / seconds);
        }
        if (!info->backward_packets)
            put_string(text, "Time order", "strict");
        put_count(
            text, "Time order", info->backward_packets, "packet", " earlier than the one before");
    }
    if (info->timed_packets < info->packets)
        put_count(text, "Without time", info->packets - info->timed_packets, "packet", "");
    put_count(text, "Lost", info->drops, "packet", " between those captured");
    put_count(text, "Commented", info->commented_packets, "packet", "");
}

static void put_section(tapir_text *text, const struct section_note *note, size_t number)
{
    put_line(text, "Section", "%zu, %s-endian, version %u.%u%s", number,
        note->big_endian ? "big" : "little", note->version_major, note->version_minor,
        note->unsupported ? ": not known, skipped" : "");
    put_string(text, "  Hardware", note->hardware);
    put_string(text, "  System", note->os);
    put_string(text, "  Application", note->application);
    put_string(text, "  Comment", note->comment);
}

static void put_counter(tapir_text *text, const char *what, uint64_t count)
{
    if (count != UINT64_MAX)
        tapir_text_printf(text, ", %" PRIu64 " %s", count, what);
}

static void put_statistics(tapir_text *text, const struct interface_note *note)
{
    const tapir_pcapng_statistics *last = &note->last;

    label(text, "  Statistics");
    tapir_text_printf(text, "%" PRIu64 " block%s", note->statistics, plural(note->statistics));
    put_counter(text, "received", last->received);
    put_counter(text, "dropped by the interface", last->dropped_by_interface);
    put_counter(text, "accepted by the filter", last->accepted_by_filter);
    put_counter(text, "dropped by the system", last->dropped_by_os);
    put_counter(text, "delivered", last->delivered);
    tapir_text_char(text, '\n');
}

/* The options of an interface, as the specification names them. */
static void put_options(tapir_text *text, const tapir_pcapng_block *block)
{
    tapir_pcapng_options options = tapir_pcapng_options_of(block);
    tapir_pcapng_option option;
    bool number;

    while (tapir_pcapng_options_next(&options, &option)) {
        const char *name = tapir_pcapng_option_name(block->type, option.code);
        size_t from = text->len;
        if (name)
            tapir_text_printf(text, "  %s", name);
        else
            tapir_text_printf(text, "  option %u", option.code);
        pad(text, from, LABEL_WIDTH);
        if (option.custom)
            tapir_text_printf(text, "enterprise %u: ", option.enterprise);
        option_text(text, block, &option, &number);
        tapir_text_char(text, '\n');
    }
}

static void put_interface(tapir_text *text, const struct report *report, size_t index)
{
    const tapir_interface *interface = tapir_source_interface(report->source, index);

    label(text, "Interface");
    tapir_text_printf(text, "%zu", index);
    if (report->info.sections > 1)
        tapir_text_printf(text, " of section %u", interface->section);
    if (interface->name) {
        TAPIR_TEXT_LITERAL(text, ", ");
        put_safe(text, interface->name);
    }
    tapir_text_printf(text, ", %s, %" PRIu64 " packet%s, ",
        tapir_link_type_title(interface->link_type), interface->frames, plural(interface->frames));
    if (interface->snaplen)
        tapir_text_printf(text, "up to %u bytes of each, ", interface->snaplen);
    else
        TAPIR_TEXT_LITERAL(text, "all bytes of each, ");
    resolution_text(text, interface->time_resolution);
    if (interface->fcs_len)
        tapir_text_printf(text, ", FCS of %u bytes", interface->fcs_len);
    tapir_text_char(text, '\n');
    if (interface->block)
        put_options(text, interface->block);
    if (index < report->interface_room && report->interfaces[index].statistics)
        put_statistics(text, &report->interfaces[index]);
}

static void put_blocks(tapir_text *text, const struct report *report)
{
    static const char *const kinds[] = {
        [TAPIR_PCAPNG_IPV4] = "IPv4 address",
        [TAPIR_PCAPNG_IPV6] = "IPv6 address",
        [TAPIR_PCAPNG_EUI48] = "MAC address",
        [TAPIR_PCAPNG_EUI64] = "EUI-64 address",
    };
    const tapir_info *info = &report->info;

    for (size_t i = TAPIR_PCAPNG_IPV4; i < TAPIR_COUNT(kinds); i++)
        if (info->names[i])
            put_line(text, "Names", "%" PRIu64 " of %s%s", info->names[i], kinds[i],
                info->names[i] == 1 ? "" : "es");
    for (size_t i = 0; i < report->secrets_count; i++) {
        const struct secrets_note *note = &report->secrets[i];
        const char *name = tapir_pcapng_secrets_name(note->type);
        put_line(text, "Secrets", "%" PRIu64 " block%s, %" PRIu64 " bytes: %s (0x%08x)",
            note->blocks, plural(note->blocks), note->bytes, name ? name : "unknown type",
            note->type);
    }
    put_count(text, "Journal", info->journal_entries, "block", "");
    put_count(text, "Custom", info->custom_blocks, "block", "");
    put_count(text, "Unknown", info->unknown_blocks, "block", " of unknown type");
}

static void put_hierarchy(tapir_text *text, const struct report *report)
{
    const tapir_hierarchy_node *node = NULL;

    if (!report->hierarchy || !report->info.packets)
        return;
    tapir_text_put(text, "Protocols:");
    pad(text, text->len - 10, PATH_WIDTH);
    tapir_text_put(text, "    packets               bytes\n");
    while ((node = tapir_hierarchy_next(report->hierarchy, node))) {
        size_t from = text->len;
        pad(text, from, 2 + 2 * (node->depth < 64 ? node->depth : 64));
        tapir_text_put(text, node->proto->name);
        pad(text, from, PATH_WIDTH);
        tapir_text_printf(text, "%11" PRIu64 " %5.1f %% %11" PRIu64 " %5.1f %%\n", node->packets,
            100.0 * (double)node->packets / (double)report->info.packets, node->bytes,
            report->info.bytes ? 100.0 * (double)node->bytes / (double)report->info.bytes : 100.0);
    }
    put_count(text, "  not listed", tapir_hierarchy_unlisted(report->hierarchy), "packet",
        " with still other paths");
}

static void put_damage(tapir_text *text, const struct report *report)
{
    const tapir_info *info = &report->info;

    put_count(text, "Skipped", info->unsupported_sections, "section", " of unknown version");
    if (info->damaged_blocks)
        put_line(text, "Damage", "%" PRIu64 " block%s broken inside, first at byte %" PRIu64 ": %s",
            info->damaged_blocks, plural(info->damaged_blocks), info->damaged_offset,
            tapir_pcapng_block_name(info->damaged_type));
    if (report->status != TAPIR_END && report->status != TAPIR_BREAK)
        put_string(text, "Damage", tapir_source_error(report->source)->message);
}

void info_as_text(tapir_text *text, const struct report *report)
{
    put_file(text, report);
    put_packets(text, report);
    put_times(text, report);
    for (size_t i = 0; i < report->section_count; i++)
        put_section(text, &report->sections[i], i);
    if (report->info.sections > report->section_count)
        put_count(text, "Sections", report->info.sections, "section", " in all");
    for (size_t i = 0; i < tapir_source_interface_count(report->source); i++)
        put_interface(text, report, i);
    put_blocks(text, report);
    put_hierarchy(text, report);
    put_damage(text, report);
}
