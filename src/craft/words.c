/* What layers and fields are called in text: our names, and words that others have for them. */
#include "craft.h"

#include <ctype.h>

/* Other words for layers; some of them say the type of the message, too. */
static const struct tapir__layer_word {
    const char *word, *name;
    int type; /* -1: does not say */
} layer_words[] = {
    {"Ether", "eth", -1},
    {"ethernet", "eth", -1},
    {"Dot3", "eth", -1},
    {"Dot1Q", "vlan", -1},
    {"Dot1AD", "ieee8021ad", -1},
    {"qinq", "ieee8021ad", -1},
    {"CookedLinux", "sll", -1},
    {"CookedLinuxV2", "sll2", -1},
    {"Loopback", "null", -1},
    {"ipv4", "ip", -1},
    {"hopopts", "ipv6.hopopts", -1},
    {"IPv6ExtHdrHopByHop", "ipv6.hopopts", -1},
    {"routing", "ipv6.routing", -1},
    {"IPv6ExtHdrRouting", "ipv6.routing", -1},
    {"IPv6ExtHdrSegmentRouting", "ipv6.routing", -1},
    {"fraghdr", "ipv6.fraghdr", -1},
    {"fragment", "ipv6.fraghdr", -1},
    {"IPv6ExtHdrFragment", "ipv6.fraghdr", -1},
    {"dstopts", "ipv6.dstopts", -1},
    {"IPv6ExtHdrDestOpt", "ipv6.dstopts", -1},
    {"icmp6", "icmpv6", -1},
    {"PPPoE", "pppoes", -1},
    {"PPPoED", "pppoed", -1},
    {"BOOTP", "dhcp", -1},
    {"Raw", "data", -1},
    {"payload", "data", -1},
    {"ICMPv6DestUnreach", "icmpv6", 1},
    {"ICMPv6PacketTooBig", "icmpv6", 2},
    {"ICMPv6TimeExceeded", "icmpv6", 3},
    {"ICMPv6ParamProblem", "icmpv6", 4},
    {"ICMPv6EchoRequest", "icmpv6", 128},
    {"ICMPv6EchoReply", "icmpv6", 129},
    {"ICMPv6MLQuery", "icmpv6", 130},
    {"ICMPv6MLReport", "icmpv6", 131},
    {"ICMPv6MLDone", "icmpv6", 132},
    {"ICMPv6ND_RS", "icmpv6", 133},
    {"ICMPv6ND_RA", "icmpv6", 134},
    {"ICMPv6ND_NS", "icmpv6", 135},
    {"ICMPv6ND_NA", "icmpv6", 136},
    {"ICMPv6ND_Redirect", "icmpv6", 137},
    {"ICMPv6MLReport2", "icmpv6", 143},
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
    {"icmp", "ts_ori", "timestamp.originate", NULL, 0},
    {"icmp", "ts_rx", "timestamp.receive", NULL, 0},
    {"icmp", "ts_tx", "timestamp.transmit", NULL, 0},
    {"icmp", "gw", "gateway", NULL, 0},
    {"icmp", "ptr", "pointer", NULL, 0},
    {"icmp", "addr_mask", "mask", NULL, 0},
    {"icmp", "nexthopmtu", "mtu", NULL, 0},
    {"icmpv6", "options", "items", NULL, 0},
    {"icmpv6", "records", "items", NULL, 0},
    {"icmpv6", "sources", "items", NULL, 0},
    {"icmpv6", "ptr", "pointer", NULL, 0},
    {"icmpv6", "dst", "destination", NULL, 0},
    {"icmpv6", "mladdr", "group", NULL, 0},
    {"icmpv6", "chlim", "hop_limit", NULL, 0},
    {"icmpv6", "routerlifetime", "lifetime", NULL, 0},
    {"icmpv6", "reachabletime", "reachable_ms", NULL, 0},
    {"icmpv6", "retranstimer", "retransmit_ms", NULL, 0},
    {"gre", "proto", "protocol", NULL, 0},
    {"gre", "chksum_present", "gre.flags.checksum", NULL, 0},
    {"gre", "routing_present", "gre.flags.routing", NULL, 0},
    {"gre", "key_present", "gre.flags.key", NULL, 0},
    {"gre", "seqnum_present", "gre.flags.sequence_number", NULL, 0},
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
    {"dns", "ad", "dns.flags.authenticated", NULL, 0},
    {"dns", "cd", "dns.flags.checkdisable", NULL, 0},
    {"dns", "qdcount", "dns.count.queries", NULL, 0},
    {"dns", "ancount", "dns.count.answers", NULL, 0},
    {"dns", "nscount", "dns.count.auth_rr", NULL, 0},
    {"dns", "arcount", "dns.count.add_rr", NULL, 0},
    {"vxlan", "gpid", "group_policy", NULL, 0},
    {"vxlan", "reserved2", "reserved", NULL, 0},
    {"pppoe", "sessionid", "session_id", NULL, 0},
    {"pppoe", "len", "length", NULL, 0},
    {"ppp", "proto", "protocol", NULL, 0},
    {"sll", "proto", "protocol", NULL, 0},
    {"sll", "lladdrtype", "hardware_type", NULL, 0},
    {"sll", "lladdrlen", "address_length", NULL, 0},
    {"sll", "src", "address", NULL, 0},
    {"sll", "pkttype", "packet_type", NULL, 0},
    {"data", "load", "bytes", NULL, 0},
    {"dhcp", "op", "operation", NULL, 0},
    {"dhcp", "htype", "hardware_type", NULL, 0},
    {"dhcp", "hlen", "hardware_len", NULL, 0},
    {"dhcp", "xid", "transaction_id", NULL, 0},
    {"dhcp", "ciaddr", "client_address", NULL, 0},
    {"dhcp", "yiaddr", "your_address", NULL, 0},
    {"dhcp", "siaddr", "server_address", NULL, 0},
    {"dhcp", "giaddr", "relay_address", NULL, 0},
    {"dhcp", "chaddr", "hardware_address", NULL, 0},
    {"dhcp", "sname", "server_name", NULL, 0},
    {"dhcp", "file", "boot_file", NULL, 0},
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

static const struct tapir__layer_word *find_word(tapir_span word, bool exactly)
{
    for (size_t i = 0; i < TAPIR_COUNT(layer_words); i++) {
        const char *known = layer_words[i].word;
        if (exactly ? strlen(known) == word.len && memcmp(known, word.data, word.len) == 0
                    : tapir__same_word(word, known))
            return &layer_words[i];
    }
    return NULL;
}

const tapir_proto *tapir__find_layer(const tapir_registry *registry, tapir_span word, int *type)
{
    /* In its own letters first: Raw is payload, raw is raw IP. */
    const struct tapir__layer_word *known = find_word(word, true);
    const tapir_proto *proto;

    *type = -1;
    for (size_t i = 0; !known && (proto = tapir_registry_each(registry, i)); i++)
        if (tapir__same_word(word, proto->name))
            return proto;
    if (tapir__same_word(word, tapir_data_proto.name))
        return &tapir_data_proto;
    if (!known)
        known = find_word(word, false);
    if (!known)
        return NULL;
    *type = known->type;
    return find_named(registry, known->name);
}

void tapir__offer_layers(const tapir_registry *registry, tapir_nearest *nearest)
{
    const tapir_proto *proto;

    for (size_t i = 0; (proto = tapir_registry_each(registry, i)); i++)
        tapir_nearest_offer(nearest, proto->name);
    for (size_t i = 0; i < TAPIR_COUNT(layer_words); i++)
        tapir_nearest_offer(nearest, layer_words[i].word);
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

/* Whether a word is one for fields of a protocol: by its name, or by that which its fields have in
 * front (mdns has dns.id). */
static bool is_word_of(const struct tapir__word *known, const tapir_proto *proto)
{
    const char *first = proto->field_count ? proto->fields->name : "";
    size_t len = strlen(known->proto);

    return strcmp(known->proto, proto->name) == 0 ||
           (strncmp(known->proto, first, len) == 0 && first[len] == '.' &&
               !strchr(first + len + 1, '.'));
}

/* Whether text can give a field of a struct of `size` bytes a value. */
static bool can_be_given(const tapir_field *field, size_t size)
{
    if ((size_t)field->offset + field->size > size)
        return false;
    if (field->kind == TAPIR_TEXT)
        return field->bits / 8 == field->size || field->address == TAPIR_IPV4;
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

/* What giving a field says about another one, NULL: nothing. */
static const struct tapir__word *implied_by(const tapir_proto *proto, const tapir_field *field)
{
    for (size_t i = 0; field && i < TAPIR_COUNT(field_words); i++)
        if (field_words[i].implied && is_word_of(&field_words[i], proto) &&
            strcmp(field_words[i].member, field->member) == 0)
            return &field_words[i];
    return NULL;
}

struct tapir__found tapir__find_field(const tapir_proto *proto, const void *fields, tapir_span word)
{
    struct tapir__found found = {.field = NULL};

    for (size_t i = 0; !found.field && i < TAPIR_COUNT(field_words); i++) {
        const struct tapir__word *known = &field_words[i];
        if (!is_word_of(known, proto) || !tapir__same_word(word, known->word))
            continue;
        look_everywhere(proto, fields, tapir_span_of(known->member, strlen(known->member)), &found);
        found.scaled = false;
    }
    if (!found.field)
        look_everywhere(proto, fields, word, &found);
    found.implies = implied_by(proto, found.field);
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
        if (is_word_of(&field_words[i], proto))
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
