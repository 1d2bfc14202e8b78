/* tapir streams --follow: what both sides of a connection said, in turn, as Wireshark shows it. */
#include "streams.h"

#include <inttypes.h>
#include <stdlib.h>

#define LINE "==================================================================="

struct follow {
    bool any;         /* something was shown */
    uint64_t current; /* id of the connection shown last */
};

/* Where the streams of a connection are. */
struct sides {
    uint64_t shown[2]; /* bytes */
};

static const char *const form_names[] = {[FORM_ASCII] = "ascii", [FORM_HEX] = "hex"};

/* What stands above the bytes of another connection than before. */
static void put_head(struct streams *streams, const tapir_conversation_info *info)
{
    struct follow *follow = streams->own;
    tapir_text *text = &streams->output.text;

    if (follow->any && follow->current == info->id)
        return;
    tapir_text_printf(text, "%s\nFollow: tcp,%s\nFilter: tcp.stream eq %" PRIu64 "\nNode 0: ",
        follow->any ? LINE "\n\n" LINE : "\n" LINE, form_names[streams->request->form], info->id);
    streams_put_side(text, &info->connection, TAPIR_FORWARD);
    TAPIR_TEXT_LITERAL(text, "\nNode 1: ");
    streams_put_side(text, &info->connection, TAPIR_BACKWARD);
    tapir_text_char(text, '\n');
    follow->any = true;
    follow->current = info->id;
}

/* Printable ASCII and line ends; of CR LF the LF. */
static void put_ascii(tapir_text *text, tapir_span bytes)
{
    char *to = tapir_text_reserve(text, bytes.len);

    if (!to)
        return;
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.data[i];
        bool line_end = c == '\r' && i + 1 < bytes.len && bytes.data[i + 1] == '\n';
        if (!line_end)
            *to++ = (char)((c >= ' ' && c < 0x7f) || c == '\n' || c == '\t' ? c : '.');
    }
    text->len = (size_t)(to - text->data);
}

static void put_hex_line(tapir_text *text, uint64_t offset, tapir_span bytes)
{
    enum { BYTES = 16 };

    tapir_text_printf(text, "%08" PRIX64 " ", offset);
    for (size_t i = 0; i < BYTES; i++) {
        tapir_text_put(text, i == BYTES / 2 ? "  " : " ");
        if (i < bytes.len)
            tapir_text_hex(text, bytes.data[i], 2);
        else
            TAPIR_TEXT_LITERAL(text, "  ");
    }
    TAPIR_TEXT_LITERAL(text, "  ");
    for (size_t i = 0; i < bytes.len; i++) {
        uint8_t c = bytes.data[i];
        if (i == BYTES / 2)
            tapir_text_char(text, ' ');
        tapir_text_char(text, c >= ' ' && c < 0x7f ? (char)c : '.');
    }
    while (text->len && text->data[text->len - 1] == ' ')
        text->len--;
    tapir_text_char(text, '\n');
}

static void put_hex(tapir_text *text, uint64_t offset, tapir_span bytes, const char *indent)
{
    enum { BYTES = 16 };

    for (size_t at = 0; at < bytes.len; at += BYTES) {
        size_t left = bytes.len - at;
        tapir_text_put(text, indent);
        put_hex_line(
            text, offset + at, tapir_span_of(bytes.data + at, left < BYTES ? left : BYTES));
    }
}

static void put_color(const struct streams *streams, tapir_text *text, int way)
{
    static const char *const codes[] = {"\033[31m", "\033[34m", "\033[0m"};

    if (streams->request->color)
        tapir_text_put(text, codes[way]);
}

/* The bytes, as a piece of their own. */
static void put_piece(
    struct streams *streams, const tapir_chunk *chunk, tapir_span bytes, uint64_t offset)
{
    enum { NO_COLOR = 2 };
    tapir_text *text = &streams->output.text;
    const char *indent = chunk->way == TAPIR_FORWARD ? "" : "\t";

    put_color(streams, text, chunk->way);
    if (chunk->gap) {
        if (streams->request->form == FORM_ASCII)
            tapir_text_put(text, indent);
        tapir_text_printf(text, "[%" PRIu64 " bytes missing in capture file]\n", chunk->gap);
    }
    if (bytes.len && streams->request->form == FORM_HEX) {
        put_hex(text, offset, bytes, indent);
    } else if (bytes.len) {
        tapir_text_printf(text, "%s%zu\n", indent, bytes.len);
        put_ascii(text, bytes);
        tapir_text_char(text, '\n');
    }
    put_color(streams, text, NO_COLOR);
}

static struct sides *sides_of(tapir_conversation *conversation)
{
    struct sides *sides = tapir_conversation_user(conversation);

    if (!sides) {
        sides = calloc(1, sizeof *sides);
        tapir_conversation_set_user(conversation, sides);
    }
    return sides;
}

static void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    struct streams *streams = user;
    tapir_span bytes = streams_bytes(chunk);
    struct sides *sides = sides_of(conversation);
    tapir_conversation_info info;

    if (!streams->request->ways[chunk->way]) {
        tapir_conversation_ignore(conversation, (tapir_way)chunk->way);
        return;
    }
    if ((!bytes.len && !chunk->gap) || !sides)
        return;
    if (streams->request->form == FORM_RAW) {
        tapir_text_bytes(&streams->output.text, bytes.data, bytes.len);
    } else {
        tapir_conversation_get(conversation, &info);
        put_head(streams, &info);
        put_piece(streams, chunk, bytes, sides->shown[chunk->way]);
    }
    sides->shown[chunk->way] += bytes.len;
    output_flush(&streams->output, false);
}

static void on_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    (void)user;
    (void)reason;
    free(tapir_conversation_user(conversation));
}

static bool open_follow(struct streams *streams)
{
    streams->own = calloc(1, sizeof(struct follow));
    if (streams->own)
        return true;
    complain("out of memory");
    return false;
}

static bool finish_follow(struct streams *streams)
{
    const struct follow *follow = streams->own;

    if (follow->any)
        tapir_text_put(&streams->output.text, LINE "\n");
    return true;
}

static void close_follow(struct streams *streams)
{
    free(streams->own);
}

const struct streams_view streams_follow = {
    .calls = {.opened = streams_chosen, .data = on_data, .closed = on_closed},
    .open = open_follow,
    .finish = finish_follow,
    .close = close_follow,
};
