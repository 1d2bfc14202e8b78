/* What long reads have in common: they end at a signal, show how far they are, and say what ended
 * them. */
#include "cli.h"

#include <signal.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static tapir_source *volatile to_break;

static void on_signal(int number)
{
    tapir_source *source = to_break;

    (void)number;
    if (source)
        tapir_source_break(source);
}

void break_on_signal(tapir_source *source)
{
    /* Once: who asks a second time wants out. */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

    to_break = source;
    if (!source)
        action.sa_handler = SIG_DFL;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

int source_ended(tapir_source *source, tapir_status status)
{
    if (status == TAPIR_OK || status == TAPIR_END || status == TAPIR_BREAK)
        return EXIT_DONE;
    complain("%s", tapir_source_error(source)->message);
    return EXIT_RUNTIME;
}

#define FRAMES_BETWEEN_LOOKS 4096
#define DRAW_EVERY           INT64_C(200000000)

void progress_start(struct progress *progress, const char *path)
{
    *progress = (struct progress){.shown = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO)};
    if (!progress->shown)
        return;
    progress->next = monotonic() + 2 * DRAW_EVERY;
    progress->until = FRAMES_BETWEEN_LOOKS;
    (void)regular_file(path, &progress->size);
}

void progress_draw(struct progress *progress, const tapir_source *source)
{
    int64_t now = monotonic();
    tapir_source_stats stats;

    progress->until += FRAMES_BETWEEN_LOOKS;
    if (now < progress->next)
        return;
    progress->next = now + DRAW_EVERY;
    tapir_source_stats_get(source, &stats);
    fprintf(stderr, "\r\033[K%llu packets, %.1f MB", (unsigned long long)stats.frames,
        (double)stats.offset / 1e6);
    /* The size of a compressed file says nothing about the place in its content. */
    if (progress->size && strcmp(tapir_source_compression(source), "none") == 0)
        fprintf(stderr, ", %.0f %%", 100.0 * (double)stats.offset / (double)progress->size);
    fflush(stderr);
}

void progress_end(struct progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
