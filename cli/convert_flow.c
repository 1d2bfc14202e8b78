/* tapir convert: a file for each flow, of which only so many are open at a time. */
#include "convert.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>

enum {
    MOST_OPEN = 256,
    MOST_COMPRESSED = 16, /* a compressor takes memory by the megabyte */
    FEWEST_OPEN = 4,
    FOR_OTHERS = 64, /* descriptors that are not ours: inputs, and what the system needs */
    FLOW_BUFFER = 16 << 10
};

#define NOBODY SIZE_MAX

/* One flow and its file. */
struct flow {
    tapir_connection connection; /* in one of both directions, always the same */
    uint64_t hash;
    tapir_sink *sink;    /* NULL while the file is closed */
    bool created;        /* by us, so that it can be appended to */
    size_t newer, older; /* in the list of those that are open */
    struct interface_numbers known;
};

struct flow_files {
    struct target *target;
    tapir_packet *packet;
    uint64_t seed;
    struct flow *flows;
    size_t count, room;
    size_t *table; /* the flow's index + 1; 0: empty */
    size_t slots;
    size_t newest, oldest, open, most_open;
};

struct flow_files *flow_files_new(struct target *target)
{
    struct flow_files *files = calloc(1, sizeof *files);
    struct rlimit limit;

    if (files) {
        files->target = target;
        files->packet = tapir_packet_new(NULL);
        files->slots = 1024;
        files->table = calloc(files->slots, sizeof *files->table);
        files->newest = files->oldest = NOBODY;
        files->most_open = MOST_OPEN;
    }
    if (!files || !files->packet || !files->table) {
        complain("out of memory");
        if (files) {
            tapir_packet_free(files->packet);
            free(files->table);
        }
        free(files);
        return NULL;
    }
    if (getrandom(&files->seed, sizeof files->seed, 0) < 0)
        files->seed = 0;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < MOST_OPEN + FOR_OTHERS)
        files->most_open = limit.rlim_cur > FOR_OTHERS + FEWEST_OPEN
                               ? (size_t)limit.rlim_cur - FOR_OTHERS
                               : FEWEST_OPEN;
    if (target->request->compression > TAPIR_COMPRESSION_AUTO && files->most_open > MOST_COMPRESSED)
        files->most_open = MOST_COMPRESSED;
    return files;
}

/* Turns a connection so that both of its directions are the same. */
static void turn(tapir_connection *connection)
{
    int order = tapir_endpoint_compare(&connection->network.src, &connection->network.dst);

    if (order == 0)
        order = tapir_endpoint_compare(&connection->transport.src, &connection->transport.dst);
    if (order > 0) {
        connection->network = tapir_flow_reverse(&connection->network);
        connection->transport = tapir_flow_reverse(&connection->transport);
    }
}

static bool same_connection(const tapir_connection *a, const tapir_connection *b)
{
    return a->protocol == b->protocol && tapir_flow_equal(&a->network, &b->network) &&
           tapir_flow_equal(&a->transport, &b->transport);
}

static size_t find_slot(
    const struct flow_files *files, const tapir_connection *connection, uint64_t hash)
{
    size_t slot = hash & (files->slots - 1);

    while (files->table[slot]) {
        const struct flow *flow = &files->flows[files->table[slot] - 1];
        if (flow->hash == hash && same_connection(&flow->connection, connection))
            break;
        slot = (slot + 1) & (files->slots - 1);
    }
    return slot;
}

/* Makes room for one flow more, in the list and in the table; false when out of memory. */
static bool make_room(struct flow_files *files)
{
    size_t *table;

    if (files->count == files->room) {
        size_t room = files->room ? 2 * files->room : 64;
        struct flow *flows = realloc(files->flows, room * sizeof *flows);
        if (!flows)
            return false;
        files->flows = flows;
        files->room = room;
    }
    if (2 * files->count < files->slots)
        return true;
    table = calloc(2 * files->slots, sizeof *table);
    if (!table)
        return false;
    free(files->table);
    files->table = table;
    files->slots *= 2;
    for (size_t i = 0; i < files->count; i++) {
        size_t slot = files->flows[i].hash & (files->slots - 1);
        while (table[slot])
            slot = (slot + 1) & (files->slots - 1);
        table[slot] = i + 1;
    }
    return true;
}

/* Finds the flow of a frame, a new one when there was none; NULL when out of memory. Packets
 * without addresses of a network layer are one flow. */
static struct flow *find_flow(struct flow_files *files, const tapir_frame *frame)
{
    tapir_connection connection;
    uint64_t hash;
    size_t slot;

    tapir_packet_start(files->packet, frame);
    if (!tapir_packet_connection(files->packet, &connection))
        memset(&connection, 0, sizeof connection);
    turn(&connection);
    hash = tapir_connection_hash(&connection, files->seed);
    slot = find_slot(files, &connection, hash);
    if (files->table[slot])
        return &files->flows[files->table[slot] - 1];
    if (!make_room(files))
        return NULL;
    slot = find_slot(files, &connection, hash);
    files->flows[files->count] =
        (struct flow){.connection = connection, .hash = hash, .newer = NOBODY, .older = NOBODY};
    files->table[slot] = ++files->count;
    return &files->flows[files->count - 1];
}

static void unlink_flow(struct flow_files *files, struct flow *flow)
{
    *(flow->newer == NOBODY ? &files->newest : &files->flows[flow->newer].older) = flow->older;
    *(flow->older == NOBODY ? &files->oldest : &files->flows[flow->older].newer) = flow->newer;
}

static void link_newest(struct flow_files *files, struct flow *flow)
{
    size_t index = (size_t)(flow - files->flows);

    flow->newer = NOBODY;
    flow->older = files->newest;
    *(files->newest == NOBODY ? &files->oldest : &files->flows[files->newest].newer) = index;
    files->newest = index;
}

static enum outcome close_flow(struct flow_files *files, struct flow *flow)
{
    tapir_error error;
    tapir_status status;

    unlink_flow(files, flow);
    files->open--;
    status = tapir_sink_close(flow->sink, &error);
    flow->sink = NULL;
    return status == TAPIR_OK ? GO_ON : target_failed(status, &error);
}

/* "dir/name.pcap.gz" is "dir/name-000012.pcap.gz" for the twelfth flow. */
static char *path_of(const char *name, size_t number)
{
    const char *base = strrchr(name, '/'), *dot;
    char *path;

    base = base ? base + 1 : name;
    dot = strchr(base, '.');
    if (!dot || dot == base)
        dot = name + strlen(name);
    return asprintf(&path, "%.*s-%06zu%s", (int)(dot - name), name, number, dot) < 0 ? NULL : path;
}

/* Whether the path is one of the inputs. */
static bool is_input(const struct convert_request *request, const char *path)
{
    for (size_t i = 0; i < request->input_count; i++)
        if (same_file(request->inputs[i], path)) {
            complain("%s: is being read; -w needs another name", path);
            return true;
        }
    return false;
}

static enum outcome open_flow(struct flow_files *files, struct flow *flow, const tapir_frame *frame)
{
    const struct target *target = files->target;
    char *path = path_of(target->pattern, (size_t)(flow - files->flows) + 1);
    tapir_sink_options options;
    tapir_status status;
    tapir_error error;

    if (!path) {
        complain("out of memory");
        return STOP_SPOILT;
    }
    if (is_input(target->request, path)) {
        free(path);
        return STOP_USAGE;
    }
    target_options(target, tapir_source_interface(target->source, frame->interface), &options);
    options.buffer = FLOW_BUFFER;
    options.append = flow->created;
    if (flow->created)
        options.section = NULL;
    status = tapir_sink_open_file(&flow->sink, path, &options, &error);
    free(path);
    if (status != TAPIR_OK)
        return target_failed(status, &error);
    flow->created = true;
    files->open++;
    link_newest(files, flow);
    return GO_ON;
}

enum outcome flow_files_write(struct flow_files *files, const tapir_frame *frame)
{
    struct flow *flow = find_flow(files, frame);
    tapir_frame numbered = *frame;
    tapir_status status = TAPIR_OK;
    enum outcome outcome = GO_ON;

    if (!flow) {
        complain("out of memory");
        return STOP_SPOILT;
    }
    if (!flow->sink) {
        if (files->open >= files->most_open)
            outcome = close_flow(files, &files->flows[files->oldest]);
        if (outcome == GO_ON)
            outcome = open_flow(files, flow, frame);
        if (outcome != GO_ON)
            return outcome;
    } else if (files->newest != (size_t)(flow - files->flows)) {
        unlink_flow(files, flow);
        link_newest(files, flow);
    }
    if (files->target->kind == KIND_PCAPNG)
        status = target_interface(
            files->target, flow->sink, &flow->known, frame->interface, &numbered.interface);
    if (status == TAPIR_OK)
        status = tapir_sink_write(flow->sink, &numbered);
    return status == TAPIR_OK ? GO_ON : target_failed(status, tapir_sink_error(flow->sink));
}

enum outcome flow_files_end(struct flow_files *files, enum outcome outcome)
{
    for (size_t i = 0; i < files->count; i++) {
        struct flow *flow = &files->flows[i];
        if (flow->sink) {
            enum outcome closed = close_flow(files, flow);
            outcome = closed > outcome ? closed : outcome;
        }
        free(flow->known.list);
    }
    tapir_packet_free(files->packet);
    free(files->flows);
    free(files->table);
    free(files);
    return outcome;
}
