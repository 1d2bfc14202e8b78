/* Bytes of a frame rewritten in place, and the checksums that cover them. */
#include "tapir/edit.h"

#include "transport/pseudo.h"

enum { MOST_REGIONS = 64, FCS_LEN = 4, CRC_LEN = 4 };

/* What a layer's checksum covers of the frame, and what became of it. */
struct region {
    const tapir_coverage *coverage;
    const tapir_layer *layer;
    uint8_t *start, *end, *checksum;
    uint64_t before;   /* sum of the bytes to be overwritten, and of the addresses outside */
    bool was_right;    /* of a CRC only */
    bool changed;      /* the checksum was written anew */
    uint32_t old, now; /* the checksum, or CRC, as a number in network order */
};

/* Bytes being overwritten. */
struct range {
    const uint8_t *start, *end;
};

/* False where the layer has no checksum, or has it not in the captured bytes. */
static bool find_region(
    const tapir_packet *packet, const tapir_layer *layer, uint8_t *data, struct region *region)
{
    const tapir_coverage *coverage = layer->proto->coverage;
    size_t offset = tapir_layer_offset(packet, layer), len = layer->header_len, count;

    if (!coverage || coverage->offset + 2u > layer->header_len ||
        (coverage->when && !coverage->when(layer->fields)))
        return false;
    if (!coverage->header_only)
        len += layer->payload_len;
    if ((coverage->to_the_end || layer->partial) && !coverage->header_only &&
        layer > tapir_packet_so_far(packet, &count)) {
        const tapir_layer *outside = layer - 1;
        len = (size_t)(outside->start + outside->header_len + outside->payload_len - layer->start);
    }
    *region = (struct region){.coverage = coverage,
        .layer = layer,
        .start = data + offset,
        .end = data + offset + len,
        .checksum = data + offset + coverage->offset};
    return true;
}

static bool meets(struct range range, const uint8_t *start, const uint8_t *end)
{
    return range.start < end && range.end > start;
}

/* The sum of the bytes of `range` that lie in the region, by their places in it. */
static uint64_t sum_in(const struct region *region, struct range range)
{
    const uint8_t *start = range.start > region->start ? range.start : region->start;
    const uint8_t *end = range.end < region->end ? range.end : region->end;
    uint64_t sum;

    if (start >= end)
        return 0;
    sum = tapir_sum_add(0, tapir_span_of(start, (size_t)(end - start)));
    return (start - region->start) % 2 ? sum << 8 : sum;
}

/* The same with what the addresses outside add, which count only if they may be overwritten. */
static uint64_t sum_covered(const tapir_packet *packet, const struct region *region,
    const uint8_t *data, struct range range)
{
    uint64_t addresses = 0;

    if (region->coverage->pseudo && range.start < region->start)
        tapir__sum_outside(packet, region->layer, data, &addresses);
    return sum_in(region, range) + addresses;
}

/* The CRC-32C of a region with zeroes in its own place (RFC 9260 6.8). */
static uint32_t crc_of(const struct region *region)
{
    static const uint8_t zeroes[CRC_LEN];
    uint8_t *behind = region->checksum + CRC_LEN;
    uint32_t crc =
        tapir_crc32c(0, tapir_span_of(region->start, (size_t)(region->checksum - region->start)));

    crc = tapir_crc32c(crc, tapir_span_of(zeroes, CRC_LEN));
    return tapir_crc32c(crc, tapir_span_of(behind, (size_t)(region->end - behind)));
}

static bool is_right_crc(const struct region *region)
{
    return region->checksum + CRC_LEN <= region->end && region->layer->status == TAPIR_OK &&
           tapir_load_le(region->checksum, CRC_LEN) == crc_of(region);
}

/* Finds all regions, innermost first, as they are before the change; false when there are too many.
 */
static bool find_regions(
    tapir_packet *packet, uint8_t *data, struct range range, struct region *regions, size_t *count)
{
    size_t layer_count;
    const tapir_layer *layers = tapir_packet_layers(packet, &layer_count);

    *count = 0;
    for (const tapir_layer *layer = layers + layer_count; layer-- > layers;) {
        struct region *region = &regions[*count];
        if (*count == MOST_REGIONS)
            return false;
        if (!find_region(packet, layer, data, region))
            continue;
        ++*count;
        if (region->coverage->crc32c)
            region->was_right = meets(range, region->start, region->end) && is_right_crc(region);
        else
            region->before = sum_covered(packet, region, data, range);
    }
    return true;
}

/* Updates one sum, of which those inside have been updated. */
static void update_sum(const tapir_packet *packet, struct region *region,
    const struct region *inner, const uint8_t *data, struct range range)
{
    const tapir_coverage *coverage = region->coverage;
    uint64_t before = region->before, after = sum_covered(packet, region, data, range);

    region->old = (uint32_t)tapir_load_be(region->checksum, 2);
    if (coverage->zero_for_none && region->old == 0)
        return;
    for (; inner < region; inner++) {
        bool odd = (inner->checksum - region->start) % 2;
        if (!inner->changed || inner->checksum < region->start || inner->checksum >= region->end)
            continue;
        before += tapir_sum_part(inner->old, odd);
        after += tapir_sum_part(inner->now, odd);
    }
    if (tapir_sum_fold(before) == tapir_sum_fold(after))
        return;
    region->now = tapir_checksum_update((uint16_t)region->old, before, after);
    if (coverage->zero_for_none && region->now == 0)
        region->now = UINT16_MAX;
    region->changed = true;
    tapir_store_be(region->checksum, 2, region->now);
}

/* Computes one CRC anew. */
static void update_crc(struct region *region)
{
    region->old = (uint32_t)tapir_load_be(region->checksum, CRC_LEN);
    tapir_store_le(region->checksum, CRC_LEN, crc_of(region));
    region->now = (uint32_t)tapir_load_be(region->checksum, CRC_LEN);
    region->changed = true;
}

/* Updates all, innermost first. One that is overwritten itself is as the caller wants it. */
static void update(const tapir_packet *packet, uint8_t *data, struct range range,
    struct region *regions, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct region *region = &regions[i];
        if (meets(range, region->checksum, region->checksum + 2))
            continue;
        if (!region->coverage->crc32c)
            update_sum(packet, region, regions, data, range);
        else if (region->was_right)
            update_crc(region);
    }
}

static uint32_t fcs_of(const uint8_t *data, size_t caplen)
{
    return tapir_crc32(0, tapir_span_of(data, caplen - FCS_LEN));
}

tapir_status tapir_patch(tapir_packet *packet, uint8_t *data, size_t offset, tapir_span bytes)
{
    const tapir_frame *frame = tapir_packet_frame(packet);
    struct region regions[MOST_REGIONS];
    struct range range = {data + offset, data + offset + bytes.len};
    bool has_fcs;
    size_t count;

    if (offset > frame->caplen || bytes.len > frame->caplen - offset)
        return TAPIR_INVALID;
    if (!bytes.len)
        return TAPIR_OK;
    if (!find_regions(packet, data, range, regions, &count))
        return TAPIR_TOO_DEEP;
    has_fcs = frame->fcs_len == FCS_LEN && frame->caplen == frame->len &&
              frame->link_type == TAPIR_LINK_TYPE_ETHERNET && frame->caplen > FCS_LEN &&
              tapir_load_le(data + frame->caplen - FCS_LEN, FCS_LEN) == fcs_of(data, frame->caplen);
    memmove(data + offset, bytes.data, bytes.len);
    update(packet, data, range, regions, count);
    if (has_fcs && offset + bytes.len <= frame->caplen - FCS_LEN)
        tapir_store_le(data + frame->caplen - FCS_LEN, FCS_LEN, fcs_of(data, frame->caplen));
    return TAPIR_OK;
}
