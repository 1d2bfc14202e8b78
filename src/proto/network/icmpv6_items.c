/* What ICMPv6 messages list behind their fixed part: sources, records, operations, answers, seeds.
 */
#include "tapir/proto/icmpv6.h"

#include "../record.h"
#include "icmp_shared.h"

static const tapir_part use_prefix_parts[] = {
    TAPIR_PART("icmpv6.rr.pco.up.flagmask.l", 0x80, "On-link", NULL),
    TAPIR_PART("icmpv6.rr.pco.up.flagmask.a", 0x40, "Autonomous address configuration", NULL),
    TAPIR_PART("icmpv6.rr.pco.up.flagmask.reserved", 0x3f, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part decrement_parts[] = {
    TAPIR_PART("icmpv6.rr.pco.up.flag.v", 0x80000000, "Decrement valid lifetime", NULL),
    TAPIR_PART("icmpv6.rr.pco.up.flag.p", 0x40000000, "Decrement preferred lifetime", NULL),
    TAPIR_PART("icmpv6.rr.pco.up.flag.reserved", 0x3fffffff, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part result_parts[] = {
    TAPIR_PART("icmpv6.rr.rm.flag.reserved", 0xfffc, "Reserved", NULL),
    TAPIR_PART("icmpv6.rr.rm.flag.b", 0x0002, "Out of bounds", NULL),
    TAPIR_PART("icmpv6.rr.rm.flag.f", 0x0001, "Forbidden", NULL),
    TAPIR_PARTS_END,
};

/* Lists of items that all have one shape. */
#define FIXED_RECORD(id, title)                                                                    \
    static const tapir_record id##_record = TAPIR_RECORD(title, id##_fields);                      \
    static const tapir_record *const id##_records[] = {&id##_record}
#define FIXED_LIST(id, type)                                                                       \
    {                                                                                              \
        sizeof(struct type), tapir__next_fixed, id##_records, TAPIR_COUNT(id##_records)            \
    }
#define ADDRESS(name, about)                                                                       \
    {                                                                                              \
        TAPIR_FIELD(tapir_ipv6_address, address, name, TAPIR_IPV6, 128, about)                     \
    }

static const tapir_field source_fields[] =
    ADDRESS("icmpv6.mld.source_address", "Source that is asked for");
FIXED_RECORD(source, "Source");
const tapir_list tapir__mld_source_list = FIXED_LIST(source, tapir_ipv6_address);
static const tapir_field record_source_fields[] =
    ADDRESS("icmpv6.mldr.mar.source_address", "Source of the record");
FIXED_RECORD(record_source, "Source");
static const tapir_list record_source_list = FIXED_LIST(record_source, tapir_ipv6_address);
static const tapir_field home_agent_fields[] =
    ADDRESS("icmpv6.mip6.home_agent_address", "Address of a home agent");
FIXED_RECORD(home_agent, "Home agent");
const tapir_list tapir__home_agent_list = FIXED_LIST(home_agent, tapir_ipv6_address);
static const tapir_field use_prefix_fields[] = {
    TAPIR_FIELD(tapir_renumbering_prefix, use_len, "icmpv6.rr.pco.up.uselen", TAPIR_UINT, 8,
        "Bits taken from the use-prefix"),
    TAPIR_FIELD(tapir_renumbering_prefix, keep_len, "icmpv6.rr.pco.up.keeplen", TAPIR_UINT, 8,
        "Bits behind them taken from the matched prefix"),
    TAPIR_FIELD(tapir_renumbering_prefix, flag_mask, "icmpv6.rr.pco.up.flagmask", TAPIR_UINT, 8,
        "Which of the flags count", .base = TAPIR_HEX, .parts = use_prefix_parts),
    TAPIR_FIELD(tapir_renumbering_prefix, ra_flags, "icmpv6.rr.pco.up.raflags", TAPIR_UINT, 8,
        "Flags to advertise the prefix with", .base = TAPIR_HEX, .parts = use_prefix_parts),
    TAPIR_FIELD(tapir_renumbering_prefix, valid_lifetime, "icmpv6.rr.pco.up.validlifetime",
        TAPIR_UINT, 32, "Seconds the prefix is valid"),
    TAPIR_FIELD(tapir_renumbering_prefix, preferred_lifetime, "icmpv6.rr.pco.up.preferredlifetime",
        TAPIR_UINT, 32, "Seconds the prefix is preferred"),
    TAPIR_FIELD(tapir_renumbering_prefix, flags, "icmpv6.rr.pco.up.flag", TAPIR_UINT, 32,
        "Whether lifetimes count down", .base = TAPIR_HEX, .parts = decrement_parts),
    TAPIR_FIELD(tapir_renumbering_prefix, prefix, "icmpv6.rr.pco.up.useprefix", TAPIR_IPV6, 128,
        "Prefix to use"),
};
FIXED_RECORD(use_prefix, "Use-prefix part");
static const tapir_list use_prefix_list = FIXED_LIST(use_prefix, tapir_renumbering_prefix);
static const tapir_field result_fields[] = {
    TAPIR_FIELD(tapir_renumbering_result, flags, "icmpv6.rr.rm.flag", TAPIR_UINT, 16, "Flags",
        .base = TAPIR_HEX, .parts = result_parts),
    TAPIR_FIELD(tapir_renumbering_result, ordinal, "icmpv6.rr.rm.ordinal", TAPIR_UINT, 8,
        "Ordinal of the operation that matched", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_renumbering_result, matched_len, "icmpv6.rr.rm.matchedlen", TAPIR_UINT, 8,
        "Length of the matched prefix"),
    TAPIR_FIELD(tapir_renumbering_result, interface_index, "icmpv6.rr.rm.interfaceindex",
        TAPIR_UINT, 32, "Interface the prefix is configured on"),
    TAPIR_FIELD(tapir_renumbering_result, matched_prefix, "icmpv6.rr.rm.matchedprefix", TAPIR_IPV6,
        128, "Matched prefix"),
};
FIXED_RECORD(result, "Match");
const tapir_list tapir__renumbering_result_list = FIXED_LIST(result, tapir_renumbering_result);
static const tapir_field locator_fields[] = {
    TAPIR_FIELD(tapir_locator, locator, "icmpv6.ilnp.nb_locator", TAPIR_UINT, 64, "Locator",
        .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_locator, preference, "icmpv6.ilnp.nb_preference", TAPIR_UINT, 16,
        "Preference, lower is better"),
    TAPIR_FIELD(tapir_locator, lifetime, "icmpv6.ilnp.nb_lifetime", TAPIR_UINT, 16,
        "Seconds the locator is valid"),
};
FIXED_RECORD(locator, "Locator");
const tapir_list tapir__locator_list = FIXED_LIST(locator, tapir_locator);

static tapir_walk walk_when(bool there, const tapir_list *list, tapir_span items, const void *outer)
{
    return tapir_walk_of(list, there ? items : tapir_span_of(NULL, 0), outer);
}

tapir_walk tapir_mld_sources(const struct tapir_icmpv6 *icmp)
{
    return walk_when(
        icmp->type == TAPIR_ICMPV6_MLD_QUERY, &tapir__mld_source_list, icmp->items, icmp);
}

tapir_walk tapir_renumbering_prefixes(const struct tapir_renumbering_command *command)
{
    return tapir_walk_of(&use_prefix_list, command->use_prefixes, command);
}

tapir_walk tapir_renumbering_results(const struct tapir_icmpv6 *icmp)
{
    return walk_when(icmp->type == TAPIR_ICMPV6_ROUTER_RENUMBERING && icmp->code == 1,
        &tapir__renumbering_result_list, icmp->items, icmp);
}

tapir_walk tapir_locators(const struct tapir_icmpv6 *icmp)
{
    return walk_when(
        icmp->type == TAPIR_ICMPV6_LOCATOR_UPDATE, &tapir__locator_list, icmp->items, icmp);
}

/* Records of a version 2 multicast listener report (RFC 3810 5.2). */

static const tapir_label record_types[] = {
    {1, "Is include"},
    {2, "Is exclude"},
    {3, "Change to include"},
    {4, "Change to exclude"},
    {5, "Allow new sources"},
    {6, "Block old sources"},
    {0, NULL},
};
static const tapir_field mld_record_fields[] = {
    TAPIR_FIELD(tapir_mld_record, type, "icmpv6.mldr.mar.record_type", TAPIR_UINT, 8,
        "Type of the record", .labels = record_types),
    TAPIR_FIELD(tapir_mld_record, aux_words, "icmpv6.mldr.mar.aux_data_len", TAPIR_UINT, 8,
        "32-bit words of auxiliary data"),
    TAPIR_FIELD(tapir_mld_record, source_count, "icmpv6.mldr.mar.nb_sources", TAPIR_UINT, 16,
        "Sources in the record"),
    TAPIR_FIELD(tapir_mld_record, group, "icmpv6.mldr.mar.multicast_address", TAPIR_IPV6, 128,
        "Group listened to"),
    TAPIR_FIELD(tapir_mld_record, sources, "icmpv6.mldr.mar.sources", TAPIR_LIST, 0, "Sources",
        .list = &record_source_list),
    TAPIR_FIELD(
        tapir_mld_record, aux, "icmpv6.mldr.mar.auxiliary_data", TAPIR_SPAN, 0, "Auxiliary data"),
};
static const tapir_record mld_record_record =
    TAPIR_RECORD("Multicast address record", mld_record_fields);
static const tapir_record *const mld_record_records[] = {&mld_record_record};

static const tapir_record *mld_record_next(tapir_walk *walk, void *item)
{
    struct tapir_mld_record *record = item;

    memset(record, 0, sizeof *record);
    if (TAPIR_LOAD(&walk->in, record, mld_record_fields)) {
        record->sources = tapir__take_most(&walk->in, record->source_count * (size_t)16);
        record->aux = tapir__take_most(&walk->in, record->aux_words * (size_t)4);
    }
    return &mld_record_record;
}

const tapir_list tapir__mld_record_list = {sizeof(struct tapir_mld_record), mld_record_next,
    mld_record_records, TAPIR_COUNT(mld_record_records), tapir__mld_makers, TAPIR__MLD_MAKER_COUNT};

tapir_walk tapir_mld_records(const struct tapir_icmpv6 *icmp)
{
    return walk_when(
        icmp->type == TAPIR_ICMPV6_MLDV2_REPORT, &tapir__mld_record_list, icmp->items, icmp);
}

/* Prefix control operations of a router renumbering command (RFC 2894 3.2). */

static const tapir_label operations[] = {{1, "Add"}, {2, "Change"}, {3, "Set global"}, {0, NULL}};
static const tapir_field command_fields[] = {
    TAPIR_FIELD(tapir_renumbering_command, operation, "icmpv6.rr.pco.mp.opcode", TAPIR_UINT, 8,
        "Operation", .labels = operations),
    TAPIR_FIELD(tapir_renumbering_command, length, "icmpv6.rr.pco.mp.oplength", TAPIR_UINT, 8,
        "Length of the operation in units of 8 bytes"),
    TAPIR_FIELD(tapir_renumbering_command, ordinal, "icmpv6.rr.pco.mp.ordinal", TAPIR_UINT, 8,
        "Ordinal, for results", .base = TAPIR_HEX),
    TAPIR_FIELD(tapir_renumbering_command, match_len, "icmpv6.rr.pco.mp.matchlen", TAPIR_UINT, 8,
        "Bits that must match"),
    TAPIR_FIELD(tapir_renumbering_command, min_len, "icmpv6.rr.pco.mp.minlen", TAPIR_UINT, 8,
        "Shortest prefix that matches"),
    TAPIR_FIELD(tapir_renumbering_command, max_len, "icmpv6.rr.pco.mp.maxlen", TAPIR_UINT, 8,
        "Longest prefix that matches"),
    TAPIR_FIELD(
        tapir_renumbering_command, reserved, "icmpv6.reserved", TAPIR_BYTES, 16, "Reserved"),
    TAPIR_FIELD(tapir_renumbering_command, match_prefix, "icmpv6.rr.pco.mp.matchprefix", TAPIR_IPV6,
        128, "Prefix to match"),
    TAPIR_FIELD(tapir_renumbering_command, use_prefixes, "icmpv6.rr.pco.up", TAPIR_LIST, 0,
        "Use-prefix parts", .list = &use_prefix_list),
};
static const tapir_record command_record = TAPIR_RECORD("Prefix control operation", command_fields);
static const tapir_record *const command_records[] = {&command_record};

static const tapir_record *command_next(tapir_walk *walk, void *item)
{
    struct tapir_renumbering_command *command = item;

    memset(command, 0, sizeof *command);
    if (TAPIR_LOAD(&walk->in, command, command_fields) && command->length > 3)
        command->use_prefixes = tapir__take_most(&walk->in, (command->length - 3) * (size_t)8);
    return &command_record;
}

const tapir_list tapir__renumbering_command_list = {sizeof(struct tapir_renumbering_command),
    command_next, command_records, TAPIR_COUNT(command_records)};

tapir_walk tapir_renumbering_commands(const struct tapir_icmpv6 *icmp)
{
    return walk_when(icmp->type == TAPIR_ICMPV6_ROUTER_RENUMBERING && icmp->code == 0,
        &tapir__renumbering_command_list, icmp->items, icmp);
}

/* Subjects of node information queries and answers of replies (RFC 4620 4 to 6). */

struct information {
    uint32_t ttl;
    uint8_t ipv4[4], ipv6[16];
    struct tapir_dns_name name;
    tapir_span data;
};

static const tapir_field subject6_fields[] = {TAPIR_FIELD(
    information, ipv6, "icmpv6.ni.query.subject_ipv6", TAPIR_IPV6, 128, "Address asked about")};
static const tapir_field subject_name_fields[] = {
    TAPIR_FIELD(information, name, "icmpv6.ni.query.subject_fqdn", TAPIR_TEXT, 0,
        "Name asked about", .print = tapir__domain_text)};
static const tapir_field subject4_fields[] = {TAPIR_FIELD(
    information, ipv4, "icmpv6.ni.query.subject_ipv4", TAPIR_IPV4, 32, "Address asked about")};

#define ANSWER_TTL                                                                                 \
    TAPIR_FIELD(information, ttl, "icmpv6.ni.reply.node_ttl", TAPIR_UINT, 32,                      \
        "Seconds the answer may be kept")

static const tapir_field ttl_fields[] = {ANSWER_TTL};
static const tapir_field name_fields[] = {TAPIR_FIELD(information, name,
    "icmpv6.ni.reply.node_name", TAPIR_TEXT, 0, "Name of the node", .print = tapir__domain_text)};
static const tapir_field answer6_fields[] = {
    ANSWER_TTL, TAPIR_FIELD(information, ipv6, "icmpv6.ni.reply.node_address", TAPIR_IPV6, 128,
                    "Address of the node")};
static const tapir_field answer4_fields[] = {
    ANSWER_TTL, TAPIR_FIELD(information, ipv4, "icmpv6.ni.reply.ipv4_address", TAPIR_IPV4, 32,
                    "Address of the node")};
static const tapir_field other_data_fields[] = {TAPIR_FIELD(
    information, data, "icmpv6.ni.data", TAPIR_SPAN, 0, "Bytes of a type that is not known")};

static const tapir_record subject6_record = TAPIR_RECORD("Subject", subject6_fields),
                          subject_name_record = TAPIR_RECORD("Subject", subject_name_fields),
                          subject4_record = TAPIR_RECORD("Subject", subject4_fields),
                          ttl_record = TAPIR_RECORD("Time to live", ttl_fields),
                          name_record = TAPIR_RECORD("Name", name_fields),
                          answer6_record = TAPIR_RECORD("Address", answer6_fields),
                          answer4_record = TAPIR_RECORD("Address", answer4_fields),
                          other_data_record = TAPIR_RECORD("Data", other_data_fields);
static const tapir_record *const information_records[] = {&subject6_record, &subject_name_record,
    &subject4_record, &ttl_record, &name_record, &answer6_record, &answer4_record,
    &other_data_record};

/* What the next item is: subjects by the code, answers by the type of the query. */
static const tapir_record *information_record(const struct tapir_icmpv6 *icmp, uint32_t index)
{
    static const tapir_record *const subjects[] = {
        &subject6_record, &subject_name_record, &subject4_record};

    if (icmp->type == TAPIR_ICMPV6_NODE_INFORMATION_QUERY)
        return icmp->code < TAPIR_COUNT(subjects) ? subjects[icmp->code] : &other_data_record;
    switch (icmp->node_information.query) {
    case 2:
        return index == 0 ? &ttl_record : &name_record;
    case 3:
        return &answer6_record;
    case 4:
        return &answer4_record;
    default:
        return &other_data_record;
    }
}

static const tapir_record *information_next(tapir_walk *walk, void *item)
{
    const struct tapir_icmpv6 *icmp = walk->outer;
    const tapir_record *record =
        walk->index > 0 && icmp->type == TAPIR_ICMPV6_NODE_INFORMATION_QUERY
            ? &other_data_record
            : information_record(icmp, walk->index);
    struct information *information = item;

    memset(information, 0, sizeof *information);
    if (record == &other_data_record) {
        information->data = tapir_take_rest(&walk->in);
    } else if (record == &subject_name_record || record == &name_record) {
        if (!tapir__take_domain(&walk->in, &information->name))
            return NULL;
        /* A name of one label ends in two empty ones (RFC 4620 4). */
        while (tapir_left(&walk->in) && *walk->in.at == 0)
            tapir_take_u8(&walk->in);
    } else if (!tapir__take_record(&walk->in, record, information)) {
        return NULL;
    }
    return record;
}

const tapir_list tapir__information_list = {sizeof(struct information), information_next,
    information_records, TAPIR_COUNT(information_records)};

/* Seeds of an MPL control message (RFC 7731 6.2). */

/* Eight messages, one for each bit of a byte. */
struct sequences {
    uint8_t bits;
    uint8_t numbers[8];
};
#define SEQUENCE(i)                                                                                \
    TAPIR_FIELD(sequences, numbers[i], "icmpv6.mpl.seed_info.sequence", TAPIR_UINT, 0,             \
        "Message that is buffered", TAPIR_IF(sequences, bits, 0x80 >> (i)))
static const tapir_field sequences_fields[] = {SEQUENCE(0), SEQUENCE(1), SEQUENCE(2), SEQUENCE(3),
    SEQUENCE(4), SEQUENCE(5), SEQUENCE(6), SEQUENCE(7)};
static const tapir_record sequences_record = TAPIR_RECORD("Messages", sequences_fields);
static const tapir_record *const sequences_records[] = {&sequences_record};

static const tapir_record *sequences_next(tapir_walk *walk, void *item)
{
    const struct tapir_mpl_seed *seed = walk->outer;
    struct sequences *sequences = item;

    sequences->bits = tapir_take_u8(&walk->in);
    for (unsigned i = 0; i < 8; i++)
        sequences->numbers[i] = (uint8_t)(seed->min_seq + walk->index * 8 + i);
    return &sequences_record;
}

static const tapir_list sequences_list = {
    sizeof(struct sequences), sequences_next, sequences_records, TAPIR_COUNT(sequences_records)};

static void seed_text(tapir_text *text, const void *member, const void *item)
{
    const tapir_span *seed = member;

    (void)item;
    if (seed->len == 16)
        tapir_text_ipv6(text, seed->data);
    else
        tapir_text_hex_bytes(text, *seed, seed->len == 8 ? ':' : '\0');
}

static const tapir_field seed_fields[] = {
    TAPIR_FIELD(tapir_mpl_seed, min_seq, "icmpv6.mpl.seed_info.min_sequence", TAPIR_UINT, 8,
        "Lowest sequence number of the seed"),
    TAPIR_FIELD(tapir_mpl_seed, buffered_len, "icmpv6.mpl.seed_info.bm_len", TAPIR_UINT, 6,
        "Bytes of the set of buffered messages"),
    TAPIR_FIELD(
        tapir_mpl_seed, seed_form, "icmpv6.mpl.seed_info.s", TAPIR_UINT, 2, "Form of the seed"),
    TAPIR_FIELD(tapir_mpl_seed, seed, "icmpv6.mpl.seed_info.seed_id", TAPIR_TEXT, 0,
        "Identifier of the seed", .print = seed_text, .address = TAPIR_BYTES,
        TAPIR_IF(tapir_mpl_seed, seed_form, 3)),
    TAPIR_FIELD(tapir_mpl_seed, buffered, "icmpv6.mpl.seed_info.buffered", TAPIR_LIST, 0,
        "Buffered messages", .list = &sequences_list),
    TAPIR_FIELD(tapir_mpl_seed, rest, "icmpv6.unknown_data", TAPIR_SPAN, 0,
        "Bytes that are too few for the set of buffered messages"),
};
static const tapir_record seed_record = TAPIR_RECORD("Seed", seed_fields);
static const tapir_record *const seed_records[] = {&seed_record};

static const tapir_record *seed_next(tapir_walk *walk, void *item)
{
    static const uint8_t seed_lens[4] = {0, 2, 8, 16};
    struct tapir_mpl_seed *seed = item;

    memset(seed, 0, sizeof *seed);
    if (!TAPIR_LOAD(&walk->in, seed, seed_fields))
        return NULL;
    seed->seed = tapir_take_span(&walk->in, seed_lens[seed->seed_form]);
    if (walk->in.failed)
        return NULL;
    if (tapir_left(&walk->in) < seed->buffered_len)
        seed->rest = tapir__take_most(&walk->in, seed->buffered_len);
    else
        seed->buffered = tapir_take_span(&walk->in, seed->buffered_len);
    return &seed_record;
}

const tapir_list tapir__mpl_seed_list = {
    sizeof(struct tapir_mpl_seed), seed_next, seed_records, TAPIR_COUNT(seed_records)};

tapir_walk tapir_mpl_seeds(const struct tapir_icmpv6 *icmp)
{
    return walk_when(
        icmp->type == TAPIR_ICMPV6_MPL_CONTROL, &tapir__mpl_seed_list, icmp->items, icmp);
}
