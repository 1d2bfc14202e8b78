/* tapir streams: connections as a table, for people. */
#include "streams.h"

#include <inttypes.h>
#include <stdlib.h>

enum { MOST_COLUMNS = 24, PORT = 2 };

uint16_t streams_port(const tapir_connection *connection, tapir_way of)
{
    const tapir_endpoint *port =
        of == TAPIR_FORWARD ? &connection->transport.src : &connection->transport.dst;

    return port->len == PORT ? (uint16_t)(port->bytes[0] << 8 | port->bytes[1]) : 0;
}

const tapir_endpoint *streams_address(const tapir_connection *connection, tapir_way of)
{
    return of == TAPIR_FORWARD ? &connection->network.src : &connection->network.dst;
}

void streams_put_side(tapir_text *text, const tapir_connection *connection, tapir_way of)
{
    const tapir_endpoint *address = streams_address(connection, of);
    bool brackets = address->type == TAPIR_ENDPOINT_IPV6;

    if (brackets)
        tapir_text_char(text, '[');
    tapir_endpoint_text(text, address);
    if (brackets)
        tapir_text_char(text, ']');
    tapir_text_char(text, ':');
    tapir_text_uint(text, streams_port(connection, of));
}

void streams_put_seconds(tapir_text *text, int64_t nanoseconds, unsigned digits)
{
    uint64_t all = nanoseconds < 0 ? 0 - (uint64_t)nanoseconds : (uint64_t)nanoseconds;
    uint64_t unit = 1;

    for (unsigned i = digits; i < 9; i++)
        unit *= 10;
    if (nanoseconds < 0)
        tapir_text_char(text, '-');
    tapir_text_uint(text, all / 1000000000);
    tapir_text_char(text, '.');
    tapir_text_uint_padded(text, all % 1000000000 / unit, digits);
}

void streams_put_time(tapir_text *text, int64_t time)
{
    enum { NANOSECONDS_AND_Z = 4 };
    size_t before = text->len;

    tapir_time_text(text, time);
    if (text->len < before + NANOSECONDS_AND_Z)
        return;
    text->len -= NANOSECONDS_AND_Z;
    tapir_text_char(text, 'Z');
}

/* The cells. */

static void put_id(tapir_text *text, const struct streams_record *record)
{
    tapir_text_uint(text, record->info.id);
}

static void put_start(tapir_text *text, const struct streams_record *record)
{
    streams_put_time(text, record->info.start);
}

static void put_duration(tapir_text *text, const struct streams_record *record)
{
    streams_put_seconds(text, record->info.end - record->info.start, 6);
}

static void put_client(tapir_text *text, const struct streams_record *record)
{
    streams_put_side(text, &record->info.connection, TAPIR_FORWARD);
}

static void put_server(tapir_text *text, const struct streams_record *record)
{
    streams_put_side(text, &record->info.connection, TAPIR_BACKWARD);
}

static void put_state(tapir_text *text, const struct streams_record *record)
{
    tapir_text_put(text, tapir_connection_state_name((tapir_connection_state)record->info.state));
}

static void put_packets(tapir_text *text, const struct streams_record *record)
{
    tapir_text_uint(text, record->info.way[TAPIR_FORWARD].packets);
}

static void put_packets_back(tapir_text *text, const struct streams_record *record)
{
    tapir_text_uint(text, record->info.way[TAPIR_BACKWARD].packets);
}

static void put_bytes(tapir_text *text, const struct streams_record *record)
{
    tapir_text_uint(text, record->info.way[TAPIR_FORWARD].delivered);
}

static void put_bytes_back(tapir_text *text, const struct streams_record *record)
{
    tapir_text_uint(text, record->info.way[TAPIR_BACKWARD].delivered);
}

static void put_retransmitted(tapir_text *text, const struct streams_record *record)
{
    const tapir_stream *way = record->info.way;

    tapir_text_uint(text, (uint64_t)way[0].retransmitted + way[1].retransmitted);
}

static void put_out_of_order(tapir_text *text, const struct streams_record *record)
{
    const tapir_stream *way = record->info.way;

    tapir_text_uint(text, (uint64_t)way[0].out_of_order + way[1].out_of_order);
}

static void put_gaps(tapir_text *text, const struct streams_record *record)
{
    const tapir_stream *way = record->info.way;

    tapir_text_uint(text, (uint64_t)way[0].gaps + way[1].gaps);
}

static void put_rtt(tapir_text *text, const struct streams_record *record)
{
    if (record->info.handshake_rtt < 0)
        tapir_text_char(text, '-');
    else
        streams_put_seconds(text, record->info.handshake_rtt, 6);
}

static void put_protocol(tapir_text *text, const struct streams_record *record)
{
    tapir_text_put(text, record->protocol ? record->protocol : "-");
}

static void put_reason(tapir_text *text, const struct streams_record *record)
{
    tapir_text_put(text, tapir_end_reason_name((tapir_end_reason)record->reason));
}

static void put_conflicts(tapir_text *text, const struct streams_record *record)
{
    const tapir_stream *way = record->info.way;

    tapir_text_uint(text, (uint64_t)way[0].overlap_conflicts + way[1].overlap_conflicts);
}

static void put_gap_bytes(tapir_text *text, const struct streams_record *record)
{
    const tapir_stream *way = record->info.way;

    tapir_text_uint(text, way[0].gap_bytes + way[1].gap_bytes);
}

static void put_community_id(tapir_text *text, const struct streams_record *record)
{
    char id[TAPIR_COMMUNITY_ID_ROOM];

    tapir_text_put(text, tapir_connection_community_id(&record->info.connection, 0, id) ? id : "-");
}

enum { WORD = 0, NUMBER = 1 /* stands at the right */, WIDE = 2 /* only with --wide */ };

static const struct column {
    const char *title;
    void (*put)(tapir_text *text, const struct streams_record *record);
    size_t width;  /* usual */
    unsigned kind; /* NUMBER, WIDE */
} columns[] = {
    {"id", put_id, 4, NUMBER},
    {"start", put_start, 27, WORD},
    {"duration", put_duration, 10, NUMBER},
    {"client", put_client, 21, WORD},
    {"server", put_server, 21, WORD},
    {"state", put_state, 11, WORD},
    {"packets", put_packets, 7, NUMBER},
    {"back", put_packets_back, 7, NUMBER},
    {"bytes", put_bytes, 9, NUMBER},
    {"back", put_bytes_back, 9, NUMBER},
    {"retrans", put_retransmitted, 7, NUMBER},
    {"reorder", put_out_of_order, 7, NUMBER},
    {"gaps", put_gaps, 4, NUMBER},
    {"rtt", put_rtt, 8, NUMBER},
    {"protocol", put_protocol, 8, WORD},
    {"missing", put_gap_bytes, 7, NUMBER | WIDE},
    {"conflicts", put_conflicts, 9, NUMBER | WIDE},
    {"end", put_reason, 8, WIDE},
    {"community id", put_community_id, 30, WIDE},
};

struct streams_table {
    const struct column *columns[MOST_COLUMNS];
    size_t widths[MOST_COLUMNS];
    size_t count;
    tapir_text cell;
    bool measured;
};

struct streams_table *streams_table_new(bool wide)
{
    struct streams_table *table = calloc(1, sizeof *table);

    for (size_t i = 0; table && i < TAPIR_COUNT(columns) && table->count < MOST_COLUMNS; i++)
        if (wide || !(columns[i].kind & WIDE)) {
            table->columns[table->count] = &columns[i];
            table->widths[table->count++] = columns[i].width;
        }
    return table;
}

void streams_table_free(struct streams_table *table)
{
    if (table)
        tapir_text_clear(&table->cell);
    free(table);
}

void streams_table_measure(struct streams_table *table, const struct streams_record *record)
{
    for (size_t i = 0; i < table->count; i++) {
        if (!table->measured)
            table->widths[i] = strlen(table->columns[i]->title);
        table->cell.len = 0;
        table->columns[i]->put(&table->cell, record);
        if (table->cell.len > table->widths[i])
            table->widths[i] = table->cell.len;
    }
    table->measured = true;
}

static void put_spaces(tapir_text *text, size_t width, size_t len)
{
    for (; len < width; len++)
        tapir_text_char(text, ' ');
}

/* One cell; the last one is as wide as it is. */
static void put_cell(struct streams_table *table, tapir_text *text, size_t i, tapir_span cell)
{
    if (i)
        TAPIR_TEXT_LITERAL(text, "  ");
    if (table->columns[i]->kind & NUMBER)
        put_spaces(text, table->widths[i], cell.len);
    tapir_text_bytes(text, cell.data, cell.len);
    if (!(table->columns[i]->kind & NUMBER) && i + 1 < table->count)
        put_spaces(text, table->widths[i], cell.len);
}

void streams_table_head(struct streams_table *table, tapir_text *text)
{
    for (size_t i = 0; i < table->count; i++) {
        const char *title = table->columns[i]->title;
        put_cell(table, text, i, tapir_span_of(title, strlen(title)));
    }
    tapir_text_char(text, '\n');
}

void streams_table_line(
    struct streams_table *table, tapir_text *text, const struct streams_record *record)
{
    for (size_t i = 0; i < table->count; i++) {
        table->cell.len = 0;
        table->columns[i]->put(&table->cell, record);
        put_cell(table, text, i, tapir_span_of(table->cell.data, table->cell.len));
    }
    tapir_text_char(text, '\n');
}
