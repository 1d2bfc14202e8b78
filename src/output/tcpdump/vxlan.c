/* tcpdump's lines: Virtual eXtensible Local Area Network. */
#include "printer.h"

#define HEADER_LEN 8

size_t tapir__dump_vxlan(struct tapir_dump *p, size_t index)
{
    tapir_reader in = p->in;
    uint8_t flags;
    uint32_t vni;

    p->name = "vxlan";
    PUT(p, "VXLAN");
    if (p->length < HEADER_LEN) {
        tapir__dump_invalid(p);
        return DUMP_END;
    }
    flags = dump_take_u8(p, &in);
    PUT(p, ", flags [");
    tapir_text_put(p->out, flags & TAPIR_VXLAN_VNI >> 8 ? "I" : "invalid");
    PUT(p, "] (0x");
    tapir_text_hex(p->out, flags, 2);
    PUT(p, "), ");
    tapir_take(&in, 3);
    vni = dump_take_be24(p, &in);
    PUT(p, "vni ");
    tapir_text_uint(p->out, vni);
    PUT(p, "\n");
    if (!dump_have(p, &p->in, HEADER_LEN))
        return DUMP_END;
    dump_advance(p, HEADER_LEN);
    return tapir__dump_inside(p, index, TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_TEB);
}
