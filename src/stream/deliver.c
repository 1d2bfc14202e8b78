/* Bytes on their way to the program, and what is kept of them. */
#include "stream/conversation.h"

static void release_kept(tapir_reassembler *r, tapir_conversation *c, struct extra *extra)
{
    if (extra->kept)
        tapir__release(r, c, extra->kept, sizeof *extra->kept + extra->kept->room);
    extra->kept = NULL;
}

void tapir__extra_free(tapir_reassembler *r, tapir_conversation *c, tapir_way way)
{
    struct extra *extra = c->half[way].extra;

    if (!extra)
        return;
    release_kept(r, c, extra);
    if (extra->history)
        tapir__release(r, c, extra->history, sizeof *extra->history + extra->history->room);
    tapir__release(r, c, extra, sizeof *extra);
    c->half[way].extra = NULL;
}

/* Returns the stream's rare parts, made when there are none; NULL when there is no memory. */
static struct extra *extra_of(tapir_reassembler *r, tapir_conversation *c, tapir_way way)
{
    struct half *half = &c->half[way];

    if (!half->extra) {
        half->extra = tapir__hold(r, c, sizeof *half->extra);
        if (half->extra)
            memset(half->extra, 0, sizeof *half->extra);
    }
    return half->extra;
}

/* Has `kept` hold so many bytes, what it holds already included; false, and it is gone, when that
 * is not to be had. */
static bool grow_kept(tapir_reassembler *r, tapir_conversation *c, struct extra *extra, size_t len)
{
    struct kept *old = extra->kept, *kept;
    size_t room = len + len / 2;

    if (old && old->room >= len)
        return true;
    kept = c->held + len <= r->options.max_connection_memory
               ? tapir__hold(r, c, sizeof *kept + room)
               : NULL;
    if (kept) {
        kept->len = old ? old->len : 0;
        kept->room = room;
        if (old)
            memcpy(kept->bytes, old->bytes, old->len);
    }
    release_kept(r, c, extra);
    extra->kept = kept;
    return kept != NULL;
}

/* Joins new bytes to those kept; returns both, or what is new alone. */
static tapir_span join(
    tapir_reassembler *r, tapir_conversation *c, struct extra *extra, tapir_span bytes)
{
    size_t before = extra->kept->len;

    if (!grow_kept(r, c, extra, before + bytes.len))
        return bytes;
    if (bytes.len)
        memcpy(extra->kept->bytes + before, bytes.data, bytes.len);
    extra->kept->len = before + bytes.len;
    return tapir_span_of(extra->kept->bytes, extra->kept->len);
}

/* Keeps the end of a chunk that the program asked for. */
static void keep_end(tapir_reassembler *r, tapir_conversation *c, const tapir_chunk *chunk)
{
    struct extra *extra = extra_of(r, c, (tapir_way)chunk->way);
    size_t len = r->keep;
    const uint8_t *from = chunk->bytes.data + (chunk->bytes.len - len);

    if (!extra)
        return;
    if (extra->kept && chunk->bytes.data == extra->kept->bytes) {
        memmove(extra->kept->bytes, from, len);
        extra->kept->len = len;
    } else if (grow_kept(r, c, extra, len)) {
        memcpy(extra->kept->bytes, from, len);
        extra->kept->len = len;
    }
}

/* Remembers delivered bytes for tapir__check_history. */
static void remember(
    tapir_reassembler *r, tapir_conversation *c, tapir_way way, uint64_t offset, tapir_span bytes)
{
    struct extra *extra = extra_of(r, c, way);
    struct history *history = extra ? extra->history : NULL;
    size_t room = r->options.history;

    if (!extra)
        return;
    if (!history) {
        history = extra->history = tapir__hold(r, c, sizeof *history + room);
        if (!history)
            return;
        history->room = room;
        history->len = 0;
    }
    if (history->len && history->end != offset)
        history->len = 0; /* a gap: what lies before it is forgotten */
    if (bytes.len > room) {
        offset += bytes.len - room;
        bytes = tapir_span_of(bytes.data + (bytes.len - room), room);
    }
    for (size_t done = 0; done < bytes.len;) {
        size_t at = (size_t)((offset + done) % room);
        size_t some = room - at < bytes.len - done ? room - at : bytes.len - done;
        memcpy(history->bytes + at, bytes.data + done, some);
        done += some;
    }
    history->end = offset + bytes.len;
    history->len = history->len + bytes.len < room ? history->len + bytes.len : room;
}

void tapir__report_conflict(
    tapir_reassembler *r, tapir_conversation *c, const tapir_conflict *conflict)
{
    c->counts[conflict->way].overlap_conflicts++;
    if (r->options.calls.conflict) {
        r->busy = true;
        r->options.calls.conflict(r->options.user, c, conflict);
        r->busy = false;
    }
}

void tapir__check_history(tapir_reassembler *r, tapir_conversation *c, tapir_way way,
    uint64_t offset, tapir_span bytes, uint64_t frame)
{
    struct extra *extra = c->half[way].extra;
    const struct history *history = extra ? extra->history : NULL;
    uint64_t begin, end;

    if (!history)
        return;
    begin = history->end - history->len;
    end = offset + bytes.len < history->end ? offset + bytes.len : history->end;
    if (begin < offset)
        begin = offset;
    for (uint64_t at = begin; at < end; at++) {
        size_t place = (size_t)(at % history->room), run = history->room - place;
        tapir_conflict conflict = {.offset = at, .way = (uint8_t)way, .new_frame = frame};

        if (history->bytes[place] == bytes.data[at - offset])
            continue;
        if (run > end - at)
            run = (size_t)(end - at);
        conflict.old_bytes = tapir_span_of(history->bytes + place, run);
        conflict.new_bytes = tapir_span_of(bytes.data + (at - offset), run);
        tapir__report_conflict(r, c, &conflict);
        return;
    }
}

/* Calls the program, and does what it asked for meanwhile. */
static void hand_out(tapir_reassembler *r, tapir_conversation *c, const tapir_chunk *chunk)
{
    struct extra *extra;

    r->chunk = chunk;
    r->keep = 0;
    r->busy = true;
    r->options.calls.data(r->options.user, c, chunk);
    r->busy = false;
    r->chunk = NULL;
    extra = c->half[chunk->way].extra;
    if (r->keep)
        keep_end(r, c, chunk);
    else if (extra)
        release_kept(r, c, extra);
}

void tapir__deliver(tapir_reassembler *r, tapir_conversation *c, tapir_way way, tapir_span bytes,
    const struct origin *origin, bool more)
{
    struct half *half = &c->half[way];
    struct extra *extra = half->extra;
    tapir_chunk chunk = {
        .bytes = bytes,
        .offset = half->offset,
        .gap = half->pending,
        .frame = origin->frame,
        .time = origin->time,
        .way = (uint8_t)way,
        .start = (half->flags & (HALF_SYN | HALF_BEGUN)) == HALF_SYN,
        .urgent = origin->urgent,
        .more = more,
    };

    if (r->options.history && bytes.len)
        remember(r, c, way, half->offset, bytes);
    half->next += (uint32_t)bytes.len;
    half->offset += bytes.len;
    half->pending = 0;
    half->flags |= HALF_BEGUN;
    if (half->flags & HALF_FIN && tapir__ahead(half->next, half->end) >= 0) {
        chunk.end = true;
        half->flags |= HALF_SENT_END;
    }
    r->stats.delivered += bytes.len;
    if (!r->options.calls.data || half->flags & HALF_IGNORED)
        return;
    if (extra && extra->kept) {
        uint64_t kept = extra->kept->len, behind = chunk.gap;
        chunk.bytes = join(r, c, extra, bytes);
        if (chunk.bytes.len > bytes.len) {
            chunk.kept = (size_t)kept;
            chunk.offset -= kept + behind;
        }
    }
    hand_out(r, c, &chunk);
}
