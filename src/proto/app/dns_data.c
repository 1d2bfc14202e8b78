/* What lies in the data of DNS records: one table of rows and one reader per kind of record. */
#include "dns_items.h"

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

static const tapir_label zone_digest_schemes[] = {{1, "Simple"}, {0, NULL}};
static const tapir_label zone_digest_hashes[] = {{1, "SHA-384"}, {2, "SHA-512"}, {0, NULL}};

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
    TAPIR_FIELD(tapir_dns_data, member, name, TAPIR_STRING, 0, __VA_ARGS__, .empty = true)
#define SHOWN(member, name, ...)                                                                   \
    TAPIR_FIELD(tapir_dns_data, member, name, TAPIR_SPAN, 0, __VA_ARGS__, .empty = true)
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
    TAPIR_FIELD(tapir_dns_data, eui64, "dns.eui64", TAPIR_BYTES, 0, "Address",
        .base = TAPIR_ADDRESS, .address = TAPIR_BYTES),
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
    NUMBER(
        ds.algorithm, "dns.ds.algorithm", "Algorithm of the key", .labels = tapir__dns_algorithms),
    NUMBER(ds.digest_type, "dns.ds.digest_type", "Algorithm of the digest",
        .labels = tapir__dns_digest_types),
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
    TAPIR_PART_HEX("dns.dnskey.flags.reserved", 0xfe7e, "Reserved"),
    TAPIR_PARTS_END,
};
static const tapir_field dnskey_fields[] = {
    NUMBER(dnskey.flags, "dns.dnskey.flags", "Flags", .base = TAPIR_HEX, .parts = dnskey_flags),
    NUMBER(dnskey.protocol, "dns.dnskey.protocol", "Always 3"),
    NUMBER(dnskey.algorithm, "dns.dnskey.algorithm", "Algorithm", .labels = tapir__dns_algorithms),
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
    NUMBER(dnskey.algorithm, "dns.key.algorithm", "Algorithm", .labels = tapir__dns_algorithms),
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
    NUMBER(rrsig.algorithm, "dns.rrsig.algorithm", "Algorithm", .labels = tapir__dns_algorithms),
    NUMBER(rrsig.labels, "dns.rrsig.labels", "Labels of the owner, without a wildcard"),
    NUMBER(rrsig.original_ttl, "dns.rrsig.original_ttl", "TTL in the zone"),
    NUMBER(
        rrsig.expiration, "dns.rrsig.signature_expiration", "End of validity", .base = TAPIR_TIME),
    NUMBER(
        rrsig.inception, "dns.rrsig.signature_inception", "Begin of validity", .base = TAPIR_TIME),
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
    NUMBER(nsec3.algorithm, "dns.nsec3.algo", "Hash algorithm",                                    \
        .labels = tapir__dns_hash_algorithms),                                                     \
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
    NUMBER(cert.algorithm, "dns.cert.algorithm", "Algorithm", .labels = tapir__dns_algorithms),
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
    NUMBER(tkey.inception, "dns.tkey.signature_inception", "Begin of validity", .base = TAPIR_TIME),
    NUMBER(tkey.expiration, "dns.tkey.signature_expiration", "End of validity", .base = TAPIR_TIME),
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
    NUMBER(tsig.time_signed, "dns.tsig.time_signed", "When it was signed", .base = TAPIR_TIME),
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

static const tapir_field nsec_fields[] = {
    NAME(name, "dns.nsec.next_domain_name", "Next name of the zone"),
    ITEMS("dns.nsec.types", "Types that exist", .list = &tapir__dns_type_list),
};
static const tapir_field nxt_fields[] = {
    NAME(name, "dns.nxt.next_domain_name", "Next name of the zone"),
    ITEMS("dns.nxt.types", "Types that exist", .list = &tapir__dns_old_type_list),
};
static const tapir_field nsec3_fields[] = {
    NSEC3_HEAD(nsec3_flags),
    NUMBER(nsec3.hash_len, "dns.nsec3.hash_length", "Length of the hash"),
    TAPIR_FIELD(tapir_dns_data, nsec3.next_hash, "dns.nsec3.hash_value", TAPIR_TEXT, 0,
        "Hash of the next name, in base32", .print = print_base32, WHEN(FIRST)),
    ITEMS("dns.nsec3.types", "Types that exist", .list = &tapir__dns_type_list),
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
    ITEMS("dns.csync.types", "Types to copy", .list = &tapir__dns_type_list),
};

static void read_csync(struct source *s, struct tapir_dns_data *data)
{
    data->csync.serial = take_32(s);
    data->csync.flags = take_16(s);
    take_items(s, data);
    filled(s);
}

static const tapir_field wks_fields[] = {
    TAPIR_FIELD(tapir_dns_data, wks.address, "dns.wks.address", TAPIR_IPV4, 0, "Address"),
    NUMBER(wks.protocol, "dns.wks.protocol", "IP protocol"),
    ITEMS("dns.wks.ports", "Ports that are served", .list = &tapir__dns_port_list),
};

static void read_wks(struct source *s, struct tapir_dns_data *data)
{
    take_array(s, data->wks.address, 4);
    data->wks.protocol = take_u8(s);
    take_items(s, data);
}

static const tapir_field hip_fields[] = {
    NUMBER(hip.hit_len, "dns.hip.hit.length", "Length of the host identity tag"),
    NUMBER(hip.algorithm, "dns.hip.hit.pk.algo", "Algorithm of the key"),
    NUMBER(hip.key_len, "dns.hip.pk.length", "Length of the key"),
    SHOWN(hip.hit, "dns.hip.hit", "Host identity tag"),
    SHOWN(hip.key, "dns.hip.pk", "Public key"),
    ITEMS("dns.hip.rendezvous_servers", "Rendezvous servers", .list = &tapir__dns_server_list),
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

static const tapir_field wins_fields[] = {
    NUMBER(wins.local, "dns.wins.flags", "Mapping flags", .base = TAPIR_HEX, .parts = wins_local),
    NUMBER(wins.lookup_timeout, "dns.wins.lookup_timeout", "Seconds to wait for an answer"),
    NUMBER(wins.cache_timeout, "dns.wins.cache_timeout", "Seconds to keep an answer"),
    NUMBER(wins.server_count, "dns.wins.nb_wins_servers", "How many servers"),
    ITEMS("dns.wins.servers", "Servers", .list = &tapir__dns_wins_list),
};

static const tapir_field svcb_fields[] = {
    NUMBER(svcb.priority, "dns.svcb.svcpriority", "Lower is preferred; 0: an alias"),
    NAME(svcb.target, "dns.svcb.targetname", "Host of the service"),
    ITEMS("dns.svcb.svcparams", "Parameters", .list = &tapir__dns_parameter_list),
};

static void read_svcb(struct source *s, struct tapir_dns_data *data)
{
    data->svcb.priority = take_16(s);
    data->svcb.target = take_name(s);
    take_items(s, data);
}

static const tapir_field txt_fields[] = {
    ITEMS("dns.txt.strings", "Texts", .list = &tapir__dns_txt_list)};
static const tapir_field spf_fields[] = {
    ITEMS("dns.spf.strings", "Texts", .list = &tapir__dns_spf_list)};
static const tapir_field ninfo_fields[] = {BYTES(all, "dns.data", "The data as it is"),
    ITEMS("dns.ninfo.strings", "Texts", .list = &tapir__dns_ninfo_list)};
static const tapir_field avc_fields[] = {BYTES(all, "dns.data", "The data as it is"),
    ITEMS("dns.avc.strings", "Texts", .list = &tapir__dns_avc_list)};
static const tapir_field apl_fields[] = {
    ITEMS("dns.apl", "Prefixes", .list = &tapir__dns_prefix_list)};
static const tapir_field opt_fields[] = {
    ITEMS("dns.opt", "Options", .list = &tapir__dns_option_list)};

/* All types, in order: their number, how the data is read, their name and rows. Wireshark shows all
 * or nothing of WHOLE ones; of RAW ones it shows bytes, and our rows come behind. */
#define KINDS(X)                                                                                   \
    X(PLAIN, TAPIR_DNS_TYPE_A, read_4, "A", a_fields)                                              \
    X(PLAIN, TAPIR_DNS_TYPE_NS, read_name, "NS", ns_fields)                                        \
    X(PLAIN, TAPIR_DNS_TYPE_MD, read_name, "MD", md_fields)                                        \
    X(PLAIN, TAPIR_DNS_TYPE_MF, read_name, "MF", mf_fields)                                        \
    X(PLAIN, TAPIR_DNS_TYPE_CNAME, read_name, "CNAME", cname_fields)                               \
    X(PLAIN, TAPIR_DNS_TYPE_SOA, read_soa, "SOA", soa_fields)                                      \
    X(PLAIN, TAPIR_DNS_TYPE_MB, read_name, "MB", mb_fields)                                        \
    X(PLAIN, TAPIR_DNS_TYPE_MG, read_name, "MG", mg_fields)                                        \
    X(PLAIN, TAPIR_DNS_TYPE_MR, read_name, "MR", mr_fields)                                        \
    X(PLAIN, TAPIR_DNS_TYPE_NULL, read_nothing, "NULL", null_fields)                               \
    X(PLAIN, TAPIR_DNS_TYPE_WKS, read_wks, "WKS", wks_fields)                                      \
    X(PLAIN, TAPIR_DNS_TYPE_PTR, read_name, "PTR", ptr_fields)                                     \
    X(WHOLE, TAPIR_DNS_TYPE_HINFO, read_two_strings, "HINFO", hinfo_fields)                        \
    X(PLAIN, TAPIR_DNS_TYPE_MINFO, read_pair, "MINFO", minfo_fields)                               \
    X(WHOLE, TAPIR_DNS_TYPE_MX, read_mx, "MX", mx_fields)                                          \
    X(PLAIN, TAPIR_DNS_TYPE_TXT, take_items, "TXT", txt_fields)                                    \
    X(PLAIN, TAPIR_DNS_TYPE_RP, read_pair, "RP", rp_fields)                                        \
    X(WHOLE, TAPIR_DNS_TYPE_AFSDB, read_mx, "AFSDB", afsdb_fields)                                 \
    X(PLAIN, TAPIR_DNS_TYPE_X25, read_one_string, "X25", x25_fields)                               \
    X(PLAIN, TAPIR_DNS_TYPE_ISDN, read_isdn, "ISDN", isdn_fields)                                  \
    X(WHOLE, TAPIR_DNS_TYPE_RT, read_mx, "RT", rt_fields)                                          \
    X(PLAIN, TAPIR_DNS_TYPE_NSAP, read_nothing, "NSAP", nsap_fields)                               \
    X(PLAIN, TAPIR_DNS_TYPE_NSAP_PTR, read_name, "NSAP-PTR", nsap_ptr_fields)                      \
    X(PLAIN, TAPIR_DNS_TYPE_SIG, read_rrsig, "SIG", rrsig_fields)                                  \
    X(PLAIN, TAPIR_DNS_TYPE_KEY, read_dnskey, "KEY", key_fields)                                   \
    X(PLAIN, TAPIR_DNS_TYPE_PX, read_px, "PX", px_fields)                                          \
    X(PLAIN, TAPIR_DNS_TYPE_GPOS, read_three_strings, "GPOS", gpos_fields)                         \
    X(PLAIN, TAPIR_DNS_TYPE_AAAA, read_16, "AAAA", aaaa_fields)                                    \
    X(PLAIN, TAPIR_DNS_TYPE_LOC, read_loc, "LOC", loc_fields)                                      \
    X(PLAIN, TAPIR_DNS_TYPE_NXT, read_name_and_items, "NXT", nxt_fields)                           \
    X(PLAIN, TAPIR_DNS_TYPE_SRV, read_srv, "SRV", srv_fields)                                      \
    X(PLAIN, TAPIR_DNS_TYPE_NAPTR, read_naptr, "NAPTR", naptr_fields)                              \
    X(WHOLE, TAPIR_DNS_TYPE_KX, read_mx, "KX", kx_fields)                                          \
    X(PLAIN, TAPIR_DNS_TYPE_CERT, read_cert, "CERT", cert_fields)                                  \
    X(WHOLE, TAPIR_DNS_TYPE_A6, read_a6, "A6", a6_fields)                                          \
    X(PLAIN, TAPIR_DNS_TYPE_DNAME, read_name, "DNAME", dname_fields)                               \
    X(PLAIN, TAPIR_DNS_TYPE_OPT, take_items, "OPT", opt_fields)                                    \
    X(PLAIN, TAPIR_DNS_TYPE_APL, take_items, "APL", apl_fields)                                    \
    X(PLAIN, TAPIR_DNS_TYPE_DS, read_ds, "DS", ds_fields)                                          \
    X(PLAIN, TAPIR_DNS_TYPE_SSHFP, read_sshfp, "SSHFP", sshfp_fields)                              \
    X(PLAIN, TAPIR_DNS_TYPE_IPSECKEY, read_ipseckey, "IPSECKEY", ipseckey_fields)                  \
    X(PLAIN, TAPIR_DNS_TYPE_RRSIG, read_rrsig, "RRSIG", rrsig_fields)                              \
    X(PLAIN, TAPIR_DNS_TYPE_NSEC, read_name_and_items, "NSEC", nsec_fields)                        \
    X(PLAIN, TAPIR_DNS_TYPE_DNSKEY, read_dnskey, "DNSKEY", dnskey_fields)                          \
    X(PLAIN, TAPIR_DNS_TYPE_DHCID, read_nothing, "DHCID", dhcid_fields)                            \
    X(PLAIN, TAPIR_DNS_TYPE_NSEC3, read_nsec3, "NSEC3", nsec3_fields)                              \
    X(PLAIN, TAPIR_DNS_TYPE_NSEC3PARAM, read_nsec3param, "NSEC3PARAM", nsec3param_fields)          \
    X(PLAIN, TAPIR_DNS_TYPE_TLSA, read_tlsa, "TLSA", tlsa_fields)                                  \
    X(RAW, TAPIR_DNS_TYPE_SMIMEA, read_tlsa, "SMIMEA", smimea_fields)                              \
    X(PLAIN, TAPIR_DNS_TYPE_HIP, read_hip, "HIP", hip_fields)                                      \
    X(RAW, TAPIR_DNS_TYPE_NINFO, take_items, "NINFO", ninfo_fields)                                \
    X(RAW, TAPIR_DNS_TYPE_TALINK, read_pair, "TALINK", talink_fields)                              \
    X(PLAIN, TAPIR_DNS_TYPE_CDS, read_ds, "CDS", ds_fields)                                        \
    X(PLAIN, TAPIR_DNS_TYPE_CDNSKEY, read_dnskey, "CDNSKEY", dnskey_fields)                        \
    X(PLAIN, TAPIR_DNS_TYPE_OPENPGPKEY, read_nothing, "OPENPGPKEY", openpgpkey_fields)             \
    X(PLAIN, TAPIR_DNS_TYPE_CSYNC, read_csync, "CSYNC", csync_fields)                              \
    X(PLAIN, TAPIR_DNS_TYPE_ZONEMD, read_zonemd, "ZONEMD", zonemd_fields)                          \
    X(PLAIN, TAPIR_DNS_TYPE_SVCB, read_svcb, "SVCB", svcb_fields)                                  \
    X(PLAIN, TAPIR_DNS_TYPE_HTTPS, read_svcb, "HTTPS", svcb_fields)                                \
    X(PLAIN, TAPIR_DNS_TYPE_SPF, take_items, "SPF", spf_fields)                                    \
    X(PLAIN, TAPIR_DNS_TYPE_NID, read_l64, "NID", nid_fields)                                      \
    X(PLAIN, TAPIR_DNS_TYPE_L32, read_l32, "L32", l32_fields)                                      \
    X(PLAIN, TAPIR_DNS_TYPE_L64, read_l64, "L64", l64_fields)                                      \
    X(PLAIN, TAPIR_DNS_TYPE_LP, read_mx, "LP", lp_fields)                                          \
    X(PLAIN, TAPIR_DNS_TYPE_EUI48, read_6, "EUI48", eui48_fields)                                  \
    X(PLAIN, TAPIR_DNS_TYPE_EUI64, read_8, "EUI64", eui64_fields)                                  \
    X(PLAIN, TAPIR_DNS_TYPE_TKEY, read_tkey, "TKEY", tkey_fields)                                  \
    X(PLAIN, TAPIR_DNS_TYPE_TSIG, read_tsig, "TSIG", tsig_fields)                                  \
    X(RAW, TAPIR_DNS_TYPE_URI, read_uri, "URI", uri_fields)                                        \
    X(PLAIN, TAPIR_DNS_TYPE_CAA, read_caa, "CAA", caa_fields)                                      \
    X(RAW, TAPIR_DNS_TYPE_AVC, take_items, "AVC", avc_fields)                                      \
    X(RAW, TAPIR_DNS_TYPE_AMTRELAY, read_amtrelay, "AMTRELAY", amtrelay_fields)                    \
    X(PLAIN, TAPIR_DNS_TYPE_DLV, read_ds, "DLV", ds_fields)                                        \
    X(PLAIN, TAPIR_DNS_TYPE_WINS, read_wins, "WINS", wins_fields)                                  \
    X(PLAIN, TAPIR_DNS_TYPE_WINS_R, read_winsr, "WINS-R", winsr_fields)                            \
    X(PLAIN, TAPIR_DNS_TYPE_XPF, read_xpf, "XPF", xpf_fields)

enum { PLAIN, RAW, WHOLE };

struct kind {
    uint16_t type;
    uint8_t manner;
    void (*read)(struct source *s, struct tapir_dns_data *data);
    tapir_record record;
};

#define KIND(manner, type, read, title, fields) {type, manner, read, TAPIR_RECORD(title, fields)},
static const struct kind kinds[] = {KINDS(KIND)};
static const struct kind unknown_kind = {
    0, PLAIN, read_nothing, TAPIR_RECORD("Unknown", unknown_fields)};

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
    struct source s = {*in, record->name.message, kind->manner == RAW ? 1 : 0};

    memset(data, 0, sizeof *data);
    data->type = record->type;
    data->message = record->name.message;
    data->all = tapir_rest(in);
    kind->read(&s, data);
    *in = s.in;
    return tapir__dns_rows(in, &kind->record, kind->manner == WHOLE ? 0 : s.rows, &data->cut);
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
        return tapir_walk_of(&tapir__dns_txt_list, tapir_span_of(NULL, 0), data);
    return tapir_walk_of(last->list, data->items, data);
}

/* The records of every kind, for what is made from tables. */
enum {
#define PLACE(manner, type, read, title, fields) PLACE_OF_##type,
    KINDS(PLACE)
};
#define RECORD(manner, type, read, title, fields) &kinds[PLACE_OF_##type].record,
static const tapir_record *const data_records[] = {&unknown_kind.record, KINDS(RECORD)};

const tapir_list tapir__dns_data_body = {
    sizeof(struct tapir_dns_data), data_next, data_records, TAPIR_COUNT(data_records)};
