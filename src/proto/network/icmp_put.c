/* Records of MLD reports and the extension structure of ICMP, written. */
#include "../put.h"
#include "icmp_shared.h"
#include "tapir/checksum.h"
#include "tapir/proto/icmp_extensions.h"
#include "tapir/proto/icmpv6.h"

/* RFC 3810 5.2. */
static void put_record_head(
    tapir_writer *w, uint64_t type, size_t aux_len, size_t sources, tapir_span group)
{
    tapir_put_be(w, 1, type);
    tapir_put_be(w, 1, aux_len / 4);
    tapir_put_be(w, 2, sources);
    tapir__put_exactly(w, group, 16);
}

void tapir_mld_put_record(
    tapir_writer *w, uint64_t type, const uint8_t group[16], tapir_span sources, tapir_span aux)
{
    put_record_head(w, type, aux.len, sources.len / 16, tapir_span_of(group, 16));
    tapir__put_exactly(w, sources, sources.len / 16 * 16);
    tapir__put_exactly(w, aux, aux.len / 4 * 4);
}

static void put_object_head(tapir_writer *w, uint64_t class_number, uint64_t c_type, size_t len)
{
    tapir_put_be(w, 2, len + 4);
    tapir_put_be(w, 1, class_number);
    tapir_put_be(w, 1, c_type);
}

void tapir_icmp_put_object(tapir_writer *w, uint64_t class_number, uint64_t c_type, tapir_span data)
{
    put_object_head(w, class_number, c_type, data.len);
    tapir_put_span(w, data);
}

static void put_label(tapir_writer *w, const struct tapir_icmp_label *label)
{
    if (label->label >> 20 || label->traffic_class > 7)
        tapir_writer_fail(w);
    tapir_put_be(w, 4,
        (uint32_t)(label->label << 12 | (uint32_t)label->traffic_class << 9 |
                   (uint32_t)label->bottom << 8 | label->ttl));
}

void tapir_icmp_put_label_stack(
    tapir_writer *w, const struct tapir_icmp_label *labels, size_t count)
{
    put_object_head(w, TAPIR_ICMP_OBJECT_MPLS_LABEL_STACK, 1, count * 4);
    for (size_t i = 0; i < count && !w->failed; i++)
        put_label(w, &labels[i]);
}

#define EXTENSIONS_HEAD 0x20000000u /* version 2, the checksum still missing */

void tapir_icmp_put_extensions(tapir_writer *w, tapir_span objects)
{
    uint8_t *start = w->at;

    tapir_put_be(w, 4, EXTENSIONS_HEAD);
    tapir_put_span(w, objects);
    if (!w->failed)
        tapir_store_be(
            start + 2, 2, tapir_internet_checksum(tapir_span_of(start, (size_t)(w->at - start))));
}

/* From arguments. */

TAPIR__MAKE(record)
{
    size_t sources = tapir__repeated(count, 2);

    put_record_head(w, arguments[0].number, 0, sources, arguments[1].bytes);
    tapir__put_each(w, arguments + 2, sources, 16);
}

/* A structure of one object. */
static void make_structure(tapir_writer *w, uint64_t class_number, uint64_t c_type, tapir_span data)
{
    uint8_t *start = w->at;

    tapir_put_be(w, 4, EXTENSIONS_HEAD);
    tapir_icmp_put_object(w, class_number, c_type, data);
    if (!w->failed)
        tapir_store_be(
            start + 2, 2, tapir_internet_checksum(tapir_span_of(start, (size_t)(w->at - start))));
}

TAPIR__MAKE(object)
{
    make_structure(w, arguments[0].number, arguments[1].number, arguments[2].bytes);
}

/* A stack of one label. */
TAPIR__MAKE(mpls)
{
    const struct tapir_icmp_label label = {.label = (uint32_t)arguments[0].number,
        .traffic_class = (uint8_t)arguments[2].number,
        .bottom = true,
        .ttl = (uint8_t)tapir__number_or(&arguments[1], 1)};
    uint8_t bytes[4];
    tapir_writer entry = tapir_writer_of(bytes, sizeof bytes);

    if (arguments[0].number >> 20 || arguments[1].number > 255 || arguments[2].number > 7)
        tapir_writer_fail(w);
    put_label(&entry, &label);
    make_structure(w, TAPIR_ICMP_OBJECT_MPLS_LABEL_STACK, 1, tapir_written(&entry, bytes));
}

static const tapir_label types[] = {
    {1, "include"},
    {2, "exclude"},
    {3, "to_include"},
    {4, "to_exclude"},
    {5, "allow"},
    {6, "block"},
    {0, NULL},
};

static const tapir_parameter record[] = {TAPIR__UINT("type", 8, .labels = types),
    TAPIR__OTHER("group", TAPIR_IPV6), TAPIR__OTHER("source", TAPIR_IPV6, TAPIR__REPEATED)};
static const tapir_parameter mpls[] = {TAPIR__UINT("label", 20),
    TAPIR__UINT("ttl", 8, TAPIR__OPTIONAL), TAPIR__UINT("traffic_class", 3, TAPIR__OPTIONAL)};
static const tapir_parameter object[] = {TAPIR__UINT("class", 8), TAPIR__UINT("c_type", 8),
    TAPIR__OTHER("data", TAPIR_SPAN, TAPIR__OPTIONAL)};

const tapir_maker tapir__mld_makers[TAPIR__MLD_MAKER_COUNT] = {
    TAPIR_MAKER("record", "MLDv2_AR", record, make_record),
};

const tapir_maker tapir__extension_makers[TAPIR__EXTENSION_MAKER_COUNT] = {
    TAPIR_MAKER("mpls", NULL, mpls, make_mpls),
    TAPIR_MAKER("object", NULL, object, make_object),
};
