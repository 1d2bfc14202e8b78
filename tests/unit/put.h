/* A writer under test: ROOM, defined before this is included, is what it may fill. */
#ifndef TAPIR_TESTS_PUT_H
#define TAPIR_TESTS_PUT_H

#include "tapir/tapir.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static uint8_t room[ROOM];
static tapir_writer w;

static inline int start(void **state)
{
    (void)state;
    w = tapir_writer_of(room, sizeof room);
    return 0;
}

static inline tapir_span text(const char *string)
{
    return tapir_span_of(string, strlen(string));
}

static inline void assert_bytes(tapir_span bytes, const void *expected, size_t len)
{
    assert_int_equal(bytes.len, len);
    assert_memory_equal(bytes.data, expected, len);
}

/* What has failed is empty; starts anew. */
static inline void assert_failed(void)
{
    assert_true(w.failed);
    assert_int_equal(tapir_written(&w, room).len, 0);
    start(NULL);
}

#endif
