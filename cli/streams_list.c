/* tapir streams, without more: the connections, as a table or as JSON. */
#include "streams.h"

#include <stdio.h>
#include <stdlib.h>

/* So many connections are sorted together; of more than that there are several tables. */
#define MOST_RECORDS ((size_t)1 << 20)

struct list {
    struct streams_table *table;
    struct streams_record *records;
    size_t count, room;
    bool headed, parts;
};

/* The beginnings, to guess from. The rest of a stream is only counted. */
static void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    struct streams_beginning *beginning = tapir_conversation_user(conversation);
    tapir_span bytes = streams_bytes(chunk);
    size_t len = bytes.len, have, room;

    (void)user;
    if (!beginning) {
        beginning = calloc(1, sizeof *beginning);
        if (!beginning)
            return;
        tapir_conversation_set_user(conversation, beginning);
    }
    have = beginning->len[chunk->way];
    /* What stands behind a gap does not begin anything. */
    room = chunk->gap && have ? 0 : TAPIR_GUESS_BYTES - have;
    if (len > room)
        len = room;
    if (len)
        memcpy(beginning->bytes[chunk->way] + have, bytes.data, len);
    beginning->len[chunk->way] += len;
    if (len == room)
        tapir_conversation_ignore(conversation, (tapir_way)chunk->way);
}

static const char *guess(
    const struct streams_beginning *beginning, const tapir_connection *connection)
{
    static const struct streams_beginning nothing;
    const struct streams_beginning *seen = beginning ? beginning : &nothing;

    return tapir_guess_protocol(tapir_span_of(seen->bytes[TAPIR_FORWARD], seen->len[TAPIR_FORWARD]),
        tapir_span_of(seen->bytes[TAPIR_BACKWARD], seen->len[TAPIR_BACKWARD]),
        streams_port(connection, TAPIR_FORWARD), streams_port(connection, TAPIR_BACKWARD));
}

static void print_record(struct streams *streams, const struct streams_record *record)
{
    struct list *list = streams->own;

    if (streams->request->json) {
        streams_json(&streams->output.text, record);
    } else {
        if (!list->headed)
            streams_table_head(list->table, &streams->output.text);
        list->headed = true;
        streams_table_line(list->table, &streams->output.text, record);
    }
    output_flush(&streams->output, false);
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int compare_sides(
    const struct streams_record *a, const struct streams_record *b, tapir_way of)
{
    int order = tapir_endpoint_compare(
        streams_address(&a->info.connection, of), streams_address(&b->info.connection, of));

    return order ? order
                 : compare_numbers(streams_port(&a->info.connection, of),
                       streams_port(&b->info.connection, of));
}

static int compare_words(const char *a, const char *b)
{
    return strcmp(a ? a : "-", b ? b : "-");
}

/* The amount that a sort is by, for those that are. */
static uint64_t amount(const struct streams_record *record, enum streams_sort sort)
{
    const tapir_stream *way = record->info.way;

    switch (sort) {
    case SORT_DURATION:
        return (uint64_t)(record->info.end - record->info.start);
    case SORT_PACKETS:
        return way[0].packets + way[1].packets;
    case SORT_BYTES:
        return way[0].delivered + way[1].delivered;
    case SORT_RETRANSMITTED:
        return (uint64_t)way[0].retransmitted + way[1].retransmitted;
    case SORT_OUT_OF_ORDER:
        return (uint64_t)way[0].out_of_order + way[1].out_of_order;
    case SORT_GAPS:
        return (uint64_t)way[0].gaps + way[1].gaps;
    default: /* SORT_RTT: none is the least */
        return (uint64_t)(record->info.handshake_rtt + 1);
    }
}

static int compare_by(
    enum streams_sort sort, const struct streams_record *a, const struct streams_record *b)
{
    switch (sort) {
    case SORT_START:
        return a->info.start < b->info.start ? -1 : a->info.start > b->info.start;
    case SORT_ID:
        return 0;
    case SORT_CLIENT:
        return compare_sides(a, b, TAPIR_FORWARD);
    case SORT_SERVER:
        return compare_sides(a, b, TAPIR_BACKWARD);
    case SORT_STATE:
        return compare_numbers(a->info.state, b->info.state);
    case SORT_PROTOCOL:
        return compare_words(a->protocol, b->protocol);
    default:
        return compare_numbers(amount(b, sort), amount(a, sort));
    }
}

static int compare_records(const void *a, const void *b, void *context)
{
    const struct streams_request *request = context;
    const struct streams_record *left = a, *right = b;
    int order = compare_by(request->sort, left, right);

    if (!order)
        order = compare_numbers(left->info.id, right->info.id);
    return request->reverse ? -order : order;
}

static void print_records(struct streams *streams)
{
    struct list *list = streams->own;

    if (!list->count)
        return;
    qsort_r(list->records, list->count, sizeof *list->records, compare_records,
        (void *)(uintptr_t)streams->request);
    for (size_t i = 0; !streams->request->json && i < list->count; i++)
        streams_table_measure(list->table, &list->records[i]);
    for (size_t i = 0; i < list->count; i++)
        print_record(streams, &list->records[i]);
    list->count = 0;
}

static bool keep(struct streams *streams, const struct streams_record *record)
{
    struct list *list = streams->own;

    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 64;
        void *grown = realloc(list->records, room * sizeof *list->records);
        if (!grown)
            return false;
        list->records = grown;
        list->room = room;
    }
    list->records[list->count++] = *record;
    return true;
}

static void on_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    struct streams *streams = user;
    struct list *list = streams->own;
    struct streams_beginning *beginning = tapir_conversation_user(conversation);
    struct streams_record record = {.reason = (uint8_t)reason};

    tapir_conversation_get(conversation, &record.info);
    record.protocol = guess(beginning, &record.info.connection);
    free(beginning);
    if (streams->live) {
        print_record(streams, &record);
        return;
    }
    if (list->count == MOST_RECORDS) {
        if (!list->parts)
            complain("more than %zu connections: they are sorted in parts", MOST_RECORDS);
        list->parts = true;
        print_records(streams);
    }
    if (!keep(streams, &record) && !streams->failed) {
        complain("out of memory");
        streams->failed = true;
    }
}

static bool open_list(struct streams *streams)
{
    struct list *list = calloc(1, sizeof *list);

    streams->own = list;
    if (list)
        list->table = streams_table_new(streams->request->wide);
    if (list && list->table)
        return true;
    complain("out of memory");
    return false;
}

static bool finish_list(struct streams *streams)
{
    print_records(streams);
    return true;
}

static void close_list(struct streams *streams)
{
    struct list *list = streams->own;

    if (!list)
        return;
    streams_table_free(list->table);
    free(list->records);
    free(list);
}

const struct streams_view streams_list = {
    .calls = {.opened = streams_chosen, .data = on_data, .closed = on_closed},
    .open = open_list,
    .finish = finish_list,
    .close = close_list,
};
