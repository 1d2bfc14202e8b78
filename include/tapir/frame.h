/* Captured bytes and the facts of their capture. */
#ifndef TAPIR_FRAME_H
#define TAPIR_FRAME_H

#include "tapir/bytes.h"

TAPIR_EXTERN_C_BEGIN

/* Link types: LINKTYPE_* values as in capture files (https://www.tcpdump.org/linktypes.html). */
enum {
    TAPIR_LINK_TYPE_NULL = 0,
    TAPIR_LINK_TYPE_ETHERNET = 1,
    TAPIR_LINK_TYPE_RAW = 101,
    TAPIR_LINK_TYPE_LOOP = 108,
    TAPIR_LINK_TYPE_LINUX_SLL = 113,
    TAPIR_LINK_TYPE_IPV4 = 228,
    TAPIR_LINK_TYPE_IPV6 = 229,
    TAPIR_LINK_TYPE_LINUX_SLL2 = 276,
    TAPIR_LINK_TYPE_UNKNOWN = 65535 /* the file's own number has no LINKTYPE */
};

/* Returns the name of a link type as tcpdump prints it ("EN10MB"), NULL when it has none. Static.
 */
TAPIR_API const char *tapir_link_type_name(uint16_t link_type);

/* Returns what a link type is in words ("Ethernet"), "unknown" when nothing is known. Static. */
TAPIR_API const char *tapir_link_type_title(uint16_t link_type);

typedef enum tapir_direction {
    TAPIR_DIRECTION_UNKNOWN,
    TAPIR_DIRECTION_IN,
    TAPIR_DIRECTION_OUT
} tapir_direction;

/* One captured frame. The bytes belong to its source and stay valid until the source's next read.
 * A frame filled by hand needs data, caplen, len and link_type; the rest may be zero. */
typedef struct tapir_frame {
    const uint8_t *data;
    uint32_t caplen;    /* bytes captured: the length of `data` */
    uint32_t len;       /* bytes on the wire */
    int64_t time;       /* nanoseconds since 1970-01-01 00:00 UTC */
    uint32_t interface; /* index within the source's interfaces */
    uint16_t link_type; /* TAPIR_LINK_TYPE_* */
    uint8_t direction;  /* tapir_direction */
    uint8_t fcs_len;    /* bytes of frame check sequence at the end of `len`, 0 when none */
    bool has_time;      /* false: the record carried no timestamp (a simple packet block) */
    bool has_vlan;      /* the hardware took a VLAN tag off: vlan_tpid, vlan_tci */
    bool has_queue;     /* queue is known */
    bool has_drops;     /* drops is known */
    uint16_t vlan_tpid, vlan_tci;
    uint32_t queue;
    uint64_t drops;     /* packets lost between the previous frame and this one */
    tapir_span comment; /* first comment, UTF-8, empty when none */
    const struct tapir_pcapng_block
        *block;      /* the pcapng block it came in, with all options, or NULL */
    uint64_t number; /* 1 for the first frame of its source */
    uint64_t offset; /* of its record in the (uncompressed) file */
} tapir_frame;

/* Returns a whole frame of bytes that are the caller's, without a time: to be decoded, written or
 * sent. */
static inline tapir_frame tapir_frame_of(tapir_span bytes, uint16_t link_type)
{
    tapir_frame frame;

    memset(&frame, 0, sizeof frame);
    frame.data = bytes.data;
    frame.caplen = frame.len = (uint32_t)bytes.len;
    frame.link_type = link_type;
    return frame;
}

/* Fetches the first bytes of a frame that will be decoded some frames from now into the cache:
 * eight ahead is a good distance for frames held in memory. Those a source reads need no help. */
static inline void tapir_frame_prefetch(const uint8_t *data)
{
    __builtin_prefetch(data);
    __builtin_prefetch((const void *)((uintptr_t)data + 64));
}

/* The same of all bytes that will be copied, 1500 at most: four frames ahead. */
static inline void tapir_frame_prefetch_all(const tapir_frame *frame)
{
    uint32_t len = frame->caplen < 1500 ? frame->caplen : 1500;

    for (uint32_t at = 0; at < len; at += 64)
        __builtin_prefetch((const void *)((uintptr_t)frame->data + at));
}

/* Returns how many bytes of the frame were sent and not captured. */
static inline uint32_t tapir_frame_missing(const tapir_frame *frame)
{
    return frame->len > frame->caplen ? frame->len - frame->caplen : 0;
}

/* Returns how many bytes of the frame are the protocols': those before a frame check sequence. */
static inline uint32_t tapir_frame_content(const tapir_frame *frame)
{
    uint32_t content = frame->len > frame->fcs_len ? frame->len - frame->fcs_len : 0;

    return frame->fcs_len && content < frame->caplen ? content : frame->caplen;
}

TAPIR_EXTERN_C_END
#endif
