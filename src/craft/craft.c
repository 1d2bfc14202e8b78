/* Packets from text: layers and what is given for their fields; then one packet after the other. */
#include "craft.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MAX_REPEATS = 1 << 16,
    DEFAULT_SRC_PORT = 49152,
    DHCP_SERVER_PORT = 67,
    DHCP_CLIENT_PORT = 68
};

/* Layers. */

static struct tapir__craft_layer *add_layer(
    struct tapir__scan *scan, const tapir_proto *proto, const char *at)
{
    struct tapir_craft *craft = scan->craft;
    struct tapir__craft_layer *layer = &craft->layers[craft->layer_count];

    if (craft->layer_count == TAPIR__MAX_LAYERS) {
        tapir__craft_refuse(
            scan, at, TAPIR_TOO_DEEP, "a packet has %d layers at most", TAPIR__MAX_LAYERS);
        return NULL;
    }
    layer->fields = tapir__craft_memory(scan, TAPIR_STRUCT_MAX);
    layer->chosen = tapir__craft_memory(scan, TAPIR_STRUCT_MAX);
    layer->decoded = tapir__craft_memory(scan, TAPIR_STRUCT_MAX);
    if (!layer->fields || !layer->chosen || !layer->decoded)
        return NULL;
    layer->proto = proto;
    layer->place = (size_t)(at - scan->text);
    tapir_layer_init(proto, layer->fields);
    craft->layer_count++;
    return layer;
}

/* "text", 'text' or 0x0011. */
static bool scan_payload(struct tapir__scan *scan)
{
    const char *start = scan->at;
    struct tapir__craft_layer *layer = add_layer(scan, &tapir_data_proto, start);
    struct tapir_data data = {.space = NULL};
    const char *end = start + 2;
    char *digits;
    bool quoted;

    if (!layer)
        return false;
    if (tapir__at_quote(start)) {
        if (!tapir__scan_word(scan, &data.bytes, &quoted))
            return false;
    } else {
        struct tapir__scan part = *scan;
        while (isxdigit((uint8_t)*end) || (*end == ':' && isxdigit((uint8_t)end[1])))
            end++;
        digits = tapir__craft_memory(scan, (size_t)(end - start) + 1);
        if (!digits)
            return false;
        memcpy(digits, start, (size_t)(end - start));
        part.at = part.text = digits;
        if ((end - start) % 2 && !memchr(start, ':', (size_t)(end - start)))
            return tapir__craft_refuse(
                scan, start, TAPIR_INVALID, "a digit is missing: bytes have two");
        if (end == start + 2 || !tapir__scan_bytes(&part, &data.bytes))
            return tapir__craft_refuse(
                scan, start, TAPIR_INVALID, "no pairs of hexadecimal digits behind 0x");
        scan->at = end;
    }
    if (!tapir__scan_repeats(scan, &data.bytes))
        return false;
    memcpy(layer->fields, &data, sizeof data);
    return true;
}

static struct tapir__choice *add_choice(struct tapir__scan *scan)
{
    struct tapir_craft *craft = scan->craft;

    if (craft->choice_count == craft->choice_room) {
        size_t room = craft->choice_room ? craft->choice_room * 2 : 32;
        struct tapir__choice *choices = tapir__craft_memory(scan, room * sizeof *choices);
        if (!choices)
            return NULL;
        if (craft->choice_count)
            memcpy(choices, craft->choices, craft->choice_count * sizeof *choices);
        craft->choices = choices;
        craft->choice_room = room;
    }
    craft->choices[craft->choice_count] = (struct tapir__choice){.layer = craft->layer_count - 1};
    return &craft->choices[craft->choice_count++];
}

/* keep=lengths|checksums */
static bool scan_keep(struct tapir__scan *scan, struct tapir__craft_layer *layer)
{
    const char *at;
    tapir_span words;
    bool quoted;

    tapir__skip_spaces(scan);
    at = scan->at;
    if (!tapir__scan_word(scan, &words, &quoted))
        return false;
    for (size_t start = 0, i = 0; i <= words.len; i++) {
        unsigned keep;
        if (i < words.len && words.data[i] != '|' && words.data[i] != '+')
            continue;
        keep = tapir_keep_named(tapir_span_of(words.data + start, i - start));
        if (!keep)
            return tapir__craft_refuse(scan, at + quoted + start, TAPIR_NOT_FOUND,
                "what can be kept is lengths, keys, checksums, padding or all");
        layer->keep |= keep;
        start = i + 1;
    }
    return true;
}

static bool no_field(struct tapir__scan *scan, const struct tapir__craft_layer *layer,
    tapir_span word, const char *at)
{
    char name[TAPIR__MAX_NAME];
    tapir_nearest nearest = tapir_nearest_to(name);
    tapir_text hint = {0};

    snprintf(
        name, sizeof name, "%.*s", (int)(word.len < 60 ? word.len : 60), (const char *)word.data);
    tapir__offer_fields(layer->proto, layer->fields, &nearest);
    tapir_nearest_text(&nearest, &hint);
    tapir__craft_refuse(scan, at, TAPIR_NOT_FOUND, "%s has no field '%s'%s", layer->proto->name,
        name, tapir_text_string(&hint));
    tapir_text_clear(&hint);
    return false;
}

/* What giving one field says about another: the key of GRE that it is there. */
static void imply(struct tapir__craft_layer *layer, const struct tapir__word *word)
{
    for (size_t i = 0; word && i < layer->proto->field_count; i++) {
        const tapir_field *field = &layer->proto->fields[i];
        if (strcmp(field->member, word->implied) != 0)
            continue;
        tapir_member_set(layer->fields + field->offset, field->size,
            tapir_member_uint(layer->fields + field->offset, field->size) | word->bits);
        return;
    }
}

/* field=value, or a value alone. */
static bool scan_given(struct tapir__scan *scan, struct tapir__craft_layer *layer)
{
    const char *at, *end;
    struct tapir__found found;
    struct tapir__choice *choice;
    tapir_span word;

    tapir__skip_spaces(scan);
    at = end = scan->at;
    while (isalnum((uint8_t)*end) || (*end && strchr("_.-", *end)))
        end++;
    word = tapir_span_of(at, (size_t)(end - at));
    scan->at = end;
    if (!word.len || !tapir__scan_char(scan, '=')) {
        scan->at = at;
        if (layer->proto != &tapir_data_proto)
            return tapir__craft_refuse(scan, at, TAPIR_INVALID, "what is given is field=value");
        word = tapir_span_of(layer->proto->fields->name, strlen(layer->proto->fields->name));
    }
    if (tapir__same_word(word, "keep"))
        return scan_keep(scan, layer);
    found = tapir__find_field(layer->proto, layer->fields, word);
    if (!found.field)
        return no_field(scan, layer, word, at);
    if (tapir__scan_none(scan))
        return true;
    choice = add_choice(scan);
    if (!choice)
        return false;
    choice->field = found.field;
    choice->part = found.part;
    choice->place = (size_t)(at - scan->text);
    if (!tapir__scan_value(scan, choice, found.scaled))
        return false;
    imply(layer, found.implies);
    /* Which fields there are may hang on what has been given before: the type of a message. */
    tapir__choice_set(layer->fields, choice, 0);
    return true;
}

static bool no_layer(struct tapir__scan *scan, tapir_span word, const char *at)
{
    char name[TAPIR__MAX_NAME];
    tapir_nearest nearest = tapir_nearest_to(name);
    tapir_text hint = {0};

    snprintf(
        name, sizeof name, "%.*s", (int)(word.len < 60 ? word.len : 60), (const char *)word.data);
    tapir__offer_layers(scan->craft->registry, &nearest);
    tapir_nearest_text(&nearest, &hint);
    tapir__craft_refuse(
        scan, at, TAPIR_NOT_FOUND, "no layer '%s'%s", name, tapir_text_string(&hint));
    tapir_text_clear(&hint);
    return false;
}

/* To scapy options of neighbour discovery and chunks of SCTP are layers:
 * ICMPv6ND_NS()/ICMPv6NDOptSrcLLAddr(...). What their words begin with, and where they go. */
static const struct item_layer {
    const char *prefix, *proto, *list;
} item_layers[] = {{"ICMPv6NDOpt", "icmpv6", "options"}, {"SCTPChunk", "sctp", "chunks"}};

/* Returns what such a word is behind the last layer; NULL for another word. */
static const struct item_layer *find_item_layer(const struct tapir_craft *craft, tapir_span word)
{
    const char *last = craft->layer_count ? craft->layers[craft->layer_count - 1].proto->name : "";

    for (size_t i = 0; i < TAPIR_COUNT(item_layers); i++) {
        const size_t len = strlen(item_layers[i].prefix);
        if (word.len > len && strcmp(last, item_layers[i].proto) == 0 &&
            tapir__same_word(tapir_span_of(word.data, len), item_layers[i].prefix))
            return &item_layers[i];
    }
    return NULL;
}

/* The choice of a field of the last layer, to be added to; a new one when there is none. */
static struct tapir__choice *choice_of(struct tapir__scan *scan, const tapir_field *field)
{
    struct tapir_craft *craft = scan->craft;
    struct tapir__choice *choice;

    for (size_t i = craft->choice_count; i-- > 0;)
        if (craft->choices[i].layer == craft->layer_count - 1 && craft->choices[i].field == field)
            return &craft->choices[i];
    choice = add_choice(scan);
    if (!choice)
        return NULL;
    choice->field = field;
    choice->place = (size_t)(scan->at - scan->text);
    choice->alternatives = tapir__craft_memory(scan, sizeof *choice->alternatives);
    if (!choice->alternatives)
        return NULL;
    choice->alternatives->count = choice->alternative_count = 1;
    choice->count = 1;
    return choice;
}

static bool scan_option_layer(
    struct tapir__scan *scan, const char *list, tapir_span word, const char *at)
{
    const struct tapir__craft_layer *layer = &scan->craft->layers[scan->craft->layer_count - 1];
    const struct tapir__found found =
        tapir__find_field(layer->proto, layer->fields, tapir_span_of(list, strlen(list)));
    struct tapir__choice *choice;

    if (!found.field || !found.field->list || !found.field->list->maker_count)
        return tapir__craft_refuse(
            scan, at, TAPIR_INVALID, "there are no options in this message; its type comes first");
    choice = choice_of(scan, found.field);
    return choice && tapir__scan_option_layer(
                         scan, found.field->list, word, at, &choice->alternatives->bytes);
}

/* BOOTP()/DHCP() are two layers to scapy and one header: the layer that goes on, or NULL. */
static struct tapir__craft_layer *continued(struct tapir_craft *craft, const tapir_proto *proto)
{
    struct tapir__craft_layer *last =
        craft->layer_count ? &craft->layers[craft->layer_count - 1] : NULL;

    return last && last->proto == proto && strcmp(proto->name, "dhcp") == 0 ? last : NULL;
}

static bool scan_layer(struct tapir__scan *scan)
{
    const char *at, *end;
    const tapir_proto *proto;
    struct tapir__craft_layer *layer;
    tapir_span word;
    const struct item_layer *item;
    int type;

    tapir__skip_spaces(scan);
    at = end = scan->at;
    if (tapir__at_quote(at) || (at[0] == '0' && (at[1] == 'x' || at[1] == 'X')))
        return scan_payload(scan);
    while (isalnum((uint8_t)*end) || (*end && strchr("_.-", *end)))
        end++;
    if (end == at)
        return tapir__craft_refuse(scan, at, TAPIR_INVALID, "a layer or a payload is missing here");
    word = tapir_span_of(at, (size_t)(end - at));
    proto = tapir__find_layer(scan->craft->registry, word, &type);
    if (!proto && (item = find_item_layer(scan->craft, word))) {
        const size_t prefix = strlen(item->prefix);
        scan->at = end;
        return scan_option_layer(
            scan, item->list, tapir_span_of(word.data + prefix, word.len - prefix), at + prefix);
    }
    if (!proto)
        return no_layer(scan, word, at);
    if (!proto->encode)
        return tapir__craft_refuse(
            scan, at, TAPIR_UNSUPPORTED, "%s can be read and not be written", proto->name);
    layer = continued(scan->craft, proto);
    if (!layer)
        layer = add_layer(scan, proto, at);
    scan->at = end;
    if (!layer)
        return false;
    if (type >= 0)
        tapir_member_set(
            layer->fields + proto->fields->offset, proto->fields->size, (uint64_t)type);
    if (!tapir__scan_char(scan, '(') || tapir__scan_char(scan, ')'))
        return true;
    do {
        if (!scan_given(scan, layer))
            return false;
    } while (tapir__scan_char(scan, ','));
    if (!tapir__scan_char(scan, ')'))
        return tapir__craft_refuse(scan, scan->at, TAPIR_INVALID, "a ',' or ')' is missing");
    return true;
}

/* Whether a protocol is found by a port of that space. */
static bool has_port(const tapir_proto *proto, const tapir_space *space, uint64_t port)
{
    for (size_t i = 0; proto && i < proto->binding_count; i++)
        if (proto->bindings[i].space == space && proto->bindings[i].value == port)
            return true;
    return false;
}

/* The port that a protocol is found by; 0 when there is none. */
static uint64_t port_of(const tapir_proto *proto, const tapir_space *space)
{
    for (size_t i = 0; proto && i < proto->binding_count; i++)
        if (proto->bindings[i].space == space)
            return proto->bindings[i].value;
    return 0;
}

/* The other side's port where one side has the protocol's; nobody's, mostly. */
static uint64_t peer_port(const tapir_proto *proto, uint64_t port)
{
    if (proto && strcmp(proto->name, "dhcp") == 0)
        return port == DHCP_SERVER_PORT ? DHCP_CLIENT_PORT : DHCP_SERVER_PORT;
    return proto && strcmp(proto->name, "mdns") == 0 ? port : DEFAULT_SRC_PORT;
}

/* Ports nobody gave are that of the protocol inside, and its peer's. */
static void choose_ports(struct tapir_craft *craft, size_t index, const tapir_space *space)
{
    const tapir_proto *inside =
        index + 1 < craft->layer_count ? craft->layers[index + 1].proto : NULL;
    struct tapir__craft_layer *layer = &craft->layers[index];
    bool given[2] = {false, false};
    uint64_t ports[2]; /* source, destination: the first two fields */

    for (size_t i = 0; i < craft->choice_count; i++)
        for (size_t side = 0; side < 2; side++)
            given[side] |= craft->choices[i].layer == index &&
                           craft->choices[i].field == &layer->proto->fields[side];
    for (size_t side = 0; side < 2; side++)
        ports[side] = tapir_member_uint(layer->fields + layer->proto->fields[side].offset, 2);
    if (!given[1])
        ports[1] = given[0] && has_port(inside, space, ports[0]) ? peer_port(inside, ports[0])
                                                                 : port_of(inside, space);
    if (!given[0])
        ports[0] = peer_port(inside, ports[1]);
    for (size_t side = 0; side < 2; side++)
        tapir_member_set(layer->fields + layer->proto->fields[side].offset, 2, ports[side]);
}

const tapir_space *tapir__port_space(const tapir_proto *proto)
{
    return strcmp(proto->name, "tcp") == 0    ? TAPIR_TCP_PORT
           : strcmp(proto->name, "udp") == 0  ? TAPIR_UDP_PORT
           : strcmp(proto->name, "sctp") == 0 ? TAPIR_SCTP_PORT
                                              : NULL;
}

static void choose_all_ports(struct tapir_craft *craft)
{
    for (size_t i = 0; i < craft->layer_count; i++) {
        const tapir_space *space = tapir__port_space(craft->layers[i].proto);
        if (space)
            choose_ports(craft, i, space);
    }
}

static bool scan_text(struct tapir__scan *scan)
{
    struct tapir_craft *craft = scan->craft;

    do {
        if (!scan_layer(scan))
            return false;
    } while (tapir__scan_char(scan, '/'));
    if (*scan->at)
        return tapir__craft_refuse(scan, scan->at, TAPIR_INVALID,
            "layers are separated by '/', what is in a layer stands in brackets");
    choose_all_ports(craft);
    craft->count = 1;
    for (size_t i = 0; i < craft->choice_count; i++)
        if (__builtin_mul_overflow(craft->count, craft->choices[i].count, &craft->count))
            craft->count = UINT64_MAX;
    return true;
}

tapir_status tapir_craft_new(
    tapir_craft **to, const tapir_registry *registry, const char *text, tapir_error *error)
{
    tapir_craft *craft = calloc(1, sizeof *craft);
    struct tapir__scan scan = {.craft = craft, .text = text, .at = text, .error = error};

    *to = NULL;
    if (craft) {
        craft->registry = registry ? registry : tapir_registry_default();
        craft->composed = malloc(TAPIR__LIST_ROOM);
        craft->builder = tapir_builder_new();
    }
    if (!craft || !craft->registry || !craft->composed || !craft->builder) {
        tapir_craft_free(craft);
        return tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    }
    if (!scan_text(&scan)) {
        tapir_craft_free(craft);
        return scan.status;
    }
    *to = craft;
    return TAPIR_OK;
}

void tapir_craft_free(tapir_craft *craft)
{
    struct tapir__block *next;

    if (!craft)
        return;
    for (struct tapir__block *block = craft->blocks; block; block = next) {
        next = block->next;
        free(block);
    }
    tapir_builder_free(craft->builder);
    free(craft->composed);
    free(craft->copy);
    free(craft);
}

uint64_t tapir_craft_count(const tapir_craft *craft)
{
    return craft->count;
}

uint16_t tapir_craft_link_type(const tapir_craft *craft)
{
    const tapir_proto *proto = craft->layers[0].proto;

    if (proto->role == TAPIR_ROLE_NETWORK)
        return TAPIR_LINK_TYPE_RAW;
    for (size_t i = 0; i < proto->binding_count; i++)
        if (proto->bindings[i].space == TAPIR_LINK_TYPE)
            return (uint16_t)proto->bindings[i].value;
    return TAPIR_LINK_TYPE_UNKNOWN;
}
