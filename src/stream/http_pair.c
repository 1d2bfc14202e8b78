/* Requests of HTTP and what answers them (RFC 9112 9.3). */
#include "stream/http_internal.h"

#include <stdlib.h>

/* Whether the first byte of `a` was captured before that of `b`. */
static bool is_before(const tapir_http_message *a, const tapir_http_message *b)
{
    return a->frame != b->frame ? a->frame < b->frame : a->start < b->start;
}

static tapir__http_entry *add_entry(tapir_http_parser *parser)
{
    tapir__http_entry *entry = calloc(1, sizeof *entry);

    if (!entry) {
        tapir__http_stop(parser);
        return NULL;
    }
    entry->exchange.number = parser->number++;
    entry->link = parser->last;
    *parser->last = entry;
    parser->last = &entry->next;
    return entry;
}

/* Returns what a request that waits is counted as. */
static size_t size_of(const tapir__http_entry *entry)
{
    return sizeof *entry + entry->heads[TAPIR_FORWARD].room;
}

static void stop_waiting(tapir_http_parser *parser, tapir__http_entry *entry)
{
    if (entry->waits)
        parser->waiting -= entry->waiting;
    entry->waits = false;
}

void tapir__http_remove(tapir_http_parser *parser, tapir__http_entry *entry)
{
    stop_waiting(parser, entry);
    *entry->link = entry->next;
    if (entry->next)
        entry->next->link = entry->link;
    else
        parser->last = entry->link;
    for (int way = 0; way < 2; way++) {
        tapir_text_clear(&entry->heads[way]);
        tapir_text_clear(&entry->trailers[way]);
    }
    free(entry);
}

void tapir__http_settle(tapir_http_parser *parser, tapir__http_entry *entry)
{
    tapir_http_exchange *exchange = &entry->exchange;
    bool asked = exchange->request.done || !exchange->request.seen;
    bool answered = exchange->response.seen ? exchange->response.done : entry->hopeless;

    if (!asked || !answered)
        return;
    exchange->complete = exchange->request.complete && exchange->response.complete;
    parser->stats.unpaired += exchange->request.seen != exchange->response.seen;
    if (parser->options.calls.ended)
        parser->options.calls.ended(parser->options.user, exchange);
    tapir__http_remove(parser, entry);
}

bool tapir__http_hold(tapir_http_parser *parser, tapir__http_entry *entry, size_t size)
{
    if (!entry->waits)
        return true;
    if (parser->waiting + size > parser->options.max_waiting)
        return false;
    entry->waiting += size;
    parser->waiting += size;
    return true;
}

/* No response will be found for the request. */
static void give_up(tapir_http_parser *parser, tapir__http_entry *entry)
{
    stop_waiting(parser, entry);
    entry->hopeless = true;
    tapir__http_settle(parser, entry);
}

void tapir__http_give_up(tapir_http_parser *parser)
{
    tapir__http_entry *entry = parser->entries, *next;

    for (; entry; entry = next) {
        next = entry->next;
        if (entry->waits)
            give_up(parser, entry);
    }
}

/* Takes the text of the head over and has the message point into it. */
static void take_head(tapir__http_way *way, tapir__http_entry *entry, tapir_http_message *message)
{
    tapir_text *head = &entry->heads[way->way];
    const uint8_t *bytes = (const uint8_t *)way->text.data;

    tapir_text_clear(head);
    *head = way->text;
    memset(&way->text, 0, sizeof way->text);
    *message = way->draft;
    message->start_line = tapir_span_of(bytes, way->start_len);
    if (way->fields)
        message->fields = tapir_span_of(bytes + way->fields, way->line - way->fields);
}

/* Whether the response to the request is one that stood alone, since it came first. */
static bool is_late(tapir_http_parser *parser, const tapir_http_message *request)
{
    bool late = parser->orphans && is_before(request, &parser->orphan);

    if (late)
        parser->orphans--;
    else
        parser->orphans = 0;
    return late;
}

/* Decides whether the request waits for its response. */
static void queue(tapir_http_parser *parser, tapir__http_entry *entry)
{
    size_t size = size_of(entry);
    bool over = parser->ways[TAPIR_BACKWARD].state == TAPIR__HTTP_OFF;

    entry->hopeless = true;
    if (is_late(parser, &entry->exchange.request)) {
        entry->exchange.request.oddities |= TAPIR_HTTP_LATE;
    } else if (parser->skipped || parser->waiting + size > parser->options.max_waiting) {
        parser->skipped++;
    } else if (!over) {
        entry->hopeless = false;
        entry->waits = true;
        entry->waiting = size;
        parser->waiting += size;
    }
}

tapir__http_entry *tapir__http_add_request(tapir__http_way *way, const tapir__http_start *start)
{
    tapir_http_parser *parser = way->parser;
    tapir__http_entry *entry = add_entry(parser);
    tapir_http_exchange *exchange;

    if (!entry)
        return NULL;
    exchange = &entry->exchange;
    take_head(way, entry, &exchange->request);
    exchange->method = start->method;
    exchange->target = start->target;
    tapir__http_read_fields(entry, &exchange->request, TAPIR_FORWARD);
    parser->stats.requests++;
    way->lost = false;
    queue(parser, entry);
    if (parser->options.calls.request)
        parser->options.calls.request(parser->options.user, exchange);
    return entry;
}

static tapir__http_entry *first_waiting(tapir__http_entry *entry)
{
    while (entry && !entry->waits)
        entry = entry->next;
    return entry;
}

/* Responses may have been lost: of the requests before this one the latest was answered, as long
 * as clients wait for one answer before they ask again. */
static tapir__http_entry *skip_lost(
    tapir_http_parser *parser, tapir__http_entry *entry, const tapir_http_message *response)
{
    tapir__http_entry *next = first_waiting(entry->next);

    while (next && !is_before(response, &next->exchange.request)) {
        give_up(parser, entry);
        entry = next;
        next = first_waiting(entry->next);
    }
    return entry;
}

/* Returns the exchange whose request the response answers; NULL when that is not there. */
static tapir__http_entry *find_request(tapir__http_way *way)
{
    tapir_http_parser *parser = way->parser;
    tapir__http_entry *entry = first_waiting(parser->entries);

    if (!entry || is_before(&way->draft, &entry->exchange.request))
        return NULL;
    return way->lost ? skip_lost(parser, entry, &way->draft) : entry;
}

/* Makes an exchange of a response that stands alone. */
static tapir__http_entry *add_orphan(tapir__http_way *way)
{
    tapir_http_parser *parser = way->parser;
    bool skipped = parser->skipped && !first_waiting(parser->entries);

    if (skipped) {
        parser->skipped--;
    } else {
        parser->orphans++;
        parser->orphan = way->draft;
    }
    return add_entry(parser);
}

/* An interim response is shown, and the final one still to come (RFC 9110 15.2). */
static void show_interim(
    tapir__http_way *way, tapir__http_entry *entry, const tapir__http_start *start)
{
    tapir_http_parser *parser = way->parser;
    tapir_http_exchange *exchange = &entry->exchange;

    take_head(way, entry, &exchange->response);
    exchange->status = start->status;
    exchange->reason = start->reason;
    exchange->interim++;
    exchange->response.done = true;
    exchange->response.complete = !(exchange->response.oddities & TAPIR__HTTP_CUTS);
    if (parser->options.calls.response)
        parser->options.calls.response(parser->options.user, exchange);
    memset(&exchange->response, 0, sizeof exchange->response);
    exchange->status = 0;
    exchange->reason = tapir_span_of(NULL, 0);
    tapir_text_clear(&entry->heads[TAPIR_BACKWARD]);
}

tapir__http_entry *tapir__http_add_response(tapir__http_way *way, const tapir__http_start *start)
{
    tapir_http_parser *parser = way->parser;
    tapir__http_entry *entry = find_request(way);
    bool interim = start->status / 100 == 1 && start->status != 101;
    tapir_http_exchange *exchange;

    way->lost = false;
    parser->stats.interim += interim;
    if (interim) {
        if (entry)
            show_interim(way, entry, start);
        return NULL;
    }
    if (!entry)
        entry = add_orphan(way);
    if (!entry)
        return NULL;
    stop_waiting(parser, entry);
    exchange = &entry->exchange;
    take_head(way, entry, &exchange->response);
    exchange->status = start->status;
    exchange->reason = start->reason;
    tapir__http_read_fields(entry, &exchange->response, TAPIR_BACKWARD);
    parser->stats.responses++;
    if (parser->options.calls.response)
        parser->options.calls.response(parser->options.user, exchange);
    return entry;
}
