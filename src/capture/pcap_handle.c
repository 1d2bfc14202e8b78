/* Setting up libpcap's handles, and asking what an interface can do. */
#include "pcap_handle.h"

#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>

#include "filter/handle.h"

static const struct {
    int number;
    const char *name;
} clocks[] = {
    [TAPIR_CLOCK_HOST] = {PCAP_TSTAMP_HOST, "host"},
    [TAPIR_CLOCK_HOST_LOW] = {PCAP_TSTAMP_HOST_LOWPREC, "host_lowprec"},
    [TAPIR_CLOCK_HOST_HIGH] = {PCAP_TSTAMP_HOST_HIPREC, "host_hiprec"},
    [TAPIR_CLOCK_ADAPTER] = {PCAP_TSTAMP_ADAPTER, "adapter"},
    [TAPIR_CLOCK_ADAPTER_RAW] = {PCAP_TSTAMP_ADAPTER_UNSYNCED, "adapter_unsynced"},
    [TAPIR_CLOCK_HOST_UNSYNCED] = {PCAP_TSTAMP_HOST_HIPREC_UNSYNCED, "host_hiprec_unsynced"},
};

const char *tapir_capture_clock_name(tapir_capture_clock clock)
{
    return (size_t)clock < TAPIR_COUNT(clocks) ? clocks[clock].name : NULL;
}

bool tapir_capture_clock_find(const char *name, tapir_capture_clock *clock)
{
    for (size_t i = 0; i < TAPIR_COUNT(clocks); i++)
        if (strcmp(clocks[i].name, name) == 0) {
            *clock = (tapir_capture_clock)i;
            return true;
        }
    return false;
}

/* Permission to what is no network interface is a matter of its own: of a device file, mostly. */
static tapir_status denied(
    const char *interface, const char *doing, const char *message, tapir_error *error)
{
    if (if_nametoindex(interface) != 0 || strcmp(interface, "any") == 0 || !*message)
        return tapir__live_failed(error, interface, doing, EPERM);
    return tapir_error_set(error, TAPIR_DENIED,
        "%s: no permission to %s: %s; run as root, or have what it opens made readable", interface,
        doing, message);
}

tapir_status tapir__pcap_failed(pcap_t *handle, int code, const char *interface, tapir_error *error)
{
    const char *message = pcap_geterr(handle);

    switch (code) {
    case PCAP_ERROR_PERM_DENIED:
        return denied(interface, "capture", message, error);
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        return denied(interface, "see what is not for this machine", message, error);
    case PCAP_ERROR_NO_SUCH_DEVICE:
        return tapir__live_failed(error, interface, "capture", ENODEV);
    case PCAP_ERROR_IFACE_NOT_UP:
        return tapir_error_set(error, TAPIR_IO,
            "%s: the interface is down; bring it up with: ip link set %s up", interface, interface);
    case PCAP_ERROR_RFMON_NOTSUP:
    case PCAP_ERROR_NOT_RFMON:
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: the interface has no monitor mode; capture without it", interface);
    case PCAP_ERROR_CANTSET_TSTAMP_TYPE:
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: the clock of this interface cannot be chosen; leave it at host", interface);
    case PCAP_ERROR_TSTAMP_PRECISION_NOTSUP:
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: the interface has no times of that precision", interface);
    default:
        return tapir_error_set(error, TAPIR_IO, "%s: cannot capture: %s", interface,
            *message ? message : pcap_statustostr(code));
    }
}

static tapir_status create(pcap_t **handle, const char *interface, tapir_error *error)
{
    char message[PCAP_ERRBUF_SIZE] = "";

    *handle = pcap_create(interface, message);
    if (*handle)
        return TAPIR_OK;
    return tapir_error_set(error, TAPIR_IO, "%s: cannot capture: %s", interface, message);
}

static tapir_status set_monitor(pcap_t *handle, const char *interface, tapir_error *error)
{
    int can = pcap_can_set_rfmon(handle);

    if (can < 0)
        return tapir__pcap_failed(handle, can, interface, error);
    if (can == 0)
        return tapir__pcap_failed(handle, PCAP_ERROR_RFMON_NOTSUP, interface, error);
    pcap_set_rfmon(handle, 1);
    return TAPIR_OK;
}

/* Which of our clocks has libpcap's number; TAPIR_COUNT(clocks): none. */
static size_t clock_of(int number)
{
    size_t i = 0;

    while (i < TAPIR_COUNT(clocks) && clocks[i].number != number)
        i++;
    return i;
}

/* Clocks that can be chosen, in words; an interface of which libpcap lists none has the host's. */
static void list_clocks(pcap_t *handle, char *text, size_t room)
{
    int *numbers = NULL;
    int count = pcap_list_tstamp_types(handle, &numbers);
    size_t len = 0;

    snprintf(text, room, "host");
    for (int i = 0; i < count && len < room; i++)
        if (clock_of(numbers[i]) < TAPIR_COUNT(clocks))
            len += (size_t)snprintf(
                text + len, room - len, "%s%s", len ? ", " : "", clocks[clock_of(numbers[i])].name);
    if (count > 0)
        pcap_free_tstamp_types(numbers);
}

static tapir_status no_such_clock(pcap_t *handle, const tapir__live *live, tapir_error *error)
{
    char list[128];

    list_clocks(handle, list, sizeof list);
    return tapir_error_set(error, TAPIR_UNSUPPORTED, "%s: no clock %s here, but: %s", live->name,
        clocks[live->options.clock].name, list);
}

static tapir_status set_clock(pcap_t *handle, const tapir__live *live, tapir_error *error)
{
    if (live->options.clock == TAPIR_CLOCK_HOST ||
        pcap_set_tstamp_type(handle, clocks[live->options.clock].number) == 0)
        return TAPIR_OK;
    return no_such_clock(handle, live, error);
}

/* Says what the options ask for that only another method does. */
static tapir_status refuse_others(const tapir__live *live, tapir_error *error)
{
    const tapir_capture_options *options = &live->options;
    const char *what = NULL;

    if (options->fanout.mode != TAPIR_FANOUT_NONE)
        what = "fanout groups";
    else if (options->cooked && !options->has_link_type && strcmp(live->name, "any") != 0)
        what = "cooked frames of this interface";
    else if (options->busy_poll)
        what = "polling of the driver";
    if (!what)
        return TAPIR_OK;
    return tapir_error_set(error, TAPIR_UNSUPPORTED,
        "%s: libpcap has no %s; capture with afpacket:%s", live->name, what, live->name);
}

/* Hands over what has to be known before the handle is activated. */
static tapir_status prepare(pcap_t *handle, const tapir__live *live, tapir_error *error)
{
    const tapir_capture_options *options = &live->options;
    unsigned timeout = options->block_timeout ? options->block_timeout : TAPIR__PCAP_BLOCK_TIMEOUT;
    tapir_status status = TAPIR_OK;

    if (options->buffer > INT_MAX || timeout > INT_MAX)
        return tapir_error_set(error, TAPIR_INVALID,
            "%s: libpcap's buffer and its timeout are numbers up to %d", live->name, INT_MAX);
    if (options->monitor)
        status = set_monitor(handle, live->name, error);
    if (status == TAPIR_OK)
        status = set_clock(handle, live, error);
    if (status != TAPIR_OK)
        return status;
    pcap_set_snaplen(handle, (int)options->snaplen);
    pcap_set_promisc(handle, !options->no_promiscuous);
    pcap_set_timeout(handle, (int)timeout);
    pcap_set_immediate_mode(handle, options->immediate);
    if (options->buffer)
        pcap_set_buffer_size(handle, (int)options->buffer);
    if (!options->microseconds) /* else, and where there are none, microseconds */
        pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO);
    if (options->protocol && !tapir__pcap_set_protocol(handle, options->protocol))
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: this system cannot choose a protocol; use a filter: ether proto 0x%04x",
            live->name, (unsigned)options->protocol);
    return TAPIR_OK;
}

static tapir_status activate(pcap_t *handle, const tapir__live *live, tapir_error *error)
{
    int code = pcap_activate(handle);

    if (code < 0)
        return tapir__pcap_failed(handle, code, live->name, error);
    if (code == PCAP_WARNING_TSTAMP_TYPE_NOTSUP && live->options.clock != TAPIR_CLOCK_HOST)
        return no_such_clock(handle, live, error);
    return TAPIR_OK;
}

static tapir_status no_such_link_type(pcap_t *handle, const tapir__live *live, tapir_error *error)
{
    const char *wanted = tapir_link_type_name(live->options.link_type);
    char list[128] = "none";
    int *numbers = NULL;
    int count = pcap_list_datalinks(handle, &numbers);
    size_t len = 0;

    for (int i = 0; i < count && len < sizeof list; i++) {
        const char *name = tapir_link_type_name(tapir__link_type(numbers[i]));
        len += (size_t)snprintf(
            list + len, sizeof list - len, "%s%s", len ? ", " : "", name ? name : "?");
    }
    if (count > 0)
        pcap_free_datalinks(numbers);
    return tapir_error_set(error, TAPIR_UNSUPPORTED, "%s: no frames of link type %s here, but: %s",
        live->name, wanted ? wanted : "unknown", list);
}

/* Settles the link type: the one asked for; of all interfaces the newer cooked one, which tells
 * them apart, as tcpdump does. */
static tapir_status set_link_type(pcap_t *handle, tapir__live *live, tapir_error *error)
{
    int wanted = -1;

    if (live->options.has_link_type)
        wanted = tapir__datalink(live->options.link_type);
    else if (strcmp(live->name, "any") == 0)
        wanted = tapir__datalink(TAPIR_LINK_TYPE_LINUX_SLL2);
    if (wanted >= 0 && wanted != pcap_datalink(handle) && pcap_set_datalink(handle, wanted) != 0 &&
        live->options.has_link_type)
        return no_such_link_type(handle, live, error);
    live->single.link_type = tapir__link_type(pcap_datalink(handle));
    if (live->options.has_link_type && live->single.link_type != live->options.link_type)
        return no_such_link_type(handle, live, error);
    return TAPIR_OK;
}

static tapir_status set_direction(pcap_t *handle, const tapir__live *live, tapir_error *error)
{
    static const pcap_direction_t directions[] = {
        [TAPIR_CAPTURE_BOTH] = PCAP_D_INOUT,
        [TAPIR_CAPTURE_IN] = PCAP_D_IN,
        [TAPIR_CAPTURE_OUT] = PCAP_D_OUT,
    };

    if (live->options.direction == TAPIR_CAPTURE_BOTH ||
        pcap_setdirection(handle, directions[live->options.direction]) == 0)
        return TAPIR_OK;
    return tapir_error_set(error, TAPIR_UNSUPPORTED, "%s: directions cannot be told apart here: %s",
        live->name, pcap_geterr(handle));
}

static tapir_status set_filter(pcap_t *handle, const tapir__live *live, tapir_error *error)
{
    const char *expression = live->options.filter;
    tapir_filter *filter;
    tapir_status status;

    if (!expression && live->options.snaplen == TAPIR__SNAPLEN)
        return TAPIR_OK;
    /* Without an expression the filter is what has the kernel keep no more than the snapshot. */
    status = tapir__filter_new_handle(&filter, handle, expression ? expression : "", live->name,
        !live->options.no_optimize, error);
    if (status != TAPIR_OK)
        return status;
    if (pcap_setfilter(handle, (struct bpf_program *)(uintptr_t)tapir__filter_bpf(filter)) != 0)
        status = tapir_error_set(
            error, TAPIR_IO, "%s: the filter cannot be set: %s", live->name, pcap_geterr(handle));
    tapir_filter_free(filter);
    return status;
}

/* Says what can only be said to a handle that captures. */
static tapir_status finish(pcap_t *handle, tapir__live *live, tapir_error *error)
{
    char message[PCAP_ERRBUF_SIZE] = "";
    tapir_status status = set_link_type(handle, live, error);

    if (status == TAPIR_OK)
        status = set_direction(handle, live, error);
    if (status == TAPIR_OK)
        status = set_filter(handle, live, error);
    if (status == TAPIR_OK && pcap_setnonblock(handle, 1, message) != 0)
        status = tapir_error_set(error, TAPIR_IO, "%s: cannot capture: %s", live->name, message);
    live->single.snaplen = (uint32_t)pcap_snapshot(handle);
    live->single.time_resolution =
        pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO ? 9 : 6;
    return status;
}

tapir_status tapir__pcap_handle_open(pcap_t **handle, tapir__live *live, tapir_error *error)
{
    tapir_status status = refuse_others(live, error);

    *handle = NULL;
    if (status == TAPIR_OK)
        status = create(handle, live->name, error);
    if (status == TAPIR_OK)
        status = prepare(*handle, live, error);
    if (status == TAPIR_OK)
        status = activate(*handle, live, error);
    if (status == TAPIR_OK)
        status = finish(*handle, live, error);
    if (status != TAPIR_OK && *handle) {
        pcap_close(*handle);
        *handle = NULL;
    }
    return status;
}

/* Fills `link_types` from those of a handle that captures. */
static tapir_status collect_link_types(pcap_t *handle, const char *interface, uint16_t *link_types,
    size_t room, size_t *count, tapir_error *error)
{
    int *numbers = NULL;
    int found = pcap_list_datalinks(handle, &numbers);

    if (found < 0)
        return tapir__pcap_failed(handle, found, interface, error);
    for (int i = 0; i < found; i++) {
        uint16_t link_type = tapir__link_type(numbers[i]);
        if (link_type == TAPIR_LINK_TYPE_UNKNOWN)
            continue;
        if (*count < room)
            link_types[*count] = link_type;
        ++*count;
    }
    if (found > 0)
        pcap_free_datalinks(numbers);
    return TAPIR_OK;
}

tapir_status tapir_capture_link_types(const char *interface, bool monitor, uint16_t *link_types,
    size_t room, size_t *count, tapir_error *error)
{
    tapir_status status;
    uint8_t method;
    pcap_t *handle;
    int code;

    *count = 0;
    interface = tapir__take_method(interface, &method);
    status = create(&handle, interface, error);
    if (status != TAPIR_OK)
        return status;
    if (monitor)
        status = set_monitor(handle, interface, error);
    if (status == TAPIR_OK) {
        code = pcap_activate(handle);
        status = code < 0 ? tapir__pcap_failed(handle, code, interface, error)
                          : collect_link_types(handle, interface, link_types, room, count, error);
    }
    pcap_close(handle);
    return status;
}

tapir_status tapir_capture_clocks(
    const char *interface, uint8_t *found, size_t room, size_t *count, tapir_error *error)
{
    int *numbers = NULL;
    tapir_status status;
    uint8_t method;
    pcap_t *handle;
    int known;

    *count = 0;
    interface = tapir__take_method(interface, &method);
    status = create(&handle, interface, error);
    if (status != TAPIR_OK)
        return status;
    known = pcap_list_tstamp_types(handle, &numbers);
    if (known < 0)
        status = tapir__pcap_failed(handle, known, interface, error);
    for (int i = 0; i < known; i++) {
        size_t clock = clock_of(numbers[i]);
        if (clock == TAPIR_COUNT(clocks))
            continue;
        if (*count < room)
            found[*count] = (uint8_t)clock;
        ++*count;
    }
    if (known > 0)
        pcap_free_tstamp_types(numbers);
    pcap_close(handle);
    if (status == TAPIR_OK && *count == 0) {
        if (room)
            found[0] = TAPIR_CLOCK_HOST;
        *count = 1;
    }
    return status;
}
