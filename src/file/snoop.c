/* snoop files of Solaris (RFC 1761, link types also of RFC 3827). */
#include "file/file.h"

enum { FILE_HEADER_LEN = 16, RECORD_LEN = 24, VERSION = 2 };

static const struct {
    uint8_t number, link_type;
} link_types[] = {
    {0, TAPIR_LINK_TYPE_ETHERNET},          /* IEEE 802.3 */
    {2, 6},                                 /* IEEE 802.5 token ring */
    {4, TAPIR_LINK_TYPE_ETHERNET}, {8, 10}, /* FDDI */
    {16, 122},                              /* IP over Fibre Channel */
    {18, 123},                              /* classical IP over ATM, as SunATM */
    {26, 242},                              /* IP over InfiniBand */
};

static uint16_t link_type_of(uint32_t number)
{
    for (size_t i = 0; i < TAPIR_COUNT(link_types); i++)
        if (link_types[i].number == number)
            return link_types[i].link_type;
    return TAPIR_LINK_TYPE_UNKNOWN;
}

static tapir_status snoop_next(tapir_source *source, tapir_frame *frame)
{
    tapir__file *file = (tapir__file *)source;
    tapir_status status = tapir__file_need(file, RECORD_LEN);
    uint32_t captured, record_len, drops;
    const uint8_t *at;

    if (status != TAPIR_OK)
        return tapir__file_stopped(file, status, "packet record's header", RECORD_LEN);
    captured = tapir__load32(file->at + 4, true);
    record_len = tapir__load32(file->at + 8, true);
    if (record_len < RECORD_LEN || captured > record_len - RECORD_LEN)
        return tapir__file_error(file, TAPIR_DAMAGED, tapir__file_offset(file),
            "a packet record of %u bytes cannot hold %u bytes of packet", record_len, captured);
    if (record_len - RECORD_LEN > file->max_record)
        return tapir__file_error(file, TAPIR_DAMAGED, tapir__file_offset(file),
            "a packet record of %u bytes, more than the limit of %zu (max_record)", record_len,
            file->max_record);
    status = tapir__file_need(file, record_len);
    if (status != TAPIR_OK)
        return tapir__file_stopped(file, status, "packet record", record_len);
    at = file->at;
    drops = tapir__load32(at + 12, true);
    *frame = (tapir_frame){
        .data = at + RECORD_LEN,
        .caplen = captured,
        .len = tapir__load32(at, true),
        .time = (int64_t)tapir__load32(at + 16, true) * 1000000000 +
                (int64_t)tapir__load32(at + 20, true) * 1000,
        .link_type = file->single.link_type,
        .has_time = true,
        .has_drops = true,
        .drops = drops - file->snoop.drops, /* counts on from record to record, modulo 2^32 */
        .number = ++file->source.frames,
        .offset = tapir__file_offset(file),
    };
    file->snoop.drops = drops;
    file->single.frames++;
    file->source.bytes += captured;
    file->at = at + record_len;
    return TAPIR_OK;
}

tapir_status tapir__snoop_open(tapir__file *file)
{
    static const tapir__source_kind kind = {
        .next = snoop_next,
        .next_batch = tapir__file_next_batch,
        .stats = tapir__file_stats,
        .close = tapir__file_close,
    };
    tapir_status status;
    uint32_t version;

    if (file->end - file->at < 8 || memcmp(file->at, "snoop\0\0\0", 8) != 0)
        return TAPIR_NOT_FOUND;
    status = tapir__file_need(file, FILE_HEADER_LEN);
    if (status != TAPIR_OK)
        return tapir__file_stopped(file, status, "snoop file header", FILE_HEADER_LEN);
    version = tapir__load32(file->at + 8, true);
    if (version != VERSION)
        return tapir__file_error(file, TAPIR_UNSUPPORTED, 8,
            "version %u of the snoop format is not known (2 is)", version);
    file->single = (tapir_interface){
        .link_type = link_type_of(tapir__load32(file->at + 12, true)),
        .time_resolution = 6,
    };
    tapir__file_one_interface(file);
    file->at += FILE_HEADER_LEN;
    file->source.format = "snoop";
    file->source.kind = &kind;
    return TAPIR_OK;
}
