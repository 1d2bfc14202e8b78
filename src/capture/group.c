/* Groups of live sources: opening them so that they share, and running them in threads. */
#include "group.h"

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum { MOST_WORKERS = 1024 };

/* Gives a worker its share of the queues. */
static void deal_queues(const tapir_capture_options *asked, tapir_capture_options *options,
    uint32_t queues, size_t worker, size_t count)
{
    uint32_t from = (uint32_t)(queues * worker / count);

    options->queue = asked->queue + from;
    options->queue_count = (uint32_t)(queues * (worker + 1) / count) - from;
}

/* Opens the sources so that every frame comes to one of them: the first settles what is left open,
 * method and fanout id, for all. */
static tapir_status open_all(
    tapir_capture_group *group, const char *interface, size_t count, tapir_error *error)
{
    tapir_capture_options options = group->options;
    uint32_t queues = 0;
    bool fans_out = count > 1 && options.method != TAPIR_CAPTURE_AFXDP;

    if (options.method == TAPIR_CAPTURE_AFXDP) {
        queues = options.queue_count ? options.queue_count : tapir__interface_queues(interface);
        if (queues < count)
            return tapir_error_set(error, TAPIR_INVALID,
                "%s: %zu workers cannot share %" PRIu32 " queue%s; ethtool -L changes how many "
                "there are",
                interface, count, queues, queues == 1 ? "" : "s");
    }
    if (fans_out && !options.fanout.mode)
        options.fanout.mode = TAPIR_FANOUT_HASH;
    if (fans_out && !options.fanout.id)
        options.fanout.new_id = true;
    while (group->count < count) {
        tapir_source **source = &group->sources[group->count];
        tapir_status status;
        if (options.method == TAPIR_CAPTURE_AFXDP)
            deal_queues(&group->options, &options, queues, group->count, count);
        status = tapir_capture_open(source, interface, &options, error);
        if (status != TAPIR_OK)
            return status;
        group->count++;
        if (!fans_out)
            continue;
        if (strcmp(tapir_source_format(*source), "afpacket") != 0)
            return tapir_error_set(error, TAPIR_UNSUPPORTED,
                "%s: %zu workers cannot share what %s captures; afpacket and afxdp can",
                group->name, count, tapir_source_format(*source));
        options.fanout.new_id = false;
        options.fanout.id = tapir_capture_fanout_id(*source);
    }
    return TAPIR_OK;
}

tapir_status tapir_capture_group_open(tapir_capture_group **group, const char *interface,
    size_t count, const tapir_capture_options *options, tapir_error *error)
{
    tapir_status status;

    *group = NULL;
    if (count == 0 || count > MOST_WORKERS)
        return tapir_error_set(
            error, TAPIR_INVALID, "a group has 1 to %d workers, not %zu", MOST_WORKERS, count);
    *group = calloc(1, sizeof **group + count * sizeof(tapir_source *));
    if (!*group)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", interface);
    (*group)->options = (tapir_capture_options){.size = sizeof(tapir_capture_options)};
    if (options)
        memcpy(&(*group)->options, options,
            options->size < sizeof *options ? options->size : sizeof *options);
    (*group)->options.size = sizeof(tapir_capture_options);
    interface = tapir__take_method(interface, &(*group)->options.method);
    memcpy((*group)->name, interface, strnlen(interface, TAPIR__NAME_ROOM - 1));
    status = open_all(*group, interface, count, error);
    if (status != TAPIR_OK) {
        tapir_capture_group_close(*group);
        *group = NULL;
    }
    return status;
}

size_t tapir_capture_group_count(const tapir_capture_group *group)
{
    return group->count;
}

tapir_source *tapir_capture_group_source(const tapir_capture_group *group, size_t worker)
{
    return worker < group->count ? group->sources[worker] : NULL;
}

void tapir_capture_group_break(tapir_capture_group *group)
{
    for (size_t i = 0; i < group->count; i++)
        tapir_source_break(group->sources[i]);
}

tapir_status tapir_capture_group_set_filter(
    tapir_capture_group *group, const char *expression, bool optimize, tapir_error *error)
{
    for (size_t i = 0; i < group->count; i++) {
        tapir_status status = tapir_capture_set_filter(group->sources[i], expression, optimize);
        if (status != TAPIR_OK && error)
            *error = *tapir_source_error(group->sources[i]);
        if (status != TAPIR_OK)
            return status;
    }
    return TAPIR_OK;
}

void tapir_capture_group_stats(const tapir_capture_group *group, tapir_source_stats *stats)
{
    *stats = (tapir_source_stats){0};
    for (size_t i = 0; i < group->count; i++) {
        tapir_source_stats one;
        tapir_source_stats_get(group->sources[i], &one);
        stats->frames += one.frames;
        stats->bytes += one.bytes;
        stats->received += one.received;
        stats->dropped_by_kernel += one.dropped_by_kernel;
        stats->freezes += one.freezes;
        /* Of the interface, which is the same for all. */
        if (one.dropped_by_interface > stats->dropped_by_interface)
            stats->dropped_by_interface = one.dropped_by_interface;
    }
}

void tapir_capture_group_close(tapir_capture_group *group)
{
    if (!group)
        return;
    for (size_t i = 0; i < group->count; i++)
        tapir_source_close(group->sources[i]);
    free(group);
}

/* What the threads of a run share. */
struct run {
    tapir_capture_group *group;
    tapir_capture_work work;
    void *context;
    pthread_mutex_t turn;
    tapir_status status; /* the first bad end */
    tapir_error *error;
};

struct worker {
    struct run *run;
    size_t number;
    pthread_t thread;
};

static void *run_worker(void *argument)
{
    struct worker *worker = argument;
    struct run *run = worker->run;
    tapir_source *source = run->group->sources[worker->number];
    tapir_status status = run->work(run->context, worker->number, source);

    if (status == TAPIR_OK || status == TAPIR_END || status == TAPIR_BREAK)
        return NULL;
    pthread_mutex_lock(&run->turn);
    if (run->status == TAPIR_OK) {
        run->status = status;
        if (run->error)
            *run->error = *tapir_source_error(source);
        tapir_capture_group_break(run->group);
    }
    pthread_mutex_unlock(&run->turn);
    return NULL;
}

/* Starts the workers; returns how many run. Signals are the other threads' business. */
static size_t start(struct run *run, struct worker *workers)
{
    size_t count = run->group->count, started = 0;
    sigset_t all, before;
    int number = 0;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    for (; started < count && number == 0; started += number == 0) {
        workers[started] = (struct worker){.run = run, .number = started};
        number = pthread_create(&workers[started].thread, NULL, run_worker, &workers[started]);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (number) {
        run->status = tapir_error_set(run->error, TAPIR_IO, "%s: cannot start thread %zu: %s",
            run->group->name, started + 1, strerror(number));
        tapir_capture_group_break(run->group);
    }
    return started;
}

tapir_status tapir_capture_group_run(
    tapir_capture_group *group, tapir_capture_work work, void *context, tapir_error *error)
{
    struct run run = {.group = group,
        .work = work,
        .context = context,
        .turn = PTHREAD_MUTEX_INITIALIZER,
        .error = error};
    struct worker *workers = calloc(group->count, sizeof *workers);
    size_t started;

    if (!workers)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", group->name);
    started = start(&run, workers);
    while (started-- > 0)
        pthread_join(workers[started].thread, NULL);
    free(workers);
    return run.status;
}
