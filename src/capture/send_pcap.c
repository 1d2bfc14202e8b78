/* Sending with libpcap: a system call for each frame, and it has left. */
#include "send.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>

/* A handle captures, too, whether one wants that or not: as little as can be. */
enum { SNAPLEN = 64, BUFFER = 64 << 10 };

struct send_pcap {
    tapir__send send;
    pcap_t *pcap;
};

static tapir_status refused(struct send_pcap *s, int number)
{
    tapir__send *send = &s->send;

    if (number == EMSGSIZE) { /* the MTU is another one by now */
        send->stats.too_long++;
        return tapir_error_set(&send->sink.error, TAPIR_TOO_WIDE,
            "%s: a frame is longer than the interface allows", send->name);
    }
    return tapir__send_failed(send, number);
}

static tapir_status pcap_write(tapir_sink *sink, const tapir_frame *frame)
{
    enum { PAUSE = 50000 /* ns */, PATIENCE = 8 };
    struct send_pcap *s = (struct send_pcap *)sink;
    tapir__sendable bytes;
    tapir_status status = tapir__send_take(&s->send, frame, &bytes);
    int64_t deadline = 0;
    unsigned tries = 0;

    if (status != TAPIR_OK)
        return status;
    for (;;) {
        errno = 0;
        s->send.stats.calls++;
        if (pcap_inject(s->pcap, bytes.data, bytes.len) >= 0)
            break;
        if (errno == EINTR)
            continue;
        if (errno != ENOBUFS && errno != EAGAIN)
            return refused(s, errno);
        s->send.stats.full++;
        if (!deadline)
            deadline = tapir__send_deadline(s->send.options.timeout);
        status = ++tries % PATIENCE ? TAPIR_OK : tapir__send_look_again(&s->send);
        if (status == TAPIR_OK && !tapir__send_is_short_enough(&s->send, bytes.data, bytes.len))
            return refused(s, EMSGSIZE);
        if (status == TAPIR_OK)
            status = tapir__send_pause(&s->send, -1, PAUSE, deadline);
        if (status != TAPIR_OK)
            return status;
    }
    tapir__send_accept(&s->send, bytes.len);
    tapir__send_done(&s->send, bytes.len);
    return TAPIR_OK;
}

static tapir_status pcap_flush(tapir_sink *sink)
{
    (void)sink;
    return TAPIR_OK;
}

static void complete(tapir__send *send)
{
    (void)send;
}

static tapir_status drain(tapir__send *send, int64_t deadline)
{
    (void)send;
    (void)deadline;
    return TAPIR_OK;
}

static void stop(tapir__send *send)
{
    struct send_pcap *s = (struct send_pcap *)send;

    if (s->pcap)
        pcap_close(s->pcap);
}

static tapir_status opened(struct send_pcap *s, int code, tapir_error *error)
{
    const char *name = s->send.name;

    if (code >= 0)
        return TAPIR_OK;
    if (code == PCAP_ERROR_PERM_DENIED || code == PCAP_ERROR_PROMISC_PERM_DENIED)
        return tapir__live_failed(error, name, "send", EPERM);
    if (code == PCAP_ERROR_NO_SUCH_DEVICE)
        return tapir__live_failed(error, name, "send", ENODEV);
    if (code == PCAP_ERROR_IFACE_NOT_UP)
        return tapir__live_failed(error, name, "send", ENETDOWN);
    return tapir_error_set(error, TAPIR_IO, "%s: cannot send: %s", name,
        *pcap_geterr(s->pcap) ? pcap_geterr(s->pcap) : pcap_statustostr(code));
}

static tapir_status open_handle(struct send_pcap *s, tapir_error *error)
{
    static struct bpf_insn nothing = {BPF_RET | BPF_K, 0, 0, 0};
    struct bpf_program keep_out = {.bf_len = 1, .bf_insns = &nothing};
    char message[PCAP_ERRBUF_SIZE];
    tapir_status status;

    s->pcap = pcap_create(s->send.name, message);
    if (!s->pcap)
        return tapir_error_set(error, TAPIR_IO, "%s: cannot send: %s", s->send.name, message);
    pcap_set_snaplen(s->pcap, SNAPLEN);
    pcap_set_buffer_size(s->pcap, BUFFER);
    pcap_set_timeout(s->pcap, 1000);
    status = opened(s, pcap_activate(s->pcap), error);
    return status == TAPIR_OK ? opened(s, pcap_setfilter(s->pcap, &keep_out), error) : status;
}

static tapir_status start(tapir__send *send, tapir_error *error)
{
    struct send_pcap *s = (struct send_pcap *)send;

    return open_handle(s, error);
}

static const tapir__send_kind send_kind = {
    .method = TAPIR_SEND_PCAP,
    .start = start,
    .stop = stop,
    .complete = complete,
    .drain = drain,
};

static const tapir__sink_kind sink_kind = {
    .write = pcap_write,
    .flush = pcap_flush,
    .packets = tapir__send_packets,
    .close = tapir__send_close,
    .send = &send_kind,
};

static bool suits(const char *interface)
{
    (void)interface;
    return true;
}

const tapir__send_way tapir__send_pcap_way = {
    .name = "pcap",
    .library = "libpcap",
    .size = sizeof(struct send_pcap),
    .kind = &sink_kind,
    .suits = suits,
};
