/* Parameters of SVCB records (RFC 9460) and options of OPT records (RFC 6891). */
#include "dns_items.h"

static const tapir_label service_keys[] = {
    {TAPIR_SVCB_MANDATORY, "mandatory"},
    {TAPIR_SVCB_ALPN, "alpn"},
    {TAPIR_SVCB_NO_DEFAULT_ALPN, "no-default-alpn"},
    {TAPIR_SVCB_PORT, "port"},
    {TAPIR_SVCB_IPV4HINT, "ipv4hint"},
    {TAPIR_SVCB_ECH, "ech"},
    {TAPIR_SVCB_IPV6HINT, "ipv6hint"},
    {TAPIR_SVCB_DOHPATH, "dohpath"},
    {TAPIR_SVCB_OHTTP, "ohttp"},
    {TAPIR_SVCB_ODOHCONFIG, "odohconfig"},
    {0, NULL},
};

static const tapir_label option_codes[] = {
    {TAPIR_EDNS_OPTION_LLQ, "Long-lived queries"},
    {TAPIR_EDNS_OPTION_UPDATE_LEASE, "Update lease"},
    {TAPIR_EDNS_OPTION_NSID, "Name server identifier"},
    {TAPIR_EDNS_OPTION_OWNER, "Owner"},
    {TAPIR_EDNS_OPTION_DAU, "DNSSEC algorithms understood"},
    {TAPIR_EDNS_OPTION_DHU, "DS hashes understood"},
    {TAPIR_EDNS_OPTION_N3U, "NSEC3 hashes understood"},
    {TAPIR_EDNS_OPTION_CLIENT_SUBNET, "Client subnet"},
    {TAPIR_EDNS_OPTION_EXPIRE, "Expire"},
    {TAPIR_EDNS_OPTION_COOKIE, "Cookie"},
    {TAPIR_EDNS_OPTION_TCP_KEEPALIVE, "TCP keepalive"},
    {TAPIR_EDNS_OPTION_PADDING, "Padding"},
    {TAPIR_EDNS_OPTION_CHAIN, "Chain query"},
    {TAPIR_EDNS_OPTION_KEY_TAG, "Key tags"},
    {TAPIR_EDNS_OPTION_EXTENDED_ERROR, "Extended error"},
    {TAPIR_EDNS_OPTION_CLIENT_TAG, "Client tag"},
    {TAPIR_EDNS_OPTION_SERVER_TAG, "Server tag"},
    {TAPIR_EDNS_OPTION_REPORT_CHANNEL, "Report channel"},
    {TAPIR_EDNS_OPTION_ZONE_VERSION, "Zone version"},
    {TAPIR_EDNS_OPTION_UMBRELLA, "Umbrella identity"},
    {TAPIR_EDNS_OPTION_DEVICE_ID, "Device identifier"},
    {0, NULL},
};

static const tapir_label extended_errors[] = {
    {0, "Other error"},
    {1, "Unsupported DNSKEY algorithm"},
    {2, "Unsupported DS digest type"},
    {3, "Stale answer"},
    {4, "Forged answer"},
    {5, "DNSSEC indeterminate"},
    {6, "DNSSEC bogus"},
    {7, "Signature expired"},
    {8, "Signature not yet valid"},
    {9, "DNSKEY missing"},
    {10, "RRSIGs missing"},
    {11, "No zone key bit set"},
    {12, "NSEC missing"},
    {13, "Cached error"},
    {14, "Not ready"},
    {15, "Blocked"},
    {16, "Censored"},
    {17, "Filtered"},
    {18, "Prohibited"},
    {19, "Stale NXDOMAIN answer"},
    {20, "Not authoritative"},
    {21, "Not supported"},
    {22, "No reachable authority"},
    {23, "Network error"},
    {24, "Invalid data"},
    {0, NULL},
};

/* What lies in the values of a list: static <name>_list. */
#define VALUES(name, next, ...)                                                                    \
    static const tapir_record *const name##_records[] = {__VA_ARGS__};                             \
    static const tapir_list name##_list = {                                                        \
        sizeof(struct tapir_dns_value), next, name##_records, TAPIR_COUNT(name##_records)}

/* SVCB and HTTPS (RFC 9460 2.2, 7): parameters and what their values hold */
static const tapir_field mandatory_fields[] = {VALUE(number, "dns.svcb.svcparam.mandatory.key",
    "Key that must be understood", .labels = service_keys)};
static const tapir_field alpn_fields[] = {
    VALUE(number, "dns.svcb.svcparam.alpn.length", "Length of the protocol"),
    TAPIR_FIELD(tapir_dns_value, bytes, "dns.svcb.svcparam.alpn", TAPIR_STRING, 0, "Protocol",
        .empty = true)};
static const tapir_field port_fields[] = {
    VALUE(number, "dns.svcb.svcparam.port", "Port of the service")};
static const tapir_field ipv4hint_fields[] = {TAPIR_FIELD(
    tapir_dns_value, address4, "dns.svcb.svcparam.ipv4hint.ip", TAPIR_IPV4, 0, "Address")};
static const tapir_field ipv6hint_fields[] = {TAPIR_FIELD(
    tapir_dns_value, address6, "dns.svcb.svcparam.ipv6hint.ip", TAPIR_IPV6, 0, "Address")};
static const tapir_field ech_fields[] = {TAPIR_FIELD(tapir_dns_value, bytes,
    "dns.svcb.svcparam.echconfig", TAPIR_SPAN, 0, "Keys for encrypted client hellos")};
static const tapir_field odoh_fields[] = {TAPIR_FIELD(tapir_dns_value, bytes,
    "dns.svcb.svcparam.odohconfig", TAPIR_SPAN, 0, "Keys for oblivious DNS over HTTPS")};
static const tapir_field dohpath_fields[] = {
    TAPIR_FIELD(tapir_dns_value, bytes, "dns.svcb.svcparam.value", TAPIR_SPAN, 0, "Value as it is"),
    TAPIR_FIELD(tapir_dns_value, bytes, "dns.svcb.svcparam.dohpath", TAPIR_STRING, 0,
        "URI template of DNS over HTTPS")};
static const tapir_field other_parameter_fields[] = {TAPIR_FIELD(
    tapir_dns_value, bytes, "dns.svcb.svcparam.value", TAPIR_SPAN, 0, "Value as it is")};
static const tapir_record mandatory = TAPIR_RECORD("Key", mandatory_fields),
                          alpn = TAPIR_RECORD("Protocol", alpn_fields),
                          port = TAPIR_RECORD("Port", port_fields),
                          ipv4hint = TAPIR_RECORD("Address", ipv4hint_fields),
                          ipv6hint = TAPIR_RECORD("Address", ipv6hint_fields),
                          ech = TAPIR_RECORD("ECH keys", ech_fields),
                          odoh = TAPIR_RECORD("Oblivious DoH keys", odoh_fields),
                          dohpath = TAPIR_RECORD("DoH path", dohpath_fields),
                          other_parameter = TAPIR_RECORD("Value", other_parameter_fields);

static const tapir_record *rest_of(
    tapir_walk *walk, struct tapir_dns_value *value, const tapir_record *record)
{
    value->bytes = tapir_take_rest(&walk->in);
    return record;
}

static const tapir_record *parameter_value_next(tapir_walk *walk, void *at)
{
    const struct tapir_dns_item *item = walk->outer;
    struct tapir_dns_value *value = at;
    const tapir_record *record;

    memset(value, 0, sizeof *value);
    switch (item->code) {
    case TAPIR_SVCB_MANDATORY:
        value->number = tapir_take_be16(&walk->in);
        record = &mandatory;
        break;
    case TAPIR_SVCB_ALPN:
        value->number = tapir_take_u8(&walk->in);
        value->bytes = tapir_take_span(&walk->in, value->number);
        return tapir__dns_rows(&walk->in, &alpn, 1, &value->cut);
    case TAPIR_SVCB_PORT:
        value->number = tapir_take_be16(&walk->in);
        tapir_take_rest(&walk->in);
        record = &port;
        break;
    case TAPIR_SVCB_IPV4HINT:
        tapir_take_bytes(&walk->in, value->address4, 4);
        record = &ipv4hint;
        break;
    case TAPIR_SVCB_ECH:
        return rest_of(walk, value, &ech);
    case TAPIR_SVCB_IPV6HINT:
        tapir_take_bytes(&walk->in, value->address6, 16);
        record = &ipv6hint;
        break;
    case TAPIR_SVCB_DOHPATH:
        return rest_of(walk, value, &dohpath);
    case TAPIR_SVCB_ODOHCONFIG:
        return rest_of(walk, value, &odoh);
    default:
        return rest_of(walk, value, &other_parameter);
    }
    return walk->in.failed ? NULL : record;
}

VALUES(parameter_value, parameter_value_next, &mandatory, &alpn, &port, &ipv4hint, &ipv6hint, &ech,
    &odoh, &dohpath, &other_parameter);

static const tapir_field parameter_item_fields[] = {
    ITEM(code, "dns.svcb.svcparam.key", "Key", .labels = service_keys),
    ITEM(len, "dns.svcb.svcparam.value.length", "Length of the value"),
    TAPIR_FIELD(tapir_dns_item, value, "dns.svcb.svcparam.values", TAPIR_LIST, 0, "Value",
        .list = &parameter_value_list),
};
static const tapir_record parameter_item = TAPIR_RECORD("Parameter", parameter_item_fields);

/* Options of OPT and parameters of SVCB have the same shape: code, length, value. */
static const tapir_record *coded_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;

    tapir__dns_start_item(walk, item);
    item->code = tapir_take_be16(&walk->in);
    item->len = tapir_take_be16(&walk->in);
    if (walk->in.failed)
        return NULL;
    item->value = tapir_take_span(&walk->in, item->len);
    return tapir__dns_item_rows(walk, walk->list->records[0], 2, item);
}

LIST(parameter, coded_next, &parameter_item);

/* OPT (RFC 6891): options and what their values hold */
static const tapir_field llq_fields[] = {
    VALUE(number, "dns.opt.llq.version", "Version"),
    VALUE(second, "dns.opt.llq.opcode", "1: set up, 2: refresh, 3: event"),
    VALUE(third, "dns.opt.llq.error", "Error"),
    VALUE(id, "dns.opt.llq.id", "Identification of the query"),
    VALUE(seconds, "dns.opt.llq.lease", "Lease in seconds"),
};
static const tapir_field update_lease_fields[] = {
    VALUE(seconds, "dns.opt.ul.lease", "Lease in seconds"),
    VALUE(more_seconds, "dns.opt.ul.key_lease", "Lease of KEY records in seconds",
        VALUE_WHEN(SECOND)),
};
static const tapir_field owner_fields[] = {
    VALUE(number, "dns.opt.owner.version", "Version"),
    VALUE(second, "dns.opt.owner.seq", "Counts the times it slept and woke"),
    TAPIR_FIELD(tapir_dns_value, mac, "dns.opt.owner.mac", TAPIR_MAC, 0, "Primary address"),
    TAPIR_FIELD(tapir_dns_value, rest, "dns.opt.owner.wakeup", TAPIR_SPAN, 0,
        "Address and password for waking it"),
};
static const tapir_field dau_fields[] = {
    VALUE(number, "dns.opt.dau", "DNSSEC algorithm understood", .labels = tapir__dns_algorithms)};
static const tapir_field dhu_fields[] = {
    VALUE(number, "dns.opt.dhu", "DS hash understood", .labels = tapir__dns_digest_types)};
static const tapir_field n3u_fields[] = {
    VALUE(number, "dns.opt.n3u", "NSEC3 hash understood", .labels = tapir__dns_hash_algorithms)};
static const tapir_field subnet_fields[] = {
    VALUE(number, "dns.opt.client.family", "Address family", .labels = tapir__dns_address_families),
    VALUE(family_prefix, "dns.opt.client.netmask", "Bits of the address that are given"),
    VALUE(scope_prefix, "dns.opt.client.scope", "Bits the answer is good for"),
    TAPIR_FIELD(tapir_dns_value, address4, "dns.opt.client.addr4", TAPIR_IPV4, 0, "Subnet",
        VALUE_WHEN(FIRST)),
    TAPIR_FIELD(tapir_dns_value, address6, "dns.opt.client.addr6", TAPIR_IPV6, 0, "Subnet",
        VALUE_WHEN(SECOND)),
    TAPIR_FIELD(tapir_dns_value, bytes, "dns.opt.client.addr", TAPIR_SPAN, 0, "Subnet",
        .empty = true, VALUE_WHEN(THIRD)),
};
static const tapir_field expire_fields[] = {
    VALUE(seconds, "dns.opt.expire", "Seconds until the zone expires")};
static const tapir_field cookie_fields[] = {
    TAPIR_FIELD(
        tapir_dns_value, bytes, "dns.opt.cookie.client", TAPIR_SPAN, 0, "Cookie of the client"),
    TAPIR_FIELD(tapir_dns_value, rest, "dns.opt.cookie.server", TAPIR_SPAN, 0,
        "Cookie of the server", .empty = true),
};
static const tapir_field keepalive_fields[] = {
    VALUE(number, "dns.opt.edns_tcp_keepalive.timeout", "Idle timeout, in tenths of a second")};
static const tapir_field chain_fields[] = {
    TAPIR_FIELD(tapir_dns_value, name, "dns.opt.chain.closest_trust_point", TAPIR_TEXT, 0,
        "Name whose DNSSEC chain is known", .print = tapir__dns_print_name)};
static const tapir_field key_tag_fields[] = {
    VALUE(number, "dns.opt.key_tag", "Tag of a trusted key")};
static const tapir_field error_fields[] = {
    VALUE(number, "dns.opt.ext_error.info_code", "What went wrong", .labels = extended_errors),
    TAPIR_FIELD(
        tapir_dns_value, bytes, "dns.opt.ext_error.extra_text", TAPIR_STRING, 0, "More about it"),
};
static const tapir_field client_tag_fields[] = {VALUE(number, "dns.opt.client_tag", "Client tag")};
static const tapir_field server_tag_fields[] = {VALUE(number, "dns.opt.server_tag", "Server tag")};
static const tapir_field report_fields[] = {
    TAPIR_FIELD(tapir_dns_value, name, "dns.opt.report_channel.agent", TAPIR_TEXT, 0,
        "Where errors are reported", .print = tapir__dns_print_name)};
static const tapir_field zone_version_fields[] = {
    VALUE(number, "dns.opt.zoneversion.labels", "Labels of the zone"),
    VALUE(second, "dns.opt.zoneversion.type", "0: serial number of the SOA"),
    TAPIR_FIELD(tapir_dns_value, bytes, "dns.opt.zoneversion.version", TAPIR_SPAN, 0, "Version"),
};
static const tapir_record llq = TAPIR_RECORD("Long-lived query", llq_fields),
                          update_lease = TAPIR_RECORD("Update lease", update_lease_fields),
                          owner = TAPIR_RECORD("Owner", owner_fields),
                          dau = TAPIR_RECORD("Algorithm", dau_fields),
                          dhu = TAPIR_RECORD("Hash", dhu_fields),
                          n3u = TAPIR_RECORD("Hash", n3u_fields),
                          subnet = TAPIR_RECORD("Client subnet", subnet_fields),
                          expire = TAPIR_RECORD("Expire", expire_fields),
                          cookie = TAPIR_RECORD("Cookie", cookie_fields),
                          keepalive = TAPIR_RECORD("Keepalive", keepalive_fields),
                          chain = TAPIR_RECORD("Chain query", chain_fields),
                          key_tag_record = TAPIR_RECORD("Key tag", key_tag_fields),
                          error = TAPIR_RECORD("Extended error", error_fields),
                          client_tag = TAPIR_RECORD("Client tag", client_tag_fields),
                          server_tag = TAPIR_RECORD("Server tag", server_tag_fields),
                          report = TAPIR_RECORD("Report channel", report_fields),
                          zone_version = TAPIR_RECORD("Zone version", zone_version_fields);

/* A number of `bytes` bytes, item after item. */
static const tapir_record *number_of(
    tapir_walk *walk, struct tapir_dns_value *value, unsigned bytes, const tapir_record *record)
{
    value->number = bytes == 1 ? tapir_take_u8(&walk->in) : tapir_take_be16(&walk->in);
    return walk->in.failed ? NULL : record;
}

static const tapir_record *subnet_of(tapir_walk *walk, struct tapir_dns_value *value)
{
    size_t rows = 0;

    value->number = tapir_take_be16(&walk->in);
    rows += !walk->in.failed;
    value->family_prefix = tapir_take_u8(&walk->in);
    rows += !walk->in.failed;
    value->scope_prefix = tapir_take_u8(&walk->in);
    rows += !walk->in.failed;
    value->bytes = tapir_take_rest(&walk->in);
    value->present = value->number == 1 ? FIRST : value->number == 2 ? SECOND : THIRD;
    tapir__dns_copy_address(value->address4, 4, value->bytes);
    tapir__dns_copy_address(value->address6, 16, value->bytes);
    return tapir__dns_rows(&walk->in, &subnet, rows, &value->cut);
}

static const tapir_record *llq_of(tapir_walk *walk, struct tapir_dns_value *value)
{
    value->number = tapir_take_be16(&walk->in);
    value->second = tapir_take_be16(&walk->in);
    value->third = tapir_take_be16(&walk->in);
    value->id = tapir_take_be64(&walk->in);
    value->seconds = tapir_take_be32(&walk->in);
    tapir_take_rest(&walk->in);
    return walk->in.failed ? NULL : &llq;
}

static const tapir_record *update_lease_of(tapir_walk *walk, struct tapir_dns_value *value)
{
    value->seconds = tapir_take_be32(&walk->in);
    if (tapir_left(&walk->in)) {
        value->present = SECOND;
        value->more_seconds = tapir_take_be32(&walk->in);
    }
    tapir_take_rest(&walk->in);
    return walk->in.failed ? NULL : &update_lease;
}

static const tapir_record *owner_of(tapir_walk *walk, struct tapir_dns_value *value)
{
    value->number = tapir_take_u8(&walk->in);
    value->second = tapir_take_u8(&walk->in);
    tapir_take_bytes(&walk->in, value->mac, 6);
    value->rest = tapir_take_rest(&walk->in);
    return walk->in.failed ? NULL : &owner;
}

/* Names in options are not compressed (RFC 7901 4, RFC 9567 4): the option is their message. */
static const tapir_record *name_of(
    tapir_walk *walk, struct tapir_dns_value *value, const tapir_record *record)
{
    value->name = (struct tapir_dns_name){tapir_take_rest(&walk->in), 0};
    return record;
}

static const tapir_record *option_value_next(tapir_walk *walk, void *at)
{
    const struct tapir_dns_item *item = walk->outer;
    struct tapir_dns_value *value = at;

    memset(value, 0, sizeof *value);
    switch (item->code) {
    case TAPIR_EDNS_OPTION_LLQ:
        return llq_of(walk, value);
    case TAPIR_EDNS_OPTION_UPDATE_LEASE:
        return update_lease_of(walk, value);
    case TAPIR_EDNS_OPTION_OWNER:
        return owner_of(walk, value);
    case TAPIR_EDNS_OPTION_DAU:
        return number_of(walk, value, 1, &dau);
    case TAPIR_EDNS_OPTION_DHU:
        return number_of(walk, value, 1, &dhu);
    case TAPIR_EDNS_OPTION_N3U:
        return number_of(walk, value, 1, &n3u);
    case TAPIR_EDNS_OPTION_CLIENT_SUBNET:
        return subnet_of(walk, value);
    case TAPIR_EDNS_OPTION_EXPIRE:
        value->seconds = tapir_take_be32(&walk->in);
        tapir_take_rest(&walk->in);
        return walk->in.failed ? NULL : &expire;
    case TAPIR_EDNS_OPTION_COOKIE:
        value->bytes = tapir_take_span(&walk->in, 8);
        value->rest = tapir_take_rest(&walk->in);
        return walk->in.failed ? NULL : &cookie;
    case TAPIR_EDNS_OPTION_TCP_KEEPALIVE:
        if (item->len == 2)
            return number_of(walk, value, 2, &keepalive);
        tapir_take_rest(&walk->in);
        return NULL;
    case TAPIR_EDNS_OPTION_CHAIN:
        return name_of(walk, value, &chain);
    case TAPIR_EDNS_OPTION_KEY_TAG:
        return number_of(walk, value, 2, &key_tag_record);
    case TAPIR_EDNS_OPTION_EXTENDED_ERROR:
        value->number = tapir_take_be16(&walk->in);
        value->bytes = tapir_take_rest(&walk->in);
        return walk->in.failed ? NULL : &error;
    case TAPIR_EDNS_OPTION_CLIENT_TAG:
        return number_of(walk, value, 2, &client_tag);
    case TAPIR_EDNS_OPTION_SERVER_TAG:
        return number_of(walk, value, 2, &server_tag);
    case TAPIR_EDNS_OPTION_REPORT_CHANNEL:
        return name_of(walk, value, &report);
    case TAPIR_EDNS_OPTION_ZONE_VERSION:
        value->number = tapir_take_u8(&walk->in);
        value->second = tapir_take_u8(&walk->in);
        value->bytes = tapir_take_rest(&walk->in);
        return walk->in.failed ? NULL : &zone_version;
    default:
        tapir_take_rest(&walk->in);
        return NULL;
    }
}

VALUES(option_value, option_value_next, &llq, &update_lease, &owner, &dau, &dhu, &n3u, &subnet,
    &expire, &cookie, &keepalive, &chain, &key_tag_record, &error, &client_tag, &server_tag,
    &report, &zone_version);

static const tapir_field option_item_fields[] = {
    ITEM(code, "dns.opt.code", "Option code", .labels = option_codes),
    ITEM(len, "dns.opt.len", "Length of the data"),
    ITEM_SHOWN(value, "dns.opt.data", "Data as it is"),
    TAPIR_FIELD(tapir_dns_item, value, "dns.opt.values", TAPIR_LIST, 0, "What it holds",
        .list = &option_value_list),
};
/* The padding shows even when it is empty. */
static const tapir_field padding_item_fields[] = {
    ITEM(code, "dns.opt.code", "Option code", .labels = option_codes),
    ITEM(len, "dns.opt.len", "Length of the data"),
    ITEM_SHOWN(value, "dns.opt.data", "Data as it is"),
    ITEM_SHOWN(value, "dns.opt.padding", "Padding"),
};
static const tapir_record option_item = TAPIR_RECORD("Option", option_item_fields),
                          padding_item = TAPIR_RECORD("Option", padding_item_fields);

static const tapir_record *option_next(tapir_walk *walk, void *at)
{
    const struct tapir_dns_item *item = at;
    const tapir_record *record = coded_next(walk, at);

    return record == &option_item && item->code == TAPIR_EDNS_OPTION_PADDING ? &padding_item
                                                                             : record;
}

LIST(option, option_next, &option_item, &padding_item);

tapir_walk tapir_dns_item_values(const struct tapir_dns_item *item)
{
    uint16_t type = item->data->type;

    if (type == TAPIR_DNS_TYPE_OPT)
        return tapir_walk_of(&option_value_list, item->value, item);
    if (type == TAPIR_DNS_TYPE_SVCB || type == TAPIR_DNS_TYPE_HTTPS)
        return tapir_walk_of(&parameter_value_list, item->value, item);
    return tapir_walk_of(&option_value_list, tapir_span_of(NULL, 0), item);
}
