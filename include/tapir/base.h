/* What every other header stands on: visibility, statuses and errors. */
#ifndef TAPIR_BASE_H
#define TAPIR_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
#define TAPIR_EXTERN_C_BEGIN extern "C" {
#define TAPIR_EXTERN_C_END   }
#else
#define TAPIR_EXTERN_C_BEGIN
#define TAPIR_EXTERN_C_END
#endif

#define TAPIR_API             __attribute__((visibility("default")))
#define TAPIR_MUST_CHECK      __attribute__((warn_unused_result))
#define TAPIR_PRINTF(at, arg) __attribute__((format(printf, at, arg)))
#define TAPIR_INLINE          static inline __attribute__((always_inline))
#define TAPIR_COUNT(array)    (sizeof(array) / sizeof *(array))

TAPIR_EXTERN_C_BEGIN

/* Everything a function can answer: name, and what it means in words. */
#define TAPIR_STATUSES(X)                                                                          \
    X(OK, "ok")                                                                                    \
    X(TRUNCATED, "truncated") /* the capture kept less than was sent */                            \
    X(CUT, "cut")             /* an outer header's length ends before this one does */             \
    X(MALFORMED, "malformed") /* the bytes break the protocol's own rules */                       \
    X(TOO_DEEP, "too deep")   /* more layers than the packet's limit */                            \
    X(NO_ROOM, "no room")     /* the caller's buffer is too small */                               \
    X(TOO_WIDE, "too wide")   /* a value does not fit its field */                                 \
    X(NO_MEMORY, "out of memory")                                                                  \
    X(INVALID, "invalid") /* an argument makes no sense */                                         \
    X(NOT_FOUND, "not found")                                                                      \
    X(END, "end") /* a source has no more frames */                                                \
    X(TIMEOUT, "timeout")                                                                          \
    X(BREAK, "break")           /* a source was told to stop */                                    \
    X(IO, "input/output error") /* the system refused */                                           \
    X(DENIED, "not permitted")  /* a privilege is missing */                                       \
    X(DAMAGED, "damaged")       /* a file breaks its own format */                                 \
    X(UNSUPPORTED, "not supported")

typedef enum tapir_status {
#define X(name, text) TAPIR_##name,
    TAPIR_STATUSES(X)
#undef X
} tapir_status;

/* Returns the status in lower-case words, "unknown status" for a number that is none. Static. */
TAPIR_API const char *tapir_status_text(tapir_status status);

/* What failed, on what, and what to do about it. Filled only on failure; every function that takes
 * one accepts NULL. `offset` counts bytes from the start of the input where that makes sense. */
typedef struct tapir_error {
    tapir_status code;
    uint64_t offset;
    char message[256];
} tapir_error;

/* Fills `error` (may be NULL) and returns `code`, so that a failure is one return statement. */
TAPIR_API tapir_status tapir_error_set(
    tapir_error *error, tapir_status code, const char *format, ...) TAPIR_PRINTF(3, 4);

/* Returns the version of the library that is linked, as "1.2.3". Static. */
TAPIR_API const char *tapir_version(void);

TAPIR_EXTERN_C_END
#endif
