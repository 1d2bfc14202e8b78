/* Domain names in messages: skipped, walked, expanded, printed, compared (RFC 1035 3.1, 4.1.4). */
#include "dns_internal.h"

#define LABEL_MAX    63
#define POINTER      0xc0
#define POINTERS_MAX 127 /* as many as a name can have labels */

/* Wireshark's words where it has some, because they are what the text of a broken name is. */
static const char trouble_long[] = "Name too long",
                  trouble_loop[] = "Name contains a pointer that loops",
                  trouble_forward[] = "Name contains a pointer that leads forward",
                  trouble_pointers[] = "Name contains too many pointers",
                  trouble_kind[] = "Unknown extended label",
                  trouble_end[] = "Name ends outside the message";

static const char *pointer_trouble(size_t target, size_t at)
{
    return target <= at ? trouble_loop : trouble_forward;
}

static void note(struct trouble *trouble, const char *reason, const uint8_t *at)
{
    if (!trouble->reason)
        *trouble = (struct trouble){reason, at};
}

bool tapir__dns_take_name(
    tapir_reader *in, tapir_span message, struct tapir_dns_name *name, struct trouble *trouble)
{
    const uint8_t *start = in->at;
    size_t offset = (size_t)(start - message.data);

    *name = (struct tapir_dns_name){message, (uint32_t)offset};
    for (;;) {
        const uint8_t *at = in->at;
        size_t len = tapir_take_u8(in);
        if (len >= POINTER) {
            size_t target = (len & ~(size_t)POINTER) << 8 | tapir_take_u8(in);
            if (target >= offset && !in->failed)
                note(trouble, pointer_trouble(target, (size_t)(at - message.data)), at);
            return !in->failed;
        }
        if (len == 0)
            return !in->failed;
        if (len > LABEL_MAX) {
            note(trouble, trouble_kind, at);
            return false;
        }
        tapir_take(in, len);
        if ((size_t)(in->at - start) >= TAPIR_DNS_NAME_MAX && !in->failed)
            note(trouble, trouble_long, at);
    }
}

tapir_dns_labels tapir_dns_name_labels(const struct tapir_dns_name *name)
{
    return (tapir_dns_labels){.message = name->message, .at = name->offset, .mark = UINT32_MAX};
}

/* Follows the pointer that the walk stands at. The mark moves to the 1st, 2nd, 4th ... pointer, so
 * that a loop comes back to it (Brent). */
static void follow(tapir_dns_labels *walk)
{
    if (walk->message.len - walk->at < 2) {
        walk->trouble = trouble_end;
        return;
    }
    if (walk->at == walk->mark)
        walk->trouble = trouble_loop;
    else if (++walk->pointers > POINTERS_MAX)
        walk->trouble = trouble_pointers;
    if ((walk->pointers & (walk->pointers - 1)) == 0)
        walk->mark = walk->at;
    walk->at = (uint32_t)tapir_load_be(walk->message.data + walk->at, 2) & 0x3fff;
    walk->steps++;
}

bool tapir_dns_label_next(tapir_dns_labels *walk, tapir_span *label)
{
    while (!walk->trouble) {
        size_t len;
        if (walk->at >= walk->message.len) {
            walk->trouble = trouble_end;
            break;
        }
        len = walk->message.data[walk->at];
        if (len == 0)
            return false;
        if (len >= POINTER) {
            follow(walk);
            continue;
        }
        if (len > LABEL_MAX)
            walk->trouble = trouble_kind;
        else if (walk->message.len - walk->at <= len)
            walk->trouble = trouble_end;
        else if (walk->len + len + 1 >= TAPIR_DNS_NAME_MAX)
            walk->trouble = trouble_long;
        if (walk->trouble)
            break;
        *label = tapir_span_of(walk->message.data + walk->at + 1, len);
        walk->at += (uint32_t)len + 1;
        walk->len = (uint16_t)(walk->len + len + 1);
        walk->steps++;
        return true;
    }
    return false;
}

tapir_status tapir_dns_name_expand(
    const struct tapir_dns_name *name, uint8_t wire[TAPIR_DNS_NAME_MAX], size_t *len)
{
    tapir_dns_labels walk = tapir_dns_name_labels(name);
    tapir_span label;

    *len = 0;
    while (tapir_dns_label_next(&walk, &label)) {
        wire[*len] = (uint8_t)label.len;
        memcpy(wire + *len + 1, label.data, label.len);
        *len += label.len + 1;
    }
    wire[(*len)++] = 0;
    return walk.trouble ? TAPIR_MALFORMED : TAPIR_OK;
}

size_t tapir_dns_name_size(const struct tapir_dns_name *name)
{
    size_t at = name->offset, len;

    while (at < name->message.len) {
        len = name->message.data[at];
        if (len == 0)
            return at + 1 - name->offset;
        if (len >= POINTER)
            return at + 2 <= name->message.len ? at + 2 - name->offset : 0;
        if (len > LABEL_MAX)
            return 0;
        at += len + 1;
    }
    return 0;
}

static bool label_equal(tapir_span a, tapir_span b)
{
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        uint8_t x = a.data[i], y = b.data[i];
        if (x != y && ((x ^ y) != 0x20 || (uint8_t)((x | 0x20) - 'a') > 'z' - 'a'))
            return false;
    }
    return true;
}

bool tapir_dns_name_equal(const struct tapir_dns_name *a, const struct tapir_dns_name *b)
{
    tapir_dns_labels walk_a = tapir_dns_name_labels(a), walk_b = tapir_dns_name_labels(b);
    tapir_span label_a, label_b;

    for (;;) {
        bool more_a = tapir_dns_label_next(&walk_a, &label_a);
        bool more_b = tapir_dns_label_next(&walk_b, &label_b);
        if (!more_a || !more_b)
            return more_a == more_b && !walk_a.trouble && !walk_b.trouble;
        if (!label_equal(label_a, label_b))
            return false;
    }
}

/* Characters that do not show or that turn the text around (Unicode's categories Cc and Cf, and
 * noncharacters). */
static bool is_invisible(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0x00, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x600, 0x605}, {0x61c, 0x61c},
        {0x6dd, 0x6dd}, {0x70f, 0x70f}, {0x180e, 0x180e}, {0x200b, 0x200f}, {0x202a, 0x202e},
        {0x2060, 0x206f}, {0xfdd0, 0xfdef}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xfffe, 0xffff},
        {0x1d173, 0x1d17a}, {0xe0000, 0xe007f}};

    for (size_t i = 0; i < TAPIR_COUNT(ranges); i++)
        if (c >= ranges[i].first && c <= ranges[i].last)
            return true;
    return false;
}

/* Decodes one UTF-8 character of two bytes or more; 0 when it is none. */
static uint32_t utf8_at(const uint8_t *at, size_t left, size_t *len)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t count = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3 : 2;
    uint32_t c = at[0] & (0x7fu >> count);

    if (at[0] < 0xc2 || at[0] > 0xf4 || left < count)
        return 0;
    for (size_t i = 1; i < count; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (at[i] & 0x3f);
    }
    *len = count;
    return c < smallest[count] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : c;
}

static void put_escaped(tapir_text *text, uint32_t c)
{
    static const char letters[] = "abtnvfr"; /* of 7 to 13 */

    tapir_text_char(text, '\\');
    if (c >= 7 && c <= 13)
        tapir_text_char(text, letters[c - 7]);
    else if (c < 0x80)
        tapir_text_printf(text, "%03o", (unsigned)c);
    else
        tapir_text_printf(text, c > 0xffff ? "U%08X" : "u%04X", (unsigned)c);
}

/* Appends a label: what is not visible is escaped, a byte that is not UTF-8 stays. */
static void put_label(tapir_text *text, tapir_span label)
{
    size_t plain = 0, at = 0;

    while (at < label.len) {
        uint32_t c = label.data[at];
        size_t len = 1;
        if (c >= 0x80)
            c = utf8_at(label.data + at, label.len - at, &len);
        if ((c || label.data[at] == 0) && (c < 0x20 || c >= 0x7f) && is_invisible(c)) {
            tapir_text_bytes(text, label.data + plain, at - plain);
            put_escaped(text, c);
            plain = at + len;
        }
        at += len;
    }
    tapir_text_bytes(text, label.data + plain, at - plain);
}

void tapir_dns_name_text(tapir_text *text, const struct tapir_dns_name *name)
{
    tapir_dns_labels walk = tapir_dns_name_labels(name);
    size_t before = text->len;
    tapir_span label;

    while (tapir_dns_label_next(&walk, &label)) {
        if (text->len > before)
            tapir_text_char(text, '.');
        put_label(text, label);
    }
    if (walk.trouble) {
        text->len = before;
        tapir_text_char(text, '<');
        tapir_text_put(text, walk.trouble);
        tapir_text_char(text, '>');
    } else if (text->len == before) {
        TAPIR_TEXT_LITERAL(text, "<Root>");
    }
}

void tapir__dns_print_name(tapir_text *text, const void *member, const void *item)
{
    (void)item;
    tapir_dns_name_text(text, member);
}

void tapir__dns_measure_name(
    const struct tapir_dns_name *name, uint16_t *len, uint16_t *label_count)
{
    tapir_dns_labels walk = tapir_dns_name_labels(name);
    size_t text_len = 0, dots = 0;
    tapir_span label;

    while (tapir_dns_label_next(&walk, &label)) {
        if (text_len) {
            text_len++;
            dots++;
        }
        text_len += label.len;
        for (size_t i = 0; i < label.len; i++)
            dots += label.data[i] == '.';
    }
    if (walk.trouble) {
        text_len = strlen(walk.trouble) + 2;
        dots = 0;
    } else if (!text_len) {
        text_len = sizeof "<Root>" - 1;
    }
    /* Wireshark counts names of a single character as nothing. */
    *len = (uint16_t)(text_len > 1 ? text_len : 0);
    *label_count = (uint16_t)(text_len > 1 ? dots + 1 : 0);
}
