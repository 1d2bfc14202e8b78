/* What the printers of tcpdump's lines share: one printer per protocol, one loop over the layers.
 *
 * A printer appends its layer's part of the line and returns the index of the layer to print next,
 * DUMP_END when there is none. It takes what the decoder found from the layer's struct, and reads
 * on its own, from a copy of p->in, where tcpdump looks further than the decoder or differs from
 * it.
 *
 * Where the captured bytes end inside a header tcpdump stops at once and ends the line with
 * " [|name]". The reads here remember the place of the text instead: the printer goes on with
 * zeroes, and what it appended behind that place is taken back. So no printer checks each read;
 * one that loops must end when its reader is empty. */
#ifndef TAPIR_TCPDUMP_PRINTER_H
#define TAPIR_TCPDUMP_PRINTER_H

#include "tapir/dump.h"
#include "tapir/checksum.h"
#include "tapir/protocols.h"

#define DUMP_END ((size_t)0)

struct dump_names;
struct dump_connections;

/* What stays to be printed behind the layers inside, see tapir__dump_later. */
struct dump_later {
    void (*print)(struct tapir_dump *p, size_t index);
    size_t index;
    tapir_reader in;
    uint32_t length;
};

#define DUMP_LATER_MAX 8

#define DUMP_PRINTER_SLOTS 64
#define DUMP_INTERFACES    16

/* A name that was looked up; empty at first. */
struct dump_interface {
    uint32_t index;
    char name[16];
};

struct tapir_dump {
    tapir_dump_options options;
    const struct dump_printer *printers[DUMP_PRINTER_SLOTS]; /* by protocol, see printer_of */
    unsigned verbosity;
    bool quiet, link_header, numeric;
    bool dump_unknown; /* bytes that nobody prints are shown in hexadecimal */

    /* The packet being printed. */
    tapir_text *out;
    const tapir_packet *packet;
    const tapir_frame *frame;
    const tapir_layer *layers;
    size_t count;
    tapir_layer empty;          /* stands for a layer that has no bytes */
    size_t link_len;            /* bytes that -x leaves out */
    const tapir_layer *link;    /* the link header around the layer being printed, or NULL */
    uint32_t link_wire_len;     /* its length with all inside */
    uint16_t outer_type;        /* EtherType of the layer being printed */
    const tapir_layer *network; /* the IP header around the layer being printed, NULL outside */
    uint32_t network_len;       /* its bytes and those inside on the wire, whatever it says */
    uint32_t jumbo_len;         /* IPv6: of a jumbogram, until it is compared with network_len */
    bool hopopts;               /* IPv6: there was a hop-by-hop header */
    uint8_t final_dst[16];      /* IPv6: where a routing header leads */
    bool fragment;              /* the IP header's datagram is a fragment */

    /* The layer being printed. */
    const char *name; /* as in [|name] */
    tapir_reader in;  /* from its first byte to the end of what was captured of it */
    uint32_t length;  /* its bytes on the wire, as those outside announce them */
    bool cut;         /* the captured bytes ended too early ... */
    size_t cut_at;    /* ... when the text was this long */

    struct dump_later later[DUMP_LATER_MAX];
    size_t later_count;

    /* From packet to packet. */
    uint64_t number;
    int64_t first_time;   /* or of the packet before, for -ttt; 0, as to tcpdump: none yet */
    int64_t clock_second; /* that clock_text shows */
    uint8_t clock_len;
    char clock_text[40];
    struct dump_names *names;
    struct dump_interface interfaces[DUMP_INTERFACES];
    struct dump_connections *connections;
    uint64_t seed;
};

/* The IP header around the layer being printed, when it is of that version; else NULL. */
#define NETWORK_AS(p, name) ((p)->network ? TAPIR_AS((p)->network, name) : NULL)

typedef struct dump_printer {
    const tapir_proto *proto;
    size_t (*print)(struct tapir_dump *p, size_t index);
} dump_printer;

/* Appends a string literal. */
#define PUT(p, literal) TAPIR_TEXT_LITERAL((p)->out, literal)

/* Appends `before` and the number in decimal. */
TAPIR_INLINE void dump_number(struct tapir_dump *p, const char *before, uint64_t number)
{
    tapir_text_put(p->out, before);
    tapir_text_uint(p->out, number);
}

/* Appends `before` and the number in hexadecimal, at least `digits` long. */
TAPIR_INLINE void dump_hex(
    struct tapir_dump *p, const char *before, uint64_t number, unsigned digits)
{
    tapir_text_put(p->out, before);
    tapir_text_hex(p->out, number, digits);
}

/* Ends the line here with " [|name]", unless it ended before. */
static inline void dump_cut(struct tapir_dump *p)
{
    if (!p->cut) {
        p->cut = true;
        p->cut_at = p->out->len;
    }
}

/* Tells whether `len` more bytes were captured; ends the line when not. */
static inline bool dump_have(struct tapir_dump *p, const tapir_reader *in, size_t len)
{
    if (__builtin_expect(tapir_left(in) >= len, 1))
        return true;
    dump_cut(p);
    return false;
}

/* Reads as tapir_take_*, ending the line when the captured bytes end. */
#define DUMP_TAKER(name, type)                                                                     \
    static inline type dump_take_##name(struct tapir_dump *p, tapir_reader *in)                    \
    {                                                                                              \
        type value = tapir_take_##name(in);                                                        \
        if (__builtin_expect(in->failed, 0))                                                       \
            dump_cut(p);                                                                           \
        return value;                                                                              \
    }
DUMP_TAKER(u8, uint8_t)
DUMP_TAKER(be16, uint16_t)
DUMP_TAKER(be24, uint32_t)
DUMP_TAKER(be32, uint32_t)
DUMP_TAKER(be48, uint64_t)
DUMP_TAKER(be64, uint64_t)
DUMP_TAKER(le16, uint16_t)
DUMP_TAKER(le32, uint32_t)
#undef DUMP_TAKER

/* Takes `len` bytes, ending the line when fewer were captured. */
static inline tapir_span dump_take_span(struct tapir_dump *p, tapir_reader *in, size_t len)
{
    tapir_span bytes = tapir_take_span(in, len);

    if (__builtin_expect(in->failed, 0))
        dump_cut(p);
    return bytes;
}

/* Returns a reader over what was captured behind the first `len` bytes of this layer. */
static inline tapir_reader dump_behind(const struct tapir_dump *p, size_t len)
{
    tapir_reader in = p->in;
    size_t left = tapir_left(&in);

    tapir_take(&in, len < left ? len : left);
    return in;
}

/* Moves on to the payload: what comes next starts `len` bytes further. */
static inline void dump_advance(struct tapir_dump *p, size_t len)
{
    size_t left = tapir_left(&p->in);

    tapir_take(&p->in, len < left ? len : left);
    p->length = p->length > len ? p->length - (uint32_t)len : 0;
}

/* ipv6_extensions.c: tells whether it is the number of one of these headers. */
bool tapir__dump_is_extension(uint8_t next_header);

/* ipv6.c: tells that there are fewer bytes of a packet than its header announces. */
void tapir__dump_missing(struct tapir_dump *p, uint32_t len, uint32_t announced);

/* The layer at `index`; behind the last one the empty layer that tapir__dump_inside promised. */
static inline const tapir_layer *dump_layer(const struct tapir_dump *p, size_t index)
{
    return __builtin_expect(index < p->count, 1) ? &p->layers[index] : &p->empty;
}

/* Returns the index of the layer inside when it has a printer, else DUMP_END. `space` (may be NULL)
 * and `value` are the key of what is inside, for when nothing of it was captured. */
size_t tapir__dump_inside(
    struct tapir_dump *p, size_t index, const tapir_space *space, uint32_t value);

/* The same for what is behind one of two ports. */
size_t tapir__dump_inside_ports(struct tapir_dump *p, size_t index, const tapir_space *space,
    uint16_t src_port, uint16_t dst_port);

/* Has `print` called when the layers inside this one are printed and the line was not cut, with
 * p->in and p->length as they are now. At most DUMP_LATER_MAX per packet, more are dropped. */
void tapir__dump_later(
    struct tapir_dump *p, size_t index, void (*print)(struct tapir_dump *p, size_t index));

/* Appends " [|name]", where tcpdump goes on afterwards. */
void tapir__dump_truncated(struct tapir_dump *p);

/* Ends the line where less of the header was captured than its length says. */
void tapir__dump_short_header(struct tapir_dump *p, size_t header_len);

/* Appends " (invalid)". */
void tapir__dump_invalid(struct tapir_dump *p);

/* Appends what was captured of the unknown payload in p->in as indented hexadecimal and text. */
void tapir__dump_default(struct tapir_dump *p);

/* hex.c: `len` bytes of `in` in hexadecimal, those that were captured; ends the line when some were
 * not. */
void tapir__dump_unknown_data(
    struct tapir_dump *p, const char *indent, tapir_reader in, uint32_t len);

/* hex.c: "\n\t0x0000:  4500 ..." for all bytes, `ascii` with the column of characters. */
void tapir__dump_hex(tapir_text *out, const char *indent, tapir_span bytes, bool ascii);
void tapir__dump_ascii(tapir_text *out, tapir_span bytes);

/* Appends the bytes with what is not printable as \ooo, M-x and ^X, tcpdump's way with strings. */
void tapir__dump_string(tapir_text *out, tapir_span bytes);

/* time.c */
void tapir__dump_time(struct tapir_dump *p, int64_t time);

/* names.c: addresses, ports and link addresses, as names or numbers. */
void tapir__dump_host4(struct tapir_dump *p, const uint8_t address[4]);
void tapir__dump_host6(struct tapir_dump *p, const uint8_t address[16]);
void tapir__dump_address6(struct tapir_dump *p, const uint8_t address[16]); /* never a name */
void tapir__dump_tcp_port(struct tapir_dump *p, uint16_t port);
void tapir__dump_udp_port(struct tapir_dump *p, uint16_t port);
void tapir__dump_mac(struct tapir_dump *p, const uint8_t address[6]);
/* Any link address: "<empty>" when it has no bytes. */
void tapir__dump_link_address(struct tapir_dump *p, tapir_span address);
/* The name of the capturing machine's interface, as this machine knows it; "?" when it does not. */
const char *tapir__dump_interface(struct tapir_dump *p, uint32_t index);
void tapir__dump_names_free(struct dump_names *names);

/* assigned.c: the IP protocol's name, NULL when numeric or unknown; the name of who was assigned
 * the first three bytes of a link address, NULL when unknown. */
const char *tapir__dump_protocol_name(struct tapir_dump *p, uint8_t protocol);
const char *tapir__dump_vendor(const uint8_t address[6]);

/* ppp.c: the name of a protocol of PPP, NULL when it has none. */
const char *tapir__dump_ppp_protocol(uint16_t protocol);

/* ppp_control.c: what sets the link and the network layers up, behind the number of its protocol.
 * Returns false when it is another. */
bool tapir__dump_ppp_control(struct tapir_dump *p, uint16_t protocol);

/* ethernet.c: "IPv4", NULL for a type without a name; and "ethertype IPv4 (0x0800)". */
const char *tapir__dump_ether_type(uint16_t type);
void tapir__dump_put_ether_type(struct tapir_dump *p, uint16_t type);

/* ethernet.c: as tapir__dump_inside, for what follows under an EtherType. */
size_t tapir__dump_inside_ether_type(struct tapir_dump *p, size_t index, uint16_t type);

/* ethernet.c: tells whether the EtherType is that of a VLAN tag. */
bool tapir__dump_is_tag(uint16_t type);

/* sll.c: what follows the cooked header when nobody prints what is inside. */
void tapir__dump_cooked_unknown(struct tapir_dump *p, uint16_t type);

/* Appends the name that a table has for `value`, or else `other` with the number: "#%u". */
void tapir__dump_label(
    struct tapir_dump *p, const tapir_label *labels, const char *other, uint32_t value);

/* ipv4.c: "10.0.0.1 > 10.0.0.2: " of the IP header around, whatever its version. */
void tapir__dump_addresses(struct tapir_dump *p);

/* ipv4.c: "TCP (6)" */
void tapir__dump_put_protocol(struct tapir_dump *p, uint8_t protocol);

/* ipv4.c: " ip-proto-99", or the name when names are wanted. */
void tapir__dump_unknown_protocol(struct tapir_dump *p, uint8_t protocol);

/* ipv4.c: what tcpdump thinks a checksum should have been, when the sum over the bytes with it came
 * to `wrong` instead of 0. */
uint16_t tapir__dump_should_be(uint16_t checksum, uint16_t wrong);

/* ipv4.c: the sum that is 0 when the checksum inside the first `len` bytes of p->in is right; the
 * pseudo-header is taken from the IP header around. */
uint16_t tapir__dump_transport_sum(const struct tapir_dump *p, uint8_t protocol, uint32_t len);

/* ipv4.c: as tapir__dump_inside for what follows an IP header or an extension of one; says what it
 * is when nobody prints it. */
size_t tapir__dump_inside_ip(struct tapir_dump *p, size_t index, uint8_t protocol);

/* ipv4.c: tells whether other headers stand between the IP header and `protocol`; the addresses
 * were printed before them then. */
bool tapir__dump_behind_extension(const struct tapir_dump *p, uint8_t protocol);

/* "10.0.0.1.80 > 10.0.0.2.4000: ", without addresses when the IP header around does not name
 * `protocol` as what follows it. */
void tapir__dump_ports(struct tapir_dump *p, uint8_t protocol, uint16_t src, uint16_t dst,
    void (*port)(struct tapir_dump *p, uint16_t port));

/* text.c: protocols of lines of text over TCP and UDP. Returns false when none has these ports. */
bool tapir__dump_text(struct tapir_dump *p, uint16_t src_port, uint16_t dst_port, bool tcp);

/* connections.c: first sequence numbers of TCP connections, in bounded memory. */
struct dump_connection {
    uint32_t seq, ack; /* of the side that stands first, and of the other */
};

/* Lengths of keys: both addresses, then both ports. */
#define DUMP_KEY_IPV4 12
#define DUMP_KEY_IPV6 36

/* A connection being looked up, in two steps: memory needs time to answer. */
struct dump_lookup {
    uint8_t key[DUMP_KEY_IPV6];
    size_t key_len; /* 0: nothing is looked up */
    uint64_t hash;
};

/* Starts to look for the connection of lookup->key. */
void tapir__dump_connection_seek(struct tapir_dump *p, struct dump_lookup *lookup, size_t key_len);

/* Returns the connection, made new (*made) when it was not known; NULL when out of memory. */
struct dump_connection *tapir__dump_connection(
    struct tapir_dump *p, const struct dump_lookup *lookup, bool *made);
void tapir__dump_connections_free(struct dump_connections *connections);

/* How the printing of a TCP option ended. */
enum dump_option { DUMP_OPTION_FINE, DUMP_OPTION_BAD, DUMP_OPTION_CUT };

/* ndp.c: the options of a Neighbor Discovery message, `in` from the first one on, of which `left`
 * bytes belong to the message. */
void tapir__dump_ndp_options(struct tapir_dump *p, tapir_reader in, uint32_t left);

/* mld.c: what follows the name of the message; p->in stands at its type. */
void tapir__dump_mld_query(struct tapir_dump *p);
void tapir__dump_mld(struct tapir_dump *p);
void tapir__dump_mldv2_report(struct tapir_dump *p);

/* icmpv6_rare.c: the same for router renumbering and node information. */
void tapir__dump_renumbering(struct tapir_dump *p, uint8_t code);
void tapir__dump_node_information(struct tapir_dump *p, uint8_t type, uint8_t code);

/* rpl.c: the same for RPL. */
void tapir__dump_rpl(struct tapir_dump *p, uint8_t code);

/* mptcp.c: an option of multipath TCP from its data on, all of which is there; `length` counts kind
 * and length octets. False when it is malformed. */
bool tapir__dump_mptcp(struct tapir_dump *p, tapir_reader in, uint8_t length, uint16_t flags);

/* dns.c: the domain name system, told by its ports. Returns false when they are others. */
bool tapir__dump_dns(struct tapir_dump *p, uint16_t src_port, uint16_t dst_port, bool tcp);

/* dns.c: the domain name at `in`, which then stands behind it; pointers count from `base`. Returns
 * false where tcpdump gives up. */
bool tapir__dump_domain_name(struct tapir_dump *p, tapir_reader *in, const uint8_t *base);

size_t tapir__dump_ethernet(struct tapir_dump *p, size_t index);
size_t tapir__dump_vlan(struct tapir_dump *p, size_t index);
size_t tapir__dump_mpls(struct tapir_dump *p, size_t index);
size_t tapir__dump_ppp(struct tapir_dump *p, size_t index);
size_t tapir__dump_pppoe(struct tapir_dump *p, size_t index);
size_t tapir__dump_sll(struct tapir_dump *p, size_t index);
size_t tapir__dump_sll2(struct tapir_dump *p, size_t index);
size_t tapir__dump_null(struct tapir_dump *p, size_t index);
size_t tapir__dump_raw(struct tapir_dump *p, size_t index);
size_t tapir__dump_arp(struct tapir_dump *p, size_t index);
size_t tapir__dump_ipv4(struct tapir_dump *p, size_t index);
size_t tapir__dump_ipv6(struct tapir_dump *p, size_t index);
size_t tapir__dump_ipv6_hopopts(struct tapir_dump *p, size_t index);
size_t tapir__dump_ipv6_dstopts(struct tapir_dump *p, size_t index);
size_t tapir__dump_ipv6_fragment(struct tapir_dump *p, size_t index);
size_t tapir__dump_ipv6_routing(struct tapir_dump *p, size_t index);
size_t tapir__dump_icmp(struct tapir_dump *p, size_t index);
size_t tapir__dump_icmpv6(struct tapir_dump *p, size_t index);
size_t tapir__dump_tcp(struct tapir_dump *p, size_t index);
size_t tapir__dump_sctp(struct tapir_dump *p, size_t index);
size_t tapir__dump_udp(struct tapir_dump *p, size_t index);
size_t tapir__dump_gre(struct tapir_dump *p, size_t index);
size_t tapir__dump_vxlan(struct tapir_dump *p, size_t index);
size_t tapir__dump_dhcp(struct tapir_dump *p, size_t index);

#endif
