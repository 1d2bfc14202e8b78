/* pcap files (draft-ietf-opsawg-pcap) and the variants of them that were in use. */
#include "file/file.h"

/* The order of the two lengths in a record; versions 2.3 and before had them the other way round.
 */
enum { CAPTURED_FIRST, CAPTURED_LAST, SMALLER_CAPTURED };

enum {
    RECORD_LEN = 16,
    FILE_HEADER_LEN = 24,
    FCS_PRESENT = 0x04000000,
    RESERVED = 0x03ff0000,
    OUTGOING = 4 /* PACKET_OUTGOING of Linux */
};

typedef struct variant {
    uint32_t magic;
    uint32_t multiplier;
    uint8_t header_extra, record_extra;
} variant;

static const variant variants[] = {
    {0xa1b2c3d4, 1000, 0, 0},
    {0xa1b23c4d, 1, 0, 0},
    {0xa1b2cd34, 1000, 0, 8}, /* Kuznetzov: interface index, protocol, packet type */
    {0xa12b3c4d, 1, 0, 0},    /* Navtel */
    {0x1c0001ac, 1000, 4, 0}, /* Ixia, hardware and software: the file's length follows */
    {0x1c0001ab, 1000, 4, 0},
};

static tapir_status too_large(tapir__file *file, uint32_t captured)
{
    return tapir__file_error(file, TAPIR_DAMAGED, tapir__file_offset(file),
        "a packet record of %u bytes, more than the limit of %zu (max_record)", captured,
        file->max_record);
}

/* One reader for all variants; the constants it is called with leave only the code they need. */
TAPIR_INLINE tapir_status read_record(
    tapir__file *file, tapir_frame *frame, bool big_endian, bool plain)
{
    const tapir__pcap *pcap = &file->pcap;
    const size_t header_len = plain ? RECORD_LEN : pcap->header_len;
    tapir_status status = tapir__file_need(file, header_len);
    const uint8_t *at = file->at;
    uint32_t captured, len;

    if (__builtin_expect(status != TAPIR_OK, 0))
        return tapir__file_stopped(file, status, "packet record's header", header_len);
    captured = tapir__load32(at + 8, big_endian);
    len = tapir__load32(at + 12, big_endian);
    if (!plain &&
        (pcap->lengths == CAPTURED_LAST || (pcap->lengths == SMALLER_CAPTURED && captured > len))) {
        uint32_t first = captured;
        captured = len;
        len = first;
    }
    if (__builtin_expect(captured > file->max_record, 0))
        return too_large(file, captured);
    status = tapir__file_need(file, header_len + captured);
    if (__builtin_expect(status != TAPIR_OK, 0))
        return tapir__file_stopped(file, status, "packet record", header_len + captured);
    at = file->at;
    tapir__frame_clear(frame);
    frame->data = at + header_len;
    frame->caplen = captured;
    frame->len = len;
    frame->time = (int64_t)tapir__load32(at, big_endian) * 1000000000 +
                  (int64_t)tapir__load32(at + 4, big_endian) * pcap->multiplier;
    frame->link_type = file->single.link_type;
    frame->fcs_len = file->single.fcs_len;
    frame->has_time = true;
    frame->number = ++file->source.frames;
    frame->offset = tapir__file_offset(file);
    if (!plain && pcap->has_packet_type)
        frame->direction = at[22] == OUTGOING ? TAPIR_DIRECTION_OUT : TAPIR_DIRECTION_IN;
    file->single.frames++;
    file->source.bytes += captured;
    file->at = at + header_len + captured;
    return TAPIR_OK;
}

static tapir_status next_little(tapir_source *source, tapir_frame *frame)
{
    return read_record((tapir__file *)source, frame, false, true);
}

static tapir_status next_big(tapir_source *source, tapir_frame *frame)
{
    return read_record((tapir__file *)source, frame, true, true);
}

static tapir_status next_variant(tapir_source *source, tapir_frame *frame)
{
    tapir__file *file = (tapir__file *)source;

    return read_record(file, frame, file->pcap.big_endian, false);
}

static const tapir__source_kind kind_little = {
    .next = next_little,
    .next_batch = tapir__file_next_batch,
    .stats = tapir__file_stats,
    .close = tapir__file_close,
};
static const tapir__source_kind kind_big = {
    .next = next_big,
    .next_batch = tapir__file_next_batch,
    .stats = tapir__file_stats,
    .close = tapir__file_close,
};
static const tapir__source_kind kind_variant = {
    .next = next_variant,
    .next_batch = tapir__file_next_batch,
    .stats = tapir__file_stats,
    .close = tapir__file_close,
};

static const variant *find_variant(const uint8_t *at, bool *big_endian)
{
    for (size_t i = 0; i < TAPIR_COUNT(variants); i++)
        for (unsigned big = 0; big < 2; big++)
            if (tapir__load32(at, big) == variants[i].magic) {
                *big_endian = big;
                return &variants[i];
            }
    return NULL;
}

/* Sets the order of the lengths by the file's version; false when there is no such version. 543.0
 * is what tcpdump of DG/UX wrote. */
static bool set_version(tapir__pcap *pcap, unsigned major, unsigned minor)
{
    if (!(major == 2 && minor <= 4) && !(major == 543 && minor == 0))
        return false;
    pcap->lengths = CAPTURED_LAST;
    if (major == 2 && minor == 3)
        pcap->lengths = SMALLER_CAPTURED;
    if (major == 2 && minor == 4)
        pcap->lengths = CAPTURED_FIRST;
    return true;
}

/* AIX writes version 2.2, interface types of SNMP in place of link types, and nanoseconds. */
static void adapt_to_aix(tapir__file *file, uint32_t *link_type)
{
    static const struct {
        uint8_t interface_type, link_type;
    } types[] = {
        {6, TAPIR_LINK_TYPE_ETHERNET}, {9, 6 /* token ring */}, {24, TAPIR_LINK_TYPE_NULL}};

    for (size_t i = 0; i < TAPIR_COUNT(types); i++)
        if (types[i].interface_type == *link_type) {
            *link_type = types[i].link_type;
            file->pcap.multiplier = 1;
            return;
        }
}

tapir_status tapir__pcap_open(tapir__file *file)
{
    tapir__pcap *pcap = &file->pcap;
    const variant *kind = NULL;
    unsigned major, minor;
    uint32_t link_type, snaplen;
    tapir_status status;
    bool big;

    if (file->end - file->at >= 4)
        kind = find_variant(file->at, &big);
    if (!kind)
        return TAPIR_NOT_FOUND;
    status = tapir__file_need(file, (size_t)FILE_HEADER_LEN + kind->header_extra);
    if (status != TAPIR_OK)
        return tapir__file_stopped(
            file, status, "pcap file header", (size_t)FILE_HEADER_LEN + kind->header_extra);
    major = tapir__load16(file->at + 4, big);
    minor = tapir__load16(file->at + 6, big);
    snaplen = tapir__load32(file->at + 16, big);
    link_type = tapir__load32(file->at + 20, big);
    *pcap = (tapir__pcap){
        .header_len = (size_t)RECORD_LEN + kind->record_extra,
        .multiplier = kind->multiplier,
        .big_endian = big,
        .has_packet_type = kind->record_extra != 0,
        .usual = kind < variants + 2 && major == 2 && minor == 4,
    };
    if (!set_version(pcap, major, minor))
        return tapir__file_error(file, TAPIR_UNSUPPORTED, 4,
            "version %u.%u of the pcap format is not known (2.0 to 2.4 are)", major, minor);
    if (major == 2 && minor == 2)
        adapt_to_aix(file, &link_type);
    if (link_type & RESERVED)
        return tapir__file_error(file, TAPIR_UNSUPPORTED, 20,
            "the link type field is 0x%08x, reserved bits of which are set", link_type);
    file->single = (tapir_interface){
        .link_type = tapir__link_type_of_file(link_type & 0xffff),
        .fcs_len = link_type & FCS_PRESENT ? (uint8_t)((link_type >> 28) * 2) : 0,
        .link_type_bits = link_type & ~(uint32_t)(RESERVED | UINT16_MAX),
        /* libpcap takes these two for "no limit" as well. */
        .snaplen = snaplen > INT32_MAX ? 0 : snaplen,
        .time_resolution = pcap->multiplier == 1 ? 9 : 6,
    };
    tapir__file_one_interface(file);
    file->at += FILE_HEADER_LEN + kind->header_extra;
    file->source.format = "pcap";
    file->source.kind = big ? &kind_big : &kind_little;
    if (pcap->header_len != RECORD_LEN || pcap->lengths != CAPTURED_FIRST)
        file->source.kind = &kind_variant;
    return TAPIR_OK;
}
