/* Counts packets, bytes and TCP retransmissions of every connection, second by second, of an
 * interface until it is interrupted or of a capture file.
 * usage: flowcount -i INTERFACE | -r FILE */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tapir/tapir.h"

#define SECOND INT64_C(1000000000)
#define SLOTS  UINT64_C(65536) /* no more connections are remembered */
#define NEAR   UINT64_C(8)     /* slots that a connection may have */

/* What one side has sent in this second, and up to where in its stream. */
struct side {
    uint64_t packets, bytes, again;
    bool has_next;
    uint32_t next; /* the sequence number behind all that it sent */
};

struct flow {
    tapir_connection connection; /* as its first packet had it */
    uint64_t last;               /* number of its last packet; 0: the slot is free */
    struct side sides[2];        /* of the first packet's sender, of the other one */
};

static struct flow flows[SLOTS];
static uint64_t seed;        /* random, so that no sender can choose slots */
static tapir_source *source; /* here for the signal handler */

static void stop(int number)
{
    (void)number;
    tapir_source_break(source);
}

static bool is_same(const tapir_connection *a, const tapir_connection *b)
{
    return a->protocol == b->protocol && tapir_flow_equal(&a->network, &b->network) &&
           tapir_flow_equal(&a->transport, &b->transport);
}

/* Finds the connection's flow, and which side sent the packet: both directions hash alike. A new
 * connection takes the place of the one that has been silent longest, of those near its slot. */
static struct flow *find(const tapir_connection *connection, size_t *side)
{
    const tapir_connection back = {.network = tapir_flow_reverse(&connection->network),
        .transport = tapir_flow_reverse(&connection->transport),
        .protocol = connection->protocol};
    const uint64_t slot = tapir_connection_hash(connection, seed);
    struct flow *oldest = &flows[slot % SLOTS];

    for (uint64_t i = 0; i < NEAR; i++) {
        struct flow *flow = &flows[(slot + i) % SLOTS];
        *side = !is_same(&flow->connection, connection);
        if (flow->last && (*side == 0 || is_same(&flow->connection, &back)))
            return flow;
        if (flow->last < oldest->last)
            oldest = flow;
    }
    *side = 0;
    *oldest = (struct flow){.connection = *connection};
    return oldest;
}

/* Tells whether the segment brings nothing that its sender has not sent before. SYN and FIN take a
 * number each; another SYN than the one before begins a new connection (RFC 9293 3.4). */
static bool is_again(struct side *side, const struct tapir_tcp *tcp, uint32_t len)
{
    bool syn = tcp->flags & TAPIR_TCP_SYN;
    uint32_t used = len + syn + !!(tcp->flags & TAPIR_TCP_FIN);
    int32_t ahead = (int32_t)(tcp->seq + used - side->next);
    bool again = side->has_next && (syn ? ahead == 0 : ahead <= 0);

    if (!used || again)
        return used > 0;
    side->next = tcp->seq + used;
    side->has_next = true;
    return false;
}

static void count(tapir_packet *packet, const tapir_frame *frame)
{
    const tapir_layer *transport = tapir_packet_role_last(packet, TAPIR_ROLE_TRANSPORT);
    const struct tapir_tcp *tcp = transport ? TAPIR_AS(transport, tcp) : NULL;
    tapir_connection connection;
    struct flow *flow;
    size_t side;

    if (!tapir_packet_connection(packet, &connection))
        return;
    flow = find(&connection, &side);
    flow->last = frame->number;
    flow->sides[side].packets++;
    flow->sides[side].bytes += frame->len;
    /* An ICMP message that quotes a segment does not send it. */
    if (tcp && !transport->partial && !TAPIR_FIND(packet, icmp) && !TAPIR_FIND(packet, icmpv6))
        flow->sides[side].again += is_again(&flow->sides[side], tcp, transport->payload_len);
}

static void put_side(tapir_text *text, struct side *side)
{
    tapir_text_printf(text, " %" PRIu64 " packets, %" PRIu64 " bytes, %" PRIu64 " again;",
        side->packets, side->bytes, side->again);
    side->packets = side->bytes = side->again = 0;
}

/* Prints the connections that had packets in this second, and counts anew. */
static void report(int64_t second)
{
    tapir_text text = {0};

    for (struct flow *flow = flows; flow < flows + SLOTS; flow++) {
        if (!flow->sides[0].packets && !flow->sides[1].packets)
            continue;
        tapir_time_text(&text, second);
        TAPIR_TEXT_LITERAL(&text, " ");
        tapir_flow_text(&text, &flow->connection.network);
        TAPIR_TEXT_LITERAL(&text, " ");
        if (flow->connection.transport.src.type != TAPIR_ENDPOINT_NONE)
            tapir_flow_text(&text, &flow->connection.transport);
        tapir_text_printf(&text, " protocol %u:", flow->connection.protocol);
        put_side(&text, &flow->sides[0]);
        TAPIR_TEXT_LITERAL(&text, " back");
        put_side(&text, &flow->sides[1]);
        TAPIR_TEXT_LITERAL(&text, "\n");
    }
    fputs(tapir_text_string(&text), stdout);
    fflush(stdout);
    tapir_text_clear(&text);
}

/* Reads to the end; of an interface, where nothing came for a second, what was before is told. */
static tapir_status count_all(tapir_packet *packet)
{
    int64_t second = 0;
    tapir_frame frame;
    tapir_status status;

    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK || status == TAPIR_TIMEOUT) {
        if (status == TAPIR_TIMEOUT || frame.time / SECOND != second / SECOND)
            report(second);
        if (status == TAPIR_TIMEOUT)
            continue;
        second = frame.time - frame.time % SECOND;
        tapir_packet_start(packet, &frame);
        count(packet, &frame);
    }
    report(second);
    return status;
}

int main(int argc, char **argv)
{
    const tapir_capture_options options = {.size = sizeof options, .timeout = SECOND};
    tapir_packet *packet;
    bool live = argc == 3 && strcmp(argv[1], "-i") == 0;
    tapir_error error;
    tapir_status status;

    if (argc != 3 || (!live && strcmp(argv[1], "-r") != 0)) {
        fprintf(stderr, "usage: flowcount -i INTERFACE | -r FILE\n");
        return 2;
    }
    status = live ? tapir_capture_open(&source, argv[2], &options, &error)
                  : tapir_source_open_file(&source, argv[2], NULL, &error);
    if (status != TAPIR_OK) {
        fprintf(stderr, "flowcount: %s\n", error.message);
        return 1;
    }
    signal(SIGINT, stop);
    packet = tapir_packet_new(NULL);
    status = packet && getentropy(&seed, sizeof seed) == 0 ? count_all(packet) : TAPIR_NO_MEMORY;
    if (status == TAPIR_END || status == TAPIR_BREAK)
        status = TAPIR_OK;
    else if (status == TAPIR_NO_MEMORY)
        fprintf(stderr, "flowcount: out of memory\n");
    else
        fprintf(stderr, "flowcount: %s\n", tapir_source_error(source)->message);
    tapir_source_close(source);
    tapir_packet_free(packet);
    return status == TAPIR_OK ? 0 : 1;
}
