/* The typed views of pcapng blocks: names, options, records, counters, secrets. */
#include "file/file.h"

enum { NANOSECONDS = 1000000000 };

typedef struct option_names {
    uint32_t block_type;
    const char *names[20]; /* by option code */
} option_names;

static const option_names known_options[] = {
    {TAPIR_PCAPNG_SECTION, {[2] = "shb_hardware", "shb_os", "shb_userappl"}},
    {TAPIR_PCAPNG_INTERFACE, {[2] = "if_name",
                                 "if_description",
                                 "if_IPv4addr",
                                 "if_IPv6addr",
                                 "if_MACaddr",
                                 "if_EUIaddr",
                                 "if_speed",
                                 "if_tsresol",
                                 "if_tzone",
                                 "if_filter",
                                 "if_os",
                                 "if_fcslen",
                                 "if_tsoffset",
                                 "if_hardware",
                                 "if_txspeed",
                                 "if_rxspeed",
                                 "if_iana_tzname"}},
    {TAPIR_PCAPNG_ENHANCED_PACKET, {[2] = "epb_flags",
                                       "epb_hash",
                                       "epb_dropcount",
                                       "epb_packetid",
                                       "epb_queue",
                                       "epb_verdict",
                                       "epb_processid_threadid"}},
    {TAPIR_PCAPNG_PACKET, {[2] = "pack_flags", "pack_hash"}},
    {TAPIR_PCAPNG_NAMES, {[2] = "ns_dnsname", "ns_dnsIP4addr", "ns_dnsIP6addr"}},
    {TAPIR_PCAPNG_STATISTICS, {[2] = "isb_starttime",
                                  "isb_endtime",
                                  "isb_ifrecv",
                                  "isb_ifdrop",
                                  "isb_filteraccept",
                                  "isb_osdrop",
                                  "isb_usrdeliv"}},
};

static const struct {
    uint32_t type;
    const char *name;
} block_names[] = {
    {TAPIR_PCAPNG_SECTION, "Section Header Block"},
    {TAPIR_PCAPNG_INTERFACE, "Interface Description Block"},
    {TAPIR_PCAPNG_ENHANCED_PACKET, "Enhanced Packet Block"},
    {TAPIR_PCAPNG_SIMPLE_PACKET, "Simple Packet Block"},
    {TAPIR_PCAPNG_PACKET, "Packet Block"},
    {TAPIR_PCAPNG_NAMES, "Name Resolution Block"},
    {TAPIR_PCAPNG_STATISTICS, "Interface Statistics Block"},
    {TAPIR_PCAPNG_SECRETS, "Decryption Secrets Block"},
    {TAPIR_PCAPNG_JOURNAL, "systemd Journal Export Block"},
    {TAPIR_PCAPNG_CUSTOM, "Custom Block"},
    {TAPIR_PCAPNG_CUSTOM_NOT_COPIED, "Custom Block (not to be copied)"},
};

static const struct {
    uint32_t type;
    const char *name;
} secrets_names[] = {
    {TAPIR_SECRETS_TLS_KEY_LOG, "TLS key log"},
    {TAPIR_SECRETS_SSH_KEY_LOG, "SSH key log"},
    {TAPIR_SECRETS_WIREGUARD_KEY_LOG, "WireGuard key log"},
    {TAPIR_SECRETS_OPC_UA_KEY_LOG, "OPC UA key log"},
    {TAPIR_SECRETS_ESP_ASSOCIATIONS, "ESP security associations"},
    {TAPIR_SECRETS_ZIGBEE_NETWORK_KEY, "ZigBee network key"},
    {TAPIR_SECRETS_ZIGBEE_APPLICATION_KEY, "ZigBee APS key"},
};

const char *tapir_pcapng_block_name(uint32_t type)
{
    for (size_t i = 0; i < TAPIR_COUNT(block_names); i++)
        if (block_names[i].type == type)
            return block_names[i].name;
    return "unknown block";
}

const char *tapir_pcapng_option_name(uint32_t block_type, uint16_t code)
{
    if (code == TAPIR_OPTION_END)
        return "opt_endofopt";
    if (code == TAPIR_OPTION_COMMENT)
        return "opt_comment";
    if (code == TAPIR_OPTION_CUSTOM_STRING || code == TAPIR_OPTION_CUSTOM_BYTES ||
        code == TAPIR_OPTION_CUSTOM_STRING_NOT_COPIED ||
        code == TAPIR_OPTION_CUSTOM_BYTES_NOT_COPIED)
        return "opt_custom";
    for (size_t i = 0; i < TAPIR_COUNT(known_options); i++)
        if (known_options[i].block_type == block_type && code < TAPIR_COUNT(known_options[i].names))
            return known_options[i].names[code];
    return NULL;
}

const char *tapir_pcapng_secrets_name(uint32_t type)
{
    for (size_t i = 0; i < TAPIR_COUNT(secrets_names); i++)
        if (secrets_names[i].type == type)
            return secrets_names[i].name;
    return NULL;
}

static uint16_t take16(tapir_reader *r, bool big_endian)
{
    return big_endian ? tapir_take_be16(r) : tapir_take_le16(r);
}

/* Takes a value of `len` bytes and the zeroes that fill it up to a multiple of 4; false when it
 * reaches beyond the end. */
static bool take_padded(tapir_reader *r, size_t len, tapir_span *value)
{
    size_t padding = -len & 3;

    if (len > tapir_left(r)) {
        r->at = r->end;
        return false;
    }
    *value = tapir_take_span(r, len);
    tapir_take(r, padding < tapir_left(r) ? padding : tapir_left(r));
    return true;
}

tapir_pcapng_options tapir_pcapng_options_of(const tapir_pcapng_block *block)
{
    return (tapir_pcapng_options){
        .in = tapir_reader_of(block->options), .big_endian = block->big_endian};
}

bool tapir_pcapng_options_next(tapir_pcapng_options *options, tapir_pcapng_option *option)
{
    tapir_reader *in = &options->in;
    size_t len;

    if (tapir_left(in) == 0)
        return false;
    memset(option, 0, sizeof *option);
    option->code = take16(in, options->big_endian);
    len = take16(in, options->big_endian);
    if (option->code == TAPIR_OPTION_END && !in->failed) {
        in->at = in->end;
        return false;
    }
    if (in->failed || !take_padded(in, len, &option->value)) {
        options->damaged = true;
        return false;
    }
    option->custom =
        (option->code == TAPIR_OPTION_CUSTOM_STRING || option->code == TAPIR_OPTION_CUSTOM_BYTES ||
            option->code == TAPIR_OPTION_CUSTOM_STRING_NOT_COPIED ||
            option->code == TAPIR_OPTION_CUSTOM_BYTES_NOT_COPIED) &&
        len >= 4;
    if (option->custom) {
        option->enterprise = tapir__load32(option->value.data, options->big_endian);
        option->value = tapir_span_of(option->value.data + 4, len - 4);
    }
    return true;
}

bool tapir_pcapng_option_find(
    const tapir_pcapng_block *block, uint16_t code, tapir_pcapng_option *option)
{
    tapir_pcapng_options options = tapir_pcapng_options_of(block);

    while (tapir_pcapng_options_next(&options, option))
        if (option->code == code)
            return true;
    return false;
}

tapir_span tapir_pcapng_string(tapir_span value)
{
    const uint8_t *zero = value.len ? memchr(value.data, 0, value.len) : NULL;

    return tapir_span_of(value.data, zero ? (size_t)(zero - value.data) : value.len);
}

bool tapir_pcapng_number(const tapir_pcapng_block *block, tapir_span value, uint64_t *number)
{
    bool big_endian = block->big_endian;

    switch (value.len) {
    case 1:
        *number = value.data[0];
        return true;
    case 2:
        *number = tapir__load16(value.data, big_endian);
        return true;
    case 4:
        *number = tapir__load32(value.data, big_endian);
        return true;
    case 8:
        *number = tapir__load64(value.data, big_endian);
        return true;
    default:
        return false;
    }
}

/* Converts ticks of 10^-resolution seconds; beyond 10^-28 less than a nanosecond remains of any. */
static tapir__wide decimal_nanoseconds(unsigned resolution, uint64_t ticks)
{
    tapir__wide time = ticks;

    for (; resolution < 9; resolution++)
        time *= 10;
    for (; resolution > 9 && time; resolution--)
        time /= 10;
    return time;
}

int64_t tapir_pcapng_time(const tapir_interface *interface, uint64_t ticks)
{
    unsigned exponent = interface->time_resolution & 0x7f;
    tapir__wide time = interface->time_resolution & 0x80
                           ? (tapir__wide)ticks * NANOSECONDS >> exponent
                           : decimal_nanoseconds(exponent, ticks);

    time += (tapir__wide)interface->time_offset * NANOSECONDS;
    if (time > INT64_MAX)
        return INT64_MAX;
    if (time < INT64_MIN)
        return INT64_MIN;
    return (int64_t)time;
}

static tapir_span find_string(const tapir_pcapng_block *block, uint16_t code)
{
    tapir_pcapng_option option;

    return tapir_pcapng_option_find(block, code, &option) ? tapir_pcapng_string(option.value)
                                                          : tapir_span_of(NULL, 0);
}

/* Returns whether a block is of that type with at least `len` bytes, in a version that is known. */
static bool is_block(const tapir_pcapng_block *block, uint32_t type, size_t len)
{
    return block->type == type && block->body.len >= len && !block->unsupported;
}

bool tapir_pcapng_section_get(const tapir_pcapng_block *block, tapir_pcapng_section *section)
{
    const uint8_t *at = block->body.data;

    memset(section, 0, sizeof *section);
    if (block->type != TAPIR_PCAPNG_SECTION || block->body.len < 16)
        return false;
    *section = (tapir_pcapng_section){
        .version_major = tapir__load16(at + 4, block->big_endian),
        .version_minor = tapir__load16(at + 6, block->big_endian),
        .section_len = (int64_t)tapir__load64(at + 8, block->big_endian),
        .hardware = find_string(block, TAPIR_OPTION_SECTION_HARDWARE),
        .os = find_string(block, TAPIR_OPTION_SECTION_OS),
        .application = find_string(block, TAPIR_OPTION_SECTION_APPLICATION),
        .comment = find_string(block, TAPIR_OPTION_COMMENT),
    };
    return true;
}

static void packet_option(
    tapir_pcapng_packet *packet, const tapir_pcapng_block *block, const tapir_pcapng_option *option)
{
    const uint8_t *at = option->value.data;
    bool big_endian = block->big_endian;

    if (option->code == TAPIR_OPTION_PACKET_FLAGS && option->value.len == 4) {
        packet->has_flags = true;
        packet->flags = tapir__load32(at, big_endian);
        packet->reception = packet->flags >> 2 & 7;
        packet->checksum_not_ready = packet->flags >> 9 & 1;
        packet->checksum_valid = packet->flags >> 10 & 1;
        packet->segmentation_offloaded = packet->flags >> 11 & 1;
        packet->link_errors = (uint16_t)(packet->flags >> 16);
    } else if (block->type != TAPIR_PCAPNG_ENHANCED_PACKET || option->value.len != 8) {
        return;
    } else if (option->code == TAPIR_OPTION_PACKET_ID) {
        packet->has_id = true;
        packet->id = tapir__load64(at, big_endian);
    } else if (option->code == TAPIR_OPTION_PACKET_PROCESS) {
        packet->has_process = true;
        packet->process = tapir__load32(at, big_endian);
        packet->thread = tapir__load32(at + 4, big_endian);
    }
}

bool tapir_pcapng_packet_get(const tapir_pcapng_block *block, tapir_pcapng_packet *packet)
{
    tapir_pcapng_options options = tapir_pcapng_options_of(block);
    tapir_pcapng_option option;

    memset(packet, 0, sizeof *packet);
    if (is_block(block, TAPIR_PCAPNG_SIMPLE_PACKET, 4))
        return true;
    if (!is_block(block, TAPIR_PCAPNG_ENHANCED_PACKET, 20) &&
        !is_block(block, TAPIR_PCAPNG_PACKET, 20))
        return false;
    packet->ticks = tapir__load_ticks(block->body.data + 4, block->big_endian);
    while (tapir_pcapng_options_next(&options, &option))
        packet_option(packet, block, &option);
    return true;
}

tapir_pcapng_names tapir_pcapng_names_of(const tapir_pcapng_block *block)
{
    tapir_pcapng_names names = {.big_endian = block->big_endian};

    if (is_block(block, TAPIR_PCAPNG_NAMES, 0))
        names.in = tapir_reader_of(block->body);
    return names;
}

/* Steps to the next record with an address of a known kind; false at the end of the records. */
static bool next_record(tapir_pcapng_names *names)
{
    static const uint8_t address_lens[] = {[TAPIR_PCAPNG_IPV4] = 4,
        [TAPIR_PCAPNG_IPV6] = 16,
        [TAPIR_PCAPNG_EUI48] = 6,
        [TAPIR_PCAPNG_EUI64] = 8};
    tapir_reader *in = &names->in;

    while (!names->ended && tapir_left(in) > 0) {
        unsigned type = take16(in, names->big_endian);
        size_t len = take16(in, names->big_endian);
        tapir_span value;

        names->ended = type == 0 && len == 0 && !in->failed;
        if (names->ended)
            break;
        if (in->failed || !take_padded(in, len, &value)) {
            names->damaged = true;
            break;
        }
        if (type == 0 || type >= TAPIR_COUNT(address_lens))
            continue;
        names->names = tapir_reader_of(value);
        names->current.type = (tapir_pcapng_address)type;
        names->current.address = tapir_take_span(&names->names, address_lens[type]);
        if (!names->names.failed)
            return true;
        names->damaged = true;
    }
    names->ended = true;
    return false;
}

bool tapir_pcapng_names_next(tapir_pcapng_names *names, tapir_pcapng_name *name)
{
    do {
        while (tapir_left(&names->names) == 0)
            if (!next_record(names))
                return false;
        *name = names->current;
        name->name = tapir_pcapng_string(tapir_rest(&names->names));
        tapir_take(&names->names, name->name.len);
        if (tapir_left(&names->names)) /* the zero byte */
            tapir_take(&names->names, 1);
    } while (name->name.len == 0);
    return true;
}

static void statistics_option(tapir_pcapng_statistics *statistics, const tapir_pcapng_block *block,
    const tapir_pcapng_option *option)
{
    const uint8_t *at = option->value.data;
    uint64_t number;

    if (option->value.len != 8)
        return;
    number = tapir__load64(at, block->big_endian);
    switch (option->code) {
    case TAPIR_OPTION_STATISTICS_START:
        statistics->has_start = true;
        statistics->start =
            tapir_pcapng_time(block->interface, tapir__load_ticks(at, block->big_endian));
        break;
    case TAPIR_OPTION_STATISTICS_END:
        statistics->has_end = true;
        statistics->end =
            tapir_pcapng_time(block->interface, tapir__load_ticks(at, block->big_endian));
        break;
    case TAPIR_OPTION_STATISTICS_RECEIVED:
        statistics->received = number;
        break;
    case TAPIR_OPTION_STATISTICS_DROPPED:
        statistics->dropped_by_interface = number;
        break;
    case TAPIR_OPTION_STATISTICS_ACCEPTED:
        statistics->accepted_by_filter = number;
        break;
    case TAPIR_OPTION_STATISTICS_DROPPED_BY_OS:
        statistics->dropped_by_os = number;
        break;
    case TAPIR_OPTION_STATISTICS_DELIVERED:
        statistics->delivered = number;
        break;
    default:
        break;
    }
}

bool tapir_pcapng_statistics_get(
    const tapir_pcapng_block *block, tapir_pcapng_statistics *statistics)
{
    tapir_pcapng_options options = tapir_pcapng_options_of(block);
    tapir_pcapng_option option;

    *statistics = (tapir_pcapng_statistics){
        .received = UINT64_MAX,
        .dropped_by_interface = UINT64_MAX,
        .accepted_by_filter = UINT64_MAX,
        .dropped_by_os = UINT64_MAX,
        .delivered = UINT64_MAX,
    };
    if (!is_block(block, TAPIR_PCAPNG_STATISTICS, 12) || !block->interface)
        return false;
    statistics->time = tapir_pcapng_time(
        block->interface, tapir__load_ticks(block->body.data + 4, block->big_endian));
    while (tapir_pcapng_options_next(&options, &option))
        statistics_option(statistics, block, &option);
    return true;
}

bool tapir_pcapng_secrets_get(const tapir_pcapng_block *block, uint32_t *type, tapir_span *secrets)
{
    tapir_reader in = tapir_reader_of(block->body);
    size_t len;

    if (!is_block(block, TAPIR_PCAPNG_SECRETS, 8))
        return false;
    *type = tapir__load32(block->body.data, block->big_endian);
    len = tapir__load32(block->body.data + 4, block->big_endian);
    tapir_take(&in, 8);
    *secrets = tapir_take_span(&in, len);
    return !in.failed;
}

bool tapir_pcapng_custom_get(
    const tapir_pcapng_block *block, uint32_t *enterprise, tapir_span *content)
{
    if (!is_block(block, TAPIR_PCAPNG_CUSTOM, 4) &&
        !is_block(block, TAPIR_PCAPNG_CUSTOM_NOT_COPIED, 4))
        return false;
    *enterprise = tapir__load32(block->body.data, block->big_endian);
    *content = tapir_span_of(block->body.data + 4, block->body.len - 4);
    return true;
}

/* Journal export format: "NAME=text\n", or "NAME\n", a length of 8 bytes, the value, "\n". */
bool tapir_pcapng_journal_next(tapir_reader *entry, tapir_span *name, tapir_span *value)
{
    tapir_span rest = tapir_rest(entry), line;
    const uint8_t *newline = rest.len ? memchr(rest.data, '\n', rest.len) : NULL;
    const uint8_t *equals;

    if (rest.len == 0 || *rest.data == '\n' || *rest.data == '\0' || !newline)
        return false; /* an empty line ends the entry, zeroes fill up the block */
    line = tapir_take_span(entry, (size_t)(newline - rest.data));
    tapir_take(entry, 1);
    equals = memchr(line.data, '=', line.len);
    *name = tapir_span_of(line.data, equals ? (size_t)(equals - line.data) : line.len);
    if (equals) {
        *value = tapir_span_of(equals + 1, line.len - name->len - 1);
    } else {
        *value = tapir_take_span(entry, (size_t)tapir_take_le64(entry));
        tapir_take(entry, 1);
    }
    return !entry->failed;
}
