/* tcpdump's lines: the options of multipath TCP (RFC 8684). */
#include "printer.h"

/* Bits of the second octet of a data sequence signal. */
#define DSS_ACK       0x01
#define DSS_ACK_WIDE  0x02
#define DSS_SEQ       0x04
#define DSS_SEQ_WIDE  0x08
#define DSS_FIN       0x10
#define CAPABLE_CHECK 0x80
#define JOIN_BACKUP   0x01

/* The options are printed from `in`, which stands behind kind, length and subtype; each tells
 * whether the length suits the subtype and the segment's flags. */

static bool put_capable(
    struct tapir_dump *p, tapir_reader in, uint8_t low, uint8_t length, uint16_t flags)
{
    bool opening = (length == 4 || length == 12) && flags & TAPIR_TCP_SYN;
    bool third = (length == 20 || length == 22) &&
                 (flags & (TAPIR_TCP_SYN | TAPIR_TCP_ACK)) == TAPIR_TCP_ACK;
    uint8_t bits = tapir_take_u8(&in);

    if (!opening && !third)
        return false;
    if (low > 1) {
        dump_number(p, " Unknown Version (", low);
        PUT(p, ")");
        return true;
    }
    dump_number(p, " v", low);
    if (bits & CAPABLE_CHECK)
        PUT(p, " csum");
    if (length >= 12) {
        dump_hex(p, " {0x", tapir_take_be64(&in), 1);
        if (length >= 20)
            dump_hex(p, ",0x", tapir_take_be64(&in), 1);
        PUT(p, "}");
    }
    return true;
}

static bool put_join(
    struct tapir_dump *p, tapir_reader in, uint8_t low, uint8_t length, uint16_t flags)
{
    uint8_t id = tapir_take_u8(&in);

    if (!(length == 12 && flags & TAPIR_TCP_SYN) &&
        !(length == 16 &&
            (flags & (TAPIR_TCP_SYN | TAPIR_TCP_ACK)) == (TAPIR_TCP_SYN | TAPIR_TCP_ACK)) &&
        !(length == 24 && flags & TAPIR_TCP_ACK))
        return false;
    if (length == 24) {
        PUT(p, " hmac 0x");
        tapir_text_hex_bytes(p->out, tapir_take_span(&in, 20), '\0');
        return true;
    }
    if (low & JOIN_BACKUP)
        PUT(p, " backup");
    dump_number(p, " id ", id);
    if (length == 12)
        dump_hex(p, " token 0x", tapir_take_be32(&in), 1);
    else
        dump_hex(p, " hmac 0x", tapir_take_be64(&in), 1);
    dump_hex(p, " nonce 0x", tapir_take_be32(&in), 1);
    return true;
}

/* Takes `len` bytes off what the length has left; false when there are fewer. */
static bool spend(size_t *left, size_t len)
{
    if (*left < len)
        return false;
    *left -= len;
    return true;
}

static uint64_t take_number(tapir_reader *in, size_t len)
{
    return len == 8 ? tapir_take_be64(in) : tapir_take_be32(in);
}

static bool put_signal(struct tapir_dump *p, tapir_reader in, uint8_t length, uint16_t flags)
{
    uint8_t bits = tapir_take_u8(&in);
    size_t ack_len = bits & DSS_ACK_WIDE ? 8 : 4, seq_len = bits & DSS_SEQ_WIDE ? 8 : 4;
    size_t left = length - 4u;

    if (length < 4 || flags & TAPIR_TCP_SYN)
        return false;
    if (bits & DSS_FIN)
        PUT(p, " fin");
    if (bits & DSS_ACK) {
        PUT(p, " ack ");
        if (!spend(&left, ack_len))
            return false;
        tapir_text_uint(p->out, take_number(&in, ack_len));
    }
    if (bits & DSS_SEQ) {
        PUT(p, " seq ");
        if (!spend(&left, seq_len))
            return false;
        tapir_text_uint(p->out, take_number(&in, seq_len));
        if (!spend(&left, 4))
            return false;
        dump_number(p, " subseq ", tapir_take_be32(&in));
        if (!spend(&left, 2))
            return false;
        dump_number(p, " len ", tapir_take_be16(&in));
        if (spend(&left, 2))
            dump_hex(p, " csum 0x", tapir_take_be16(&in), 1);
    }
    return left == 0;
}

static bool put_add_address(struct tapir_dump *p, tapir_reader in, uint8_t low, uint8_t length)
{
    static const char *const versions[16] = {
        [0] = "v1", [1] = "v1-echo", [4] = "v0-ip4", [6] = "v0-ip6"};
    size_t len = length - 4u, address_len = len >= 16 ? 16 : 4;
    uint8_t address[16], id = tapir_take_u8(&in);

    /* An address of either kind, perhaps with a port of 2 bytes and a code of 8. */
    if (len != 4 && len != 6 && len != 12 && len != 14 && len != 16 && len != 18 && len != 24 &&
        len != 26)
        return false;
    PUT(p, " ");
    tapir_text_put(p->out, versions[low] ? versions[low] : "[bad version/echo]");
    dump_number(p, " id ", id);
    tapir_take_bytes(&in, address, address_len);
    PUT(p, " ");
    if (address_len == 4)
        tapir__dump_host4(p, address);
    else
        tapir__dump_host6(p, address);
    len -= address_len;
    if (len % 8)
        dump_number(p, ":", tapir_take_be16(&in));
    if (len >= 8)
        dump_hex(p, " hmac 0x", tapir_take_be64(&in), 1);
    return true;
}

static bool put_remove_address(struct tapir_dump *p, tapir_reader in, uint8_t length)
{
    if (length < 4)
        return false;
    PUT(p, " id");
    for (unsigned i = 3; i < length; i++)
        dump_number(p, " ", tapir_take_u8(&in));
    return true;
}

static bool put_priority(struct tapir_dump *p, tapir_reader in, uint8_t low, uint8_t length)
{
    if (length != 3 && length != 4)
        return false;
    if (low & JOIN_BACKUP)
        PUT(p, " backup");
    else
        PUT(p, " non-backup");
    if (length == 4)
        dump_number(p, " id ", tapir_take_u8(&in));
    return true;
}

static bool put_fail(struct tapir_dump *p, tapir_reader in, uint8_t length)
{
    if (length != 12)
        return false;
    tapir_take_u8(&in);
    dump_number(p, " seq ", tapir_take_be64(&in));
    return true;
}

static bool put_fast_close(struct tapir_dump *p, tapir_reader in, uint8_t length)
{
    if (length != 12)
        return false;
    tapir_take_u8(&in);
    dump_hex(p, " key 0x", tapir_take_be64(&in), 1);
    return true;
}

bool tapir__dump_mptcp(struct tapir_dump *p, tapir_reader in, uint8_t length, uint16_t flags)
{
    static const char *const names[] = {
        "capable", "join", "dss", "add-addr", "rem-addr", "prio", "fail", "fast-close"};
    uint8_t first, subtype, low;

    if (length < 3)
        return false;
    p->name = "mptcp";
    first = tapir_take_u8(&in);
    subtype = first >> 4;
    low = first & 15;
    dump_number(p, " ", length);
    PUT(p, " ");
    tapir_text_put(p->out, subtype < TAPIR_COUNT(names) ? names[subtype] : "unknown");
    switch (subtype) {
    case TAPIR_MPTCP_CAPABLE:
        return put_capable(p, in, low, length, flags);
    case TAPIR_MPTCP_JOIN:
        return put_join(p, in, low, length, flags);
    case TAPIR_MPTCP_DSS:
        return put_signal(p, in, length, flags);
    case TAPIR_MPTCP_ADD_ADDR:
        return put_add_address(p, in, low, length);
    case TAPIR_MPTCP_REMOVE_ADDR:
        return put_remove_address(p, in, length);
    case TAPIR_MPTCP_PRIO:
        return put_priority(p, in, low, length);
    case TAPIR_MPTCP_FAIL:
        return put_fail(p, in, length);
    case TAPIR_MPTCP_FASTCLOSE:
        return put_fast_close(p, in, length);
    default:
        return true;
    }
}
