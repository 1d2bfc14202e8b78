/* tcpdump's lines: Stream Control Transmission Protocol. */
#include "printer.h"

#define HEADER_LEN 12
#define CHUNK_HEAD 4

/* ForCES, whose payload tcpdump looks into, by port and by protocol (RFC 5811). */
#define FORCES_FIRST_PORT 6704
#define FORCES_PORTS      3

static const tapir_label chunk_names[] = {
    {TAPIR_SCTP_DATA, "DATA"},
    {TAPIR_SCTP_INIT, "INIT"},
    {TAPIR_SCTP_INIT_ACK, "INIT ACK"},
    {TAPIR_SCTP_SACK, "SACK"},
    {TAPIR_SCTP_HEARTBEAT, "HB REQ"},
    {TAPIR_SCTP_HEARTBEAT_ACK, "HB ACK"},
    {TAPIR_SCTP_ABORT, "ABORT"},
    {TAPIR_SCTP_SHUTDOWN, "SHUTDOWN"},
    {TAPIR_SCTP_SHUTDOWN_ACK, "SHUTDOWN ACK"},
    {TAPIR_SCTP_ERROR, "OP ERR"},
    {TAPIR_SCTP_COOKIE_ECHO, "COOKIE ECHO"},
    {TAPIR_SCTP_COOKIE_ACK, "COOKIE ACK"},
    {TAPIR_SCTP_ECNE, "ECN ECHO"},
    {TAPIR_SCTP_CWR, "ECN CWR"},
    {TAPIR_SCTP_SHUTDOWN_COMPLETE, "SHUTDOWN COMPLETE"},
    {0xc0, "FOR CUM TSN"},
    {0xc1, "REL CTRL"},
    {0xc2, "REL CTRL ACK"},
    {0, NULL},
};

static const tapir_label payload_names[] = {
    {1, "ISDN Q.921"},
    {2, "M2UA"},
    {3, "M3UA"},
    {4, "SUA"},
    {5, "M2PA"},
    {6, "V5.2"},
    {7, "H.248"},
    {8, "BICC"},
    {9, "TALI"},
    {10, "DUA"},
    {11, "ASAP"},
    {12, "ENRP"},
    {13, "H.323"},
    {14, "Q.IPC"},
    {15, "SIMCO"},
    {16, "DDPSC"},
    {17, "DDPSSC"},
    {18, "S1AP"},
    {19, "RUA"},
    {20, "HNBAP"},
    {21, "ForCES HP"},
    {22, "ForCES MP"},
    {23, "ForCES LP"},
    {24, "SBc-AP"},
    {25, "NBAP"},
    {27, "X2AP"},
    {0, NULL},
};

/* One chunk's body, of which `left` bytes are not printed yet. */
struct body {
    tapir_reader in;
    uint16_t length; /* as the chunk says */
    size_t left;
};

/* "bogus chunk length 8]", which ends the packet. */
static bool is_too_short(struct tapir_dump *p, const struct body *body, size_t len)
{
    if (body->left >= len)
        return false;
    dump_number(p, "bogus chunk length ", body->length);
    PUT(p, "]");
    return true;
}

static uint32_t take(struct tapir_dump *p, struct body *body, size_t len)
{
    body->left -= len;
    return len == 4 ? dump_take_be32(p, &body->in) : dump_take_be16(p, &body->in);
}

static void put_value(struct tapir_dump *p, const char *name, uint32_t value)
{
    PUT(p, "[");
    dump_number(p, name, value);
    PUT(p, "] ");
}

/* `len` bytes in hexadecimal and as text. */
static void put_payload(struct tapir_dump *p, tapir_reader in, size_t len)
{
    PUT(p, "[Payload");
    if (p->dump_unknown) {
        PUT(p, ":");
        tapir_limit(&in, len);
        tapir__dump_hex(p->out, "\n\t", tapir_rest(&in), true);
    }
    PUT(p, "]");
}

static bool put_data(struct tapir_dump *p, struct body *body, uint8_t flags)
{
    const char *name;
    uint32_t protocol;

    if (flags & TAPIR_SCTP_UNORDERED)
        PUT(p, "(U)");
    if (flags & TAPIR_SCTP_BEGINNING)
        PUT(p, "(B)");
    if (flags & TAPIR_SCTP_END)
        PUT(p, "(E)");
    if (flags & (TAPIR_SCTP_UNORDERED | TAPIR_SCTP_BEGINNING | TAPIR_SCTP_END))
        PUT(p, " ");
    if (is_too_short(p, body, 12))
        return false;
    put_value(p, "TSN: ", take(p, body, 4));
    put_value(p, "SID: ", take(p, body, 2));
    put_value(p, "SSEQ ", take(p, body, 2));
    protocol = take(p, body, 4);
    PUT(p, "[PPID ");
    name = tapir_label_find(payload_names, protocol);
    if (name)
        tapir_text_put(p->out, name);
    else
        dump_hex(p, "0x", protocol, 1);
    PUT(p, "] ");
    if (is_too_short(p, body, 1))
        return false;
    if (p->verbosity >= 2)
        put_payload(p, body->in, body->left);
    return true;
}

static bool put_init(struct tapir_dump *p, struct body *body)
{
    if (is_too_short(p, body, 16))
        return false;
    put_value(p, "init tag: ", take(p, body, 4));
    put_value(p, "rwnd: ", take(p, body, 4));
    put_value(p, "OS: ", take(p, body, 2));
    put_value(p, "MIS: ", take(p, body, 2));
    put_value(p, "init TSN: ", take(p, body, 4));
    return true;
}

static bool put_sack(struct tapir_dump *p, struct body *body)
{
    uint32_t tsn, gaps, duplicates;

    if (is_too_short(p, body, 12))
        return false;
    tsn = take(p, body, 4);
    put_value(p, "cum ack ", tsn);
    put_value(p, "a_rwnd ", take(p, body, 4));
    gaps = take(p, body, 2);
    put_value(p, "#gap acks ", gaps);
    duplicates = take(p, body, 2);
    put_value(p, "#dup tsns ", duplicates);
    for (uint32_t i = 0; i < gaps && body->left != 0; i++) {
        if (is_too_short(p, body, 4))
            return false;
        dump_number(p, "\n\t\t[gap ack block #", i + 1);
        dump_number(p, ": start = ", (uint32_t)(tsn + take(p, body, 2)));
        dump_number(p, ", end = ", (uint32_t)(tsn + take(p, body, 2)));
        PUT(p, "] ");
    }
    for (uint32_t i = 0; i < duplicates && body->left != 0; i++) {
        if (is_too_short(p, body, 4))
            return false;
        dump_number(p, "\n\t\t[dup TSN #", i + 1);
        dump_number(p, ": ", take(p, body, 4));
        PUT(p, "] ");
    }
    return true;
}

/* False when the packet's line ends with this chunk. */
static bool put_chunk(struct tapir_dump *p, uint8_t type, uint8_t flags, struct body *body)
{
    const char *name = tapir_label_find(chunk_names, type);

    PUT(p, "[");
    if (name)
        tapir_text_put(p->out, name);
    else
        dump_hex(p, "Unknown chunk type: 0x", type, 1);
    PUT(p, "] ");
    switch (type) {
    case TAPIR_SCTP_DATA:
        return put_data(p, body, flags);
    case TAPIR_SCTP_INIT:
    case TAPIR_SCTP_INIT_ACK:
        return put_init(p, body);
    case TAPIR_SCTP_SACK:
        return put_sack(p, body);
    default:
        return true;
    }
}

/* "(2) " */
static void put_count(struct tapir_dump *p, unsigned count)
{
    tapir_text_put(p->out, p->verbosity >= 2 ? "\n\t" : count == 1 ? " (" : ", (");
    dump_number(p, "", count);
    PUT(p, ") ");
}

/* Tells whether `len` more bytes were captured; where not, the line ends. */
static bool have(struct tapir_dump *p, const tapir_reader *in, size_t len)
{
    if (tapir_left(in) >= len)
        return true;
    tapir__dump_truncated(p);
    return false;
}

static void put_chunks(struct tapir_dump *p, tapir_reader in, uint32_t left)
{
    for (unsigned count = 1; left != 0; count++) {
        uint8_t type, flags;
        uint16_t length;
        size_t padding;
        struct body body;

        if (left < CHUNK_HEAD) {
            put_count(p, count);
            PUT(p, "[chunk descriptor cut off at end of packet]");
            return;
        }
        if (!have(p, &in, CHUNK_HEAD))
            return;
        length = (uint16_t)tapir_load_be(in.at + 2, 2);
        if (length < CHUNK_HEAD) {
            put_count(p, count);
            dump_number(p, "[Bad chunk length ", length);
            PUT(p, ", < size of chunk descriptor]");
            return;
        }
        padding = -(size_t)length % 4;
        if (left < padding) {
            put_count(p, count);
            dump_number(p, "[Bad chunk length ", length);
            PUT(p, ", > remaining data in packet]");
            return;
        }
        if (!have(p, &in, length))
            return;
        type = tapir_take_u8(&in);
        flags = tapir_take_u8(&in);
        tapir_take(&in, 2);
        body = (struct body){in, length, length - CHUNK_HEAD};
        put_count(p, count);
        if (!put_chunk(p, type, flags, &body))
            return;
        tapir_take(&in, length - CHUNK_HEAD);
        if (!have(p, &in, padding))
            return;
        tapir_take(&in, padding);
        left = left > length + padding ? left - length - (uint32_t)padding : 0;
    }
}

static void put_forces(struct tapir_dump *p, uint16_t port)
{
    static const char *const names[FORCES_PORTS] = {"HP", "MP", "LP"};

    if (port < FORCES_FIRST_PORT || port >= FORCES_FIRST_PORT + FORCES_PORTS)
        return;
    PUT(p, "[ForCES ");
    tapir_text_put(p->out, names[port - FORCES_FIRST_PORT]);
    PUT(p, "]");
}

static void put_number(struct tapir_dump *p, uint16_t port)
{
    tapir_text_uint(p->out, port);
}

size_t tapir__dump_sctp(struct tapir_dump *p, size_t index)
{
    tapir_reader in = p->in;
    uint16_t src_port, dst_port;

    (void)index;
    p->name = "sctp";
    if (p->length < HEADER_LEN) {
        dump_number(p, "truncated-sctp - ", HEADER_LEN - p->length);
        PUT(p, " bytes missing!");
        return DUMP_END;
    }
    if (!have(p, &in, HEADER_LEN))
        return DUMP_END;
    src_port = tapir_take_be16(&in);
    dst_port = tapir_take_be16(&in);
    tapir_take(&in, HEADER_LEN - 4);
    tapir__dump_ports(p, 132, src_port, dst_port, put_number);
    PUT(p, "sctp");
    put_forces(p, src_port);
    put_forces(p, dst_port);
    put_chunks(p, in, p->length - HEADER_LEN);
    return DUMP_END;
}
