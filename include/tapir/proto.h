/* What the library knows about a protocol: one constant descriptor, the same for yours and ours. */
#ifndef TAPIR_PROTO_H
#define TAPIR_PROTO_H

#include "tapir/field.h"

TAPIR_EXTERN_C_BEGIN

struct tapir_packet;
struct tapir_frame;
struct tapir_layer;
struct tapir_registry;
struct tapir_flow;

/* A space of keys by which a parent finds its child: EtherTypes, UDP ports, ... Its address is its
 * identity; a program adds a space by defining one. */
typedef struct tapir_space {
    const char *name; /* "udp.port", the word of decode-as */
    const char *about;
    bool hex; /* values are usually written in hexadecimal */
} tapir_space;

/* The library's own spaces of numbers up to 65535, which are looked up fastest. */
TAPIR_API extern const tapir_space tapir_spaces[9];
#define TAPIR_LINK_TYPE    (&tapir_spaces[0])
#define TAPIR_ETHER_TYPE   (&tapir_spaces[1])
#define TAPIR_IP_PROTOCOL  (&tapir_spaces[2])
#define TAPIR_TCP_PORT     (&tapir_spaces[3])
#define TAPIR_UDP_PORT     (&tapir_spaces[4])
#define TAPIR_SCTP_PORT    (&tapir_spaces[5])
#define TAPIR_PPP_PROTOCOL (&tapir_spaces[6])
#define TAPIR_LLC_SAP      (&tapir_spaces[7])
#define TAPIR_IP_VERSION   (&tapir_spaces[8])

/* "I am what follows under this key." The child names its parents. */
typedef struct tapir_binding {
    const tapir_space *space;
    uint32_t value;
} tapir_binding;

/* Which question of a packet the protocol answers (link layer, network layer, ...). */
typedef enum tapir_role {
    TAPIR_ROLE_OTHER,
    TAPIR_ROLE_LINK,
    TAPIR_ROLE_NETWORK,
    TAPIR_ROLE_TRANSPORT,
    TAPIR_ROLE_APPLICATION,
    TAPIR_ROLE_ERROR
} tapir_role;

/* Handed to a protocol's decode. It reads its header from `in`, bounds its payload, names what
 * follows, and returns TAPIR_OK or tapir_malformed(...). A short `in` needs no check: the engine
 * sees that the reader failed and keeps the partial layer. */
typedef struct tapir_decoder {
    tapir_reader in;                /* this layer and what is inside it */
    const struct tapir_proto *next; /* what follows; NULL: an opaque payload */
    const tapir_space *space;       /* the key that nobody answered to, for the payload layer */
    const tapir_space *via;         /* where the key that led here was found; NULL: nowhere */
    const struct tapir_dispatch *dispatch;           /* of the registry decoded by */
    const struct tapir_frame *frame;                 /* NULL when decoded alone */
    const struct tapir_layer *outside, *outside_end; /* see tapir_layers_outside */
    uint32_t value;                                  /* of that key */
    uint32_t wanted;  /* payload bytes announced when there are fewer, else 0 */
    uint32_t missing; /* bytes announced behind the frame's end by the last that had too few */
    const char *limited_by; /* the field that set the end of `in`; NULL: the frame's end */
    const char *wanted_by;  /* the field that announced `wanted` */
    const char *reason;     /* of TAPIR_MALFORMED, a static string */
    const uint8_t *broken;  /* where that was met */
} tapir_decoder;

/* Bounds this layer's payload to `len` bytes as announced by the field `name`. Fewer bytes present
 * make the layer truncated or cut; decoding goes on with what there is. */
static inline void tapir_bound(tapir_decoder *d, size_t len, const char *name)
{
    if (__builtin_expect(len <= tapir_left(&d->in), 1)) {
        d->in.end = d->in.at + len;
        d->limited_by = name;
    } else {
        d->wanted = (uint32_t)(len < UINT32_MAX ? len : UINT32_MAX);
        d->wanted_by = name;
    }
}

/* What 256 keys that share their upper bits lead to; NULL where nobody answers. */
struct tapir_dispatch_page {
    const struct tapir_proto *next[256];
};

/* A registry's keys, open to view so that a look-up costs no call and few instructions. */
struct tapir_dispatch {
    /* For each of tapir_spaces, by the upper eight bits of a key. */
    const struct tapir_dispatch_page *pages[TAPIR_COUNT(tapir_spaces)][256];
    const struct tapir_dispatch_key *others; /* keys in spaces of programs, and larger ones */
    size_t other_count;
    bool streams; /* TCP payload goes to protocols by port */
};

struct tapir_dispatch_key {
    const tapir_space *space;
    uint32_t value;
    const struct tapir_proto *proto; /* NULL: the key was unbound */
};

/* Finds a key among the others. */
TAPIR_API const struct tapir_proto *tapir_dispatch_find_other(
    const struct tapir_dispatch *dispatch, const tapir_space *space, uint32_t value);

/* Returns the protocol bound to the key, or NULL. */
TAPIR_INLINE const struct tapir_proto *tapir_dispatch_find(
    const struct tapir_dispatch *dispatch, const tapir_space *space, uint32_t value)
{
    size_t offset = (size_t)((uintptr_t)space - (uintptr_t)tapir_spaces);

    if (offset >= sizeof tapir_spaces || value > UINT16_MAX)
        return tapir_dispatch_find_other(dispatch, space, value);
    return dispatch->pages[offset / sizeof *space][value / 256]->next[value % 256];
}

/* Returns how many bytes are left as sent, those behind a frame's end that were not captured
 * included. */
TAPIR_API size_t tapir_left_as_sent(const tapir_decoder *d);

/* Offers a key to what follows; the first match wins, so offer the most specific key first. */
TAPIR_INLINE void tapir_next(tapir_decoder *d, const tapir_space *space, uint32_t value)
{
    if (d->next)
        return;
    d->via = space;
    d->next = tapir_dispatch_find(d->dispatch, space, value);
    if (!d->next && !d->space) {
        d->space = space;
        d->value = value;
    }
}

/* Offers both ports of a transport header, the lower (well-known) side first. */
TAPIR_INLINE void tapir_next_ports(
    tapir_decoder *d, const tapir_space *space, uint16_t src_port, uint16_t dst_port)
{
    uint16_t low = src_port < dst_port ? src_port : dst_port;
    uint16_t high = src_port < dst_port ? dst_port : src_port;
    const struct tapir_proto *next;

    if (d->next)
        return;
    next = tapir_dispatch_find(d->dispatch, space, low);
    if (!next)
        next = tapir_dispatch_find(d->dispatch, space, high);
    d->via = space;
    d->next = next;
    if (!next && !d->space) {
        d->space = space;
        d->value = low;
    }
}

/* Returns TAPIR_MALFORMED with a reason, a static string: "header length below 20". */
static inline tapir_status tapir_malformed(tapir_decoder *d, const char *reason)
{
    d->broken = d->in.at;
    d->reason = reason;
    return TAPIR_MALFORMED;
}

/* Returns what makes the engine leave the bytes to an opaque payload: they are not this protocol's,
 * or not yet, as the first part of a message that goes on in the next segment. `start` is where the
 * layer started; nothing may have been bound or failed. */
static inline tapir_status tapir_decline(tapir_decoder *d, const uint8_t *start)
{
    d->in.at = start;
    d->next = NULL;
    d->space = NULL;
    return TAPIR_NOT_FOUND;
}

struct tapir_encoder; /* tapir/encode.h */

/* The result of checking one checksum. */
typedef struct tapir_checksum {
    bool present;    /* false: the sender computed none (UDP 0) */
    bool verifiable; /* false: bytes it covers were not captured, or are in other fragments */
    bool good;
    uint32_t actual, expected; /* as on the wire, and as it should be; host order */
} tapir_checksum;

/* Where a protocol's checksum stands and what it covers, so that it can be updated when bytes
 * change (RFC 1624). */
typedef struct tapir_coverage {
    uint8_t offset;     /* of the checksum in the header */
    bool header_only;   /* it covers the header, else all that is inside as well */
    bool to_the_end;    /* and what lies behind that, up to the end of the layer outside */
    bool pseudo;        /* and the addresses of the IP layer next outside */
    bool zero_for_none; /* 0: the sender computed none, and a computed 0 is sent as all ones */
    bool crc32c;        /* it is no sum but a CRC-32C of 4 bytes, least significant first */
    bool (*when)(const void *layer); /* whether the header has one; NULL: always */
} tapir_coverage;

/* A layer's struct is at most this large: what varies in length is a span into the frame. */
#define TAPIR_STRUCT_MAX 512

/* Everything the library knows about a protocol. */
typedef struct tapir_proto {
    const char *name;  /* Wireshark's protocol name: "udp" */
    const char *title; /* "User Datagram Protocol" */
    const char *spec;  /* "RFC 768" */
    tapir_role role;
    const tapir_field *fields;
    size_t field_count;
    size_t size; /* of the decoded struct, at most TAPIR_STRUCT_MAX */
    /* Decodes into `layer`, a struct of `size` bytes, writing every member. */
    tapir_status (*decode)(tapir_decoder *d, void *layer);
    /* Prepends the header to what is inside; NULL when the protocol cannot be written. */
    tapir_status (*encode)(struct tapir_encoder *e, const void *layer);
    /* Checks the layer's checksum; NULL when it has none. */
    void (*verify)(const struct tapir_packet *packet, const struct tapir_layer *layer,
        tapir_checksum *checksum);
    /* Fills the source and destination of a link, network or transport layer; NULL when it has
     * none. */
    void (*flow)(const void *layer, struct tapir_flow *flow);
    /* What the bytes behind the inner layers are (padding, trailers); NULL: nothing to show. The
     * walk's `outer` is a struct tapir_trailer. */
    const tapir_list *trailer;
    const tapir_binding *bindings; /* the keys it answers to */
    size_t binding_count;
    const char *const *samples; /* whole headers with payload in hex, for tests and fuzz seeds */
    size_t sample_count;
    /* Makes one of what was given in pieces (a message of its sections), writing it into `w`, which
     * has to live as long as the struct; NULL when there is nothing to do. */
    tapir_status (*compose)(void *layer, tapir_writer *w);
    /* Of a protocol whose messages follow each other on a byte stream: returns the length of the
     * one that begins with `bytes`, 0 when these are too few to tell. NULL: there is no telling. */
    size_t (*message_len)(tapir_span bytes);
    const void *initial; /* the struct of a packet being made (tapir_layer_init), or NULL */
    const tapir_coverage *coverage; /* what its checksum covers; NULL when it has none */
} tapir_proto;

/* The layer whose trailer is walked. */
struct tapir_trailer {
    const struct tapir_packet *packet;
    const struct tapir_layer *layer;
};

/* TAPIR_FIELDS(udp_fields) fills fields and field_count; the others alike. */
#define TAPIR_FIELDS(array)   .fields = array, .field_count = TAPIR_COUNT(array)
#define TAPIR_BINDINGS(array) .bindings = array, .binding_count = TAPIR_COUNT(array)
#define TAPIR_SAMPLES(array)  .samples = array, .sample_count = TAPIR_COUNT(array)

/* A payload nobody claims; says which key was unknown. Named "data". */
struct tapir_data {
    tapir_span bytes;
    const tapir_space *space; /* NULL when no key was offered */
    uint32_t value;
};

/* What could not be decoded, behind a malformed header or beyond the layer limit. Named "error". */
struct tapir_failure {
    tapir_span bytes;
    tapir_status status;
    const tapir_proto *proto; /* the protocol that could not be decoded */
    const char *reason;
};

TAPIR_API extern const tapir_proto tapir_data_proto, tapir_failure_proto;

TAPIR_EXTERN_C_END
#endif
