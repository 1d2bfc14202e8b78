/* Capturing with AF_PACKET: a ring of blocks that the kernel fills (TPACKET_V3), packet(7). */
#include "afpacket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdlib.h>
#include <sys/socket.h>

/* As the kernel has them. */
#define HEADER_LEN ((sizeof(struct tpacket3_hdr) + 15) & ~(size_t)15)
#define SLL2_LEN   20
#define TAG_LEN    4
#define MACS_LEN   12
#define LAST_TAG   0x8100
#define LINE       64 /* of the cache, or half of one */

struct afpacket {
    tapir__live live;
    struct tapir__packet_ring ring;
    struct tpacket_block_desc *held; /* the block whose frames are handed out; NULL: none */
    uint8_t *next;                   /* header of its next frame */
    uint32_t left;                   /* frames left in it */
    uint32_t stride;                 /* from the frame before that to it */
    uint32_t at;                     /* number of the block that comes next */
    bool puts_tags_back;             /* frames begin with Ethernet's addresses */
    uint64_t received, dropped, freezes;
    uint64_t interface_drops; /* when capturing began */
    int64_t lost;             /* when the interface went down or away; 0: it is there */
    bool reported;            /* who reads knows */
};

static struct tpacket_block_desc *block(const struct afpacket *a, uint32_t number)
{
    return (struct tpacket_block_desc *)(void *)(a->ring.map + number * a->ring.block_len);
}

static bool is_ready(const struct afpacket *a)
{
    const uint32_t *status = &block(a, a->at)->hdr.bh1.block_status;

    return __atomic_load_n(status, __ATOMIC_ACQUIRE) & TP_STATUS_USER;
}

/* Begins with the block that is ready. */
static void hold(struct afpacket *a)
{
    a->held = block(a, a->at);
    a->left = a->held->hdr.bh1.num_pkts;
    a->next = (uint8_t *)a->held + a->held->hdr.bh1.offset_to_first_pkt;
    a->at = a->at + 1 == a->ring.block_count ? 0 : a->at + 1;
}

/* Gives the block back to the kernel. */
static void release(struct afpacket *a)
{
    if (a->held)
        __atomic_store_n(&a->held->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
    a->held = NULL;
    a->left = 0;
}

static int socket_error(const struct afpacket *a)
{
    int number = 0;
    socklen_t len = sizeof number;

    if (getsockopt(a->ring.fd, SOL_SOCKET, SO_ERROR, &number, &len) != 0)
        return errno;
    return number;
}

/* Adds up what the kernel counted since it was last asked, for it begins anew then. */
static void count_drops(struct afpacket *a)
{
    struct tpacket_stats_v3 counted;
    socklen_t len = sizeof counted;

    if (getsockopt(a->ring.fd, SOL_PACKET, PACKET_STATISTICS, &counted, &len) != 0)
        return;
    a->received += counted.tp_packets;
    a->dropped += counted.tp_drops;
    a->freezes += counted.tp_freeze_q_cnt;
}

static tapir_status open_again(struct afpacket *a)
{
    tapir_status status;

    count_drops(a);
    tapir__packet_ring_close(&a->ring);
    a->held = NULL;
    a->left = a->at = 0;
    status = tapir__packet_ring_open(&a->ring, &a->live, &a->live.source.error);
    if (status == TAPIR_OK)
        a->interface_drops = tapir__interface_drops(a->live.name);
    return status;
}

/* Tells what the interface has become after an error: TAPIR_OK when it is up. Of one that is there
 * anew the ring is made anew, once all that the old one holds is read. */
static tapir_status look_again(struct afpacket *a)
{
    struct sockaddr_ll bound = {.sll_ifindex = 0};
    socklen_t len = sizeof bound;

    if (!tapir__interface_is_up(a->live.name))
        return TAPIR_TIMEOUT;
    if (a->ring.fd >= 0 && getsockname(a->ring.fd, (struct sockaddr *)&bound, &len) == 0 &&
        bound.sll_ifindex == (int)if_nametoindex(a->live.name))
        return TAPIR_OK;
    return open_again(a) == TAPIR_OK ? TAPIR_OK : TAPIR_TIMEOUT;
}

static tapir_status report_loss(struct afpacket *a)
{
    a->reported = true;
    return tapir_error_set(&a->live.source.error, TAPIR_IO,
        if_nametoindex(a->live.name) == 0 ? "%s: the interface has gone away"
                                          : "%s: the interface went down",
        a->live.name);
}

/* Waits for what the ring still holds, says then that the interface was lost unless it is to be
 * followed, and waits for it to come back. */
static tapir_status follow(struct afpacket *a, int64_t since)
{
    enum { STEP_MS = 20 };

    for (;;) {
        bool drained = tapir__now() - a->lost > 2 * (int64_t)a->ring.block_timeout * 1000000;
        if (a->ring.fd >= 0 && is_ready(a))
            return TAPIR_OK;
        if (drained && !a->live.options.follow && !a->reported)
            return report_loss(a);
        if (drained && look_again(a) == TAPIR_OK) {
            a->lost = 0;
            a->reported = false;
            return TAPIR_OK;
        }
        switch (tapir__live_pause(&a->live, STEP_MS, since)) {
        case TAPIR__WAIT_BREAK:
            return tapir__breaker_take(&a->live.source.breaker, &a->live.source.error);
        case TAPIR__WAIT_TIMEOUT:
            return tapir_error_set(
                &a->live.source.error, TAPIR_TIMEOUT, "%s: no frame came in time", a->live.name);
        default:
            break;
        }
    }
}

static tapir_status meet_problem(struct afpacket *a, int64_t since)
{
    tapir_error *error = &a->live.source.error;
    int number = socket_error(a);

    if (number == 0)
        return TAPIR_OK;
    if (number != ENETDOWN)
        return tapir__live_failed(error, a->live.name, "capture", number);
    a->lost = tapir__now();
    return follow(a, since);
}

/* Lets go of the block that was read and waits for the next one. */
static tapir_status next_block(struct afpacket *a)
{
    int64_t since = 0;

    release(a);
    while (a->ring.fd < 0 || !is_ready(a)) {
        tapir_status status = TAPIR_OK;
        if (!since)
            since = tapir__now();
        if (a->lost)
            status = follow(a, since);
        else
            switch (tapir__live_wait(&a->live, a->ring.fd, since)) {
            case TAPIR__WAIT_TIMEOUT:
                return tapir_error_set(&a->live.source.error, TAPIR_TIMEOUT,
                    "%s: no frame came in time", a->live.name);
            case TAPIR__WAIT_BREAK:
                return tapir__breaker_take(&a->live.source.breaker, &a->live.source.error);
            case TAPIR__WAIT_PROBLEM:
                status = meet_problem(a, since);
                break;
            default:
                break;
            }
        if (status != TAPIR_OK)
            return status;
    }
    hold(a);
    return TAPIR_OK;
}

/* Whether frames of that direction are wanted; libpcap's rules, which want no frame of loopback
 * twice. */
static bool is_wanted(const struct afpacket *a, const struct sockaddr_ll *from)
{
    uint8_t direction = a->live.options.direction;

    if (from->sll_pkttype == PACKET_OUTGOING)
        return from->sll_ifindex != a->ring.loopback && direction != TAPIR_CAPTURE_IN;
    return direction != TAPIR_CAPTURE_OUT;
}

/* Puts a header of Linux cooked capture v2 in front (https://www.tcpdump.org/linktypes.html). */
static __attribute__((noinline)) void cook(tapir_frame *frame, const struct sockaddr_ll *from)
{
    uint8_t *header = (uint8_t *)(uintptr_t)frame->data - SLL2_LEN;

    memset(header, 0, SLL2_LEN);
    memcpy(header, &from->sll_protocol, 2);
    tapir_store_be(header + 4, 4, (uint32_t)from->sll_ifindex);
    tapir_store_be(header + 8, 2, from->sll_hatype);
    header[10] = from->sll_pkttype;
    header[11] = from->sll_halen;
    memcpy(header + 12, from->sll_addr, from->sll_halen < 8 ? from->sll_halen : 8);
    frame->data = header;
    frame->caplen += SLL2_LEN;
    frame->len += SLL2_LEN;
}

/* Puts the VLAN tag back that the kernel took off. */
static __attribute__((noinline)) void put_tag_back(
    const struct afpacket *a, tapir_frame *frame, const struct tpacket3_hdr *header)
{
    bool known = header->tp_status & TP_STATUS_VLAN_TPID_VALID && header->hv1.tp_vlan_tpid;
    uint16_t tpid = known ? header->hv1.tp_vlan_tpid : LAST_TAG;
    uint16_t tci = (uint16_t)header->hv1.tp_vlan_tci;
    uint8_t *data = (uint8_t *)(uintptr_t)frame->data;

    if (!a->puts_tags_back || frame->caplen < MACS_LEN) {
        frame->has_vlan = true;
        frame->vlan_tpid = tpid;
        frame->vlan_tci = tci;
        return;
    }
    memmove(data - TAG_LEN, data, MACS_LEN);
    tapir_store_be(data + MACS_LEN - TAG_LEN, 2, tpid);
    tapir_store_be(data + MACS_LEN - TAG_LEN + 2, 2, tci);
    frame->data = data - TAG_LEN;
    frame->caplen += TAG_LEN;
    frame->len += TAG_LEN;
}

/* Has the cache fetch what will soon be looked at. A header tells only where the next one is. While
 * frames are as long as the one before, those further on are where it would have them; else they
 * are somewhere in the bytes ahead, and all of these are fetched. Wrong guesses do no harm. */
TAPIR_INLINE void fetch_ahead(struct afpacket *a, uint32_t stride)
{
    enum { PLACES = 12, AHEAD = 2048, MOST = 2048 };
    uint32_t len = stride < MOST ? stride : MOST;

    if (stride == a->stride) {
        __builtin_prefetch(a->next + PLACES * (size_t)stride);
        __builtin_prefetch(a->next + PLACES * (size_t)stride + LINE);
        return;
    }
    a->stride = stride;
    for (uint32_t at = 0; at < len; at += LINE)
        __builtin_prefetch(a->next + AHEAD + at);
}

/* Fills the frame from the next one in the block; false when it is not wanted. */
TAPIR_INLINE bool take(struct afpacket *a, tapir_frame *frame)
{
    const struct tpacket3_hdr *header = (const struct tpacket3_hdr *)(const void *)a->next;
    const struct sockaddr_ll *from =
        (const struct sockaddr_ll *)(const void *)(a->next + HEADER_LEN);

    fetch_ahead(a, header->tp_next_offset);
    a->left--;
    a->next += header->tp_next_offset;
    if (__builtin_expect(a->ring.looks_at_direction, 0) && !is_wanted(a, from))
        return false;
    *frame = (tapir_frame){
        .data = (const uint8_t *)header + header->tp_mac,
        .caplen = header->tp_snaplen,
        .len = header->tp_len,
        .time = header->tp_sec * INT64_C(1000000000) + header->tp_nsec,
        .link_type = a->live.single.link_type,
        .direction =
            from->sll_pkttype == PACKET_OUTGOING ? TAPIR_DIRECTION_OUT : TAPIR_DIRECTION_IN,
        .has_time = true,
        .number = ++a->live.source.frames,
    };
    if (a->ring.cooked)
        cook(frame, from);
    if (__builtin_expect(header->tp_status & TP_STATUS_VLAN_VALID, 0))
        put_tag_back(a, frame, header);
    if (a->live.options.microseconds)
        frame->time -= frame->time % 1000;
    if (frame->caplen > a->live.options.snaplen)
        frame->caplen = a->live.options.snaplen;
    a->live.source.bytes += frame->caplen;
    return true;
}

static tapir_status afpacket_next(tapir_source *source, tapir_frame *frame)
{
    struct afpacket *a = (struct afpacket *)source;
    tapir_status status;

    do {
        while (a->left == 0) {
            status = next_block(a);
            if (status != TAPIR_OK)
                return status;
        }
    } while (!take(a, frame));
    return TAPIR_OK;
}

static tapir_status afpacket_next_batch(
    tapir_source *source, tapir_frame *frames, size_t room, size_t *count)
{
    struct afpacket *a = (struct afpacket *)source;
    size_t taken = 0;

    while (taken == 0) {
        while (a->left == 0) {
            tapir_status status = next_block(a);
            if (status != TAPIR_OK)
                return status;
        }
        while (a->left && taken < room)
            taken += take(a, &frames[taken]);
    }
    *count = taken;
    return TAPIR_OK;
}

static void afpacket_stats(const tapir_source *source, tapir_source_stats *stats)
{
    struct afpacket *a = (struct afpacket *)(uintptr_t)source;

    count_drops(a);
    stats->received = a->received;
    stats->dropped_by_kernel = a->dropped;
    stats->dropped_by_interface = tapir__interface_drops(a->live.name) - a->interface_drops;
    stats->freezes = a->freezes;
}

/* Nothing may come that the old filter let pass: all is kept out until the ring is empty. */
static tapir_status afpacket_set_filter(tapir_source *source, const tapir_filter *filter)
{
    struct afpacket *a = (struct afpacket *)source;
    int64_t until = tapir__now() + 2 * (int64_t)a->ring.block_timeout * 1000000;
    tapir_status status = tapir__packet_ring_keep_out(&a->ring, &a->live, &source->error);

    if (status != TAPIR_OK)
        return status;
    release(a);
    while (is_ready(a) || tapir__now() < until) {
        if (is_ready(a)) {
            hold(a);
            release(a);
        } else if (tapir__live_pause(&a->live, 1, 0) == TAPIR__WAIT_BREAK) {
            break;
        }
    }
    return tapir__packet_ring_filter(&a->ring, &a->live, filter, &source->error);
}

static int afpacket_fd(const tapir_source *source)
{
    return ((const struct afpacket *)source)->ring.fd;
}

static uint16_t afpacket_fanout_id(const tapir_source *source)
{
    return ((const struct afpacket *)source)->ring.fanout_id;
}

static void afpacket_close(tapir_source *source)
{
    struct afpacket *a = (struct afpacket *)source;

    tapir__packet_ring_close(&a->ring);
    tapir__live_clear(&a->live);
    free(a);
}

static const tapir__live_kind live_kind = {
    .set_filter = afpacket_set_filter,
    .fd = afpacket_fd,
    .fanout_id = afpacket_fanout_id,
};

static const tapir__source_kind source_kind = {
    .next = afpacket_next,
    .next_batch = afpacket_next_batch,
    .stats = afpacket_stats,
    .close = afpacket_close,
    .live = &live_kind,
};

static tapir_status afpacket_open(tapir_source **source, const char *interface,
    const tapir_capture_options *options, tapir_error *error)
{
    struct afpacket *a = calloc(1, sizeof *a);
    tapir_status status;

    if (!a)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", interface);
    a->ring.fd = -1;
    status = tapir__live_init(&a->live, &source_kind, "afpacket", interface, options, 0, error);
    if (status == TAPIR_OK)
        status = tapir__packet_ring_open(&a->ring, &a->live, error);
    if (status != TAPIR_OK) {
        tapir__live_clear(&a->live);
        free(a);
        return status;
    }
    a->puts_tags_back = a->live.single.link_type == TAPIR_LINK_TYPE_ETHERNET;
    a->interface_drops = tapir__interface_drops(interface);
    *source = &a->live.source;
    return TAPIR_OK;
}

const tapir__capture_way tapir__afpacket_way = {
    .name = "afpacket",
    .library = "Linux",
    .open = afpacket_open,
    .suits = tapir__packet_ring_suits,
};
