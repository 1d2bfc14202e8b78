/* Prints everything a capture file holds, one JSON object per record, for files_oracle.py.
 * usage: frames FILE */
#include "tapir/tapir.h"

#include <stdio.h>

static tapir_text line;

static void put_string(const char *name, tapir_span value)
{
    tapir_text_printf(&line, ",\"%s\":\"", name);
    tapir_text_json(&line, value);
    tapir_text_char(&line, '"');
}

static void put_text(const char *name, const char *value)
{
    if (value)
        put_string(name, tapir_span_of(value, strlen(value)));
}

static void put_hex(const char *name, tapir_span value)
{
    tapir_text_printf(&line, ",\"%s\":\"", name);
    tapir_text_hex_bytes(&line, value, '\0');
    tapir_text_char(&line, '"');
}

static void put_options(const tapir_pcapng_block *block)
{
    tapir_pcapng_options options = tapir_pcapng_options_of(block);
    tapir_pcapng_option option;
    const char *separator = "";

    TAPIR_TEXT_LITERAL(&line, ",\"options\":[");
    while (tapir_pcapng_options_next(&options, &option)) {
        tapir_text_printf(&line, "%s[%u,\"", separator, option.code);
        tapir_text_hex_bytes(&line, option.value, '\0');
        TAPIR_TEXT_LITERAL(&line, "\"]");
        separator = ",";
    }
    tapir_text_char(&line, ']');
}

static void put_names(const tapir_pcapng_block *block)
{
    tapir_pcapng_names names = tapir_pcapng_names_of(block);
    tapir_pcapng_name name;
    const char *separator = "";

    TAPIR_TEXT_LITERAL(&line, ",\"names\":[");
    while (tapir_pcapng_names_next(&names, &name)) {
        tapir_text_printf(&line, "%s[%d,\"", separator, (int)name.type);
        tapir_text_hex_bytes(&line, name.address, '\0');
        TAPIR_TEXT_LITERAL(&line, "\",\"");
        tapir_text_json(&line, name.name);
        TAPIR_TEXT_LITERAL(&line, "\"]");
        separator = ",";
    }
    tapir_text_char(&line, ']');
}

static void put_block(const tapir_pcapng_block *block)
{
    tapir_pcapng_statistics statistics;
    tapir_span secrets;
    uint32_t type;

    tapir_text_printf(&line, "{\"block\":%u,\"section\":%u,\"damaged\":%d,\"unsupported\":%d",
        block->type, block->section, block->damaged, block->unsupported);
    put_options(block);
    if (block->type == TAPIR_PCAPNG_NAMES)
        put_names(block);
    if (tapir_pcapng_statistics_get(block, &statistics))
        tapir_text_printf(&line, ",\"received\":%llu,\"dropped\":%llu",
            (unsigned long long)statistics.received,
            (unsigned long long)statistics.dropped_by_interface);
    if (tapir_pcapng_secrets_get(block, &type, &secrets)) {
        tapir_text_printf(&line, ",\"secrets_type\":%u", type);
        put_hex("secrets", secrets);
    }
}

static void put_frame(const tapir_frame *frame, const tapir_interface *interface)
{
    tapir_text_printf(&line, "%c\"number\":%llu,\"interface\":%u,\"caplen\":%u,\"len\":%u,",
        frame->block ? ',' : '{', (unsigned long long)frame->number, frame->interface,
        frame->caplen, frame->len);
    tapir_text_printf(&line, "\"link_type\":%u,\"direction\":%u,\"fcs_len\":%u", frame->link_type,
        frame->direction, frame->fcs_len);
    if (frame->has_time) {
        TAPIR_TEXT_LITERAL(&line, ",\"time\":\"");
        tapir_epoch_text(&line, frame->time);
        tapir_text_char(&line, '"');
    }
    if (frame->has_drops)
        tapir_text_printf(&line, ",\"drops\":%llu", (unsigned long long)frame->drops);
    if (frame->comment.data)
        put_string("comment", frame->comment);
    put_text("interface_name", interface->name);
    put_text("interface_description", interface->description);
    tapir_text_printf(&line, ",\"interface_section\":%u", interface->section);
    put_hex("data", tapir_span_of(frame->data, frame->caplen));
}

static void flush(void)
{
    TAPIR_TEXT_LITERAL(&line, "}\n");
    fwrite(line.data, 1, line.len, stdout);
    line.len = 0;
}

static void put_end(const tapir_source *source, tapir_status status)
{
    const tapir_interface *interface;

    for (size_t i = 0; (interface = tapir_source_interface(source, i)); i++) {
        tapir_text_printf(&line,
            "{\"interface\":%zu,\"link_type\":%u,\"snaplen\":%u,\"frames\":%llu", i,
            interface->link_type, interface->snaplen, (unsigned long long)interface->frames);
        put_text("name", interface->name);
        flush();
    }
    tapir_text_printf(&line, "{\"status\":\"%s\",\"format\":\"%s\",\"compression\":\"%s\"",
        tapir_status_text(status), tapir_source_format(source), tapir_source_compression(source));
    if (status != TAPIR_END)
        put_text("message", tapir_source_error(source)->message);
    flush();
}

int main(int argc, char **argv)
{
    const tapir_pcapng_block *block;
    tapir_source *source;
    tapir_error error;
    tapir_frame frame;
    tapir_status status;

    if (argc != 2 || tapir_source_open_file(&source, argv[1], NULL, &error) != TAPIR_OK) {
        fprintf(stderr, "%s\n", argc == 2 ? error.message : "usage: frames FILE");
        return 2;
    }
    while ((status = tapir_source_next_block(source, &frame, &block)) == TAPIR_OK) {
        if (block)
            put_block(block);
        if (frame.data)
            put_frame(&frame, tapir_source_interface(source, frame.interface));
        flush();
    }
    put_end(source, status);
    tapir_source_close(source);
    tapir_text_clear(&line);
    return status != TAPIR_END;
}
