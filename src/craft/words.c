/* What layers and fields are called in text: our names, and words that others have for them. */
#include "craft.h"

#include <ctype.h>

/* Other words for layers. */
static const struct {
    const char *word, *name;
} layer_words[] = {
    {"Ether", "eth"},
    {"ethernet", "eth"},
    {"Dot3", "eth"},
    {"Dot1Q", "vlan"},
    {"Dot1AD", "ieee8021ad"},
    {"qinq", "ieee8021ad"},
    {"CookedLinux", "sll"},
    {"CookedLinuxV2", "sll2"},
    {"Loopback", "null"},
    {"ipv4", "ip"},
    {"hopopts", "ipv6.hopopts"},
    {"IPv6ExtHdrHopByHop", "ipv6.hopopts"},
    {"routing", "ipv6.routing"},
    {"IPv6ExtHdrRouting", "ipv6.routing"},
    {"IPv6ExtHdrSegmentRouting", "ipv6.routing"},
    {"fraghdr", "ipv6.fraghdr"},
    {"fragment", "ipv6.fraghdr"},
    {"IPv6ExtHdrFragment", "ipv6.fraghdr"},
    {"dstopts", "ipv6.dstopts"},
    {"IPv6ExtHdrDestOpt", "ipv6.dstopts"},
    {"icmp6", "icmpv6"},
    {"PPPoE", "pppoes"},
    {"PPPoED", "pppoed"},
    {"BOOTP", "dhcp"},
    {"Raw", "data"},
    {"payload", "data"},
};

static const struct tapir__word field_words[] = {
    {"vlan", "prio", "priority", NULL, 0},
    {"vlan", "vlan", "id", NULL, 0},
    {"ieee8021ad", "prio", "priority", NULL, 0},
    {"ieee8021ad", "vlan", "id", NULL, 0},
    {"arp", "hwtype", "hardware_type", NULL, 0},
    {"arp", "ptype", "protocol_type", NULL, 0},
    {"arp", "hwlen", "hardware_size", NULL, 0},
    {"arp", "plen", "protocol_size", NULL, 0},
    {"arp", "op", "operation", NULL, 0},
    {"arp", "hwsrc", "src_hardware", NULL, 0},
    {"arp", "psrc", "src_protocol", NULL, 0},
    {"arp", "hwdst", "dst_hardware", NULL, 0},
    {"arp", "pdst", "dst_protocol", NULL, 0},
    {"ip", "ihl", "header_words", NULL, 0},
    {"ip", "tos", "ds_field", NULL, 0},
    {"ip", "frag", "fragment_offset", NULL, 0},
    {"ip", "chksum", "checksum", NULL, 0},
    {"ipv6", "tc", "traffic_class", NULL, 0},
    {"ipv6", "fl", "flow_label", NULL, 0},
    {"ipv6", "nh", "next_header", NULL, 0},
    {"ipv6.hopopts", "nh", "next_header", NULL, 0},
    {"ipv6.dstopts", "nh", "next_header", NULL, 0},
    {"ipv6.routing", "nh", "next_header", NULL, 0},
    {"ipv6.routing", "segleft", "segments_left", NULL, 0},
    {"ipv6.routing", "addresses", "data", NULL, 0},
    {"ipv6.fraghdr", "nh", "next_header", NULL, 0},
    {"ipv6.fraghdr", "m", "more_fragments", NULL, 0},
    {"tcp", "sport", "src_port", NULL, 0},
    {"tcp", "dport", "dst_port", NULL, 0},
    {"tcp", "dataofs", "header_words", NULL, 0},
    {"tcp", "chksum", "checksum", NULL, 0},
    {"tcp", "urgptr", "urgent", NULL, 0},
    {"udp", "sport", "src_port", NULL, 0},
    {"udp", "dport", "dst_port", NULL, 0},
    {"udp", "len", "length", NULL, 0},
    {"udp", "chksum", "checksum", NULL, 0},
    {"sctp", "sport", "src_port", NULL, 0},
    {"sctp", "dport", "dst_port", NULL, 0},
    {"sctp", "chksum", "checksum", NULL, 0},
    {"sctp", "tag", "verification_tag", NULL, 0},
    {"icmp", "chksum", "checksum", NULL, 0},
    {"icmp", "id", "ident", NULL, 0},
    {"icmpv6", "cksum", "checksum", NULL, 0},
    {"icmpv6", "id", "identifier", NULL, 0},
    {"icmpv6", "seq", "sequence", NULL, 0},
    {"icmpv6", "tgt", "target", NULL, 0},
    {"gre", "proto", "protocol", NULL, 0},
    {"gre", "chksum", "checksum", "flags", 0x8000},
    {"gre", "checksum", "checksum", "flags", 0x8000},
    {"gre", "key", "key", "flags", 0x2000},
    {"gre", "sequence", "sequence", "flags", 0x1000},
    {"gre", "seqence_number", "sequence", "flags", 0x1000},
    {"gre", "sequence_number", "sequence", "flags", 0x1000},
    {"gre", "seqnum", "sequence", "flags", 0x1000},
    {"mpls", "cos", "traffic_class", NULL, 0},
    {"mpls", "s", "bottom", NULL, 0},
    {"dns", "qd", "questions", NULL, 0},
    {"dns", "an", "answers", NULL, 0},
    {"dns", "ns", "authorities", NULL, 0},
    {"dns", "ar", "additionals", NULL, 0},
    {"dns", "qr", "dns.flags.response", NULL, 0},
    {"dns", "aa", "dns.flags.authoritative", NULL, 0},
    {"dns", "tc", "dns.flags.truncated", NULL, 0},
    {"dns", "rd", "dns.flags.recdesired", NULL, 0},
    {"dns", "ra", "dns.flags.recavail", NULL, 0},
    {"mdns", "qd", "questions", NULL, 0},
    {"mdns", "an", "answers", NULL, 0},
    {"mdns", "qr", "dns.flags.response", NULL, 0},
    {"data", "load", "bytes", NULL, 0},
    {"dhcp", "op", "type", NULL, 0},
    {"dhcp", "xid", "id", NULL, 0},
};

bool tapir__same_word(tapir_span word, const char *name)
{
    size_t i;

    for (i = 0; i < word.len && name[i]; i++) {
        int a = tolower(word.data[i]), b = tolower((uint8_t)name[i]);
        if ((a == '-' ? '_' : a) != (b == '-' ? '_' : b))
            return false;
    }
    return i == word.len && !name[i];
}

static const tapir_proto *find_named(const tapir_registry *registry, const char *name)
{
    if (strcmp(name, tapir_data_proto.name) == 0)
        return &tapir_data_proto;
    return tapir_registry_find_name(registry, name);
}

const tapir_proto *tapir__find_layer(const tapir_registry *registry, tapir_span word)
{
    const tapir_proto *proto;

    for (size_t i = 0; (proto = tapir_registry_each(registry, i)); i++)
        if (tapir__same_word(word, proto->name))
            return proto;
    if (tapir__same_word(word, tapir_data_proto.name))
        return &tapir_data_proto;
    for (size_t i = 0; i < TAPIR_COUNT(layer_words); i++)
        if (tapir__same_word(word, layer_words[i].word))
            return find_named(registry, layer_words[i].name);
    return NULL;
}

/* What follows the n-th dot of a name, counted from its end when `last`; NULL when there is none.
 */
static const char *behind_dot(const char *name, bool last)
{
    const char *dot = name ? (last ? strrchr(name, '.') : strchr(name, '.')) : NULL;

    return dot ? dot + 1 : NULL;
}

/* How well a name in the text fits, best first. */
enum fit { FIT_NAME, FIT_MEMBER, FIT_REST, FIT_LAST, FIT_ALIAS, FIT_NONE };

static enum fit fit_of(const tapir_field *field, tapir_span word)
{
    const char *rest = behind_dot(field->name, false), *last = behind_dot(field->name, true);
    const char *alias = behind_dot(field->alias, true);
    const char *member = behind_dot(field->member, true);

    if (tapir__same_word(word, field->name))
        return FIT_NAME;
    if (tapir__same_word(word, member ? member : field->member))
        return FIT_MEMBER;
    if (rest && tapir__same_word(word, rest))
        return FIT_REST;
    if (last && tapir__same_word(word, last))
        return FIT_LAST;
    if (alias && tapir__same_word(word, alias))
        return FIT_ALIAS;
    return FIT_NONE;
}

/* The same for some bits of a number. */
static enum fit fit_of_part(const tapir_part *part, tapir_span word)
{
    const char *rest = behind_dot(part->name, false), *last = behind_dot(part->name, true);

    if (tapir__same_word(word, part->name))
        return FIT_NAME;
    if (rest && tapir__same_word(word, rest))
        return FIT_REST;
    return last && tapir__same_word(word, last) ? FIT_LAST : FIT_NONE;
}

/* Whether text can give a field of a struct of `size` bytes a value. */
static bool can_be_given(const tapir_field *field, size_t size)
{
    if ((size_t)field->offset + field->size > size || field->kind == TAPIR_TEXT)
        return false;
    return (field->kind != TAPIR_BODY && field->kind != TAPIR_LIST) ||
           field->size == sizeof(tapir_span);
}

/* Looks through a table, keeping what fits best. */
static void look_through(const tapir_field *fields, size_t count, size_t size, tapir_span word,
    struct tapir__found *found, unsigned *best)
{
    for (size_t i = 0; i < count; i++) {
        const tapir_field *field = &fields[i];
        unsigned fit = 2u * fit_of(field, word);
        if (!can_be_given(field, size))
            continue;
        if (fit < *best) {
            *best = fit;
            *found = (struct tapir__found){
                .field = field, .scaled = fit / 2 != FIT_MEMBER && field->scale > 1};
        }
        for (const tapir_part *part = field->parts; part && part->name; part++) {
            fit = 2u * fit_of_part(part, word) + 1;
            if (fit < *best) {
                *best = fit;
                *found = (struct tapir__found){.field = field, .part = part};
            }
        }
    }
}

/* The table of a body that is part of the layer's own struct, by what that says; NULL: there is
 * none.
 */
static const tapir_record *body_of(
    const tapir_proto *proto, const void *fields, const tapir_field *field)
{
    tapir_item item;
    tapir_walk walk;

    if (field->kind != TAPIR_BODY || field->list->makers || field->list->item_size < proto->size ||
        field->list->item_size > sizeof item)
        return NULL;
    walk = tapir_walk_of(field->list, tapir_span_of(NULL, 0), fields);
    return field->list->next(&walk, &item);
}

static void look_everywhere(
    const tapir_proto *proto, const void *fields, tapir_span word, struct tapir__found *found)
{
    unsigned best = 2 * FIT_NONE;

    look_through(proto->fields, proto->field_count, proto->size, word, found, &best);
    for (size_t i = 0; i < proto->field_count; i++) {
        const tapir_record *record = body_of(proto, fields, &proto->fields[i]);
        if (record)
            look_through(record->fields, record->field_count, proto->size, word, found, &best);
    }
}

struct tapir__found tapir__find_field(const tapir_proto *proto, const void *fields, tapir_span word)
{
    struct tapir__found found = {.field = NULL};

    for (size_t i = 0; i < TAPIR_COUNT(field_words); i++) {
        const struct tapir__word *known = &field_words[i];
        if (strcmp(known->proto, proto->name) != 0 || !tapir__same_word(word, known->word))
            continue;
        look_everywhere(proto, fields, tapir_span_of(known->member, strlen(known->member)), &found);
        found.scaled = false;
        found.implies = known->implied ? known : NULL;
        if (found.field)
            return found;
    }
    look_everywhere(proto, fields, word, &found);
    return found;
}

static void offer(const tapir_field *fields, size_t count, size_t size, tapir_nearest *nearest)
{
    for (size_t i = 0; i < count; i++) {
        const char *last = behind_dot(fields[i].name, true);
        if (!can_be_given(&fields[i], size))
            continue;
        tapir_nearest_offer(nearest, fields[i].member);
        if (last)
            tapir_nearest_offer(nearest, last);
    }
}

void tapir__offer_fields(const tapir_proto *proto, const void *fields, tapir_nearest *nearest)
{
    offer(proto->fields, proto->field_count, proto->size, nearest);
    for (size_t i = 0; i < proto->field_count; i++) {
        const tapir_record *record = body_of(proto, fields, &proto->fields[i]);
        if (record)
            offer(record->fields, record->field_count, proto->size, nearest);
    }
    for (size_t i = 0; i < TAPIR_COUNT(field_words); i++)
        if (strcmp(field_words[i].proto, proto->name) == 0)
            tapir_nearest_offer(nearest, field_words[i].word);
}

/* One letter each, as in tcpdump and scapy. */
bool tapir__letters(const tapir_field *field, tapir_span word, uint64_t *bits)
{
    static const char tcp_letters[] = "FSRPAUECN";

    *bits = 0;
    if (strcmp(field->name, "tcp.flags") != 0 || !word.len)
        return false;
    for (size_t i = 0; i < word.len; i++) {
        const char *letter = strchr(tcp_letters, word.data[i]);
        if (!letter || !word.data[i])
            return false;
        *bits |= (uint64_t)1 << (letter - tcp_letters);
    }
    return true;
}
