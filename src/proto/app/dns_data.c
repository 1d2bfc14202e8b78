/* What lies in the data of DNS records: one table of rows and one reader per kind of record. */
#include "dns_internal.h"

/* Of struct tapir_dns_data.present. */
enum { FIRST = 1, SECOND = 2, THIRD = 4, FOURTH = 8 };

static const tapir_label algorithms[] = {
    {1, "RSA/MD5"},
    {2, "Diffie-Hellman"},
    {3, "DSA"},
    {5, "RSA/SHA-1"},
    {6, "DSA-NSEC3-SHA1"},
    {7, "RSASHA1-NSEC3-SHA1"},
    {8, "RSA/SHA-256"},
    {10, "RSA/SHA-512"},
    {12, "GOST R 34.10-2001"},
    {13, "ECDSA P-256 with SHA-256"},
    {14, "ECDSA P-384 with SHA-384"},
    {15, "Ed25519"},
    {16, "Ed448"},
    {252, "Indirect keys"},
    {253, "Private, named by a domain"},
    {254, "Private, named by an OID"},
    {0, NULL},
};

static const tapir_label digest_types[] = {
    {1, "SHA-1"},
    {2, "SHA-256"},
    {3, "GOST R 34.11-94"},
    {4, "SHA-384"},
    {0, NULL},
};

static const tapir_label hash_algorithms[] = {{1, "SHA-1"}, {0, NULL}};

static const tapir_label errors[] = {
    {16, "Bad signature"},
    {17, "Bad key"},
    {18, "Bad time"},
    {19, "Bad mode"},
    {20, "Bad name"},
    {21, "Bad algorithm"},
    {22, "Bad truncation"},
    {0, NULL},
};

static const tapir_label key_modes[] = {
    {1, "Server assigned"},
    {2, "Diffie-Hellman"},
    {3, "GSS-API"},
    {4, "Resolver assigned"},
    {5, "Key deletion"},
    {0, NULL},
};

static const tapir_label certificate_types[] = {
    {1, "PKIX"},
    {2, "SPKI"},
    {3, "OpenPGP"},
    {4, "URL of PKIX data"},
    {5, "URL of SPKI data"},
    {6, "URL of OpenPGP data"},
    {7, "Attribute certificate"},
    {8, "URL of an attribute certificate"},
    {253, "URI private"},
    {254, "OID private"},
    {0, NULL},
};

static const tapir_label certificate_usages[] = {
    {0, "CA constraint"},
    {1, "Service certificate constraint"},
    {2, "Trust anchor assertion"},
    {3, "Domain-issued certificate"},
    {0, NULL},
};

static const tapir_label selectors[] = {
    {0, "Full certificate"},
    {1, "Public key"},
    {0, NULL},
};

static const tapir_label matching_types[] = {
    {0, "No hash"},
    {1, "SHA-256"},
    {2, "SHA-512"},
    {0, NULL},
};

static const tapir_label ssh_algorithms[] = {
    {1, "RSA"},
    {2, "DSA"},
    {3, "ECDSA"},
    {4, "Ed25519"},
    {6, "Ed448"},
    {0, NULL},
};

static const tapir_label ssh_fingerprints[] = {{1, "SHA-1"}, {2, "SHA-256"}, {0, NULL}};

static const tapir_label gateway_types[] = {
    {0, "None"},
    {1, "IPv4"},
    {2, "IPv6"},
    {3, "Name"},
    {0, NULL},
};

static const tapir_label address_families[] = {{1, "IPv4"}, {2, "IPv6"}, {0, NULL}};

static const tapir_label zone_digest_schemes[] = {{1, "Simple"}, {0, NULL}};
static const tapir_label zone_digest_hashes[] = {{1, "SHA-384"}, {2, "SHA-512"}, {0, NULL}};

static const tapir_label service_keys[] = {
    {0, "mandatory"},
    {1, "alpn"},
    {2, "no-default-alpn"},
    {3, "port"},
    {4, "ipv4hint"},
    {5, "ech"},
    {6, "ipv6hint"},
    {7, "dohpath"},
    {8, "ohttp"},
    {32769, "odohconfig"},
    {0, NULL},
};

static const tapir_label option_codes[] = {
    {1, "Long-lived queries"},
    {2, "Update lease"},
    {3, "Name server identifier"},
    {4, "Owner"},
    {5, "DNSSEC algorithms understood"},
    {6, "DS hashes understood"},
    {7, "NSEC3 hashes understood"},
    {8, "Client subnet"},
    {9, "Expire"},
    {10, "Cookie"},
    {11, "TCP keepalive"},
    {12, "Padding"},
    {13, "Chain query"},
    {14, "Key tags"},
    {15, "Extended error"},
    {16, "Client tag"},
    {17, "Server tag"},
    {18, "Report channel"},
    {19, "Zone version"},
    {20292, "Umbrella identity"},
    {26946, "Device identifier"},
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

/* Bytes and text that show even when empty. */
static void print_bytes(tapir_text *text, const void *member, const void *item)
{
    (void)item;
    tapir_text_hex_bytes(text, *(const tapir_span *)member, ':');
}

static void print_string(tapir_text *text, const void *member, const void *item)
{
    const tapir_span *string = member;

    (void)item;
    tapir_text_bytes(text, string->data, string->len);
}

/* RFC 4648 7, lower case, without padding: how the next hashed owner is written. */
static void print_base32(tapir_text *text, const void *member, const void *item)
{
    const tapir_span *bytes = member;
    uint64_t gathered = 0;
    unsigned bits = 0;

    (void)item;
    for (size_t i = 0; i < bytes->len; i++) {
        gathered = gathered << 8 | bytes->data[i];
        for (bits += 8; bits >= 5; bits -= 5)
            tapir_text_char(text, "0123456789abcdefghijklmnopqrstuv"[gathered >> (bits - 5) & 31]);
    }
    if (bits)
        tapir_text_char(text, "0123456789abcdefghijklmnopqrstuv"[gathered << (5 - bits) & 31]);
}

/* Rows, by what they show. */
#define NUMBER(member, name, ...)                                                                  \
    TAPIR_FIELD(tapir_dns_data, member, name, TAPIR_UINT, 0, __VA_ARGS__)
#define NAME(member, name, ...)                                                                    \
    TAPIR_FIELD(                                                                                   \
        tapir_dns_data, member, name, TAPIR_TEXT, 0, __VA_ARGS__, .print = tapir__dns_print_name)
#define STRING(member, name, ...)                                                                  \
    TAPIR_FIELD(tapir_dns_data, member, name, TAPIR_TEXT, 0, __VA_ARGS__, .print = print_string)
#define SHOWN(member, name, ...)                                                                   \
    TAPIR_FIELD(tapir_dns_data, member, name, TAPIR_TEXT, 0, __VA_ARGS__, .print = print_bytes)
#define BYTES(member, name, ...)                                                                   \
    TAPIR_FIELD(tapir_dns_data, member, name, TAPIR_SPAN, 0, __VA_ARGS__)
#define ITEMS(name, ...) TAPIR_FIELD(tapir_dns_data, items, name, TAPIR_LIST, 0, __VA_ARGS__)
#define WHEN(mask)       TAPIR_IF(tapir_dns_data, present, mask)

/* A reader that knows how many rows it has filled. */
struct source {
    tapir_reader in;
    tapir_span message;
    size_t rows;
};

static void filled(struct source *s)
{
    s->rows += !s->in.failed;
}

static uint8_t take_u8(struct source *s)
{
    uint8_t value = tapir_take_u8(&s->in);

    filled(s);
    return value;
}

static uint16_t take_16(struct source *s)
{
    uint16_t value = tapir_take_be16(&s->in);

    filled(s);
    return value;
}

static uint32_t take_32(struct source *s)
{
    uint32_t value = tapir_take_be32(&s->in);

    filled(s);
    return value;
}

static void take_array(struct source *s, void *to, size_t len)
{
    tapir_take_bytes(&s->in, to, len);
    filled(s);
}

static tapir_span take_span(struct source *s, size_t len)
{
    tapir_span span = tapir_take_span(&s->in, len);

    filled(s);
    return span;
}

static tapir_span take_rest(struct source *s)
{
    return take_span(s, tapir_left(&s->in));
}

/* A broken name is still a name: its text says what is wrong. */
static struct tapir_dns_name take_name(struct source *s)
{
    struct tapir_dns_name name = {{NULL, 0}, 0};
    struct trouble trouble = {NULL, NULL};

    if (s->in.failed)
        return name;
    if (tapir__dns_take_name(&s->in, s->message, &name, &trouble))
        s->rows++;
    else
        tapir_reader_fail(&s->in, 1);
    return name;
}

static void read_nothing(struct source *s, struct tapir_dns_data *data)
{
    (void)data;
    take_rest(s);
}

/* A, AAAA, EUI48, EUI64 */
static const tapir_field a_fields[] = {
    TAPIR_FIELD(tapir_dns_data, address4, "dns.a", TAPIR_IPV4, 0, "Address"),
};
static const tapir_field aaaa_fields[] = {
    TAPIR_FIELD(tapir_dns_data, address6, "dns.aaaa", TAPIR_IPV6, 0, "Address"),
};
static const tapir_field eui48_fields[] = {
    TAPIR_FIELD(tapir_dns_data, eui48, "dns.eui48", TAPIR_MAC, 0, "Address"),
};
static const tapir_field eui64_fields[] = {
    TAPIR_FIELD(tapir_dns_data, eui64, "dns.eui64", TAPIR_BYTES, 0, "Address", .base = TAPIR_ADDRESS),
};

static void read_4(struct source *s, struct tapir_dns_data *data)
{
    take_array(s, data->address4, 4);
}

static void read_6(struct source *s, struct tapir_dns_data *data)
{
    take_array(s, data->eui48, 6);
}

static void read_8(struct source *s, struct tapir_dns_data *data)
{
    take_array(s, data->eui64, 8);
}

static void read_16(struct source *s, struct tapir_dns_data *data)
{
    take_array(s, data->address6, 16);
}

/* Records of one name */
static const tapir_field ns_fields[] = {NAME(name, "dns.ns", "Name server")};
static const tapir_field md_fields[] = {NAME(name, "dns.md", "Mail destination")};
static const tapir_field mf_fields[] = {NAME(name, "dns.mf", "Mail forwarder")};
static const tapir_field cname_fields[] = {NAME(name, "dns.cname", "The name it is an alias of")};
static const tapir_field mb_fields[] = {NAME(name, "dns.mb", "Host of the mailbox")};
static const tapir_field mg_fields[] = {NAME(name, "dns.mg", "Member of the mail group")};
static const tapir_field mr_fields[] = {NAME(name, "dns.mr", "New name of the mailbox")};
static const tapir_field ptr_fields[] = {
    NAME(name, "dns.ptr.domain_name", "Name that is pointed to")};
static const tapir_field nsap_ptr_fields[] = {NAME(name, "dns.nsap_ptr.owner", "Owner")};
static const tapir_field dname_fields[] = {
    NAME(name, "dns.dname", "Name that replaces the owner's in all names below it")};

static void read_name(struct source *s, struct tapir_dns_data *data)
{
    data->name = take_name(s);
}

static const tapir_field soa_fields[] = {
    NAME(soa.primary, "dns.soa.mname", "Primary name server"),
    NAME(soa.mailbox, "dns.soa.rname", "Mailbox of who is responsible, its @ written as a dot"),
    NUMBER(soa.serial, "dns.soa.serial_number", "Version of the zone"),
    NUMBER(soa.refresh, "dns.soa.refresh_interval", "Seconds between two checks"),
    NUMBER(soa.retry, "dns.soa.retry_interval", "Seconds to wait after a failed check"),
    NUMBER(soa.expire, "dns.soa.expire_limit", "Seconds until unchecked data expires"),
    NUMBER(soa.minimum_ttl, "dns.soa.minimum_ttl", "Seconds that denials may be cached"),
};

static void read_soa(struct source *s, struct tapir_dns_data *data)
{
    data->soa.primary = take_name(s);
    data->soa.mailbox = take_name(s);
    data->soa.serial = take_32(s);
    data->soa.refresh = take_32(s);
    data->soa.retry = take_32(s);
    data->soa.expire = take_32(s);
    data->soa.minimum_ttl = take_32(s);
}

/* A number and a name */
#define PREFERENCE(type, number_row, name_row, about)                                              \
    static const tapir_field type##_fields[] = {                                                   \
        NUMBER(mx.preference, number_row, "Lower is preferred"),                                   \
        NAME(mx.name, name_row, about),                                                            \
    }
PREFERENCE(mx, "dns.mx.preference", "dns.mx.mail_exchange", "Mail exchange");
PREFERENCE(kx, "dns.kx.preference", "dns.kx.key_exchange", "Key exchange");
PREFERENCE(rt, "dns.rt.subtype", "dns.rt.intermediate_host", "Intermediate host");
PREFERENCE(lp, "dns.ilnp.lp.preference", "dns.ilnp.lp", "Name whose locators to use");
static const tapir_field afsdb_fields[] = {
    NUMBER(mx.preference, "dns.afsdb.subtype", "1: AFS cell, 2: DCE"),
    NAME(mx.name, "dns.afsdb.hostname", "Server"),
};

static void read_mx(struct source *s, struct tapir_dns_data *data)
{
    data->mx.preference = take_16(s);
    data->mx.name = take_name(s);
}

static const tapir_field minfo_fields[] = {
    NAME(pair.first, "dns.minfo.r", "Mailbox of who is responsible"),
    NAME(pair.second, "dns.minfo.e", "Mailbox for errors"),
};
static const tapir_field rp_fields[] = {
    NAME(pair.first, "dns.rp.mailbox", "Mailbox of who is responsible"),
    NAME(pair.second, "dns.rp.txt_rr", "Name whose TXT record says more"),
};
static const tapir_field talink_fields[] = {
    BYTES(all, "dns.data", "The data as it is"),
    NAME(pair.first, "dns.talink.previous", "Previous trust anchor"),
    NAME(pair.second, "dns.talink.next", "Next trust anchor"),
};

static void read_pair(struct source *s, struct tapir_dns_data *data)
{
    data->pair.first = take_name(s);
    data->pair.second = take_name(s);
}

static const tapir_field px_fields[] = {
    NUMBER(px.preference, "dns.px.preference", "Lower is preferred"),
    NAME(px.map822, "dns.px.map822", "Domain of RFC 822 mail"),
    NAME(px.map400, "dns.px.map400", "Domain of X.400 mail"),
};

static void read_px(struct source *s, struct tapir_dns_data *data)
{
    data->px.preference = take_16(s);
    data->px.map822 = take_name(s);
    data->px.map400 = take_name(s);
}

/* Counted strings */
static const tapir_field hinfo_fields[] = {
    NUMBER(strings.first_len, "dns.hinfo.cpu_length", "Length of the CPU"),
    STRING(strings.first, "dns.hinfo.cpu", "CPU"),
    NUMBER(strings.second_len, "dns.hinfo.os_length", "Length of the operating system"),
    STRING(strings.second, "dns.hinfo.os", "Operating system"),
};
static const tapir_field isdn_fields[] = {
    NUMBER(strings.first_len, "dns.idsn.length", "Length of the address"),
    STRING(strings.first, "dns.idsn.address", "Number and extension"),
    NUMBER(strings.second_len, "dns.idsn.sa.length", "Length of the subaddress", WHEN(SECOND)),
    STRING(strings.second, "dns.idsn.sa.address", "Subaddress", WHEN(SECOND)),
};
static const tapir_field x25_fields[] = {
    NUMBER(strings.first_len, "dns.x25.length", "Length of the address"),
    STRING(strings.first, "dns.x25.psdn_address", "X.121 address"),
};
static const tapir_field gpos_fields[] = {
    NUMBER(strings.first_len, "dns.gpos.longitude_length", "Length of the longitude"),
    STRING(strings.first, "dns.gpos.longitude", "Longitude in degrees"),
    NUMBER(strings.second_len, "dns.gpos.latitude_length", "Length of the latitude"),
    STRING(strings.second, "dns.gpos.latitude", "Latitude in degrees"),
    NUMBER(strings.third_len, "dns.gpos.altitude_length", "Length of the altitude"),
    STRING(strings.third, "dns.gpos.altitude", "Altitude in metres"),
};

static void read_one_string(struct source *s, struct tapir_dns_data *data)
{
    data->strings.first_len = take_u8(s);
    data->strings.first = take_span(s, data->strings.first_len);
}

static void read_two_strings(struct source *s, struct tapir_dns_data *data)
{
    read_one_string(s, data);
    data->strings.second_len = take_u8(s);
    data->strings.second = take_span(s, data->strings.second_len);
}

static void read_three_strings(struct source *s, struct tapir_dns_data *data)
{
    read_two_strings(s, data);
    data->strings.third_len = take_u8(s);
    data->strings.third = take_span(s, data->strings.third_len);
}

static void read_isdn(struct source *s, struct tapir_dns_data *data)
{
    read_one_string(s, data);
    if (!tapir_left(&s->in))
        return;
    data->present = SECOND;
    data->strings.second_len = take_u8(s);
    data->strings.second = take_span(s, data->strings.second_len);
}

static const tapir_field srv_fields[] = {
    NUMBER(srv.priority, "dns.srv.priority", "Lower is preferred"),
    NUMBER(srv.weight, "dns.srv.weight", "Share among targets of the same priority"),
    NUMBER(srv.port, "dns.srv.port", "Port of the service"),
    NAME(srv.target, "dns.srv.target", "Host of the service"),
};

static void read_srv(struct source *s, struct tapir_dns_data *data)
{
    data->srv.priority = take_16(s);
    data->srv.weight = take_16(s);
    data->srv.port = take_16(s);
    data->srv.target = take_name(s);
}

static const tapir_field naptr_fields[] = {
    NUMBER(naptr.order, "dns.naptr.order", "Order in which rules are tried"),
    NUMBER(naptr.preference, "dns.naptr.preference", "Preference among rules of the same order"),
    NUMBER(naptr.flags_len, "dns.naptr.flags_length", "Length of the flags"),
    STRING(naptr.flags, "dns.naptr.flags", "Flags"),
    NUMBER(naptr.service_len, "dns.naptr.service_length", "Length of the service"),
    STRING(naptr.service, "dns.naptr.service", "Service"),
    NUMBER(naptr.regex_len, "dns.naptr.regex_length", "Length of the expression"),
    STRING(naptr.regex, "dns.naptr.regex", "Substitution expression"),
    NUMBER(naptr.replacement_len, "dns.naptr.replacement_length", "Length of the name's text"),
    NAME(naptr.replacement, "dns.naptr.replacement", "Next name to look up"),
};

static void read_naptr(struct source *s, struct tapir_dns_data *data)
{
    struct tapir_dns_naptr *naptr = &data->naptr;
    uint16_t labels;

    naptr->order = take_16(s);
    naptr->preference = take_16(s);
    naptr->flags_len = take_u8(s);
    naptr->flags = take_span(s, naptr->flags_len);
    naptr->service_len = take_u8(s);
    naptr->service = take_span(s, naptr->service_len);
    naptr->regex_len = take_u8(s);
    naptr->regex = take_span(s, naptr->regex_len);
    naptr->replacement = take_name(s);
    tapir__dns_measure_name(&naptr->replacement, &naptr->replacement_len, &labels);
    filled(s);
}

static const tapir_field loc_fields[] = {
    NUMBER(loc.version, "dns.loc.version", "Always 0"),
    NUMBER(loc.size, "dns.loc.size", "Diameter, two decimal digits: mantissa and exponent",
        WHEN(FIRST)),
    NUMBER(loc.horizontal_precision, "dns.loc.horizontal_precision",
        "Diameter of the circle of error", WHEN(FIRST)),
    NUMBER(loc.vertical_precision, "dns.loc.vertical_precision", "Vertical error", WHEN(FIRST)),
    NUMBER(loc.latitude, "dns.loc.latitude", "Thousandths of a second of arc, 2^31 at the equator",
        WHEN(FIRST)),
    NUMBER(loc.longitude, "dns.loc.longitude",
        "Thousandths of a second of arc, 2^31 at the prime meridian", WHEN(FIRST)),
    NUMBER(loc.altitude, "dns.loc.altitude", "Centimetres above 100 km below the ellipsoid",
        WHEN(FIRST)),
    BYTES(loc.unknown, "dns.loc.unknown_data", "The data of another version"),
};

static void read_loc(struct source *s, struct tapir_dns_data *data)
{
    data->loc.version = take_u8(s);
    if (data->loc.version) {
        data->loc.unknown = data->all;
        read_nothing(s, data);
        return;
    }
    data->present = FIRST;
    data->loc.size = take_u8(s);
    data->loc.horizontal_precision = take_u8(s);
    data->loc.vertical_precision = take_u8(s);
    data->loc.latitude = take_32(s);
    data->loc.longitude = take_32(s);
    data->loc.altitude = take_32(s);
}

/* DNSSEC */
static const tapir_field ds_fields[] = {
    NUMBER(ds.key_tag, "dns.ds.key_id", "Tag of the key", .base = TAPIR_HEX),
    NUMBER(ds.algorithm, "dns.ds.algorithm", "Algorithm of the key", .labels = algorithms),
    NUMBER(ds.digest_type, "dns.ds.digest_type", "Algorithm of the digest", .labels = digest_types),
    SHOWN(ds.digest, "dns.ds.digest", "Digest of the key"),
};

static void read_ds(struct source *s, struct tapir_dns_data *data)
{
    data->ds.key_tag = take_16(s);
    data->ds.algorithm = take_u8(s);
    data->ds.digest_type = take_u8(s);
    data->ds.digest = take_rest(s);
}

static const tapir_part dnskey_flags[] = {
    TAPIR_PART("dns.dnskey.flags.zone_key", 0x0100, "Key of a zone", NULL),
    TAPIR_PART("dns.dnskey.flags.key_revoked", 0x0080, "Revoked", NULL),
    TAPIR_PART("dns.dnskey.flags.secure_entry_point", 0x0001, "Signs keys", NULL),
    TAPIR_PART("dns.dnskey.flags.reserved", 0xfe7e, "Reserved", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field dnskey_fields[] = {
    NUMBER(dnskey.flags, "dns.dnskey.flags", "Flags", .base = TAPIR_HEX, .parts = dnskey_flags),
    NUMBER(dnskey.protocol, "dns.dnskey.protocol", "Always 3"),
    NUMBER(dnskey.algorithm, "dns.dnskey.algorithm", "Algorithm", .labels = algorithms),
    NUMBER(dnskey.key_tag, "dns.dnskey.key_id", "Key tag, computed"),
    SHOWN(dnskey.key, "dns.dnskey.public_key", "Public key"),
};

static const tapir_part key_flags[] = {
    TAPIR_PART("dns.key.flags.authentication", 0x8000, "Not for authentication", NULL),
    TAPIR_PART("dns.key.flags.confidentiality", 0x4000, "Not for confidentiality", NULL),
    TAPIR_PART("dns.key.flags.required", 0x2000, "Key required", NULL),
    TAPIR_PART("dns.key.flags.associated_user", 0x0400, "Key of a user", NULL),
    TAPIR_PART("dns.key.flags.associated_named_entity", 0x0200, "Key of another entity", NULL),
    TAPIR_PART("dns.key.flags.ipsec", 0x0080, "For IPsec", NULL),
    TAPIR_PART("dns.key.flags.mime", 0x0040, "For secure MIME", NULL),
    TAPIR_PART("dns.key.flags.signatory", 0x000f, "What it may sign", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field key_fields[] = {
    NUMBER(dnskey.flags, "dns.key.flags", "Flags", .base = TAPIR_HEX, .parts = key_flags),
    NUMBER(dnskey.protocol, "dns.key.protocol", "Protocol it is for"),
    NUMBER(dnskey.algorithm, "dns.key.algorithm", "Algorithm", .labels = algorithms),
    NUMBER(dnskey.key_tag, "dns.key.key_id", "Key tag, computed"),
    BYTES(dnskey.key, "dns.key.public_key", "Public key"),
};

/* RFC 4034 B; the odd one out are RSA/MD5 keys (B.1). */
static uint16_t key_tag(tapir_span all, uint8_t algorithm)
{
    uint32_t sum = 0;

    if (algorithm == 1 && all.len >= 4)
        return (uint16_t)tapir_load_be(all.data + all.len - 3, 2);
    for (size_t i = 0; i < all.len; i++)
        sum += i & 1 ? all.data[i] : (uint32_t)all.data[i] << 8;
    return (uint16_t)(sum + (sum >> 16 & 0xffff));
}

static void read_dnskey(struct source *s, struct tapir_dns_data *data)
{
    data->dnskey.flags = take_16(s);
    data->dnskey.protocol = take_u8(s);
    data->dnskey.algorithm = take_u8(s);
    if (!s->in.failed)
        data->dnskey.key_tag = key_tag(data->all, data->dnskey.algorithm);
    filled(s);
    data->dnskey.key = take_rest(s);
}

static const tapir_field rrsig_fields[] = {
    NUMBER(rrsig.type_covered, "dns.rrsig.type_covered", "Type of the records signed",
        .labels = tapir__dns_types),
    NUMBER(rrsig.algorithm, "dns.rrsig.algorithm", "Algorithm", .labels = algorithms),
    NUMBER(rrsig.labels, "dns.rrsig.labels", "Labels of the owner, without a wildcard"),
    NUMBER(rrsig.original_ttl, "dns.rrsig.original_ttl", "TTL in the zone"),
    NUMBER(rrsig.expiration, "dns.rrsig.signature_expiration",
        "End of validity, in seconds since the epoch"),
    NUMBER(rrsig.inception, "dns.rrsig.signature_inception",
        "Begin of validity, in seconds since the epoch"),
    NUMBER(rrsig.key_tag, "dns.rrsig.key_tag", "Tag of the key"),
    NAME(rrsig.signer, "dns.rrsig.signers_name", "Owner of the key"),
    BYTES(rrsig.signature, "dns.rrsig.signature", "Signature"),
};

static void read_rrsig(struct source *s, struct tapir_dns_data *data)
{
    struct tapir_dns_rrsig *rrsig = &data->rrsig;

    rrsig->type_covered = take_16(s);
    rrsig->algorithm = take_u8(s);
    rrsig->labels = take_u8(s);
    rrsig->original_ttl = take_32(s);
    rrsig->expiration = take_32(s);
    rrsig->inception = take_32(s);
    rrsig->key_tag = take_16(s);
    rrsig->signer = take_name(s);
    rrsig->signature = take_rest(s);
}

static const tapir_part nsec3_flags[] = {
    TAPIR_PART("dns.nsec3.flags.opt_out", 0x01, "Unsigned delegations are left out", NULL),
    TAPIR_PARTS_END,
};
#define NSEC3_HEAD(parts_)                                                                         \
    NUMBER(nsec3.algorithm, "dns.nsec3.algo", "Hash algorithm", .labels = hash_algorithms),        \
        NUMBER(nsec3.flags, "dns.nsec3.flags", "Flags", .parts = parts_),                          \
        NUMBER(nsec3.iterations, "dns.nsec3.iterations", "Further rounds of hashing"),             \
        NUMBER(nsec3.salt_len, "dns.nsec3.salt_length", "Length of the salt"),                     \
        SHOWN(nsec3.salt, "dns.nsec3.salt_value", "Salt")
static const tapir_field nsec3param_fields[] = {NSEC3_HEAD(NULL)};

static void read_nsec3param(struct source *s, struct tapir_dns_data *data)
{
    data->nsec3.algorithm = take_u8(s);
    data->nsec3.flags = take_u8(s);
    data->nsec3.iterations = take_16(s);
    data->nsec3.salt_len = take_u8(s);
    data->nsec3.salt = take_span(s, data->nsec3.salt_len);
}

static void take_items(struct source *s, struct tapir_dns_data *data)
{
    data->items = take_rest(s);
}

static void read_nsec3(struct source *s, struct tapir_dns_data *data)
{
    read_nsec3param(s, data);
    data->nsec3.hash_len = take_u8(s);
    data->nsec3.next_hash = take_span(s, data->nsec3.hash_len);
    if (data->nsec3.next_hash.len)
        data->present = FIRST;
    take_items(s, data);
}

static void read_name_and_items(struct source *s, struct tapir_dns_data *data)
{
    data->name = take_name(s);
    take_items(s, data);
}

static const tapir_field tlsa_fields[] = {
    NUMBER(tlsa.usage, "dns.tlsa.certificate_usage", "Certificate usage",
        .labels = certificate_usages),
    NUMBER(tlsa.selector, "dns.tlsa.selector", "Part that is matched", .labels = selectors),
    NUMBER(tlsa.matching_type, "dns.tlsa.matching_type", "How it is matched",
        .labels = matching_types),
    SHOWN(tlsa.association, "dns.tlsa.certificate_association_data", "Data to match"),
};
static const tapir_field smimea_fields[] = {
    BYTES(all, "dns.data", "The data as it is"),
    NUMBER(tlsa.usage, "dns.smimea.certificate_usage", "Certificate usage",
        .labels = certificate_usages),
    NUMBER(tlsa.selector, "dns.smimea.selector", "Part that is matched", .labels = selectors),
    NUMBER(tlsa.matching_type, "dns.smimea.matching_type", "How it is matched",
        .labels = matching_types),
    SHOWN(tlsa.association, "dns.smimea.certificate_association_data", "Data to match"),
};

static void read_tlsa(struct source *s, struct tapir_dns_data *data)
{
    data->tlsa.usage = take_u8(s);
    data->tlsa.selector = take_u8(s);
    data->tlsa.matching_type = take_u8(s);
    data->tlsa.association = take_rest(s);
}

static const tapir_field sshfp_fields[] = {
    NUMBER(
        sshfp.algorithm, "dns.sshfp.algorithm", "Algorithm of the key", .labels = ssh_algorithms),
    NUMBER(sshfp.type, "dns.sshfp.fingerprint.type", "Algorithm of the fingerprint",
        .labels = ssh_fingerprints),
    BYTES(sshfp.fingerprint, "dns.sshfp.fingerprint", "Fingerprint"),
};

static void read_sshfp(struct source *s, struct tapir_dns_data *data)
{
    data->sshfp.algorithm = take_u8(s);
    data->sshfp.type = take_u8(s);
    data->sshfp.fingerprint = take_rest(s);
}

static const tapir_field cert_fields[] = {
    NUMBER(cert.type, "dns.cert.type", "Type", .labels = certificate_types),
    NUMBER(cert.key_tag, "dns.cert.key_tag", "Tag of its key", .base = TAPIR_HEX),
    NUMBER(cert.algorithm, "dns.cert.algorithm", "Algorithm", .labels = algorithms),
    BYTES(cert.certificate, "dns.cert.certificate", "Certificate or revocation list"),
};

static void read_cert(struct source *s, struct tapir_dns_data *data)
{
    data->cert.type = take_16(s);
    data->cert.key_tag = take_16(s);
    data->cert.algorithm = take_u8(s);
    data->cert.certificate = take_rest(s);
}

/* IPSECKEY, AMTRELAY: a gateway of one of several types */
static const tapir_field ipseckey_fields[] = {
    NUMBER(gateway.precedence, "dns.ipseckey.gateway_precedence", "Lower is preferred"),
    NUMBER(gateway.gateway_type, "dns.ipseckey.gateway_type", "What the gateway is given as",
        .labels = gateway_types),
    NUMBER(gateway.algorithm, "dns.ipseckey.gateway_algorithm", "1: DSA, 2: RSA, 3: ECDSA"),
    TAPIR_FIELD(tapir_dns_data, gateway.gateway4, "dns.ipseckey.gateway_ipv4", TAPIR_IPV4, 0,
        "Gateway", WHEN(FIRST)),
    TAPIR_FIELD(tapir_dns_data, gateway.gateway6, "dns.ipseckey.gateway_ipv6", TAPIR_IPV6, 0,
        "Gateway", WHEN(SECOND)),
    NAME(gateway.gateway_name, "dns.ipseckey.gateway_dns", "Gateway", WHEN(THIRD)),
    BYTES(gateway.key, "dns.ipseckey.public_key", "Public key"),
};

/* The row of the gateway is one of three. */
static void take_gateway(struct source *s, struct tapir_dns_data *data)
{
    struct tapir_dns_gateway *gateway = &data->gateway;

    if (gateway->gateway_type == 1)
        tapir_take_bytes(&s->in, gateway->gateway4, 4);
    else if (gateway->gateway_type == 2)
        tapir_take_bytes(&s->in, gateway->gateway6, 16);
    else if (gateway->gateway_type == 3)
        gateway->gateway_name = take_name(s);
    if (s->in.failed)
        return;
    data->present = (uint8_t)(gateway->gateway_type == 1   ? FIRST
                              : gateway->gateway_type == 2 ? SECOND
                              : gateway->gateway_type == 3 ? THIRD
                                                           : 0);
    s->rows += gateway->gateway_type == 3 ? 2 : 3;
}

static void read_ipseckey(struct source *s, struct tapir_dns_data *data)
{
    data->gateway.precedence = take_u8(s);
    data->gateway.gateway_type = take_u8(s);
    data->gateway.algorithm = take_u8(s);
    take_gateway(s, data);
    data->gateway.key = take_rest(s);
}

static const tapir_field amtrelay_fields[] = {
    BYTES(all, "dns.data", "The data as it is"),
    NUMBER(gateway.precedence, "dns.amtrelay.precedence", "Lower is preferred"),
    TAPIR_FIELD(tapir_dns_data, gateway.discovery, "dns.amtrelay.discovery_optional", TAPIR_FLAG, 0,
        "The relay takes requests without discovery"),
    NUMBER(gateway.gateway_type, "dns.amtrelay.type", "What the relay is given as",
        .labels = gateway_types),
    TAPIR_FIELD(
        tapir_dns_data, gateway.gateway4, "dns.amtrelay.ipv4", TAPIR_IPV4, 0, "Relay", WHEN(FIRST)),
    TAPIR_FIELD(tapir_dns_data, gateway.gateway6, "dns.amtrelay.ipv6", TAPIR_IPV6, 0, "Relay",
        WHEN(SECOND)),
    NAME(gateway.gateway_name, "dns.amtrelay.name", "Relay", WHEN(THIRD)),
};

static void read_amtrelay(struct source *s, struct tapir_dns_data *data)
{
    uint8_t type;

    data->gateway.precedence = take_u8(s);
    type = take_u8(s);
    filled(s);
    data->gateway.discovery = type & 0x80;
    data->gateway.gateway_type = type & 0x7f;
    take_gateway(s, data);
}

static const tapir_part caa_flags[] = {
    TAPIR_PART("dns.caa.flags.issuer_critical", 0x80, "Not to be ignored when unknown", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field caa_fields[] = {
    NUMBER(caa.flags, "dns.caa.flags", "Flags", .base = TAPIR_HEX, .parts = caa_flags),
    STRING(caa.value, "dns.caa.issue", "Authority that may issue", WHEN(FIRST)),
    STRING(caa.value, "dns.caa.issuewild", "Authority that may issue wildcards", WHEN(SECOND)),
    STRING(caa.value, "dns.caa.iodef", "Where violations are reported", WHEN(THIRD)),
    STRING(caa.value, "dns.caa.unknown", "Value of another tag", WHEN(FOURTH)),
    NUMBER(caa.tag_len, "dns.caa.tag_length", "Length of the tag"),
    STRING(caa.tag, "dns.caa.tag", "Tag"),
    STRING(caa.value, "dns.caa.value", "Value"),
};

static bool span_is(tapir_span span, const char *string)
{
    return span.len == strlen(string) && memcmp(span.data, string, span.len) == 0;
}

static void read_caa(struct source *s, struct tapir_dns_data *data)
{
    struct tapir_dns_caa *caa = &data->caa;

    caa->flags = take_u8(s);
    caa->tag_len = tapir_take_u8(&s->in);
    caa->tag = tapir_take_span(&s->in, caa->tag_len);
    caa->value = tapir_take_rest(&s->in);
    if (s->in.failed)
        return;
    data->present = (uint8_t)(span_is(caa->tag, "issue")       ? FIRST
                              : span_is(caa->tag, "issuewild") ? SECOND
                              : span_is(caa->tag, "iodef")     ? THIRD
                                                               : FOURTH);
    s->rows = TAPIR_COUNT(caa_fields);
}

static const tapir_field uri_fields[] = {
    BYTES(all, "dns.data", "The data as it is"),
    NUMBER(uri.priority, "dns.uri.priority", "Lower is preferred"),
    NUMBER(uri.weight, "dns.uri.weight", "Share among targets of the same priority"),
    STRING(uri.target, "dns.uri.target", "URI"),
};

static void read_uri(struct source *s, struct tapir_dns_data *data)
{
    data->uri.priority = take_16(s);
    data->uri.weight = take_16(s);
    data->uri.target = take_rest(s);
}

static const tapir_field zonemd_fields[] = {
    NUMBER(zonemd.serial, "dns.zonemd.serial", "Serial number of the zone"),
    NUMBER(zonemd.scheme, "dns.zonemd.scheme", "How the zone is put together",
        .labels = zone_digest_schemes),
    NUMBER(zonemd.algorithm, "dns.zonemd.hash_algo", "Algorithm", .labels = zone_digest_hashes),
    SHOWN(zonemd.digest, "dns.zonemd.digest", "Digest of the zone"),
};

static void read_zonemd(struct source *s, struct tapir_dns_data *data)
{
    data->zonemd.serial = take_32(s);
    data->zonemd.scheme = take_u8(s);
    data->zonemd.algorithm = take_u8(s);
    data->zonemd.digest = take_rest(s);
}

static const tapir_field nid_fields[] = {
    NUMBER(ilnp.preference, "dns.ilnp.nid.preference", "Lower is preferred"),
    TAPIR_FIELD(tapir_dns_data, ilnp.id, "dns.ilnp.nid", TAPIR_BYTES, 0, "Node identifier"),
};
static const tapir_field l64_fields[] = {
    NUMBER(ilnp.preference, "dns.ilnp.l64.preference", "Lower is preferred"),
    TAPIR_FIELD(tapir_dns_data, ilnp.id, "dns.ilnp.l64", TAPIR_BYTES, 0, "64-bit locator"),
};
static const tapir_field l32_fields[] = {
    NUMBER(ilnp.preference, "dns.ilnp.l32.preference", "Lower is preferred"),
    TAPIR_FIELD(tapir_dns_data, ilnp.locator4, "dns.ilnp.l32", TAPIR_IPV4, 0, "32-bit locator"),
};

static void read_l64(struct source *s, struct tapir_dns_data *data)
{
    data->ilnp.preference = take_16(s);
    take_array(s, data->ilnp.id, 8);
}

static void read_l32(struct source *s, struct tapir_dns_data *data)
{
    data->ilnp.preference = take_16(s);
    take_array(s, data->ilnp.locator4, 4);
}

static const tapir_field tkey_fields[] = {
    NAME(tkey.algorithm, "dns.tkey.algo_name", "Algorithm"),
    NUMBER(tkey.inception, "dns.tkey.signature_inception",
        "Begin of validity, in seconds since the epoch"),
    NUMBER(tkey.expiration, "dns.tkey.signature_expiration",
        "End of validity, in seconds since the epoch"),
    NUMBER(tkey.mode, "dns.tkey.mode", "Mode", .labels = key_modes),
    NUMBER(tkey.error, "dns.tkey.error", "Error", .labels = errors),
    NUMBER(tkey.key_len, "dns.tkey.key_size", "Length of the key data"),
    BYTES(tkey.key, "dns.tkey.key_data", "Key data"),
    NUMBER(tkey.other_len, "dns.tkey.other_size", "Length of other data"),
    BYTES(tkey.other, "dns.tkey.other_data", "Other data"),
};

static void read_tkey(struct source *s, struct tapir_dns_data *data)
{
    struct tapir_dns_tkey *tkey = &data->tkey;

    tkey->algorithm = take_name(s);
    tkey->inception = take_32(s);
    tkey->expiration = take_32(s);
    tkey->mode = take_16(s);
    tkey->error = take_16(s);
    tkey->key_len = take_16(s);
    tkey->key = take_span(s, tkey->key_len);
    tkey->other_len = take_16(s);
    tkey->other = take_span(s, tkey->other_len);
}

static const tapir_field tsig_fields[] = {
    NAME(tsig.algorithm, "dns.tsig.algorithm_name", "Algorithm"),
    NUMBER(
        tsig.time_signed, "dns.tsig.time_signed", "When it was signed, in seconds since the epoch"),
    NUMBER(tsig.fudge, "dns.tsig.fudge", "Seconds the clocks may differ"),
    NUMBER(tsig.mac_len, "dns.tsig.mac_size", "Length of the authentication code"),
    BYTES(tsig.mac, "dns.tsig.mac_data", "Message authentication code"),
    NUMBER(tsig.original_id, "dns.tsig.original_id", "Identification of the message signed"),
    NUMBER(tsig.error, "dns.tsig.error", "Error", .labels = errors),
    NUMBER(tsig.other_len, "dns.tsig.other_len", "Length of other data"),
    BYTES(tsig.other, "dns.tsig.other_data", "Other data"),
};

static void read_tsig(struct source *s, struct tapir_dns_data *data)
{
    struct tapir_dns_tsig *tsig = &data->tsig;

    tsig->algorithm = take_name(s);
    tsig->time_signed = tapir_take_be48(&s->in);
    filled(s);
    tsig->fudge = take_16(s);
    tsig->mac_len = take_16(s);
    tsig->mac = take_span(s, tsig->mac_len);
    tsig->original_id = take_16(s);
    tsig->error = take_16(s);
    tsig->other_len = take_16(s);
    tsig->other = take_span(s, tsig->other_len);
}

static const tapir_field a6_fields[] = {
    NUMBER(a6.prefix_len, "dns.a6.prefix_len", "Bits of the prefix, which is looked up"),
    TAPIR_FIELD(tapir_dns_data, a6.suffix, "dns.a6.address_suffix", TAPIR_IPV6, 0,
        "The rest of the address", WHEN(FIRST)),
    NAME(a6.prefix_name, "dns.a6.prefix_name", "Name that has the prefix", WHEN(SECOND)),
};

static void read_a6(struct source *s, struct tapir_dns_data *data)
{
    size_t suffix_len;

    data->a6.prefix_len = tapir_take_u8(&s->in);
    if (data->a6.prefix_len > 128)
        tapir_reader_fail(&s->in, 1);
    filled(s);
    suffix_len = data->a6.prefix_len > 128 ? 0 : (size_t)(128 - data->a6.prefix_len + 7) / 8;
    take_array(s, data->a6.suffix + 16 - suffix_len, suffix_len);
    data->present = (uint8_t)((suffix_len ? FIRST : 0) | (data->a6.prefix_len ? SECOND : 0));
    if (data->a6.prefix_len)
        data->a6.prefix_name = take_name(s);
}

static const tapir_part wins_local[] = {
    TAPIR_PART("dns.wins.local_flag", 0x1, "Not to be copied to other servers", NULL),
    TAPIR_PARTS_END,
};
static const tapir_part winsr_local[] = {
    TAPIR_PART("dns.winsr.local_flag", 0x1, "Not to be copied to other servers", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field winsr_fields[] = {
    NUMBER(wins.local, "dns.winsr.flags", "Mapping flags", .base = TAPIR_HEX, .parts = winsr_local),
    NUMBER(wins.lookup_timeout, "dns.winsr.lookup_timeout", "Seconds to wait for an answer"),
    NUMBER(wins.cache_timeout, "dns.winsr.cache_timeout", "Seconds to keep an answer"),
    NAME(wins.domain, "dns.winsr.name_result_domain", "Domain put behind the names found"),
};

static void read_winsr(struct source *s, struct tapir_dns_data *data)
{
    data->wins.local = take_32(s);
    data->wins.lookup_timeout = take_32(s);
    data->wins.cache_timeout = take_32(s);
    data->wins.domain = take_name(s);
}

static void read_wins(struct source *s, struct tapir_dns_data *data)
{
    data->wins.local = take_32(s);
    data->wins.lookup_timeout = take_32(s);
    data->wins.cache_timeout = take_32(s);
    data->wins.server_count = take_32(s);
    take_items(s, data);
}

static const tapir_field xpf_fields[] = {
    NUMBER(xpf.version, "dns.xpf.ip_version", "4 or 6"),
    NUMBER(xpf.protocol, "dns.xpf.protocol", "IP protocol", WHEN(FIRST | SECOND)),
    TAPIR_FIELD(
        tapir_dns_data, xpf.src4, "dns.xpf.source_ipv4", TAPIR_IPV4, 0, "Source", WHEN(FIRST)),
    TAPIR_FIELD(tapir_dns_data, xpf.dst4, "dns.xpf.destination_ipv4", TAPIR_IPV4, 0, "Destination",
        WHEN(FIRST)),
    TAPIR_FIELD(
        tapir_dns_data, xpf.src6, "dns.xpf.source_ipv6", TAPIR_IPV6, 0, "Source", WHEN(SECOND)),
    TAPIR_FIELD(tapir_dns_data, xpf.dst6, "dns.xpf.destination_ipv6", TAPIR_IPV6, 0, "Destination",
        WHEN(SECOND)),
    NUMBER(xpf.src_port, "dns.xpf.sport", "Port of the source", WHEN(FIRST | SECOND)),
    NUMBER(xpf.dst_port, "dns.xpf.dport", "Port of the destination", WHEN(FIRST | SECOND)),
};

static void read_xpf(struct source *s, struct tapir_dns_data *data)
{
    struct tapir_dns_xpf *xpf = &data->xpf;

    xpf->version = take_u8(s);
    data->present = xpf->version == 4 ? FIRST : xpf->version == 6 ? SECOND : 0;
    if (!data->present) {
        read_nothing(s, data);
        return;
    }
    xpf->protocol = take_u8(s);
    if (xpf->version == 4) {
        take_array(s, xpf->src4, 4);
        take_array(s, xpf->dst4, 4);
        filled(s);
        filled(s);
    } else {
        filled(s);
        filled(s);
        take_array(s, xpf->src6, 16);
        take_array(s, xpf->dst6, 16);
    }
    xpf->src_port = take_16(s);
    xpf->dst_port = take_16(s);
}

static const tapir_field null_fields[] = {BYTES(all, "dns.null", "Anything")};
static const tapir_field nsap_fields[] = {BYTES(all, "dns.nsap.rdata", "NSAP address")};
static const tapir_field dhcid_fields[] = {BYTES(all, "dns.dhcid.rdata", "Identity of a client")};
static const tapir_field unknown_fields[] = {BYTES(all, "dns.data", "The data as it is")};
static const tapir_field openpgpkey_fields[] = {
    TAPIR_FIELD(tapir_dns_data, all, "dns.openpgpkey", TAPIR_STRING, 0, "Transferable public key"),
};

/* Lists: items of the data, and what lies in the values of some of them. */
#define ITEM(member, name, ...)                                                                    \
    TAPIR_FIELD(tapir_dns_item, member, name, TAPIR_UINT, 0, __VA_ARGS__)
#define ITEM_STRING(member, name, ...)                                                             \
    TAPIR_FIELD(tapir_dns_item, member, name, TAPIR_TEXT, 0, __VA_ARGS__, .print = print_string)
#define ITEM_SHOWN(member, name, ...)                                                              \
    TAPIR_FIELD(tapir_dns_item, member, name, TAPIR_TEXT, 0, __VA_ARGS__, .print = print_bytes)
#define ITEM_WHEN(mask) TAPIR_IF(tapir_dns_item, present, mask)
#define VALUE(member, name, ...)                                                                   \
    TAPIR_FIELD(tapir_dns_value, member, name, TAPIR_UINT, 0, __VA_ARGS__)
#define VALUE_WHEN(mask) TAPIR_IF(tapir_dns_value, present, mask)

static tapir_record const *rows_of_item(
    const tapir_walk *walk, const tapir_record *record, size_t rows, struct tapir_dns_item *item)
{
    return tapir__dns_rows(&walk->in, record, rows, &item->cut);
}

/* Starts an item of the list in the data that `walk` goes over. */
static void start_item(const tapir_walk *walk, struct tapir_dns_item *item)
{
    memset(item, 0, sizeof *item);
    item->data = walk->outer;
}

/* TXT and its kin: counted strings */
static const tapir_field txt_item_fields[] = {
    ITEM(len, "dns.txt.length", "Length of the text"),
    ITEM_STRING(value, "dns.txt", "Text"),
};
static const tapir_field spf_item_fields[] = {
    ITEM(len, "dns.spf.length", "Length of the text"),
    ITEM_STRING(value, "dns.spf", "Text"),
};
static const tapir_field ninfo_item_fields[] = {
    ITEM(len, "dns.ninfo.length", "Length of the text"),
    ITEM_STRING(value, "dns.ninfo", "Text"),
};
static const tapir_field avc_item_fields[] = {
    ITEM(len, "dns.avc.length", "Length of the text"),
    ITEM_STRING(value, "dns.avc", "Text"),
};
static const tapir_record txt_item = TAPIR_RECORD("Text", txt_item_fields),
                          spf_item = TAPIR_RECORD("Text", spf_item_fields),
                          ninfo_item = TAPIR_RECORD("Text", ninfo_item_fields),
                          avc_item = TAPIR_RECORD("Text", avc_item_fields);

static const tapir_record *string_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;

    start_item(walk, item);
    item->len = tapir_take_u8(&walk->in);
    item->value = tapir_take_span(&walk->in, item->len);
    return rows_of_item(walk, walk->list->records[0], 1, item);
}

#define LIST(name, next, ...)                                                                      \
    static const tapir_record *const name##_records[] = {__VA_ARGS__};                             \
    static const tapir_list name##_list = {                                                        \
        sizeof(struct tapir_dns_item), next, name##_records, TAPIR_COUNT(name##_records)}
#define VALUES(name, next, ...)                                                                    \
    static const tapir_record *const name##_records[] = {__VA_ARGS__};                             \
    static const tapir_list name##_list = {                                                        \
        sizeof(struct tapir_dns_value), next, name##_records, TAPIR_COUNT(name##_records)}

LIST(txt, string_next, &txt_item);
LIST(spf, string_next, &spf_item);
LIST(ninfo, string_next, &ninfo_item);
LIST(avc, string_next, &avc_item);

/* Type bitmaps: one item per byte with as many rows as it has bits. */
#define TYPE_ROW(i)                                                                                \
    ITEM(types[i], "dns.resp.type", "A type that exists", .labels = tapir__dns_types)
static const tapir_field type_item_fields[] = {TYPE_ROW(0), TYPE_ROW(1), TYPE_ROW(2), TYPE_ROW(3),
    TYPE_ROW(4), TYPE_ROW(5), TYPE_ROW(6), TYPE_ROW(7)};
static const tapir_record type_item = TAPIR_RECORD("Types", type_item_fields);

static const tapir_record *types_in(struct tapir_dns_item *item, uint8_t byte, uint32_t first)
{
    for (unsigned bit = 0; bit < 8; bit++)
        if (byte & 0x80 >> bit)
            item->types[item->type_count++] = (uint16_t)(first + bit);
    item->cut = type_item;
    item->cut.field_count = item->type_count;
    return &item->cut;
}

/* RFC 4034 4.1.2: blocks of a window number, a length, and a bitmap of 256 types. The state holds
 * how much of a block is left, the window, and the next byte's place in it. */
static const tapir_record *type_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;
    uint32_t left = walk->state >> 16, window = walk->state >> 8 & 0xff, place = walk->state & 0xff;
    uint8_t byte;

    start_item(walk, item);
    if (left == 0) {
        window = tapir_take_u8(&walk->in);
        left = tapir_take_u8(&walk->in);
        place = 0;
        walk->state = left << 16 | window << 8;
        if (left == 0 && !walk->in.failed)
            return types_in(item, 0, 0);
    }
    byte = tapir_take_u8(&walk->in);
    if (walk->in.failed)
        return NULL;
    if (tapir_left(&walk->in) == 0 && left > 1)
        tapir_reader_fail(&walk->in, left - 1);
    walk->state = (left - 1) << 16 | window << 8 | (place + 1);
    return types_in(item, byte, window << 8 | place << 3);
}

/* RFC 2535 5.2: one bitmap. */
static const tapir_record *old_type_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;

    start_item(walk, item);
    return types_in(item, tapir_take_u8(&walk->in), walk->index << 3);
}

LIST(type, type_next, &type_item);
LIST(old_type, old_type_next, &type_item);

static const tapir_field nsec_fields[] = {
    NAME(name, "dns.nsec.next_domain_name", "Next name of the zone"),
    ITEMS("dns.nsec.types", "Types that exist", .list = &type_list),
};
static const tapir_field nxt_fields[] = {
    NAME(name, "dns.nxt.next_domain_name", "Next name of the zone"),
    ITEMS("dns.nxt.types", "Types that exist", .list = &old_type_list),
};
static const tapir_field nsec3_fields[] = {
    NSEC3_HEAD(nsec3_flags),
    NUMBER(nsec3.hash_len, "dns.nsec3.hash_length", "Length of the hash"),
    TAPIR_FIELD(tapir_dns_data, nsec3.next_hash, "dns.nsec3.hash_value", TAPIR_TEXT, 0,
        "Hash of the next name, in base32", .print = print_base32, WHEN(FIRST)),
    ITEMS("dns.nsec3.types", "Types that exist", .list = &type_list),
};

static const tapir_part csync_flags[] = {
    TAPIR_PART("dns.csync.flags.immediate", 0x1, "To be copied at once", NULL),
    TAPIR_PART("dns.csync.flags.soaminimum", 0x2, "Not below this serial number", NULL),
    TAPIR_PARTS_END,
};
static const tapir_field csync_fields[] = {
    NUMBER(csync.serial, "dns.csync.soa", "Serial number of the zone"),
    NUMBER(csync.flags, "dns.csync.flags", "Flags", .base = TAPIR_HEX, .parts = csync_flags),
    SHOWN(items, "dns.csync.type_bitmap", "The bitmap of types"),
    ITEMS("dns.csync.types", "Types to copy", .list = &type_list),
};

static void read_csync(struct source *s, struct tapir_dns_data *data)
{
    data->csync.serial = take_32(s);
    data->csync.flags = take_16(s);
    take_items(s, data);
    filled(s);
}

/* WKS: one item per byte of the bitmap; Wireshark shows those with bits in them. */
static const tapir_field port_item_fields[] = {
    ITEM(bits, "dns.wks.bits", "Eight ports, the lowest at the top", .base = TAPIR_HEX)};
static const tapir_record port_item = TAPIR_RECORD("Ports", port_item_fields);

static const tapir_record *port_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;

    start_item(walk, item);
    item->bits = tapir_take_u8(&walk->in);
    item->cut = port_item;
    item->cut.field_count = item->bits != 0;
    return &item->cut;
}

LIST(port, port_next, &port_item);

static const tapir_field wks_fields[] = {
    TAPIR_FIELD(tapir_dns_data, wks.address, "dns.wks.address", TAPIR_IPV4, 0, "Address"),
    NUMBER(wks.protocol, "dns.wks.protocol", "IP protocol"),
    ITEMS("dns.wks.ports", "Ports that are served", .list = &port_list),
};

static void read_wks(struct source *s, struct tapir_dns_data *data)
{
    take_array(s, data->wks.address, 4);
    data->wks.protocol = take_u8(s);
    take_items(s, data);
}

/* HIP */
static const tapir_field server_item_fields[] = {
    TAPIR_FIELD(tapir_dns_item, name, "dns.hip.rendezvous_server", TAPIR_TEXT, 0,
        "Rendezvous server", .print = tapir__dns_print_name)};
static const tapir_record server_item = TAPIR_RECORD("Rendezvous server", server_item_fields);

static const tapir_record *server_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;
    struct trouble trouble = {NULL, NULL};

    start_item(walk, item);
    if (tapir__dns_take_name(&walk->in, item->data->message, &item->name, &trouble))
        return &server_item;
    tapir_reader_fail(&walk->in, 1);
    return NULL;
}

LIST(server, server_next, &server_item);

static const tapir_field hip_fields[] = {
    NUMBER(hip.hit_len, "dns.hip.hit.length", "Length of the host identity tag"),
    NUMBER(hip.algorithm, "dns.hip.hit.pk.algo", "Algorithm of the key"),
    NUMBER(hip.key_len, "dns.hip.pk.length", "Length of the key"),
    SHOWN(hip.hit, "dns.hip.hit", "Host identity tag"),
    SHOWN(hip.key, "dns.hip.pk", "Public key"),
    ITEMS("dns.hip.rendezvous_servers", "Rendezvous servers", .list = &server_list),
};

static void read_hip(struct source *s, struct tapir_dns_data *data)
{
    data->hip.hit_len = take_u8(s);
    data->hip.algorithm = take_u8(s);
    data->hip.key_len = take_16(s);
    data->hip.hit = take_span(s, data->hip.hit_len);
    data->hip.key = take_span(s, data->hip.key_len);
    take_items(s, data);
}

/* WINS */
static const tapir_field wins_item_fields[] = {TAPIR_FIELD(
    tapir_dns_item, address4, "dns.wins.wins_server", TAPIR_IPV4, 0, "Address of a server")};
static const tapir_record wins_item = TAPIR_RECORD("Server", wins_item_fields);

static const tapir_record *wins_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;

    start_item(walk, item);
    if (walk->index == item->data->wins.server_count)
        tapir_take_rest(&walk->in);
    else
        tapir_take_bytes(&walk->in, item->address4, 4);
    return walk->in.failed || walk->index == item->data->wins.server_count ? NULL : &wins_item;
}

LIST(wins, wins_next, &wins_item);

static const tapir_field wins_fields[] = {
    NUMBER(wins.local, "dns.wins.flags", "Mapping flags", .base = TAPIR_HEX, .parts = wins_local),
    NUMBER(wins.lookup_timeout, "dns.wins.lookup_timeout", "Seconds to wait for an answer"),
    NUMBER(wins.cache_timeout, "dns.wins.cache_timeout", "Seconds to keep an answer"),
    NUMBER(wins.server_count, "dns.wins.nb_wins_servers", "How many servers"),
    ITEMS("dns.wins.servers", "Servers", .list = &wins_list),
};

/* APL (RFC 3123 4) */
static const tapir_field prefix_item_fields[] = {
    ITEM(family, "dns.apl.address_family", "Address family", .labels = address_families),
    ITEM(prefix, "dns.apl.coded_prefix", "Bits of the prefix"),
    TAPIR_FIELD(tapir_dns_item, negated, "dns.apl.negation", TAPIR_FLAG, 0, "All but this"),
    ITEM(address_len, "dns.apl.afdlength", "Bytes of the address, without zeroes at its end"),
    TAPIR_FIELD(tapir_dns_item, address4, "dns.apl.afdpart.ipv4", TAPIR_IPV4, 0, "Address",
        ITEM_WHEN(FIRST)),
    TAPIR_FIELD(tapir_dns_item, address6, "dns.apl.afdpart.ipv6", TAPIR_IPV6, 0, "Address",
        ITEM_WHEN(SECOND)),
    ITEM_SHOWN(value, "dns.apl.afdpart.data", "Address", ITEM_WHEN(THIRD)),
};
static const tapir_record prefix_item = TAPIR_RECORD("Prefix", prefix_item_fields);

/* Copies an address whose end may be left out; what is too long is cut. */
static void copy_address(uint8_t *to, size_t room, tapir_span bytes)
{
    if (bytes.len)
        memcpy(to, bytes.data, bytes.len < room ? bytes.len : room);
}

static const tapir_record *prefix_next(tapir_walk *walk, void *at)
{
    struct tapir_dns_item *item = at;
    size_t rows = 0;
    uint8_t byte;

    start_item(walk, item);
    item->family = tapir_take_be16(&walk->in);
    rows += !walk->in.failed;
    item->prefix = tapir_take_u8(&walk->in);
    rows += !walk->in.failed;
    byte = tapir_take_u8(&walk->in);
    rows += walk->in.failed ? 0 : 2;
    item->negated = byte & 0x80;
    item->address_len = byte & 0x7f;
    item->value = tapir_take_span(&walk->in, item->address_len);
    item->present = item->family == 1 ? FIRST : item->family == 2 ? SECOND : THIRD;
    copy_address(item->address4, 4, item->value);
    copy_address(item->address6, 16, item->value);
    return rows_of_item(walk, &prefix_item, rows, item);
}

LIST(prefix, prefix_next, &prefix_item);

/* SVCB and HTTPS (RFC 9460 2.2, 7): parameters and what their values hold */
static const tapir_field mandatory_fields[] = {VALUE(number, "dns.svcb.svcparam.mandatory.key",
    "Key that must be understood", .labels = service_keys)};
static const tapir_field alpn_fields[] = {
    VALUE(number, "dns.svcb.svcparam.alpn.length", "Length of the protocol"),
    TAPIR_FIELD(tapir_dns_value, bytes, "dns.svcb.svcparam.alpn", TAPIR_TEXT, 0, "Protocol",
        .print = print_string)};
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
    case 0:
        value->number = tapir_take_be16(&walk->in);
        record = &mandatory;
        break;
    case 1:
        value->number = tapir_take_u8(&walk->in);
        value->bytes = tapir_take_span(&walk->in, value->number);
        return tapir__dns_rows(&walk->in, &alpn, 1, &value->cut);
    case 3:
        value->number = tapir_take_be16(&walk->in);
        tapir_take_rest(&walk->in);
        record = &port;
        break;
    case 4:
        tapir_take_bytes(&walk->in, value->address4, 4);
        record = &ipv4hint;
        break;
    case 5:
        return rest_of(walk, value, &ech);
    case 6:
        tapir_take_bytes(&walk->in, value->address6, 16);
        record = &ipv6hint;
        break;
    case 7:
        return rest_of(walk, value, &dohpath);
    case 32769:
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

    start_item(walk, item);
    item->code = tapir_take_be16(&walk->in);
    item->len = tapir_take_be16(&walk->in);
    if (walk->in.failed)
        return NULL;
    item->value = tapir_take_span(&walk->in, item->len);
    return rows_of_item(walk, walk->list->records[0], 2, item);
}

LIST(parameter, coded_next, &parameter_item);

static const tapir_field svcb_fields[] = {
    NUMBER(svcb.priority, "dns.svcb.svcpriority", "Lower is preferred; 0: an alias"),
    NAME(svcb.target, "dns.svcb.targetname", "Host of the service"),
    ITEMS("dns.svcb.svcparams", "Parameters", .list = &parameter_list),
};

static void read_svcb(struct source *s, struct tapir_dns_data *data)
{
    data->svcb.priority = take_16(s);
    data->svcb.target = take_name(s);
    take_items(s, data);
}

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
    VALUE(number, "dns.opt.dau", "DNSSEC algorithm understood", .labels = algorithms)};
static const tapir_field dhu_fields[] = {
    VALUE(number, "dns.opt.dhu", "DS hash understood", .labels = digest_types)};
static const tapir_field n3u_fields[] = {
    VALUE(number, "dns.opt.n3u", "NSEC3 hash understood", .labels = hash_algorithms)};
static const tapir_field subnet_fields[] = {
    VALUE(number, "dns.opt.client.family", "Address family", .labels = address_families),
    VALUE(family_prefix, "dns.opt.client.netmask", "Bits of the address that are given"),
    VALUE(scope_prefix, "dns.opt.client.scope", "Bits the answer is good for"),
    TAPIR_FIELD(tapir_dns_value, address4, "dns.opt.client.addr4", TAPIR_IPV4, 0, "Subnet",
        VALUE_WHEN(FIRST)),
    TAPIR_FIELD(tapir_dns_value, address6, "dns.opt.client.addr6", TAPIR_IPV6, 0, "Subnet",
        VALUE_WHEN(SECOND)),
    TAPIR_FIELD(tapir_dns_value, bytes, "dns.opt.client.addr", TAPIR_TEXT, 0, "Subnet",
        .print = print_bytes, VALUE_WHEN(THIRD)),
};
static const tapir_field expire_fields[] = {
    VALUE(seconds, "dns.opt.expire", "Seconds until the zone expires")};
static const tapir_field cookie_fields[] = {
    TAPIR_FIELD(
        tapir_dns_value, bytes, "dns.opt.cookie.client", TAPIR_SPAN, 0, "Cookie of the client"),
    TAPIR_FIELD(tapir_dns_value, rest, "dns.opt.cookie.server", TAPIR_TEXT, 0,
        "Cookie of the server", .print = print_bytes),
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
    copy_address(value->address4, 4, value->bytes);
    copy_address(value->address6, 16, value->bytes);
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
    case 1:
        return llq_of(walk, value);
    case 2:
        return update_lease_of(walk, value);
    case 4:
        return owner_of(walk, value);
    case 5:
        return number_of(walk, value, 1, &dau);
    case 6:
        return number_of(walk, value, 1, &dhu);
    case 7:
        return number_of(walk, value, 1, &n3u);
    case 8:
        return subnet_of(walk, value);
    case 9:
        value->seconds = tapir_take_be32(&walk->in);
        tapir_take_rest(&walk->in);
        return walk->in.failed ? NULL : &expire;
    case 10:
        value->bytes = tapir_take_span(&walk->in, 8);
        value->rest = tapir_take_rest(&walk->in);
        return walk->in.failed ? NULL : &cookie;
    case 11:
        if (item->len == 2)
            return number_of(walk, value, 2, &keepalive);
        tapir_take_rest(&walk->in);
        return NULL;
    case 13:
        return name_of(walk, value, &chain);
    case 14:
        return number_of(walk, value, 2, &key_tag_record);
    case 15:
        value->number = tapir_take_be16(&walk->in);
        value->bytes = tapir_take_rest(&walk->in);
        return walk->in.failed ? NULL : &error;
    case 16:
        return number_of(walk, value, 2, &client_tag);
    case 17:
        return number_of(walk, value, 2, &server_tag);
    case 18:
        return name_of(walk, value, &report);
    case 19:
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

    return record == &option_item && item->code == 12 ? &padding_item : record;
}

LIST(option, option_next, &option_item, &padding_item);

static const tapir_field txt_fields[] = {ITEMS("dns.txt.strings", "Texts", .list = &txt_list)};
static const tapir_field spf_fields[] = {ITEMS("dns.spf.strings", "Texts", .list = &spf_list)};
static const tapir_field ninfo_fields[] = {BYTES(all, "dns.data", "The data as it is"),
    ITEMS("dns.ninfo.strings", "Texts", .list = &ninfo_list)};
static const tapir_field avc_fields[] = {BYTES(all, "dns.data", "The data as it is"),
    ITEMS("dns.avc.strings", "Texts", .list = &avc_list)};
static const tapir_field apl_fields[] = {ITEMS("dns.apl", "Prefixes", .list = &prefix_list)};
static const tapir_field opt_fields[] = {ITEMS("dns.opt", "Options", .list = &option_list)};

/* All types, in order. */
struct kind {
    uint16_t type;
    uint8_t first_row; /* rows in front of the reader's: the data as it is */
    bool whole;        /* Wireshark shows all of it or nothing */
    void (*read)(struct source *s, struct tapir_dns_data *data);
    tapir_record record;
};

#define KIND(type, read, title, fields)                                                            \
    {                                                                                              \
        type, 0, false, read, TAPIR_RECORD(title, fields)                                          \
    }
#define WHOLE_KIND(type, read, title, fields)                                                      \
    {                                                                                              \
        type, 0, true, read, TAPIR_RECORD(title, fields)                                           \
    }
/* Types Wireshark shows as bytes: ours come behind. */
#define RAW_KIND(type, read, title, fields)                                                        \
    {                                                                                              \
        type, 1, false, read, TAPIR_RECORD(title, fields)                                          \
    }

static const struct kind kinds[] = {
    KIND(1, read_4, "A", a_fields),
    KIND(2, read_name, "NS", ns_fields),
    KIND(3, read_name, "MD", md_fields),
    KIND(4, read_name, "MF", mf_fields),
    KIND(5, read_name, "CNAME", cname_fields),
    KIND(6, read_soa, "SOA", soa_fields),
    KIND(7, read_name, "MB", mb_fields),
    KIND(8, read_name, "MG", mg_fields),
    KIND(9, read_name, "MR", mr_fields),
    KIND(10, read_nothing, "NULL", null_fields),
    KIND(11, read_wks, "WKS", wks_fields),
    KIND(12, read_name, "PTR", ptr_fields),
    WHOLE_KIND(13, read_two_strings, "HINFO", hinfo_fields),
    KIND(14, read_pair, "MINFO", minfo_fields),
    WHOLE_KIND(15, read_mx, "MX", mx_fields),
    KIND(16, take_items, "TXT", txt_fields),
    KIND(17, read_pair, "RP", rp_fields),
    WHOLE_KIND(18, read_mx, "AFSDB", afsdb_fields),
    KIND(19, read_one_string, "X25", x25_fields),
    KIND(20, read_isdn, "ISDN", isdn_fields),
    WHOLE_KIND(21, read_mx, "RT", rt_fields),
    KIND(22, read_nothing, "NSAP", nsap_fields),
    KIND(23, read_name, "NSAP-PTR", nsap_ptr_fields),
    KIND(24, read_rrsig, "SIG", rrsig_fields),
    KIND(25, read_dnskey, "KEY", key_fields),
    KIND(26, read_px, "PX", px_fields),
    KIND(27, read_three_strings, "GPOS", gpos_fields),
    KIND(28, read_16, "AAAA", aaaa_fields),
    KIND(29, read_loc, "LOC", loc_fields),
    KIND(30, read_name_and_items, "NXT", nxt_fields),
    KIND(33, read_srv, "SRV", srv_fields),
    KIND(35, read_naptr, "NAPTR", naptr_fields),
    WHOLE_KIND(36, read_mx, "KX", kx_fields),
    KIND(37, read_cert, "CERT", cert_fields),
    WHOLE_KIND(38, read_a6, "A6", a6_fields),
    KIND(39, read_name, "DNAME", dname_fields),
    KIND(41, take_items, "OPT", opt_fields),
    KIND(42, take_items, "APL", apl_fields),
    KIND(43, read_ds, "DS", ds_fields),
    KIND(44, read_sshfp, "SSHFP", sshfp_fields),
    KIND(45, read_ipseckey, "IPSECKEY", ipseckey_fields),
    KIND(46, read_rrsig, "RRSIG", rrsig_fields),
    KIND(47, read_name_and_items, "NSEC", nsec_fields),
    KIND(48, read_dnskey, "DNSKEY", dnskey_fields),
    KIND(49, read_nothing, "DHCID", dhcid_fields),
    KIND(50, read_nsec3, "NSEC3", nsec3_fields),
    KIND(51, read_nsec3param, "NSEC3PARAM", nsec3param_fields),
    KIND(52, read_tlsa, "TLSA", tlsa_fields),
    RAW_KIND(53, read_tlsa, "SMIMEA", smimea_fields),
    KIND(55, read_hip, "HIP", hip_fields),
    RAW_KIND(56, take_items, "NINFO", ninfo_fields),
    RAW_KIND(58, read_pair, "TALINK", talink_fields),
    KIND(59, read_ds, "CDS", ds_fields),
    KIND(60, read_dnskey, "CDNSKEY", dnskey_fields),
    KIND(61, read_nothing, "OPENPGPKEY", openpgpkey_fields),
    KIND(62, read_csync, "CSYNC", csync_fields),
    KIND(63, read_zonemd, "ZONEMD", zonemd_fields),
    KIND(64, read_svcb, "SVCB", svcb_fields),
    KIND(65, read_svcb, "HTTPS", svcb_fields),
    KIND(99, take_items, "SPF", spf_fields),
    KIND(104, read_l64, "NID", nid_fields),
    KIND(105, read_l32, "L32", l32_fields),
    KIND(106, read_l64, "L64", l64_fields),
    KIND(107, read_mx, "LP", lp_fields),
    KIND(108, read_6, "EUI48", eui48_fields),
    KIND(109, read_8, "EUI64", eui64_fields),
    KIND(249, read_tkey, "TKEY", tkey_fields),
    KIND(250, read_tsig, "TSIG", tsig_fields),
    RAW_KIND(256, read_uri, "URI", uri_fields),
    KIND(257, read_caa, "CAA", caa_fields),
    RAW_KIND(258, take_items, "AVC", avc_fields),
    RAW_KIND(260, read_amtrelay, "AMTRELAY", amtrelay_fields),
    KIND(32769, read_ds, "DLV", ds_fields),
    KIND(65281, read_wins, "WINS", wins_fields),
    KIND(65282, read_winsr, "WINS-R", winsr_fields),
    KIND(65422, read_xpf, "XPF", xpf_fields),
};

static const struct kind unknown_kind = KIND(0, read_nothing, "Unknown", unknown_fields);

static const struct kind *kind_of(uint16_t type)
{
    size_t low = 0, high = TAPIR_COUNT(kinds);

    while (low < high) {
        size_t middle = (low + high) / 2;
        if (kinds[middle].type == type)
            return &kinds[middle];
        if (kinds[middle].type < type)
            low = middle + 1;
        else
            high = middle;
    }
    return &unknown_kind;
}

/* Reads the data from `in`; the record names the rows that could be filled. */
static const tapir_record *read_data(
    tapir_reader *in, const struct tapir_dns_record *record, struct tapir_dns_data *data)
{
    const struct kind *kind = kind_of(record->type);
    struct source s = {*in, record->name.message, kind->first_row};

    memset(data, 0, sizeof *data);
    data->type = record->type;
    data->message = record->name.message;
    data->all = tapir_rest(in);
    kind->read(&s, data);
    *in = s.in;
    return tapir__dns_rows(in, &kind->record, kind->whole ? 0 : s.rows, &data->cut);
}

static const tapir_record *data_next(tapir_walk *walk, void *item)
{
    const tapir_record *record = read_data(&walk->in, walk->outer, item);

    /* What the type's rows leave over belongs to nobody. */
    if (!walk->in.failed)
        tapir_take_rest(&walk->in);
    return record;
}

tapir_status tapir_dns_record_data(
    const struct tapir_dns_record *record, struct tapir_dns_data *data)
{
    tapir_reader in = tapir_reader_of(record->data);

    read_data(&in, record, data);
    return in.failed ? TAPIR_CUT : TAPIR_OK;
}

tapir_walk tapir_dns_data_items(const struct tapir_dns_data *data)
{
    const struct kind *kind = kind_of(data->type);
    const tapir_field *last = &kind->record.fields[kind->record.field_count - 1];

    if (last->kind != TAPIR_LIST)
        return tapir_walk_of(&txt_list, tapir_span_of(NULL, 0), data);
    return tapir_walk_of(last->list, data->items, data);
}

tapir_walk tapir_dns_item_values(const struct tapir_dns_item *item)
{
    uint16_t type = item->data->type;

    if (type == 41)
        return tapir_walk_of(&option_value_list, item->value, item);
    if (type == 64 || type == 65)
        return tapir_walk_of(&parameter_value_list, item->value, item);
    return tapir_walk_of(&option_value_list, tapir_span_of(NULL, 0), item);
}

/* The records of every kind, for what is made from tables. */
#define R(i) &kinds[i].record
static const tapir_record *const data_records[] = {R(0), R(1), R(2), R(3), R(4), R(5), R(6), R(7),
    R(8), R(9), R(10), R(11), R(12), R(13), R(14), R(15), R(16), R(17), R(18), R(19), R(20), R(21),
    R(22), R(23), R(24), R(25), R(26), R(27), R(28), R(29), R(30), R(31), R(32), R(33), R(34),
    R(35), R(36), R(37), R(38), R(39), R(40), R(41), R(42), R(43), R(44), R(45), R(46), R(47),
    R(48), R(49), R(50), R(51), R(52), R(53), R(54), R(55), R(56), R(57), R(58), R(59), R(60),
    R(61), R(62), R(63), R(64), R(65), R(66), R(67), R(68), R(69), R(70), R(71), R(72), R(73),
    R(74), R(75), &unknown_kind.record};
_Static_assert(TAPIR_COUNT(data_records) == TAPIR_COUNT(kinds) + 1, "one record for each kind");

const tapir_list tapir__dns_data_body = {
    sizeof(struct tapir_dns_data), data_next, data_records, TAPIR_COUNT(data_records)};
