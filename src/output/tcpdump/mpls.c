/* tcpdump's lines: Multiprotocol Label Switching. */
#include "printer.h"

#define ENTRY_LEN 4

/* Names of the reserved labels. */
static const char *const label_names[] = {
    "IPv4 explicit NULL", "router alert", "IPv6 explicit NULL", "implicit NULL"};
#define RESERVED_LABELS 16

static void put_entry(struct tapir_dump *p, uint32_t entry, bool first)
{
    uint32_t label = entry >> 12;

    tapir_text_put(p->out, p->verbosity && !first ? "\n\t" : " ");
    dump_number(p, "(label ", label);
    if (p->verbosity && label < RESERVED_LABELS) {
        PUT(p, " (");
        tapir_text_put(p->out, label < TAPIR_COUNT(label_names) ? label_names[label] : "rsvd");
        PUT(p, ")");
    }
    dump_number(p, ", tc ", entry >> 9 & 7);
    if (entry & 0x100)
        PUT(p, ", [S]");
    dump_number(p, ", ttl ", entry & 0xff);
    PUT(p, ")");
}

/* What tcpdump takes the payload for: the version of IP, 0 for anything else. */
static unsigned version_of(uint32_t label, uint8_t first)
{
    switch (label) {
    case TAPIR_MPLS_IPV4_EXPLICIT_NULL:
    case TAPIR_MPLS_IMPLICIT_NULL:
        return 4;
    case TAPIR_MPLS_IPV6_EXPLICIT_NULL:
        return 6;
    default:
        return (first >> 4 == 4 && (first & 0xf) >= 5) || first >> 4 == 6 ? first >> 4 : 0;
    }
}

/* A label that promises another version of IP than there is. */
static void print_wrong_version(struct tapir_dump *p, unsigned version, uint8_t first)
{
    const size_t header_len = 40;

    p->name = "ip6";
    if (version == 4) {
        tapir__dump_ipv4(p, p->count);
    } else if (tapir_left(&p->in) < header_len) {
        tapir__dump_truncated(p);
    } else {
        if (!p->link_header)
            PUT(p, "IP6 ");
        dump_number(p, "version error: ", first >> 4);
        PUT(p, " != 6");
    }
}

static void print_unknown(struct tapir_dump *p)
{
    tapir__dump_default(p);
    if (p->dump_unknown && tapir_left(&p->in) < p->length)
        dump_cut(p);
}

static bool is_ip(const tapir_layer *layer)
{
    return layer->proto == &tapir_ipv4_proto || layer->proto == &tapir_ipv6_proto;
}

/* Goes on below the bottom of the stack, whose entry is the layer at `index`. */
static size_t print_inside(struct tapir_dump *p, size_t index, uint32_t label)
{
    tapir_reader in = p->in;
    uint8_t first = tapir_take_u8(&in);
    unsigned version = version_of(label, first);
    size_t next;

    if (version == 0 && p->length > 0 && !dump_have(p, &p->in, 1))
        return DUMP_END;
    if (version == 0) {
        print_unknown(p);
        return DUMP_END;
    }
    tapir_text_put(p->out, p->verbosity ? "\n\t" : " ");
    if (!in.failed && first >> 4 != version) {
        print_wrong_version(p, version, first);
        return DUMP_END;
    }
    next = tapir__dump_inside(p, index, TAPIR_IP_VERSION, version);
    if (next == DUMP_END || is_ip(dump_layer(p, next)))
        return next;
    print_unknown(p);
    return DUMP_END;
}

size_t tapir__dump_mpls(struct tapir_dump *p, size_t index)
{
    size_t bottom = index;
    uint32_t entry;

    p->name = "mpls";
    PUT(p, "MPLS");
    for (bool first = true;; first = false) {
        if (p->length < ENTRY_LEN) {
            tapir__dump_invalid(p);
            return DUMP_END;
        }
        if (!dump_have(p, &p->in, ENTRY_LEN))
            return DUMP_END;
        entry = (uint32_t)tapir_load_be(p->in.at, ENTRY_LEN);
        put_entry(p, entry, first);
        dump_advance(p, ENTRY_LEN);
        if (entry & 0x100)
            break;
        bottom++;
    }
    return print_inside(p, bottom, entry >> 12);
}
