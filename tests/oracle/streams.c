/* Puts the streams of a capture together, for streams_oracle.py: each in a file of its own, and a
 * line for each connection. usage: streams FILE DIRECTORY
 *
 * DIRECTORY/3.0 is what the client of connection 3 said, 3.1 its server. A line is: number, network
 * and port of client and server, and of each way the bytes, the bytes missing, the segments whose
 * bytes contradict others and whether it begins, ends and is reset, as in "3 10.0.0.1 1000 10.0.0.2
 * 80 12 0 0 110 120 0 0 100". The last line is the packets that came behind the end of their
 * connection. */
#include "tapir/reassembly.h"
#include "tapir/tapir.h"

#include <stdio.h>
#include <stdlib.h>

static const char *directory;

/* What is known of a connection. */
struct connection {
    FILE *file[2];
    bool begins[2], ends[2];
};

static void die(const char *what)
{
    fprintf(stderr, "streams: %s\n", what);
    exit(2);
}

static bool opened(void *user, tapir_conversation *conversation)
{
    struct connection *connection = calloc(1, sizeof *connection);

    (void)user;
    if (!connection)
        die("out of memory");
    tapir_conversation_set_user(conversation, connection);
    return true;
}

/* The file of a stream, made with its first byte. */
static FILE *file_of(tapir_conversation *conversation, unsigned way)
{
    struct connection *connection = tapir_conversation_user(conversation);
    tapir_conversation_info info;
    char path[4096];

    if (connection->file[way])
        return connection->file[way];
    tapir_conversation_get(conversation, &info);
    snprintf(path, sizeof path, "%s/%llu.%u", directory, (unsigned long long)info.id, way);
    connection->file[way] = fopen(path, "wb");
    if (!connection->file[way])
        die(path);
    return connection->file[way];
}

static void data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    struct connection *connection = tapir_conversation_user(conversation);

    (void)user;
    connection->begins[chunk->way] |= chunk->start;
    connection->ends[chunk->way] |= chunk->end;
    if (chunk->bytes.len &&
        fwrite(chunk->bytes.data, chunk->bytes.len, 1, file_of(conversation, chunk->way)) != 1)
        die("cannot write");
}

static void closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    struct connection *connection = tapir_conversation_user(conversation);
    tapir_conversation_info info;
    tapir_text line = {0};

    (void)user;
    (void)reason;
    tapir_conversation_get(conversation, &info);
    tapir_text_printf(&line, "%llu ", (unsigned long long)info.id);
    tapir_endpoint_text(&line, &info.connection.network.src);
    tapir_text_char(&line, ' ');
    tapir_endpoint_text(&line, &info.connection.transport.src);
    tapir_text_char(&line, ' ');
    tapir_endpoint_text(&line, &info.connection.network.dst);
    tapir_text_char(&line, ' ');
    tapir_endpoint_text(&line, &info.connection.transport.dst);
    for (unsigned way = 0; way < 2; way++) {
        const tapir_stream *stream = &info.way[way];
        tapir_text_printf(&line, " %llu %llu %u %d%d%d", (unsigned long long)stream->delivered,
            (unsigned long long)stream->gap_bytes, stream->overlap_conflicts,
            connection->begins[way], connection->ends[way], stream->rst);
        if (connection->file[way] && fclose(connection->file[way]) != 0)
            die("cannot write");
    }
    printf("%.*s\n", (int)line.len, line.data);
    tapir_text_clear(&line);
    free(connection);
}

int main(int argc, char **argv)
{
    tapir_reassembler_options options = {.size = sizeof options,
        .calls = {.opened = opened, .data = data, .closed = closed},
        .history = 1 << 16};
    tapir_reassembler *reassembler = tapir_reassembler_new(&options);
    tapir_reassembler_stats stats;
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_source *source;
    tapir_frame frame;
    tapir_error error;
    tapir_status status;

    if (argc != 3)
        die("usage: streams FILE DIRECTORY");
    directory = argv[2];
    if (!reassembler || !packet)
        die("out of memory");
    if (tapir_source_open_file(&source, argv[1], NULL, &error) != TAPIR_OK)
        die(error.message);
    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        tapir_packet_start(packet, &frame);
        tapir_reassembler_add(reassembler, packet);
    }
    tapir_reassembler_finish(reassembler);
    tapir_reassembler_get_stats(reassembler, &stats);
    printf("%llu\n", (unsigned long long)stats.late);
    tapir_source_close(source);
    tapir_packet_free(packet);
    tapir_reassembler_free(reassembler);
    return status == TAPIR_END ? 0 : 1;
}
