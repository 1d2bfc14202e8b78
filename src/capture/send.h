/* What every sink that sends is made of, and the ways there are to send. */
#ifndef TAPIR_CAPTURE_SEND_H
#define TAPIR_CAPTURE_SEND_H

#include "capture/live.h"
#include "core/sink.h"
#include "tapir/send.h"

/* The common part, the first member of every way's own struct. */
typedef struct tapir__send {
    tapir_sink sink;
    tapir_send_options options;  /* complete */
    char name[TAPIR__NAME_ROOM]; /* of the interface, without the method */
    uint16_t link_type;
    uint32_t header_len; /* of a link header: the shortest frame */
    uint32_t longest;    /* frame, a tag aside */
    bool takes_tags;     /* a frame with a VLAN tag may be longer by that */
    tapir__breaker breaker;
    tapir_text tagged; /* a frame with its tag back */
    tapir_send_stats stats;
} tapir__send;

/* What sinks that send can do beyond others. */
typedef struct tapir__send_kind {
    tapir_send_method method;
    /* Opens what the way needs; the common part is filled, all else of its struct zero. */
    tapir_status (*start)(tapir__send *send, tapir_error *error);
    void (*stop)(tapir__send *send); /* closes that, also what a start that failed left */
    /* Takes note of what the kernel is done with. */
    void (*complete)(tapir__send *send);
    /* Hands everything over and waits until none is pending; TAPIR_TIMEOUT when that lasts until
     * `deadline`, a time of tapir__now, 0: for ever. */
    tapir_status (*drain)(tapir__send *send, int64_t deadline);
} tapir__send_kind;

/* A way to send; as tapir__capture_way. */
typedef struct tapir__send_way {
    const char *name, *library;
    size_t size;                  /* of its struct */
    const tapir__sink_kind *kind; /* NULL: not built in */
    bool (*suits)(const char *interface);
} tapir__send_way;

extern const tapir__send_way tapir__send_pcap_way, tapir__send_afpacket_way, tapir__send_afxdp_way;

/* What is to be sent of a frame. */
typedef struct tapir__sendable {
    const uint8_t *data;
    uint32_t len;
} tapir__sendable;

/* Decides about a frame that is not as simple as most, as tapir__send_take does. */
tapir_status tapir__send_take_care(
    tapir__send *send, const tapir_frame *frame, tapir__sendable *out);

/* Fills *out with the bytes to send, or refuses the frame and counts that. */
TAPIR_INLINE tapir_status tapir__send_take(
    tapir__send *send, const tapir_frame *frame, tapir__sendable *out)
{
    if (__builtin_expect(frame->caplen != frame->len || frame->link_type != send->link_type ||
                             frame->caplen > send->longest || frame->caplen < send->header_len ||
                             frame->has_vlan || frame->fcs_len,
            0))
        return tapir__send_take_care(send, frame, out);
    *out = (tapir__sendable){frame->data, frame->caplen};
    return TAPIR_OK;
}

/* Counts a frame as accepted. */
TAPIR_INLINE void tapir__send_accept(tapir__send *send, uint32_t len)
{
    send->stats.packets++;
    send->stats.bytes += len;
}

/* Counts one of the accepted as sent. */
TAPIR_INLINE void tapir__send_done(tapir__send *send, uint32_t len)
{
    send->stats.sent_packets++;
    send->stats.sent_bytes += len;
}

/* Waits until `fd` can be written to or has trouble, `most` nanoseconds at most, or, with fd -1,
 * until these are over. TAPIR_OK after any of that; TAPIR_TIMEOUT when the deadline, a time of
 * tapir__now, is over already, 0: there is none; TAPIR_BREAK. */
tapir_status tapir__send_pause(tapir__send *send, int fd, int64_t most, int64_t deadline);

/* Returns when a wait that begins now is over, a time of tapir__now; 0: never. */
int64_t tapir__send_deadline(int64_t timeout);

/* Asks an interface that takes nothing what it has become: TAPIR_IO when it is down or has no
 * carrier, else TAPIR_OK, with send->longest as it is now. */
tapir_status tapir__send_look_again(tapir__send *send);

/* Tells whether a frame is no longer than the interface allows, a tag considered. */
bool tapir__send_is_short_enough(const tapir__send *send, const uint8_t *data, uint32_t len);

/* Has no frame be longer than `room`, one with a tag neither. */
void tapir__send_limit(tapir__send *send, uint32_t room);

/* Fills the sink's error for a call that failed with `number`. */
tapir_status tapir__send_failed(tapir__send *send, int number);

/* The calls that all of them share. Closing waits a second for what is pending. */
uint64_t tapir__send_packets(const tapir_sink *sink);
tapir_status tapir__send_close(tapir_sink *sink, tapir_error *error);

#endif
