/* tapir send: headers changed on the way, checksums following. */
#include "send.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { VALUE_MOST = 16, STEPS_MOST = 8, TAG_LEN = 4, MACS_LEN = 12, PLACES_MOST = 64 };

/* A value of a field, right behind each other as on the wire, and how many of its first bits
 * count. */
struct value {
    uint8_t bytes[VALUE_MOST];
    unsigned bits;
};

/* A change of one row of a protocol's table. */
struct rewrite_rule {
    const tapir_proto *proto;
    const tapir_field *field;
    unsigned bit; /* where the field is in the header */
    bool conditional;
    struct value from, to;
};

/* What is done to the outermost VLAN tag. */
struct tag_step {
    enum { TAG_POP, TAG_PUSH, TAG_SET } what;
    uint16_t id, tpid;
    int priority; /* -1: as it is, 0 of a new one */
};

/* Rules from text. */

static bool is_number(const tapir_field *field)
{
    return field->kind == TAPIR_UINT || field->kind == TAPIR_UINT_LE || field->kind == TAPIR_FLAG;
}

static bool can_be_rewritten(const tapir_field *field)
{
    bool address =
        field->kind == TAPIR_MAC || field->kind == TAPIR_IPV4 || field->kind == TAPIR_IPV6;

    return field->bits && (address || (is_number(field) && field->bits <= 32));
}

static bool parse_decimal_or_hex(const char *text, uint64_t most, uint64_t *number)
{
    char *end;

    if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
        return parse_number(text, 0, most, number);
    if (!isxdigit((unsigned char)text[2]) || strlen(text) > 18)
        return false;
    *number = strtoull(text + 2, &end, 16);
    return !*end && *number <= most;
}

static bool parse_address(const tapir_field *field, const char *text, uint8_t *bytes)
{
    if (field->kind == TAPIR_MAC)
        return parse_mac(text, bytes);
    return inet_pton(field->kind == TAPIR_IPV4 ? AF_INET : AF_INET6, text, bytes) == 1;
}

/* Reads "10.0.0.0/8", "02:00:00:00:00:01", "443" or "0x1f". */
static bool parse_value(const tapir_field *field, const char *text, struct value *value)
{
    uint64_t number, bits = field->bits;
    char address[64];
    size_t len = strcspn(text, "/");

    *value = (struct value){.bits = field->bits};
    if (is_number(field)) {
        if (!parse_decimal_or_hex(text, UINT64_MAX >> (64 - field->bits), &number))
            return false;
        tapir_store_be(value->bytes, 8, number);
        return true;
    }
    if (len >= sizeof address || (text[len] && !parse_number(text + len + 1, 0, bits, &bits)))
        return false;
    memcpy(address, text, len);
    address[len] = '\0';
    value->bits = (unsigned)bits;
    return parse_address(field, address, value->bytes);
}

static int no_memory(void)
{
    complain("out of memory");
    return EXIT_RUNTIME;
}

static int add_rule(struct rewriting *rewriting, const struct rewrite_rule *rule)
{
    struct rewrite_rule *rules =
        realloc(rewriting->rules, (rewriting->rule_count + 1) * sizeof *rules);

    if (!rules)
        return no_memory();
    rewriting->rules = rules;
    rules[rewriting->rule_count++] = *rule;
    return EXIT_DONE;
}

/* Adds the rule "NAME=VALUE" for a row of that name. */
static int add_row(struct rewriting *rewriting, struct rewrite_rule *rule, const char *name,
    const char *from, const char *to)
{
    if (!parse_value(rule->field, to, &rule->to))
        return wrong_usage(&send_command, "--rewrite: '%s' is no value for %s", to, name);
    rule->conditional = from != NULL;
    if (from && !parse_value(rule->field, from, &rule->from))
        return wrong_usage(&send_command, "--rewrite: '%s' is no value for %s", from, name);
    return add_rule(rewriting, rule);
}

static int no_field(const tapir_registry *registry, const char *name)
{
    tapir_nearest nearest = tapir_nearest_to(name);
    tapir_text hint = {0};
    const tapir_proto *proto;

    for (size_t i = 0; (proto = tapir_registry_each(registry, i)); i++)
        for (size_t j = 0; j < proto->field_count; j++)
            if (can_be_rewritten(&proto->fields[j]))
                tapir_nearest_offer(&nearest, proto->fields[j].name);
    tapir_nearest_text(&nearest, &hint);
    wrong_usage(&send_command, "--rewrite: '%s' is no field of a fixed place in a header%s", name,
        tapir_text_string(&hint));
    tapir_text_clear(&hint);
    return EXIT_USAGE;
}

/* Adds rules for every row that has the name, or is selected by it as well: ip.addr is both. */
static int add_named(
    struct rewriting *rewriting, const char *name, const char *from, const char *to)
{
    const tapir_registry *registry = tapir_registry_default();
    size_t before = rewriting->rule_count;
    const tapir_proto *proto;

    if (!registry)
        return no_memory();
    for (size_t i = 0; (proto = tapir_registry_each(registry, i)); i++) {
        struct rewrite_rule rule = {.proto = proto};
        for (size_t j = 0; j < proto->field_count; j++) {
            const tapir_field *field = rule.field = &proto->fields[j];
            bool named =
                strcmp(field->name, name) == 0 || (field->alias && strcmp(field->alias, name) == 0);
            int code = named && can_be_rewritten(field) ? add_row(rewriting, &rule, name, from, to)
                                                        : EXIT_DONE;
            if (code != EXIT_DONE)
                return code;
            rule.bit += field->bits;
        }
    }
    return rewriting->rule_count > before ? EXIT_DONE : no_field(registry, name);
}

static int add_text(struct rewriting *rewriting, char *text)
{
    char *value = strchr(text, '='), *to;

    if (!value || value == text || !value[1])
        return wrong_usage(
            &send_command, "--rewrite '%s' is not FIELD=VALUE or FIELD=FROM>TO", text);
    *value++ = '\0';
    to = strchr(value, '>');
    if (!to)
        return add_named(rewriting, text, NULL, value);
    *to++ = '\0';
    return add_named(rewriting, text, value, to);
}

int rewriting_add_rules(struct rewriting *rewriting, const char *text)
{
    char *copy = strdup(text), *rest = copy;
    int code = EXIT_DONE;

    if (!copy)
        return no_memory();
    while (code == EXIT_DONE && rest) {
        char *one = strsep(&rest, ",");
        code = add_text(rewriting, one + strspn(one, " "));
    }
    free(copy);
    return code;
}

/* Reads "ID", "ID:PRIORITY" or "ID:PRIORITY:TPID". */
static bool parse_tag(char *text, struct tag_step *step)
{
    char *id = strsep(&text, ":"), *priority = strsep(&text, ":");
    uint64_t number;

    if (!parse_number(id, 0, 4095, &number))
        return false;
    step->id = (uint16_t)number;
    if (!priority)
        return true;
    if (!parse_number(priority, 0, 7, &number))
        return false;
    step->priority = (int)number;
    if (text && !parse_decimal_or_hex(text, UINT16_MAX, &number))
        return false;
    step->tpid = text ? (uint16_t)number : step->tpid;
    return true;
}

int rewriting_add_step(struct rewriting *rewriting, const char *text)
{
    struct tag_step step = {.tpid = TAPIR_ETHER_TYPE_VLAN, .priority = -1}, *steps;
    const char *colon = strchr(text, ':');
    char tag[32];
    bool good = true;

    if (strncmp(text, "push:", 5) == 0)
        step.what = TAG_PUSH;
    else if (strncmp(text, "set:", 4) == 0)
        step.what = TAG_SET;
    else if (strcmp(text, "pop") != 0)
        good = false;
    if (good && colon && strlen(colon + 1) < sizeof tag)
        good = parse_tag(strcpy(tag, colon + 1), &step);
    else if (colon)
        good = false;
    if (!good)
        return wrong_usage(&send_command,
            "--vlan '%s' is none of push:ID, set:ID and pop; ID:PRIORITY and ID:PRIORITY:TPID are "
            "fine, too",
            text);
    if (rewriting->step_count == STEPS_MOST)
        return wrong_usage(&send_command, "--vlan %d times are enough", STEPS_MOST);
    steps = realloc(rewriting->steps, (rewriting->step_count + 1) * sizeof *steps);
    if (!steps)
        return no_memory();
    rewriting->steps = steps;
    steps[rewriting->step_count++] = step;
    return EXIT_DONE;
}

/* Rules done to a packet. */

/* Bits of the packet that have been changed: the first rule that matches a field is the one. */
struct places {
    size_t bits[PLACES_MOST];
    size_t count;
};

static bool is_new(const struct places *places, size_t bit)
{
    for (size_t i = 0; i < places->count; i++)
        if (places->bits[i] == bit)
            return false;
    return places->count < PLACES_MOST;
}

/* Replaces the first `bits` bits of an address. */
static void take_prefix(uint8_t *bytes, const struct value *value)
{
    unsigned whole = value->bits / 8, rest = value->bits % 8;
    unsigned mask = 0xff00u >> rest & 0xff;

    memcpy(bytes, value->bytes, whole);
    if (rest)
        bytes[whole] = (uint8_t)((value->bytes[whole] & mask) | (bytes[whole] & ~mask));
}

static bool has_prefix(const uint8_t *bytes, const struct value *value)
{
    uint8_t with[VALUE_MOST];
    size_t len = (value->bits + 7) / 8;

    memcpy(with, bytes, len);
    take_prefix(with, value);
    return memcmp(with, bytes, len) == 0;
}

/* A number of up to 32 bits lies in up to five bytes, more significant bits first. */
static uint64_t load_number(const uint8_t *at, size_t len, const tapir_field *field, unsigned below)
{
    uint64_t bits = tapir_load_be(at, (unsigned)len) >> below;

    bits &= UINT64_MAX >> (64 - field->bits);
    return field->kind == TAPIR_UINT_LE ? __builtin_bswap64(bits) >> (64 - field->bits) : bits;
}

static void store_number(
    uint8_t *at, size_t len, const tapir_field *field, unsigned below, uint64_t number)
{
    uint64_t mask = UINT64_MAX >> (64 - field->bits) << below;

    if (field->kind == TAPIR_UINT_LE)
        number = __builtin_bswap64(number) >> (64 - field->bits);
    tapir_store_be(
        at, (unsigned)len, (tapir_load_be(at, (unsigned)len) & ~mask) | (number << below & mask));
}

/* Makes the new bytes of a field; false when the rule does not match. */
static bool make_bytes(const struct rewrite_rule *rule, uint8_t *bytes, size_t len)
{
    unsigned below = (8 - (rule->bit + rule->field->bits) % 8) % 8;

    if (!is_number(rule->field)) {
        if (rule->conditional && !has_prefix(bytes, &rule->from))
            return false;
        take_prefix(bytes, &rule->to);
        return true;
    }
    if (rule->conditional &&
        load_number(bytes, len, rule->field, below) != tapir_load_be(rule->from.bytes, 8))
        return false;
    store_number(bytes, len, rule->field, below, tapir_load_be(rule->to.bytes, 8));
    return true;
}

static bool apply(struct rewriting *rewriting, const struct rewrite_rule *rule,
    const tapir_layer *layer, uint8_t *data, struct places *places)
{
    size_t at = rule->bit / 8, len = (rule->bit % 8 + rule->field->bits + 7u) / 8;
    size_t offset = (size_t)(layer->start - data) + at;
    uint8_t bytes[VALUE_MOST];

    if (!tapir_field_present(rule->field, layer->fields) || at + len > layer->header_len ||
        !is_new(places, offset * 8 + rule->bit % 8))
        return true;
    memcpy(bytes, data + offset, len);
    if (!make_bytes(rule, bytes, len))
        return true;
    places->bits[places->count++] = offset * 8 + rule->bit % 8;
    /* Nothing is written where too many checksums cover it: such a packet stays as it is. */
    return tapir_patch(rewriting->packet, data, offset, tapir_span_of(bytes, len)) !=
           TAPIR_NO_MEMORY;
}

/* Applies the rules to every layer. Those without a condition are for the outermost of their
 * protocol, the others for all. */
static bool apply_rules(struct rewriting *rewriting, const tapir_frame *frame, uint8_t *data)
{
    struct places places = {.count = 0};
    const tapir_layer *layers;
    size_t count;

    tapir_packet_start(rewriting->packet, frame);
    layers = tapir_packet_layers(rewriting->packet, &count);
    for (size_t i = 0; i < count; i++) {
        const tapir_layer *layer = &layers[i];
        const tapir_layer *outermost = tapir_packet_find(rewriting->packet, layer->proto, 0);
        for (size_t j = 0; j < rewriting->rule_count; j++) {
            const struct rewrite_rule *rule = &rewriting->rules[j];
            if (rule->proto == layer->proto && !layer->partial &&
                (rule->conditional || layer == outermost) &&
                !apply(rewriting, rule, layer, data, &places))
                return false;
        }
    }
    return true;
}

/* Tags. */

static uint8_t *push_tag(uint8_t *data, tapir_frame *frame, uint16_t tpid, uint16_t tci)
{
    memmove(data - TAG_LEN, data, MACS_LEN);
    data -= TAG_LEN;
    tapir_store_be(data + MACS_LEN, 2, tpid);
    tapir_store_be(data + MACS_LEN + 2, 2, tci);
    frame->caplen += TAG_LEN;
    frame->len += TAG_LEN;
    return data;
}

static bool is_tagged(const uint8_t *data, const tapir_frame *frame)
{
    uint64_t type = frame->caplen < MACS_LEN + TAG_LEN ? 0 : tapir_load_be(data + MACS_LEN, 2);

    return type == TAPIR_ETHER_TYPE_VLAN || type == 0x88a8 || type == 0x9100;
}

static uint8_t *pop_tag(uint8_t *data, tapir_frame *frame)
{
    memmove(data + TAG_LEN, data, MACS_LEN);
    frame->caplen -= TAG_LEN;
    frame->len -= TAG_LEN;
    return data + TAG_LEN;
}

static void set_tag(uint8_t *data, const struct tag_step *step)
{
    uint16_t tci = (uint16_t)tapir_load_be(data + MACS_LEN + 2, 2);

    tci = (uint16_t)((tci & 0xf000) | step->id);
    if (step->priority >= 0)
        tci = (uint16_t)((tci & 0x1fff) | step->priority << 13);
    tapir_store_be(data + MACS_LEN + 2, 2, tci);
}

static uint8_t *do_steps(const struct rewriting *rewriting, uint8_t *data, tapir_frame *frame)
{
    for (size_t i = 0; i < rewriting->step_count; i++) {
        const struct tag_step *step = &rewriting->steps[i];
        unsigned priority = step->priority > 0 ? (unsigned)step->priority : 0;
        if (step->what == TAG_PUSH)
            data = push_tag(data, frame, step->tpid, (uint16_t)(priority << 13 | step->id));
        else if (!is_tagged(data, frame))
            continue;
        else if (step->what == TAG_POP)
            data = pop_tag(data, frame);
        else
            set_tag(data, step);
    }
    return data;
}

/* Copies the frame to memory that can be changed, with room for tags in front of it. */
static uint8_t *copy(struct rewriting *rewriting, const tapir_frame *frame)
{
    const size_t front = (STEPS_MOST + 1) * TAG_LEN;
    size_t need = front + frame->caplen;

    if (need > rewriting->room) {
        uint8_t *bytes = realloc(rewriting->bytes, need);
        if (!bytes)
            return NULL;
        rewriting->bytes = bytes;
        rewriting->room = need;
    }
    memcpy(rewriting->bytes + front, frame->data, frame->caplen);
    return rewriting->bytes + front;
}

bool rewrite_frame(struct rewriting *rewriting, tapir_frame *frame)
{
    bool ethernet = frame->link_type == TAPIR_LINK_TYPE_ETHERNET && frame->caplen >= MACS_LEN + 2 &&
                    frame->caplen <= UINT32_MAX / 2 && frame->len <= UINT32_MAX / 2;
    uint8_t *data;

    if (!rewriting->rule_count && !rewriting->step_count)
        return true;
    if (!rewriting->packet)
        rewriting->packet = tapir_packet_new(NULL);
    data = rewriting->packet ? copy(rewriting, frame) : NULL;
    if (!data) {
        complain("out of memory");
        return false;
    }
    /* The tag that the hardware took off is one like the others. */
    if (frame->has_vlan && ethernet) {
        data = push_tag(data, frame, frame->vlan_tpid ? frame->vlan_tpid : TAPIR_ETHER_TYPE_VLAN,
            frame->vlan_tci);
        frame->has_vlan = false;
    }
    frame->data = data;
    if (rewriting->rule_count && !apply_rules(rewriting, frame, data)) {
        complain("out of memory");
        return false;
    }
    if (ethernet)
        frame->data = do_steps(rewriting, data, frame);
    return true;
}

void rewriting_clear(struct rewriting *rewriting)
{
    tapir_packet_free(rewriting->packet);
    free(rewriting->rules);
    free(rewriting->steps);
    free(rewriting->bytes);
    *rewriting = (struct rewriting){0};
}
