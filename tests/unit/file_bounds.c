/* What hostile files may cost: the heap at its peak, counted by wrapping the allocator (see the
 * link arguments in tests/meson.build). */
#include "capture.h"
#include "config.h"

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

void *__real_malloc(size_t len);
void *__real_calloc(size_t count, size_t len);
void *__real_realloc(void *old, size_t len);
void __real_free(void *old);
void *__wrap_malloc(size_t len);
void *__wrap_calloc(size_t count, size_t len);
void *__wrap_realloc(void *old, size_t len);
void __wrap_free(void *old);

static size_t live, peak;

static void *count(void *made)
{
    live += malloc_usable_size(made);
    if (peak < live)
        peak = live;
    return made;
}

void *__wrap_malloc(size_t len)
{
    return count(__real_malloc(len));
}

void *__wrap_calloc(size_t number, size_t len)
{
    return count(__real_calloc(number, len));
}

void *__wrap_realloc(void *old, size_t len)
{
    live -= malloc_usable_size(old);
    return count(__real_realloc(old, len));
}

void __wrap_free(void *old)
{
    live -= malloc_usable_size(old);
    __real_free(old);
}

/* Reads a file through a descriptor; returns how far the heap rose above where it was. */
static size_t cost_of_reading(const bytes *b, tapir_status expected)
{
    int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
    tapir_source *source;
    tapir_frame frame;
    tapir_status status;
    size_t before;

    assert_int_equal(write(fd, b->data, b->len), b->len);
    lseek(fd, 0, SEEK_SET);
    before = peak = live;
    status = tapir_source_open_fd(&source, fd, "file", NULL, NULL);
    while (status == TAPIR_OK)
        status = tapir_source_next(source, &frame);
    assert_int_equal(status, expected);
    tapir_source_close(source);
    close(fd);
    assert_int_equal(live, before);
    return peak - before;
}

static void a_claimed_length_costs_nothing_until_its_bytes_arrive(void **state)
{
    bytes pcap = {0}, pcapng = {0}, snoop = {.big_endian = true};

    (void)state;
    add_pcap_header(&pcap, 0xa1b2c3d4, 2, 4, 65535, 1);
    add_record(&pcap, 1, 1, 5, 5, 0);
    tapir_store_le(pcap.data + 24 + 8, 4, 16 << 20);
    assert_in_range(cost_of_reading(&pcap, TAPIR_TRUNCATED), 1, 200 << 10);

    add_section(&pcapng);
    add_interface(&pcapng, 1, 0);
    add32(&pcapng, TAPIR_PCAPNG_ENHANCED_PACKET);
    add32(&pcapng, 16 << 20);
    add64(&pcapng, 0);
    assert_in_range(cost_of_reading(&pcapng, TAPIR_TRUNCATED), 1, 200 << 10);

    /* Nor does it once the buffer is full. */
    for (unsigned i = 0; i < 140000; i++)
        add(&pcap, "x", 1);
    assert_in_range(cost_of_reading(&pcap, TAPIR_TRUNCATED), 1, 500 << 10);

    add(&snoop, "snoop\0\0\0\0\0\0\2\0\0\0\4", 16);
    add32(&snoop, 16 << 20);
    add32(&snoop, 16 << 20);
    add32(&snoop, (16 << 20) + 24);
    add64(&snoop, 0);
    add64(&snoop, 0);
    assert_in_range(cost_of_reading(&snoop, TAPIR_TRUNCATED), 1, 200 << 10);
    free(pcap.data);
    free(pcapng.data);
    free(snoop.data);
}

static void the_largest_record_costs_little_more_than_itself(void **state)
{
    bytes b = {0};
    uint8_t *zeroes = calloc(1, 16 << 20);

    (void)state;
    assert_non_null(zeroes);
    add_pcap_header(&b, 0xa1b2c3d4, 2, 4, 65535, 1);
    add_record(&b, 1, 1, 0, 0, 0);
    tapir_store_le(b.data + 24 + 8, 4, 16 << 20);
    add(&b, zeroes, 16 << 20);
    /* While the buffer grows for the last time, the one before is still there. */
    assert_in_range(cost_of_reading(&b, TAPIR_END), 16 << 20, 33 << 20);
    free(zeroes);
    free(b.data);
}

static void ordinary_files_cost_one_buffer(void **state)
{
    bytes b = {0};

    (void)state;
    add_pcap_header(&b, 0xa1b2c3d4, 2, 4, 65535, 1);
    for (unsigned i = 0; i < 500; i++)
        add_record(&b, 1, 1, 1000, 1000, 0);
    assert_in_range(cost_of_reading(&b, TAPIR_END), 1, 140 << 10);
    free(b.data);
}

static void many_sections_do_not_add_up(void **state)
{
    bytes b = {0};

    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        add_section(&b);
        if (b.len % (7 * 28) == 0)
            add_interface(&b, 1, 0);
    }
    assert_in_range(cost_of_reading(&b, TAPIR_END), 1, 1 << 20);
    free(b.data);
}

#if HAVE_ZSTD
static void a_huge_zstd_window_is_refused(void **state)
{
    /* A frame header that asks for a window of 2 GiB. */
    bytes b = {0};

    (void)state;
    add(&b, "\x28\xb5\x2f\xfd\0\xa8\1\0\0", 9);
    assert_in_range(cost_of_reading(&b, TAPIR_DAMAGED), 1, 1 << 20);
    free(b.data);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_claimed_length_costs_nothing_until_its_bytes_arrive),
        cmocka_unit_test(the_largest_record_costs_little_more_than_itself),
        cmocka_unit_test(ordinary_files_cost_one_buffer),
        cmocka_unit_test(many_sections_do_not_add_up),
#if HAVE_ZSTD
        cmocka_unit_test(a_huge_zstd_window_is_refused),
#endif
    };

    return cmocka_run_group_tests_name("file_bounds", tests, NULL, NULL);
}
