/* What holds for every maker of every list: tables are sound, what is written is one item that
 * reads, and what does not fit fails. */
#include "tapir/tapir.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LISTS_MAX     512
#define ARGUMENTS_MAX 16
#define ROOM          256
#define UNASSIGNED    40 /* as a type of any list's items, and good for a length of a prefix */

static const tapir_list *lists[LISTS_MAX];
static size_t list_count;

static void gather(const tapir_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const tapir_list *list = fields[i].list;
        bool seen = !list;
        for (size_t j = 0; j < list_count && !seen; j++)
            seen = lists[j] == list;
        if (seen)
            continue;
        assert_true(list_count < LISTS_MAX);
        lists[list_count++] = list;
        for (size_t j = 0; j < list->record_count; j++)
            gather(list->records[j]->fields, list->records[j]->field_count);
    }
}

static int gather_lists(void **state)
{
    const tapir_proto *proto;

    (void)state;
    for (size_t i = 0; (proto = tapir_registry_each(tapir_registry_default(), i)); i++)
        gather(proto->fields, proto->field_count);
    return 0;
}

typedef void maker_check(const tapir_list *list, const tapir_maker *maker);

static void each_maker(maker_check *check)
{
    size_t count = 0;

    for (size_t i = 0; i < list_count; i++)
        for (size_t j = 0; j < lists[i]->maker_count; j++, count++)
            check(lists[i], &lists[i]->makers[j]);
    assert_true(count > 10);
}

static bool same_word(const char *a, const char *b)
{
    while (*a && tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
        a++;
        b++;
    }
    return !*a && !*b;
}

static void is_sound(const tapir_list *list, const tapir_maker *maker)
{
    bool optional = false;

    assert_non_null(maker->name);
    assert_non_null(maker->put);
    assert_true(maker->parameter_count < ARGUMENTS_MAX);
    for (const char *c = maker->name; *c; c++)
        assert_true(*c == '_' || (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9'));
    for (size_t i = 0; i < list->maker_count; i++) {
        const tapir_maker *other = &list->makers[i];
        if (other == maker)
            continue;
        assert_false(same_word(other->name, maker->name));
        assert_false(maker->alias && same_word(other->name, maker->alias));
        assert_false(maker->alias && other->alias && same_word(other->alias, maker->alias));
    }
    assert_false(maker->alias && same_word(maker->alias, maker->name));
    for (size_t i = 0; i < maker->parameter_count; i++) {
        const tapir_parameter *parameter = &maker->parameters[i];
        assert_non_null(parameter->name);
        assert_true(parameter->kind == TAPIR_UINT ? parameter->bits > 0 && parameter->bits <= 64
                                                  : parameter->bits == 0);
        assert_true(parameter->kind == TAPIR_UINT || parameter->kind == TAPIR_IPV4 ||
                    parameter->kind == TAPIR_IPV6 || parameter->kind == TAPIR_MAC ||
                    parameter->kind == TAPIR_SPAN || parameter->kind == TAPIR_STRING ||
                    parameter->kind == TAPIR_LIST);
        assert_int_equal(parameter->list != NULL, parameter->kind == TAPIR_LIST);
        assert_true(!parameter->repeated || i + 1 == maker->parameter_count);
        assert_false(optional && !parameter->optional && !parameter->repeated);
        optional |= parameter->optional;
    }
}

static void tables_are_sound(void **state)
{
    (void)state;
    each_maker(is_sound);
}

/* Lists as arguments end: reading them recurses no deeper than the tables say. */
static void has_an_end(const tapir_list *list, unsigned left)
{
    assert_true(left > 0);
    for (size_t i = 0; i < list->maker_count; i++)
        for (size_t j = 0; j < list->makers[i].parameter_count; j++)
            if (list->makers[i].parameters[j].list)
                has_an_end(list->makers[i].parameters[j].list, left - 1);
}

static void lists_in_lists_end(void **state)
{
    (void)state;
    for (size_t i = 0; i < list_count; i++)
        has_an_end(lists[i], 4);
}

/* Arguments that make sense wherever they go, in one of SHAPES: spans of another length, a repeated
 * parameter given twice or never, optional ones left out. */
static const size_t span_lens[] = {16, 12, 8, 6, 4, 2, 1};
#define SHAPES (TAPIR_COUNT(span_lens) * 4)

static size_t arguments_for(
    const tapir_maker *maker, size_t shape, tapir_argument arguments[ARGUMENTS_MAX])
{
    size_t span_len = span_lens[shape / 4];
    static const uint8_t bytes[64] = {4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3};
    size_t count = maker->parameter_count;

    memset(arguments, 0, ARGUMENTS_MAX * sizeof *arguments);
    if (count && maker->parameters[count - 1].repeated)
        count = shape & 1 ? count - 1 : count + 1;
    for (size_t i = 0; i < count; i++) {
        const tapir_parameter *parameter =
            &maker->parameters[i < maker->parameter_count ? i : i - 1];
        if (shape & 2 && parameter->optional)
            continue;
        arguments[i].given = true;
        switch (parameter->kind) {
        case TAPIR_UINT:
            arguments[i].number = parameter->labels      ? parameter->labels[0].value
                                  : parameter->bits >= 8 ? UNASSIGNED
                                                         : 1;
            break;
        case TAPIR_IPV4:
            arguments[i].bytes = tapir_span_of(bytes, 4);
            break;
        case TAPIR_IPV6:
            arguments[i].bytes = tapir_span_of(bytes, 16);
            break;
        case TAPIR_MAC:
            arguments[i].bytes = tapir_span_of(bytes, 6);
            break;
        case TAPIR_STRING:
            arguments[i].bytes = tapir_span_of("example.com", 11);
            break;
        default:
            arguments[i].bytes = tapir_span_of(bytes, span_len);
            break;
        }
    }
    return count;
}

/* Finds arguments that the maker takes; returns how many bytes it makes of them. */
static size_t written_by(const tapir_maker *maker, uint8_t room[ROOM],
    tapir_argument arguments[ARGUMENTS_MAX], size_t *count)
{
    for (size_t i = 0; i < SHAPES; i++) {
        tapir_writer w = tapir_writer_of(room, ROOM);
        *count = arguments_for(maker, i, arguments);
        maker->put(&w, arguments, *count);
        if (!w.failed)
            return tapir_written(&w, room).len;
    }
    print_error("%s takes no arguments\n", maker->name);
    fail();
    return 0;
}

static void reads(const tapir_list *list, const tapir_maker *maker)
{
    tapir_argument arguments[ARGUMENTS_MAX];
    uint8_t room[ROOM];
    tapir_item item;
    size_t count, len = written_by(maker, room, arguments, &count);
    struct tapir_dns outer = {.message = tapir_span_of(room, len)};
    uint8_t none[4096] = {0};
    bool of_dns = list->item_size == sizeof(struct tapir_dns_question) ||
                  list->item_size == sizeof(struct tapir_dns_record);
    tapir_walk walk =
        tapir_walk_of(list, tapir_span_of(room, len), of_dns ? (void *)&outer : (void *)none);

    assert_true(len > 0);
    assert_non_null(tapir_walk_next(&walk, &item));
    if (walk.in.failed || tapir_left(&walk.in))
        print_error("%s: %zu of %zu bytes left\n", maker->name, tapir_left(&walk.in), len);
    assert_false(walk.in.failed);
    assert_int_equal(tapir_left(&walk.in), 0);
}

static void what_is_written_is_one_item(void **state)
{
    (void)state;
    each_maker(reads);
}

static void fits(const tapir_list *list, const tapir_maker *maker)
{
    tapir_argument arguments[ARGUMENTS_MAX];
    uint8_t room[ROOM], again[ROOM];
    size_t count, len = written_by(maker, room, arguments, &count);

    (void)list;
    for (size_t less = 0; less <= len; less++) {
        tapir_writer w = tapir_writer_of(again, less);
        memset(again, 0xaa, sizeof again);
        maker->put(&w, arguments, count);
        assert_int_equal(w.failed, less < len);
        for (size_t i = less; i < sizeof again; i++)
            assert_int_equal(again[i], 0xaa);
    }
    assert_memory_equal(room, again, len);
}

static void what_finds_no_room_fails(void **state)
{
    (void)state;
    each_maker(fits);
}

static void is_narrow(const tapir_list *list, const tapir_maker *maker)
{
    tapir_argument arguments[ARGUMENTS_MAX];
    uint8_t room[ROOM];
    size_t count;

    (void)list;
    written_by(maker, room, arguments, &count);
    for (size_t i = 0; i < count; i++) {
        const tapir_parameter *parameter =
            &maker->parameters[i < maker->parameter_count ? i : i - 1];
        const tapir_argument was = arguments[i];
        tapir_writer w = tapir_writer_of(room, ROOM);
        if (parameter->kind == TAPIR_STRING ||
            (parameter->kind == TAPIR_UINT && parameter->bits == 64))
            continue;
        arguments[i].given = true;
        if (parameter->kind == TAPIR_UINT)
            arguments[i].number = (uint64_t)1 << parameter->bits;
        else if (parameter->kind == TAPIR_SPAN || parameter->kind == TAPIR_LIST)
            arguments[i].bytes = tapir_span_of(list, ROOM + 1); /* read only when there is room */
        else
            arguments[i].bytes.len--;
        maker->put(&w, arguments, count);
        if (!w.failed)
            print_error("%s takes any %s\n", maker->name, parameter->name);
        assert_true(w.failed);
        arguments[i] = was;
    }
}

static void what_is_too_wide_fails(void **state)
{
    (void)state;
    each_maker(is_narrow);
}

static void the_checked_way_agrees(const tapir_list *list, const tapir_maker *maker)
{
    tapir_argument arguments[ARGUMENTS_MAX];
    uint8_t room[ROOM], again[ROOM];
    size_t count, len = written_by(maker, room, arguments, &count);
    tapir_error error;
    tapir_writer w = tapir_writer_of(again, ROOM);

    assert_ptr_equal(
        tapir_maker_find(list, tapir_span_of(maker->name, strlen(maker->name))), maker);
    if (maker->alias)
        assert_ptr_equal(
            tapir_maker_find(list, tapir_span_of(maker->alias, strlen(maker->alias))), maker);
    assert_int_equal(tapir_make(maker, &w, arguments, count, &error), TAPIR_OK);
    assert_memory_equal(room, again, len);
    for (size_t less = 0; less < len; less++) {
        w = tapir_writer_of(again, less);
        assert_int_equal(tapir_make(maker, &w, arguments, count, &error), TAPIR_NO_ROOM);
        assert_true(w.failed);
        assert_memory_equal(error.message, maker->name, strlen(maker->name));
    }
}

static void checked_arguments_make_the_same(void **state)
{
    (void)state;
    each_maker(the_checked_way_agrees);
}

static uint32_t random_state = 1;

static uint32_t next_random(void)
{
    random_state = random_state * 1664525 + 1013904223;
    return random_state >> 8;
}

/* Bytes in a block of exactly their size, so that a sanitizer sees any over-read. */
static tapir_span random_bytes(void)
{
    static const char letters[] = "a1.\\=,:-";
    size_t len = next_random() % 8 ? next_random() % 20 : next_random() % 2000;
    uint8_t *bytes = malloc(len ? len : 1);

    assert_non_null(bytes);
    for (size_t i = 0; i < len; i++)
        bytes[i] =
            (uint8_t)(next_random() % 4 ? (uint8_t)letters[next_random() % (sizeof letters - 1)]
                                        : next_random());
    return tapir_span_of(bytes, len);
}

static void survives(const tapir_list *list, const tapir_maker *maker)
{
    tapir_argument arguments[8];

    (void)list;
    for (unsigned round = 0; round < 300; round++) {
        size_t room = next_random() % 64 ? next_random() % 100 : 5000;
        uint8_t *bytes = malloc(room ? room : 1);
        tapir_writer w = tapir_writer_of(bytes, room);
        tapir_status status;
        for (size_t i = 0; i < TAPIR_COUNT(arguments); i++)
            arguments[i] = (tapir_argument){(uint64_t)next_random() << 40 >> next_random() % 64,
                random_bytes(), next_random() % 16 != 0};
        assert_non_null(bytes);
        status = tapir_make(maker, &w, arguments, next_random() % 8, NULL);
        assert_int_equal(status != TAPIR_OK, w.failed);
        assert_true(w.at >= bytes && w.at <= bytes + room);
        /* Unchecked, too. */
        if (maker->parameter_count < TAPIR_COUNT(arguments)) {
            w = tapir_writer_of(bytes, room);
            maker->put(&w, arguments, TAPIR_COUNT(arguments));
            assert_true(w.at >= bytes && w.at <= bytes + room);
        }
        for (size_t i = 0; i < TAPIR_COUNT(arguments); i++)
            free((void *)(uintptr_t)arguments[i].bytes.data);
        free(bytes);
    }
}

static void any_arguments_are_survived(void **state)
{
    (void)state;
    each_maker(survives);
}

static const tapir_list *list_of(const tapir_proto *proto, const char *name)
{
    for (size_t i = 0; i < proto->field_count; i++)
        if (strcmp(proto->fields[i].name, name) == 0)
            return proto->fields[i].list;
    fail();
    return NULL;
}

static void assert_refused(const tapir_list *list, const char *name,
    const tapir_argument *arguments, size_t count, tapir_status status, const char *message)
{
    const tapir_maker *maker = tapir_maker_find(list, tapir_span_of(name, strlen(name)));
    uint8_t room[64];
    tapir_writer w = tapir_writer_of(room, sizeof room);
    tapir_error error;

    assert_non_null(maker);
    assert_int_equal(tapir_make(maker, &w, arguments, count, &error), status);
    assert_string_equal(error.message, message);
    assert_int_equal(tapir_make(maker, &w, arguments, count, NULL), status);
    assert_true(w.failed);
}

static void what_is_wrong_is_said(void **state)
{
    const tapir_list *tcp = list_of(&tapir_tcp_proto, "tcp.options");
    const tapir_list *ip = list_of(&tapir_ipv4_proto, "ip.options");
    const tapir_list *dns = list_of(&tapir_dns_proto, "dns.answers");
    tapir_argument arguments[TAPIR_ARGUMENTS_MAX + 1] = {{.number = 70000, .given = true}};
    uint8_t room[8];
    tapir_writer w = tapir_writer_of(room, sizeof room);

    (void)state;
    assert_null(tapir_maker_find(tcp, tapir_span_of("ms", 2)));
    assert_null(tapir_maker_find(tcp, tapir_span_of(NULL, 0)));
    assert_refused(tcp, "Mss", arguments, 1, TAPIR_TOO_WIDE, "mss: mss is 70000, at most 65535");
    assert_refused(tcp, "MSS", NULL, 0, TAPIR_INVALID, "mss: mss is missing");
    assert_refused(tcp, "mss", arguments, 2, TAPIR_INVALID, "mss: 2 arguments, at most 1");
    assert_refused(tcp, "nop", arguments, 1, TAPIR_INVALID, "nop: 1 arguments, at most 0");
    assert_refused(tcp, "sack", arguments, TAPIR_ARGUMENTS_MAX + 1, TAPIR_INVALID,
        "sack: 65 arguments, at most 64");
    assert_refused(tcp, "sack", arguments, 1, TAPIR_INVALID,
        "sack: the values are too long or make no sense together");
    arguments[0].bytes = tapir_span_of("abc", 3);
    assert_refused(
        ip, "LSRR", arguments, 1, TAPIR_INVALID, "loose_route: address has 3 bytes instead of 4");
    arguments[0].bytes = tapir_span_of("a..b", 4);
    assert_refused(dns, "a", arguments, 1, TAPIR_INVALID, "a: name: name has an empty label");
    /* The echo of a timestamp may be left out. */
    arguments[0].number = 7;
    assert_refused(
        tcp, "timestamp", arguments + 1, 1, TAPIR_INVALID, "timestamps: value is missing");
    assert_int_equal(
        tapir_make(tapir_maker_find(tcp, tapir_span_of("nop", 3)), &w, NULL, 0, NULL), TAPIR_OK);
    assert_int_equal(tapir_written(&w, room).len, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tables_are_sound),
        cmocka_unit_test(lists_in_lists_end),
        cmocka_unit_test(what_is_written_is_one_item),
        cmocka_unit_test(what_finds_no_room_fails),
        cmocka_unit_test(what_is_too_wide_fails),
        cmocka_unit_test(checked_arguments_make_the_same),
        cmocka_unit_test(what_is_wrong_is_said),
        cmocka_unit_test(any_arguments_are_survived),
    };
    return cmocka_run_group_tests(tests, gather_lists, NULL);
}
