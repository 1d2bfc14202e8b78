/* Parameters and error causes of SCTP (RFC 9260 3.3.2, 3.3.10, RFC 4895, RFC 5061, RFC 6525).
 *
 * They may hold each other; how deep they are shown is fixed by the tables, three levels of
 * parameters, and what lies deeper shows as bytes. */
#include "sctp_parameters.h"

#include "../record.h"

const tapir_label tapir__sctp_parameter_types[] = {
    {TAPIR_SCTP_PARAMETER_HEARTBEAT, "Heartbeat information"},
    {TAPIR_SCTP_PARAMETER_IPV4, "IPv4 address"},
    {TAPIR_SCTP_PARAMETER_IPV6, "IPv6 address"},
    {TAPIR_SCTP_PARAMETER_COOKIE, "State cookie"},
    {TAPIR_SCTP_PARAMETER_UNRECOGNIZED, "Unrecognized parameter"},
    {TAPIR_SCTP_PARAMETER_COOKIE_PRESERVATIVE, "Cookie preservative"},
    {TAPIR_SCTP_PARAMETER_HOSTNAME, "Host name"},
    {TAPIR_SCTP_PARAMETER_ADDRESS_TYPES, "Supported address types"},
    {TAPIR_SCTP_PARAMETER_OUTGOING_RESET, "Outgoing SSN reset request"},
    {TAPIR_SCTP_PARAMETER_INCOMING_RESET, "Incoming SSN reset request"},
    {TAPIR_SCTP_PARAMETER_TSN_RESET, "SSN/TSN reset request"},
    {TAPIR_SCTP_PARAMETER_RESPONSE, "Re-configuration response"},
    {TAPIR_SCTP_PARAMETER_ADD_OUTGOING, "Add outgoing streams request"},
    {TAPIR_SCTP_PARAMETER_ADD_INCOMING, "Add incoming streams request"},
    {TAPIR_SCTP_PARAMETER_ECN, "ECN capable"},
    {TAPIR_SCTP_PARAMETER_NONCE, "Nonce supported"},
    {TAPIR_SCTP_PARAMETER_RANDOM, "Random"},
    {TAPIR_SCTP_PARAMETER_CHUNKS, "Chunks to authenticate"},
    {TAPIR_SCTP_PARAMETER_HMACS, "HMAC algorithms"},
    {TAPIR_SCTP_PARAMETER_PADDING, "Padding"},
    {TAPIR_SCTP_PARAMETER_EXTENSIONS, "Supported extensions"},
    {TAPIR_SCTP_PARAMETER_FORWARD_TSN, "Forward TSN supported"},
    {TAPIR_SCTP_PARAMETER_ADD_ADDRESS, "Add address"},
    {TAPIR_SCTP_PARAMETER_DELETE_ADDRESS, "Delete address"},
    {TAPIR_SCTP_PARAMETER_CAUSES, "Error causes"},
    {TAPIR_SCTP_PARAMETER_PRIMARY_ADDRESS, "Set primary address"},
    {TAPIR_SCTP_PARAMETER_SUCCESS, "Success"},
    {TAPIR_SCTP_PARAMETER_ADAPTATION, "Adaptation layer"},
    {0, NULL},
};

const tapir_label tapir__sctp_cause_codes[] = {
    {TAPIR_SCTP_CAUSE_STREAM, "Invalid stream identifier"},
    {TAPIR_SCTP_CAUSE_MISSING_PARAMETER, "Missing mandatory parameter"},
    {TAPIR_SCTP_CAUSE_STALE_COOKIE, "Stale cookie"},
    {TAPIR_SCTP_CAUSE_RESOURCES, "Out of resources"},
    {TAPIR_SCTP_CAUSE_ADDRESS, "Unresolvable address"},
    {TAPIR_SCTP_CAUSE_CHUNK, "Unrecognized chunk type"},
    {TAPIR_SCTP_CAUSE_INVALID_PARAMETER, "Invalid mandatory parameter"},
    {TAPIR_SCTP_CAUSE_PARAMETERS, "Unrecognized parameters"},
    {TAPIR_SCTP_CAUSE_NO_DATA, "No user data"},
    {TAPIR_SCTP_CAUSE_SHUTTING_DOWN, "Cookie received while shutting down"},
    {TAPIR_SCTP_CAUSE_RESTART, "Restart with new addresses"},
    {TAPIR_SCTP_CAUSE_USER_ABORT, "Aborted by the user"},
    {TAPIR_SCTP_CAUSE_VIOLATION, "Protocol violation"},
    {TAPIR_SCTP_CAUSE_LAST_ADDRESS, "Request to delete the last address"},
    {TAPIR_SCTP_CAUSE_SHORTAGE, "Refused for lack of resources"},
    {TAPIR_SCTP_CAUSE_SOURCE_ADDRESS, "Request to delete the source address"},
    {TAPIR_SCTP_CAUSE_ILLEGAL_ASCONF, "Aborted by an illegal ASCONF-ACK"},
    {TAPIR_SCTP_CAUSE_REFUSED, "Request refused"},
    {TAPIR_SCTP_CAUSE_HMAC, "Unsupported HMAC"},
    {0, NULL},
};

const tapir_label tapir__sctp_hmacs[] = {{1, "SHA-1"}, {3, "SHA-256"}, {0, NULL}};

static const tapir_label results[] = {
    {0, "Nothing to do"},
    {1, "Performed"},
    {2, "Denied"},
    {3, "Wrong SSN"},
    {4, "Request already in progress"},
    {5, "Bad sequence number"},
    {6, "In progress"},
    {0, NULL},
};

const tapir_label tapir__sctp_address_types[] = {{TAPIR_SCTP_PARAMETER_IPV4, "IPv4"},
    {TAPIR_SCTP_PARAMETER_IPV6, "IPv6"}, {TAPIR_SCTP_PARAMETER_HOSTNAME, "Host name"}, {0, NULL}};

/* Lists of numbers. */

struct number {
    uint16_t value;
};

#define NUMBER_LIST(id, name, bits, ...)                                                           \
    static const tapir_field id##_item_fields[] = {                                                \
        TAPIR_FIELD(number, value, name, TAPIR_UINT, bits, __VA_ARGS__)};                          \
    static const tapir_record id##_item_record = TAPIR_RECORD("Number", id##_item_fields);         \
    static const tapir_record *const id##_item_records[] = {&id##_item_record};                    \
    static const tapir_list id##_item_list = {                                                     \
        sizeof(struct number), tapir__next_fixed, id##_item_records, 1}
NUMBER_LIST(address_types, "sctp.parameter_supported_address_type", 16, "Type of address",
    .labels = tapir__sctp_address_types);
NUMBER_LIST(streams, "sctp.parameter_reconfig_sid", 16, "Stream to reset");
NUMBER_LIST(
    chunks, "sctp.chunk_type_to_auth", 8, "Type of chunk", .labels = tapir__sctp_chunk_types);
NUMBER_LIST(hmacs, "sctp.hmac_id", 16, "Algorithm", .labels = tapir__sctp_hmacs);
NUMBER_LIST(
    extensions, "sctp.supported_chunk_type", 8, "Type of chunk", .labels = tapir__sctp_chunk_types);
NUMBER_LIST(missing, "sctp.cause_missing_parameter_type", 16, "Type of parameter",
    .base = TAPIR_HEX, .labels = tapir__sctp_parameter_types);

/* A chunk that was not recognized, as the error cause quotes it. */

struct quoted_chunk {
    uint8_t type, flags;
    uint16_t length;
    tapir_span value;
};

static const tapir_part quoted_parts[] = {
    TAPIR_PART("sctp.chunk_bit_1", 0x80, "Go on behind it", NULL),
    TAPIR_PART("sctp.chunk_bit_2", 0x40, "Report it", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field quoted_fields[] = {
    TAPIR_FIELD(quoted_chunk, type, "sctp.chunk_type", TAPIR_UINT, 8, "Type",
        .labels = tapir__sctp_chunk_types, .parts = quoted_parts),
    TAPIR_FIELD(quoted_chunk, flags, "sctp.chunk_flags", TAPIR_UINT, 8, "Flags", .base = TAPIR_HEX),
    TAPIR_FIELD(quoted_chunk, length, "sctp.chunk_length", TAPIR_UINT, 16, "Length"),
    TAPIR_FIELD(quoted_chunk, value, "sctp.chunk_value", TAPIR_SPAN, 0, "Value"),
};
static const tapir_record quoted_record = TAPIR_RECORD("Chunk", quoted_fields);
static const tapir_record *const quoted_records[] = {&quoted_record};

static const tapir_record *quoted_next(tapir_walk *walk, void *item)
{
    struct quoted_chunk *chunk = item;

    if (!TAPIR_LOAD(&walk->in, chunk, quoted_fields))
        return NULL;
    chunk->value = tapir_take_rest(&walk->in);
    return &quoted_record;
}

static const tapir_list quoted_list = {
    sizeof(struct quoted_chunk), quoted_next, quoted_records, TAPIR_COUNT(quoted_records)};

/* Parameters. */

static const tapir_part type_parts[] = {
    TAPIR_PART("sctp.parameter_bit_1", 0x8000, "Go on behind it when it is not recognized", NULL),
    TAPIR_PART("sctp.parameter_bit_2", 0x4000, "Report it when it is not recognized", NULL),
    TAPIR_PARTS_END,
};

#define PARAMETER(member, name, kind, bits, ...)                                                   \
    TAPIR_FIELD(tapir_sctp_parameter, member, name, kind, bits, __VA_ARGS__)
#define HEAD                                                                                       \
    PARAMETER(type, "sctp.parameter_type", TAPIR_UINT, 16, "Type", .base = TAPIR_HEX,              \
        .labels = tapir__sctp_parameter_types, .parts = type_parts),                               \
        PARAMETER(length, "sctp.parameter_length", TAPIR_UINT, 16, "Length without padding")
#define PADDING PARAMETER(padding, "sctp.parameter_padding", TAPIR_SPAN, 0, "Padding")
#define CORRELATION                                                                                \
    PARAMETER(as.number, "sctp.correlation_id", TAPIR_UINT, 32,                                    \
        "What lets the sender tell replies", .base = TAPIR_HEX)
#define REQUEST(member)                                                                            \
    PARAMETER(member, "sctp.parameter_reconfig_request_sequence_number", TAPIR_UINT, 32,           \
        "Number of the request")
#define RESPONSE(member)                                                                           \
    PARAMETER(member, "sctp.parameter_reconfig_response_sequence_number", TAPIR_UINT, 32,          \
        "Number of the request answered")
#define RECORD(id, title) static const tapir_record id##_record = TAPIR_RECORD(title, id##_fields)

static const tapir_field empty_fields[] = {HEAD, PADDING};
static const tapir_field unknown_fields[] = {
    HEAD, PARAMETER(value, "sctp.parameter_value", TAPIR_SPAN, 0, "Value"), PADDING};
static const tapir_field heartbeat_fields[] = {HEAD,
    PARAMETER(value, "sctp.parameter_heartbeat_information", TAPIR_SPAN, 0, "Sender's own"),
    PADDING};
static const tapir_field ipv4_fields[] = {
    HEAD, PARAMETER(as.ipv4, "sctp.parameter_ipv4_address", TAPIR_IPV4, 32, "Address"), PADDING};
static const tapir_field ipv6_fields[] = {
    HEAD, PARAMETER(as.ipv6, "sctp.parameter_ipv6_address", TAPIR_IPV6, 128, "Address"), PADDING};
static const tapir_field cookie_fields[] = {
    HEAD, PARAMETER(value, "sctp.parameter_state_cookie", TAPIR_SPAN, 0, "Cookie"), PADDING};
static const tapir_field preservative_fields[] = {HEAD,
    PARAMETER(as.number, "sctp.parameter_cookie_preservative_incr", TAPIR_UINT, 32,
        "Longer life of the cookie in ms"),
    PADDING};
static const tapir_field hostname_fields[] = {
    HEAD, PARAMETER(rest, "sctp.parameter_hostname", TAPIR_STRING, 0, "Name"), PADDING};
static const tapir_field address_type_fields[] = {HEAD,
    PARAMETER(rest, "sctp.parameter_supported_address_types", TAPIR_LIST, 0, "Types",
        .list = &address_types_item_list),
    PADDING};
static const tapir_field outgoing_fields[] = {HEAD, REQUEST(as.reset.request),
    RESPONSE(as.reset.response),
    PARAMETER(as.reset.tsn, "sctp.parameter_senders_last_assigned_tsn", TAPIR_UINT, 32,
        "Last TSN before the reset"),
    PARAMETER(rest, "sctp.parameter_reconfig_sids", TAPIR_LIST, 0, "Streams; none: all",
        .list = &streams_item_list),
    PADDING};
static const tapir_field incoming_fields[] = {HEAD, REQUEST(as.number),
    PARAMETER(rest, "sctp.parameter_reconfig_sids", TAPIR_LIST, 0, "Streams; none: all",
        .list = &streams_item_list),
    PADDING};
static const tapir_field tsn_reset_fields[] = {HEAD, REQUEST(as.number), PADDING};

static bool has_tsns(const void *item)
{
    return ((const struct tapir_sctp_parameter *)item)->as.response.tsns;
}

static const tapir_field response_fields[] = {HEAD, RESPONSE(as.response.response),
    PARAMETER(as.response.result, "sctp.parameter_reconfig_response_result", TAPIR_UINT, 32,
        "Result", .labels = results),
    PARAMETER(as.response.sender_tsn, "sctp.parameter_senders_next_tsn", TAPIR_UINT, 0,
        "Next TSN of the answering side", .when = has_tsns),
    PARAMETER(as.response.receiver_tsn, "sctp.parameter_receivers_next_tsn", TAPIR_UINT, 0,
        "Next TSN of the other side", .when = has_tsns),
    PADDING};
static const tapir_field add_outgoing_fields[] = {HEAD, REQUEST(as.add.request),
    PARAMETER(as.add.count, "sctp.parameter_add_outgoing_streams_number", TAPIR_UINT, 16,
        "Streams to add"),
    PARAMETER(as.add.reserved, "sctp.parameter_add_outgoing_streams_reserved", TAPIR_UINT, 16,
        "Always 0"),
    PADDING};
static const tapir_field add_incoming_fields[] = {HEAD, REQUEST(as.add.request),
    PARAMETER(as.add.count, "sctp.parameter_add_incoming_streams_number", TAPIR_UINT, 16,
        "Streams to add"),
    PARAMETER(as.add.reserved, "sctp.parameter_add_incoming_streams_reserved", TAPIR_UINT, 16,
        "Always 0"),
    PADDING};
static const tapir_field random_fields[] = {
    HEAD, PARAMETER(value, "sctp.random_number", TAPIR_SPAN, 0, "Random bytes"), PADDING};
static const tapir_field chunks_fields[] = {HEAD,
    PARAMETER(rest, "sctp.chunk_types_to_auth", TAPIR_LIST, 0, "Types", .list = &chunks_item_list),
    PADDING};
static const tapir_field hmac_fields[] = {HEAD,
    PARAMETER(rest, "sctp.hmac_ids", TAPIR_LIST, 0, "Algorithms", .list = &hmacs_item_list),
    PADDING};
static const tapir_field extension_fields[] = {HEAD,
    PARAMETER(
        rest, "sctp.supported_chunk_types", TAPIR_LIST, 0, "Types", .list = &extensions_item_list),
    PADDING};
static const tapir_field success_fields[] = {HEAD, CORRELATION, PADDING};
static const tapir_field adaptation_fields[] = {HEAD,
    PARAMETER(as.number, "sctp.adaptation_layer_indication", TAPIR_UINT, 32, "Which one",
        .base = TAPIR_HEX),
    PADDING};
RECORD(empty, "Parameter");
RECORD(unknown, "Unknown parameter");
RECORD(heartbeat, "Heartbeat information");
RECORD(ipv4, "IPv4 address");
RECORD(ipv6, "IPv6 address");
RECORD(cookie, "State cookie");
RECORD(preservative, "Cookie preservative");
RECORD(hostname, "Host name");
RECORD(address_type, "Supported address types");
RECORD(outgoing, "Outgoing SSN reset request");
RECORD(incoming, "Incoming SSN reset request");
RECORD(tsn_reset, "SSN/TSN reset request");
RECORD(response, "Re-configuration response");
RECORD(add_outgoing, "Add outgoing streams request");
RECORD(add_incoming, "Add incoming streams request");
RECORD(random, "Random");
RECORD(chunks, "Chunks to authenticate");
RECORD(hmac, "HMAC algorithms");
RECORD(extension, "Supported extensions");
RECORD(success, "Success");
RECORD(adaptation, "Adaptation layer");

/* Those that hold others, of which there is a set for each level: what a list shows of them is
 * found by these places among its records. */
enum container { UNRECOGNIZED, ADDRESSED, CAUSES, CONTAINERS };

#define SHARED                                                                                     \
    &empty_record, &unknown_record, &heartbeat_record, &ipv4_record, &ipv6_record, &cookie_record, \
        &preservative_record, &hostname_record, &address_type_record, &outgoing_record,            \
        &incoming_record, &tsn_reset_record, &response_record, &add_outgoing_record,               \
        &add_incoming_record, &random_record, &chunks_record, &hmac_record, &extension_record,     \
        &success_record, &adaptation_record

static const tapir_record *parameter_next(tapir_walk *walk, void *item);
static const tapir_record *cause_next(tapir_walk *walk, void *item);

static const tapir_field flat_fields[] = {
    HEAD, CORRELATION, PARAMETER(rest, "sctp.parameter_value", TAPIR_SPAN, 0, "Value"), PADDING};
RECORD(flat, "Parameter");
static const tapir_record *const inner_records[] = {
    [UNRECOGNIZED] = &unknown_record, [ADDRESSED] = &flat_record, [CAUSES] = &flat_record, SHARED};
static const tapir_list inner_list = {
    sizeof(struct tapir_sctp_parameter), parameter_next, inner_records, TAPIR_COUNT(inner_records)};

#define HOLDING(list_)                                                                             \
    PARAMETER(rest, "sctp.parameters", TAPIR_LIST, 0, "Parameters in it", .list = list_)
/* The same for one parameter at most, which does not count as a level. */
#define HOLDING_ONE(list_)                                                                         \
    PARAMETER(rest, "sctp.parameter", TAPIR_BODY, 0, "Parameter in it", .list = list_)
static const tapir_field unrecognized_fields[] = {HEAD, HOLDING(&inner_list), PADDING};
static const tapir_field addressed_fields[] = {
    HEAD, CORRELATION, HOLDING_ONE(&inner_list), PADDING};
RECORD(unrecognized, "Unrecognized parameter");
RECORD(addressed, "Address to change");
static const tapir_record *const middle_records[] = {[UNRECOGNIZED] = &unrecognized_record,
    [ADDRESSED] = &addressed_record,
    [CAUSES] = &flat_record,
    SHARED};
static const tapir_list middle_list = {sizeof(struct tapir_sctp_parameter), parameter_next,
    middle_records, TAPIR_COUNT(middle_records)};

static const tapir_field causes_fields[] = {HEAD, CORRELATION,
    PARAMETER(rest, "sctp.causes", TAPIR_LIST, 0, "Causes", .list = &tapir__sctp_cause_list),
    PADDING};
RECORD(causes, "Error causes");
static const tapir_record *const outer_records[] = {[UNRECOGNIZED] = &unrecognized_record,
    [ADDRESSED] = &addressed_record,
    [CAUSES] = &causes_record,
    SHARED};
const tapir_list tapir__sctp_parameter_list = {sizeof(struct tapir_sctp_parameter), parameter_next,
    outer_records, TAPIR_COUNT(outer_records), tapir__sctp_parameter_makers,
    TAPIR__SCTP_PARAMETER_MAKER_COUNT};

/* How each type shows; its fixed part is taken by the record's table. */
static const struct {
    uint16_t type;
    uint8_t container; /* CONTAINERS: none */
    const tapir_record *record;
} parameter_shapes[] = {
    {TAPIR_SCTP_PARAMETER_HEARTBEAT, CONTAINERS, &heartbeat_record},
    {TAPIR_SCTP_PARAMETER_IPV4, CONTAINERS, &ipv4_record},
    {TAPIR_SCTP_PARAMETER_IPV6, CONTAINERS, &ipv6_record},
    {TAPIR_SCTP_PARAMETER_COOKIE, CONTAINERS, &cookie_record},
    {TAPIR_SCTP_PARAMETER_UNRECOGNIZED, UNRECOGNIZED, NULL},
    {TAPIR_SCTP_PARAMETER_COOKIE_PRESERVATIVE, CONTAINERS, &preservative_record},
    {TAPIR_SCTP_PARAMETER_HOSTNAME, CONTAINERS, &hostname_record},
    {TAPIR_SCTP_PARAMETER_ADDRESS_TYPES, CONTAINERS, &address_type_record},
    {TAPIR_SCTP_PARAMETER_OUTGOING_RESET, CONTAINERS, &outgoing_record},
    {TAPIR_SCTP_PARAMETER_INCOMING_RESET, CONTAINERS, &incoming_record},
    {TAPIR_SCTP_PARAMETER_TSN_RESET, CONTAINERS, &tsn_reset_record},
    {TAPIR_SCTP_PARAMETER_RESPONSE, CONTAINERS, &response_record},
    {TAPIR_SCTP_PARAMETER_ADD_OUTGOING, CONTAINERS, &add_outgoing_record},
    {TAPIR_SCTP_PARAMETER_ADD_INCOMING, CONTAINERS, &add_incoming_record},
    {TAPIR_SCTP_PARAMETER_ECN, CONTAINERS, &empty_record},
    {TAPIR_SCTP_PARAMETER_NONCE, CONTAINERS, &empty_record},
    {TAPIR_SCTP_PARAMETER_RANDOM, CONTAINERS, &random_record},
    {TAPIR_SCTP_PARAMETER_CHUNKS, CONTAINERS, &chunks_record},
    {TAPIR_SCTP_PARAMETER_HMACS, CONTAINERS, &hmac_record},
    {TAPIR_SCTP_PARAMETER_EXTENSIONS, CONTAINERS, &extension_record},
    {TAPIR_SCTP_PARAMETER_FORWARD_TSN, CONTAINERS, &empty_record},
    {TAPIR_SCTP_PARAMETER_ADD_ADDRESS, ADDRESSED, NULL},
    {TAPIR_SCTP_PARAMETER_DELETE_ADDRESS, ADDRESSED, NULL},
    {TAPIR_SCTP_PARAMETER_CAUSES, CAUSES, NULL},
    {TAPIR_SCTP_PARAMETER_PRIMARY_ADDRESS, ADDRESSED, NULL},
    {TAPIR_SCTP_PARAMETER_SUCCESS, CONTAINERS, &success_record},
    {TAPIR_SCTP_PARAMETER_ADAPTATION, CONTAINERS, &adaptation_record},
};

tapir_span tapir__sctp_take_padding(tapir_reader *r, size_t length)
{
    size_t len = -length % 4, left = tapir_left(r);

    return tapir_take_span(r, len < left ? len : left);
}

/* Takes type, length, value and padding; false when there is no such item. */
static bool take_item(tapir_reader *r, struct tapir_sctp_parameter *item)
{
    memset(item, 0, sizeof *item);
    item->type = tapir_take_be16(r);
    item->length = tapir_take_be16(r);
    item->value = tapir_span_of(r->at, 0);
    if (r->failed)
        return false;
    if (item->length < ITEM_HEAD) {
        tapir_reader_fail(r, ITEM_HEAD);
        return true;
    }
    item->value = tapir__take_most(r, item->length - (size_t)ITEM_HEAD);
    item->padding = tapir__sctp_take_padding(r, item->length);
    return true;
}

/* Takes what the table says is fixed. An item too short for it is one that is unknown, unless it is
 * the end of the bytes that cut it. */
static const tapir_record *take_fixed(struct tapir_sctp_parameter *item, bool cut,
    const tapir_record *record, const tapir_record *otherwise)
{
    tapir_reader r =
        tapir_reader_of(tapir_span_of(item->value.data - ITEM_HEAD, ITEM_HEAD + item->value.len));

    if (!tapir__take_record(&r, record, item) && !cut) {
        memset(&item->as, 0, sizeof item->as);
        return otherwise;
    }
    item->rest = tapir_rest(&r);
    if (record == &response_record && tapir_left(&r) >= 8) {
        item->as.response.sender_tsn = tapir_take_be32(&r);
        item->as.response.receiver_tsn = tapir_take_be32(&r);
        item->as.response.tsns = true;
    }
    return record;
}

/* The name ends with a byte of zero (RFC 9260 3.3.2.1.4). */
static void end_name(struct tapir_sctp_parameter *parameter)
{
    const uint8_t *end =
        parameter->rest.len ? memchr(parameter->rest.data, 0, parameter->rest.len) : NULL;

    if (end)
        parameter->rest.len = (size_t)(end - parameter->rest.data);
}

static const tapir_record *parameter_next(tapir_walk *walk, void *item)
{
    struct tapir_sctp_parameter *parameter = item;
    const tapir_record *record = &unknown_record;

    if (!take_item(&walk->in, parameter))
        return NULL;
    if (parameter->length < ITEM_HEAD)
        return &empty_record;
    for (size_t i = 0; i < TAPIR_COUNT(parameter_shapes); i++)
        if (parameter_shapes[i].type == parameter->type)
            record = parameter_shapes[i].record
                         ? parameter_shapes[i].record
                         : walk->list->records[parameter_shapes[i].container];
    record = take_fixed(parameter, walk->in.failed, record, &unknown_record);
    if (record == &hostname_record)
        end_name(parameter);
    return record;
}

/* Error causes. */

#undef HEAD
#undef PADDING
#define HEAD                                                                                       \
    PARAMETER(type, "sctp.cause_code", TAPIR_UINT, 16, "Code", .base = TAPIR_HEX,                  \
        .labels = tapir__sctp_cause_codes),                                                        \
        PARAMETER(length, "sctp.cause_length", TAPIR_UINT, 16, "Length without padding")
#define PADDING PARAMETER(padding, "sctp.cause_padding", TAPIR_SPAN, 0, "Padding")

static const tapir_field plain_cause_fields[] = {HEAD, PADDING};
static const tapir_field information_fields[] = {HEAD,
    PARAMETER(value, "sctp.cause_information", TAPIR_SPAN, 0, "What the sender adds"), PADDING};
static const tapir_field stream_fields[] = {HEAD,
    PARAMETER(as.stream.stream, "sctp.cause_stream_identifier", TAPIR_UINT, 16, "Stream"),
    PARAMETER(as.stream.reserved, "sctp.cause_reserved", TAPIR_UINT, 16, "Always 0"), PADDING};
static const tapir_field missing_fields[] = {HEAD,
    PARAMETER(as.number, "sctp.cause_nr_of_missing_parameters", TAPIR_UINT, 32, "How many"),
    PARAMETER(
        rest, "sctp.cause_missing_parameters", TAPIR_LIST, 0, "Types", .list = &missing_item_list),
    PADDING};
static const tapir_field stale_fields[] = {HEAD,
    PARAMETER(as.number, "sctp.cause_measure_of_staleness", TAPIR_UINT, 32, "Late by, in us"),
    PADDING};
static const tapir_field quoting_fields[] = {HEAD,
    PARAMETER(rest, "sctp.cause_chunk", TAPIR_BODY, 0, "The chunk", .list = &quoted_list), PADDING};
static const tapir_field cause_parameter_fields[] = {HEAD, HOLDING_ONE(&middle_list), PADDING};
static const tapir_field cause_parameters_fields[] = {HEAD, HOLDING(&middle_list), PADDING};
static const tapir_field no_data_fields[] = {
    HEAD, PARAMETER(as.number, "sctp.cause_tsn", TAPIR_UINT, 32, "TSN of the chunk"), PADDING};
static const tapir_field cause_hmac_fields[] = {HEAD,
    PARAMETER(rest, "sctp.hmac_ids", TAPIR_LIST, 0, "Algorithms", .list = &hmacs_item_list),
    PADDING};
RECORD(plain_cause, "Error cause");
RECORD(information, "Error cause");
RECORD(stream, "Invalid stream identifier");
RECORD(missing, "Missing mandatory parameter");
RECORD(stale, "Stale cookie");
RECORD(quoting, "Unrecognized chunk type");
RECORD(cause_parameter, "Error cause with a parameter");
RECORD(cause_parameters, "Error cause with parameters");
RECORD(no_data, "No user data");
RECORD(cause_hmac, "Unsupported HMAC");

static const tapir_record *const cause_records[] = {&plain_cause_record, &information_record,
    &stream_record, &missing_record, &stale_record, &quoting_record, &cause_parameter_record,
    &cause_parameters_record, &no_data_record, &cause_hmac_record};
const tapir_list tapir__sctp_cause_list = {sizeof(struct tapir_sctp_parameter), cause_next,
    cause_records, TAPIR_COUNT(cause_records), tapir__sctp_cause_makers,
    TAPIR__SCTP_CAUSE_MAKER_COUNT};

static const struct {
    uint16_t code;
    const tapir_record *record;
} cause_shapes[] = {
    {TAPIR_SCTP_CAUSE_STREAM, &stream_record},
    {TAPIR_SCTP_CAUSE_MISSING_PARAMETER, &missing_record},
    {TAPIR_SCTP_CAUSE_STALE_COOKIE, &stale_record},
    {TAPIR_SCTP_CAUSE_RESOURCES, &plain_cause_record},
    {TAPIR_SCTP_CAUSE_ADDRESS, &cause_parameter_record},
    {TAPIR_SCTP_CAUSE_CHUNK, &quoting_record},
    {TAPIR_SCTP_CAUSE_INVALID_PARAMETER, &plain_cause_record},
    {TAPIR_SCTP_CAUSE_PARAMETERS, &cause_parameters_record},
    {TAPIR_SCTP_CAUSE_NO_DATA, &no_data_record},
    {TAPIR_SCTP_CAUSE_SHUTTING_DOWN, &plain_cause_record},
    {TAPIR_SCTP_CAUSE_RESTART, &cause_parameters_record},
    {TAPIR_SCTP_CAUSE_LAST_ADDRESS, &cause_parameter_record},
    {TAPIR_SCTP_CAUSE_SHORTAGE, &cause_parameter_record},
    {TAPIR_SCTP_CAUSE_SOURCE_ADDRESS, &cause_parameter_record},
    {TAPIR_SCTP_CAUSE_REFUSED, &cause_parameter_record},
    {TAPIR_SCTP_CAUSE_HMAC, &cause_hmac_record},
};

static const tapir_record *cause_next(tapir_walk *walk, void *item)
{
    struct tapir_sctp_parameter *cause = item;
    const tapir_record *record = &information_record;

    if (!take_item(&walk->in, cause))
        return NULL;
    if (cause->length < ITEM_HEAD)
        return &plain_cause_record;
    for (size_t i = 0; i < TAPIR_COUNT(cause_shapes); i++)
        if (cause_shapes[i].code == cause->type)
            record = cause_shapes[i].record;
    return take_fixed(cause, walk->in.failed, record, &information_record);
}
