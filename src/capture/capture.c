/* Opening of live sources: which way to capture, and with what. */
#include "live.h"

#include <errno.h>
#include <string.h>

/* The best first. AF_XDP is not among those that are chosen: it takes frames away from the
 * machine's own programs, and is the slower one where frames do not come from a driver that knows
 * it. */
static const tapir__capture_way *const ways[] = {
    [TAPIR_CAPTURE_BEST] = NULL,
    [TAPIR_CAPTURE_PCAP] = &tapir__pcap_way,
    [TAPIR_CAPTURE_AFPACKET] = &tapir__afpacket_way,
    [TAPIR_CAPTURE_AFXDP] = &tapir__afxdp_way,
};

static const tapir_capture_method by_preference[] = {TAPIR_CAPTURE_AFPACKET, TAPIR_CAPTURE_PCAP};

bool tapir_capture_has(tapir_capture_method method)
{
    return method == TAPIR_CAPTURE_BEST ||
           ((size_t)method < TAPIR_COUNT(ways) && ways[method]->open != NULL);
}

const char *tapir_capture_method_name(tapir_capture_method method)
{
    return method > TAPIR_CAPTURE_BEST && (size_t)method < TAPIR_COUNT(ways) ? ways[method]->name
                                                                             : "best";
}

const char *tapir__take_method(const char *interface, uint8_t *method)
{
    for (size_t i = TAPIR_CAPTURE_PCAP; i < TAPIR_COUNT(ways); i++) {
        size_t len = strlen(ways[i]->name);
        if (strncmp(interface, ways[i]->name, len) != 0 || interface[len] != ':')
            continue;
        *method = (uint8_t)i;
        return interface + len + 1;
    }
    return interface;
}

static tapir_status check(
    const char *interface, const tapir_capture_options *options, tapir_error *error)
{
    if (!*interface || strlen(interface) >= TAPIR__NAME_ROOM)
        return tapir_error_set(error, TAPIR_INVALID, "name an interface to capture from, or any");
    if (options->method >= TAPIR_COUNT(ways))
        return tapir_error_set(error, TAPIR_INVALID, "there is no capture method number %u",
            (unsigned)options->method);
    if (options->direction > TAPIR_CAPTURE_OUT || options->clock > TAPIR_CLOCK_HOST_UNSYNCED ||
        options->fanout.mode > TAPIR_FANOUT_EBPF || options->xdp_mode > TAPIR_XDP_GENERIC)
        return tapir_error_set(error, TAPIR_INVALID,
            "direction, clock, fanout mode and XDP mode are those of tapir/capture.h");
    return TAPIR_OK;
}

static const tapir__capture_way *choose(const char *interface, const tapir_capture_options *options)
{
    if (options->method != TAPIR_CAPTURE_BEST)
        return ways[options->method];
    for (size_t i = 0; i < TAPIR_COUNT(by_preference); i++) {
        const tapir__capture_way *way = ways[by_preference[i]];
        if (way->open && way->suits(interface, options))
            return way;
    }
    return &tapir__pcap_way;
}

tapir_status tapir_capture_open(tapir_source **source, const char *interface,
    const tapir_capture_options *options, tapir_error *error)
{
    tapir_capture_options known = {.size = sizeof known};
    const tapir__capture_way *way;
    tapir_status status;

    *source = NULL;
    if (options)
        memcpy(&known, options, options->size < sizeof known ? options->size : sizeof known);
    known.size = sizeof known;
    if (!known.snaplen || known.snaplen > TAPIR__SNAPLEN)
        known.snaplen = TAPIR__SNAPLEN;
    interface = tapir__take_method(interface, &known.method);
    status = check(interface, &known, error);
    if (status != TAPIR_OK)
        return status;
    way = choose(interface, &known);
    if (!way->open)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: this build cannot capture with %s; build it with %s", interface, way->name,
            way->library);
    return way->open(source, interface, &known, error);
}

static tapir_status not_live(tapir_source *source)
{
    return tapir_error_set(
        &source->error, TAPIR_INVALID, "the source does not capture from an interface");
}

tapir_status tapir_capture_set_filter(tapir_source *source, const char *expression, bool optimize)
{
    tapir__live *live = (tapir__live *)source;
    const tapir__live_kind *kind = source->kind->live;
    tapir_filter *filter;
    tapir_status status;

    if (!kind)
        return not_live(source);
    if (!expression)
        expression = "";
    status = kind->compile
                 ? kind->compile(source, expression, optimize, &filter)
                 : tapir_filter_new_interface(&filter, expression, live->name,
                       live->single.link_type, live->options.snaplen, optimize, &source->error);
    if (status != TAPIR_OK)
        return status;
    status = kind->set_filter(source, filter);
    if (status == TAPIR_OK)
        status = tapir__live_keep_filter(live, expression, optimize, &source->error);
    tapir_filter_free(filter);
    return status;
}

tapir_status tapir_capture_set_timeout(tapir_source *source, int64_t timeout)
{
    if (!source->kind->live)
        return not_live(source);
    ((tapir__live *)source)->options.timeout = timeout;
    return TAPIR_OK;
}

int tapir_capture_fd(const tapir_source *source)
{
    return source->kind->live ? source->kind->live->fd(source) : -1;
}

uint16_t tapir_capture_fanout_id(const tapir_source *source)
{
    const tapir__live_kind *live = source->kind->live;

    return live && live->fanout_id ? live->fanout_id(source) : 0;
}
