/* Options of multipath TCP (RFC 8684, and RFC 6824 for version 0). */
#include "tcp_options.h"

static const tapir_label subtypes[] = {
    {TAPIR_MPTCP_CAPABLE, "Multipath capable"},
    {TAPIR_MPTCP_JOIN, "Join connection"},
    {TAPIR_MPTCP_DSS, "Data sequence signal"},
    {TAPIR_MPTCP_ADD_ADDR, "Add address"},
    {TAPIR_MPTCP_REMOVE_ADDR, "Remove address"},
    {TAPIR_MPTCP_PRIO, "Change subflow priority"},
    {TAPIR_MPTCP_FAIL, "Fallback"},
    {TAPIR_MPTCP_FASTCLOSE, "Fast close"},
    {TAPIR_MPTCP_TCPRST, "Subflow reset"},
    {15, "Experimental"},
    {0, NULL},
};

static const tapir_label reset_reasons[] = {
    {0, "Unspecified"},
    {1, "MPTCP specific error"},
    {2, "Lack of resources"},
    {3, "Administratively prohibited"},
    {4, "Too much outstanding data"},
    {5, "Unacceptable performance"},
    {6, "Middlebox interference"},
    {0, NULL},
};

#define MPTCP(member, name, kind, ...)                                                             \
    TAPIR_FIELD(tapir_mptcp, member, "tcp.options.mptcp." name, kind, 0, __VA_ARGS__)
#define HAS(what) TAPIR_IF(tapir_mptcp, present, TAPIR_MPTCP_HAS_##what)
#define SUBTYPE   MPTCP(subtype, "subtype", TAPIR_UINT, "Subtype", .labels = subtypes)
#define FIRST(parts_)                                                                              \
    MPTCP(first, "flags", TAPIR_UINT, "Flags, with the subtype above them", .base = TAPIR_HEX,     \
        .parts = parts_)
#define FLAGS(parts_)                                                                              \
    MPTCP(flags, "flags", TAPIR_UINT, "Flags", .base = TAPIR_HEX, .parts = parts_, HAS(SECOND))
#define ADDRESS_ID MPTCP(address_id, "addrid", TAPIR_UINT, "Number of the address", HAS(ADDRESS_ID))
#define RESERVED   MPTCP(reserved, "reserved", TAPIR_UINT, "Reserved", .base = TAPIR_HEX, HAS(SECOND))
#define RECEIVER_KEY                                                                               \
    MPTCP(receiver_key, "recvkey", TAPIR_UINT, "Key of the receiver", HAS(RECEIVER_KEY))
#define DATA_LENGTH MPTCP(data_length, "datalvllen", TAPIR_UINT, "Bytes mapped", HAS(DATA_LENGTH))
#define CHECKSUM                                                                                   \
    MPTCP(checksum, "checksum", TAPIR_UINT, "Checksum of the mapped data", .base = TAPIR_HEX,      \
        HAS(CHECKSUM))

/* Key exchange. */

static const tapir_part capable_0_parts[] = {
    TAPIR_PART("tcp.options.mptcp.checksumreq.flags", 0x80, "Checksums required", NULL),
    TAPIR_PART("tcp.options.mptcp.extensibility.flag", 0x40, "Reserved for extensions", NULL),
    TAPIR_PART("tcp.options.mptcp.sha1.flag", 0x01, "HMAC-SHA1", NULL),
    TAPIR_PART("tcp.options.mptcp.reserved.flag", 0x3e, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part capable_parts[] = {
    TAPIR_PART("tcp.options.mptcp.checksumreq.flags", 0x80, "Checksums required", NULL),
    TAPIR_PART("tcp.options.mptcp.extensibility.flag", 0x40, "Reserved for extensions", NULL),
    TAPIR_PART("tcp.options.mptcp.nomoresubflows.flag", 0x20, "No subflows to this address", NULL),
    TAPIR_PART("tcp.options.mptcp.sha256.flag", 0x01, "HMAC-SHA256", NULL),
    TAPIR_PART("tcp.options.mptcp.reserved.flag", 0x1e, "Reserved", NULL),
    TAPIR_PARTS_END,
};
#define CAPABLE_FIELDS(parts_)                                                                     \
    {                                                                                              \
        SUBTYPE, MPTCP(low, "version", TAPIR_UINT, "Version"), FLAGS(parts_),                      \
            MPTCP(sender_key, "sendkey", TAPIR_UINT, "Key of the sender", HAS(SENDER_KEY)),        \
            RECEIVER_KEY, DATA_LENGTH, CHECKSUM                                                    \
    }
static const tapir_field capable_0_fields[] = CAPABLE_FIELDS(capable_0_parts);
static const tapir_field capable_fields[] = CAPABLE_FIELDS(capable_parts);

/* More subflows. */

static const tapir_part backup_parts[] = {
    TAPIR_PART("tcp.options.mptcp.backup.flag", 0x01, "Use only when no other works", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field join_syn_fields[] = {SUBTYPE, FIRST(backup_parts), ADDRESS_ID,
    MPTCP(token, "recvtok", TAPIR_UINT, "Token of the receiver"),
    MPTCP(random, "sendrand", TAPIR_UINT, "Random number of the sender")};
static const tapir_field join_synack_fields[] = {SUBTYPE, FIRST(backup_parts), ADDRESS_ID,
    MPTCP(short_hmac, "sendtrunchmac", TAPIR_UINT, "HMAC of the sender, truncated"),
    MPTCP(random, "sendrand", TAPIR_UINT, "Random number of the sender")};
static const tapir_field join_ack_fields[] = {
    SUBTYPE, RESERVED, MPTCP(hmac, "sendhmac", TAPIR_SPAN, "HMAC of the sender")};
static const tapir_field prio_fields[] = {SUBTYPE, FIRST(backup_parts), ADDRESS_ID};

/* Data. */

#define DSS_FIN      0x10
#define DSS_SEQ_LONG 0x08
#define DSS_SEQ      0x04
#define DSS_ACK_LONG 0x02
#define DSS_ACK      0x01

static const tapir_part dss_parts[] = {
    TAPIR_PART("tcp.options.mptcp.datafin.flag", DSS_FIN, "No more data", NULL),
    TAPIR_PART("tcp.options.mptcp.dseqn8.flag", DSS_SEQ_LONG, "Sequence number of 8 bytes", NULL),
    TAPIR_PART("tcp.options.mptcp.dseqnpresent.flag", DSS_SEQ, "A mapping is there", NULL),
    TAPIR_PART("tcp.options.mptcp.dataack8.flag", DSS_ACK_LONG, "Acknowledgment of 8 bytes", NULL),
    TAPIR_PART(
        "tcp.options.mptcp.dataackpresent.flag", DSS_ACK, "An acknowledgment is there", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field dss_fields[] = {SUBTYPE, FLAGS(dss_parts),
    MPTCP(data_ack, "rawdataack", TAPIR_UINT, "Data acknowledgment", HAS(DATA_ACK)),
    MPTCP(data_seq, "rawdataseqno", TAPIR_UINT, "Data sequence number", HAS(DATA_SEQ)),
    MPTCP(subflow_seq, "subflowseqno", TAPIR_UINT, "Sequence number in the subflow", HAS(DATA_SEQ)),
    DATA_LENGTH, CHECKSUM};

/* Addresses. */

static bool has_ip_version(const void *item)
{
    const struct tapir_mptcp *mptcp = item;

    return mptcp->low == 4 || mptcp->low == 6;
}

static bool has_echo(const void *item)
{
    return !has_ip_version(item);
}

static bool is_ipv4(const void *item)
{
    return ((const struct tapir_mptcp *)item)->address.len == 4;
}

static bool is_ipv6(const void *item)
{
    return ((const struct tapir_mptcp *)item)->address.len == 16;
}

static void print_ipv4(tapir_text *text, const void *member, const void *item)
{
    const tapir_span *address = member;

    (void)item;
    tapir_text_ipv4(text, address->data);
}

static void print_ipv6(tapir_text *text, const void *member, const void *item)
{
    const tapir_span *address = member;

    (void)item;
    tapir_text_ipv6(text, address->data);
}

static bool has_short_hmac(const void *item)
{
    return ((const struct tapir_mptcp *)item)->hmac.len;
}

static const tapir_part echo_parts[] = {
    TAPIR_PART("tcp.options.mptcp.echo", 0x1, "Confirms an address", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field add_address_fields[] = {SUBTYPE,
    MPTCP(low, "ipver", TAPIR_UINT, "Version of IP, in version 0", .when = has_ip_version),
    MPTCP(low, "echo_flags", TAPIR_UINT, "Flags", .parts = echo_parts, .nameless = true,
        .when = has_echo),
    ADDRESS_ID,
    MPTCP(address, "ipv4", TAPIR_TEXT, "Address", .print = print_ipv4, .when = is_ipv4,
        .address = TAPIR_IPV4),
    MPTCP(address, "ipv6", TAPIR_TEXT, "Address", .print = print_ipv6, .when = is_ipv6,
        .address = TAPIR_IPV6),
    MPTCP(port, "port", TAPIR_UINT, "Port", HAS(PORT)),
    MPTCP(short_hmac, "addaddrtrunchmac", TAPIR_UINT, "HMAC, truncated", .when = has_short_hmac)};

struct address_id {
    uint8_t value;
};

static const tapir_field address_id_fields[] = {
    TAPIR_FIELD(address_id, value, "tcp.options.mptcp.addrid", TAPIR_UINT, 0, "Address")};
static const tapir_record address_id_record = TAPIR_RECORD("Address", address_id_fields);
static const tapir_record *const address_id_records[] = {&address_id_record};

static const tapir_record *address_id_next(tapir_walk *walk, void *item)
{
    struct address_id *id = item;

    id->value = tapir_take_u8(&walk->in);
    return &address_id_record;
}

static const tapir_list address_id_list = {sizeof(struct address_id), address_id_next,
    address_id_records, TAPIR_COUNT(address_id_records)};
static const tapir_field remove_address_fields[] = {
    SUBTYPE, MPTCP(address_ids, "addrids", TAPIR_LIST, "Addresses", .list = &address_id_list)};

/* The end. */

static const tapir_part reset_parts[] = {
    TAPIR_PART("tcp.options.mptcp.flag_U.flag", 0x8, "Reserved", NULL),
    TAPIR_PART("tcp.options.mptcp.flag_V.flag", 0x4, "Reserved", NULL),
    TAPIR_PART("tcp.options.mptcp.flag_W.flag", 0x2, "Reserved", NULL),
    TAPIR_PART("tcp.options.mptcp.flag_T.flag", 0x1, "Transient", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field fail_fields[] = {SUBTYPE, RESERVED,
    MPTCP(data_seq, "rawdataseqno", TAPIR_UINT, "Data sequence number", HAS(DATA_SEQ))};
static const tapir_field fastclose_fields[] = {SUBTYPE, RESERVED, RECEIVER_KEY};
static const tapir_field reset_fields[] = {SUBTYPE, FIRST(reset_parts),
    MPTCP(reason, "rst_reason", TAPIR_UINT, "Why", .base = TAPIR_HEX, .labels = reset_reasons,
        HAS(SECOND))};
static const tapir_field other_fields[] = {SUBTYPE};

/* Which record, by subtype and length. */

#define RECORD(name, title)                                                                        \
    static const tapir_record name##_record = TAPIR_RECORD(title, name##_fields)
RECORD(capable_0, "Multipath capable, version 0");
RECORD(capable, "Multipath capable");
RECORD(join_syn, "Join, SYN");
RECORD(join_synack, "Join, SYN and ACK");
RECORD(join_ack, "Join, ACK");
RECORD(dss, "Data sequence signal");
RECORD(add_address, "Add address");
RECORD(remove_address, "Remove address");
RECORD(prio, "Change subflow priority");
RECORD(fail, "Fallback");
RECORD(fastclose, "Fast close");
RECORD(reset, "Subflow reset");
RECORD(other, "Unknown subtype");
static const tapir_record *const mptcp_records[] = {&capable_0_record, &capable_record,
    &join_syn_record, &join_synack_record, &join_ack_record, &dss_record, &add_address_record,
    &remove_address_record, &prio_record, &fail_record, &fastclose_record, &reset_record,
    &other_record};

/* Takes the second octet, where there is one. */
static uint8_t take_second(struct tapir_mptcp *mptcp, tapir_reader *r)
{
    if (tapir_left(r))
        mptcp->present |= TAPIR_MPTCP_HAS_SECOND;
    return tapir_take_u8(r);
}

/* RFC 8684 3.1: keys, data length and checksum, as the length has them. */
static const tapir_record *take_capable(struct tapir_mptcp *mptcp, tapir_reader *r)
{
    static const struct {
        uint8_t len;
        uint16_t present;
    } forms[] = {
        {8, TAPIR_MPTCP_HAS_SENDER_KEY},
        {16, TAPIR_MPTCP_HAS_SENDER_KEY | TAPIR_MPTCP_HAS_RECEIVER_KEY},
        {18, TAPIR_MPTCP_HAS_SENDER_KEY | TAPIR_MPTCP_HAS_RECEIVER_KEY |
                 TAPIR_MPTCP_HAS_DATA_LENGTH},
        {20, TAPIR_MPTCP_HAS_SENDER_KEY | TAPIR_MPTCP_HAS_RECEIVER_KEY |
                 TAPIR_MPTCP_HAS_DATA_LENGTH | TAPIR_MPTCP_HAS_CHECKSUM},
    };

    mptcp->flags = take_second(mptcp, r);
    for (size_t i = 0; i < TAPIR_COUNT(forms); i++)
        if (forms[i].len == tapir_left(r))
            mptcp->present |= forms[i].present;
    if (mptcp->present & TAPIR_MPTCP_HAS_SENDER_KEY)
        mptcp->sender_key = tapir_take_be64(r);
    if (mptcp->present & TAPIR_MPTCP_HAS_RECEIVER_KEY)
        mptcp->receiver_key = tapir_take_be64(r);
    if (mptcp->present & TAPIR_MPTCP_HAS_DATA_LENGTH)
        mptcp->data_length = tapir_take_be16(r);
    if (mptcp->present & TAPIR_MPTCP_HAS_CHECKSUM)
        mptcp->checksum = tapir_take_be16(r);
    return mptcp->low == 1 ? &capable_record : &capable_0_record;
}

/* RFC 8684 3.2: three forms, told apart by their length. */
static const tapir_record *take_join(struct tapir_mptcp *mptcp, tapir_reader *r)
{
    size_t len = tapir_left(r);
    uint8_t second = tapir_take_u8(r);

    switch (len) {
    case 9:
        mptcp->address_id = second;
        mptcp->present |= TAPIR_MPTCP_HAS_ADDRESS_ID;
        mptcp->token = tapir_take_be32(r);
        mptcp->random = tapir_take_be32(r);
        return &join_syn_record;
    case 13:
        mptcp->address_id = second;
        mptcp->present |= TAPIR_MPTCP_HAS_ADDRESS_ID;
        mptcp->short_hmac = tapir_take_be64(r);
        mptcp->random = tapir_take_be32(r);
        return &join_synack_record;
    case 21:
        mptcp->present |= TAPIR_MPTCP_HAS_SECOND;
        mptcp->reserved = (uint16_t)(mptcp->low << 8 | second);
        mptcp->hmac = tapir_take_rest(r);
        return &join_ack_record;
    default:
        return &other_record;
    }
}

static const tapir_record *take_dss(struct tapir_mptcp *mptcp, tapir_reader *r)
{
    mptcp->flags = take_second(mptcp, r);
    if (mptcp->flags & DSS_ACK) {
        mptcp->data_ack = mptcp->flags & DSS_ACK_LONG ? tapir_take_be64(r) : tapir_take_be32(r);
        mptcp->present |= r->failed ? 0 : TAPIR_MPTCP_HAS_DATA_ACK;
    }
    if (mptcp->flags & DSS_SEQ) {
        mptcp->data_seq = mptcp->flags & DSS_SEQ_LONG ? tapir_take_be64(r) : tapir_take_be32(r);
        mptcp->subflow_seq = tapir_take_be32(r);
        mptcp->data_length = tapir_take_be16(r);
        mptcp->present |= r->failed ? 0 : TAPIR_MPTCP_HAS_DATA_SEQ | TAPIR_MPTCP_HAS_DATA_LENGTH;
        if (tapir_left(r) == 2) {
            mptcp->checksum = tapir_take_be16(r);
            mptcp->present |= TAPIR_MPTCP_HAS_CHECKSUM;
        }
    }
    return &dss_record;
}

/* RFC 8684 3.4.1: the length tells which parts are there: 4 or 16 bytes of address, 2 of port, 8 of
 * HMAC. */
static const tapir_record *take_add_address(struct tapir_mptcp *mptcp, tapir_reader *r)
{
    static const uint8_t rests[] = {0, 2, 8, 2 + 8};
    size_t address_len = 0, len;

    if (tapir_left(r))
        mptcp->present |= TAPIR_MPTCP_HAS_ADDRESS_ID;
    mptcp->address_id = tapir_take_u8(r);
    len = tapir_left(r);
    for (size_t i = 0; i < TAPIR_COUNT(rests); i++)
        if (len == 4u + rests[i] || len == 16u + rests[i])
            address_len = len - rests[i];
    if (!address_len)
        return &add_address_record;
    mptcp->address = tapir_take_span(r, address_len);
    if (tapir_left(r) % 8 == 2) {
        mptcp->port = tapir_take_be16(r);
        mptcp->present |= TAPIR_MPTCP_HAS_PORT;
    }
    if (tapir_left(r)) {
        mptcp->hmac = tapir_rest(r);
        mptcp->short_hmac = tapir_take_be64(r);
    }
    return &add_address_record;
}

static const tapir_record *take_subtype(struct tapir_mptcp *mptcp, tapir_reader *r)
{
    switch (mptcp->subtype) {
    case TAPIR_MPTCP_CAPABLE:
        return take_capable(mptcp, r);
    case TAPIR_MPTCP_JOIN:
        return take_join(mptcp, r);
    case TAPIR_MPTCP_DSS:
        return take_dss(mptcp, r);
    case TAPIR_MPTCP_ADD_ADDR:
        return take_add_address(mptcp, r);
    case TAPIR_MPTCP_REMOVE_ADDR:
        mptcp->address_ids = tapir_take_rest(r);
        return &remove_address_record;
    case TAPIR_MPTCP_PRIO:
        if (tapir_left(r) == 1) {
            mptcp->address_id = tapir_take_u8(r);
            mptcp->present |= TAPIR_MPTCP_HAS_ADDRESS_ID;
        }
        return &prio_record;
    case TAPIR_MPTCP_FAIL:
        mptcp->reserved = (uint16_t)(mptcp->low << 8 | take_second(mptcp, r));
        mptcp->data_seq = tapir_take_be64(r);
        mptcp->present |= r->failed ? 0 : TAPIR_MPTCP_HAS_DATA_SEQ;
        return &fail_record;
    case TAPIR_MPTCP_FASTCLOSE:
        mptcp->reserved = (uint16_t)(mptcp->low << 8 | take_second(mptcp, r));
        mptcp->receiver_key = tapir_take_be64(r);
        mptcp->present |= r->failed ? 0 : TAPIR_MPTCP_HAS_RECEIVER_KEY;
        return &fastclose_record;
    case TAPIR_MPTCP_TCPRST:
        mptcp->reason = take_second(mptcp, r);
        return &reset_record;
    default:
        return &other_record;
    }
}

static const tapir_record *mptcp_next(tapir_walk *walk, void *item)
{
    struct tapir_mptcp *mptcp = item;
    const tapir_record *record;

    memset(mptcp, 0, sizeof *mptcp);
    mptcp->first = tapir_take_u8(&walk->in);
    mptcp->subtype = mptcp->first >> 4;
    mptcp->low = mptcp->first & 0xf;
    record = take_subtype(mptcp, &walk->in);
    /* What is left no version explains; a body has one item. */
    walk->in.at = walk->in.end;
    return record;
}

const tapir_list tapir__mptcp_list = {
    sizeof(struct tapir_mptcp), mptcp_next, mptcp_records, TAPIR_COUNT(mptcp_records)};

bool tapir_tcp_mptcp(const struct tapir_tcp_option *option, struct tapir_mptcp *mptcp)
{
    tapir_walk walk = tapir_walk_of(&tapir__mptcp_list, option->data, option);

    mptcp_next(&walk, mptcp);
    return !walk.in.failed;
}
