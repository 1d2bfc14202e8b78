/* Chosen fields, one line a packet. Names are looked up once; of a packet only the layers that have
 * a wanted field are looked at. */
#include "tapir/nearest.h"
#include "tapir/output.h"
#include "walk.h"

#include <stdlib.h>
#include <time.h>

#define LISTS_MAX 64 /* different lists that one row of a protocol can lead to */

struct column {
    char *name;
    void (*frame)(struct tapir_columns *columns, tapir_text *text, tapir_packet *packet);
    tapir_text text; /* the packet's values so far */
    size_t count;
};

enum what { TITLE, CHECKSUM_STATUS, FIELD, LIST, TRAILER };

/* Something to take from a layer. */
struct step {
    enum what what;
    const tapir_field *field;
    const tapir_part *part;
    size_t column;
};

/* What to take from the layers of one protocol, in the order of its rows. */
struct plan {
    const tapir_proto *proto;
    struct step *steps;
    size_t count, room;
};

/* A row or named bits inside lists, and the column it goes to. */
struct inner {
    const void *what;
    size_t column;
};

struct tapir_columns {
    struct column *columns;
    size_t count;
    struct plan *plans;
    size_t plan_count;
    struct inner *inner; /* open addressing, `what` NULL: free */
    size_t inner_count, inner_mask;
    const tapir_source *source;
    const tapir_proto *last;
    const tapir_columns_format *format; /* of the line being made */
    bool started;
    int64_t first, previous, shown; /* times of frames */
    bool any_shown;
};

/* Frames. */

static void frame_number(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    (void)columns;
    tapir_text_uint(text, tapir_packet_frame(packet)->number);
}

static void frame_len(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    (void)columns;
    tapir_text_uint(text, tapir_packet_frame(packet)->len);
}

static void frame_cap_len(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    (void)columns;
    tapir_text_uint(text, tapir_packet_frame(packet)->caplen);
}

/* Local time, as tshark has it: "Mar 18, 2014 20:12:03.342266000 UTC". */
static void frame_time(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    const tapir_frame *frame = tapir_packet_frame(packet);
    int64_t rest = frame->time % 1000000000;
    time_t seconds = (time_t)(frame->time / 1000000000 - (rest < 0));
    char day[48], zone[16];
    struct tm local;

    (void)columns;
    if (!frame->has_time || !localtime_r(&seconds, &local))
        return;
    tapir_text_bytes(text, day, strftime(day, sizeof day, "%b %e, %Y %H:%M:%S.", &local));
    tapir_text_uint_padded(text, (uint64_t)(rest < 0 ? rest + 1000000000 : rest), 9);
    tapir_text_char(text, ' ');
    tapir_text_bytes(text, zone, strftime(zone, sizeof zone, "%Z", &local));
}

static void frame_time_epoch(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    const tapir_frame *frame = tapir_packet_frame(packet);

    (void)columns;
    if (frame->has_time)
        tapir_epoch_text(text, frame->time);
}

/* Times far apart wrap rather than trap: timestamps are input. */
static void put_since(tapir_text *text, const tapir_packet *packet, bool known, int64_t then)
{
    const tapir_frame *frame = tapir_packet_frame(packet);

    if (frame->has_time)
        tapir_epoch_text(
            text, known ? (int64_t)((uint64_t)frame->time - (uint64_t)then) : INT64_C(0));
}

static void frame_time_delta(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    put_since(text, packet, columns->started, columns->previous);
}

static void frame_time_delta_displayed(
    tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    put_since(text, packet, columns->any_shown, columns->shown);
}

static void frame_time_relative(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    put_since(text, packet, columns->started, columns->first);
}

static void frame_protocols(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    size_t count;
    const tapir_layer *layers = tapir__layers_until(packet, columns->last, &count);

    for (size_t i = 0; i < count; i++) {
        if (i)
            tapir_text_char(text, ':');
        tapir_text_put(text, layers[i].proto->name);
    }
}

static const tapir_interface *interface_of(const tapir_columns *columns, const tapir_packet *packet)
{
    return columns->source
               ? tapir_source_interface(columns->source, tapir_packet_frame(packet)->interface)
               : NULL;
}

static void put_words(tapir_text *text, const char *words)
{
    if (words)
        tapir_text_line(text, tapir_span_of(words, strlen(words)));
}

static void frame_interface_id(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    (void)columns;
    tapir_text_uint(text, tapir_packet_frame(packet)->interface);
}

static void frame_interface_name(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    const tapir_interface *interface = interface_of(columns, packet);

    put_words(text, interface ? interface->name : NULL);
}

static void frame_interface_description(
    tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    const tapir_interface *interface = interface_of(columns, packet);

    put_words(text, interface ? interface->description : NULL);
}

static void frame_section_number(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    const tapir_interface *interface = interface_of(columns, packet);

    /* Other formats have no sections. */
    if (interface && interface->block)
        tapir_text_uint(text, interface->section + UINT64_C(1));
}

static void frame_interface_queue(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    (void)columns;
    if (tapir_packet_frame(packet)->has_queue)
        tapir_text_uint(text, tapir_packet_frame(packet)->queue);
}

static void frame_direction(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    (void)columns;
    if (tapir_packet_frame(packet)->direction != TAPIR_DIRECTION_UNKNOWN) {
        TAPIR_TEXT_LITERAL(text, "0x");
        tapir_text_hex(text, tapir_packet_frame(packet)->direction, 8);
    }
}

static void frame_drop_count(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    (void)columns;
    if (tapir_packet_frame(packet)->has_drops)
        tapir_text_uint(text, tapir_packet_frame(packet)->drops);
}

static void frame_comment(tapir_columns *columns, tapir_text *text, tapir_packet *packet)
{
    (void)columns;
    tapir_text_line(text, tapir_packet_frame(packet)->comment);
}

static const struct {
    const char *name;
    void (*put)(tapir_columns *columns, tapir_text *text, tapir_packet *packet);
} frame_fields[] = {
    {"frame.number", frame_number},
    {"frame.time", frame_time},
    {"frame.time_epoch", frame_time_epoch},
    {"frame.time_delta", frame_time_delta},
    {"frame.time_delta_displayed", frame_time_delta_displayed},
    {"frame.time_relative", frame_time_relative},
    {"frame.len", frame_len},
    {"frame.cap_len", frame_cap_len},
    {"frame.protocols", frame_protocols},
    {"frame.interface_id", frame_interface_id},
    {"frame.interface_name", frame_interface_name},
    {"frame.interface_description", frame_interface_description},
    {"frame.interface_queue", frame_interface_queue},
    {"frame.section_number", frame_section_number},
    {"frame.packet_flags_direction", frame_direction},
    {"frame.drop_count", frame_drop_count},
    {"frame.comment", frame_comment},
};

/* Names. */

/* Everything that one row of a protocol leads to: itself, its bits, the rows inside its lists. */
struct row_walk {
    void (*each)(void *user, const tapir_field *field, const tapir_part *part, unsigned depth);
    void *user;
    const tapir_list *lists[LISTS_MAX]; /* seen: tables may refer to each other */
    size_t list_count;
};

static void walk_row(struct row_walk *walk, const tapir_field *field, unsigned depth);

static void walk_items(struct row_walk *walk, const tapir_list *list, unsigned depth)
{
    if (!list)
        return;
    for (size_t i = 0; i < walk->list_count; i++)
        if (walk->lists[i] == list)
            return;
    if (walk->list_count == LISTS_MAX)
        return;
    walk->lists[walk->list_count++] = list;
    for (size_t i = 0; i < list->record_count; i++)
        for (size_t j = 0; j < list->records[i]->field_count; j++)
            walk_row(walk, &list->records[i]->fields[j], depth);
}

static void walk_row(struct row_walk *walk, const tapir_field *field, unsigned depth)
{
    if (!field->nameless)
        walk->each(walk->user, field, NULL, depth);
    for (const tapir_part *part = field->parts; part && part->name; part++)
        walk->each(walk->user, field, part, depth);
    walk_items(walk, field->list, depth + 1);
}

static bool is_named(const tapir_field *field, const tapir_part *part, const char *name)
{
    if (part)
        return strcmp(part->name, name) == 0;
    return strcmp(field->name, name) == 0 || (field->alias && strcmp(field->alias, name) == 0);
}

/* The protocols of the registry, and the two layers that are none. */
static const tapir_proto *known_proto(const tapir_registry *registry, size_t index)
{
    static const tapir_proto *const always[] = {&tapir_data_proto, &tapir_failure_proto};

    if (index < TAPIR_COUNT(always))
        return always[index];
    return tapir_registry_each(registry, index - TAPIR_COUNT(always));
}

static const char status_tail[] = ".checksum.status";

static bool is_status_of(const tapir_proto *proto, const char *name)
{
    size_t len = strlen(proto->name);

    return proto->verify && strncmp(name, proto->name, len) == 0 &&
           strcmp(name + len, status_tail) == 0;
}

struct naming {
    void (*each)(void *user, const char *name);
    void *user;
};

static void name_row(void *user, const tapir_field *field, const tapir_part *part, unsigned depth)
{
    const struct naming *naming = user;

    (void)depth;
    naming->each(naming->user, part ? part->name : field->name);
    if (!part && field->alias)
        naming->each(naming->user, field->alias);
}

void tapir_columns_names(
    const tapir_registry *registry, void (*each)(void *user, const char *name), void *user)
{
    struct naming naming = {each, user};
    const tapir_proto *proto;

    if (!registry && !(registry = tapir_registry_default()))
        return;
    for (size_t i = 0; i < TAPIR_COUNT(frame_fields); i++)
        each(user, frame_fields[i].name);
    for (size_t i = 0; (proto = known_proto(registry, i)); i++) {
        each(user, proto->name);
        for (size_t j = 0; j < proto->field_count; j++) {
            struct row_walk walk = {.each = name_row, .user = &naming};
            walk_row(&walk, &proto->fields[j], 0);
        }
        walk_items(&(struct row_walk){.each = name_row, .user = &naming}, proto->trailer, 1);
    }
}

/* Making the plan. */

struct search {
    tapir_columns *columns;
    struct plan *plan;
    const char *name;
    size_t column;
    bool inside; /* found inside the row's lists */
    bool found, failed;
};

/* In order of the rows, so that values come in order of the bytes; titles first, checks last. */
static uintptr_t step_rank(const struct step *step)
{
    if (step->what == CHECKSUM_STATUS)
        return UINTPTR_MAX;
    return step->what == TRAILER ? UINTPTR_MAX - 1 : (uintptr_t)step->field;
}

static bool add_step(struct plan *plan, struct step step)
{
    size_t at;

    for (size_t i = 0; i < plan->count && step.what >= LIST; i++)
        if (plan->steps[i].what == step.what && plan->steps[i].field == step.field)
            return true; /* one walk of a list serves all columns */
    if (plan->count == plan->room) {
        size_t room = plan->room ? plan->room * 2 : 8;
        struct step *steps = realloc(plan->steps, room * sizeof *steps);
        if (!steps)
            return false;
        plan->steps = steps;
        plan->room = room;
    }
    for (at = plan->count++; at > 0 && step_rank(&plan->steps[at - 1]) > step_rank(&step); at--)
        plan->steps[at] = plan->steps[at - 1];
    plan->steps[at] = step;
    return true;
}

static size_t inner_hash(const void *what)
{
    return (size_t)(((uint64_t)(uintptr_t)what * UINT64_C(0x9e3779b97f4a7c15)) >> 32);
}

static void inner_place(struct inner *table, size_t mask, struct inner entry)
{
    size_t i = inner_hash(entry.what) & mask;

    while (table[i].what)
        i = (i + 1) & mask;
    table[i] = entry;
}

/* Lists are shared between protocols, so an entry may be there already. */
static bool add_inner(tapir_columns *columns, struct inner entry)
{
    for (size_t i = inner_hash(entry.what) & columns->inner_mask;
         columns->inner && columns->inner[i].what; i = (i + 1) & columns->inner_mask)
        if (columns->inner[i].what == entry.what && columns->inner[i].column == entry.column)
            return true;
    if (columns->inner_count * 2 >= columns->inner_mask) {
        size_t mask = columns->inner_mask ? columns->inner_mask * 2 + 1 : 31;
        struct inner *table = calloc(mask + 1, sizeof *table);
        if (!table)
            return false;
        for (size_t i = 0; columns->inner && i <= columns->inner_mask; i++)
            if (columns->inner[i].what)
                inner_place(table, mask, columns->inner[i]);
        free(columns->inner);
        columns->inner = table;
        columns->inner_mask = mask;
    }
    inner_place(columns->inner, columns->inner_mask, entry);
    columns->inner_count++;
    return true;
}

static void search_row(void *user, const tapir_field *field, const tapir_part *part, unsigned depth)
{
    struct search *search = user;
    bool added;

    if (!is_named(field, part, search->name))
        return;
    if (depth == 0) {
        added = add_step(search->plan, (struct step){FIELD, field, part, search->column});
    } else {
        const void *what = part ? (const void *)part : (const void *)field;
        added = add_inner(search->columns, (struct inner){what, search->column});
        search->inside = true;
    }
    search->found = true;
    search->failed |= !added;
}

/* Finds all of one column's name in one protocol. */
static void search_proto(struct search *search)
{
    struct plan *plan = search->plan;
    const tapir_proto *proto = plan->proto;

    if (strcmp(proto->name, search->name) == 0) {
        search->found = true;
        search->failed |= !add_step(plan, (struct step){TITLE, NULL, NULL, search->column});
    }
    for (size_t i = 0; i < proto->field_count; i++) {
        struct row_walk walk = {.each = search_row, .user = search};
        search->inside = false;
        walk_row(&walk, &proto->fields[i], 0);
        if (search->inside)
            search->failed |=
                !add_step(plan, (struct step){LIST, &proto->fields[i], NULL, search->column});
    }
    search->inside = false;
    walk_items(&(struct row_walk){.each = search_row, .user = search}, proto->trailer, 1);
    if (search->inside)
        search->failed |= !add_step(plan, (struct step){TRAILER, NULL, NULL, search->column});
    if (is_status_of(proto, search->name)) {
        search->found = true;
        search->failed |=
            !add_step(plan, (struct step){CHECKSUM_STATUS, NULL, NULL, search->column});
    }
}

static bool resolve_frame(struct column *column)
{
    for (size_t i = 0; i < TAPIR_COUNT(frame_fields); i++)
        if (strcmp(frame_fields[i].name, column->name) == 0)
            column->frame = frame_fields[i].put;
    return column->frame;
}

/* Adds every place of the name in every protocol to the plans. */
static tapir_status resolve(tapir_columns *columns, size_t index)
{
    struct search search = {
        .columns = columns, .name = columns->columns[index].name, .column = index};

    if (resolve_frame(&columns->columns[index]))
        return TAPIR_OK;
    for (size_t i = 0; i < columns->plan_count; i++) {
        search.plan = &columns->plans[i];
        search_proto(&search);
    }
    return search.failed ? TAPIR_NO_MEMORY : search.found ? TAPIR_OK : TAPIR_NOT_FOUND;
}

static void offer(void *user, const char *name)
{
    tapir_nearest_offer(user, name);
}

static void explain_unknown(const tapir_registry *registry, const char *name, tapir_error *error)
{
    char buffer[192];
    tapir_text hint = tapir_text_fixed(buffer, sizeof buffer);
    tapir_nearest nearest = tapir_nearest_to(name);

    tapir_columns_names(registry, offer, &nearest);
    tapir_nearest_text(&nearest, &hint);
    tapir_error_set(error, TAPIR_NOT_FOUND, "no field '%.60s'%s", name, tapir_text_string(&hint));
}

/* A plan for every protocol; those that nothing is wanted of go again. */
static bool make_plans(tapir_columns *columns, const tapir_registry *registry)
{
    size_t count = 0;

    while (known_proto(registry, count))
        count++;
    columns->plans = calloc(count, sizeof *columns->plans);
    if (!columns->plans)
        return false;
    columns->plan_count = count;
    for (size_t i = 0; i < count; i++)
        columns->plans[i].proto = known_proto(registry, i);
    return true;
}

static void drop_empty_plans(tapir_columns *columns)
{
    size_t kept = 0;

    for (size_t i = 0; i < columns->plan_count; i++)
        if (columns->plans[i].count)
            columns->plans[kept++] = columns->plans[i];
    columns->plan_count = kept;
}

tapir_columns *tapir_columns_new(
    const tapir_registry *registry, const char *const *names, size_t count, tapir_error *error)
{
    tapir_columns *columns = calloc(1, sizeof *columns);
    tapir_status status = TAPIR_NO_MEMORY;

    if (!registry)
        registry = tapir_registry_default();
    if (!columns || !registry || !make_plans(columns, registry))
        goto fail;
    columns->columns = calloc(count ? count : 1, sizeof *columns->columns);
    if (!columns->columns)
        goto fail;
    columns->count = count;
    for (size_t i = 0; i < count; i++) {
        columns->columns[i].name = strdup(names[i]);
        status = columns->columns[i].name ? resolve(columns, i) : TAPIR_NO_MEMORY;
        if (status == TAPIR_NOT_FOUND)
            explain_unknown(registry, names[i], error);
        if (status != TAPIR_OK)
            goto fail;
    }
    drop_empty_plans(columns);
    return columns;
fail:
    if (status == TAPIR_NO_MEMORY)
        tapir_error_set(error, status, "columns: out of memory");
    tapir_columns_free(columns);
    return NULL;
}

void tapir_columns_free(tapir_columns *columns)
{
    if (!columns)
        return;
    for (size_t i = 0; columns->columns && i < columns->count; i++) {
        free(columns->columns[i].name);
        tapir_text_clear(&columns->columns[i].text);
    }
    for (size_t i = 0; i < columns->plan_count; i++)
        free(columns->plans[i].steps);
    free(columns->columns);
    free(columns->plans);
    free(columns->inner);
    free(columns);
}

void tapir_columns_set_source(tapir_columns *columns, const tapir_source *source)
{
    columns->source = source;
}

void tapir_columns_set_last(tapir_columns *columns, const tapir_proto *last)
{
    columns->last = last;
}

/* Lines. */

/* Makes the column ready for one more value; NULL when it is not wanted. */
static tapir_text *begin_value(tapir_columns *columns, size_t index)
{
    struct column *column = &columns->columns[index];

    if (columns->format->occurrence == TAPIR_OCCURRENCE_FIRST && column->count)
        return NULL;
    if (columns->format->occurrence == TAPIR_OCCURRENCE_LAST)
        column->text.len = 0;
    else if (column->count)
        tapir_text_put(&column->text, columns->format->aggregator);
    column->count++;
    return &column->text;
}

/* As tshark prints it: flags as 1 and 0, bytes without separators, one line. */
static void put_value(tapir_columns *columns, size_t column, const tapir_value *value)
{
    tapir_text *text = begin_value(columns, column);
    const tapir_field *field = value->field;
    const tapir_span *span = value->member;
    char separator = field->base == TAPIR_ADDRESS ? ':' : '\0';
    char buffer[4096];
    tapir_text plain = tapir_text_fixed(buffer, sizeof buffer);

    if (!text)
        return;
    if (value->part) {
        tapir__number_text(text, value);
        return;
    }
    switch (field->kind) {
    case TAPIR_UINT:
    case TAPIR_UINT_LE:
    case TAPIR_INT:
        tapir__number_text(text, value);
        break;
    case TAPIR_FLAG:
        tapir_text_char(text, value->number ? '1' : '0');
        break;
    case TAPIR_BYTES:
        tapir_text_hex_bytes(text, tapir_span_of(value->member, field->size), separator);
        break;
    case TAPIR_SPAN:
    case TAPIR_LIST:
    case TAPIR_BODY:
        if (span->len)
            tapir_text_hex_bytes(text, *span, separator);
        else
            TAPIR_TEXT_LITERAL(text, "<MISSING>");
        break;
    case TAPIR_STRING:
        tapir_text_line(text, *span);
        break;
    case TAPIR_TEXT:
        tapir_value_text(&plain, value);
        tapir_text_line(text, tapir_span_of(plain.data, plain.len));
        break;
    default:
        tapir_value_text(text, value);
        break;
    }
}

/* A value inside a list: into every column that wants its row. */
static void put_inner(void *user, const tapir_value *value)
{
    tapir_columns *columns = user;
    const void *what = value->part ? (const void *)value->part : (const void *)value->field;

    for (size_t i = inner_hash(what) & columns->inner_mask; columns->inner[i].what;
         i = (i + 1) & columns->inner_mask)
        if (columns->inner[i].what == what)
            put_value(columns, columns->inner[i].column, value);
}

static void put_field(tapir_columns *columns, const struct step *step, const tapir_layer *layer)
{
    const tapir_field *field = step->field;
    const void *member = (const uint8_t *)layer->fields + field->offset;
    tapir_value value = {field, step->part, member, layer->fields, 0, 0};

    if (!tapir_field_present(field, layer->fields) || !has_bytes(field, member))
        return;
    if (step->what == LIST) {
        tapir__row_values(
            field, layer->fields, &(tapir_value_visitor){.value = put_inner, .user = columns});
        return;
    }
    if (is_number(field) || step->part)
        value.number = parted(field, member);
    if (step->part)
        value.number = part_number(step->part, value.number);
    put_value(columns, step->column, &value);
}

/* How many rows of the table a broken header reaches. */
static const tapir_field *end_of_rows(const tapir_layer *layer)
{
    const tapir_proto *proto = layer->proto;
    size_t bits = layer->header_len * (size_t)8, i = 0;

    if (!proto->field_count)
        return proto->fields;
    if (!layer->partial)
        return proto->fields + proto->field_count;
    for (; i < proto->field_count && proto->fields[i].bits <= bits; i++)
        bits -= proto->fields[i].bits;
    return proto->fields + i;
}

static void put_status(
    tapir_columns *columns, size_t column, const tapir_packet *packet, const tapir_layer *layer)
{
    tapir_checksum checksum;
    tapir_text *text;

    if (tapir_packet_verify(packet, layer, &checksum) && (text = begin_value(columns, column)))
        tapir_text_char(text, tapir__checksum_status(&checksum));
}

static void put_layer(tapir_columns *columns, const struct plan *plan, const tapir_packet *packet,
    const tapir_layer *layer)
{
    const tapir_field *end = end_of_rows(layer);
    tapir_text *text;

    for (size_t i = 0; i < plan->count; i++) {
        const struct step *step = &plan->steps[i];
        if (step->what == TITLE) {
            if ((text = begin_value(columns, step->column)))
                tapir_text_put(text, plan->proto->title);
        } else if (step->what == CHECKSUM_STATUS) {
            put_status(columns, step->column, packet, layer);
        } else if (step->what == TRAILER) {
            tapir_trailer_values(
                packet, layer, &(tapir_value_visitor){.value = put_inner, .user = columns});
        } else if (step->field < end) {
            put_field(columns, step, layer);
        }
    }
}

static void put_quoted(tapir_text *text, const tapir_text *value, char quote)
{
    const char *at = value->data, *end = at + value->len;

    tapir_text_char(text, quote);
    while (at < end) {
        const char *found = memchr(at, quote, (size_t)(end - at));
        const char *stop = found ? found + 1 : end;
        tapir_text_bytes(text, at, (size_t)(stop - at));
        if (found)
            tapir_text_char(text, quote);
        at = stop;
    }
    tapir_text_char(text, quote);
}

/* RFC 4180 2: a value with separators, quotes or line ends in it is quoted. */
static bool needs_quotes(const tapir_text *value, const char *separator)
{
    for (size_t i = 0; i < value->len; i++)
        if (value->data[i] == '"' || value->data[i] == '\n' || value->data[i] == '\r' ||
            value->data[i] == *separator)
            return true;
    return false;
}

static void put_column(
    tapir_text *text, const tapir_text *value, const tapir_columns_format *format)
{
    if (format->csv && needs_quotes(value, format->separator))
        put_quoted(text, value, '"');
    else if (format->quote && value->len)
        put_quoted(text, value, format->quote);
    else
        tapir_text_bytes(text, value->data, value->len);
}

void tapir_columns_header(
    const tapir_columns *columns, tapir_text *text, const tapir_columns_format *format)
{
    for (size_t i = 0; i < columns->count; i++) {
        if (i)
            tapir_text_put(text, format->separator);
        tapir_text_put(text, columns->columns[i].name);
    }
    tapir_text_char(text, '\n');
}

void tapir_columns_pass(tapir_columns *columns, const tapir_frame *frame)
{
    if (!frame->has_time)
        return;
    if (!columns->started)
        columns->first = frame->time;
    columns->started = true;
    columns->previous = frame->time;
}

void tapir_columns_packet(tapir_columns *columns, tapir_text *text, tapir_packet *packet,
    const tapir_columns_format *format)
{
    const tapir_frame *frame = tapir_packet_frame(packet);
    size_t count;
    const tapir_layer *layers = tapir__layers_until(packet, columns->last, &count);

    columns->format = format;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < columns->plan_count; j++)
            if (columns->plans[j].proto == layers[i].proto)
                put_layer(columns, &columns->plans[j], packet, &layers[i]);
    for (size_t i = 0; i < columns->count; i++) {
        struct column *column = &columns->columns[i];
        if (column->frame)
            column->frame(columns, &column->text, packet);
        if (i)
            tapir_text_put(text, format->separator);
        put_column(text, &column->text, format);
        text->failed |= column->text.failed;
        column->text.failed = false;
        column->text.len = 0;
        column->count = 0;
    }
    tapir_text_char(text, '\n');
    tapir_columns_pass(columns, frame);
    if (frame->has_time) {
        columns->any_shown = true;
        columns->shown = frame->time;
    }
}
