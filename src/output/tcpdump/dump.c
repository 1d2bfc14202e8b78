/* One record of tcpdump's output: the loop over the layers and what surrounds it. */
#include "printer.h"

#include <stdlib.h>
#include <sys/random.h>

static const dump_printer printers[] = {
    {&tapir_ethernet_proto, tapir__dump_ethernet},
    {&tapir_vlan_proto, tapir__dump_vlan},
    {&tapir_vlan_service_proto, tapir__dump_vlan},
    {&tapir_mpls_proto, tapir__dump_mpls},
    {&tapir_ppp_proto, tapir__dump_ppp},
    {&tapir_pppoe_discovery_proto, tapir__dump_pppoe},
    {&tapir_pppoe_session_proto, tapir__dump_pppoe},
    {&tapir_sll_proto, tapir__dump_sll},
    {&tapir_sll2_proto, tapir__dump_sll2},
    {&tapir_null_proto, tapir__dump_null},
    {&tapir_raw_proto, tapir__dump_raw},
    {&tapir_arp_proto, tapir__dump_arp},
    {&tapir_ipv4_proto, tapir__dump_ipv4},
    {&tapir_ipv6_proto, tapir__dump_ipv6},
    {&tapir_ipv6_hopopts_proto, tapir__dump_ipv6_hopopts},
    {&tapir_ipv6_dstopts_proto, tapir__dump_ipv6_dstopts},
    {&tapir_ipv6_fragment_proto, tapir__dump_ipv6_fragment},
    {&tapir_ipv6_routing_proto, tapir__dump_ipv6_routing},
    {&tapir_icmp_proto, tapir__dump_icmp},
    {&tapir_icmpv6_proto, tapir__dump_icmpv6},
    {&tapir_tcp_proto, tapir__dump_tcp},
    {&tapir_udp_proto, tapir__dump_udp},
    {&tapir_sctp_proto, tapir__dump_sctp},
    {&tapir_gre_proto, tapir__dump_gre},
    {&tapir_vxlan_proto, tapir__dump_vxlan},
    {&tapir_dhcp_proto, tapir__dump_dhcp},
};

/* The struct of a layer that has no bytes. */
static const _Alignas(16) uint8_t nothing[1024];

_Static_assert(TAPIR_COUNT(printers) * 2 <= DUMP_PRINTER_SLOTS, "slots stay half empty");

static size_t slot_of(const tapir_proto *proto)
{
    return ((uintptr_t)proto >> 4) * 0x9e3779b1u >> 8 & (DUMP_PRINTER_SLOTS - 1);
}

/* The table by address of the protocol, so that a layer finds its printer in one or two looks. */
static void fill_slots(struct tapir_dump *p)
{
    for (size_t i = 0; i < TAPIR_COUNT(printers); i++) {
        size_t slot = slot_of(printers[i].proto);
        while (p->printers[slot])
            slot = (slot + 1) & (DUMP_PRINTER_SLOTS - 1);
        p->printers[slot] = &printers[i];
    }
}

static inline const dump_printer *printer_of(const struct tapir_dump *p, const tapir_proto *proto)
{
    size_t slot = slot_of(proto);

    while (p->printers[slot] && p->printers[slot]->proto != proto)
        slot = (slot + 1) & (DUMP_PRINTER_SLOTS - 1);
    return p->printers[slot];
}

tapir_dump *tapir_dump_new(const tapir_dump_options *options)
{
    tapir_dump *p = calloc(1, sizeof *p);

    if (!p)
        return NULL;
    if (options)
        memcpy(&p->options, options,
            options->size < sizeof p->options ? options->size : sizeof p->options);
    p->verbosity = p->options.verbosity;
    p->quiet = p->options.quiet;
    p->link_header = p->options.link_header;
    p->numeric = p->options.numeric;
    p->dump_unknown =
        !p->quiet && p->options.bytes != TAPIR_DUMP_HEX && p->options.bytes != TAPIR_DUMP_HEX_ASCII;
    p->clock_second = INT64_MIN;
    p->empty = (tapir_layer){.fields = nothing, .status = TAPIR_CUT, .partial = true};
    fill_slots(p);
    if (getrandom(&p->seed, sizeof p->seed, GRND_NONBLOCK) < 0)
        p->seed = (uintptr_t)p;
    return p;
}

void tapir_dump_free(tapir_dump *p)
{
    if (!p)
        return;
    tapir__dump_names_free(p->names);
    tapir__dump_connections_free(p->connections);
    free(p);
}

size_t tapir__dump_inside(
    struct tapir_dump *p, size_t index, const tapir_space *space, uint32_t value)
{
    const tapir_proto *proto;

    if (__builtin_expect(index + 1 < p->count, 1))
        return printer_of(p, p->layers[index + 1].proto) ? index + 1 : DUMP_END;
    if (!space || index >= p->count)
        return DUMP_END;
    /* Where nothing was captured there is no layer, but tcpdump has something to say. */
    proto = tapir_registry_find(tapir_packet_registry(p->packet), space, value);
    if (!proto || proto->size > sizeof nothing || !printer_of(p, proto))
        return DUMP_END;
    p->empty.proto = proto;
    return p->count;
}

size_t tapir__dump_inside_ports(struct tapir_dump *p, size_t index, const tapir_space *space,
    uint16_t src_port, uint16_t dst_port)
{
    uint16_t low = src_port < dst_port ? src_port : dst_port;
    size_t next = tapir__dump_inside(p, index, space, low);

    return next == DUMP_END ? tapir__dump_inside(p, index, space, src_port ^ dst_port ^ low) : next;
}

void tapir__dump_later(
    struct tapir_dump *p, size_t index, void (*print)(struct tapir_dump *p, size_t index))
{
    if (p->later_count < DUMP_LATER_MAX)
        p->later[p->later_count++] = (struct dump_later){print, index, p->in, p->length};
}

void tapir__dump_invalid(struct tapir_dump *p)
{
    PUT(p, " (invalid)");
}

void tapir__dump_truncated(struct tapir_dump *p)
{
    PUT(p, " [|");
    tapir_text_put(p->out, p->name);
    PUT(p, "]");
}

void tapir__dump_short_header(struct tapir_dump *p, size_t header_len)
{
    PUT(p, " [remaining caplen(");
    tapir_text_uint(p->out, tapir_left(&p->in));
    PUT(p, ") < header length(");
    tapir_text_uint(p->out, header_len);
    PUT(p, ")]");
    dump_cut(p);
}

void tapir__dump_label(
    struct tapir_dump *p, const tapir_label *labels, const char *other, uint32_t value)
{
    const char *text = tapir_label_find(labels, value);

    tapir_text_put(p->out, text ? text : other);
    if (!text)
        tapir_text_uint(p->out, value);
}

/* Starts the reader of the layer at `index`, which ends where the outer one's does. */
static void enter(struct tapir_dump *p, size_t index)
{
    const uint8_t *start = dump_layer(p, index)->start;

    p->in.at = start && start < p->in.end ? start : p->in.end;
}

/* A link type without a printer. */
static void print_unsupported(struct tapir_dump *p)
{
    PUT(p, "UNSUPPORTED");
    tapir__dump_hex(p->out, "\n\t", tapir_rest(&p->in), true);
}

/* Prints the layers from the outermost on, then what was left for later, innermost first. */
static void print_layers(struct tapir_dump *p)
{
    size_t index = 0;

    do {
        const dump_printer *printer = printer_of(p, dump_layer(p, index)->proto);
        if (!printer) {
            if (index == 0)
                print_unsupported(p);
            break;
        }
        enter(p, index);
        index = printer->print(p, index);
    } while (index != DUMP_END && !p->cut);
    while (p->later_count && !p->cut) {
        const struct dump_later *later = &p->later[--p->later_count];
        p->in = later->in;
        p->length = later->length;
        later->print(p, later->index);
    }
    if (p->cut) {
        /* tcpdump forgets then how long the link header was. */
        p->link_len = 0;
        p->out->len = p->cut_at;
        tapir__dump_truncated(p);
    }
}

/* A record whose lengths make no sense is not looked into. */
static bool print_invalid_frame(struct tapir_dump *p)
{
    const tapir_frame *frame = p->frame;

    if (frame->len != 0 && frame->caplen != 0 && frame->len >= frame->caplen)
        return false;
    PUT(p, "[Invalid header: ");
    if (frame->caplen == 0)
        PUT(p, "caplen==0");
    if (frame->caplen == 0 && frame->len == 0)
        PUT(p, ", ");
    if (frame->len == 0) {
        PUT(p, "len==0");
    } else if (frame->len < frame->caplen) {
        PUT(p, "len(");
        tapir_text_uint(p->out, frame->len);
        PUT(p, ") < caplen(");
        tapir_text_uint(p->out, frame->caplen);
        PUT(p, ")");
    }
    PUT(p, "]");
    return true;
}

static void print_bytes(struct tapir_dump *p)
{
    tapir_span bytes = tapir_span_of(p->frame->data, p->frame->caplen);

    if (!p->options.bytes_with_link_header) {
        size_t skip = p->link_len < bytes.len ? p->link_len : bytes.len;
        bytes = tapir_span_of(bytes.data + skip, bytes.len - skip);
    }
    if (p->options.bytes == TAPIR_DUMP_ASCII)
        tapir__dump_ascii(p->out, bytes);
    else
        tapir__dump_hex(p->out, "\n\t", bytes, p->options.bytes == TAPIR_DUMP_HEX_ASCII);
}

/* Right-aligned in five columns. */
static void put_record_number(tapir_text *text, uint64_t number)
{
    for (uint64_t limit = 10000; limit > 1 && number < limit; limit /= 10)
        tapir_text_char(text, ' ');
    tapir_text_uint(text, number);
    TAPIR_TEXT_LITERAL(text, "  ");
}

void tapir_dump_packet(tapir_dump *p, tapir_text *text, tapir_packet *packet)
{
    p->out = text;
    p->packet = packet;
    p->frame = tapir_packet_frame(packet);
    /* tcpdump looks at the version whatever the link type promises. */
    if (p->frame->link_type == TAPIR_LINK_TYPE_IPV4 || p->frame->link_type == TAPIR_LINK_TYPE_IPV6)
        tapir_packet_start_at(packet, p->frame, &tapir_raw_proto);
    p->layers = tapir_packet_layers(packet, &p->count);
    p->link_len = 0;
    p->link = NULL;
    p->network = NULL;
    p->fragment = false;
    p->name = "";
    p->in = tapir_reader_of(tapir_span_of(p->frame->data, p->frame->caplen));
    p->length = p->frame->len;
    p->cut = false;
    p->later_count = 0;
    p->number++;
    if (p->options.number)
        put_record_number(text, p->number);
    if (!print_invalid_frame(p)) {
        tapir__dump_time(p, p->frame->time);
        print_layers(p);
        if (p->options.bytes != TAPIR_DUMP_NO_BYTES)
            print_bytes(p);
    }
    tapir_text_char(text, '\n');
}
