/* tcpdump's lines: RPL, routing for low-power networks (RFC 6550). */
#include "printer.h"

#define SECURE 0x80

#define DIO_LEN     24
#define DAO_LEN     4
#define DAO_ALL_LEN 20 /* with the DODAG's identifier, wanted even where it is left out */

static const tapir_label options[] = {
    {0, "pad1"},
    {1, "padN"},
    {2, "metrics"},
    {3, "routinginfo"},
    {4, "config"},
    {5, "rpltarget"},
    {6, "transitinfo"},
    {8, "destprefix"},
    {9, "rpltargetdesc"},
    {0, NULL},
};

static const char *const modes[] = {"nonstoring", "storing", "nonstoring-multicast",
    "storing-multicast", "mop4", "mop5", "mop6", "mop7"};

/* False where tcpdump gives up. `len` bytes of the message are left. */
static bool put_options(struct tapir_dump *p, tapir_reader in, size_t len)
{
    while (len > 0) {
        tapir_reader option = in;
        size_t option_len = 1;
        const char *name;
        uint8_t type;

        if (!dump_have(p, &option, 1))
            return true;
        type = tapir_take_u8(&option);
        name = tapir_label_find(options, type);
        if (type != 0) {
            if (len < 2)
                return false;
            if (!dump_have(p, &option, 1))
                return true;
            option_len = tapir_take_u8(&option) + (size_t)2;
        }
        PUT(p, " opt:");
        if (name)
            tapir_text_put(p->out, name);
        else
            dump_number(p, "subopt:", type);
        if (type != 0) {
            dump_number(p, " len:", option_len);
            PUT(p, " ");
            if (option_len > len || tapir_left(&in) < option_len)
                return false;
            if (p->verbosity > 2)
                tapir__dump_hex(p->out, " ", tapir_take_span(&option, option_len - 2), false);
        }
        tapir_take(&in, option_len);
        len -= option_len;
    }
    return true;
}

/* " [dagid:2001:db8::1", "<elided>" when there is none. */
static void put_dodag(struct tapir_dump *p, const uint8_t *id)
{
    PUT(p, " [dagid:");
    if (id)
        tapir__dump_host6(p, id);
    else
        PUT(p, "<elided>");
}

static bool too_short(struct tapir_dump *p, uint32_t len, uint32_t wanted)
{
    dump_number(p, " [length ", len);
    dump_number(p, " < ", wanted);
    PUT(p, "]");
    tapir__dump_invalid(p);
    return true;
}

static bool put_information(struct tapir_dump *p, tapir_reader in, uint32_t len)
{
    uint8_t instance, flags, trigger;
    uint16_t rank;

    if (len < DIO_LEN)
        return too_short(p, len, DIO_LEN);
    if (!dump_have(p, &in, DIO_LEN))
        return true;
    instance = tapir_take_u8(&in);
    tapir_take(&in, 1);
    rank = tapir_take_be16(&in);
    flags = tapir_take_u8(&in);
    trigger = tapir_take_u8(&in);
    tapir_take(&in, 2);
    put_dodag(p, tapir_take(&in, 16));
    dump_number(p, ",seq:", trigger);
    dump_number(p, ",instance:", instance);
    dump_number(p, ",rank:", rank);
    PUT(p, ",");
    if (flags & 0x80)
        PUT(p, "grounded,");
    PUT(p, "mop:");
    tapir_text_put(p->out, modes[flags >> 3 & 7]);
    dump_number(p, ",prf:", flags & 7);
    PUT(p, "]");
    return p->verbosity < 2 || put_options(p, in, len - DIO_LEN);
}

static bool put_advertisement(struct tapir_dump *p, tapir_reader in, uint32_t len)
{
    const uint8_t *id = NULL;
    uint8_t instance, flags, seq;

    if (tapir_left(&in) < DAO_ALL_LEN)
        return false;
    if (len < DAO_LEN)
        return too_short(p, len, DAO_LEN);
    instance = tapir_take_u8(&in);
    flags = tapir_take_u8(&in);
    tapir_take(&in, 1);
    seq = tapir_take_u8(&in);
    len -= DAO_LEN;
    if (flags & 0x40) {
        if (len < 16)
            return too_short(p, len, 16);
        id = tapir_take(&in, 16);
        len -= 16;
    }
    put_dodag(p, id);
    dump_number(p, ",seq:", seq);
    dump_number(p, ",instance:", instance);
    if (flags & 0x80)
        PUT(p, ",acK");
    if (flags & 0x40)
        PUT(p, ",Dagid");
    dump_hex(p, ",", flags, 2);
    PUT(p, "]");
    return p->verbosity < 2 || put_options(p, in, len);
}

static bool put_acknowledgment(struct tapir_dump *p, tapir_reader in, uint32_t len)
{
    const uint8_t *id = NULL;
    uint8_t instance, flags, seq, status;

    if (tapir_left(&in) < DAO_LEN)
        return false;
    if (len < DAO_LEN)
        return too_short(p, len, DAO_LEN);
    instance = tapir_take_u8(&in);
    flags = tapir_take_u8(&in);
    seq = tapir_take_u8(&in);
    status = tapir_take_u8(&in);
    len -= DAO_LEN;
    if (flags & 0x80) {
        if (tapir_left(&in) < 16)
            return false;
        if (len < 16)
            return too_short(p, len, 16);
        id = tapir_take(&in, 16);
        len -= 16;
    }
    put_dodag(p, id);
    dump_number(p, ",seq:", seq);
    dump_number(p, ",instance:", instance);
    dump_number(p, ",status:", status);
    PUT(p, "]");
    return p->verbosity < 2 || put_options(p, in, len);
}

void tapir__dump_rpl(struct tapir_dump *p, uint8_t code)
{
    tapir_reader in = dump_behind(p, 4);
    uint32_t len = p->length - 4;
    bool whole = true;

    PUT(p, ", (");
    if (code & SECURE) {
        PUT(p, "SEC) [worktodo]");
        return;
    }
    PUT(p, "CLR)");
    switch (code) {
    case 0:
        PUT(p, "DODAG Information Solicitation");
        break;
    case 1:
        PUT(p, "DODAG Information Object");
        whole = !p->verbosity || put_information(p, in, len);
        break;
    case 2:
        PUT(p, "Destination Advertisement Object");
        whole = !p->verbosity || put_advertisement(p, in, len);
        break;
    case 3:
        PUT(p, "Destination Advertisement Object Ack");
        whole = !p->verbosity || put_acknowledgment(p, in, len);
        break;
    default:
        dump_number(p, "RPL message, unknown code ", code);
        break;
    }
    if (!whole)
        tapir__dump_truncated(p);
}
