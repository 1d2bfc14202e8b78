/* Registries of MAC addresses: both formats, broken files, what is looked up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tapir/vendor.h"

/* Reads a registry of these bytes. */
static tapir_status read_bytes(
    tapir_vendors **vendors, const char *ending, const void *bytes, size_t len)
{
    char path[64];
    tapir_error error;
    tapir_status status;
    FILE *file;
    int fd;

    snprintf(path, sizeof path, "/tmp/tapir-vendor-XXXXXX%s", ending);
    fd = mkstemps(path, (int)strlen(ending));
    assert_true(fd >= 0);
    file = fdopen(fd, "w");
    assert_int_equal(fwrite(bytes, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
    status = tapir_vendors_new(vendors, path, &error);
    assert_true(status == TAPIR_OK || strstr(error.message, path));
    unlink(path);
    return status;
}

static tapir_vendors *read_text(const char *ending, const char *text)
{
    tapir_vendors *vendors;

    assert_int_equal(read_bytes(&vendors, ending, text, strlen(text)), TAPIR_OK);
    return vendors;
}

static void expect(const tapir_vendors *vendors, const char *mac, const char *name, unsigned bits)
{
    unsigned prefix_len = 0;
    const char *found = tapir_vendors_find(vendors, (const uint8_t *)mac, &prefix_len);

    if (!name) {
        assert_null(found);
        return;
    }
    assert_non_null(found);
    assert_string_equal(found, name);
    assert_int_equal(prefix_len, bits);
}

static void csv_has_quotes_commas_and_lines_inside_values(void **state)
{
    tapir_vendors *vendors =
        read_text(".csv", "Registry,Assignment,Organization Name,Organization Address\r\n"
                          "MA-L,0016AA,\"Say \"\"A, B\"\"\",\"x\ny\"\r\n"
                          "MA-M,0016AAB, Blanks  ,\n"
                          "MA-S,0016AABCD,Third");

    (void)state;
    assert_int_equal(tapir_vendors_count(vendors), 3);
    expect(vendors, "\x00\x16\xaa\x00\x00\x00", "Say \"A, B\"", 24);
    expect(vendors, "\x00\x16\xaa\xb0\x00\x00", "Blanks", 28);
    expect(vendors, "\x00\x16\xaa\xbc\xd0\x00", "Third", 36);
    expect(vendors, "\x00\x16\xaa\xbc\xe0\x00", "Blanks", 28);
    expect(vendors, "\x01\x16\xaa\xff\xff\xff", "Say \"A, B\"", 24);
    expect(vendors, "\x02\x16\xaa\xff\xff\xff", NULL, 0);
    expect(vendors, "\xff\xff\xff\xff\xff\xff", NULL, 0);
    tapir_vendors_free(vendors);
}

static void text_has_whole_prefixes_and_ranges_behind_one(void **state)
{
    tapir_vendors *vendors = read_text(".txt",
        "OUI/MA-L    Organization\n\n"
        "00-16-AA   (hex)\t\tFirst\r\n0016AA     (base 16)\t\tFirst\r\n\t\t1 Street\r\n\r\n"
        "00-16-AB   (hex)\t\tHalf\nB00000-BFFFFF     (base 16)\t\tMiddle\n"
        "00-16-AB   (hex)\t\tThin\nBCD000-BCDFFF     (base 16)\t\tSmall\n"
        "BCD000-BCDFF0     (base 16)\t\tNo range\nFFF000-000FFF (base 16) Backwards\n");

    (void)state;
    assert_int_equal(tapir_vendors_count(vendors), 3);
    expect(vendors, "\x00\x16\xaa\x12\x34\x56", "First", 24);
    expect(vendors, "\x00\x16\xab\xb2\x34\x56", "Middle", 28);
    expect(vendors, "\x00\x16\xab\xbc\xd4\x56", "Small", 36);
    expect(vendors, "\x00\x16\xab\x02\x34\x56", NULL, 0);
    tapir_vendors_free(vendors);
}

static void names_are_one_line_of_text(void **state)
{
    char row[1200] = "x,001122,";
    tapir_vendors *vendors;
    size_t len = strlen(row);

    (void)state;
    vendors = read_text(".csv", "x,001122,\"a\x1b[31m\nb\xff\"\n");
    expect(vendors, "\x00\x11\x22\0\0\0", "a\\x1b[31m\\nb\xef\xbf\xbd", 24);
    tapir_vendors_free(vendors);
    memset(row + len, 'n', sizeof row - len - 1);
    row[sizeof row - 1] = '\0';
    vendors = read_text(".csv", row);
    assert_true(
        strlen(tapir_vendors_find(vendors, (const uint8_t *)"\x00\x11\x22\0\0\0", NULL)) <= 200);
    tapir_vendors_free(vendors);
}

static void the_first_of_two_assignments_counts(void **state)
{
    tapir_vendors *vendors = read_text(".csv", "x,001122,One\nx,001122,Two\nx,001122,Three\n");

    (void)state;
    expect(vendors, "\x00\x11\x22\0\0\0", "One", 24);
    tapir_vendors_free(vendors);
}

static void what_is_no_registry_is_refused(void **state)
{
    static const char *const texts[] = {"", "\n\n", "a,b,c\n", "x,00112,Five digits\n",
        "x,001122,\n", "x,00112233,Eight\n", "x,0011\"", "\"", "x,001122", ",,,,,,,", "\0\0,"};
    tapir_vendors *vendors;
    tapir_error error;

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(texts); i++) {
        assert_int_equal(read_bytes(&vendors, ".csv", texts[i], strlen(texts[i])), TAPIR_DAMAGED);
        assert_null(vendors);
        assert_int_equal(read_bytes(&vendors, ".txt", texts[i], strlen(texts[i])), TAPIR_DAMAGED);
    }
    assert_int_equal(tapir_vendors_new(&vendors, "/nowhere/at/all", &error), TAPIR_NOT_FOUND);
    assert_non_null(strstr(error.message, "ieee-data"));
    assert_null(vendors);
    assert_int_equal(tapir_vendors_new(&vendors, "/dev/null", &error), TAPIR_DAMAGED);
    tapir_vendors_free(NULL);
}

static void every_broken_file_is_survived(void **state)
{
    static const char csv[] = "MA-L,0016AA,\"Say \"\"A\"\"\",\"x\ny\"\r\nMA-S,0016AABCD,Third,x\n";
    static const char text[] = "00-16-AA   (hex)\t\tX\n0016AA     (base 16)\t\tX\n"
                               "00-16-AB (hex) Y\nBCD000-BCDFFF (base 16)\tY\n";
    static const char noise[] = "\",\n\0-F(";
    uint32_t random = 1;

    (void)state;
    for (size_t round = 0; round < 600; round++) {
        char bytes[sizeof csv + sizeof text];
        const char *from = round % 2 ? csv : text;
        size_t len = round % 2 ? sizeof csv - 1 : sizeof text - 1;
        tapir_vendors *vendors;
        memcpy(bytes, from, len);
        for (unsigned changes = (unsigned)round % 7; changes; changes--) {
            random = random * 1664525 + 1013904223;
            bytes[(random >> 8) % len] = noise[(random >> 24) % sizeof noise];
        }
        random = random * 1664525 + 1013904223;
        if (read_bytes(&vendors, round % 2 ? ".csv" : ".txt", bytes, (random >> 8) % (len + 1)) ==
            TAPIR_OK)
            (void)tapir_vendors_find(vendors, (const uint8_t *)bytes, NULL);
        tapir_vendors_free(vendors);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_has_quotes_commas_and_lines_inside_values),
        cmocka_unit_test(text_has_whole_prefixes_and_ranges_behind_one),
        cmocka_unit_test(names_are_one_line_of_text),
        cmocka_unit_test(the_first_of_two_assignments_counts),
        cmocka_unit_test(what_is_no_registry_is_refused),
        cmocka_unit_test(every_broken_file_is_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
