/* Point-to-Point Protocol (RFC 1661), and what of HDLC-like framing is left in captures (RFC 1662):
 * address and control. Check sequences are not told from payload, as nothing says whether they are
 * there. */
#include "tapir/proto/ppp.h"

#include "tapir/encode.h"

#define ALL_STATIONS 0xff

const tapir_label tapir_ppp_protocols[] = {
    {0x0001, "Padding"},
    {0x0003, "ROHC, small contexts"},
    {0x0005, "ROHC, large contexts"},
    {TAPIR_PPP_IPV4, "IPv4"},
    {0x0023, "OSI network layer"},
    {0x0025, "XNS IDP"},
    {0x0027, "DECnet phase IV"},
    {0x0029, "AppleTalk"},
    {0x002b, "IPX"},
    {0x002d, "Van Jacobson compressed TCP/IP"},
    {0x002f, "Van Jacobson uncompressed TCP/IP"},
    {0x0031, "Bridging"},
    {0x0035, "Banyan VINES"},
    {0x003d, "Multilink"},
    {TAPIR_PPP_IPV6, "IPv6"},
    {0x0059, "Multiplexing"},
    {0x0061, "Header compression, full header"},
    {0x00fb, "Single link compression in multilink"},
    {0x00fd, "Compressed datagram"},
    {TAPIR_PPP_MPLS, "MPLS"},
    {TAPIR_PPP_MPLS_UPSTREAM, "MPLS, upstream label"},
    {TAPIR_PPP_IPCP, "IP control"},
    {0x8023, "OSI network layer control"},
    {0x802b, "IPX control"},
    {0x8031, "Bridging control"},
    {0x8053, "Encryption control"},
    {TAPIR_PPP_IPV6CP, "IPv6 control"},
    {0x80fb, "Single link compression in multilink control"},
    {0x80fd, "Compression control"},
    {0x8281, "MPLS control"},
    {TAPIR_PPP_LCP, "Link control"},
    {TAPIR_PPP_PAP, "Password authentication"},
    {0xc025, "Link quality report"},
    {0xc027, "Shiva password authentication"},
    {0xc029, "Callback control"},
    {0xc02b, "Bandwidth allocation control"},
    {0xc02d, "Bandwidth allocation"},
    {TAPIR_PPP_CHAP, "Challenge handshake authentication"},
    {0xc227, "Extensible authentication"},
    {0, NULL},
};

static const tapir_field ppp_fields[] = {
    TAPIR_FIELD(tapir_ppp, address, "ppp.address", TAPIR_UINT, 0, "All stations", .base = TAPIR_HEX,
        TAPIR_IF(tapir_ppp, present, TAPIR_PPP_ADDRESS)),
    TAPIR_FIELD(tapir_ppp, control, "ppp.control", TAPIR_UINT, 0, "Unnumbered information",
        .base = TAPIR_HEX, TAPIR_IF(tapir_ppp, present, TAPIR_PPP_CONTROL)),
    TAPIR_FIELD(tapir_ppp, protocol, "ppp.protocol", TAPIR_UINT, 0,
        "What follows; one byte when it is odd", .base = TAPIR_HEX, .labels = tapir_ppp_protocols),
};

/* A protocol whose only byte is 0xff is not used so that these fields can be told (RFC 1662 3.1),
 * from two bytes on (RFC 1661 6.6); the last byte of a number is odd and no other (RFC 1661 2). */
static tapir_status ppp_decode(tapir_decoder *d, void *layer)
{
    struct tapir_ppp *ppp = layer;
    tapir_reader *r = &d->in;

    *ppp = (struct tapir_ppp){0};
    if (tapir_left(r) && *r->at == ALL_STATIONS && tapir_left_as_sent(d) > 1) {
        ppp->address = tapir_take_u8(r);
        ppp->control = tapir_take_u8(r);
        ppp->present = TAPIR_PPP_ADDRESS | (r->failed ? 0 : TAPIR_PPP_CONTROL);
    }
    ppp->compressed = tapir_left(r) && *r->at & 1;
    ppp->protocol = ppp->compressed ? tapir_take_u8(r) : tapir_take_be16(r);
    if (!r->failed)
        tapir_next(d, TAPIR_PPP_PROTOCOL, ppp->protocol);
    return TAPIR_OK;
}

static tapir_status ppp_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_ppp *ppp = layer;
    const bool framed = ppp->present & TAPIR_PPP_ADDRESS;
    bool compressed = ppp->compressed;
    uint32_t protocol = ppp->protocol;
    tapir_status status = tapir_fill_key(e, TAPIR_PPP_PROTOCOL, "ppp.protocol", &protocol);

    if (protocol > UINT8_MAX && protocol != ppp->protocol)
        compressed = false; /* what was filled in does not fit */
    tapir_open_header(e, (framed ? 2u : 0u) + (compressed ? 1u : 2u));
    if (framed) {
        tapir_put_be(&e->out, 1, ppp->address);
        tapir_put_be(&e->out, 1, ppp->control);
    }
    tapir_put_be(&e->out, compressed ? 1 : 2, protocol);
    return status;
}

static const struct tapir_ppp ppp_initial = {.address = ALL_STATIONS, .control = 0x03};

static const tapir_binding ppp_bindings[] = {
    {TAPIR_LINK_TYPE, TAPIR_LINK_TYPE_PPP},
    {TAPIR_LINK_TYPE, TAPIR_LINK_TYPE_PPP_SERIAL},
    {TAPIR_ETHER_TYPE, TAPIR_ETHER_TYPE_PPP},
};

static const char *const ppp_samples[] = {
    "0021 45000014000000004000 0000 0a000001 0a000002",
    "ff03 0057 600000000000 3b40 00000000000000000000000000000001 "
    "00000000000000000000000000000001",
    "21 45000014000000004000 0000 0a000001 0a000002",
    "ff03 21 45000014000000004000 0000 0a000001 0a000002",
    "ff7d c021 01020304",
    "0281 00064140 45000014000000004000 0000 0a000001 0a000002",
};

const tapir_proto tapir_ppp_proto = {
    .name = "ppp",
    .title = "Point-to-Point Protocol",
    .spec = "RFC 1661",
    .role = TAPIR_ROLE_LINK,
    TAPIR_FIELDS(ppp_fields),
    .size = sizeof(struct tapir_ppp),
    .decode = ppp_decode,
    .encode = ppp_encode,
    TAPIR_BINDINGS(ppp_bindings),
    TAPIR_SAMPLES(ppp_samples),
    .initial = &ppp_initial,
};
