/* Messages and output that the commands share. */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define FLUSH_AT ((size_t)64 << 10)

static void TAPIR_PRINTF(2, 0) message(const char *command, const char *format, va_list arguments)
{
    fflush(stdout);
    fprintf(stderr, "tapir%s%s: ", command ? " " : "", command ? command : "");
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
}

void complain(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    message(NULL, format, arguments);
    va_end(arguments);
}

int wrong_usage(const struct command *command, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    message(command->name, format, arguments);
    va_end(arguments);
    fprintf(stderr, "Try 'tapir %s --help'.\n", command->name);
    return EXIT_USAGE;
}

int wrong_argument(
    const struct command *command, const char *option, const char *argument, const char *wanted)
{
    return wrong_usage(command, "%s: '%s' is not %s", option, argument, wanted);
}

/* Ends the program, or the output. */
static void give_up(struct output *output, bool gone_away)
{
    if (!output->survives)
        exit(gone_away ? output->gone : output->failed ? output->failed : EXIT_RUNTIME);
    output->broken = true;
    output->gone_away = gone_away;
    output->text.len = 0;
}

void output_flush(struct output *output, bool now)
{
    tapir_text *text = &output->text;
    size_t done = 0;

    if (text->failed) {
        complain("out of memory");
        give_up(output, false);
    }
    if (output->broken || (!now && !output->by_line && text->len < FLUSH_AT))
        return;
    while (done < text->len) {
        ssize_t wrote = write(STDOUT_FILENO, text->data + done, text->len - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0) {
            bool gone_away = errno == EPIPE;
            if (!gone_away)
                complain("standard output: %s", strerror(errno));
            give_up(output, gone_away);
            return;
        }
        done += (size_t)wrote;
    }
    text->len = 0;
}

char *read_text(const char *path, size_t limit)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    enum { STEP = 4096 };
    tapir_text text = {.limit = limit + 2 * STEP};
    size_t len = file != NULL;
    int trouble;
    char *at;

    while (len && text.len <= limit && (at = tapir_text_reserve(&text, STEP))) {
        len = fread(at, 1, STEP, file);
        text.len += len;
    }
    trouble = !file || ferror(file) ? errno : 0;
    if (file && file != stdin)
        fclose(file);
    if (trouble)
        complain("%s: %s", path, strerror(trouble));
    else if (text.len > limit)
        complain("%s: is larger than %zu bytes", path, limit);
    else if (text.len && memchr(text.data, '\0', text.len))
        complain("%s: is not text", path);
    else if (!text.failed && tapir_text_grow(&text, 1))
        return tapir_text_string(&text), text.data;
    else
        complain("out of memory");
    tapir_text_clear(&text);
    return NULL;
}

bool regular_file(const char *path, uint64_t *size)
{
    struct stat facts;

    if (strcmp(path, "-") == 0 || stat(path, &facts) != 0 || !S_ISREG(facts.st_mode))
        return false;
    if (size)
        *size = (uint64_t)facts.st_size;
    return true;
}

bool same_file(const char *input, const char *output)
{
    struct stat in, out;
    bool is_stdin = strcmp(input, "-") == 0, is_stdout = strcmp(output, "-") == 0;

    return (is_stdin ? fstat(STDIN_FILENO, &in) : stat(input, &in)) == 0 &&
           (is_stdout ? fstat(STDOUT_FILENO, &out) : stat(output, &out)) == 0 &&
           S_ISREG(in.st_mode) && in.st_dev == out.st_dev && in.st_ino == out.st_ino;
}

bool color_wanted(const char *when)
{
    const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");

    if (when && strcmp(when, "always") == 0)
        return true;
    if (when && strcmp(when, "never") == 0)
        return false;
    return isatty(STDOUT_FILENO) && !(no_color && *no_color) &&
           !(terminal && strcmp(terminal, "dumb") == 0);
}

void show_place(const char *text, size_t offset)
{
    enum { BEFORE = 60, AFTER = 16 };
    size_t len = strlen(text), from = offset > BEFORE ? offset - BEFORE : 0;
    size_t to = len - from > BEFORE + AFTER ? from + BEFORE + AFTER : len;
    const char *head = from ? "..." : "", *tail = to < len ? "..." : "";

    fprintf(stderr, "  %s", head);
    /* One column a byte: tabs and line ends would move the caret. */
    for (size_t i = from; i < to; i++)
        fputc((unsigned char)text[i] < ' ' ? ' ' : text[i], stderr);
    fprintf(stderr, "%s\n  %*s^\n", tail, (int)(strlen(head) + offset - from), "");
}

int craft_failed(const char *text, const tapir_error *error)
{
    complain("%s", error->message);
    if (error->code == TAPIR_NO_MEMORY)
        return EXIT_RUNTIME;
    show_place(text, error->offset);
    return EXIT_USAGE;
}

bool several_processors(void)
{
    cpu_set_t usable;

    /* Of more than the set has room for it says EINVAL. */
    return sched_getaffinity(0, sizeof usable, &usable) != 0 || CPU_COUNT(&usable) > 1;
}
