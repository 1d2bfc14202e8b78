/* The files that `tapir dump` reads whole: a filter expression (-F), a list of captures (-V). */
#include "dump.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* No expression and no list is longer than this. */
#define TEXT_MOST ((size_t)16 << 20)

/* Reads the file to its end; NULL after a complaint. NUL bytes end the text. */
static char *read_whole(const char *path)
{
    tapir_text text = {.limit = TEXT_MOST};
    int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got = 1;

    if (fd < 0) {
        complain("%s: %s", path, strerror(errno));
        return NULL;
    }
    while (got > 0) {
        char *at = tapir_text_reserve(&text, 4096);
        if (!at)
            break;
        got = read(fd, at, 4096);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            text.len += (size_t)got;
    }
    if (got < 0)
        complain("%s: %s", path, strerror(errno));
    else if (text.failed)
        complain("%s: longer than %zu MiB", path, TEXT_MOST >> 20);
    if (fd != STDIN_FILENO)
        close(fd);
    tapir_text_string(&text);
    if (got < 0 || text.failed) {
        tapir_text_clear(&text);
        return NULL;
    }
    return text.data;
}

char *read_expression(const char *path)
{
    char *text = read_whole(path);

    for (char *at = text; at && *at; at++)
        if (*at == '#')
            memset(at, ' ', strcspn(at, "\n"));
    return text;
}

bool list_open(struct list *list, const char *path)
{
    list->text = list->at = read_whole(path);
    return list->text != NULL;
}

const char *list_next(struct list *list)
{
    char *name = list->at;
    size_t len = strcspn(name, "\n");

    if (!*name)
        return NULL;
    list->at += len + (name[len] == '\n');
    name[len] = '\0';
    return name;
}
