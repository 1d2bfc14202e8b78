/* Domain Name System (RFC 1035 and its many successors) over UDP, TCP and SCTP, multicast DNS
 * (RFC 6762) and LLMNR (RFC 4795): one struct for all three, records and names walked on demand. */
#ifndef TAPIR_PROTO_DNS_H
#define TAPIR_PROTO_DNS_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

/* Bits of `flags` (RFC 1035 4.1.1, RFC 4035 3; LLMNR: RFC 4795 2.1.1). */
#define TAPIR_DNS_RESPONSE            0x8000
#define TAPIR_DNS_AUTHORITATIVE       0x0400
#define TAPIR_DNS_TRUNCATED           0x0200
#define TAPIR_DNS_RECURSION_DESIRED   0x0100
#define TAPIR_DNS_RECURSION_AVAILABLE 0x0080
#define TAPIR_DNS_Z                   0x0040
#define TAPIR_DNS_AUTHENTICATED       0x0020
#define TAPIR_DNS_CHECKING_DISABLED   0x0010
#define TAPIR_LLMNR_CONFLICT          0x0400
#define TAPIR_LLMNR_TENTATIVE         0x0100

#define TAPIR_DNS_OPCODE(flags) ((flags) >> 11 & 15)
#define TAPIR_DNS_RCODE(flags)  ((flags)&15)

/* Kinds of query, in TAPIR_DNS_OPCODE(flags). */
enum {
    TAPIR_DNS_OPCODE_QUERY = 0,
    TAPIR_DNS_OPCODE_NOTIFY = 4,  /* RFC 1996 */
    TAPIR_DNS_OPCODE_UPDATE = 5,  /* RFC 2136 */
    TAPIR_DNS_OPCODE_STATEFUL = 6 /* RFC 8490 */
};

/* Types of records (IANA DNS parameters): name, number, and what tapir_dns_type_name answers. */
#define TAPIR_DNS_TYPES(X)                                                                         \
    X(A, 1, "A")                                                                                   \
    X(NS, 2, "NS")                                                                                 \
    X(MD, 3, "MD")                                                                                 \
    X(MF, 4, "MF")                                                                                 \
    X(CNAME, 5, "CNAME")                                                                           \
    X(SOA, 6, "SOA")                                                                               \
    X(MB, 7, "MB")                                                                                 \
    X(MG, 8, "MG")                                                                                 \
    X(MR, 9, "MR")                                                                                 \
    X(NULL, 10, "NULL")                                                                            \
    X(WKS, 11, "WKS")                                                                              \
    X(PTR, 12, "PTR")                                                                              \
    X(HINFO, 13, "HINFO")                                                                          \
    X(MINFO, 14, "MINFO")                                                                          \
    X(MX, 15, "MX")                                                                                \
    X(TXT, 16, "TXT")                                                                              \
    X(RP, 17, "RP")                                                                                \
    X(AFSDB, 18, "AFSDB")                                                                          \
    X(X25, 19, "X25")                                                                              \
    X(ISDN, 20, "ISDN")                                                                            \
    X(RT, 21, "RT")                                                                                \
    X(NSAP, 22, "NSAP")                                                                            \
    X(NSAP_PTR, 23, "NSAP-PTR")                                                                    \
    X(SIG, 24, "SIG")                                                                              \
    X(KEY, 25, "KEY")                                                                              \
    X(PX, 26, "PX")                                                                                \
    X(GPOS, 27, "GPOS")                                                                            \
    X(AAAA, 28, "AAAA")                                                                            \
    X(LOC, 29, "LOC")                                                                              \
    X(NXT, 30, "NXT")                                                                              \
    X(EID, 31, "EID")                                                                              \
    X(NIMLOC, 32, "NIMLOC")                                                                        \
    X(SRV, 33, "SRV")                                                                              \
    X(ATMA, 34, "ATMA")                                                                            \
    X(NAPTR, 35, "NAPTR")                                                                          \
    X(KX, 36, "KX")                                                                                \
    X(CERT, 37, "CERT")                                                                            \
    X(A6, 38, "A6")                                                                                \
    X(DNAME, 39, "DNAME")                                                                          \
    X(SINK, 40, "SINK")                                                                            \
    X(OPT, 41, "OPT")                                                                              \
    X(APL, 42, "APL")                                                                              \
    X(DS, 43, "DS")                                                                                \
    X(SSHFP, 44, "SSHFP")                                                                          \
    X(IPSECKEY, 45, "IPSECKEY")                                                                    \
    X(RRSIG, 46, "RRSIG")                                                                          \
    X(NSEC, 47, "NSEC")                                                                            \
    X(DNSKEY, 48, "DNSKEY")                                                                        \
    X(DHCID, 49, "DHCID")                                                                          \
    X(NSEC3, 50, "NSEC3")                                                                          \
    X(NSEC3PARAM, 51, "NSEC3PARAM")                                                                \
    X(TLSA, 52, "TLSA")                                                                            \
    X(SMIMEA, 53, "SMIMEA")                                                                        \
    X(HIP, 55, "HIP")                                                                              \
    X(NINFO, 56, "NINFO")                                                                          \
    X(RKEY, 57, "RKEY")                                                                            \
    X(TALINK, 58, "TALINK")                                                                        \
    X(CDS, 59, "CDS")                                                                              \
    X(CDNSKEY, 60, "CDNSKEY")                                                                      \
    X(OPENPGPKEY, 61, "OPENPGPKEY")                                                                \
    X(CSYNC, 62, "CSYNC")                                                                          \
    X(ZONEMD, 63, "ZONEMD")                                                                        \
    X(SVCB, 64, "SVCB")                                                                            \
    X(HTTPS, 65, "HTTPS")                                                                          \
    X(SPF, 99, "SPF")                                                                              \
    X(UINFO, 100, "UINFO")                                                                         \
    X(UID, 101, "UID")                                                                             \
    X(GID, 102, "GID")                                                                             \
    X(UNSPEC, 103, "UNSPEC")                                                                       \
    X(NID, 104, "NID")                                                                             \
    X(L32, 105, "L32")                                                                             \
    X(L64, 106, "L64")                                                                             \
    X(LP, 107, "LP")                                                                               \
    X(EUI48, 108, "EUI48")                                                                         \
    X(EUI64, 109, "EUI64")                                                                         \
    X(TKEY, 249, "TKEY")                                                                           \
    X(TSIG, 250, "TSIG")                                                                           \
    X(IXFR, 251, "IXFR")                                                                           \
    X(AXFR, 252, "AXFR")                                                                           \
    X(MAILB, 253, "MAILB")                                                                         \
    X(MAILA, 254, "MAILA")                                                                         \
    X(ANY, 255, "ANY")                                                                             \
    X(URI, 256, "URI")                                                                             \
    X(CAA, 257, "CAA")                                                                             \
    X(AVC, 258, "AVC")                                                                             \
    X(DOA, 259, "DOA")                                                                             \
    X(AMTRELAY, 260, "AMTRELAY")                                                                   \
    X(TA, 32768, "TA")                                                                             \
    X(DLV, 32769, "DLV")                                                                           \
    X(WINS, 65281, "WINS")                                                                         \
    X(WINS_R, 65282, "WINS-R")                                                                     \
    X(XPF, 65422, "XPF")

enum {
#define X(name, number, text) TAPIR_DNS_TYPE_##name = number,
    TAPIR_DNS_TYPES(X)
#undef X
};

/* A message. On a byte stream its length stands in front (RFC 1035 4.2.2), and every message of a
 * TCP segment is a layer of its own; decoded alone it is expected without, as a reassembled stream
 * hands it out. Of an update (RFC 2136) the sections are zone, prerequisites, updates and
 * additional data; of a stateful operation (RFC 8490) all counts are 0 and `stateful` has its TLVs.
 * Sections hold whole records: where the message ends inside one they end in front of it. */
struct tapir_dns {
    uint16_t id;
    uint16_t flags; /* TAPIR_DNS_* */
    uint16_t question_count, answer_count, authority_count, additional_count;
    uint16_t length;    /* of the message, as its prefix on a byte stream announces */
    bool prefixed;      /* that prefix is there: over TCP, not over UDP or SCTP */
    uint16_t shape;     /* which rows of the table apply; encoding ignores it */
    tapir_span message; /* from the id on; encoding takes it from the 13th byte on as it is */
    tapir_span questions, answers, authorities, additionals;
    tapir_span stateful;   /* walk with tapir_dns_stateful_items */
    tapir_span extraneous; /* what follows the last record */
};

TAPIR_API extern const tapir_proto tapir_dns_proto, tapir_mdns_proto, tapir_llmnr_proto;

/* A domain name where it stands in a message, not expanded. Valid as long as the message. */
struct tapir_dns_name {
    tapir_span message;
    uint32_t offset;
};

/* A name in uncompressed wire form is at most this long (RFC 1035 3.1), its text this long. */
#define TAPIR_DNS_NAME_MAX  255
#define TAPIR_DNS_NAME_ROOM 1024

/* A walk over the labels of a name. A name has at most 255 bytes (RFC 1035 3.1) and 127 pointers
 * are followed, wherever they lead: expanding one takes at most TAPIR_DNS_NAME_STEPS steps however
 * hostile the message, so that the work for all names of a message is linear in its size. A pointer
 * that does not lead backwards (RFC 1035 4.1.4) is a fault of the message, yet its name is shown,
 * as Wireshark does. */
typedef struct tapir_dns_labels {
    tapir_span message;
    uint32_t at, mark;   /* the next label; a pointer followed before, which tells loops */
    uint16_t len;        /* bytes of the labels so far, in uncompressed wire form */
    uint16_t steps;      /* labels and pointers so far */
    uint8_t pointers;    /* pointers so far */
    const char *trouble; /* why the walk ended early, a static string; NULL: it did not */
} tapir_dns_labels;

#define TAPIR_DNS_NAME_STEPS 254

/* Starts a walk over the labels of a name. */
TAPIR_API tapir_dns_labels tapir_dns_name_labels(const struct tapir_dns_name *name);

/* Takes the next label; false at the end of the name or at a broken one (walk->trouble). */
TAPIR_API bool tapir_dns_label_next(tapir_dns_labels *walk, tapir_span *label);

/* Expands a name into its uncompressed wire form of *len bytes. TAPIR_MALFORMED when it is broken,
 * with the labels in front of that. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_dns_name_expand(
    const struct tapir_dns_name *name, uint8_t wire[TAPIR_DNS_NAME_MAX], size_t *len);

/* Appends a name as Wireshark shows it: "www.example.com", "<Root>". */
TAPIR_API void tapir_dns_name_text(tapir_text *text, const struct tapir_dns_name *name);

/* Returns how many bytes the name takes where it stands, 0 when the message ends inside it. */
TAPIR_API size_t tapir_dns_name_size(const struct tapir_dns_name *name);

/* Tells whether two names are the same (RFC 1035 2.3.3: ASCII letters in either case); broken ones
 * never are. */
TAPIR_API bool tapir_dns_name_equal(const struct tapir_dns_name *a, const struct tapir_dns_name *b);

/* A question, or the zone of an update. */
struct tapir_dns_question {
    struct tapir_dns_name name;
    uint16_t type, rr_class; /* the class without mDNS's bit */
    bool unicast_response;   /* mDNS "QU" (RFC 6762 5.4) */
    /* Of the name's text, as Wireshark counts them: 0 for names of a single character. */
    uint16_t name_len, label_count;
};

/* A resource record. */
struct tapir_dns_record {
    struct tapir_dns_name name;
    uint16_t type, rr_class; /* the class without mDNS's bit */
    uint32_t ttl;
    uint16_t data_len;
    bool cache_flush;      /* mDNS (RFC 6762 10.2) */
    uint8_t service_parts; /* SRV: bit n is set when the name has a part n */
    tapir_span data;
    uint16_t payload_size; /* OPT (RFC 6891 6.1.2): the class */
    uint8_t high_rcode;    /* OPT: the TTL's parts */
    uint8_t edns_version;
    uint16_t edns_flags; /* TAPIR_EDNS_DO */
};

#define TAPIR_EDNS_DO 0x8000

/* Start a walk over a section: while (tapir_walk_next(&walk, &item)) ... Items of the first are
 * struct tapir_dns_question, of the others struct tapir_dns_record. */
TAPIR_API tapir_walk tapir_dns_questions(const struct tapir_dns *dns);
TAPIR_API tapir_walk tapir_dns_answers(const struct tapir_dns *dns);
TAPIR_API tapir_walk tapir_dns_authorities(const struct tapir_dns *dns);
TAPIR_API tapir_walk tapir_dns_additionals(const struct tapir_dns *dns);

/* Data of SOA records. */
struct tapir_dns_soa {
    struct tapir_dns_name primary, mailbox;
    uint32_t serial, refresh, retry, expire, minimum_ttl;
};

/* Data of MX KX RT AFSDB LP records. */
struct tapir_dns_mx {
    uint16_t preference; /* AFSDB: subtype */
    struct tapir_dns_name name;
};

/* Data of MINFO RP TALINK records. */
struct tapir_dns_pair {
    struct tapir_dns_name first, second;
};

/* Data of PX records. */
struct tapir_dns_px {
    uint16_t preference;
    struct tapir_dns_name map822, map400;
};

/* Data of HINFO ISDN GPOS X25 records; an ISDN record without subaddress has no second. */
struct tapir_dns_strings {
    uint8_t first_len, second_len, third_len;
    tapir_span first, second, third;
};

/* Data of SRV records. */
struct tapir_dns_srv {
    uint16_t priority, weight, port;
    struct tapir_dns_name target;
};

/* Data of NAPTR records. */
struct tapir_dns_naptr {
    uint16_t order, preference;
    uint8_t flags_len, service_len, regex_len;
    tapir_span flags, service, regex;
    uint16_t replacement_len; /* of its text */
    struct tapir_dns_name replacement;
};

/* Data of WKS records. */
struct tapir_dns_wks {
    uint8_t address[4], protocol;
};

/* Data of LOC records. */
struct tapir_dns_loc {
    uint8_t version, size, horizontal_precision, vertical_precision;
    uint32_t latitude, longitude, altitude;
    tapir_span unknown; /* of another version than 0 */
};

/* Data of DS CDS DLV records. */
struct tapir_dns_ds {
    uint16_t key_tag;
    uint8_t algorithm, digest_type;
    tapir_span digest;
};

/* Data of DNSKEY CDNSKEY KEY records. */
struct tapir_dns_dnskey {
    uint16_t flags;
    uint8_t protocol, algorithm;
    uint16_t key_tag; /* computed, RFC 4034 B */
    tapir_span key;
};

/* Data of RRSIG SIG records. */
struct tapir_dns_rrsig {
    uint16_t type_covered;
    uint8_t algorithm, labels;
    uint32_t original_ttl, expiration, inception; /* seconds since the epoch */
    uint16_t key_tag;
    struct tapir_dns_name signer;
    tapir_span signature;
};

/* Data of NSEC3 NSEC3PARAM records. */
struct tapir_dns_nsec3 {
    uint8_t algorithm, flags;
    uint16_t iterations;
    uint8_t salt_len, hash_len;
    tapir_span salt, next_hash;
};

/* Data of TLSA SMIMEA records. */
struct tapir_dns_tlsa {
    uint8_t usage, selector, matching_type;
    tapir_span association;
};

/* Data of SSHFP records. */
struct tapir_dns_sshfp {
    uint8_t algorithm, type;
    tapir_span fingerprint;
};

/* Data of CERT records. */
struct tapir_dns_cert {
    uint16_t type, key_tag;
    uint8_t algorithm;
    tapir_span certificate;
};

/* Data of IPSECKEY AMTRELAY records. */
struct tapir_dns_gateway {
    uint8_t precedence, gateway_type, algorithm; /* AMTRELAY: algorithm is 0 */
    uint8_t gateway4[4], gateway6[16];
    struct tapir_dns_name gateway_name;
    tapir_span key;
    bool discovery; /* AMTRELAY */
};

/* Data of HIP records. */
struct tapir_dns_hip {
    uint8_t hit_len, algorithm;
    uint16_t key_len;
    tapir_span hit, key;
};

/* Data of CAA records. */
struct tapir_dns_caa {
    uint8_t flags, tag_len;
    tapir_span tag, value;
};

/* Data of SVCB HTTPS records. */
struct tapir_dns_svcb {
    uint16_t priority;
    struct tapir_dns_name target;
};

/* Data of URI records. */
struct tapir_dns_uri {
    uint16_t priority, weight;
    tapir_span target;
};

/* Data of CSYNC records. */
struct tapir_dns_csync {
    uint32_t serial;
    uint16_t flags;
};

/* Data of ZONEMD records. */
struct tapir_dns_zonemd {
    uint32_t serial;
    uint8_t scheme, algorithm;
    tapir_span digest;
};

/* Data of ILNP records. */
struct tapir_dns_ilnp {
    uint16_t preference;
    uint8_t locator4[4]; /* L32 */
    uint8_t id[8];       /* NID L64 */
};

/* Data of TKEY records. */
struct tapir_dns_tkey {
    struct tapir_dns_name algorithm;
    uint32_t inception, expiration;
    uint16_t mode, error, key_len;
    tapir_span key;
    uint16_t other_len;
    tapir_span other;
};

/* Data of TSIG records. */
struct tapir_dns_tsig {
    struct tapir_dns_name algorithm;
    uint64_t time_signed; /* 48 bits */
    uint16_t fudge, mac_len;
    tapir_span mac;
    uint16_t original_id, error, other_len;
    tapir_span other;
};

/* Data of A6 records. */
struct tapir_dns_a6 {
    uint8_t prefix_len, suffix[16];
    struct tapir_dns_name prefix_name;
};

/* Data of WINS and WINS-R records. */
struct tapir_dns_wins {
    uint32_t local, lookup_timeout, cache_timeout, server_count;
    struct tapir_dns_name domain; /* WINS-R */
};

/* Data of XPF records. */
struct tapir_dns_xpf {
    uint8_t version, protocol;
    uint8_t src4[4], dst4[4], src6[16], dst6[16];
    uint16_t src_port, dst_port;
};

/* What lies in a record's data, by type. Names are where they stand; spans and strings are
 * borrowed. Lists are walked with tapir_dns_data_items. */
struct tapir_dns_data {
    uint16_t type;
    uint8_t present;    /* which of the alternatives in the type's table are there */
    tapir_span all;     /* the data as it is */
    tapir_span message; /* it is in: names point into it */
    tapir_span items;   /* the list at the end of TXT, SVCB, OPT, NSEC, APL ... records, or empty */
    tapir_record cut;   /* which rows of the table apply to data that is cut */
    union {
        uint8_t address4[4];        /* A */
        uint8_t address6[16];       /* AAAA */
        struct tapir_dns_name name; /* NS CNAME PTR DNAME MB MD MF MG MR NSAP-PTR NSEC NXT */
        uint8_t eui48[6], eui64[8];
        struct tapir_dns_soa soa;
        struct tapir_dns_mx mx;     /* MX KX RT AFSDB LP */
        struct tapir_dns_pair pair; /* MINFO RP TALINK */
        struct tapir_dns_px px;
        struct tapir_dns_strings strings; /* HINFO ISDN GPOS X25 */
        struct tapir_dns_srv srv;
        struct tapir_dns_naptr naptr;
        struct tapir_dns_wks wks;
        struct tapir_dns_loc loc;
        struct tapir_dns_ds ds;         /* DS CDS DLV */
        struct tapir_dns_dnskey dnskey; /* DNSKEY CDNSKEY KEY */
        struct tapir_dns_rrsig rrsig;   /* RRSIG SIG */
        struct tapir_dns_nsec3 nsec3;   /* NSEC3 NSEC3PARAM */
        struct tapir_dns_tlsa tlsa;     /* TLSA SMIMEA */
        struct tapir_dns_sshfp sshfp;
        struct tapir_dns_cert cert;
        struct tapir_dns_gateway gateway; /* IPSECKEY AMTRELAY */
        struct tapir_dns_hip hip;
        struct tapir_dns_caa caa;
        struct tapir_dns_svcb svcb; /* SVCB HTTPS */
        struct tapir_dns_uri uri;
        struct tapir_dns_csync csync;
        struct tapir_dns_zonemd zonemd;
        struct tapir_dns_ilnp ilnp;
        struct tapir_dns_tkey tkey;
        struct tapir_dns_tsig tsig;
        struct tapir_dns_a6 a6;
        struct tapir_dns_wins wins; /* WINS WINS-R */
        struct tapir_dns_xpf xpf;
    };
};

/* Decodes the record's data. TAPIR_CUT when it ends too early: members behind that are zero. Types
 * that are not listed have their bytes in `all`. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_dns_record_data(
    const struct tapir_dns_record *record, struct tapir_dns_data *data);

/* Options of OPT records (IANA DNS EDNS0 option codes). */
enum {
    TAPIR_EDNS_OPTION_LLQ = 1,
    TAPIR_EDNS_OPTION_UPDATE_LEASE = 2,
    TAPIR_EDNS_OPTION_NSID = 3,
    TAPIR_EDNS_OPTION_OWNER = 4,
    TAPIR_EDNS_OPTION_DAU = 5,
    TAPIR_EDNS_OPTION_DHU = 6,
    TAPIR_EDNS_OPTION_N3U = 7,
    TAPIR_EDNS_OPTION_CLIENT_SUBNET = 8,
    TAPIR_EDNS_OPTION_EXPIRE = 9,
    TAPIR_EDNS_OPTION_COOKIE = 10,
    TAPIR_EDNS_OPTION_TCP_KEEPALIVE = 11,
    TAPIR_EDNS_OPTION_PADDING = 12,
    TAPIR_EDNS_OPTION_CHAIN = 13,
    TAPIR_EDNS_OPTION_KEY_TAG = 14,
    TAPIR_EDNS_OPTION_EXTENDED_ERROR = 15,
    TAPIR_EDNS_OPTION_CLIENT_TAG = 16,
    TAPIR_EDNS_OPTION_SERVER_TAG = 17,
    TAPIR_EDNS_OPTION_REPORT_CHANNEL = 18,
    TAPIR_EDNS_OPTION_ZONE_VERSION = 19,
    TAPIR_EDNS_OPTION_UMBRELLA = 20292,
    TAPIR_EDNS_OPTION_DEVICE_ID = 26946
};

/* Keys of SVCB and HTTPS records (RFC 9460 14.3). */
enum {
    TAPIR_SVCB_MANDATORY = 0,
    TAPIR_SVCB_ALPN = 1,
    TAPIR_SVCB_NO_DEFAULT_ALPN = 2,
    TAPIR_SVCB_PORT = 3,
    TAPIR_SVCB_IPV4HINT = 4,
    TAPIR_SVCB_ECH = 5,
    TAPIR_SVCB_IPV6HINT = 6,
    TAPIR_SVCB_DOHPATH = 7,
    TAPIR_SVCB_OHTTP = 8,
    TAPIR_SVCB_ODOHCONFIG = 32769
};

/* One item of the list in a record's data; which members count depends on the record's type. */
struct tapir_dns_item {
    const struct tapir_dns_data *data; /* whose list it is in */
    uint16_t code, len;                /* OPT: option, SVCB: key, and length of `value` */
    tapir_span value;                  /* OPT SVCB TXT APL: the bytes */
    struct tapir_dns_name name;        /* HIP: a rendezvous server */
    uint16_t types[8], type_count;     /* NSEC NSEC3 CSYNC NXT: types that exist */
    uint16_t family;                   /* APL */
    uint8_t prefix, address_len;
    bool negated;
    uint8_t present;      /* APL: which of the addresses is there */
    uint8_t bits;         /* WKS: the next 8 ports */
    uint8_t address4[4];  /* WINS: a server; APL: an address */
    uint8_t address6[16]; /* APL */
    tapir_record cut;     /* which rows of the table apply to an item that is cut */
};

/* Starts a walk over the list in a record's data: struct tapir_dns_item one after the other. `data`
 * must stay where it is meanwhile. */
TAPIR_API tapir_walk tapir_dns_data_items(const struct tapir_dns_data *data);

/* What lies in the value of an OPT option or an SVCB parameter; which members count depends on its
 * code. Lists of addresses, protocols, algorithms and keys have several of these. */
struct tapir_dns_value {
    uint16_t number;            /* OPT: algorithm (DAU DHU N3U), address family (subnet), timeout
                                 * (keepalive), tag, error code, version (LLQ, owner), labels (zone
                                 * version); SVCB: mandatory key, port, length of a protocol */
    uint16_t second, third;     /* LLQ: opcode, error; owner: sequence; zone version: type */
    uint64_t id;                /* LLQ */
    uint32_t seconds;           /* expire, lease of LLQ and update lease */
    uint32_t more_seconds;      /* update lease: of KEY records */
    tapir_span bytes;           /* client's cookie, error text, zone version, subnet as sent; SVCB:
                                 * protocol, ECH keys, and values of keys not listed here */
    tapir_span rest;            /* server's cookie; owner: how it is woken */
    struct tapir_dns_name name; /* chain query, report channel */
    uint8_t family_prefix;      /* subnet: bits of the address that are given ... */
    uint8_t scope_prefix;       /* ... and that the answer is good for */
    uint8_t present;            /* which alternatives of the code's table are there */
    uint8_t address4[4];        /* subnet, ipv4hint */
    uint8_t address6[16];       /* subnet, ipv6hint */
    uint8_t mac[6];             /* owner */
    tapir_record cut;           /* which rows of the table apply to a value that is cut */
};

/* Starts a walk over what lies in an item's `value`: struct tapir_dns_value. */
TAPIR_API tapir_walk tapir_dns_item_values(const struct tapir_dns_item *item);

/* One TLV of a stateful operation (RFC 8490 5.4.4). */
struct tapir_dns_stateful {
    uint16_t type, len;
    tapir_span data;
    uint32_t inactivity_ms, interval_ms; /* keepalive */
    uint32_t retry_delay_ms;             /* retry delay */
    tapir_record cut;                    /* which rows of the table apply to a TLV that is cut */
};

/* Starts a walk over the TLVs of a stateful operation. */
TAPIR_API tapir_walk tapir_dns_stateful_items(const struct tapir_dns *dns);

/* Returns "A", "AAAA" ...; NULL for a type without a name. Static. */
TAPIR_API const char *tapir_dns_type_name(uint16_t type);

/* Reads a name from text into wire form of *len bytes: labels with dots between them, one at the
 * end or not, "." or nothing for the root. "\\." is a dot inside a label, "\\DDD" the byte of that
 * decimal number, a backslash in front of anything else that itself (RFC 1035 5.1). Returns what is
 * wrong, a static string; NULL: nothing. */
TAPIR_API const char *tapir_dns_name_parse(
    tapir_span text, uint8_t wire[TAPIR_DNS_NAME_MAX], size_t *len);

/* Writes a name from text, uncompressed; fails the writer when it is none. */
TAPIR_API void tapir_dns_put_name(tapir_writer *w, tapir_span text);

/* Sections in their order. */
enum {
    TAPIR_DNS_QUESTIONS,   /* zones of an update */
    TAPIR_DNS_ANSWERS,     /* prerequisites */
    TAPIR_DNS_AUTHORITIES, /* updates */
    TAPIR_DNS_ADDITIONALS
};

#define TAPIR_DNS_TARGETS 128

/* Writes a message into the program's bytes:
 *
 *     uint8_t room[512];
 *     struct tapir_dns dns;
 *     tapir_dns_writer m = tapir_dns_writer_of(room, sizeof room, id, TAPIR_DNS_RESPONSE);
 *     m.compress = true;
 *     tapir_dns_put_question(&m, "example.com", TAPIR_DNS_TYPE_A, 1);
 *     tapir_dns_put_a(&m, "example.com", 300, address);
 *     if (tapir_dns_finish(&m, &dns))
 *         puts(m.trouble);
 *
 * What cannot be written fails the writer for good; tapir_dns_finish tells. Records are answers
 * until tapir_dns_section says otherwise. Names are text as tapir_dns_name_parse reads it; those
 * that RFC 3597 4 lets be compressed are written so on request, letters staying as they are. */
typedef struct tapir_dns_writer {
    tapir_writer out;
    uint8_t *message;    /* from the id on */
    const char *trouble; /* why the writer failed, a static string; NULL: it did not */
    bool compress;       /* RFC 1035 4.1.4; false at first */
    uint16_t rr_class;   /* of the records to come, with mDNS's bit; IN (1) at first */
    uint16_t id, flags;
    uint8_t section;
    uint16_t counts[4];
    uint32_t starts[4];                  /* where sections begin in the message */
    uint16_t targets[TAPIR_DNS_TARGETS]; /* where names are that others may point to */
    uint16_t target_count;
} tapir_dns_writer;

/* Returns a writer of a message of that id and those flags (TAPIR_DNS_*). */
TAPIR_API tapir_dns_writer tapir_dns_writer_of(
    void *bytes, size_t room, uint16_t id, uint16_t flags);

/* Goes on to a section; not back. */
TAPIR_API void tapir_dns_section(tapir_dns_writer *m, unsigned section);

TAPIR_API void tapir_dns_put_question(
    tapir_dns_writer *m, const char *name, uint64_t type, uint64_t rr_class);

/* Write a record of `name`, to be cached for `ttl` seconds. */
TAPIR_API void tapir_dns_put_a(
    tapir_dns_writer *m, const char *name, uint64_t ttl, const uint8_t address[4]);
TAPIR_API void tapir_dns_put_aaaa(
    tapir_dns_writer *m, const char *name, uint64_t ttl, const uint8_t address[16]);
TAPIR_API void tapir_dns_put_ns(
    tapir_dns_writer *m, const char *name, uint64_t ttl, const char *server);
TAPIR_API void tapir_dns_put_cname(
    tapir_dns_writer *m, const char *name, uint64_t ttl, const char *target);
TAPIR_API void tapir_dns_put_ptr(
    tapir_dns_writer *m, const char *name, uint64_t ttl, const char *target);
TAPIR_API void tapir_dns_put_dname(
    tapir_dns_writer *m, const char *name, uint64_t ttl, const char *target);
TAPIR_API void tapir_dns_put_mx(
    tapir_dns_writer *m, const char *name, uint64_t ttl, uint64_t preference, const char *server);
TAPIR_API void tapir_dns_put_soa(tapir_dns_writer *m, const char *name, uint64_t ttl,
    const char *primary, const char *mailbox, uint64_t serial, uint64_t refresh, uint64_t retry,
    uint64_t expire, uint64_t minimum_ttl);
/* Texts longer than 255 bytes are split; none at all is one that is empty. */
TAPIR_API void tapir_dns_put_txt(
    tapir_dns_writer *m, const char *name, uint64_t ttl, const tapir_span *texts, size_t count);
TAPIR_API void tapir_dns_put_srv(tapir_dns_writer *m, const char *name, uint64_t ttl,
    uint64_t priority, uint64_t weight, uint64_t port, const char *target);
TAPIR_API void tapir_dns_put_caa(tapir_dns_writer *m, const char *name, uint64_t ttl,
    uint64_t flags, const char *tag, tapir_span value);
/* Parameters are written with tapir_svcb_put_*. */
TAPIR_API void tapir_dns_put_svcb(tapir_dns_writer *m, const char *name, uint64_t ttl,
    uint64_t priority, const char *target, tapir_span parameters);
TAPIR_API void tapir_dns_put_https(tapir_dns_writer *m, const char *name, uint64_t ttl,
    uint64_t priority, const char *target, tapir_span parameters);
/* Options are written with tapir_edns_put_*. */
TAPIR_API void tapir_dns_put_opt(tapir_dns_writer *m, uint64_t payload_size, uint64_t high_rcode,
    uint64_t version, uint64_t flags, tapir_span options);
/* Any type, with its data as it is. */
TAPIR_API void tapir_dns_put_record(
    tapir_dns_writer *m, const char *name, uint64_t type, uint64_t ttl, tapir_span data);

/* Completes the header and describes the message in *dns, which points into it. TAPIR_NO_ROOM, or
 * TAPIR_INVALID with the reason in m->trouble. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_dns_finish(
    tapir_dns_writer *m, struct tapir_dns *dns);

/* Makes a message of sections that were written apart, each by itself and without compression:
 * counts what is in them, writes header and sections into `w`, and lets `message` and the sections
 * point there. TAPIR_INVALID for a section that does not consist of whole records, TAPIR_NO_ROOM.
 */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_dns_join(struct tapir_dns *dns, tapir_writer *w);

/* Write parameters of SVCB and HTTPS records; their keys have to ascend (RFC 9460 2.2). Addresses
 * in a span have 4 or 16 bytes each. */
TAPIR_API void tapir_svcb_put_mandatory(tapir_writer *w, const uint16_t *keys, size_t count);
TAPIR_API void tapir_svcb_put_alpn(tapir_writer *w, const tapir_span *protocols, size_t count);
TAPIR_API void tapir_svcb_put_no_default_alpn(tapir_writer *w);
TAPIR_API void tapir_svcb_put_port(tapir_writer *w, uint64_t port);
TAPIR_API void tapir_svcb_put_ipv4hint(tapir_writer *w, tapir_span addresses);
TAPIR_API void tapir_svcb_put_ipv6hint(tapir_writer *w, tapir_span addresses);
TAPIR_API void tapir_svcb_put_parameter(tapir_writer *w, uint64_t key, tapir_span value);

/* Write options of OPT records. A subnet has 4 or 16 bytes, of which as many are written as the
 * prefix needs (RFC 7871 6). */
TAPIR_API void tapir_edns_put_client_subnet(
    tapir_writer *w, tapir_span address, uint64_t prefix_len, uint64_t scope_len);
TAPIR_API void tapir_edns_put_cookie(tapir_writer *w, const uint8_t client[8], tapir_span server);
TAPIR_API void tapir_edns_put_option(tapir_writer *w, uint64_t code, tapir_span value);

TAPIR_EXTERN_C_END
#endif
