/* Messages and output that the commands share. */
#include "cli.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FLUSH_AT ((size_t)64 << 10)

void complain(const char *format, ...)
{
    va_list arguments;

    fflush(stdout);
    fputs("tapir: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void output_flush(struct output *output, bool now)
{
    tapir_text *text = &output->text;
    size_t done = 0;

    if (!now && !output->by_line && text->len < FLUSH_AT)
        return;
    while (done < text->len) {
        ssize_t wrote = write(STDOUT_FILENO, text->data + done, text->len - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0 && errno == EPIPE)
            exit(EXIT_DONE);
        if (wrote < 0) {
            complain("standard output: %s", strerror(errno));
            exit(EXIT_RUNTIME);
        }
        done += (size_t)wrote;
    }
    text->len = 0;
}
