/* Values of fields: single ones, ranges, lists of them, and lists of options made by their makers.
 */
#include "craft.h"

#include <ctype.h>
#include <stdio.h>

enum { MAX_ALTERNATIVES = 4096 };

static bool is_list(const tapir_field *field)
{
    return field->kind == TAPIR_LIST || field->kind == TAPIR_BODY;
}

static bool is_address(const tapir_field *field)
{
    return field->kind == TAPIR_IPV4 || field->kind == TAPIR_IPV6 || field->kind == TAPIR_MAC;
}

static bool is_number(const tapir_field *field)
{
    return field->kind <= TAPIR_FLAG;
}

static size_t address_len(uint8_t kind)
{
    return kind == TAPIR_IPV4 ? 4 : kind == TAPIR_IPV6 ? 16 : 6;
}

/* Makes room for one more alternative. */
static struct tapir__alternative *add(struct tapir__scan *scan, struct tapir__choice *choice)
{
    struct tapir__alternative *more;

    if (choice->alternative_count == MAX_ALTERNATIVES) {
        tapir__craft_refuse(
            scan, scan->at, TAPIR_INVALID, "a field takes %d values at most", MAX_ALTERNATIVES);
        return NULL;
    }
    /* Doubled when full, a power of two. */
    if ((choice->alternative_count & (choice->alternative_count - 1)) == 0) {
        size_t room = choice->alternative_count ? choice->alternative_count * 2 : 1;
        more = tapir__craft_memory(scan, room * sizeof *more);
        if (!more)
            return NULL;
        if (choice->alternative_count)
            memcpy(more, choice->alternatives, choice->alternative_count * sizeof *more);
        choice->alternatives = more;
    }
    more = &choice->alternatives[choice->alternative_count++];
    more->count = 1;
    return more;
}

/* What the value of a field or a part of it may be. */
static unsigned width(const struct tapir__choice *choice)
{
    const tapir_field *field = choice->field;

    if (choice->part)
        return (unsigned)__builtin_popcountll(choice->part->mask);
    return field->bits && field->bits <= 64 ? field->bits : field->size * 8u;
}

/* The field with the names that values have in this layer, or the part that was named. */
static const tapir_field *named(
    const struct tapir__scan *scan, const struct tapir__choice *choice, tapir_field *own)
{
    if (choice->part) {
        *own = (tapir_field){.name = choice->part->name, .labels = choice->part->labels};
    } else {
        *own = *choice->field;
        if (own->labels_of)
            own->labels = own->labels_of(scan->craft->layers[choice->layer].fields);
    }
    return own;
}

/* Wireshark counts some lengths in bytes that the wire counts in words. */
static bool unscale(struct tapir__scan *scan, const char *at, const struct tapir__choice *choice,
    bool scaled, uint64_t *number)
{
    uint8_t scale = choice->field->scale;

    if (!scaled)
        return true;
    if (*number % scale)
        return tapir__craft_refuse(
            scan, at, TAPIR_INVALID, "%s is a multiple of %u", choice->field->name, scale);
    *number /= scale;
    return true;
}

static bool scan_one_number(struct tapir__scan *scan, tapir_span word, const char *at,
    const struct tapir__choice *choice, bool scaled, uint64_t *number)
{
    unsigned bits = width(choice);
    tapir_field own;

    if (!tapir__scan_number(
            scan, word, at, named(scan, choice, &own), scaled ? 64 : bits, number) ||
        !unscale(scan, at, choice, scaled, number))
        return false;
    if (bits < 64 && *number >> bits)
        return tapir__craft_refuse(scan, at, TAPIR_TOO_WIDE, "%llu does not fit in %u bits",
            (unsigned long long)*number, bits);
    return true;
}

static bool set_range(struct tapir__scan *scan, const char *at,
    struct tapir__alternative *alternative, uint64_t first, uint64_t last)
{
    if (last < first)
        return tapir__craft_refuse(scan, at, TAPIR_INVALID, "the range ends before it begins");
    alternative->first = first;
    alternative->count = last - first == UINT64_MAX ? UINT64_MAX : last - first + 1;
    return true;
}

/* The hyphen of "10-20": between two digits, in a word that is no name. */
static const uint8_t *find_hyphen(tapir_span word)
{
    const uint8_t *hyphen = memchr(word.data, '-', word.len);

    for (size_t i = 0; hyphen && i < word.len; i++)
        if (!isxdigit(word.data[i]) && word.data[i] != 'x' && word.data + i != hyphen)
            return NULL;
    return hyphen && hyphen > word.data && isdigit(word.data[0]) ? hyphen : NULL;
}

/* 80, or 1-1024. */
static bool scan_number(struct tapir__scan *scan, struct tapir__choice *choice, bool scaled)
{
    struct tapir__alternative *alternative;
    const uint8_t *hyphen;
    uint64_t first, last;
    tapir_span word;
    const char *at;
    bool quoted;

    tapir__skip_spaces(scan);
    at = scan->at;
    if (!tapir__scan_word(scan, &word, &quoted))
        return false;
    hyphen = find_hyphen(word);
    alternative = add(scan, choice);
    if (!alternative)
        return false;
    if (!hyphen) {
        if (!scan_one_number(scan, word, at, choice, scaled, &first))
            return false;
        return set_range(scan, at, alternative, first, first);
    }
    if (!scan_one_number(scan, tapir_span_of(word.data, (size_t)(hyphen - word.data)), at, choice,
            scaled, &first) ||
        !scan_one_number(scan,
            tapir_span_of(hyphen + 1, (size_t)(word.data + word.len - hyphen - 1)),
            at + (hyphen - word.data) + 1, choice, scaled, &last))
        return false;
    return set_range(scan, at, alternative, first, last);
}

/* (1, 1024), scapy's range; the bracket has been taken. */
static bool scan_pair(struct tapir__scan *scan, struct tapir__choice *choice, bool scaled)
{
    struct tapir__alternative *alternative;
    const char *at = scan->at;
    uint64_t ends[2];

    for (size_t i = 0; i < 2; i++) {
        const char *start;
        tapir_span word;
        bool quoted;
        tapir__skip_spaces(scan);
        start = scan->at;
        if (!tapir__scan_word(scan, &word, &quoted) ||
            !scan_one_number(scan, word, start, choice, scaled, &ends[i]))
            return false;
        if (!tapir__scan_char(scan, i == 0 ? ',' : ')'))
            return tapir__craft_refuse(scan, scan->at, TAPIR_INVALID,
                i == 0 ? "a range is two numbers: (1, 1024)" : "a ')' is missing");
    }
    alternative = add(scan, choice);
    return alternative && set_range(scan, at, alternative, ends[0], ends[1]);
}

/* How many addresses there are from `a` to `b`, UINT64_MAX for all that is more; 0 when none. */
static uint64_t count_between(const uint8_t *a, const uint8_t *b, size_t len)
{
    uint64_t difference = 0;
    bool large = false;

    if (memcmp(a, b, len) > 0)
        return 0;
    for (size_t i = 0; i < len; i++) {
        large |= difference >> 55 != 0;
        difference = difference * 256 + b[i] - a[i];
    }
    return large || difference == UINT64_MAX ? UINT64_MAX : difference + 1;
}

/* 10.0.0.0/24: *len bytes of `address` become the first one, and the count is returned. */
static uint64_t take_prefix(uint8_t *address, size_t len, uint64_t prefix)
{
    uint64_t host = len * 8 - prefix;

    for (size_t bit = (size_t)prefix; bit < len * 8; bit++)
        address[bit / 8] &= (uint8_t) ~(0x80 >> bit % 8);
    return host > 63 ? UINT64_MAX : (uint64_t)1 << host;
}

static bool scan_prefix(struct tapir__scan *scan, const char *at, tapir_span digits, size_t len,
    struct tapir__alternative *alternative)
{
    uint64_t prefix;

    if (!tapir__scan_number(scan, digits, at, NULL, 8, &prefix))
        return false;
    if (prefix > len * 8)
        return tapir__craft_refuse(
            scan, at, TAPIR_TOO_WIDE, "a prefix here has %zu bits at most", len * 8);
    alternative->count = take_prefix((uint8_t *)(uintptr_t)alternative->bytes.data, len, prefix);
    return true;
}

/* 10.0.0.1-10.0.0.9 or 10.0.0.1-9. */
static bool scan_last(struct tapir__scan *scan, const char *at, tapir_span word, uint8_t kind,
    size_t len, struct tapir__alternative *alternative)
{
    uint8_t last[16];
    uint64_t number;

    memcpy(last, alternative->bytes.data, len);
    if (!tapir__parse_address(word, kind, last)) {
        if (!tapir__scan_number(scan, word, at, NULL, 8, &number))
            return false;
        last[len - 1] = (uint8_t)number;
    }
    alternative->count = count_between(alternative->bytes.data, last, len);
    if (!alternative->count)
        return tapir__craft_refuse(scan, at, TAPIR_INVALID, "the range ends before it begins");
    return true;
}

static bool no_address(struct tapir__scan *scan, const char *at, tapir_span word, uint8_t kind)
{
    return tapir__craft_refuse(scan, at, TAPIR_INVALID, "'%.*s' is no %s address",
        (int)(word.len < 60 ? word.len : 60), (const char *)word.data,
        kind == TAPIR_MAC    ? "MAC"
        : kind == TAPIR_IPV4 ? "IPv4"
                             : "IPv6");
}

static bool scan_address(struct tapir__scan *scan, struct tapir__choice *choice, uint8_t kind)
{
    const size_t len = address_len(kind);
    struct tapir__alternative *alternative;
    tapir_span word, first, rest = {NULL, 0};
    uint8_t *address;
    const char *at;
    bool quoted;

    tapir__skip_spaces(scan);
    at = scan->at;
    if (!tapir__scan_word(scan, &word, &quoted))
        return false;
    address = tapir__craft_memory(scan, 16);
    alternative = add(scan, choice);
    if (!address || !alternative)
        return false;
    alternative->bytes = tapir_span_of(address, len);
    at += quoted;
    first = word;
    for (size_t i = 1; i < word.len && !tapir__parse_address(first, kind, address); i++) {
        if (word.data[i] != '/' && (word.data[i] != '-' || rest.len))
            continue;
        first = tapir_span_of(word.data, i);
        rest = tapir_span_of(word.data + i, word.len - i);
    }
    if (!tapir__parse_address(first, kind, address))
        return no_address(scan, at, word, kind);
    if (!rest.len)
        return true;
    at += rest.data + 1 - word.data;
    if (rest.data[0] == '/')
        return scan_prefix(scan, at, tapir_span_of(rest.data + 1, rest.len - 1), len, alternative);
    return scan_last(scan, at, tapir_span_of(rest.data + 1, rest.len - 1), kind, len, alternative);
}

/* Text in quotes that is an address becomes its bytes; false when out of memory. */
static bool take_address(struct tapir__scan *scan, tapir_span *bytes)
{
    static const struct {
        uint8_t kind;
        size_t len;
    } kinds[] = {{TAPIR_MAC, 6}, {TAPIR_IPV4, 4}, {TAPIR_IPV6, 16}};
    uint8_t *address = tapir__craft_memory(scan, 16);

    for (size_t i = 0; address && i < TAPIR_COUNT(kinds); i++)
        if (tapir__parse_address(*bytes, kinds[i].kind, address)) {
            *bytes = tapir_span_of(address, kinds[i].len);
            break;
        }
    return address;
}

/* Bytes of a span, or of an array that they fill. */
static bool scan_bytes(struct tapir__scan *scan, struct tapir__choice *choice)
{
    struct tapir__alternative *alternative = add(scan, choice);
    const char *at;
    uint8_t *filled;

    tapir__skip_spaces(scan);
    at = scan->at;
    if (!alternative || !tapir__scan_bytes(scan, &alternative->bytes) ||
        !tapir__scan_repeats(scan, &alternative->bytes))
        return false;
    if (choice->field->address && tapir__at_quote(at) && !take_address(scan, &alternative->bytes))
        return false;
    if (choice->field->kind != TAPIR_BYTES &&
        (choice->field->kind != TAPIR_TEXT || choice->field->size == sizeof(tapir_span)))
        return true;
    if (alternative->bytes.len > choice->field->size)
        return tapir__craft_refuse(scan, at, TAPIR_TOO_WIDE,
            "%zu bytes do not fit, %u are the most", alternative->bytes.len, choice->field->size);
    filled = tapir__craft_memory(scan, choice->field->size);
    if (!filled)
        return false;
    if (alternative->bytes.len)
        memcpy(filled, alternative->bytes.data, alternative->bytes.len);
    alternative->bytes = tapir_span_of(filled, choice->field->size);
    return true;
}

/* Whether several IP addresses stand here for a field of bytes that holds one: ARP's. */
static bool is_span_range(struct tapir__scan scan, const tapir_field *field, uint8_t *kind)
{
    static const uint8_t kinds[] = {TAPIR_IPV4, TAPIR_IPV6};
    uint8_t address[16];
    tapir_span word;
    bool quoted;

    scan.error = NULL;
    if (!field->address || field->size != sizeof(tapir_span) ||
        !tapir__scan_word(&scan, &word, &quoted))
        return false;
    for (size_t i = 1; i < word.len; i++)
        for (size_t j = 0; j < TAPIR_COUNT(kinds); j++)
            if ((word.data[i] == '/' || word.data[i] == '-') &&
                tapir__parse_address(tapir_span_of(word.data, i), kinds[j], address)) {
                *kind = kinds[j];
                return true;
            }
    return false;
}

static bool scan_span_range(struct tapir__scan *scan, struct tapir__choice *choice, uint8_t kind)
{
    if (!choice->counted)
        choice->counted = tapir__craft_memory(scan, 16);
    return choice->counted && scan_address(scan, choice, kind);
}

static bool scan_single(struct tapir__scan *scan, struct tapir__choice *choice, bool scaled)
{
    struct tapir__alternative *alternative;
    uint8_t kind;

    if (is_list(choice->field)) {
        alternative = add(scan, choice);
        return alternative && tapir__scan_list(scan, choice->field->list, &alternative->bytes);
    }
    if (is_address(choice->field))
        return scan_address(scan, choice, choice->field->kind);
    if (is_span_range(*scan, choice->field, &kind))
        return scan_span_range(scan, choice, kind);
    if (!is_number(choice->field))
        return scan_bytes(scan, choice);
    if (tapir__scan_char(scan, '('))
        return scan_pair(scan, choice, scaled);
    return scan_number(scan, choice, scaled);
}

bool tapir__scan_value(struct tapir__scan *scan, struct tapir__choice *choice, bool scaled)
{
    bool several = !is_list(choice->field) && tapir__scan_char(scan, '[');

    do {
        if (!scan_single(scan, choice, scaled))
            return false;
    } while (several && tapir__scan_char(scan, ','));
    if (several && !tapir__scan_char(scan, ']'))
        return tapir__craft_refuse(scan, scan->at, TAPIR_INVALID, "a ',' or ']' is missing");
    choice->count = 0;
    for (size_t i = 0; i < choice->alternative_count; i++)
        if (__builtin_add_overflow(choice->count, choice->alternatives[i].count, &choice->count))
            choice->count = UINT64_MAX;
    return true;
}

/* Lists of options: makers, called with arguments. */

/* What goes into a list, as far as a message has room. */
static void list_makers(const tapir_list *list, tapir_text *text)
{
    enum { ROOM = 120 };
    size_t i = 0;

    for (; i < list->maker_count && text->len < ROOM; i++)
        tapir_text_printf(text, "%s%s", i ? ", " : "; there are ", list->makers[i].name);
    if (i < list->maker_count)
        tapir_text_put(text, " ...");
}

static const tapir_maker *find_maker(
    struct tapir__scan *scan, const tapir_list *list, tapir_span word, const char *at)
{
    const tapir_maker *maker = tapir_maker_find(list, word);
    char name[TAPIR__MAX_NAME];
    tapir_nearest nearest = tapir_nearest_to(name);
    tapir_text hint = {0};

    if (maker)
        return maker;
    snprintf(
        name, sizeof name, "%.*s", (int)(word.len < 60 ? word.len : 60), (const char *)word.data);
    for (size_t i = 0; i < list->maker_count; i++)
        tapir_nearest_offer(&nearest, list->makers[i].name);
    if (nearest.count)
        tapir_nearest_text(&nearest, &hint);
    else
        list_makers(list, &hint);
    tapir__craft_refuse(scan, at, TAPIR_NOT_FOUND, "nothing called '%s' goes into this list%s",
        name, tapir_text_string(&hint));
    tapir_text_clear(&hint);
    return NULL;
}

/* Reads one argument by what its parameter wants. */
static bool scan_argument(
    struct tapir__scan *scan, const tapir_parameter *parameter, tapir_argument *argument)
{
    const tapir_field field = {.name = parameter->name, .labels = parameter->labels};
    const char *at, *trouble;
    uint8_t *address;
    tapir_span word;
    bool quoted;

    tapir__skip_spaces(scan);
    at = scan->at;
    argument->given = true;
    switch (parameter->kind) {
    case TAPIR_UINT:
        return tapir__scan_word(scan, &word, &quoted) &&
               tapir__scan_number(scan, word, at, &field, parameter->bits, &argument->number);
    case TAPIR_IPV4:
    case TAPIR_IPV6:
    case TAPIR_MAC:
        address = tapir__craft_memory(scan, 16);
        if (!address || !tapir__scan_word(scan, &word, &quoted))
            return false;
        if (!tapir__parse_address(word, parameter->kind, address))
            return no_address(scan, at, word, parameter->kind);
        argument->bytes = tapir_span_of(address, parameter->kind == TAPIR_IPV4   ? 4
                                                 : parameter->kind == TAPIR_IPV6 ? 16
                                                                                 : 6);
        break;
    case TAPIR_STRING:
        if (!tapir__scan_word(scan, &argument->bytes, &quoted))
            return false;
        break;
    case TAPIR_LIST:
        return tapir__scan_list(scan, parameter->list, &argument->bytes);
    default:
        if (!tapir__scan_bytes(scan, &argument->bytes))
            return false;
        break;
    }
    trouble = parameter->trouble ? parameter->trouble(argument->bytes) : NULL;
    if (trouble)
        return tapir__craft_refuse(scan, at, TAPIR_INVALID, "%s: %s", parameter->name, trouble);
    return true;
}

/* Scapy's words for parameters. */
static const char *other_word(tapir_span word)
{
    static const struct {
        const char *word, *name;
    } words[] = {{"qname", "name"}, {"rrname", "name"}, {"qtype", "type"}, {"qclass", "class"},
        {"rclass", "class"}, {"rdata", "data"}, {"exchange", "server"}, {"mname", "primary"},
        {"rname", "mailbox"}, {"minimum", "minimum_ttl"}, {"lladdr", "address"},
        {"prefixlen", "prefix_len"}, {"validlifetime", "valid_lifetime"},
        {"preferredlifetime", "preferred_lifetime"}, {"addr", "address"}, {"stream_id", "stream"},
        {"stream_seq", "sequence"}, {"proto_id", "protocol"}, {"init_tag", "tag"},
        {"a_rwnd", "window"}, {"n_out_streams", "out_streams"}, {"n_in_streams", "in_streams"},
        {"init_tsn", "tsn"}, {"cumul_tsn_ack", "tsn"}, {"params", "parameters"},
        {"error_causes", "causes"}, {"tag_type", "type"}, {"tag_value", "data"}};

    for (size_t i = 0; i < TAPIR_COUNT(words); i++)
        if (tapir__same_word(word, words[i].word))
            return words[i].name;
    return NULL;
}

static size_t find_parameter(const tapir_maker *maker, tapir_span word)
{
    const char *other = other_word(word);
    size_t index = 0;

    while (index < maker->parameter_count &&
           !tapir__same_word(word, maker->parameters[index].name) &&
           !(other && strcmp(other, maker->parameters[index].name) == 0))
        index++;
    return index;
}

/* Arguments being gathered for one maker. */
struct call {
    const tapir_maker *maker;
    bool is_rdata; /* what comes next is scapy's rdata: an address where it looks like one */
    tapir_argument arguments[TAPIR_ARGUMENTS_MAX];
    size_t count, next; /* the next that is given without a name */
};

/* Takes "name=" if it stands here: the index of that parameter, or of the next one. */
static bool scan_parameter(struct tapir__scan *scan, struct call *call, size_t *index)
{
    const char *start, *end;

    tapir__skip_spaces(scan);
    start = end = scan->at;
    call->is_rdata = strncmp(start, "rdata=", 6) == 0;
    while (isalnum((uint8_t)*end) || *end == '_')
        end++;
    *index = call->next;
    if (end == start || *end != '=')
        return true;
    *index = find_parameter(call->maker, tapir_span_of(start, (size_t)(end - start)));
    if (*index == call->maker->parameter_count)
        return tapir__craft_refuse(scan, start, TAPIR_NOT_FOUND, "%s has no '%.*s'",
            call->maker->name, (int)(end - start < 60 ? end - start : 60), start);
    scan->at = end + 1;
    return true;
}

static bool scan_given(struct tapir__scan *scan, struct call *call)
{
    const tapir_maker *maker = call->maker;
    size_t index, parameter;

    if (!scan_parameter(scan, call, &index))
        return false;
    parameter = index;
    if (maker->parameter_count && index >= maker->parameter_count &&
        maker->parameters[maker->parameter_count - 1].repeated)
        parameter = maker->parameter_count - 1;
    if (parameter >= maker->parameter_count || index >= TAPIR_ARGUMENTS_MAX)
        return tapir__craft_refuse(scan, scan->at, TAPIR_INVALID, "%s takes %zu value%s",
            maker->name, maker->parameter_count, maker->parameter_count == 1 ? "" : "s");
    if (!scan_argument(scan, &maker->parameters[parameter], &call->arguments[index]) ||
        (call->is_rdata && !take_address(scan, &call->arguments[index].bytes)))
        return false;
    call->next = index + 1;
    if (call->next > call->count)
        call->count = call->next;
    return true;
}

/* '' or b'', which scapy has for options without a value. */
static bool scan_nothing(struct tapir__scan *scan)
{
    const char *at = scan->at + (*scan->at == 'b');

    if (!tapir__at_quote(at) || at[1] != at[0])
        return false;
    scan->at = at + 2;
    return true;
}

/* Whether a bracket here opens a list that is an argument. */
static bool list_is_next(const struct call *call)
{
    return call->next < call->maker->parameter_count &&
           call->maker->parameters[call->next].kind == TAPIR_LIST;
}

/* Reads arguments up to the bracket `closing`; scapy groups some in brackets of their own. */
static bool scan_arguments(struct tapir__scan *scan, struct call *call, char closing)
{
    enum { DEPTH = 8 };
    char open[DEPTH] = {closing};
    size_t depth = 1;

    while (depth) {
        bool bracket;
        if (tapir__scan_char(scan, open[depth - 1])) {
            depth--;
            continue;
        }
        if (tapir__scan_char(scan, ',') || tapir__scan_none(scan) ||
            (call->maker->parameter_count == 0 && scan_nothing(scan)))
            continue;
        bracket = *scan->at == '(' || (*scan->at == '[' && !list_is_next(call));
        if (!*scan->at || *scan->at == ')' || *scan->at == ']' || (bracket && depth == DEPTH))
            return tapir__craft_refuse(
                scan, scan->at, TAPIR_INVALID, "a '%c' is missing", open[depth - 1]);
        if (bracket)
            open[depth++] = *scan->at++ == '(' ? ')' : ']';
        else if (!scan_given(scan, call))
            return false;
    }
    return true;
}

static bool put(struct tapir__scan *scan, const char *at, struct call *call, tapir_writer *w)
{
    tapir_error error;
    tapir_status status = tapir_make(call->maker, w, call->arguments, call->count, &error);

    return status == TAPIR_OK || tapir__craft_refuse(scan, at, status, "%s", error.message);
}

/* (254, b'...'), scapy's option without a name: the first argument of what makes any option. */
static const tapir_maker *start_number(struct tapir__scan *scan, const tapir_list *list,
    tapir_span word, const char *at, struct call *call)
{
    static const char any[] = "option";
    const tapir_maker *maker = find_maker(scan, list, tapir_span_of(any, strlen(any)), at);

    if (!maker || !tapir__scan_number(
                      scan, word, at, NULL, maker->parameters[0].bits, &call->arguments[0].number))
        return NULL;
    call->arguments[0].given = true;
    call->count = call->next = 1;
    return maker;
}

/* mss(1460), nop, or ('MSS', 1460). */
static bool scan_item(struct tapir__scan *scan, const tapir_list *list, tapir_writer *w)
{
    struct call call = {.count = 0};
    const char *at;
    tapir_span word;
    bool tuple, quoted;

    tapir__skip_spaces(scan);
    at = scan->at;
    tuple = tapir__scan_char(scan, '(');
    if (!tapir__scan_word(scan, &word, &quoted))
        return false;
    if (tuple && word.len && isdigit(word.data[0]))
        call.maker = start_number(scan, list, word, at + tuple, &call);
    else
        call.maker = find_maker(scan, list, word, at + tuple + quoted);
    if (!call.maker)
        return false;
    scan->composed = (size_t)(w->at - scan->craft->composed);
    if ((tuple || tapir__scan_char(scan, '(')) && !scan_arguments(scan, &call, ')'))
        return false;
    return put(scan, at, &call, w);
}

bool tapir__scan_option_layer(struct tapir__scan *scan, const tapir_list *list, tapir_span word,
    const char *at, tapir_span *bytes)
{
    struct call call = {.maker = find_maker(scan, list, word, at)};
    uint8_t *const room = scan->craft->composed;
    tapir_writer w = tapir_writer_of(room, TAPIR__LIST_ROOM);
    uint8_t *kept;

    if (!call.maker)
        return false;
    tapir_put_span(&w, *bytes);
    scan->composed = (size_t)(w.at - room);
    if ((tapir__scan_char(scan, '(') && !scan_arguments(scan, &call, ')')) ||
        !put(scan, at, &call, &w))
        return false;
    kept = tapir__craft_memory(scan, (size_t)(w.at - room));
    if (!kept)
        return false;
    memcpy(kept, room, (size_t)(w.at - room));
    *bytes = tapir_span_of(kept, (size_t)(w.at - room));
    return true;
}

static bool begins_bytes(const char *at)
{
    return tapir__at_quote(at) || (at[0] == '0' && (at[1] == 'x' || at[1] == 'X'));
}

bool tapir__scan_list(struct tapir__scan *scan, const tapir_list *list, tapir_span *bytes)
{
    const size_t around = scan->composed;
    uint8_t *const room = scan->craft->composed + around;
    tapir_writer w = tapir_writer_of(room, TAPIR__LIST_ROOM - around);
    const char *at;
    uint8_t *kept;
    size_t len;
    bool several;

    tapir__skip_spaces(scan);
    at = scan->at;
    if (begins_bytes(at) || (*at != '[' && !list->maker_count))
        return tapir__scan_bytes(scan, bytes);
    several = tapir__scan_char(scan, '[');
    if (!several || !tapir__scan_char(scan, ']')) {
        if (!list->maker_count)
            return tapir__craft_refuse(scan, at, TAPIR_UNSUPPORTED,
                "there are no words for what is in this list; give its bytes: 0x0011");
        /* Scapy has records one behind the other like layers. */
        do {
            if (!scan_item(scan, list, &w))
                return false;
        } while (tapir__scan_char(scan, several ? ',' : '/'));
        if (several && !tapir__scan_char(scan, ']'))
            return tapir__craft_refuse(scan, scan->at, TAPIR_INVALID, "a ',' or ']' is missing");
    }
    scan->composed = around;
    len = (size_t)(w.at - room);
    kept = tapir__craft_memory(scan, len + 1);
    if (!kept)
        return false;
    memcpy(kept, room, len);
    *bytes = tapir_span_of(kept, len);
    return true;
}
