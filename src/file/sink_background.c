/* A thread that writes a capture file while its owner gathers the next packets: a ring of buffers,
 * of which the owner fills one and the thread empties the others in turn. */
#include "file/sink.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

enum {
    BUFFERS = 4,
    WAKE_AT = BUFFERS / 2 /* left to be written when the owner goes on: waking it costs time */
};

struct tapir__background {
    tapir__file_sink *sink;
    pthread_t thread;
    pthread_mutex_t mutex; /* of chunks to ends */
    pthread_cond_t filled, emptied;
    tapir__chunk chunks[BUFFERS]; /* from `first` on, `count` of them are to be written */
    size_t first, count;          /* while there are any, sink->output is the thread's */
    tapir_status status;          /* of what was written */
    bool ends;
    uint8_t *buffers[BUFFERS];
};

/* Writes the oldest chunk, during which the owner can add others. */
static void write_first(tapir__background *background)
{
    tapir__chunk chunk = background->chunks[background->first];
    tapir_status status;

    pthread_mutex_unlock(&background->mutex);
    tapir__output_chunk(
        background->sink, &chunk, tapir_span_of(NULL, 0), tapir_span_of(NULL, 0), false);
    status = background->sink->output.status;
    pthread_mutex_lock(&background->mutex);
    background->status = status;
    background->first = (background->first + 1) % BUFFERS;
    background->count--;
    if (background->count <= WAKE_AT)
        pthread_cond_signal(&background->emptied);
}

static void *work(void *argument)
{
    tapir__background *background = argument;

    pthread_mutex_lock(&background->mutex);
    for (;;) {
        while (background->count == 0 && !background->ends)
            pthread_cond_wait(&background->filled, &background->mutex);
        if (background->count == 0)
            break;
        write_first(background);
    }
    pthread_mutex_unlock(&background->mutex);
    return NULL;
}

/* Starts the thread, which leaves all signals to the program's others. */
static bool start_thread(tapir__background *background)
{
    sigset_t all, before;
    bool started;

    sigfillset(&all);
    if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
        return false;
    started = pthread_create(&background->thread, NULL, work, background) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void free_parts(tapir__background *background)
{
    pthread_cond_destroy(&background->emptied);
    pthread_cond_destroy(&background->filled);
    pthread_mutex_destroy(&background->mutex);
    for (size_t i = 0; i < BUFFERS; i++)
        free(background->buffers[i]);
    free(background);
}

static tapir__background *make(tapir__file_sink *sink)
{
    tapir__background *background = calloc(1, sizeof *background);
    bool complete = background != NULL;

    if (!complete)
        return NULL;
    background->sink = sink;
    pthread_mutex_init(&background->mutex, NULL);
    pthread_cond_init(&background->filled, NULL);
    pthread_cond_init(&background->emptied, NULL);
    for (size_t i = 1; i < BUFFERS; i++) {
        background->buffers[i] = tapir__direct_new_block(sink);
        complete = complete && background->buffers[i];
    }
    if (complete && start_thread(background)) {
        background->buffers[0] = sink->block;
        return background;
    }
    free_parts(background);
    return NULL;
}

bool tapir__background_start(tapir__file_sink *sink)
{
    if (!sink->background && !(sink->background = make(sink)))
        sink->options.background = false;
    return sink->background;
}

tapir_status tapir__background_write(tapir__file_sink *sink, const tapir__chunk *chunk)
{
    tapir__background *background = sink->background;
    tapir_status status;
    size_t last;

    pthread_mutex_lock(&background->mutex);
    last = (background->first + background->count++) % BUFFERS;
    background->chunks[last] = *chunk;
    pthread_cond_signal(&background->filled);
    while (background->count == BUFFERS)
        pthread_cond_wait(&background->emptied, &background->mutex);
    status = background->status;
    pthread_mutex_unlock(&background->mutex);
    sink->block = background->buffers[(last + 1) % BUFFERS];
    return status;
}

void tapir__background_wait(tapir__background *background)
{
    pthread_mutex_lock(&background->mutex);
    while (background->count > 0)
        pthread_cond_wait(&background->emptied, &background->mutex);
    pthread_mutex_unlock(&background->mutex);
}

void tapir__background_free(tapir__background *background)
{
    if (!background)
        return;
    pthread_mutex_lock(&background->mutex);
    background->ends = true;
    pthread_cond_signal(&background->filled);
    pthread_mutex_unlock(&background->mutex);
    pthread_join(background->thread, NULL);
    free_parts(background);
}
