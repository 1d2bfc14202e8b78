/* Sinks that send: which way to send, what an interface takes, and what the ways share. */
#include "send.h"

#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef ARPHRD_RAWIP
#define ARPHRD_RAWIP 519
#endif

#define SECOND INT64_C(1000000000)

enum {
    BATCH = 64,
    RING = 512,
    RING_MAX = 1 << 16,
    TAG_LEN = 4,
    TAG_PLACE = 12,
    CUSTOMER_TAG = 0x8100,
    ETHERNET_LEN = 14,
    RADIOTAP_LEN = 8,
    IEEE80211_LEN = 10
};

/* The best first. AF_XDP is not among those that are chosen: without a driver that knows it, it is
 * the slower one, and with one it takes a queue from the machine's own programs. */
static const tapir__send_way *const ways[] = {
    [TAPIR_SEND_BEST] = NULL,
    [TAPIR_SEND_PCAP] = &tapir__send_pcap_way,
    [TAPIR_SEND_AFPACKET] = &tapir__send_afpacket_way,
    [TAPIR_SEND_AFXDP] = &tapir__send_afxdp_way,
};

static const tapir_send_method by_preference[] = {TAPIR_SEND_AFPACKET, TAPIR_SEND_PCAP};

/* Choosing. */

bool tapir_send_has(tapir_send_method method)
{
    return method == TAPIR_SEND_BEST ||
           ((size_t)method < TAPIR_COUNT(ways) && ways[method]->kind != NULL);
}

const char *tapir_send_method_name(tapir_send_method method)
{
    return method > TAPIR_SEND_BEST && (size_t)method < TAPIR_COUNT(ways) ? ways[method]->name
                                                                          : "best";
}

/* The methods' names, and the numbers behind them, are those of capturing. */
_Static_assert((int)TAPIR_SEND_PCAP == (int)TAPIR_CAPTURE_PCAP &&
                   (int)TAPIR_SEND_AFPACKET == (int)TAPIR_CAPTURE_AFPACKET &&
                   (int)TAPIR_SEND_AFXDP == (int)TAPIR_CAPTURE_AFXDP,
    "a name stands for one method");

static const tapir__send_way *choose(const char *interface, const tapir_send_options *options)
{
    if (options->method != TAPIR_SEND_BEST)
        return ways[options->method];
    for (size_t i = 0; i < TAPIR_COUNT(by_preference); i++) {
        const tapir__send_way *way = ways[by_preference[i]];
        if (way->kind && way->suits(interface))
            return way;
    }
    return &tapir__send_pcap_way;
}

static tapir_status check(
    const char *interface, const tapir_send_options *options, tapir_error *error)
{
    if (!*interface || strlen(interface) >= TAPIR__NAME_ROOM)
        return tapir_error_set(error, TAPIR_INVALID, "name an interface to send on");
    if (strcmp(interface, "any") == 0)
        return tapir_error_set(
            error, TAPIR_INVALID, "any: frames are sent on one interface; name it");
    if (options->method >= TAPIR_COUNT(ways))
        return tapir_error_set(error, TAPIR_INVALID, "there is no method number %u to send by",
            (unsigned)options->method);
    if (options->ring & (options->ring - 1) || options->ring > RING_MAX)
        return tapir_error_set(error, TAPIR_INVALID,
            "a ring has to have a power of two of frames, up to %d", RING_MAX);
    if (options->copy && options->zero_copy)
        return tapir_error_set(
            error, TAPIR_INVALID, "either every frame is copied, or none; not both");
    return TAPIR_OK;
}

/* What an interface takes. */

/* Interfaces by the number of their hardware. */
static const struct {
    uint16_t hardware, link_type;
    uint8_t header_len;
} known_hardware[] = {
    {ARPHRD_ETHER, TAPIR_LINK_TYPE_ETHERNET, ETHERNET_LEN},
    {ARPHRD_LOOPBACK, TAPIR_LINK_TYPE_ETHERNET, ETHERNET_LEN},
    {ARPHRD_NONE, TAPIR_LINK_TYPE_RAW, 1},
    {ARPHRD_RAWIP, TAPIR_LINK_TYPE_RAW, 1},
    {ARPHRD_TUNNEL, TAPIR_LINK_TYPE_RAW, 1},
    {ARPHRD_TUNNEL6, TAPIR_LINK_TYPE_RAW, 1},
    {ARPHRD_SIT, TAPIR_LINK_TYPE_RAW, 1},
    {ARPHRD_IPGRE, TAPIR_LINK_TYPE_RAW, 1},
    {ARPHRD_IEEE80211, 105, IEEE80211_LEN},
    {ARPHRD_IEEE80211_RADIOTAP, 127, RADIOTAP_LEN},
};

/* Learns how long frames may be. */
static tapir_status learn_longest(tapir__send *send, tapir_error *error)
{
    struct ifreq request = {.ifr_mtu = 0};
    uint32_t longest;

    if (!tapir__interface_ask(send->name, SIOCGIFMTU, &request))
        return tapir__live_failed(error, send->name, "send", errno);
    longest = (uint32_t)request.ifr_mtu;
    if (send->link_type == TAPIR_LINK_TYPE_ETHERNET)
        longest += ETHERNET_LEN;
    if (!send->longest || longest < send->longest)
        send->longest = longest;
    return TAPIR_OK;
}

/* Learns link type and length of frames, and that the interface is up. */
static tapir_status learn(tapir__send *send, tapir_error *error)
{
    struct ifreq request = {.ifr_ifindex = 0};
    tapir_status status;
    unsigned hardware;

    if (!tapir__interface_ask(send->name, SIOCGIFHWADDR, &request))
        return tapir__live_failed(error, send->name, "send", errno);
    hardware = request.ifr_hwaddr.sa_family;
    for (size_t i = 0; i < TAPIR_COUNT(known_hardware); i++)
        if (known_hardware[i].hardware == hardware) {
            send->link_type = known_hardware[i].link_type;
            send->header_len = known_hardware[i].header_len;
        }
    if (!send->header_len)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: how frames of its kind (hardware type %u) are sent is not known", send->name,
            hardware);
    send->takes_tags = hardware == ARPHRD_ETHER;
    status = learn_longest(send, error);
    if (status != TAPIR_OK)
        return status;
    if (!tapir__interface_ask(send->name, SIOCGIFFLAGS, &request))
        return tapir__live_failed(error, send->name, "send", errno);
    if (!(request.ifr_flags & IFF_UP))
        return tapir_error_set(error, TAPIR_IO,
            "%s: the interface is down; bring it up with: ip link set %s up", send->name,
            send->name);
    return TAPIR_OK;
}

/* Opening and closing. */

/* Fills the common part. On failure nothing is to be cleared. */
static tapir_status init(tapir__send *send, const tapir__sink_kind *kind, const char *interface,
    const tapir_send_options *options, tapir_error *error)
{
    tapir_status status;

    send->sink.kind = kind;
    send->breaker.wake_fd = -1;
    send->options = *options;
    memcpy(send->name, interface, strnlen(interface, sizeof send->name - 1));
    status = learn(send, error);
    if (status == TAPIR_OK && !tapir__breaker_open(&send->breaker))
        return tapir_error_set(error, TAPIR_IO, "%s: cannot make a descriptor to wake it by: %s",
            interface, strerror(errno));
    return status;
}

static void stop(tapir__send *send)
{
    send->sink.kind->send->stop(send);
    tapir__breaker_close(&send->breaker);
    tapir_text_clear(&send->tagged);
    free(send);
}

static tapir_status open_way(tapir_sink **sink, const tapir__send_way *way, const char *interface,
    const tapir_send_options *options, tapir_error *error)
{
    tapir__send *send = calloc(1, way->size);
    tapir_status status;

    if (!send)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", interface);
    status = init(send, way->kind, interface, options, error);
    if (status != TAPIR_OK) {
        free(send);
        return status;
    }
    status = way->kind->send->start(send, error);
    if (status != TAPIR_OK) {
        stop(send);
        return status;
    }
    *sink = &send->sink;
    return TAPIR_OK;
}

tapir_status tapir_send_open(
    tapir_sink **sink, const char *interface, const tapir_send_options *options, tapir_error *error)
{
    tapir_send_options known = {.size = sizeof known};
    const tapir__send_way *way;
    tapir_status status;

    *sink = NULL;
    if (options)
        memcpy(&known, options, options->size < sizeof known ? options->size : sizeof known);
    known.size = sizeof known;
    if (!known.ring)
        known.ring = RING;
    if (!known.batch)
        known.batch = BATCH;
    if (known.batch > known.ring)
        known.batch = known.ring;
    interface = tapir__take_method(interface, &known.method);
    status = check(interface, &known, error);
    if (status != TAPIR_OK)
        return status;
    way = choose(interface, &known);
    if (!way->kind)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: this build cannot send with %s; build it with %s", interface, way->name,
            way->library);
    return open_way(sink, way, interface, &known, error);
}

tapir_status tapir__send_close(tapir_sink *sink, tapir_error *error)
{
    tapir__send *send = (tapir__send *)sink;
    tapir_status status = sink->kind->send->drain(send, tapir__now() + SECOND);

    if (status != TAPIR_OK && error)
        *error = sink->error;
    stop(send);
    return status;
}

/* Frames. */

static bool fits_link_type(const tapir__send *send, const tapir_frame *frame)
{
    return frame->link_type == send->link_type ||
           (send->link_type == TAPIR_LINK_TYPE_RAW &&
               (frame->link_type == TAPIR_LINK_TYPE_IPV4 ||
                   frame->link_type == TAPIR_LINK_TYPE_IPV6));
}

bool tapir__send_is_short_enough(const tapir__send *send, const uint8_t *data, uint32_t len)
{
    return len <= send->longest ||
           (send->takes_tags && len <= send->longest + TAG_LEN && len >= TAG_PLACE + 2 &&
               tapir_load_be(data + TAG_PLACE, 2) == CUSTOMER_TAG);
}

void tapir__send_limit(tapir__send *send, uint32_t room)
{
    if (send->longest + TAG_LEN > room)
        send->takes_tags = false;
    if (send->longest > room)
        send->longest = room;
}

static tapir_status refuse_link_type(tapir__send *send, const tapir_frame *frame)
{
    const char *has = tapir_link_type_title(frame->link_type),
               *wants = tapir_link_type_title(send->link_type);

    send->stats.wrong_link_type++;
    return tapir_error_set(&send->sink.error, TAPIR_INVALID,
        "%s: packet %llu is of link type %u (%s), the interface sends %u (%s); tapir convert "
        "--link-type makes one of the other",
        send->name, (unsigned long long)frame->number, frame->link_type, has, send->link_type,
        wants);
}

tapir_status tapir__send_take_care(
    tapir__send *send, const tapir_frame *given, tapir__sendable *out)
{
    unsigned long long number = given->number;
    tapir_error *error = &send->sink.error;
    tapir_frame frame = *given;

    if (!fits_link_type(send, &frame))
        return refuse_link_type(send, &frame);
    /* What the interface appends itself is not to be sent. */
    frame.caplen = tapir_frame_content(&frame);
    frame.len = frame.len > frame.fcs_len ? frame.len - frame.fcs_len : 0;
    if (frame.has_vlan && tapir__sink_put_tag_back(&send->tagged, &frame) != TAPIR_OK)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", send->name);
    if (frame.caplen < frame.len && !send->options.truncated) {
        send->stats.truncated++;
        return tapir_error_set(error, TAPIR_TRUNCATED,
            "%s: packet %llu was not captured whole, %u of %u bytes", send->name, number,
            frame.caplen, frame.len);
    }
    if (frame.caplen < send->header_len) {
        send->stats.wrong_link_type++;
        return tapir_error_set(error, TAPIR_INVALID,
            "%s: packet %llu has %u bytes, less than a link header of %u", send->name, number,
            frame.caplen, send->header_len);
    }
    if (!tapir__send_is_short_enough(send, frame.data, frame.caplen)) {
        send->stats.too_long++;
        return tapir_error_set(error, TAPIR_TOO_WIDE,
            "%s: packet %llu has %u bytes, the interface sends %u at most; raise its MTU with: "
            "ip link set %s mtu BYTES",
            send->name, number, frame.caplen, send->longest, send->name);
    }
    *out = (tapir__sendable){frame.data, frame.caplen};
    return TAPIR_OK;
}

/* Waiting, and what went wrong. */

int64_t tapir__send_deadline(int64_t timeout)
{
    int64_t now = tapir__now(), deadline;

    if (timeout <= 0)
        return timeout == TAPIR_WAIT_FOREVER ? 0 : now;
    return __builtin_add_overflow(now, timeout, &deadline) ? 0 : deadline;
}

tapir_status tapir__send_pause(tapir__send *send, int fd, int64_t most, int64_t deadline)
{
    struct pollfd polled[2] = {
        {.fd = send->breaker.wake_fd, .events = POLLIN},
        {.fd = fd, .events = POLLOUT},
    };
    int64_t left = deadline ? deadline - tapir__now() : most;
    struct timespec wait;
    uint64_t count;

    if (left > most)
        left = most;
    if (left < 0 || (deadline && left == 0))
        return tapir_error_set(&send->sink.error, TAPIR_TIMEOUT,
            "%s: the interface did not take frames in time", send->name);
    wait = (struct timespec){.tv_sec = left / SECOND, .tv_nsec = left % SECOND};
    if (!tapir__breaker_requested(&send->breaker))
        (void)!ppoll(polled, fd < 0 ? 1 : 2, &wait, NULL);
    if (tapir__breaker_requested(&send->breaker)) {
        (void)tapir__breaker_take(&send->breaker, NULL);
        return tapir_error_set(
            &send->sink.error, TAPIR_BREAK, "%s: sending was stopped", send->name);
    }
    /* A wake-up left over from a request that was served already. */
    if (polled[0].revents)
        (void)!read(send->breaker.wake_fd, &count, sizeof count);
    return TAPIR_OK;
}

tapir_status tapir__send_failed(tapir__send *send, int number)
{
    tapir_error *error = &send->sink.error;

    if ((number == ENETDOWN || number == ENXIO || number == ENODEV) &&
        if_nametoindex(send->name) == 0)
        return tapir_error_set(error, TAPIR_IO, "%s: the interface has gone away", send->name);
    if (number == ENETDOWN || number == ENXIO)
        return tapir_error_set(error, TAPIR_IO,
            "%s: the interface went down; bring it up with: ip link set %s up", send->name,
            send->name);
    return tapir__live_failed(error, send->name, "send", number);
}

tapir_status tapir__send_look_again(tapir__send *send)
{
    tapir_error *error = &send->sink.error;
    struct ifreq request = {.ifr_flags = 0};

    if (!tapir__interface_ask(send->name, SIOCGIFFLAGS, &request))
        return tapir__send_failed(send, errno);
    if (!(request.ifr_flags & IFF_UP))
        return tapir__send_failed(send, ENETDOWN);
    if (!(request.ifr_flags & IFF_RUNNING))
        return tapir_error_set(error, TAPIR_IO,
            "%s: the interface takes no frames, for it has no carrier: nothing is connected to it, "
            "or what is is down",
            send->name);
    return learn_longest(send, error);
}

/* The public calls on sinks that send. */

static tapir__send *send_of(tapir_sink *sink)
{
    return sink->kind->send ? (tapir__send *)sink : NULL;
}

uint64_t tapir__send_packets(const tapir_sink *sink)
{
    return ((const tapir__send *)sink)->stats.packets;
}

void tapir_send_stats_get(tapir_sink *sink, tapir_send_stats *stats)
{
    tapir__send *send = send_of(sink);

    memset(stats, 0, sizeof *stats);
    if (!send)
        return;
    sink->kind->send->complete(send);
    *stats = send->stats;
    stats->pending_packets = stats->packets - stats->sent_packets - stats->failed_packets;
}

tapir_status tapir_send_wait(tapir_sink *sink, int64_t timeout)
{
    if (!send_of(sink))
        return tapir_error_set(&sink->error, TAPIR_INVALID, "the sink does not send");
    return sink->kind->send->drain(send_of(sink), tapir__send_deadline(timeout));
}

void tapir_send_break(tapir_sink *sink)
{
    if (sink->kind->send)
        tapir__breaker_request(&((tapir__send *)sink)->breaker);
}

uint16_t tapir_send_link_type(const tapir_sink *sink)
{
    return sink->kind->send ? ((const tapir__send *)sink)->link_type : TAPIR_LINK_TYPE_UNKNOWN;
}

uint32_t tapir_send_longest(const tapir_sink *sink)
{
    return sink->kind->send ? ((const tapir__send *)sink)->longest : 0;
}

tapir_send_method tapir_send_method_of(const tapir_sink *sink)
{
    return sink->kind->send ? sink->kind->send->method : TAPIR_SEND_BEST;
}
