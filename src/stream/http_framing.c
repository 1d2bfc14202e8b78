/* What the fields of an HTTP message say of its content (RFC 9112 6). */
#include "stream/http_internal.h"

/* What the length and the codings come to. */
struct framing {
    bool length, coding; /* Content-Length, Transfer-Encoding are there */
    bool chunked, other; /* the last coding is chunked; there is a coding besides identity */
    bool upgrade;
    uint64_t value; /* of the length */
};

/* Reads digits, and nothing else; false when they are too many. */
static bool read_number(tapir_span span, uint64_t *value)
{
    *value = 0;
    for (size_t i = 0; i < span.len; i++) {
        unsigned digit = (unsigned)span.data[i] - '0';

        if (digit > 9 || *value > ((uint64_t)INT64_MAX - digit) / 10)
            return false;
        *value = *value * 10 + digit;
    }
    return span.len > 0;
}

/* RFC 9112 6.3: a list of the same length over and over is let pass. */
static void read_length(struct framing *framing, tapir_http_message *message, tapir_span value)
{
    tapir_reader walk = tapir_reader_of(value);
    tapir_span member;
    bool any = false;

    while (tapir_http_member_next(&walk, &member)) {
        uint64_t number;
        bool good = read_number(member, &number);

        if (framing->length)
            message->oddities |= TAPIR_HTTP_LENGTH_TWICE;
        if (!good || (framing->length && number != framing->value))
            message->oddities |= TAPIR_HTTP_BAD_LENGTH;
        else
            framing->value = number;
        framing->length = any = true;
    }
    if (!any)
        message->oddities |= TAPIR_HTTP_BAD_LENGTH;
}

/* The name of a coding, without its parameters (RFC 9112 7). */
static tapir_span coding_name(tapir_span member)
{
    const uint8_t *end = memchr(member.data, ';', member.len);

    return end ? tapir__http_trim(tapir_span_of(member.data, (size_t)(end - member.data))) : member;
}

static void read_codings(struct framing *framing, tapir_span value)
{
    tapir_reader walk = tapir_reader_of(value);
    tapir_span member;

    while (tapir_http_member_next(&walk, &member)) {
        if (tapir__http_is(coding_name(member), "identity"))
            continue;
        framing->coding = true;
        framing->chunked = tapir__http_is(coding_name(member), "chunked");
    }
}

static void read_field(struct framing *framing, tapir__http_entry *entry,
    tapir_http_message *message, const tapir_http_field *field)
{
    if (tapir__http_is(field->name, "content-length"))
        read_length(framing, message, field->value);
    else if (tapir__http_is(field->name, "transfer-encoding"))
        read_codings(framing, field->value);
    else if (tapir__http_is(field->name, "content-type") && !message->content_type.len)
        message->content_type = field->value;
    else if (tapir__http_is(field->name, "content-encoding") && !message->content_encoding.len)
        message->content_encoding = field->value;
    else if (tapir__http_is(field->name, "upgrade"))
        framing->upgrade = true;
    else if (tapir__http_is(field->name, "host") && message == &entry->exchange.request &&
             !entry->exchange.host.len)
        entry->exchange.host = field->value;
}

/* Returns the authority of an absolute target (RFC 9112 3.2.2), or of CONNECT's (3.2.3). */
static tapir_span authority(const tapir_http_exchange *exchange)
{
    tapir_span target = exchange->target;
    const uint8_t *at = memmem(target.data, target.len, "://", 3);
    const uint8_t *end = target.data + target.len;
    const uint8_t *start = at ? at + 3 : NULL;

    if (tapir__http_is(exchange->method, "CONNECT"))
        return target;
    if (!start || *target.data == '/')
        return tapir_span_of(NULL, 0);
    for (at = start; at < end && *at != '/' && *at != '?' && *at != '#'; at++)
        ;
    return tapir_span_of(start, (size_t)(at - start));
}

/* RFC 9112 6.3, 4 to 8: what the message itself says. */
static void frame_by_fields(
    const struct framing *framing, tapir_http_message *message, bool request)
{
    if (framing->coding && framing->length)
        message->oddities |= TAPIR_HTTP_LENGTH_AND_CODING;
    if (framing->coding && (!framing->chunked || message->version_minor == 0))
        message->oddities |= TAPIR_HTTP_BAD_CODING;
    if (framing->coding) { /* it overrides a length, good or bad */
        message->oddities &= ~(uint32_t)TAPIR_HTTP_BAD_LENGTH;
        message->framing = framing->chunked ? TAPIR_HTTP_CHUNKED : TAPIR_HTTP_CLOSE;
        return;
    }
    message->content_length = framing->value;
    if (framing->length)
        message->framing = framing->value ? TAPIR_HTTP_LENGTH : TAPIR_HTTP_NO_CONTENT;
    else
        message->framing = request ? TAPIR_HTTP_NO_CONTENT : TAPIR_HTTP_CLOSE;
}

/* RFC 9112 6.3, 1 and 2: what the status and the method say. */
static bool frame_by_status(const tapir_http_exchange *exchange, tapir_http_message *message)
{
    unsigned status = exchange->status;
    bool connect = tapir__http_is(exchange->method, "CONNECT");
    bool tunnel = status == 101 || (connect && status / 100 == 2);

    if (tunnel)
        message->framing = TAPIR_HTTP_TUNNEL;
    else if (status / 100 == 1 || status == 204 || status == 304 ||
             tapir__http_is(exchange->method, "HEAD"))
        message->framing = TAPIR_HTTP_NO_CONTENT;
    else
        return false;
    return true;
}

void tapir__http_read_fields(tapir__http_entry *entry, tapir_http_message *message, tapir_way way)
{
    tapir_reader walk = tapir_http_fields_of(message->fields);
    tapir_http_exchange *exchange = &entry->exchange;
    tapir_http_field field;
    struct framing framing = {0};

    while (tapir_http_field_next(&walk, &field))
        read_field(&framing, entry, message, &field);
    frame_by_fields(&framing, message, way == TAPIR_FORWARD);
    if (way == TAPIR_BACKWARD) {
        if (frame_by_status(exchange, message)) /* no length is needed */
            message->oddities &= ~(uint32_t)TAPIR_HTTP_BAD_LENGTH;
        return;
    }
    if (!exchange->host.len)
        exchange->host = authority(exchange);
    entry->asks_switch = framing.upgrade || tapir__http_is(exchange->method, "CONNECT");
}

/* Appends the names of a list of codings, with a comma behind each; not "chunked", which is no
 * coding of the content. */
static void list_codings(tapir_span value, tapir_text *codings)
{
    tapir_reader members = tapir_reader_of(value);
    tapir_span member;

    while (tapir_http_member_next(&members, &member)) {
        member = coding_name(member);
        if (tapir__http_is(member, "chunked"))
            continue;
        tapir_text_bytes(codings, member.data, member.len);
        tapir_text_char(codings, ',');
    }
}

static void list_all_codings(tapir_span fields, const char *name, tapir_text *codings)
{
    tapir_reader walk = tapir_http_fields_of(fields);
    tapir_http_field field;

    while (tapir_http_field_next(&walk, &field))
        if (tapir__http_is(field.name, name))
            list_codings(field.value, codings);
}

void tapir__http_list_codings(const tapir_http_message *message, tapir_text *codings)
{
    if (message->content_encoding.len)
        list_all_codings(message->fields, "content-encoding", codings);
    if (message->framing != TAPIR_HTTP_LENGTH)
        list_all_codings(message->fields, "transfer-encoding", codings);
}
