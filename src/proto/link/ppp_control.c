/* Link control (RFC 1661), network control for IP (RFC 1332) and IPv6 (RFC 5072), and
 * authentication (RFC 1334, RFC 1994) of PPP. */
#include "tapir/proto/ppp_control.h"

#include "../record.h"
#include "tapir/encode.h"
#include "tapir/proto/ppp.h"

#define HEADER_LEN 4

static const tapir_label control_codes[] = {
    {0, "Vendor-specific"},
    {TAPIR_PPP_CONFIGURE_REQUEST, "Configure-Request"},
    {TAPIR_PPP_CONFIGURE_ACK, "Configure-Ack"},
    {TAPIR_PPP_CONFIGURE_NAK, "Configure-Nak"},
    {TAPIR_PPP_CONFIGURE_REJECT, "Configure-Reject"},
    {TAPIR_PPP_TERMINATE_REQUEST, "Terminate-Request"},
    {TAPIR_PPP_TERMINATE_ACK, "Terminate-Ack"},
    {TAPIR_PPP_CODE_REJECT, "Code-Reject"},
    {TAPIR_PPP_PROTOCOL_REJECT, "Protocol-Reject"},
    {TAPIR_PPP_ECHO_REQUEST, "Echo-Request"},
    {TAPIR_PPP_ECHO_REPLY, "Echo-Reply"},
    {TAPIR_PPP_DISCARD, "Discard-Request"},
    {0, NULL},
};
static const tapir_label chap_codes[] = {
    {1, "Challenge"}, {2, "Response"}, {3, "Success"}, {4, "Failure"}, {0, NULL}};
static const tapir_label pap_codes[] = {
    {1, "Authenticate-Request"}, {2, "Authenticate-Ack"}, {3, "Authenticate-Nak"}, {0, NULL}};
static const tapir_label algorithms[] = {
    {5, "MD5"}, {128, "MS-CHAP"}, {129, "MS-CHAP-2"}, {0, NULL}};
static const tapir_label operations[] = {{0, "By the user's authentication"}, {1, "Dialing string"},
    {2, "Location identifier"}, {3, "E.164 number"}, {4, "X.500 name"}, {6, "By CBCP"}, {0, NULL}};

static bool configures(const void *item)
{
    const struct tapir_ppp_control *control = item;

    return control->code >= TAPIR_PPP_CONFIGURE_REQUEST &&
           control->code <= TAPIR_PPP_CONFIGURE_REJECT;
}

static bool does_not_configure(const void *item)
{
    return !configures(item);
}

/* Options. */

#define OPTION(member, name, kind, bits, ...)                                                      \
    TAPIR_FIELD(tapir_ppp_option, member, name, kind, bits, __VA_ARGS__)
#define HEAD(prefix)                                                                               \
    OPTION(type, prefix ".opt.type", TAPIR_UINT, 8, "Type"),                                       \
        OPTION(length, prefix ".opt.length", TAPIR_UINT, 8, "Length with type and length octets")
#define RECORD(id, title) static const tapir_record id##_record = TAPIR_RECORD(title, id##_fields)

/* How an option shows: `record` when its value has at least `least` and at most `most` bytes. */
struct shape {
    uint8_t type, least, most;
    const tapir_record *record;
};

/* Takes an option by its shape; the list's first record is for those that have none. */
static const tapir_record *take_option(
    tapir_walk *walk, struct tapir_ppp_option *option, const struct shape *shapes, size_t count)
{
    const uint8_t *start = walk->in.at;
    tapir_reader r;

    memset(option, 0, sizeof *option);
    option->type = tapir_take_u8(&walk->in);
    option->length = tapir_take_u8(&walk->in);
    if (!walk->in.failed && option->length < 2)
        tapir_reader_fail(&walk->in, 2);
    if (walk->in.failed)
        return NULL;
    option->value = tapir__take_most(&walk->in, option->length - (size_t)2);
    r = tapir_reader_of(tapir_span_of(start, 2 + option->value.len));
    for (size_t i = 0; i < count; i++)
        if (shapes[i].type == option->type && option->value.len >= shapes[i].least &&
            option->value.len <= shapes[i].most) {
            tapir__take_record(&r, shapes[i].record, option);
            return shapes[i].record;
        }
    return walk->list->records[0];
}

/* Of the link (RFC 1661 6, RFC 1570, RFC 1990). */

static bool has_algorithm(const void *item)
{
    const struct tapir_ppp_option *option = item;

    return option->as.authentication.protocol == TAPIR_PPP_CHAP && option->value.len > 2;
}

static bool has_rest(const void *item)
{
    return ((const struct tapir_ppp_option *)item)->rest.len != 0;
}

#define REST                 OPTION(rest, "lcp.opt.data", TAPIR_SPAN, 0, "The rest of the value", .when = has_rest)
#define CHARACTER(name, bit) TAPIR_PART("lcp.opt.asyncmap." name, 1u << (bit), "Is escaped", NULL)
static const tapir_part character_parts[] = {CHARACTER("nul", 0), CHARACTER("soh", 1),
    CHARACTER("stx", 2), CHARACTER("etx", 3), CHARACTER("eot", 4), CHARACTER("enq", 5),
    CHARACTER("ack", 6), CHARACTER("bel", 7), CHARACTER("bs", 8), CHARACTER("ht", 9),
    CHARACTER("lf", 10), CHARACTER("vt", 11), CHARACTER("ff", 12), CHARACTER("cr", 13),
    CHARACTER("so", 14), CHARACTER("si", 15), CHARACTER("dle", 16), CHARACTER("dc1", 17),
    CHARACTER("dc2", 18), CHARACTER("dc3", 19), CHARACTER("dc4", 20), CHARACTER("nak", 21),
    CHARACTER("syn", 22), CHARACTER("etb", 23), CHARACTER("can", 24), CHARACTER("em", 25),
    CHARACTER("sub", 26), CHARACTER("esc", 27), CHARACTER("fs", 28), CHARACTER("gs", 29),
    CHARACTER("rs", 30), CHARACTER("us", 31), TAPIR_PARTS_END};

static const tapir_field lcp_other_fields[] = {
    HEAD("lcp"), OPTION(value, "lcp.opt.data", TAPIR_SPAN, 0, "Value")};
static const tapir_field mru_fields[] = {
    HEAD("lcp"), OPTION(as.number, "lcp.opt.mru", TAPIR_UINT, 16, "Maximum receive unit")};
static const tapir_field accm_fields[] = {
    HEAD("lcp"), OPTION(as.number, "lcp.opt.asyncmap", TAPIR_UINT, 32, "Characters to escape",
                     .base = TAPIR_HEX, .parts = character_parts)};
static const tapir_field auth_fields[] = {HEAD("lcp"),
    OPTION(as.authentication.protocol, "lcp.opt.auth_protocol", TAPIR_UINT, 16, "Protocol",
        .base = TAPIR_HEX, .labels = tapir_ppp_protocols),
    OPTION(as.authentication.algorithm, "lcp.opt.algorithm", TAPIR_UINT, 0, "Algorithm",
        .labels = algorithms, .when = has_algorithm),
    REST};
static const tapir_field quality_fields[] = {HEAD("lcp"),
    OPTION(as.number, "lcp.opt.quality_protocol", TAPIR_UINT, 16, "Protocol", .base = TAPIR_HEX,
        .labels = tapir_ppp_protocols),
    REST};
static const tapir_field magic_fields[] = {HEAD("lcp"),
    OPTION(as.number, "lcp.opt.magic_number", TAPIR_UINT, 32, "The sender's", .base = TAPIR_HEX)};
static const tapir_field bare_fields[] = {HEAD("lcp")};
static const tapir_field callback_fields[] = {HEAD("lcp"),
    OPTION(as.number, "lcp.opt.operation", TAPIR_UINT, 8, "How", .labels = operations), REST};
static const tapir_field mrru_fields[] = {HEAD("lcp"),
    OPTION(as.number, "lcp.opt.mrru", TAPIR_UINT, 16, "Maximum reassembled receive unit")};
static const tapir_field discriminator_fields[] = {
    HEAD("lcp"), OPTION(as.number, "lcp.opt.link_discrim", TAPIR_UINT, 16, "Number of the link")};
RECORD(lcp_other, "Option");
RECORD(mru, "Maximum receive unit");
RECORD(accm, "Async control character map");
RECORD(auth, "Authentication protocol");
RECORD(quality, "Quality protocol");
RECORD(magic, "Magic number");
RECORD(bare, "Option without value");
RECORD(callback, "Callback");
RECORD(mrru, "Multilink maximum reassembled receive unit");
RECORD(discriminator, "Link discriminator");
static const tapir_record *const lcp_records[] = {&lcp_other_record, &mru_record, &accm_record,
    &auth_record, &quality_record, &magic_record, &bare_record, &callback_record, &mrru_record,
    &discriminator_record};
static const struct shape lcp_shapes[] = {
    {1, 2, 2, &mru_record},
    {2, 4, 4, &accm_record},
    {3, 2, 253, &auth_record},
    {4, 2, 253, &quality_record},
    {5, 4, 4, &magic_record},
    {7, 0, 0, &bare_record},
    {8, 0, 0, &bare_record},
    {13, 1, 253, &callback_record},
    {17, 2, 2, &mrru_record},
    {18, 0, 0, &bare_record},
    {23, 2, 2, &discriminator_record},
};

static const tapir_record *lcp_next(tapir_walk *walk, void *item)
{
    struct tapir_ppp_option *option = item;
    const tapir_record *record = take_option(walk, option, lcp_shapes, TAPIR_COUNT(lcp_shapes));
    size_t read = record == &callback_record ? 1 : 2;

    if (record == &auth_record && option->value.len > 2) {
        option->as.authentication.algorithm = option->value.data[2];
        read += has_algorithm(option);
    }
    if (record == &auth_record || record == &quality_record || record == &callback_record)
        option->rest = tapir_span_of(option->value.data + read, option->value.len - read);
    return record;
}

static const tapir_list lcp_list = {
    sizeof(struct tapir_ppp_option), lcp_next, lcp_records, TAPIR_COUNT(lcp_records)};

/* Of IP (RFC 1332, RFC 1877, RFC 2290). */

static const tapir_field ipcp_other_fields[] = {
    HEAD("ipcp"), OPTION(value, "ipcp.data", TAPIR_SPAN, 0, "Value")};
static const tapir_field addresses_fields[] = {HEAD("ipcp"),
    OPTION(as.addresses.src, "ipcp.opt.src_address", TAPIR_IPV4, 32, "The sender's"),
    OPTION(as.addresses.dst, "ipcp.opt.dst_address", TAPIR_IPV4, 32, "The other side's")};
static const tapir_field compression_fields[] = {
    HEAD("ipcp"), OPTION(as.compression.protocol, "ipcp.opt.compress_proto", TAPIR_UINT, 16,
                      "Protocol", .base = TAPIR_HEX, .labels = tapir_ppp_protocols)};
static const tapir_part slot_parts[] = {
    TAPIR_PART("ipcp.opt.comp_slot_id", 0x01, "The slot may be left out", NULL), TAPIR_PARTS_END};
static const tapir_field jacobson_fields[] = {HEAD("ipcp"),
    OPTION(as.compression.protocol, "ipcp.opt.compress_proto", TAPIR_UINT, 16, "Protocol",
        .base = TAPIR_HEX, .labels = tapir_ppp_protocols),
    OPTION(as.compression.max_slot, "ipcp.opt.max_slot_id", TAPIR_UINT, 8, "Last slot"),
    OPTION(as.compression.compress_slot, "ipcp.opt.slot_flags", TAPIR_UINT, 8, "Flags",
        .parts = slot_parts, .nameless = true)};
#define ADDRESS_FIELDS(id, name)                                                                   \
    static const tapir_field id##_fields[] = {                                                     \
        HEAD("ipcp"), OPTION(as.address, "ipcp.opt." name, TAPIR_IPV4, 32, "Address")}
ADDRESS_FIELDS(address, "ip_address");
ADDRESS_FIELDS(home, "mobilenodehomeaddress");
ADDRESS_FIELDS(primary_dns, "pri_dns_address");
ADDRESS_FIELDS(primary_nbns, "pri_nbns_address");
ADDRESS_FIELDS(secondary_dns, "sec_dns_address");
ADDRESS_FIELDS(secondary_nbns, "sec_nbns_address");
RECORD(ipcp_other, "Option");
RECORD(addresses, "IP addresses");
RECORD(compression, "IP compression");
RECORD(jacobson, "Van Jacobson compression");
RECORD(address, "IP address");
RECORD(home, "Mobile node's home address");
RECORD(primary_dns, "Primary name server");
RECORD(primary_nbns, "Primary NetBIOS name server");
RECORD(secondary_dns, "Secondary name server");
RECORD(secondary_nbns, "Secondary NetBIOS name server");
static const tapir_record *const ipcp_records[] = {&ipcp_other_record, &addresses_record,
    &compression_record, &jacobson_record, &address_record, &home_record, &primary_dns_record,
    &primary_nbns_record, &secondary_dns_record, &secondary_nbns_record};
static const struct shape ipcp_shapes[] = {
    {1, 8, 8, &addresses_record},
    {2, 2, 3, &compression_record},
    {2, 4, 4, &jacobson_record},
    {2, 5, 253, &compression_record},
    {3, 4, 4, &address_record},
    {4, 4, 4, &home_record},
    {129, 4, 4, &primary_dns_record},
    {130, 4, 4, &primary_nbns_record},
    {131, 4, 4, &secondary_dns_record},
    {132, 4, 4, &secondary_nbns_record},
};

static const tapir_record *ipcp_next(tapir_walk *walk, void *item)
{
    return take_option(walk, item, ipcp_shapes, TAPIR_COUNT(ipcp_shapes));
}

static const tapir_list ipcp_list = {
    sizeof(struct tapir_ppp_option), ipcp_next, ipcp_records, TAPIR_COUNT(ipcp_records)};

/* Of IPv6 (RFC 5072 4). */

static const tapir_field ipv6cp_other_fields[] = {
    HEAD("ipv6cp"), OPTION(value, "ipv6cp.opt.data", TAPIR_SPAN, 0, "Value")};
static const tapir_field interface_fields[] = {HEAD("ipv6cp"),
    OPTION(as.interface, "ipv6cp.interface_identifier", TAPIR_BYTES, 64, "The sender's")};
RECORD(ipv6cp_other, "Option");
RECORD(interface, "Interface identifier");
static const tapir_record *const ipv6cp_records[] = {&ipv6cp_other_record, &interface_record};
static const struct shape ipv6cp_shapes[] = {{1, 8, 8, &interface_record}};

static const tapir_record *ipv6cp_next(tapir_walk *walk, void *item)
{
    return take_option(walk, item, ipv6cp_shapes, TAPIR_COUNT(ipv6cp_shapes));
}

static const tapir_list ipv6cp_list = {
    sizeof(struct tapir_ppp_option), ipv6cp_next, ipv6cp_records, TAPIR_COUNT(ipv6cp_records)};

tapir_walk tapir_ppp_lcp_options(const struct tapir_ppp_control *control)
{
    return tapir_walk_of(&lcp_list, control->data, control);
}

tapir_walk tapir_ppp_ipcp_options(const struct tapir_ppp_control *control)
{
    return tapir_walk_of(&ipcp_list, control->data, control);
}

tapir_walk tapir_ppp_ipv6cp_options(const struct tapir_ppp_control *control)
{
    return tapir_walk_of(&ipv6cp_list, control->data, control);
}

/* What packets hold that configure nothing. */

struct body {
    uint32_t magic, seconds;
    uint16_t protocol;
    uint8_t first_length, second_length;
    tapir_span first, second, rest;
};

#define BODY(member, name, kind, bits, ...) TAPIR_FIELD(body, member, name, kind, bits, __VA_ARGS__)

static const tapir_field plain_fields[] = {BODY(rest, "lcp.data", TAPIR_SPAN, 0, "Data")};
static const tapir_field echo_fields[] = {
    BODY(magic, "lcp.magic_number", TAPIR_UINT, 32, "The sender's", .base = TAPIR_HEX),
    BODY(rest, "lcp.data", TAPIR_SPAN, 0, "Data")};
static const tapir_field identification_fields[] = {
    BODY(magic, "lcp.magic_number", TAPIR_UINT, 32, "The sender's", .base = TAPIR_HEX),
    BODY(rest, "lcp.message", TAPIR_STRING, 0, "What the sender is")};
static const tapir_field remaining_fields[] = {
    BODY(magic, "lcp.magic_number", TAPIR_UINT, 32, "The sender's", .base = TAPIR_HEX),
    BODY(seconds, "lcp.secs_remaining", TAPIR_UINT, 32, "Seconds left"),
    BODY(rest, "lcp.message", TAPIR_STRING, 0, "What the sender says")};
static const tapir_field reject_fields[] = {
    BODY(protocol, "lcp.rej_proto", TAPIR_UINT, 16, "The protocol", .base = TAPIR_HEX,
        .labels = tapir_ppp_protocols),
    BODY(rest, "lcp.data", TAPIR_SPAN, 0, "Its packet")};
RECORD(plain, "Data");
RECORD(echo, "Echo");
RECORD(identification, "Identification");
RECORD(remaining, "Time remaining");
RECORD(reject, "Protocol reject");
static const tapir_record *const body_records[] = {
    &plain_record, &echo_record, &identification_record, &remaining_record, &reject_record};

static const tapir_record *body_next(tapir_walk *walk, void *item)
{
    const struct tapir_ppp_control *control = walk->outer;
    const tapir_record *record = &plain_record;
    struct body *body = item;

    memset(body, 0, sizeof *body);
    if (control->code == TAPIR_PPP_PROTOCOL_REJECT)
        record = &reject_record;
    else if (control->code >= TAPIR_PPP_ECHO_REQUEST && control->code <= TAPIR_PPP_DISCARD)
        record = &echo_record;
    else if (control->code == 12)
        record = &identification_record;
    else if (control->code == 13)
        record = &remaining_record;
    if (tapir__take_record(&walk->in, record, body))
        body->rest = tapir_take_rest(&walk->in);
    return record;
}

static const tapir_list body_list = {
    sizeof(struct body), body_next, body_records, TAPIR_COUNT(body_records)};

static const tapir_field network_fields[] = {BODY(rest, "ppp.data", TAPIR_SPAN, 0, "Data")};
RECORD(network, "Data");
static const tapir_record *const network_records[] = {&network_record};

static const tapir_record *rest_next(tapir_walk *walk, void *item)
{
    struct body *body = item;

    memset(body, 0, sizeof *body);
    body->rest = tapir_take_rest(&walk->in);
    return walk->list->records[0];
}

static const tapir_list network_list = {sizeof(struct body), rest_next, network_records, 1};

/* PAP (RFC 1334 2.2) */
static const tapir_field request_fields[] = {
    BODY(first_length, "pap.peer_id.length", TAPIR_UINT, 0, "Length of the name"),
    BODY(first, "pap.peer_id", TAPIR_STRING, 0, "Name"),
    BODY(second_length, "pap.password.length", TAPIR_UINT, 0, "Length of the password"),
    BODY(second, "pap.password", TAPIR_STRING, 0, "Password")};
static const tapir_field answer_fields[] = {
    BODY(first_length, "pap.message.length", TAPIR_UINT, 0, "Length of the message"),
    BODY(first, "pap.message", TAPIR_STRING, 0, "Message")};
static const tapir_field stuff_fields[] = {BODY(rest, "pap.stuff", TAPIR_SPAN, 0, "Data")};
RECORD(request, "Request");
RECORD(answer, "Answer");
RECORD(stuff, "Data");
static const tapir_record *const pap_records[] = {&request_record, &answer_record, &stuff_record};

static const tapir_record *pap_next(tapir_walk *walk, void *item)
{
    const struct tapir_ppp_control *control = walk->outer;
    struct body *body = item;

    if (control->code < 1 || control->code > 3) {
        rest_next(walk, item);
        return &stuff_record;
    }
    memset(body, 0, sizeof *body);
    body->first_length = tapir_take_u8(&walk->in);
    body->first = tapir__take_most(&walk->in, body->first_length);
    if (control->code != 1)
        return &answer_record;
    body->second_length = tapir_take_u8(&walk->in);
    body->second = tapir__take_most(&walk->in, body->second_length);
    return &request_record;
}

static const tapir_list pap_list = {
    sizeof(struct body), pap_next, pap_records, TAPIR_COUNT(pap_records)};

/* CHAP (RFC 1994 4) */
static const tapir_field challenge_fields[] = {
    BODY(first_length, "chap.value_size", TAPIR_UINT, 0, "Length of the value"),
    BODY(first, "chap.value", TAPIR_SPAN, 0, "Challenge, or the answer to one"),
    BODY(rest, "chap.name", TAPIR_STRING, 0, "Name of the sender")};
static const tapir_field message_fields[] = {
    BODY(rest, "chap.message", TAPIR_STRING, 0, "Message")};
static const tapir_field chap_stuff_fields[] = {BODY(rest, "chap.stuff", TAPIR_SPAN, 0, "Data")};
RECORD(challenge, "Challenge or response");
RECORD(message, "Outcome");
RECORD(chap_stuff, "Data");
static const tapir_record *const chap_records[] = {
    &challenge_record, &message_record, &chap_stuff_record};

static const tapir_record *chap_next(tapir_walk *walk, void *item)
{
    const struct tapir_ppp_control *control = walk->outer;
    struct body *body = item;

    if (control->code != 1 && control->code != 2) {
        rest_next(walk, item);
        return control->code == 3 || control->code == 4 ? &message_record : &chap_stuff_record;
    }
    memset(body, 0, sizeof *body);
    body->first_length = tapir_take_u8(&walk->in);
    body->first = tapir__take_most(&walk->in, body->first_length);
    body->rest = tapir_take_rest(&walk->in);
    return &challenge_record;
}

static const tapir_list chap_list = {
    sizeof(struct body), chap_next, chap_records, TAPIR_COUNT(chap_records)};

/* The head, which all have. */

#define CONTROL(member, name, kind, bits, ...)                                                     \
    TAPIR_FIELD(tapir_ppp_control, member, name, kind, bits, __VA_ARGS__)
#define START(prefix, codes)                                                                       \
    CONTROL(code, prefix ".code", TAPIR_UINT, 8, "What the packet is", .labels = codes),           \
        CONTROL(identifier, prefix ".identifier", TAPIR_UINT, 8, "What tells replies"),            \
        CONTROL(length, prefix ".length", TAPIR_UINT, 16, "Length of the packet")

static const tapir_field lcp_fields[] = {START("ppp", control_codes),
    CONTROL(data, "lcp.options", TAPIR_LIST, 0, "Options", .list = &lcp_list, .when = configures),
    CONTROL(data, "lcp.body", TAPIR_BODY, 0, "By the code", .list = &body_list,
        .when = does_not_configure)};
static const tapir_field ipcp_fields[] = {START("ppp", control_codes),
    CONTROL(data, "ipcp.options", TAPIR_LIST, 0, "Options", .list = &ipcp_list, .when = configures),
    CONTROL(data, "ipcp.body", TAPIR_BODY, 0, "Data", .list = &network_list,
        .when = does_not_configure)};
static const tapir_field ipv6cp_fields[] = {START("ppp", control_codes),
    CONTROL(
        data, "ipv6cp.options", TAPIR_LIST, 0, "Options", .list = &ipv6cp_list, .when = configures),
    CONTROL(data, "ipv6cp.body", TAPIR_BODY, 0, "Data", .list = &network_list,
        .when = does_not_configure)};
static const tapir_field pap_fields[] = {START("pap", pap_codes),
    CONTROL(data, "pap.body", TAPIR_BODY, 0, "By the code", .list = &pap_list)};
static const tapir_field chap_fields[] = {START("chap", chap_codes),
    CONTROL(data, "chap.body", TAPIR_BODY, 0, "By the code", .list = &chap_list)};

static tapir_status control_decode(tapir_decoder *d, void *layer)
{
    struct tapir_ppp_control *control = layer;

    control->data = tapir_span_of(d->in.at, 0);
    if (!TAPIR_LOAD(&d->in, control, lcp_fields))
        return TAPIR_OK;
    if (control->length < HEADER_LEN)
        return tapir_malformed(d, "length below 4");
    control->data = tapir__take_most(&d->in, control->length - (size_t)HEADER_LEN);
    if (!d->in.failed)
        tapir_bound(d, 0, "ppp.length"); /* RFC 1661 5: what is behind is padding */
    return TAPIR_OK;
}

static tapir_status control_encode(tapir_encoder *e, const void *layer)
{
    struct tapir_ppp_control control = *(const struct tapir_ppp_control *)layer;
    size_t length = control.length;
    tapir_status status =
        tapir_fill_length(e, "ppp.length", HEADER_LEN + control.data.len, UINT16_MAX, &length);

    control.length = (uint16_t)length;
    tapir_open_header(e, HEADER_LEN + control.data.len);
    TAPIR_STORE(&e->out, &control, lcp_fields);
    tapir_put_span(&e->out, control.data);
    return status;
}

static const struct tapir_ppp_control control_initial = {.code = 1, .length = HEADER_LEN};

static const tapir_binding lcp_bindings[] = {{TAPIR_PPP_PROTOCOL, TAPIR_PPP_LCP}};
static const tapir_binding ipcp_bindings[] = {{TAPIR_PPP_PROTOCOL, TAPIR_PPP_IPCP}};
static const tapir_binding ipv6cp_bindings[] = {{TAPIR_PPP_PROTOCOL, TAPIR_PPP_IPV6CP}};
static const tapir_binding pap_bindings[] = {{TAPIR_PPP_PROTOCOL, TAPIR_PPP_PAP}};
static const tapir_binding chap_bindings[] = {{TAPIR_PPP_PROTOCOL, TAPIR_PPP_CHAP}};

static const char *const lcp_samples[] = {
    "0101 0025 0104 05d4 0206 000a0000 0304 c023 0305 c22305 0408 c025 00000064 0506 12345678",
    "0201 0015 0702 0802 0d03 06 1104 05dc 1202 1704 0007",
    "0401 000a 0104 05d4 3302",
    "0501 0007 627965",
    "0801 000a 80fd 01010004",
    "0901 0008 12345678",
    "0a01 000a 12345678 beef 0000",
    "0c01 000b 12345678 626f62",
    "0d01 000c 12345678 0000003c",
    "0101 0004",
};
static const char *const ipcp_samples[] = {
    "0101 0038 010a 0a000001 0a000002 0206 002d 0f01 0306 0a000001 0406 0a000002 8106 0a000003 8206"
    "0a000004 8306 0a000005 8406 0a000006",
    "0301 000c 0204 0061 0504 beef",
    "0501 0004",
};
static const char *const ipv6cp_samples[] = {
    "0101 000e 010a 0200000afffe0001", "0401 0008 0204 004f", "0601 0006 beef"};
static const char *const pap_samples[] = {
    "0101 000f 03 626f62 06 736563726574", "0201 0007 02 6f6b", "0901 0006 beef"};
static const char *const chap_samples[] = {
    "0101 000c 04 01020304 626f62", "0301 0006 6f6b", "0901 0006 beef"};

#define CONTROL_PROTO(id, name_, title_, spec_)                                                    \
    const tapir_proto tapir_ppp_##id##_proto = {                                                   \
        .name = name_,                                                                             \
        .title = title_,                                                                           \
        .spec = spec_,                                                                             \
        .role = TAPIR_ROLE_OTHER,                                                                  \
        TAPIR_FIELDS(id##_fields),                                                                 \
        .size = sizeof(struct tapir_ppp_control),                                                  \
        .decode = control_decode,                                                                  \
        .encode = control_encode,                                                                  \
        TAPIR_BINDINGS(id##_bindings),                                                             \
        TAPIR_SAMPLES(id##_samples),                                                               \
        .initial = &control_initial,                                                               \
    }
CONTROL_PROTO(lcp, "lcp", "PPP link control", "RFC 1661");
CONTROL_PROTO(ipcp, "ipcp", "PPP control of IP", "RFC 1332");
CONTROL_PROTO(ipv6cp, "ipv6cp", "PPP control of IPv6", "RFC 5072");
CONTROL_PROTO(pap, "pap", "PPP password authentication", "RFC 1334");
CONTROL_PROTO(chap, "chap", "PPP challenge handshake authentication", "RFC 1994");
