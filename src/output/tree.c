/* A packet as a tree: a heading per layer, a line per field, values in one column. */
#include "tapir/flow.h"
#include "tapir/output.h"
#include "walk.h"

#define INDENT     4  /* of a layer's fields */
#define STEP       2  /* deeper for named bits and list items */
#define MIN_COLUMN 28 /* the same for most packets, for the eye */
#define MAX_COLUMN 44 /* values of longer names stand further right */
#define MAX_BYTES  32 /* of a run of bytes; its length says the rest */
#define MAX_STRING 400

enum color { PLAIN, PACKET, HEADING, NAME, LABEL, GOOD, BAD };

struct tree {
    tapir_text *text;
    tapir_packet *packet;
    const tapir_tree_options *options;
    const tapir_layer *layer;
    size_t column;               /* where values begin */
    tapir_checksum checksum;     /* of the layer ... */
    bool verified;               /* ... if it has one ... */
    const tapir_field *verifies; /* ... and its row */
};

static void color(struct tree *tree, enum color color)
{
    static const char *const codes[] = {[PLAIN] = "\033[0m",
        [PACKET] = "\033[1;33m",
        [HEADING] = "\033[1m",
        [NAME] = "\033[36m",
        [LABEL] = "\033[32m",
        [GOOD] = "\033[32m",
        [BAD] = "\033[1;31m"};

    if (tree->options->color)
        tapir_text_put(tree->text, codes[color]);
}

static void spaces(struct tree *tree, size_t count)
{
    char *at = tapir_text_reserve(tree->text, count);

    if (!at)
        return;
    memset(at, ' ', count);
    tree->text->len += count;
}

static size_t indent_of(const tapir_value *value)
{
    return INDENT + STEP * (value->depth + (value->part != NULL));
}

static void measure(void *user, const tapir_value *value)
{
    struct tree *tree = user;
    size_t width = indent_of(value) + strlen(tapir_value_name(value)) + 2;

    if (width > tree->column)
        tree->column = width < MAX_COLUMN ? width : MAX_COLUMN;
}

static void put_in_color(struct tree *tree, enum color which, const char *string)
{
    color(tree, which);
    tapir_text_put(tree->text, string);
    color(tree, PLAIN);
}

static void put_label(struct tree *tree, const char *label)
{
    TAPIR_TEXT_LITERAL(tree->text, " (");
    put_in_color(tree, LABEL, label);
    tapir_text_char(tree->text, ')');
}

static void put_bytes(struct tree *tree, tapir_span bytes)
{
    tapir_span head = tapir_span_of(bytes.data, bytes.len < MAX_BYTES ? bytes.len : MAX_BYTES);

    tapir_text_hex_bytes(tree->text, head, ':');
    if (head.len == bytes.len)
        return;
    TAPIR_TEXT_LITERAL(tree->text, "... (");
    tapir_text_uint(tree->text, bytes.len);
    TAPIR_TEXT_LITERAL(tree->text, " bytes)");
}

static void put_string(struct tree *tree, tapir_span string)
{
    tapir_span head = string;

    if (head.len > MAX_STRING)
        head.len = MAX_STRING;
    tapir_text_line(tree->text, head);
    if (head.len < string.len)
        TAPIR_TEXT_LITERAL(tree->text, "...");
}

/* The flags that are set, by the last words of their names: "(ack, push)". */
static void put_flags(struct tree *tree, const tapir_part *part, uint64_t number)
{
    bool any = false;

    for (; part->name; part++) {
        const char *word = strrchr(part->name, '.');
        if ((part->mask & (part->mask - 1)) != 0 || !(number & part->mask))
            continue;
        tapir_text_put(tree->text, any ? ", " : " (");
        put_in_color(tree, LABEL, word ? word + 1 : part->name);
        any = true;
    }
    if (any)
        tapir_text_char(tree->text, ')');
}

static void put_value(struct tree *tree, const tapir_value *value)
{
    const tapir_span *span = value->member;
    char buffer[4096];
    tapir_text plain = tapir_text_fixed(buffer, sizeof buffer);

    if (!value->part && (value->field->kind == TAPIR_SPAN || value->field->kind == TAPIR_LIST)) {
        put_bytes(tree, *span);
    } else if (!value->part && value->field->kind == TAPIR_STRING) {
        tapir_text_char(tree->text, '"');
        put_string(tree, *span);
        tapir_text_char(tree->text, '"');
    } else if (!value->part && value->field->kind == TAPIR_TEXT) {
        tapir_value_text(&plain, value);
        put_string(tree, tapir_span_of(plain.data, plain.len));
    } else {
        const char *label = tapir_value_label(value);
        tapir_value_text(tree->text, value);
        if (label)
            put_label(tree, label);
        else if (!value->part && value->field->parts && is_number(value->field))
            put_flags(tree, value->field->parts, value->number);
    }
}

static void put_checksum(struct tree *tree)
{
    const tapir_checksum *checksum = &tree->checksum;

    TAPIR_TEXT_LITERAL(tree->text, " [");
    if (!checksum->present) {
        TAPIR_TEXT_LITERAL(tree->text, "none was computed");
    } else if (!checksum->verifiable) {
        TAPIR_TEXT_LITERAL(tree->text, "not verifiable: bytes are missing");
    } else if (checksum->good) {
        put_in_color(tree, GOOD, "correct");
    } else {
        color(tree, BAD);
        TAPIR_TEXT_LITERAL(tree->text, "incorrect, should be 0x");
        tapir_text_hex(tree->text, checksum->expected, checksum->expected > 0xffff ? 8 : 4);
        color(tree, PLAIN);
    }
    tapir_text_char(tree->text, ']');
}

static void put_line(void *user, const tapir_value *value)
{
    struct tree *tree = user;
    const char *name = tapir_value_name(value);
    size_t width = indent_of(value) + strlen(name);

    spaces(tree, indent_of(value));
    put_in_color(tree, NAME, name);
    spaces(tree, width + 2 > tree->column ? 2 : tree->column - width);
    put_value(tree, value);
    if (tree->verified && value->field == tree->verifies && !value->part) {
        put_checksum(tree);
        tree->verified = false;
    }
    tapir_text_char(tree->text, '\n');
}

static void put_record(void *user, const tapir_record *record, const void *item, unsigned depth)
{
    struct tree *tree = user;

    (void)item;
    spaces(tree, INDENT + STEP * depth);
    tapir_text_put(tree->text, record->title);
    tapir_text_char(tree->text, '\n');
}

static void put_broken(void *user, const tapir_field *field, unsigned depth)
{
    struct tree *tree = user;

    spaces(tree, INDENT + STEP * depth);
    color(tree, BAD);
    tapir_text_put(tree->text, field->name);
    TAPIR_TEXT_LITERAL(tree->text, " ends in a broken item");
    color(tree, PLAIN);
    tapir_text_char(tree->text, '\n');
}

/* "bytes 14-33" */
static void put_range(tapir_text *text, size_t offset, size_t len)
{
    if (len == 0) {
        TAPIR_TEXT_LITERAL(text, "no bytes at ");
        tapir_text_uint(text, offset);
        return;
    }
    tapir_text_put(text, len == 1 ? "byte " : "bytes ");
    tapir_text_uint(text, offset);
    if (len == 1)
        return;
    tapir_text_char(text, '-');
    tapir_text_uint(text, offset + len - 1);
}

static void put_key(tapir_text *text, const tapir_space *space, uint32_t value)
{
    tapir_text_put(text, space->name);
    tapir_text_char(text, ' ');
    if (space->hex) {
        TAPIR_TEXT_LITERAL(text, "0x");
        tapir_text_hex(text, value, 4);
    } else {
        tapir_text_uint(text, value);
    }
}

static void put_heading(struct tree *tree)
{
    tapir_text *text = tree->text;
    const tapir_layer *layer = tree->layer;
    const struct tapir_data *data = TAPIR_AS(layer, data);
    tapir_flow flow;

    color(tree, HEADING);
    tapir_text_put(text, layer->proto->title);
    color(tree, PLAIN);
    TAPIR_TEXT_LITERAL(text, " (");
    tapir_text_put(text, layer->proto->name);
    TAPIR_TEXT_LITERAL(text, "), ");
    put_range(text, tapir_layer_offset(tree->packet, layer), layer->header_len);
    if (!layer->partial && tapir_layer_flow(layer, &flow)) {
        TAPIR_TEXT_LITERAL(text, ", ");
        tapir_endpoint_text(text, &flow.src);
        TAPIR_TEXT_LITERAL(text, " -> ");
        tapir_endpoint_text(text, &flow.dst);
    }
    if (data && data->space) {
        TAPIR_TEXT_LITERAL(text, ", no protocol for ");
        put_key(text, data->space, data->value);
    }
    tapir_text_char(text, '\n');
}

static void put_problem(struct tree *tree)
{
    const tapir_problem *problem = tapir_packet_problem(tree->packet, tree->layer);

    if (tree->layer->status == TAPIR_OK)
        return;
    spaces(tree, INDENT);
    color(tree, BAD);
    tapir_text_char(tree->text, '[');
    tapir_text_put(tree->text, tapir_status_text(tree->layer->status));
    if (problem) {
        TAPIR_TEXT_LITERAL(tree->text, ": ");
        tapir_problem_text(tree->text, tree->packet, problem);
    }
    tapir_text_char(tree->text, ']');
    color(tree, PLAIN);
    tapir_text_char(tree->text, '\n');
}

static bool ends_in(const char *name, const char *tail)
{
    size_t len = strlen(name), tail_len = strlen(tail);

    return len >= tail_len && strcmp(name + len - tail_len, tail) == 0;
}

/* The row that holds the layer's checksum: the first one of that name. */
static const tapir_field *checksum_row(const tapir_proto *proto)
{
    for (size_t i = 0; i < proto->field_count; i++)
        if (ends_in(proto->fields[i].name, ".checksum"))
            return &proto->fields[i];
    return NULL;
}

static void put_layer(struct tree *tree)
{
    const tapir_layer *layer = tree->layer;
    tapir_value_visitor visitor = {
        .value = put_line, .record = put_record, .broken = put_broken, .user = tree};

    tree->verified =
        tree->options->verify && tapir_packet_verify(tree->packet, layer, &tree->checksum);
    tree->verifies = tree->verified ? checksum_row(layer->proto) : NULL;
    put_heading(tree);
    tapir_layer_values(layer, &visitor);
    tapir_trailer_values(tree->packet, layer, &visitor);
    /* The checksum lies in no row of its own. */
    if (tree->verified) {
        spaces(tree, INDENT);
        TAPIR_TEXT_LITERAL(tree->text, "checksum");
        put_checksum(tree);
        tapir_text_char(tree->text, '\n');
    }
    put_problem(tree);
    if (tree->options->hex)
        tapir_hex_text(
            tree->text, tapir_layer_header(layer), tapir_layer_offset(tree->packet, layer), INDENT);
}

/* A region that is no header, with its bytes. */
static void put_region(struct tree *tree, const char *title, const char *of, tapir_span bytes)
{
    size_t offset = (size_t)(bytes.data - tapir_packet_frame(tree->packet)->data);

    color(tree, HEADING);
    tapir_text_put(tree->text, title);
    color(tree, PLAIN);
    tapir_text_char(tree->text, ' ');
    tapir_text_put(tree->text, of);
    TAPIR_TEXT_LITERAL(tree->text, ", ");
    put_range(tree->text, offset, bytes.len);
    if (tree->options->hex) {
        tapir_text_char(tree->text, '\n');
        tapir_hex_text(tree->text, bytes, offset, INDENT);
        return;
    }
    TAPIR_TEXT_LITERAL(tree->text, ": ");
    put_bytes(tree, bytes);
    tapir_text_char(tree->text, '\n');
}

/* What lies behind the inner layers, and inside the last one when decoding was told to stop. */
static void put_regions(struct tree *tree, const tapir_layer *layers, size_t count)
{
    const tapir_frame *frame = tapir_packet_frame(tree->packet);
    size_t end = count ? layers[0].header_len + (size_t)layers[0].payload_len : 0;

    if (count && layers[count - 1].payload_len)
        put_region(tree, "Payload of", layers[count - 1].proto->name,
            tapir_layer_payload(&layers[count - 1]));
    for (size_t i = count; i-- > 1;) {
        tapir_span trailer = tapir_packet_trailer(tree->packet, &layers[i - 1]);
        if (trailer.len && (!layers[i - 1].proto->trailer || tree->options->hex))
            put_region(tree, "Trailer of", layers[i - 1].proto->name, trailer);
    }
    /* The outermost protocol may end before the frame does. */
    if (count && end < frame->caplen && !layers[0].proto->trailer)
        put_region(
            tree, "Trailer of", "frame", tapir_span_of(frame->data + end, frame->caplen - end));
}

static void put_frame(struct tree *tree)
{
    const tapir_frame *frame = tapir_packet_frame(tree->packet);
    tapir_text *text = tree->text;

    color(tree, PACKET);
    TAPIR_TEXT_LITERAL(text, "Packet ");
    tapir_text_uint(text, frame->number);
    color(tree, PLAIN);
    if (frame->has_time) {
        TAPIR_TEXT_LITERAL(text, ", ");
        tapir_time_text(text, frame->time);
    }
    TAPIR_TEXT_LITERAL(text, ", ");
    tapir_text_uint(text, frame->len);
    TAPIR_TEXT_LITERAL(text, " bytes");
    if (frame->caplen != frame->len) {
        TAPIR_TEXT_LITERAL(text, " (");
        tapir_text_uint(text, frame->caplen);
        TAPIR_TEXT_LITERAL(text, " captured)");
    }
    if (frame->interface) {
        TAPIR_TEXT_LITERAL(text, ", interface ");
        tapir_text_uint(text, frame->interface);
    }
    if (frame->direction != TAPIR_DIRECTION_UNKNOWN)
        tapir_text_put(text, frame->direction == TAPIR_DIRECTION_IN ? ", incoming" : ", outgoing");
    if (frame->has_vlan) {
        TAPIR_TEXT_LITERAL(text, ", VLAN ");
        tapir_text_uint(text, frame->vlan_tci & 0xfffu);
        TAPIR_TEXT_LITERAL(text, " taken off by hardware");
    }
    if (frame->has_drops) {
        TAPIR_TEXT_LITERAL(text, ", ");
        tapir_text_uint(text, frame->drops);
        TAPIR_TEXT_LITERAL(text, " lost before");
    }
    tapir_text_char(text, '\n');
    if (frame->comment.len) {
        TAPIR_TEXT_LITERAL(text, "Comment: ");
        put_string(tree, frame->comment);
        tapir_text_char(text, '\n');
    }
}

void tapir_tree_packet(tapir_text *text, tapir_packet *packet, const tapir_tree_options *options)
{
    static const tapir_tree_options defaults = {0};
    struct tree tree = {.text = text,
        .packet = packet,
        .options = options ? options : &defaults,
        .column = MIN_COLUMN};
    size_t count;
    const tapir_layer *layers = tapir__layers_until(packet, tree.options->last, &count);

    put_frame(&tree);
    for (size_t i = 0; i < count; i++) {
        const tapir_value_visitor measurer = {.value = measure, .user = &tree};
        tapir_layer_values(&layers[i], &measurer);
        tapir_trailer_values(packet, &layers[i], &measurer);
    }
    for (size_t i = 0; i < count; i++) {
        tree.layer = &layers[i];
        put_layer(&tree);
    }
    put_regions(&tree, layers, count);
}
