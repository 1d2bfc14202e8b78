/* The decoding of one frame: an ordered list of layers. */
#ifndef TAPIR_PACKET_H
#define TAPIR_PACKET_H

#include "tapir/frame.h"
#include "tapir/registry.h"

TAPIR_EXTERN_C_BEGIN

/* One protocol header found in a packet. */
typedef struct tapir_layer {
    const tapir_proto *proto;
    const void *fields;   /* the protocol's struct, host byte order, owned by the packet */
    const uint8_t *start; /* first byte of the header, in the frame */
    uint32_t header_len;
    uint32_t payload_len; /* bytes behind the header that belong to this layer */
    uint8_t status;       /* tapir_status: OK, TRUNCATED, CUT, MALFORMED, TOO_DEEP */
    bool partial;         /* the header itself is incomplete or broken */
} tapir_layer;

/* Returns the bytes of the header. */
static inline tapir_span tapir_layer_header(const tapir_layer *layer)
{
    return tapir_span_of(layer->start, layer->header_len);
}

/* Returns the bytes inside the layer. */
static inline tapir_span tapir_layer_payload(const tapir_layer *layer)
{
    return tapir_span_of(layer->start + layer->header_len, layer->payload_len);
}

/* Why a layer is not ok: what it needed and what there was. */
typedef struct tapir_problem {
    tapir_status status;
    size_t layer;           /* its index */
    size_t offset;          /* in the frame, where the trouble was met */
    uint32_t needed, had;   /* bytes; 0, 0 for malformed */
    const char *limited_by; /* the field that set the end, NULL: the frame's end */
    const char *reason;     /* static: what was needed or what is wrong */
} tapir_problem;

/* Returns the layers outside the one that is being decoded, outermost first. None when it is
 * decoded alone. */
static inline const tapir_layer *tapir_layers_outside(const tapir_decoder *d, size_t *count)
{
    *count = (size_t)(d->outside_end - d->outside);
    return d->outside;
}

typedef struct tapir_packet tapir_packet;

/* Returns a packet that decodes by `registry` (NULL: the default one), to be reused for frame after
 * frame: no allocation once warm. NULL when out of memory. */
TAPIR_API tapir_packet *tapir_packet_new(const tapir_registry *registry);

/* Frees the packet; NULL is fine. */
TAPIR_API void tapir_packet_free(tapir_packet *packet);

/* Sets how many layers a packet may have before it ends in an error layer (1 to 65535; 128 at
 * first). */
TAPIR_API void tapir_packet_set_limit(tapir_packet *packet, size_t layers);

/* Lazy: takes the frame (its bytes stay borrowed) and decodes nothing yet; accessors decode as far
 * as they must. */
TAPIR_API void tapir_packet_start(tapir_packet *packet, const tapir_frame *frame);

/* The same with any protocol first, instead of the one of the frame's link type. */
TAPIR_API void tapir_packet_start_at(
    tapir_packet *packet, const tapir_frame *frame, const tapir_proto *first);

/* Decodes everything that is left; the status of the first layer that is not ok, or TAPIR_OK. */
TAPIR_API tapir_status tapir_packet_finish(tapir_packet *packet);

/* Eager: tapir_packet_start and tapir_packet_finish in one. */
TAPIR_API tapir_status tapir_packet_decode(tapir_packet *packet, const tapir_frame *frame);

/* Returns all layers, outermost first; *count says how many. Finishes decoding. */
TAPIR_API const tapir_layer *tapir_packet_layers(tapir_packet *packet, size_t *count);

/* Returns the index-th layer, decoding up to it; NULL when there are fewer. */
TAPIR_API const tapir_layer *tapir_packet_layer(tapir_packet *packet, size_t index);

/* Returns the nth (from 0) layer of that protocol, decoding no further than it; NULL when absent.
 */
TAPIR_API const tapir_layer *tapir_packet_find(
    tapir_packet *packet, const tapir_proto *proto, size_t nth);

/* Returns the innermost layer of that protocol, or NULL. Finishes decoding. */
TAPIR_API const tapir_layer *tapir_packet_find_last(tapir_packet *packet, const tapir_proto *proto);

/* Returns the next layer of that protocol inside `outer`, or NULL: the inner IP of a tunnel, say.
 */
TAPIR_API const tapir_layer *tapir_packet_find_inner(
    tapir_packet *packet, const tapir_layer *outer, const tapir_proto *proto);

/* The first layer's struct of a protocol or NULL: TAPIR_FIND(packet, udp) is a const struct
 * tapir_udp *. */
#define TAPIR_FIND(packet, name)                                                                   \
    ((const struct tapir_##name *)tapir_packet_find_fields(packet, &tapir_##name##_proto))
TAPIR_API const void *tapir_packet_find_fields(tapir_packet *packet, const tapir_proto *proto);

/* The layer's struct when it is of that protocol, else NULL: TAPIR_AS(layer, udp). */
#define TAPIR_AS(layer, name)                                                                      \
    ((const struct tapir_##name *)tapir_layer_as(layer, &tapir_##name##_proto))
static inline const void *tapir_layer_as(const tapir_layer *layer, const tapir_proto *proto)
{
    return layer->proto == proto ? layer->fields : NULL;
}

/* Returns the first layer of a role (the outermost IP header for TAPIR_ROLE_NETWORK), decoding no
 * further than it; NULL when there is none. An application layer is one with that role, or the
 * payload nobody claimed. */
TAPIR_API const tapir_layer *tapir_packet_role(tapir_packet *packet, tapir_role role);

/* The same for the last layer of a role: the one inside all tunnels. */
TAPIR_API const tapir_layer *tapir_packet_role_last(tapir_packet *packet, tapir_role role);

#define tapir_packet_link(packet)        tapir_packet_role(packet, TAPIR_ROLE_LINK)
#define tapir_packet_network(packet)     tapir_packet_role(packet, TAPIR_ROLE_NETWORK)
#define tapir_packet_transport(packet)   tapir_packet_role(packet, TAPIR_ROLE_TRANSPORT)
#define tapir_packet_application(packet) tapir_packet_role(packet, TAPIR_ROLE_APPLICATION)

/* Returns the layer decoding stopped at: a header that is broken or incomplete, or the error layer
 * of a packet that is too deep. NULL when all went well. Finishes decoding. */
TAPIR_API const tapir_layer *tapir_packet_error(tapir_packet *packet);

/* Whether a layer is there, without decoding anything. */
typedef enum tapir_presence { TAPIR_ABSENT, TAPIR_PRESENT, TAPIR_NOT_REACHED } tapir_presence;
TAPIR_API tapir_presence tapir_packet_peek(const tapir_packet *packet, const tapir_proto *proto);

/* Returns the layers decoded so far, without decoding any. */
TAPIR_API const tapir_layer *tapir_packet_so_far(const tapir_packet *packet, size_t *count);

/* Returns the frame being decoded. */
TAPIR_API const tapir_frame *tapir_packet_frame(const tapir_packet *packet);

/* Returns the registry the packet decodes by. */
TAPIR_API const tapir_registry *tapir_packet_registry(const tapir_packet *packet);

/* Returns where the layer's header starts in the frame. */
TAPIR_API size_t tapir_layer_offset(const tapir_packet *packet, const tapir_layer *layer);

/* Returns the bytes behind the inner layers that belong to no header inside: padding and trailers.
 */
TAPIR_API tapir_span tapir_packet_trailer(const tapir_packet *packet, const tapir_layer *layer);

/* Returns why the layer is not ok, NULL when it is. Valid until the next frame. */
TAPIR_API const tapir_problem *tapir_packet_problem(
    const tapir_packet *packet, const tapir_layer *layer);

/* Appends the problem in words: "tcp at 34: needs 20 bytes, 12 left (limit set by ip.len)". */
TAPIR_API void tapir_problem_text(
    tapir_text *text, const tapir_packet *packet, const tapir_problem *problem);

/* Copies the frame's bytes into the packet, so that it stands alone. TAPIR_NO_MEMORY leaves it as
 * it was. Spans and layers obtained before are stale. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_packet_own(tapir_packet *packet);

/* Returns a packet of its own with the same frame and registry, or NULL when out of memory. */
TAPIR_API tapir_packet *tapir_packet_clone(const tapir_packet *packet);

/* Takes away the layers inside `last`, so that others can be put in their place; finishes decoding
 * first. */
TAPIR_API void tapir_packet_cut(tapir_packet *packet, const tapir_layer *last);

/* Goes on behind the last layer with `bytes`, which were put together from several frames: decoded
 * as `first`, found by a key of `via` (NULL: by none); NULL: as a payload that nobody claims. The
 * bytes must lie behind the frame's in the same memory, or in the frame, and offsets of their
 * layers count on from it. Returns the status of the packet. */
TAPIR_API tapir_status tapir_packet_go_on(
    tapir_packet *packet, tapir_span bytes, const tapir_space *via, const tapir_proto *first);

/* Checks the layer's checksum; false when the protocol has none. Needs no set-up: the pseudo-header
 * is taken from the layers outside. */
TAPIR_API bool tapir_packet_verify(
    const tapir_packet *packet, const tapir_layer *layer, tapir_checksum *checksum);

/* Decodes one header alone from `bytes` into the caller's struct of proto->size bytes; `layer` (may
 * be NULL) gets lengths and status. Returns the layer's status, or TAPIR_NO_MEMORY when there was
 * none for the default registry. */
TAPIR_API tapir_status tapir_decode_alone(
    const tapir_proto *proto, tapir_span bytes, void *fields, tapir_layer *layer);

TAPIR_EXTERN_C_END
#endif
