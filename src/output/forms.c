/* Packets as source code, hex streams and hex dumps. */
#include "tapir/forms.h"

#include "tapir/output.h"
#include "walk.h"

#define PER_LINE      16
#define PER_CODE_LINE 12

/* What a language writes around bytes. */
struct language {
    const char *comment, *comment_end;
    const char *name, *value; /* before the number of the packet, and before its bytes */
    bool with_len;            /* the number of bytes stands in the value's place of %zu */
    const char *indent, *before, *between, *after; /* of a byte and of a line */
    const char *end;
    const char *none; /* what stands for a packet without bytes, whole */
};

static const struct language c = {
    .comment = "/* ",
    .comment_end = " */",
    .name = "static const uint8_t packet_",
    .value = "] = {\n",
    .with_len = true,
    .indent = "    ",
    .before = "0x",
    .between = ", ",
    .after = ",",
    .end = "};\n",
    .none = "[1] = {0}; /* of 0 bytes */\n",
};

static const struct language go = {
    .comment = "// ",
    .comment_end = "",
    .name = "var packet",
    .value = " = []byte{\n",
    .indent = "\t",
    .before = "0x",
    .between = ", ",
    .after = ",",
    .end = "}\n",
    .none = " = []byte{}\n",
};

static const struct language python = {
    .comment = "# ",
    .comment_end = "",
    .name = "packet_",
    .value = " = bytes((\n",
    .indent = "    ",
    .before = "0x",
    .between = ", ",
    .after = ",",
    .end = "))\n",
    .none = " = b\"\"\n",
};

static const struct language *const languages[TAPIR_FORM_COUNT] = {
    [TAPIR_FORM_C] = &c,
    [TAPIR_FORM_GO] = &go,
    [TAPIR_FORM_PYTHON] = &python,
};

const char *tapir_form_name(tapir_form form)
{
    static const char *const names[TAPIR_FORM_COUNT] = {
        [TAPIR_FORM_C] = "c",
        [TAPIR_FORM_GO] = "go",
        [TAPIR_FORM_PYTHON] = "python",
        [TAPIR_FORM_HEX] = "hex",
        [TAPIR_FORM_TEXT2PCAP] = "text2pcap",
    };

    return names[form];
}

/* "Packet 3, 2026-11-20T20:13:57.749875000Z, 96 of 98 bytes" */
static void put_facts(tapir_text *text, const tapir_frame *frame)
{
    TAPIR_TEXT_LITERAL(text, "Packet ");
    tapir_text_uint(text, frame->number);
    if (frame->has_time) {
        TAPIR_TEXT_LITERAL(text, ", ");
        tapir_time_text(text, frame->time);
    }
    TAPIR_TEXT_LITERAL(text, ", ");
    tapir_text_uint(text, frame->caplen);
    if (tapir_frame_missing(frame)) {
        TAPIR_TEXT_LITERAL(text, " of ");
        tapir_text_uint(text, frame->len);
    }
    TAPIR_TEXT_LITERAL(text, " bytes");
}

/* Source code being written. */
struct code {
    tapir_text *text;
    const struct language *language;
    const tapir_frame *frame;
    size_t at; /* bytes written */
};

/* Writes the bytes up to `end`, in lines of their own. */
static void put_code_bytes(struct code *code, size_t end)
{
    const struct language *language = code->language;
    tapir_text *text = code->text;
    size_t on_line = 0;

    for (; code->at < end; code->at++) {
        tapir_text_put(text, on_line ? language->between : language->indent);
        tapir_text_put(text, language->before);
        tapir_text_hex(text, code->frame->data[code->at], 2);
        if (++on_line < PER_CODE_LINE && code->at + 1 < end)
            continue;
        tapir_text_put(text, language->after);
        tapir_text_char(text, '\n');
        on_line = 0;
    }
}

static void begin_comment(struct code *code)
{
    tapir_text_put(code->text, code->language->indent);
    tapir_text_put(code->text, code->language->comment);
    tapir_text_uint(code->text, code->at);
    TAPIR_TEXT_LITERAL(code->text, ": ");
}

static void end_comment(struct code *code)
{
    tapir_text_put(code->text, code->language->comment_end);
    tapir_text_char(code->text, '\n');
}

static void put_layer(struct code *code, const tapir_layer *layer)
{
    begin_comment(code);
    tapir_text_put(code->text, layer->proto->title);
    TAPIR_TEXT_LITERAL(code->text, " (");
    tapir_text_put(code->text, layer->proto->name);
    tapir_text_char(code->text, ')');
    if (layer->status != TAPIR_OK) {
        TAPIR_TEXT_LITERAL(code->text, ", ");
        tapir_text_put(code->text, tapir_status_text(layer->status));
    }
    end_comment(code);
}

/* The bytes, each layer under its name. What lies the rest ends in trailers. */
static void put_layers(struct code *code, tapir_packet *packet, const tapir_proto *last)
{
    size_t count;
    const tapir_layer *layers = tapir__layers_until(packet, last, &count);

    for (size_t i = 0; i < count; i++) {
        size_t start = tapir_layer_offset(packet, &layers[i]);
        if (start < code->at)
            continue;
        put_code_bytes(code, start);
        put_layer(code, &layers[i]);
        put_code_bytes(code, start + layers[i].header_len);
    }
    if (code->at < code->frame->caplen) {
        begin_comment(code);
        tapir_text_put(code->text, "the rest");
        end_comment(code);
        put_code_bytes(code, code->frame->caplen);
    }
}

static void put_code(tapir_text *text, tapir_packet *packet, const struct language *language,
    const tapir_proto *last)
{
    struct code code = {text, language, tapir_packet_frame(packet), 0};

    tapir_text_put(text, language->comment);
    put_facts(text, code.frame);
    end_comment(&code);
    tapir_text_put(text, language->name);
    tapir_text_uint(text, code.frame->number);
    if (!code.frame->caplen) {
        tapir_text_put(text, language->none);
        return;
    }
    if (language->with_len) {
        tapir_text_char(text, '[');
        tapir_text_uint(text, code.frame->caplen);
    }
    tapir_text_put(text, language->value);
    put_layers(&code, packet, last);
    tapir_text_put(text, language->end);
}

static void put_characters(tapir_text *text, tapir_span bytes)
{
    for (size_t i = bytes.len; i < PER_LINE; i++)
        TAPIR_TEXT_LITERAL(text, "   ");
    TAPIR_TEXT_LITERAL(text, "   ");
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t byte = bytes.data[i];
        tapir_text_char(text, byte >= 0x20 && byte < 0x7f ? (char)byte : '.');
    }
}

static void put_dump(tapir_text *text, const tapir_frame *frame, bool ascii)
{
    TAPIR_TEXT_LITERAL(text, "# ");
    put_facts(text, frame);
    tapir_text_char(text, '\n');
    if (frame->has_time) {
        tapir_time_text(text, frame->time);
        tapir_text_char(text, '\n');
    }
    for (size_t at = 0; at < frame->caplen; at += PER_LINE) {
        size_t left = frame->caplen - at;
        tapir_span line = tapir_span_of(frame->data + at, left < PER_LINE ? left : PER_LINE);
        tapir_text_hex(text, at, 6);
        tapir_text_char(text, ' ');
        tapir_text_hex_bytes(text, line, ' ');
        if (ascii)
            put_characters(text, line);
        tapir_text_char(text, '\n');
    }
    /* An offset behind the bytes tells readers that they are whole, and stands for none. */
    tapir_text_hex(text, frame->caplen, 6);
    TAPIR_TEXT_LITERAL(text, "\n\n");
}

void tapir_form_packet(
    tapir_text *text, tapir_packet *packet, tapir_form form, const tapir_form_options *options)
{
    const tapir_frame *frame = tapir_packet_frame(packet);

    if (languages[form]) {
        put_code(text, packet, languages[form], options ? options->last : NULL);
    } else if (form == TAPIR_FORM_HEX) {
        tapir_text_hex_bytes(text, tapir_span_of(frame->data, frame->caplen), '\0');
        tapir_text_char(text, '\n');
    } else {
        put_dump(text, frame, options && options->ascii);
    }
}
