/* When frames are to be sent: as they were captured, faster, slower, or at a steady rate. */
#ifndef TAPIR_PACE_H
#define TAPIR_PACE_H

#include "tapir/sink.h"

TAPIR_EXTERN_C_BEGIN

typedef enum tapir_pace_kind {
    TAPIR_PACE_NONE,    /* as fast as it goes */
    TAPIR_PACE_TIMES,   /* as far apart as their times are */
    TAPIR_PACE_PACKETS, /* so many packets per second */
    TAPIR_PACE_BITS     /* so many bits of frames per second, without what a medium adds */
} tapir_pace_kind;

/* Options of tapir_pace_new; zeroed, with `size` set, means as fast as it goes. */
typedef struct tapir_pace_options {
    size_t size;  /* sizeof (tapir_pace_options) */
    uint8_t kind; /* tapir_pace_kind */
    double speed; /* TIMES: a multiple, 2 is twice as fast; 0: 1 */
    double rate;  /* PACKETS, BITS: per second */
    /* TIMES: what lies further apart, in nanoseconds of the times, comes so far apart; 0: any. */
    int64_t longest_gap;
    /* How far behind, in nanoseconds, frames are still sent faster to catch up; what comes later
     * puts the rest of the schedule off. 0: 100 ms. */
    int64_t catch_up;
    /* How long before its time a wait stops to sleep and watches the clock, in nanoseconds; 0: 80
     * us; negative: it sleeps only. */
    int64_t spin;
} tapir_pace_options;

/* A schedule, that begins with its first frame. It is one of times, not of gaps: what a frame comes
 * too late is not added to those behind it. */
typedef struct tapir_pace tapir_pace;

/* Returns a schedule in *pace. TAPIR_INVALID for a kind, speed or rate that is none; TAPIR_IO;
 * TAPIR_NO_MEMORY. Then *pace is NULL. Free with tapir_pace_free. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_pace_new(
    tapir_pace **pace, const tapir_pace_options *options, tapir_error *error);

/* Frees the schedule; NULL is fine. */
TAPIR_API void tapir_pace_free(tapir_pace *pace);

/* Waits until it is the frame's turn. Before it sleeps or watches the clock, `sink` (may be NULL)
 * is flushed, so that the frames before this one are not late. A frame without a time, or with an
 * earlier one than a frame before it, comes at once where times count. TAPIR_OK; TAPIR_BREAK after
 * tapir_pace_break; what tapir_sink_flush returned. Except for TAPIR_OK the frame's turn has not
 * been used up. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_pace_wait(
    tapir_pace *pace, const tapir_frame *frame, tapir_sink *sink);

/* Begins the frames' times anew, with the next frame directly behind the last one: for a file that
 * is sent again, and for another file. */
TAPIR_API void tapir_pace_again(tapir_pace *pace);

/* Makes the current or next wait return TAPIR_BREAK. Safe from any thread and in a signal handler.
 */
TAPIR_API void tapir_pace_break(tapir_pace *pace);

/* Returns by how many nanoseconds the schedule had to be put off so far. */
TAPIR_API int64_t tapir_pace_put_off(const tapir_pace *pace);

TAPIR_EXTERN_C_END
#endif
