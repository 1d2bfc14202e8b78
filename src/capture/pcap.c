/* Capturing with libpcap. */
#include "pcap_handle.h"

#include <errno.h>
#include <net/if.h>
#include <stdlib.h>

#include "filter/handle.h"

#define SECOND      INT64_C(1000000000)
#define MILLISECOND INT64_C(1000000)

enum { BATCH_ROOM = 256 << 10 }; /* bytes of frames handed out together, beyond the first */

struct pcap_source {
    tapir__live live;
    pcap_t *handle;
    bool is_device;    /* something else than network interfaces */
    unsigned index;    /* of the network interface; 0: it is none, or all of them */
    int64_t time_unit; /* of what libpcap says in microseconds, in nanoseconds */
    /* libpcap gives a frame's memory back to the kernel as soon as its callback returns: frames are
     * copied, as pcap_next_ex does. */
    uint8_t *bytes;
    size_t used, room;
    tapir_frame *frames; /* of the read at hand */
    size_t count, wanted;
    struct pcap_stat seen; /* when the handle was last asked */
    uint64_t received, dropped, interface_drops;
    /* An interface that went down or away. */
    int64_t lost;  /* when it was noticed; 0: it is there */
    bool broken;   /* the handle has failed, and another one is needed */
    bool reported; /* who reads knows */
    pcap_t *fresh; /* of the interface that is there anew, while the old handle is read empty */
    unsigned fresh_index;
};

/* The direction that a cooked header tells, or the options. */
static uint8_t direction_of(const struct pcap_source *p, const uint8_t *data, uint32_t caplen)
{
    enum { OUTGOING = 4 };
    bool outgoing;

    if (p->live.options.direction == TAPIR_CAPTURE_IN)
        return TAPIR_DIRECTION_IN;
    if (p->live.options.direction == TAPIR_CAPTURE_OUT)
        return TAPIR_DIRECTION_OUT;
    if (p->live.single.link_type == TAPIR_LINK_TYPE_LINUX_SLL2 && caplen > 10)
        outgoing = data[10] == OUTGOING;
    else if (p->live.single.link_type == TAPIR_LINK_TYPE_LINUX_SLL && caplen > 1)
        outgoing = tapir_load_be(data, 2) == OUTGOING;
    else
        return TAPIR_DIRECTION_UNKNOWN;
    return outgoing ? TAPIR_DIRECTION_OUT : TAPIR_DIRECTION_IN;
}

/* Takes a frame from libpcap, and stops it when a further one might not have room. */
static void take(u_char *user, const struct pcap_pkthdr *header, const u_char *data)
{
    struct pcap_source *p = (struct pcap_source *)(void *)user;
    uint32_t snaplen = p->live.single.snaplen;
    uint32_t caplen = header->caplen < snaplen ? header->caplen : snaplen;
    uint8_t *copy = p->bytes + p->used;

    if (p->count == p->wanted || p->room - p->used < snaplen)
        return; /* never, for libpcap was told */
    memcpy(copy, data, caplen);
    p->frames[p->count++] = (tapir_frame){
        .data = copy,
        .caplen = caplen,
        .len = header->len,
        .time = header->ts.tv_sec * SECOND + header->ts.tv_usec * p->time_unit,
        .link_type = p->live.single.link_type,
        .direction = direction_of(p, copy, caplen),
        .has_time = true,
        .number = ++p->live.source.frames,
    };
    p->live.source.bytes += caplen;
    p->used += caplen;
    if (p->count < p->wanted && p->room - p->used < snaplen)
        pcap_breakloop(p->handle);
}

/* Adds up what the handle counted since it was last asked; its counters wrap. */
static void count_drops(struct pcap_source *p)
{
    struct pcap_stat now;

    if (!p->handle || pcap_stats(p->handle, &now) != 0)
        return;
    p->received += now.ps_recv - p->seen.ps_recv;
    p->dropped += now.ps_drop - p->seen.ps_drop;
    p->interface_drops += now.ps_ifdrop - p->seen.ps_ifdrop;
    p->seen = now;
}

/* Makes `handle`, of an interface that was just opened, the one to read. */
static void use(struct pcap_source *p, pcap_t *handle, unsigned index)
{
    count_drops(p);
    if (p->handle)
        pcap_close(p->handle);
    p->handle = handle;
    p->index = index;
    p->is_device = p->index == 0 && strcmp(p->live.name, "any") != 0;
    p->time_unit = p->live.single.time_resolution == 9 ? 1 : 1000;
    memset(&p->seen, 0, sizeof p->seen);
    p->broken = p->reported = false;
    p->lost = 0;
}

static bool is_up(const struct pcap_source *p)
{
    return p->index == 0 || tapir__interface_is_up(p->live.name);
}

static bool is_same(const struct pcap_source *p)
{
    return p->index == if_nametoindex(p->live.name);
}

static tapir_status report_loss(struct pcap_source *p)
{
    p->reported = true;
    return tapir_error_set(&p->live.source.error, TAPIR_IO,
        if_nametoindex(p->live.name) == 0 ? "%s: the interface has gone away"
                                          : "%s: the interface went down",
        p->live.name);
}

static tapir_status timed_out(struct pcap_source *p)
{
    return tapir_error_set(
        &p->live.source.error, TAPIR_TIMEOUT, "%s: no frame came in time", p->live.name);
}

/* Opens the interface that is there anew. What comes of it has to be of the same link type. */
static tapir_status open_fresh(struct pcap_source *p)
{
    tapir_interface before = p->live.single;
    tapir_status status;

    p->fresh_index = if_nametoindex(p->live.name);
    status = tapir__pcap_handle_open(&p->fresh, &p->live, &p->live.source.error);
    if (status != TAPIR_OK) {
        p->live.single = before;
        return TAPIR_OK; /* it may not be ready yet */
    }
    if (p->live.single.link_type == before.link_type &&
        p->live.single.snaplen <= p->room - BATCH_ROOM)
        return TAPIR_OK;
    p->live.single = before;
    pcap_close(p->fresh);
    p->fresh = NULL;
    return tapir_error_set(&p->live.source.error, TAPIR_IO,
        "%s: the interface came back with another link type; open it anew", p->live.name);
}

/* Tells whether nothing more can come of an interface that was lost: the kernel hands out what it
 * holds in its usual time. */
static bool is_drained(const struct pcap_source *p)
{
    enum { IMMEDIATE_MS = 20 };
    int64_t held =
        p->live.options.block_timeout ? p->live.options.block_timeout : TAPIR__PCAP_BLOCK_TIMEOUT;

    if (p->live.options.immediate)
        held = IMMEDIATE_MS;
    return p->lost && tapir__now() - p->lost > held * MILLISECOND * 5 / 4;
}

/* Goes on a step after the interface was lost. */
static tapir_status follow(struct pcap_source *p, int64_t since)
{
    enum { STEP_MS = 20 };
    bool drained = is_drained(p), is_back = is_up(p);
    bool is_usable = is_back && is_same(p) && !p->broken;

    if (drained && !p->live.options.follow && !p->reported)
        return report_loss(p);
    if (is_usable && (p->live.options.follow || p->reported)) {
        p->lost = 0;
        p->reported = false;
        return TAPIR_OK;
    }
    if (is_back && !is_usable && !p->fresh) {
        tapir_status status = open_fresh(p);
        if (status != TAPIR_OK)
            return status;
    }
    if (p->fresh && drained) {
        use(p, p->fresh, p->fresh_index);
        p->fresh = NULL;
        return TAPIR_OK;
    }
    switch (tapir__live_pause(&p->live, STEP_MS, since)) {
    case TAPIR__WAIT_BREAK:
        return tapir__breaker_take(&p->live.source.breaker, &p->live.source.error);
    case TAPIR__WAIT_TIMEOUT:
        return timed_out(p);
    default:
        return TAPIR_OK;
    }
}

/* Waits for what libpcap says is to be waited for. */
static tapir__wait sleep_until_ready(struct pcap_source *p, int64_t since)
{
    const struct timeval *most = pcap_get_required_select_timeout(p->handle);
    int fd = pcap_get_selectable_fd(p->handle);

    if (most)
        return tapir__live_step(
            &p->live, fd, most->tv_sec * SECOND + most->tv_usec * INT64_C(1000), since);
    if (fd < 0)
        return tapir__live_step(&p->live, fd, MILLISECOND, since);
    return tapir__live_wait(&p->live, fd, since);
}

/* Waits until it is worth asking libpcap again. Before that it looks at the interface, for libpcap
 * keeps to itself that it went down. */
static tapir_status await(struct pcap_source *p, int64_t since)
{
    if (!p->lost && !is_up(p))
        p->lost = tapir__now();
    if (p->lost)
        return follow(p, since);
    switch (sleep_until_ready(p, since)) {
    case TAPIR__WAIT_BREAK:
        return tapir__breaker_take(&p->live.source.breaker, &p->live.source.error);
    case TAPIR__WAIT_TIMEOUT:
        return timed_out(p);
    case TAPIR__WAIT_PROBLEM:
        if (is_up(p) && is_same(p)) /* libpcap knows what it is, or else it has passed */
            (void)tapir__live_pause(&p->live, 1, since);
        else
            p->lost = tapir__now();
        return TAPIR_OK;
    default:
        return TAPIR_OK;
    }
}

/* libpcap has failed. When that is because the interface has gone, it may still have frames. */
static tapir_status meet_error(struct pcap_source *p, int code, int64_t since)
{
    p->broken = true;
    if (!p->lost)
        p->lost = tapir__now();
    if (p->index != 0 && !(is_up(p) && is_same(p)))
        return follow(p, since);
    p->reported = true;
    return tapir__pcap_failed(p->handle, code, p->live.name, &p->live.source.error);
}

/* Has libpcap hand out what there is; returns its code. */
static int ask(struct pcap_source *p, int wanted)
{
    int code;

    if (p->broken && is_drained(p))
        return 0;
    errno = 0;
    code = pcap_dispatch(p->handle, wanted, take, (u_char *)p);
    /* Some of its devices (nflog) take it for an error that there is nothing. */
    if (code == PCAP_ERROR && p->is_device && (errno == EAGAIN || errno == EWOULDBLOCK))
        return 0;
    return code;
}

static tapir_status pcap_source_next_batch(
    tapir_source *source, tapir_frame *frames, size_t room, size_t *count)
{
    struct pcap_source *p = (struct pcap_source *)source;
    int wanted = room < INT16_MAX ? (int)room : INT16_MAX;
    int64_t since = 0;

    p->frames = frames;
    p->wanted = (size_t)wanted;
    p->count = p->used = 0;
    for (;;) {
        tapir_status status = TAPIR_OK;
        int code = ask(p, wanted);

        if (p->count) {
            *count = p->count;
            return TAPIR_OK;
        }
        if (!since)
            since = tapir__now();
        if (code == 0)
            status = await(p, since);
        else if (code != PCAP_ERROR_BREAK && code < 0)
            status = meet_error(p, code, since);
        if (status != TAPIR_OK)
            return status;
    }
}

static tapir_status pcap_source_next(tapir_source *source, tapir_frame *frame)
{
    size_t count;

    return pcap_source_next_batch(source, frame, 1, &count);
}

static void pcap_source_stats(const tapir_source *source, tapir_source_stats *stats)
{
    struct pcap_source *p = (struct pcap_source *)(uintptr_t)source;

    count_drops(p);
    stats->received = p->received;
    stats->dropped_by_kernel = p->dropped;
    stats->dropped_by_interface = p->interface_drops;
}

static tapir_status pcap_source_compile(
    tapir_source *source, const char *expression, bool optimize, tapir_filter **filter)
{
    const struct pcap_source *p = (const struct pcap_source *)source;

    return tapir__filter_new_handle(
        filter, p->handle, expression, p->live.name, optimize, &source->error);
}

static tapir_status set_on(struct pcap_source *p, pcap_t *handle, const tapir_filter *filter)
{
    if (pcap_setfilter(handle, (struct bpf_program *)(uintptr_t)tapir__filter_bpf(filter)) == 0)
        return TAPIR_OK;
    return tapir_error_set(&p->live.source.error, TAPIR_IO, "%s: the filter cannot be set: %s",
        p->live.name, pcap_geterr(handle));
}

static tapir_status pcap_source_set_filter(tapir_source *source, const tapir_filter *filter)
{
    struct pcap_source *p = (struct pcap_source *)source;
    tapir_status status = set_on(p, p->handle, filter);

    return status == TAPIR_OK && p->fresh ? set_on(p, p->fresh, filter) : status;
}

static int pcap_source_fd(const tapir_source *source)
{
    return pcap_get_selectable_fd(((const struct pcap_source *)source)->handle);
}

static void pcap_source_close(tapir_source *source)
{
    struct pcap_source *p = (struct pcap_source *)source;

    if (p->fresh)
        pcap_close(p->fresh);
    if (p->handle)
        pcap_close(p->handle);
    tapir__live_clear(&p->live);
    free(p->bytes);
    free(p);
}

static const tapir__live_kind live_kind = {
    .compile = pcap_source_compile,
    .set_filter = pcap_source_set_filter,
    .fd = pcap_source_fd,
};

static const tapir__source_kind source_kind = {
    .next = pcap_source_next,
    .next_batch = pcap_source_next_batch,
    .stats = pcap_source_stats,
    .close = pcap_source_close,
    .live = &live_kind,
};

static tapir_status no_memory(const char *interface, tapir_error *error)
{
    return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", interface);
}

static tapir_status pcap_source_open(tapir_source **source, const char *interface,
    const tapir_capture_options *options, tapir_error *error)
{
    struct pcap_source *p = calloc(1, sizeof *p);
    unsigned index = if_nametoindex(interface);
    pcap_t *handle = NULL;
    tapir_status status;

    if (!p)
        return no_memory(interface, error);
    status = tapir__live_init(&p->live, &source_kind, "libpcap", interface, options, 0, error);
    if (status == TAPIR_OK)
        status = tapir__pcap_handle_open(&handle, &p->live, error);
    if (status == TAPIR_OK) {
        use(p, handle, index);
        p->room = p->live.single.snaplen + (size_t)BATCH_ROOM;
        p->bytes = malloc(p->room);
        if (!p->bytes)
            status = no_memory(interface, error);
    }
    if (status != TAPIR_OK)
        pcap_source_close(&p->live.source);
    else
        *source = &p->live.source;
    return status;
}

static bool pcap_suits(const char *interface, const tapir_capture_options *options)
{
    (void)interface;
    (void)options;
    return true; /* it says itself what it cannot do */
}

const tapir__capture_way tapir__pcap_way = {
    .name = "pcap",
    .library = "libpcap",
    .open = pcap_source_open,
    .suits = pcap_suits,
};
