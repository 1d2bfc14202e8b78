/* The extension structure of ICMP messages (RFC 4884 7) and the objects in it, and what else ICMP
 * of both versions have in common. */
#include "tapir/proto/icmp_extensions.h"

#include "../record.h"
#include "../transport/pseudo.h"
#include "icmp_shared.h"
#include "tapir/checksum.h"
#include "tapir/proto/icmpv6.h"

const tapir_label tapir__extended_echo_codes[] = {
    {0, "No error"},
    {1, "Malformed query"},
    {2, "No such interface"},
    {3, "No such table entry"},
    {4, "Multiple interfaces satisfy the query"},
    {0, NULL},
};
const tapir_label tapir__neighbour_states[] = {
    {0, "Reserved"},
    {1, "Incomplete"},
    {2, "Reachable"},
    {3, "Stale"},
    {4, "Delay"},
    {5, "Probe"},
    {6, "Failed"},
    {0, NULL},
};

static const tapir_label object_classes[] = {
    {TAPIR_ICMP_OBJECT_MPLS_LABEL_STACK, "MPLS label stack"},
    {TAPIR_ICMP_OBJECT_INTERFACE_INFORMATION, "Interface information"},
    {TAPIR_ICMP_OBJECT_INTERFACE_IDENTIFICATION, "Interface identification"},
    {TAPIR_ICMP_OBJECT_EXTENDED_INFORMATION, "Extended information"},
    {0, NULL},
};

static const tapir_label interface_roles[] = {
    {0, "Interface the datagram arrived on"},
    {1, "Sub-IP component of the interface the datagram arrived on"},
    {2, "Interface the datagram would have been forwarded through"},
    {3, "Next hop the datagram would have been forwarded to"},
    {0, NULL},
};

static const tapir_label identification_types[] = {
    {1, "By name"},
    {2, "By index"},
    {3, "By address"},
    {0, NULL},
};

static const tapir_label address_families[] = {
    {1, "IPv4"},
    {2, "IPv6"},
    {6, "802"},
    {16389, "48-bit MAC"},
    {16390, "64-bit MAC"},
    {0, NULL},
};

static const tapir_part information_parts[] = {
    TAPIR_PART("icmp.int_info.role", 0xc0, "Which interface it is", interface_roles),
    TAPIR_PART("icmp.int_info.reserved", 0x30, "Reserved", NULL),
    TAPIR_PART("icmp.int_info.ifindex", 0x08, "An index is included", NULL),
    TAPIR_PART("icmp.int_info.ipaddr", 0x04, "An address is included", NULL),
    TAPIR_PART("icmp.int_info.name_present", 0x02, "A name is included", NULL),
    TAPIR_PART("icmp.int_info.mtu_present", 0x01, "An MTU is included", NULL),
    TAPIR_PARTS_END,
};

static const tapir_field label_fields[] = {
    TAPIR_FIELD(tapir_icmp_label, label, "icmp.mpls.label", TAPIR_UINT, 20, "Label"),
    TAPIR_FIELD(tapir_icmp_label, traffic_class, "icmp.mpls.exp", TAPIR_UINT, 3,
        "Traffic class, once experimental bits"),
    TAPIR_FIELD(tapir_icmp_label, bottom, "icmp.mpls.s", TAPIR_FLAG, 1, "Bottom of the stack"),
    TAPIR_FIELD(tapir_icmp_label, ttl, "icmp.mpls.ttl", TAPIR_UINT, 8, "Time to live in hops"),
};
static const tapir_field leftover_fields[] = {TAPIR_FIELD(
    tapir_icmp_label, leftover, "icmp.mpls.data", TAPIR_SPAN, 0, "Bytes that are no whole label")};
static const tapir_record label_record = TAPIR_RECORD("Label", label_fields),
                          leftover_record = TAPIR_RECORD("Leftover", leftover_fields);
static const tapir_record *const label_records[] = {&label_record, &leftover_record};

static const tapir_record *label_next(tapir_walk *walk, void *item)
{
    struct tapir_icmp_label *label = item;

    *label = (struct tapir_icmp_label){0};
    if (tapir_left(&walk->in) >= 4 && TAPIR_LOAD(&walk->in, label, label_fields))
        return &label_record;
    label->leftover = tapir_take_rest(&walk->in);
    return &leftover_record;
}

static const tapir_list label_list = {
    sizeof(struct tapir_icmp_label), label_next, label_records, TAPIR_COUNT(label_records)};

tapir_walk tapir_icmp_labels(const struct tapir_icmp_object *object)
{
    bool is_stack =
        object->class_number == TAPIR_ICMP_OBJECT_MPLS_LABEL_STACK && object->c_type == 1;

    return tapir_walk_of(&label_list, is_stack ? object->data : tapir_span_of(NULL, 0), object);
}

#define HOLDS(bits) TAPIR_IF(tapir_icmp_object, holds, bits)
#define OBJECT_HEAD                                                                                \
    TAPIR_FIELD(tapir_icmp_object, length, "icmp.ext.length", TAPIR_UINT, 16,                      \
        "Length with this head in bytes"),                                                         \
        TAPIR_FIELD(tapir_icmp_object, class_number, "icmp.ext.class", TAPIR_UINT, 8, "Class",     \
            .labels = object_classes)
#define OBJECT_TYPE(...)                                                                           \
    TAPIR_FIELD(tapir_icmp_object, c_type, "icmp.ext.ctype", TAPIR_UINT, 8,                        \
        "Type within the class", __VA_ARGS__)

static const tapir_field head_fields[] = {OBJECT_HEAD, OBJECT_TYPE(.labels = NULL)};
static const tapir_field broken_fields[] = {OBJECT_HEAD};
static const tapir_field stack_fields[] = {OBJECT_HEAD, OBJECT_TYPE(.labels = NULL),
    TAPIR_FIELD(tapir_icmp_object, data, "icmp.mpls", TAPIR_LIST, 0, "Label stack, outermost first",
        .list = &label_list)};
static const tapir_field information_fields[] = {OBJECT_HEAD,
    OBJECT_TYPE(.parts = information_parts),
    TAPIR_FIELD(tapir_icmp_object, index, "icmp.int_info.index", TAPIR_UINT, 0, "Interface index",
        HOLDS(TAPIR_ICMP_HOLDS_INDEX)),
    TAPIR_FIELD(tapir_icmp_object, address_family, "icmp.int_info.afi", TAPIR_UINT, 0,
        "Family of the address", .labels = address_families, HOLDS(TAPIR_ICMP_HOLDS_FAMILY)),
    TAPIR_FIELD(tapir_icmp_object, reserved, "icmp.reserved", TAPIR_BYTES, 0, "Reserved",
        HOLDS(TAPIR_ICMP_HOLDS_FAMILY)),
    TAPIR_FIELD(tapir_icmp_object, ipv4, "icmp.int_info.ipv4", TAPIR_IPV4, 0,
        "Address of the interface", HOLDS(TAPIR_ICMP_HOLDS_IPV4)),
    TAPIR_FIELD(tapir_icmp_object, ipv6, "icmp.int_info.ipv6", TAPIR_IPV6, 0,
        "Address of the interface", HOLDS(TAPIR_ICMP_HOLDS_IPV6)),
    TAPIR_FIELD(tapir_icmp_object, address, "icmp.int_info.ipunknown", TAPIR_SPAN, 0,
        "Address of another family"),
    TAPIR_FIELD(tapir_icmp_object, name_len, "icmp.int_info.name_length", TAPIR_UINT, 0,
        "Length of the name with this byte", HOLDS(TAPIR_ICMP_HOLDS_NAME)),
    TAPIR_FIELD(
        tapir_icmp_object, name, "icmp.int_info.name", TAPIR_STRING, 0, "Name of the interface"),
    TAPIR_FIELD(tapir_icmp_object, mtu, "icmp.int_info.mtu", TAPIR_UINT, 0,
        "Largest datagram of the interface", HOLDS(TAPIR_ICMP_HOLDS_MTU)),
    TAPIR_FIELD(tapir_icmp_object, rest, "icmp.ext.rest", TAPIR_SPAN, 0, "What follows")};
static const tapir_field identification_fields[] = {OBJECT_HEAD,
    OBJECT_TYPE(.labels = identification_types),
    TAPIR_FIELD(
        tapir_icmp_object, name, "icmp.int_ident.name", TAPIR_STRING, 0, "Name of the interface"),
    TAPIR_FIELD(tapir_icmp_object, index, "icmp.int_ident.index", TAPIR_UINT, 0, "Interface index",
        HOLDS(TAPIR_ICMP_HOLDS_INDEX)),
    TAPIR_FIELD(tapir_icmp_object, address_family, "icmp.int_ident.afi", TAPIR_UINT, 0,
        "Family of the address", .labels = address_families, HOLDS(TAPIR_ICMP_HOLDS_FAMILY)),
    TAPIR_FIELD(tapir_icmp_object, address_len, "icmp.int_ident.addr_length", TAPIR_UINT, 0,
        "Length of the address", HOLDS(TAPIR_ICMP_HOLDS_FAMILY)),
    TAPIR_FIELD(tapir_icmp_object, reserved[0], "icmp.int_ident.reserved", TAPIR_BYTES, 0,
        "Reserved", HOLDS(TAPIR_ICMP_HOLDS_FAMILY)),
    TAPIR_FIELD(tapir_icmp_object, ipv4, "icmp.int_ident.ipv4", TAPIR_IPV4, 0,
        "Address of the interface", HOLDS(TAPIR_ICMP_HOLDS_IPV4)),
    TAPIR_FIELD(tapir_icmp_object, ipv6, "icmp.int_ident.ipv6", TAPIR_IPV6, 0,
        "Address of the interface", HOLDS(TAPIR_ICMP_HOLDS_IPV6)),
    TAPIR_FIELD(tapir_icmp_object, address, "icmp.int_ident.address", TAPIR_SPAN, 0,
        "Address of another family"),
    TAPIR_FIELD(tapir_icmp_object, rest, "icmp.ext.rest", TAPIR_SPAN, 0, "What follows")};
static const tapir_field pointer_fields[] = {OBJECT_HEAD, OBJECT_TYPE(.labels = NULL),
    TAPIR_FIELD(tapir_icmp_object, pointer, "icmp.ext.pointer", TAPIR_UINT, 0,
        "Offset of the fault in the packet quoted"),
    TAPIR_FIELD(tapir_icmp_object, data, "icmp.ext.data", TAPIR_SPAN, 0, "The object's bytes")};
static const tapir_field other_fields[] = {OBJECT_HEAD, OBJECT_TYPE(.labels = NULL),
    TAPIR_FIELD(tapir_icmp_object, data, "icmp.ext.data", TAPIR_SPAN, 0, "The object's bytes")};

static const tapir_record stack_record = TAPIR_RECORD("MPLS label stack", stack_fields),
                          information_record =
                              TAPIR_RECORD("Interface information", information_fields),
                          identification_record =
                              TAPIR_RECORD("Interface identification", identification_fields),
                          pointer_record = TAPIR_RECORD("Extended information", pointer_fields),
                          other_record = TAPIR_RECORD("Object", other_fields),
                          broken_record =
                              TAPIR_RECORD("Object of impossible length", broken_fields);
static const tapir_record *const object_records[] = {&stack_record, &information_record,
    &identification_record, &pointer_record, &other_record, &broken_record};

/* Names are padded with zeroes to a multiple of 4 bytes. */
static tapir_span without_zeroes(tapir_span name)
{
    const uint8_t *zero = name.len ? memchr(name.data, 0, name.len) : NULL;

    return tapir_span_of(name.data, zero ? (size_t)(zero - name.data) : name.len);
}

/* Takes an address of the family just read. */
static void take_address(tapir_reader *in, struct tapir_icmp_object *object)
{
    if (object->address_family == 1 && tapir_left(in) >= 4) {
        object->holds |= TAPIR_ICMP_HOLDS_IPV4;
        tapir_take_bytes(in, object->ipv4, 4);
    } else if (object->address_family == 2 && tapir_left(in) >= 16) {
        object->holds |= TAPIR_ICMP_HOLDS_IPV6;
        tapir_take_bytes(in, object->ipv6, 16);
    } else {
        object->holds |= TAPIR_ICMP_HOLDS_ADDRESS;
        object->address = tapir_take_rest(in);
    }
}

/* RFC 5837 4.1: what the C-type announces, in this order; the first piece that is cut ends it. */
static void take_information(tapir_reader *in, struct tapir_icmp_object *object)
{
    if (object->c_type & TAPIR_ICMP_INTERFACE_INDEX) {
        if (tapir_left(in) < 4)
            return;
        object->holds |= TAPIR_ICMP_HOLDS_INDEX;
        object->index = tapir_take_be32(in);
    }
    if (object->c_type & TAPIR_ICMP_INTERFACE_ADDRESS) {
        if (tapir_left(in) < 4)
            return;
        object->holds |= TAPIR_ICMP_HOLDS_FAMILY;
        object->address_family = tapir_take_be16(in);
        tapir_take_bytes(in, object->reserved, 2);
        take_address(in, object);
    }
    if (object->c_type & TAPIR_ICMP_INTERFACE_NAME) {
        if (tapir_left(in) == 0 || *in->at == 0 || *in->at > tapir_left(in))
            return;
        object->holds |= TAPIR_ICMP_HOLDS_NAME;
        object->name_len = tapir_take_u8(in);
        object->name = without_zeroes(tapir_take_span(in, object->name_len - 1u));
    }
    if (object->c_type & TAPIR_ICMP_INTERFACE_MTU && tapir_left(in) >= 4) {
        object->holds |= TAPIR_ICMP_HOLDS_MTU;
        object->mtu = tapir_take_be32(in);
    }
}

/* RFC 8335 2.1. */
static void take_identification(tapir_reader *in, struct tapir_icmp_object *object)
{
    if (object->c_type == 1) {
        object->holds |= TAPIR_ICMP_HOLDS_NAME;
        object->name = without_zeroes(tapir_take_rest(in));
    } else if (object->c_type == 2 && tapir_left(in) >= 4) {
        object->holds |= TAPIR_ICMP_HOLDS_INDEX;
        object->index = tapir_take_be32(in);
    } else if (object->c_type == 3 && tapir_left(in) >= 4) {
        object->holds |= TAPIR_ICMP_HOLDS_FAMILY;
        object->address_family = tapir_take_be16(in);
        object->address_len = tapir_take_u8(in);
        object->reserved[0] = tapir_take_u8(in);
        take_address(in, object);
    }
}

static const tapir_record *object_next(tapir_walk *walk, void *item)
{
    struct tapir_icmp_object *object = item;
    tapir_reader in;

    *object = (struct tapir_icmp_object){0};
    if (!TAPIR_LOAD(&walk->in, object, head_fields))
        return NULL;
    if (object->length < 4) {
        tapir_reader_fail(&walk->in, 4);
        return &broken_record;
    }
    object->data = tapir__take_most(&walk->in, object->length - 4u);
    in = tapir_reader_of(object->data);
    switch (object->class_number) {
    case TAPIR_ICMP_OBJECT_MPLS_LABEL_STACK:
        return object->c_type == 1 ? &stack_record : &other_record;
    case TAPIR_ICMP_OBJECT_INTERFACE_INFORMATION:
        take_information(&in, object);
        object->rest = tapir_rest(&in);
        return &information_record;
    case TAPIR_ICMP_OBJECT_INTERFACE_IDENTIFICATION:
        take_identification(&in, object);
        object->rest = tapir_rest(&in);
        return &identification_record;
    case TAPIR_ICMP_OBJECT_EXTENDED_INFORMATION:
        if (object->c_type != 1 || object->data.len < 4)
            return &other_record;
        object->pointer = tapir_take_be32(&in);
        return &pointer_record;
    default:
        return &other_record;
    }
}

static const tapir_list object_list = {
    sizeof(struct tapir_icmp_object), object_next, object_records, TAPIR_COUNT(object_records)};

static const tapir_label checksum_states[] = {
    {0, "Bad"}, {1, "Good"}, {3, "Not present"}, {0, NULL}};

/* What is printed of the structure: its members and the state of the checksum. */
struct shown {
    struct tapir_icmp_extensions extensions;
    uint8_t checksum_state;
};

#define STRUCTURE_HEAD                                                                             \
    TAPIR_FIELD(tapir_icmp_extensions, version, "icmp.ext.version", TAPIR_UINT, 4, "Always 2"),    \
        TAPIR_FIELD(tapir_icmp_extensions, reserved, "icmp.ext.res", TAPIR_UINT, 12, "Reserved",   \
            .base = TAPIR_HEX),                                                                    \
        TAPIR_FIELD(tapir_icmp_extensions, checksum, "icmp.ext.checksum", TAPIR_UINT, 16,          \
            "Internet checksum of the structure, 0 for none", .base = TAPIR_HEX),                  \
        TAPIR_FIELD(shown, checksum_state, "icmp.ext.checksum.status", TAPIR_UINT, 0,              \
            "Whether the checksum is right", .labels = checksum_states)

static const tapir_field structure_fields[] = {
    STRUCTURE_HEAD, TAPIR_FIELD(tapir_icmp_extensions, objects, "icmp.ext.object", TAPIR_LIST, 0,
                        "Objects", .list = &object_list)};
static const tapir_field unsupported_fields[] = {
    STRUCTURE_HEAD, TAPIR_FIELD(tapir_icmp_extensions, objects, "icmp.ext.rest", TAPIR_SPAN, 0,
                        "Bytes of a version that is not known")};
static const tapir_record structure_record = TAPIR_RECORD("Extensions", structure_fields),
                          unsupported_record =
                              TAPIR_RECORD("Extensions of unknown version", unsupported_fields);
static const tapir_record *const structure_records[] = {&structure_record, &unsupported_record};

bool tapir_icmp_extensions_decode(tapir_span bytes, struct tapir_icmp_extensions *extensions)
{
    tapir_reader in = tapir_reader_of(bytes);
    bool whole = TAPIR_LOAD(&in, extensions, structure_fields);

    extensions->objects = tapir_take_rest(&in);
    return whole;
}

static const tapir_record *structure_next(tapir_walk *walk, void *item)
{
    tapir_span all = tapir_rest(&walk->in);
    struct shown *shown = item;

    if (!tapir_icmp_extensions_decode(all, &shown->extensions)) {
        tapir_reader_fail(&walk->in, 4);
        return NULL;
    }
    tapir_take_rest(&walk->in);
    shown->checksum_state = shown->extensions.checksum == 0 ? 3 : !tapir_internet_checksum(all);
    /* Version 1 is that of the drafts. */
    return shown->extensions.version == 1 || shown->extensions.version == 2 ? &structure_record
                                                                            : &unsupported_record;
}

const tapir_list tapir__icmp_extension_list = {sizeof(struct shown), structure_next,
    structure_records, TAPIR_COUNT(structure_records), tapir__extension_makers,
    TAPIR__EXTENSION_MAKER_COUNT};

tapir_walk tapir_icmp_objects(const struct tapir_icmp_extensions *extensions)
{
    return tapir_walk_of(&object_list, extensions->objects, extensions);
}

bool tapir__take_domain(tapir_reader *r, struct tapir_dns_name *name)
{
    tapir_dns_labels labels;
    tapir_span label;

    *name = (struct tapir_dns_name){.message = tapir_rest(r)};
    labels = tapir_dns_name_labels(name);
    while (tapir_dns_label_next(&labels, &label))
        ;
    return tapir_take(r, labels.trouble ? tapir_left(r) + 1 : tapir_dns_name_size(name)) != NULL;
}

void tapir__domain_text(tapir_text *text, const void *member, const void *item)
{
    (void)item;
    tapir_dns_name_text(text, member);
}

void tapir__verify_icmp(const tapir_packet *packet, const tapir_layer *layer, tapir_span extensions,
    uint8_t protocol, uint16_t actual, tapir_checksum *checksum)
{
    size_t count;
    const tapir_layer *outside = tapir_packet_so_far(packet, &count);

    checksum->present = true;
    checksum->actual = actual;
    for (; outside < layer; outside++)
        if (outside->proto == &tapir_icmp_proto || outside->proto == &tapir_icmpv6_proto)
            return;
    tapir__verify_message(packet, layer, extensions, protocol, actual, checksum);
}

tapir_status tapir__put_extensions(
    tapir_encoder *e, const char *field, size_t unit, uint8_t *length, tapir_span extensions)
{
    size_t quote_len = *length ? *length * unit : TAPIR__QUOTE_MIN, padding;
    uint8_t *trailer;

    if (!e->inside.len || !extensions.len) {
        /* Without extensions there is no need to say it; a wrong one would make some (RFC 4884 5).
         */
        if (e->fill & TAPIR_LENGTHS && !e->was && *length * unit != e->inside.len)
            *length = 0;
        return TAPIR_OK;
    }
    if (e->fill & TAPIR_LENGTHS) {
        quote_len = (e->inside.len + unit - 1) / unit * unit;
        if (quote_len < TAPIR__QUOTE_MIN)
            quote_len = TAPIR__QUOTE_MIN;
        if (quote_len / unit > UINT8_MAX)
            return tapir_refuse(e, TAPIR_TOO_WIDE, field,
                "a quote of %zu bytes does not fit in front of extensions, %zu are the most",
                e->inside.len, UINT8_MAX * unit);
        *length = (uint8_t)(quote_len / unit);
    }
    padding = e->inside.len < quote_len ? quote_len - e->inside.len : 0;
    trailer = tapir_open_trailer(e, padding + extensions.len);
    if (!trailer)
        return TAPIR_NO_ROOM;
    memset(trailer, 0, padding);
    memcpy(trailer + padding, extensions.data, extensions.len);
    return TAPIR_OK;
}

tapir_status tapir__fill_icmp(tapir_encoder *e, const char *field, uint8_t protocol)
{
    uint64_t sum = 0;
    bool due;
    tapir_status status = tapir__checksum_due(e, field, &due, protocol ? &sum : NULL);
    size_t len = (size_t)(e->inside.data - e->head) + e->inside.len;

    if (status != TAPIR_OK || !due || e->out.failed)
        return status;
    tapir_store_be(e->head + 2, 2, 0);
    if (protocol)
        sum = tapir_sum_uint(sum + protocol, (uint32_t)len);
    e->sum += tapir_fill_sum(e, 2, tapir_sum_from(e, e->head) + sum);
    return TAPIR_OK;
}
