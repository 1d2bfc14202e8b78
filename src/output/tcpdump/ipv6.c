/* tcpdump's lines: Internet Protocol version 6. */
#include "printer.h"

#define HEADER_LEN 40

/* "(class 0x20, flowlabel 0x12345, hlim 64, next-header TCP (6) payload length: 20) " */
static void put_details(struct tapir_dump *p, const struct tapir_ipv6 *ip)
{
    PUT(p, "(");
    if (ip->traffic_class) {
        PUT(p, "class 0x");
        tapir_text_hex(p->out, ip->traffic_class, 2);
        PUT(p, ", ");
    }
    if (ip->flow_label) {
        PUT(p, "flowlabel 0x");
        tapir_text_hex(p->out, ip->flow_label, 5);
        PUT(p, ", ");
    }
    PUT(p, "hlim ");
    tapir_text_uint(p->out, ip->hop_limit);
    PUT(p, ", next-header ");
    tapir__dump_put_protocol(p, ip->next_header);
    PUT(p, " payload length: ");
    tapir_text_uint(p->out, ip->payload_length);
    PUT(p, ") ");
}

void tapir__dump_missing(struct tapir_dump *p, uint32_t len, uint32_t announced)
{
    if (len >= announced)
        return;
    dump_number(p, "truncated-ip6 - ", announced - len);
    PUT(p, " bytes missing!");
}

size_t tapir__dump_ipv6(struct tapir_dump *p, size_t index)
{
    const tapir_layer *layer = dump_layer(p, index);
    const struct tapir_ipv6 *ip = layer->fields;

    p->name = "ip6";
    if (tapir_left(&p->in) < HEADER_LEN) {
        tapir__dump_truncated(p);
        return DUMP_END;
    }
    if (!p->link_header)
        PUT(p, "IP6 ");
    if (ip->version != 6) {
        PUT(p, "version error: ");
        tapir_text_uint(p->out, ip->version);
        PUT(p, " != 6");
        return DUMP_END;
    }
    tapir__dump_missing(p, p->length, HEADER_LEN + (uint32_t)ip->payload_length);
    /* Without a length, as jumbograms are, headers of this version are printed all the same. */
    if (ip->payload_length != 0 || !tapir__dump_is_extension(ip->next_header))
        tapir_limit(&p->in, HEADER_LEN + (size_t)ip->payload_length);
    p->network = layer;
    p->network_len = p->length;
    p->hopopts = false;
    p->jumbo_len = 0;
    p->fragment = false;
    memcpy(p->final_dst, ip->dst, sizeof p->final_dst);
    if (p->verbosity)
        put_details(p, ip);
    dump_advance(p, HEADER_LEN);
    p->length = ip->payload_length;
    if (ip->next_header != 6 && ip->next_header != 17 && ip->next_header != 132)
        tapir__dump_addresses(p);
    return tapir__dump_inside_ip(p, index, ip->next_header);
}
