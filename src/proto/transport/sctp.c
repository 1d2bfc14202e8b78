/* Stream Control Transmission Protocol (RFC 9260). */
#include "tapir/proto/sctp.h"

#include "../record.h"
#include "pseudo.h"
#include "sctp_parameters.h"
#include "tapir/checksum.h"
#include "tapir/encode.h"
#include "tapir/flow.h"

#define HEADER_LEN  12
#define CHECKSUM_AT 8
#define CHUNK_HEAD  4 /* type, flags and length */

const tapir_label tapir__sctp_chunk_types[] = {
    {TAPIR_SCTP_DATA, "DATA"},
    {TAPIR_SCTP_INIT, "INIT"},
    {TAPIR_SCTP_INIT_ACK, "INIT-ACK"},
    {TAPIR_SCTP_SACK, "SACK"},
    {TAPIR_SCTP_HEARTBEAT, "HEARTBEAT"},
    {TAPIR_SCTP_HEARTBEAT_ACK, "HEARTBEAT-ACK"},
    {TAPIR_SCTP_ABORT, "ABORT"},
    {TAPIR_SCTP_SHUTDOWN, "SHUTDOWN"},
    {TAPIR_SCTP_SHUTDOWN_ACK, "SHUTDOWN-ACK"},
    {TAPIR_SCTP_ERROR, "ERROR"},
    {TAPIR_SCTP_COOKIE_ECHO, "COOKIE-ECHO"},
    {TAPIR_SCTP_COOKIE_ACK, "COOKIE-ACK"},
    {TAPIR_SCTP_ECNE, "ECNE"},
    {TAPIR_SCTP_CWR, "CWR"},
    {TAPIR_SCTP_SHUTDOWN_COMPLETE, "SHUTDOWN-COMPLETE"},
    {TAPIR_SCTP_AUTH, "AUTH"},
    {TAPIR_SCTP_NR_SACK, "NR-SACK"},
    {TAPIR_SCTP_I_DATA, "I-DATA"},
    {TAPIR_SCTP_ASCONF_ACK, "ASCONF-ACK"},
    {TAPIR_SCTP_PACKET_DROP, "PKTDROP"},
    {TAPIR_SCTP_RE_CONFIG, "RE-CONFIG"},
    {TAPIR_SCTP_PAD, "PAD"},
    {TAPIR_SCTP_FORWARD_TSN, "FORWARD-TSN"},
    {TAPIR_SCTP_ASCONF, "ASCONF"},
    {TAPIR_SCTP_I_FORWARD_TSN, "I-FORWARD-TSN"},
    {0, NULL},
};

/* IANA SCTP payload protocol identifiers. */
const tapir_label tapir__sctp_payload_protocols[] = {
    {0, "Unspecified"},
    {1, "IUA"},
    {2, "M2UA"},
    {3, "M3UA"},
    {4, "SUA"},
    {5, "M2PA"},
    {6, "V5UA"},
    {7, "H.248"},
    {8, "BICC"},
    {9, "TALI"},
    {10, "DUA"},
    {11, "ASAP"},
    {12, "ENRP"},
    {13, "H.323"},
    {18, "S1AP"},
    {19, "RUA"},
    {20, "HNBAP"},
    {21, "ForCES, high priority"},
    {22, "ForCES, medium priority"},
    {23, "ForCES, low priority"},
    {24, "SBc-AP"},
    {25, "NBAP"},
    {27, "X2AP"},
    {46, "Diameter"},
    {47, "Diameter over DTLS"},
    {50, "WebRTC control"},
    {51, "WebRTC string"},
    {53, "WebRTC binary"},
    {56, "WebRTC empty string"},
    {57, "WebRTC empty binary"},
    {60, "NGAP"},
    {61, "XnAP"},
    {62, "F1AP"},
    {64, "E1AP"},
    {0, NULL},
};

/* What chunks hold besides parameters and causes. */

static const tapir_field gap_fields[] = {
    TAPIR_FIELD(tapir_sctp_gap, start, "sctp.sack_gap_block_start", TAPIR_UINT, 16,
        "First received, from the cumulative TSN on"),
    TAPIR_FIELD(tapir_sctp_gap, start_tsn, "sctp.sack_gap_block_start_tsn", TAPIR_UINT, 0,
        "The same as a TSN"),
    TAPIR_FIELD(tapir_sctp_gap, end, "sctp.sack_gap_block_end", TAPIR_UINT, 16,
        "Last received, from the cumulative TSN on"),
    TAPIR_FIELD(
        tapir_sctp_gap, end_tsn, "sctp.sack_gap_block_end_tsn", TAPIR_UINT, 0, "The same as a TSN"),
};
#define NR_GAP_FIELDS(prefix)                                                                      \
    {                                                                                              \
        TAPIR_FIELD(tapir_sctp_gap, start, prefix "_start", TAPIR_UINT, 16,                        \
            "First received, from the cumulative TSN on"),                                         \
            TAPIR_FIELD(tapir_sctp_gap, start_tsn, prefix "_start_tsn", TAPIR_UINT, 0,             \
                "The same as a TSN"),                                                              \
            TAPIR_FIELD(tapir_sctp_gap, end, prefix "_end", TAPIR_UINT, 16,                        \
                "Last received, from the cumulative TSN on"),                                      \
            TAPIR_FIELD(                                                                           \
                tapir_sctp_gap, end_tsn, prefix "_end_tsn", TAPIR_UINT, 0, "The same as a TSN"),   \
    }
static const tapir_field gap_of_nr_fields[] = NR_GAP_FIELDS("sctp.nr_sack_gap_block");
static const tapir_field nr_gap_fields[] = NR_GAP_FIELDS("sctp.nr_sack_nr_gap_block");
static const tapir_record gap_record = TAPIR_RECORD("Block", gap_fields),
                          gap_of_nr_record = TAPIR_RECORD("Block", gap_of_nr_fields),
                          nr_gap_record = TAPIR_RECORD("Block not to be reneged", nr_gap_fields);
static const tapir_record *const gap_records[] = {&gap_record};
static const tapir_record *const gap_of_nr_records[] = {&gap_of_nr_record};
static const tapir_record *const nr_gap_records[] = {&nr_gap_record};

static const tapir_record *gap_next(tapir_walk *walk, void *item)
{
    const struct tapir_sctp_chunk *chunk = walk->outer;
    struct tapir_sctp_gap *gap = item;

    if (!TAPIR_LOAD(&walk->in, gap, gap_fields))
        return NULL;
    gap->start_tsn = chunk->as.sack.tsn + gap->start;
    gap->end_tsn = chunk->as.sack.tsn + gap->end;
    return walk->list->records[0];
}

const tapir_list tapir__sctp_gap_list = {
    sizeof(struct tapir_sctp_gap), gap_next, gap_records, 1, tapir__sctp_gap_makers, 1};
static const tapir_list gap_of_nr_list = {sizeof(struct tapir_sctp_gap), gap_next,
                            gap_of_nr_records, 1},
                        nr_gap_list = {sizeof(struct tapir_sctp_gap), gap_next, nr_gap_records, 1};

struct duplicate {
    uint32_t tsn;
};

static const tapir_field duplicate_fields[] = {TAPIR_FIELD(
    duplicate, tsn, "sctp.sack_duplicate_tsn", TAPIR_UINT, 32, "TSN received more than once")};
static const tapir_field nr_duplicate_fields[] = {TAPIR_FIELD(
    duplicate, tsn, "sctp.nr_sack_duplicate_tsn", TAPIR_UINT, 32, "TSN received more than once")};
static const tapir_record duplicate_record = TAPIR_RECORD("Duplicate", duplicate_fields),
                          nr_duplicate_record = TAPIR_RECORD("Duplicate", nr_duplicate_fields);
static const tapir_record *const duplicate_records[] = {&duplicate_record};
static const tapir_record *const nr_duplicate_records[] = {&nr_duplicate_record};
const tapir_list tapir__sctp_duplicate_list = {sizeof(struct duplicate), tapir__next_fixed,
    duplicate_records, 1, tapir__sctp_duplicate_makers, 1};
static const tapir_list nr_duplicate_list = {
    sizeof(struct duplicate), tapir__next_fixed, nr_duplicate_records, 1};

#define SKIPPED(member, name, bits, ...)                                                           \
    TAPIR_FIELD(tapir_sctp_skipped, member, name, TAPIR_UINT, bits, __VA_ARGS__)
static const tapir_part skipped_parts[] = {
    TAPIR_PART("sctp.i_forward_tsn_res", 0xfffe, "Reserved", NULL),
    TAPIR_PART("sctp.i_forward_tsn_u_bit", 0x0001, "Unordered", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field skipped_fields[] = {
    SKIPPED(stream, "sctp.forward_tsn_sid", 16, "Stream"),
    SKIPPED(sequence, "sctp.forward_tsn_ssn", 16, "Last sequence number skipped"),
};
static const tapir_field i_skipped_fields[] = {
    SKIPPED(stream, "sctp.i_forward_tsn_sid", 16, "Stream"),
    SKIPPED(sequence, "sctp.i_forward_tsn_flags", 16, "Flags", .base = TAPIR_HEX,
        .parts = skipped_parts),
    SKIPPED(message, "sctp.forward_tsn_mid", 32, "Last message skipped"),
};
static const tapir_record skipped_record = TAPIR_RECORD("Stream", skipped_fields),
                          i_skipped_record = TAPIR_RECORD("Stream", i_skipped_fields);
static const tapir_record *const skipped_records[] = {&skipped_record};
static const tapir_record *const i_skipped_records[] = {&i_skipped_record};
static const tapir_list skipped_list = {sizeof(struct tapir_sctp_skipped), tapir__next_fixed,
                            skipped_records, 1},
                        i_skipped_list = {sizeof(struct tapir_sctp_skipped), tapir__next_fixed,
                            i_skipped_records, 1};

/* Chunks. */

static const tapir_part type_parts[] = {
    TAPIR_PART("sctp.chunk_bit_1", 0x80, "Go on behind it when it is not recognized", NULL),
    TAPIR_PART("sctp.chunk_bit_2", 0x40, "Report it when it is not recognized", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part data_parts[] = {
    TAPIR_PART("sctp.data_i_bit", TAPIR_SCTP_IMMEDIATE, "Acknowledge at once", NULL),
    TAPIR_PART("sctp.data_u_bit", TAPIR_SCTP_UNORDERED, "Unordered", NULL),
    TAPIR_PART("sctp.data_b_bit", TAPIR_SCTP_BEGINNING, "The message begins here", NULL),
    TAPIR_PART("sctp.data_e_bit", TAPIR_SCTP_END, "The message ends here", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part sack_parts[] = {
    TAPIR_PART("sctp.sack_nounce_sum", 0x01, "Sum of nonces (RFC 3540)", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part nr_sack_parts[] = {
    TAPIR_PART("sctp.nr_sack_nounce_sum", 0x01, "Sum of nonces (RFC 3540)", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part abort_parts[] = {
    TAPIR_PART("sctp.abort_t_bit", 0x01, "The verification tag is reflected", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part complete_parts[] = {
    TAPIR_PART("sctp.shutdown_complete_t_bit", 0x01, "The verification tag is reflected", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part drop_parts[] = {
    TAPIR_PART("sctp.pckdrop_m_bit", 0x01, "Dropped by a middlebox", NULL),
    TAPIR_PART("sctp.pckdrop_b_bit", 0x02, "Its checksum was wrong", NULL),
    TAPIR_PART("sctp.pckdrop_t_bit", 0x04, "It is truncated here", NULL),
    TAPIR_PARTS_END,
};

#define CHUNK(member, name, kind, bits, ...)                                                       \
    TAPIR_FIELD(tapir_sctp_chunk, member, name, kind, bits, __VA_ARGS__)
#define HEAD(flag_parts)                                                                           \
    CHUNK(type, "sctp.chunk_type", TAPIR_UINT, 8, "Type", .labels = tapir__sctp_chunk_types,       \
        .parts = type_parts),                                                                      \
        CHUNK(flags, "sctp.chunk_flags", TAPIR_UINT, 8, "Flags", .base = TAPIR_HEX,                \
            .parts = flag_parts),                                                                  \
        CHUNK(length, "sctp.chunk_length", TAPIR_UINT, 16, "Length without padding")
#define PADDING           CHUNK(padding, "sctp.chunk_padding", TAPIR_SPAN, 0, "Padding")
#define RECORD(id, title) static const tapir_record id##_record = TAPIR_RECORD(title, id##_fields)

static bool begins_message(const void *item)
{
    return ((const struct tapir_sctp_chunk *)item)->flags & TAPIR_SCTP_BEGINNING;
}

static bool continues_message(const void *item)
{
    return !begins_message(item);
}

static bool has_gaps(const void *item)
{
    return ((const struct tapir_sctp_chunk *)item)->as.sack.gaps.len != 0;
}

static bool has_nr_gaps(const void *item)
{
    return ((const struct tapir_sctp_chunk *)item)->as.sack.nr_gaps.len != 0;
}

static const tapir_field plain_fields[] = {HEAD(NULL), PADDING};
static const tapir_field unknown_fields[] = {
    HEAD(NULL), CHUNK(value, "sctp.chunk_value", TAPIR_SPAN, 0, "Value"), PADDING};
static const tapir_field data_fields[] = {HEAD(data_parts),
    CHUNK(as.data.tsn, "sctp.data_tsn_raw", TAPIR_UINT, 32, "Transmission sequence number",
        .alias = "sctp.data_tsn"),
    CHUNK(as.data.stream, "sctp.data_sid", TAPIR_UINT, 16, "Stream", .base = TAPIR_HEX),
    CHUNK(as.data.sequence, "sctp.data_ssn", TAPIR_UINT, 16, "Number within the stream"),
    CHUNK(as.data.protocol, "sctp.data_payload_proto_id", TAPIR_UINT, 32, "What the payload is",
        .labels = tapir__sctp_payload_protocols),
    CHUNK(rest, "sctp.data_payload", TAPIR_SPAN, 0, "Payload"), PADDING};
static const tapir_field i_data_fields[] = {HEAD(data_parts),
    CHUNK(as.i_data.tsn, "sctp.data_tsn_raw", TAPIR_UINT, 32, "Transmission sequence number",
        .alias = "sctp.data_tsn"),
    CHUNK(as.i_data.stream, "sctp.data_sid", TAPIR_UINT, 16, "Stream", .base = TAPIR_HEX),
    CHUNK(as.i_data.reserved, "sctp.data_reserved", TAPIR_UINT, 16, "Always 0"),
    CHUNK(as.i_data.message, "sctp.data_mid", TAPIR_UINT, 32, "Message within the stream"),
    CHUNK(as.i_data.protocol, "sctp.data_payload_proto_id", TAPIR_UINT, 32, "What the payload is",
        .labels = tapir__sctp_payload_protocols, .when = begins_message),
    CHUNK(as.i_data.protocol, "sctp.data_fsn", TAPIR_UINT, 0, "Fragment within the message",
        .when = continues_message),
    CHUNK(rest, "sctp.data_payload", TAPIR_SPAN, 0, "Payload"), PADDING};
#define INIT_FIELDS(prefix)                                                                        \
    {                                                                                              \
        HEAD(NULL),                                                                                \
            CHUNK(as.init.tag, prefix "_initiate_tag", TAPIR_UINT, 32,                             \
                "Verification tag of what is sent back", .base = TAPIR_HEX),                       \
            CHUNK(as.init.window, prefix "_credit", TAPIR_UINT, 32, "Bytes the sender takes"),     \
            CHUNK(as.init.out_streams, prefix "_nr_out_streams", TAPIR_UINT, 16,                   \
                "Streams the sender wants"),                                                       \
            CHUNK(as.init.in_streams, prefix "_nr_in_streams", TAPIR_UINT, 16,                     \
                "Streams the sender takes"),                                                       \
            CHUNK(as.init.tsn, prefix "_initial_tsn", TAPIR_UINT, 32, "First TSN"),                \
            CHUNK(rest, "sctp.parameters", TAPIR_LIST, 0, "Parameters",                            \
                .list = &tapir__sctp_parameter_list),                                              \
            PADDING                                                                                \
    }
static const tapir_field init_fields[] = INIT_FIELDS("sctp.init");
static const tapir_field init_ack_fields[] = INIT_FIELDS("sctp.initack");
static const tapir_field sack_fields[] = {HEAD(sack_parts),
    CHUNK(as.sack.tsn, "sctp.sack_cumulative_tsn_ack_raw", TAPIR_UINT, 32,
        "Last TSN before the first gap", .alias = "sctp.sack_cumulative_tsn_ack"),
    CHUNK(as.sack.window, "sctp.sack_a_rwnd", TAPIR_UINT, 32, "Bytes the sender takes"),
    CHUNK(as.sack.gap_count, "sctp.sack_number_of_gap_blocks", TAPIR_UINT, 16, "Blocks behind it"),
    CHUNK(as.sack.duplicate_count, "sctp.sack_number_of_duplicated_tsns", TAPIR_UINT, 16,
        "Duplicates"),
    CHUNK(as.sack.gaps, "sctp.sack_gap_blocks", TAPIR_LIST, 0, "Blocks",
        .list = &tapir__sctp_gap_list),
    CHUNK(as.sack.gap_total, "sctp.sack_number_of_tsns_gap_acked", TAPIR_UINT, 0,
        "TSNs in the blocks", .when = has_gaps),
    CHUNK(as.sack.duplicates, "sctp.sack_duplicate_tsns", TAPIR_LIST, 0, "Duplicates",
        .list = &tapir__sctp_duplicate_list),
    PADDING};
static const tapir_field nr_sack_fields[] = {HEAD(nr_sack_parts),
    CHUNK(as.sack.tsn, "sctp.nr_sack_cumulative_tsn_ack", TAPIR_UINT, 32,
        "Last TSN before the first gap"),
    CHUNK(as.sack.window, "sctp.nr_sack_a_rwnd", TAPIR_UINT, 32, "Bytes the sender takes"),
    CHUNK(
        as.sack.gap_count, "sctp.nr_sack_number_of_gap_blocks", TAPIR_UINT, 16, "Blocks behind it"),
    CHUNK(as.sack.nr_gap_count, "sctp.nr_sack_number_of_nr_gap_blocks", TAPIR_UINT, 16,
        "Blocks not to be reneged"),
    CHUNK(as.sack.duplicate_count, "sctp.nr_sack_number_of_duplicated_tsns", TAPIR_UINT, 16,
        "Duplicates"),
    CHUNK(as.sack.reserved, "sctp.nr_sack_reserved", TAPIR_UINT, 16, "Always 0", .base = TAPIR_HEX),
    CHUNK(
        as.sack.gaps, "sctp.nr_sack_gap_blocks", TAPIR_LIST, 0, "Blocks", .list = &gap_of_nr_list),
    CHUNK(as.sack.gap_total, "sctp.nr_sack_number_of_tsns_gap_acked", TAPIR_UINT, 0,
        "TSNs in the blocks", .when = has_gaps),
    CHUNK(as.sack.nr_gaps, "sctp.nr_sack_nr_gap_blocks", TAPIR_LIST, 0, "Blocks not to be reneged",
        .list = &nr_gap_list),
    CHUNK(as.sack.nr_gap_total, "sctp.nr_sack_number_of_tsns_nr_gap_acked", TAPIR_UINT, 0,
        "TSNs in these blocks", .when = has_nr_gaps),
    CHUNK(as.sack.duplicates, "sctp.nr_sack_duplicate_tsns", TAPIR_LIST, 0, "Duplicates",
        .list = &nr_duplicate_list),
    PADDING};
static const tapir_field parameter_fields[] = {HEAD(NULL),
    CHUNK(
        rest, "sctp.parameters", TAPIR_LIST, 0, "Parameters", .list = &tapir__sctp_parameter_list),
    PADDING};
static const tapir_field abort_fields[] = {HEAD(abort_parts),
    CHUNK(rest, "sctp.causes", TAPIR_LIST, 0, "Causes", .list = &tapir__sctp_cause_list), PADDING};
static const tapir_field error_fields[] = {HEAD(NULL),
    CHUNK(rest, "sctp.causes", TAPIR_LIST, 0, "Causes", .list = &tapir__sctp_cause_list), PADDING};
static const tapir_field shutdown_fields[] = {HEAD(NULL),
    CHUNK(as.number, "sctp.shutdown_cumulative_tsn_ack", TAPIR_UINT, 32,
        "Last TSN before the first gap"),
    PADDING};
static const tapir_field cookie_fields[] = {
    HEAD(NULL), CHUNK(rest, "sctp.cookie", TAPIR_SPAN, 0, "Cookie"), PADDING};
static const tapir_field ecne_fields[] = {HEAD(NULL),
    CHUNK(as.number, "sctp.ecne_lowest_tsn", TAPIR_UINT, 32, "First TSN that was marked"), PADDING};
static const tapir_field cwr_fields[] = {HEAD(NULL),
    CHUNK(as.number, "sctp.cwr_lowest_tsn", TAPIR_UINT, 32, "TSN of the echo answered"), PADDING};
static const tapir_field complete_fields[] = {HEAD(complete_parts), PADDING};
static const tapir_field auth_fields[] = {HEAD(NULL),
    CHUNK(as.auth.key_id, "sctp.shared_key_id", TAPIR_UINT, 16, "Which key"),
    CHUNK(
        as.auth.hmac_id, "sctp.hmac_id", TAPIR_UINT, 16, "Algorithm", .labels = tapir__sctp_hmacs),
    CHUNK(rest, "sctp.hmac", TAPIR_SPAN, 0, "Authentication code"), PADDING};
static const tapir_field asconf_fields[] = {HEAD(NULL),
    CHUNK(as.number, "sctp.asconf_seq_nr_number", TAPIR_UINT, 32, "Number", .base = TAPIR_HEX),
    CHUNK(
        rest, "sctp.parameters", TAPIR_LIST, 0, "Parameters", .list = &tapir__sctp_parameter_list),
    PADDING};
static const tapir_field asconf_ack_fields[] = {HEAD(NULL),
    CHUNK(as.number, "sctp.asconf_ack_seq_nr_number", TAPIR_UINT, 32, "Number of the ASCONF",
        .base = TAPIR_HEX),
    CHUNK(
        rest, "sctp.parameters", TAPIR_LIST, 0, "Parameters", .list = &tapir__sctp_parameter_list),
    PADDING};
static const tapir_field drop_fields[] = {HEAD(drop_parts),
    CHUNK(as.drop.bandwidth, "sctp.pktdrop_bandwidth", TAPIR_UINT, 32, "Most the link takes"),
    CHUNK(as.drop.queue_size, "sctp.pktdrop_queuesize", TAPIR_UINT, 32, "Bytes in the queue"),
    CHUNK(as.drop.truncated_length, "sctp.pktdrop_truncated_length", TAPIR_UINT, 16,
        "Length of the packet that was truncated"),
    CHUNK(as.drop.reserved, "sctp.pktdrop_reserved", TAPIR_UINT, 16, "Always 0"),
    CHUNK(rest, "sctp.pktdrop_datafield", TAPIR_SPAN, 0, "The packet"), PADDING};
static const tapir_field pad_fields[] = {HEAD(NULL),
    CHUNK(rest, "sctp.padding_data", TAPIR_SPAN, 0, "Bytes that do not count", .empty = true),
    PADDING};
static const tapir_field forward_fields[] = {HEAD(NULL),
    CHUNK(as.number, "sctp.forward_tsn_tsn", TAPIR_UINT, 32, "New cumulative TSN"),
    CHUNK(rest, "sctp.forward_tsn_streams", TAPIR_LIST, 0, "Streams", .list = &skipped_list),
    PADDING};
static const tapir_field i_forward_fields[] = {HEAD(NULL),
    CHUNK(as.number, "sctp.i_forward_tsn_tsn", TAPIR_UINT, 32, "New cumulative TSN"),
    CHUNK(rest, "sctp.i_forward_tsn_streams", TAPIR_LIST, 0, "Streams", .list = &i_skipped_list),
    PADDING};
RECORD(plain, "Chunk");
RECORD(unknown, "Unknown chunk");
RECORD(data, "DATA");
RECORD(i_data, "I-DATA");
RECORD(init, "INIT");
RECORD(init_ack, "INIT-ACK");
RECORD(sack, "SACK");
RECORD(nr_sack, "NR-SACK");
RECORD(parameter, "Parameters");
RECORD(abort, "ABORT");
RECORD(error, "ERROR");
RECORD(shutdown, "SHUTDOWN");
RECORD(cookie, "COOKIE-ECHO");
RECORD(ecne, "ECNE");
RECORD(cwr, "CWR");
RECORD(complete, "SHUTDOWN-COMPLETE");
RECORD(auth, "AUTH");
RECORD(asconf, "ASCONF");
RECORD(asconf_ack, "ASCONF-ACK");
RECORD(drop, "PKTDROP");
RECORD(pad, "PAD");
RECORD(forward, "FORWARD-TSN");
RECORD(i_forward, "I-FORWARD-TSN");

static const tapir_record *const chunk_records[] = {&plain_record, &unknown_record, &data_record,
    &i_data_record, &init_record, &init_ack_record, &sack_record, &nr_sack_record,
    &parameter_record, &abort_record, &error_record, &shutdown_record, &cookie_record, &ecne_record,
    &cwr_record, &complete_record, &auth_record, &asconf_record, &asconf_ack_record, &drop_record,
    &pad_record, &forward_record, &i_forward_record};

static const tapir_record *const shapes[256] = {
    [TAPIR_SCTP_DATA] = &data_record,
    [TAPIR_SCTP_INIT] = &init_record,
    [TAPIR_SCTP_INIT_ACK] = &init_ack_record,
    [TAPIR_SCTP_SACK] = &sack_record,
    [TAPIR_SCTP_HEARTBEAT] = &parameter_record,
    [TAPIR_SCTP_HEARTBEAT_ACK] = &parameter_record,
    [TAPIR_SCTP_ABORT] = &abort_record,
    [TAPIR_SCTP_SHUTDOWN] = &shutdown_record,
    [TAPIR_SCTP_SHUTDOWN_ACK] = &plain_record,
    [TAPIR_SCTP_ERROR] = &error_record,
    [TAPIR_SCTP_COOKIE_ECHO] = &cookie_record,
    [TAPIR_SCTP_COOKIE_ACK] = &plain_record,
    [TAPIR_SCTP_ECNE] = &ecne_record,
    [TAPIR_SCTP_CWR] = &cwr_record,
    [TAPIR_SCTP_SHUTDOWN_COMPLETE] = &complete_record,
    [TAPIR_SCTP_AUTH] = &auth_record,
    [TAPIR_SCTP_NR_SACK] = &nr_sack_record,
    [TAPIR_SCTP_I_DATA] = &i_data_record,
    [TAPIR_SCTP_ASCONF_ACK] = &asconf_ack_record,
    [TAPIR_SCTP_PACKET_DROP] = &drop_record,
    [TAPIR_SCTP_RE_CONFIG] = &parameter_record,
    [TAPIR_SCTP_PAD] = &pad_record,
    [TAPIR_SCTP_FORWARD_TSN] = &forward_record,
    [TAPIR_SCTP_ASCONF] = &asconf_record,
    [TAPIR_SCTP_I_FORWARD_TSN] = &i_forward_record,
};

/* Takes `count` numbers of 32 bits, or as many as are there. */
static tapir_span take_numbers(tapir_reader *r, size_t count)
{
    size_t there = tapir_left(r) / 4;

    return tapir_take_span(r, (count < there ? count : there) * 4);
}

static uint32_t total_of(tapir_span gaps)
{
    tapir_reader r = tapir_reader_of(gaps);
    uint32_t total = 0;

    while (tapir_left(&r)) {
        uint16_t start = tapir_take_be16(&r), end = tapir_take_be16(&r);
        total += end >= start ? end - start + 1u : 0;
    }
    return total;
}

static void take_sack(struct tapir_sctp_chunk *chunk)
{
    tapir_reader r = tapir_reader_of(chunk->rest);

    chunk->as.sack.gaps = take_numbers(&r, chunk->as.sack.gap_count);
    chunk->as.sack.nr_gaps = take_numbers(&r, chunk->as.sack.nr_gap_count);
    chunk->as.sack.duplicates = take_numbers(&r, chunk->as.sack.duplicate_count);
    chunk->as.sack.gap_total = total_of(chunk->as.sack.gaps);
    chunk->as.sack.nr_gap_total = total_of(chunk->as.sack.nr_gaps);
}

static const tapir_record *chunk_next(tapir_walk *walk, void *item)
{
    struct tapir_sctp_chunk *chunk = item;
    const uint8_t *start = walk->in.at;
    const tapir_record *record;
    tapir_reader r;

    memset(chunk, 0, sizeof *chunk);
    chunk->type = tapir_take_u8(&walk->in);
    chunk->flags = tapir_take_u8(&walk->in);
    chunk->length = tapir_take_be16(&walk->in);
    if (walk->in.failed)
        return NULL;
    if (chunk->length < CHUNK_HEAD) {
        tapir_reader_fail(&walk->in, CHUNK_HEAD);
        return &plain_record;
    }
    chunk->value = tapir__take_most(&walk->in, chunk->length - (size_t)CHUNK_HEAD);
    chunk->padding = tapir__sctp_take_padding(&walk->in, chunk->length);
    record = shapes[chunk->type] ? shapes[chunk->type] : &unknown_record;
    r = tapir_reader_of(tapir_span_of(start, CHUNK_HEAD + chunk->value.len));
    if (!tapir__take_record(&r, record, chunk) && !walk->in.failed) {
        memset(&chunk->as, 0, sizeof chunk->as);
        return &unknown_record;
    }
    chunk->rest = tapir_rest(&r);
    if (record == &sack_record || record == &nr_sack_record)
        take_sack(chunk);
    return record;
}

static const tapir_list chunk_list = {sizeof(struct tapir_sctp_chunk), chunk_next, chunk_records,
    TAPIR_COUNT(chunk_records), tapir__sctp_chunk_makers, TAPIR__SCTP_CHUNK_MAKER_COUNT};

tapir_walk tapir_sctp_chunks(const struct tapir_sctp *sctp)
{
    return tapir_walk_of(&chunk_list, sctp->chunks, sctp);
}

tapir_walk tapir_sctp_parameters(const struct tapir_sctp_chunk *chunk)
{
    return tapir_walk_of(&tapir__sctp_parameter_list, chunk->rest, chunk);
}

tapir_walk tapir_sctp_causes(const struct tapir_sctp_chunk *chunk)
{
    return tapir_walk_of(&tapir__sctp_cause_list, chunk->rest, chunk);
}

tapir_walk tapir_sctp_gaps(const struct tapir_sctp_chunk *chunk)
{
    return tapir_walk_of(&tapir__sctp_gap_list, chunk->as.sack.gaps, chunk);
}

/* The common header. */

static const tapir_field sctp_fields[] = {
    TAPIR_FIELD(tapir_sctp, src_port, "sctp.srcport", TAPIR_UINT, 16, "Port of the sender",
        .alias = "sctp.port"),
    TAPIR_FIELD(tapir_sctp, dst_port, "sctp.dstport", TAPIR_UINT, 16, "Port of the receiver",
        .alias = "sctp.port"),
    TAPIR_FIELD(tapir_sctp, tag, "sctp.verification_tag", TAPIR_UINT, 32,
        "What the receiver chose to know its associations by", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_sctp, checksum, "sctp.checksum", TAPIR_UINT, 32, "CRC-32C of the packet",
        .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_sctp, chunks, "sctp.chunks", TAPIR_LIST, 0, "Chunks", .list = &chunk_list),
};

static tapir_status sctp_decode(tapir_decoder *d, void *layer)
{
    struct tapir_sctp *sctp = layer;

    TAPIR_LOAD(&d->in, sctp, sctp_fields);
    sctp->chunks = tapir_take_rest(&d->in);
    return TAPIR_OK;
}

/* The sum is over the packet with zeroes in its own place, and stands there lowest byte first
 * (RFC 9260 appendix A). */
static uint32_t checksum_of(const uint8_t *packet, size_t len)
{
    static const uint8_t zeroes[4];
    uint32_t crc = tapir_crc32c(0, tapir_span_of(packet, CHECKSUM_AT));

    crc = tapir_crc32c(crc, tapir_span_of(zeroes, sizeof zeroes));
    return __builtin_bswap32(
        tapir_crc32c(crc, tapir_span_of(packet + HEADER_LEN, len - HEADER_LEN)));
}

static tapir_status sctp_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_sctp *sctp = layer;

    tapir_open_header(e, HEADER_LEN + sctp->chunks.len);
    TAPIR_STORE(&e->out, sctp, sctp_fields);
    tapir_put_span(&e->out, sctp->chunks);
    if (!e->out.failed && tapir__whole_checksum_due(e))
        tapir_store_be(e->head + CHECKSUM_AT, 4,
            checksum_of(e->head, HEADER_LEN + sctp->chunks.len + e->inside.len));
    return TAPIR_OK;
}

static const tapir_coverage sctp_coverage = {.offset = CHECKSUM_AT, .crc32c = true};

static void sctp_verify(
    const tapir_packet *packet, const tapir_layer *layer, tapir_checksum *checksum)
{
    const struct tapir_sctp *sctp = layer->fields;

    checksum->present = true;
    checksum->actual = sctp->checksum;
    if (!tapir__is_whole_message(packet, layer))
        return;
    checksum->verifiable = true;
    checksum->expected = checksum_of(layer->start, layer->header_len);
    checksum->good = checksum->expected == checksum->actual;
}

static void sctp_flow(const void *layer, tapir_flow *flow)
{
    const struct tapir_sctp *sctp = layer;

    flow->src = tapir_endpoint_port(TAPIR_ENDPOINT_SCTP_PORT, sctp->src_port);
    flow->dst = tapir_endpoint_port(TAPIR_ENDPOINT_SCTP_PORT, sctp->dst_port);
}

static const tapir_binding sctp_bindings[] = {
    {TAPIR_IP_PROTOCOL, 132}, {TAPIR_LINK_TYPE, TAPIR_LINK_TYPE_SCTP}};

#define HEADER "9c40 9c41 deadbeef 00000000 "

static const char *const sctp_samples[] = {
    "9c40 9c41 deadbeef bb29bf3a 4001 0018 000003e8 0001 0000 00000002 00000000 64617461",
    HEADER
    "0003 0013 000003e8 0001 0002 0000002e 010203 00 0007 0011 000003e9 0001 0003 00000000 01"
    "000000",
    HEADER
    "0100 0064 01020304 00010000 000a 0800 00001388 0005 0008 0a000001 0006 0014"
    "20010db8000000000000000000000001 0009 0008 00007530 000b 000a 6578616d7000 0000 000c 0006"
    "0005 0000 8002 0008 01020304 8003 0007 c18000 00 8004 0006 0003 0000 8008 0006 c082 0000",
    HEADER "0200 0044 01020304 00010000 000a 0800 00001388 0007 0008 01020304 0008 000c c0ff 0008"
           "01020304 8000 0004 8001 0004 c000 0004 c006 0008 00000007 1234 0004",
    HEADER "0301 0024 000003e8 0000ffff 0002 0002 0002 0003 0005 0005 000003e7 000003e8 00000000",
    HEADER "1000 0028 000003e8 0000ffff 0001 0001 0001 0000 0002 0003 0005 0006 000003e7 00000000"
           "00000000",
    HEADER "0400 000c 0001 0008 01020304 0500 000b 0001 0007 010203 00",
    HEADER "0601 0054 0001 0008 0007 0000 0002 000a 00000001 0007 0000 0003 0008 0001e240 0004 0004"
           "0005 000c 0005 0008 0a000001 0006 000c 3f00 0008 01020304 0007 0004 0008 000c c0ff 0008"
           "01020304",
    HEADER
    "0900 0044 0009 0008 0000004d 000a 0004 000c 0007 627965 00 000d 0004 00a0 000c 0005 0008"
    "0a000001 00a1 0014 c001 0010 00000009 0005 0008 0a000001 0105 0006 0009 0000",
    HEADER "0700 0008 000004d2 0800 0004 0a00 0007 010203 00 0b00 0004 0c00 0008 000004d2 0d00 0008"
           "000004d2 0e01 0004",
    HEADER "0f00 000c 0001 0003 01020304 c100 0028 00000005 0005 0008 0a000001 c001 0010 00000009"
           "0005 0008 0a000002 c004 0008 00000009",
    HEADER "8000 0024 00000005 c003 0014 00000009 00a0 000c 0005 0008 0a000001 c005 0008 00000009",
    HEADER
    "8200 005c 000d 0012 00000001 00000002 00000003 0004 0000 000e 000a 00000001 0004 0000"
    "000f 0008 00000001 0010 0014 00000001 00000001 000003e8 000007d0 0011 000c 00000001 0004"
    "0000 0012 000c 00000001 0004 0000",
    HEADER "8107 0014 000003e8 000007d0 0028 0000 01020304 8400 0008 00000000",
    HEADER "c000 000c 000004d2 0001 0002 c200 0018 000004d2 0001 0000 00000002 0003 0001 00000004",
    HEADER "fe55 0007 010203 00 0000 0008 000003e8",
    HEADER "0000 0003",
};

const tapir_proto tapir_sctp_proto = {
    .name = "sctp",
    .title = "Stream Control Transmission Protocol",
    .spec = "RFC 9260",
    .role = TAPIR_ROLE_TRANSPORT,
    TAPIR_FIELDS(sctp_fields),
    .size = sizeof(struct tapir_sctp),
    .decode = sctp_decode,
    .encode = sctp_encode,
    .verify = sctp_verify,
    .flow = sctp_flow,
    .coverage = &sctp_coverage,
    TAPIR_BINDINGS(sctp_bindings),
    TAPIR_SAMPLES(sctp_samples),
};
