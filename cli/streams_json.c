/* tapir streams: connections as JSON, for programs. */
#include "streams.h"

static void key(tapir_text *text, const char *name)
{
    TAPIR_TEXT_LITERAL(text, ",\"");
    tapir_text_put(text, name);
    TAPIR_TEXT_LITERAL(text, "\":");
}

void streams_json_number(tapir_text *text, const char *name, uint64_t value)
{
    key(text, name);
    tapir_text_uint(text, value);
}

void streams_json_flag(tapir_text *text, const char *name, bool value)
{
    key(text, name);
    tapir_text_put(text, value ? "true" : "false");
}

void streams_json_string(tapir_text *text, const char *name, tapir_span value)
{
    key(text, name);
    tapir_text_char(text, '"');
    tapir_text_json(text, value);
    tapir_text_char(text, '"');
}

void streams_json_time(tapir_text *text, const char *name, int64_t time)
{
    key(text, name);
    tapir_text_char(text, '"');
    tapir_time_text(text, time);
    tapir_text_char(text, '"');
}

void streams_json_seconds(tapir_text *text, const char *name, int64_t nanoseconds)
{
    key(text, name);
    if (nanoseconds < 0) {
        TAPIR_TEXT_LITERAL(text, "null");
        return;
    }
    tapir_text_char(text, '"');
    streams_put_seconds(text, nanoseconds, 9);
    tapir_text_char(text, '"');
}

static void put_word(tapir_text *text, const char *name, const char *value)
{
    key(text, name);
    if (value)
        tapir_text_printf(text, "\"%s\"", value);
    else
        TAPIR_TEXT_LITERAL(text, "null");
}

static void put_address(
    tapir_text *text, const char *name, const tapir_connection *connection, tapir_way of)
{
    key(text, name);
    tapir_text_char(text, '"');
    tapir_endpoint_text(text, streams_address(connection, of));
    tapir_text_char(text, '"');
}

void streams_json_sides(tapir_text *text, const tapir_connection *connection)
{
    put_address(text, "src", connection, TAPIR_FORWARD);
    streams_json_number(text, "sport", streams_port(connection, TAPIR_FORWARD));
    put_address(text, "dst", connection, TAPIR_BACKWARD);
    streams_json_number(text, "dport", streams_port(connection, TAPIR_BACKWARD));
}

static void put_stream(tapir_text *text, const char *name, const tapir_stream *stream)
{
    key(text, name);
    TAPIR_TEXT_LITERAL(text, "{\"packets\":");
    tapir_text_uint(text, stream->packets);
    streams_json_number(text, "bytes", stream->delivered);
    streams_json_number(text, "retransmitted", stream->retransmitted);
    streams_json_number(text, "out_of_order", stream->out_of_order);
    streams_json_number(text, "overlaps", stream->overlaps);
    streams_json_number(text, "overlap_conflicts", stream->overlap_conflicts);
    streams_json_number(text, "gaps", stream->gaps);
    streams_json_number(text, "gap_bytes", stream->gap_bytes);
    streams_json_number(text, "missing_at_end", stream->missing_at_end);
    streams_json_number(text, "keep_alives", stream->keep_alives);
    streams_json_number(text, "zero_windows", stream->zero_windows);
    streams_json_number(text, "outside_window", stream->outside_window);
    streams_json_flag(text, "syn", stream->syn);
    streams_json_flag(text, "fin", stream->fin);
    streams_json_flag(text, "rst", stream->rst);
    tapir_text_char(text, '}');
}

void streams_json(tapir_text *text, const struct streams_record *record)
{
    const tapir_conversation_info *info = &record->info;
    char id[TAPIR_COMMUNITY_ID_ROOM];
    bool has_id = tapir_connection_community_id(&info->connection, 0, id);

    TAPIR_TEXT_LITERAL(text, "{\"id\":");
    tapir_text_uint(text, info->id);
    put_word(text, "community_id", has_id ? id : NULL);
    streams_json_sides(text, &info->connection);
    streams_json_time(text, "start", info->start);
    streams_json_time(text, "end", info->end);
    streams_json_seconds(text, "duration", info->end > info->start ? info->end - info->start : 0);
    streams_json_number(text, "first_frame", info->first_frame);
    streams_json_number(text, "last_frame", info->last_frame);
    put_word(text, "state", tapir_connection_state_name((tapir_connection_state)info->state));
    put_word(text, "reason", tapir_end_reason_name((tapir_end_reason)record->reason));
    streams_json_flag(text, "client_known", info->client_known);
    put_word(text, "protocol", record->protocol);
    streams_json_seconds(text, "handshake_rtt", info->handshake_rtt);
    streams_json_seconds(text, "synack_rtt", info->synack_rtt);
    put_stream(text, "forward", &info->way[TAPIR_FORWARD]);
    put_stream(text, "backward", &info->way[TAPIR_BACKWARD]);
    TAPIR_TEXT_LITERAL(text, "}\n");
}
