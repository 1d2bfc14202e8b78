/* What every live source is made of, and the ways there are to capture. */
#ifndef TAPIR_CAPTURE_LIVE_H
#define TAPIR_CAPTURE_LIVE_H

#include "core/source.h"
#include "tapir/capture.h"
#include "tapir/filter.h"

enum { TAPIR__SNAPLEN = 262144, TAPIR__NAME_ROOM = 256 };

/* The common part, the first member of every live kind's own struct. */
typedef struct tapir__live {
    tapir_source source;
    tapir_capture_options options; /* as this version knows them; what they point to is ours */
    char name[TAPIR__NAME_ROOM];   /* of the interface, without the method */
    tapir_interface single;
    tapir_interface *single_list[1];
} tapir__live;

/* What live sources can do beyond others. The source is the kind's own. */
typedef struct tapir__live_kind {
    /* Compiles a filter for set_filter; NULL: tapir_filter_new_interface does. */
    tapir_status (*compile)(
        tapir_source *source, const char *expression, bool optimize, tapir_filter **filter);
    /* Replaces the kernel's filter, whose program is for the source's link type and its interface.
     * Fills source->error. */
    tapir_status (*set_filter)(tapir_source *source, const tapir_filter *filter);
    int (*fd)(const tapir_source *source);
    uint16_t (*fanout_id)(const tapir_source *source); /* may be NULL */
} tapir__live_kind;

/* A way to capture. `open` makes a source that captures from `interface`, the method's prefix taken
 * off; the options are complete: no member is missing, and those of which 0 means a default that
 * all methods share have it. It calls tapir__live_start before the first frame can come. */
typedef struct tapir__capture_way {
    const char *name;    /* "afpacket" */
    const char *library; /* what it needs, for the message that it was not built in */
    tapir_status (*open)(tapir_source **source, const char *interface,
        const tapir_capture_options *options, tapir_error *error); /* NULL: not built in */
    /* Tells whether it can do what is asked for, and is better than those behind it in the table.
     */
    bool (*suits)(const char *interface, const tapir_capture_options *options);
} tapir__capture_way;

extern const tapir__capture_way tapir__afpacket_way, tapir__afxdp_way, tapir__pcap_way;

/* Takes a method's name and the colon off the front of an interface's, if it has one. */
const char *tapir__take_method(const char *interface, uint8_t *method);

/* Fills the common part: kind, name, options, breaker and the one interface. On failure nothing is
 * to be cleared. */
tapir_status tapir__live_init(tapir__live *live, const tapir__source_kind *kind, const char *format,
    const char *interface, const tapir_capture_options *options, uint16_t link_type,
    tapir_error *error);

void tapir__live_clear(tapir__live *live);

/* Keeps a copy of the filter's expression as the one in use. */
tapir_status tapir__live_keep_filter(
    tapir__live *live, const char *expression, bool optimize, tapir_error *error);

/* Compiles the options' filter for the live source, as said in tapir_filter_new_interface; *filter
 * is NULL, TAPIR_OK returned, when it takes everything whole. */
tapir_status tapir__live_filter(const tapir__live *live, tapir_filter **filter, tapir_error *error);

/* What waiting ended with. */
typedef enum tapir__wait {
    TAPIR__WAIT_READY,
    TAPIR__WAIT_TIMEOUT,
    TAPIR__WAIT_BREAK,
    TAPIR__WAIT_PROBLEM /* POLLERR, POLLHUP: the descriptor tells which */
} tapir__wait;

/* Waits until `fd` is readable, a stop is asked for, or `timeout` (as in the options) has passed
 * since `since`, a time of tapir__now. */
tapir__wait tapir__live_wait(tapir__live *live, int fd, int64_t since);

/* The same for `step` nanoseconds at most, after which it returns TAPIR__WAIT_READY, too. `since`
 * 0: the time a read waits does not matter. */
tapir__wait tapir__live_step(tapir__live *live, int fd, int64_t step, int64_t since);

/* Sleeps for `ms`; TAPIR__WAIT_BREAK when a stop is asked for, TAPIR__WAIT_TIMEOUT when the time a
 * read waits is over, counted from `since` (0: it is not). */
tapir__wait tapir__live_pause(tapir__live *live, int ms, int64_t since);

struct ifreq;

/* Asks the kernel one of its questions about an interface (SIOCGIF*), of the namespace the process
 * is in. Puts the name into the request, whose other members are as the question wants them; false,
 * with errno set: no answer. */
bool tapir__interface_ask(const char *interface, unsigned long question, struct ifreq *request);

/* Tells whether the interface is there and up; "any" always is. */
bool tapir__interface_is_up(const char *interface);

/* Returns how many frames the interface dropped since it exists, for want of room of its own. */
uint64_t tapir__interface_drops(const char *interface);

/* Returns how many queues the interface receives on, at least 1. */
uint32_t tapir__interface_queues(const char *interface);

/* Returns nanoseconds of a clock that only goes forward. */
int64_t tapir__now(void);

/* Returns the time of day, in nanoseconds since 1970: of the clock that frames' times are of. */
int64_t tapir__wall_clock(void);

/* Fills the error for a system call that failed with `number`: TAPIR_DENIED and which capability to
 * grant for EPERM and EACCES, TAPIR_NOT_FOUND for ENODEV and ENXIO, else TAPIR_IO. `doing` is what
 * could not be done: "capture". Returns the status. */
tapir_status tapir__live_failed(
    tapir_error *error, const char *interface, const char *doing, int number);

#endif
