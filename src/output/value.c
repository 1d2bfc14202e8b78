/* The values of a layer: walked by the tables, printed as text and as JSON. */
#include "walk.h"

#include <time.h>

static void walk_fields(const tapir_field *fields, size_t count, const void *item, size_t bits_left,
    unsigned depth, const tapir_value_visitor *visitor);

static void walk_items(
    tapir_walk *walk, const tapir_field *field, unsigned depth, const tapir_value_visitor *visitor)
{
    unsigned inner = field && field->kind == TAPIR_LIST ? depth + 1 : depth;
    const tapir_record *record;
    const uint8_t *at;
    tapir_item buffer;

    if (inner >= MAX_DEPTH)
        return;
    while ((at = walk->in.at, record = tapir_walk_next(walk, &buffer))) {
        /* Of an item cut short only the rows its bytes reach are shown. */
        size_t bits = walk->in.failed ? (size_t)(walk->in.at - at) * 8 : SIZE_MAX;
        if (visitor->record && inner > depth)
            visitor->record(visitor->user, record, &buffer, depth);
        walk_fields(record->fields, record->field_count, &buffer, bits, inner, visitor);
    }
    if (field && walk->in.failed && visitor->broken)
        visitor->broken(visitor->user, field, depth);
}

static void walk_list(
    const tapir_field *field, const void *item, unsigned depth, const tapir_value_visitor *visitor)
{
    const tapir_span *items = (const void *)((const uint8_t *)item + field->offset);
    tapir_walk walk = tapir_walk_of(field->list, *items, item);

    walk_items(&walk, field, depth, visitor);
}

/* `bits_left` are those of the fixed header that were there. */
static void walk_fields(const tapir_field *fields, size_t count, const void *item, size_t bits_left,
    unsigned depth, const tapir_value_visitor *visitor)
{
    for (size_t i = 0; i < count; i++) {
        const tapir_field *field = &fields[i];
        const void *member = (const uint8_t *)item + field->offset;
        tapir_value value = {field, NULL, member, item, 0, depth};

        if (field->bits > bits_left)
            return;
        bits_left -= bits_left == SIZE_MAX ? 0 : field->bits;
        if (!tapir_field_present(field, item) || !has_bytes(field, member))
            continue;
        if (field->kind == TAPIR_LIST || field->kind == TAPIR_BODY) {
            if (field->bytes)
                visitor->value(visitor->user, &value);
            walk_list(field, item, depth, visitor);
            continue;
        }
        if (is_number(field) || field->parts)
            value.number = parted(field, member);
        if (!field->nameless)
            visitor->value(visitor->user, &value);
        for (const tapir_part *part = field->parts; part && part->name; part++) {
            tapir_value of_part = {
                field, part, member, item, part_number(part, value.number), depth};
            visitor->value(visitor->user, &of_part);
        }
    }
}

void tapir_layer_values(const tapir_layer *layer, const tapir_value_visitor *visitor)
{
    const tapir_proto *proto = layer->proto;

    walk_fields(proto->fields, proto->field_count, layer->fields,
        layer->partial ? layer->header_len * (size_t)8 : SIZE_MAX, 0, visitor);
}

void tapir_trailer_values(
    const tapir_packet *packet, const tapir_layer *layer, const tapir_value_visitor *visitor)
{
    const tapir_list *list = layer->proto->trailer;
    struct tapir_trailer trailer = {packet, layer};
    tapir_walk walk;

    if (!list)
        return;
    walk = tapir_walk_of(list, tapir_packet_trailer(packet, layer), &trailer);
    if (tapir_left(&walk.in))
        walk_items(&walk, NULL, 0, visitor);
}

static bool is_flag(const tapir_value *value)
{
    if (value->part)
        return is_flag_part(value->part);
    return value->field->kind == TAPIR_FLAG;
}

/* Everything but numbers and flags, without quotes. */
static void put_plain(tapir_text *text, const tapir_value *value)
{
    const tapir_field *field = value->field;
    const tapir_span *span = value->member;

    switch (field->kind) {
    case TAPIR_IPV4:
        tapir_text_ipv4(text, value->member);
        break;
    case TAPIR_IPV6:
        tapir_text_ipv6(text, value->member);
        break;
    case TAPIR_BYTES:
    case TAPIR_MAC:
        tapir_text_mac(text, value->member, field->size);
        break;
    case TAPIR_SPAN:
    case TAPIR_LIST:
        tapir_text_hex_bytes(text, *span, ':');
        break;
    case TAPIR_STRING:
        tapir_text_bytes(text, span->data, span->len);
        break;
    case TAPIR_TEXT:
        field->print(text, value->member, value->item);
        break;
    default:
        break;
    }
}

/* As Wireshark has it: "Nov 14, 2023 22:13:20.000000000 UTC". */
static void put_time(tapir_text *text, uint64_t seconds)
{
    static const char months[12][4] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    time_t time = (time_t)seconds;
    struct tm date;

    if (seconds > INT64_MAX || !gmtime_r(&time, &date)) {
        tapir_text_uint(text, seconds);
        return;
    }
    tapir_text_printf(text, "%s %2d, %lld %02d:%02d:%02d.000000000 UTC", months[date.tm_mon],
        date.tm_mday, date.tm_year + 1900LL, date.tm_hour, date.tm_min, date.tm_sec);
}

void tapir__number_text(tapir_text *text, const tapir_value *value)
{
    const tapir_field *field = value->field;
    unsigned base = value->part ? value->part->base : field->base;

    if (field->kind == TAPIR_INT) {
        tapir_text_int(text, (int64_t)value->number);
    } else if (base == TAPIR_TIME) {
        put_time(text, value->number);
    } else if (base == TAPIR_HEX) {
        TAPIR_TEXT_LITERAL(text, "0x");
        tapir_text_hex(
            text, value->number, 2u * (field->bits ? (field->bits + 7u) / 8 : field->size));
    } else {
        tapir_text_uint(text, value->number);
    }
}

void tapir_value_text(tapir_text *text, const tapir_value *value)
{
    if (is_flag(value))
        tapir_text_put(text, value->number ? "True" : "False");
    else if (value->part || is_number(value->field))
        tapir__number_text(text, value);
    else
        put_plain(text, value);
}

/* What the row's own function prints, as the inside of a JSON string: on the heap when it is long.
 */
static void put_printed(tapir_text *text, const tapir_value *value)
{
    char buffer[4096];
    tapir_text plain = tapir_text_fixed(buffer, sizeof buffer);

    value->field->print(&plain, value->member, value->item);
    if (plain.failed) {
        plain = (tapir_text){.data = NULL};
        value->field->print(&plain, value->member, value->item);
        text->failed |= plain.failed;
    }
    tapir_text_json(text, tapir_span_of(plain.data, plain.len));
    if (!plain.fixed)
        tapir_text_clear(&plain);
}

void tapir_value_json(tapir_text *text, const tapir_value *value)
{
    const tapir_span *span = value->member;

    if (is_flag(value)) {
        tapir_text_put(text, value->number ? "true" : "false");
        return;
    }
    if (value->field->kind == TAPIR_INT) {
        tapir_text_int(text, (int64_t)value->number);
        return;
    }
    if (value->part || is_number(value->field)) {
        tapir_text_uint(text, value->number);
        return;
    }
    tapir_text_char(text, '"');
    if (value->field->kind == TAPIR_STRING) {
        tapir_text_json(text, *span);
    } else if (value->field->kind == TAPIR_TEXT) {
        put_printed(text, value);
    } else {
        put_plain(text, value);
    }
    tapir_text_char(text, '"');
}

const char *tapir_value_label(const tapir_value *value)
{
    uint64_t number = value->number;

    if (value->part)
        return tapir_label_find(value->part->labels, number);
    if (value->field->scale > 1)
        number /= value->field->scale;
    if (!is_number(value->field))
        return NULL;
    return tapir_label_find(
        value->field->labels_of ? value->field->labels_of(value->item) : value->field->labels,
        number);
}

void tapir__row_values(
    const tapir_field *field, const void *item, const tapir_value_visitor *visitor)
{
    walk_list(field, item, 0, visitor);
}

const tapir_layer *tapir__layers_until(tapir_packet *packet, const tapir_proto *last, size_t *count)
{
    const tapir_layer *found = last ? tapir_packet_find(packet, last, 0) : NULL;
    const tapir_layer *layers =
        found ? tapir_packet_so_far(packet, count) : tapir_packet_layers(packet, count);

    if (found)
        *count = (size_t)(found - layers) + 1;
    return layers;
}

void tapir__list_values(const tapir_layer *layer, const tapir_value_visitor *visitor)
{
    const tapir_proto *proto = layer->proto;

    for (size_t i = 0; i < proto->field_count; i++) {
        const tapir_field *field = &proto->fields[i];
        if ((field->kind == TAPIR_LIST || field->kind == TAPIR_BODY) &&
            tapir_field_present(field, layer->fields))
            walk_list(field, layer->fields, 0, visitor);
    }
}
