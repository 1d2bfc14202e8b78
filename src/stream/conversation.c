/* Conversations as programs see them: their facts, and what can be asked of them. */
#include "stream/conversation.h"

const char *tapir_connection_state_name(tapir_connection_state state)
{
    static const char *const names[] = {
        [TAPIR_CONNECTION_OPENING] = "opening",
        [TAPIR_CONNECTION_ESTABLISHED] = "established",
        [TAPIR_CONNECTION_MIDSTREAM] = "midstream",
        [TAPIR_CONNECTION_CLOSING] = "closing",
        [TAPIR_CONNECTION_CLOSED] = "closed",
        [TAPIR_CONNECTION_RESET] = "reset",
    };

    return (size_t)state < TAPIR_COUNT(names) ? names[state] : NULL;
}

const char *tapir_end_reason_name(tapir_end_reason reason)
{
    static const char *const names[] = {
        [TAPIR_END_FIN] = "fin",
        [TAPIR_END_RESET] = "reset",
        [TAPIR_END_IDLE] = "idle",
        [TAPIR_END_REUSED] = "reused",
        [TAPIR_END_MEMORY] = "memory",
        [TAPIR_END_CALLER] = "caller",
        [TAPIR_END_FINISHED] = "finished",
    };

    return (size_t)reason < TAPIR_COUNT(names) ? names[reason] : NULL;
}

static tapir_connection connection_of(const tapir_conversation *c)
{
    const struct key *key = &c->entry.key;
    bool ipv4 = tapir__key_family(key) == 4;
    unsigned type = ipv4 ? TAPIR_ENDPOINT_IPV4 : TAPIR_ENDPOINT_IPV6;
    size_t len = ipv4 ? 4 : 16;
    uint8_t addresses[sizeof key->addresses];
    tapir_connection connection = {.protocol = 6};

    for (size_t i = 0; i < TAPIR_COUNT(key->addresses); i++)
        tapir_store_be(addresses + 8 * i, 8, key->addresses[i]);
    connection.network.src = tapir_endpoint_of(type, addresses, len);
    connection.network.dst = tapir_endpoint_of(type, addresses + len, len);
    connection.transport.src = tapir_endpoint_port(TAPIR_ENDPOINT_TCP_PORT, (uint16_t)key->ports);
    connection.transport.dst =
        tapir_endpoint_port(TAPIR_ENDPOINT_TCP_PORT, (uint16_t)(key->ports >> 16));
    if (c->entry.client_high) {
        connection.network = tapir_flow_reverse(&connection.network);
        connection.transport = tapir_flow_reverse(&connection.transport);
    }
    return connection;
}

static tapir_stream stream_of(const struct half *half, const struct counts *counts)
{
    return (tapir_stream){
        .packets = half->packets,
        .delivered = half->offset - counts->gap_bytes,
        .gap_bytes = counts->gap_bytes,
        .gaps = counts->gaps,
        .retransmitted = counts->retransmitted,
        .out_of_order = counts->out_of_order,
        .overlaps = counts->overlaps,
        .overlap_conflicts = counts->overlap_conflicts,
        .keep_alives = counts->keep_alives,
        .zero_windows = counts->zero_windows,
        .outside_window = counts->outside_window,
        .missing_at_end = counts->missing_at_end,
        .queued = half->queue ? (uint32_t)half->queue->bytes : 0,
        .syn = half->flags & HALF_SAW_SYN,
        .fin = half->flags & HALF_FIN,
        .rst = half->flags & HALF_RST,
    };
}

void tapir_conversation_get(const tapir_conversation *c, tapir_conversation_info *info)
{
    *info = (tapir_conversation_info){
        .id = c->id,
        .connection = connection_of(c),
        .state = c->entry.state,
        .client_known = c->client_known,
        .start = c->start,
        .end = c->entry.end,
        .first_frame = c->first_frame,
        .last_frame = c->entry.last_frame,
        .handshake_rtt = c->handshake_rtt,
        .synack_rtt = c->synack_rtt,
    };
    for (size_t way = 0; way < 2; way++)
        info->way[way] = stream_of(&c->half[way], &c->counts[way]);
}

void tapir_conversation_set_user(tapir_conversation *conversation, void *user)
{
    conversation->user = user;
}

void *tapir_conversation_user(const tapir_conversation *conversation)
{
    return conversation->user;
}

bool tapir_conversation_keep(tapir_conversation *c, tapir_way way, uint64_t offset)
{
    tapir_reassembler *r = c->reassembler;
    const tapir_chunk *chunk = r->chunk;
    uint64_t first, len;

    if (!chunk || chunk->way != way || r->current != &c->entry)
        return false;
    /* Two runs of bytes with a gap between them cannot be kept as one. */
    first = chunk->gap && chunk->kept ? chunk->offset + chunk->kept + chunk->gap : chunk->offset;
    len = chunk->bytes.len - (first == chunk->offset ? 0 : chunk->kept);
    if (offset < first || offset >= first + len)
        return false;
    len -= offset - first;
    if (len > r->options.max_connection_memory)
        return false;
    r->keep = (size_t)len;
    return true;
}

void tapir_conversation_ignore(tapir_conversation *conversation, tapir_way way)
{
    conversation->half[way].flags |= HALF_IGNORED;
}

/* Wishes wait until the program is back from its callback. */
static void wish(tapir_conversation *c, uint8_t what)
{
    c->entry.notes |= what;
    if (!c->reassembler->busy)
        tapir__settle(c->reassembler, c);
}

void tapir_conversation_flush(tapir_conversation *conversation)
{
    wish(conversation, NOTE_FLUSH);
}

void tapir_conversation_close(tapir_conversation *conversation)
{
    wish(conversation, NOTE_CLOSE);
}
