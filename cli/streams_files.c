/* tapir streams --extract: many files in one directory, few of them open, and written in pieces of
 * a size that is worth a system call. */
#include "streams.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_OPEN = 512, PIECE = 16 << 10, NAME_ROOM = sizeof((struct streams_file *)0)->name };

struct slot {
    int fd;
    struct streams_file *file; /* NULL: free */
    uint64_t used;             /* when */
    uint8_t *bytes;            /* PIECE of them, NULL before they are needed */
    size_t held;               /* that are still to be written */
};

struct streams_files {
    const char *path; /* of the directory */
    int directory;
    bool failed;  /* something could not be written, and has been complained about */
    uint64_t now; /* counts uses */
    size_t most_open;
    struct slot slots[MOST_OPEN];
};

/* Half of what the process may open is left to others. */
static size_t most_open(void)
{
    struct rlimit limit;
    size_t half = getrlimit(RLIMIT_NOFILE, &limit) == 0 ? (size_t)limit.rlim_cur / 2 : 0;

    return half < 1 ? 1 : half < MOST_OPEN ? half : MOST_OPEN;
}

struct streams_files *streams_files_open(const char *directory)
{
    struct streams_files *files = calloc(1, sizeof *files);

    if (!files) {
        complain("out of memory");
        return NULL;
    }
    files->path = directory;
    files->most_open = most_open();
    if (mkdir(directory, 0777) != 0 && errno != EEXIST) {
        complain("%s: cannot make the directory: %s", directory, strerror(errno));
        free(files);
        return NULL;
    }
    files->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (files->directory < 0) {
        complain("%s: %s", directory, strerror(errno));
        free(files);
        return NULL;
    }
    return files;
}

/* Complains of the first one: what is wrong with others is the same. */
static bool failed(struct streams_files *files, const struct streams_file *file)
{
    if (!files->failed)
        complain("%s/%s: %s", files->path, file->name, strerror(errno));
    files->failed = true;
    return false;
}

static bool write_all(struct streams_files *files, const struct slot *slot, tapir_span bytes)
{
    for (size_t done = 0; done < bytes.len;) {
        ssize_t wrote = write(slot->fd, bytes.data + done, bytes.len - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return failed(files, slot->file);
        done += (size_t)wrote;
    }
    return true;
}

/* Writes what is held back. */
static bool put_out(struct streams_files *files, struct slot *slot)
{
    size_t held = slot->held;

    slot->held = 0;
    return write_all(files, slot, tapir_span_of(slot->bytes, held));
}

static void let_go(struct streams_files *files, struct streams_file *file)
{
    struct slot *slot = &files->slots[file->slot - 1];

    (void)put_out(files, slot);
    if (close(slot->fd) != 0)
        (void)failed(files, file);
    slot->file = NULL;
    file->slot = 0;
}

/* Returns a slot that is free, made so by closing what was not written to for the longest time. */
static struct slot *free_slot(struct streams_files *files)
{
    struct slot *oldest = &files->slots[0];

    for (struct slot *slot = files->slots; slot < files->slots + files->most_open; slot++) {
        if (!slot->file)
            return slot;
        if (slot->used < oldest->used)
            oldest = slot;
    }
    let_go(files, oldest->file);
    return oldest;
}

static void put_in(
    struct streams_files *files, struct streams_file *file, struct slot *slot, int fd)
{
    slot->fd = fd;
    slot->file = file;
    slot->used = ++files->now;
    file->slot = (size_t)(slot - files->slots) + 1;
}

/* Opens a file again that is not open at present; the same one, whatever happened to its name. */
static bool reopen(struct streams_files *files, struct streams_file *file)
{
    struct slot *slot = free_slot(files);
    struct stat facts;
    int fd = openat(
        files->directory, file->name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return failed(files, file);
    if (fstat(fd, &facts) != 0 || facts.st_dev != file->device || facts.st_ino != file->inode) {
        close(fd);
        errno = ESTALE;
        return failed(files, file);
    }
    put_in(files, file, slot, fd);
    return true;
}

/* Where a file is open; NULL after a complaint. */
static struct slot *slot_of(struct streams_files *files, struct streams_file *file)
{
    struct slot *slot;

    if (files->failed || (!file->slot && !reopen(files, file)))
        return NULL;
    slot = &files->slots[file->slot - 1];
    slot->used = ++files->now;
    return slot;
}

static void name_of(char name[NAME_ROOM], const char *base, uint64_t suffix)
{
    enum { SUFFIX = 24 };

    if (suffix)
        snprintf(name, NAME_ROOM, "%.*sc%" PRIu64, NAME_ROOM - SUFFIX, base, suffix);
    else
        snprintf(name, NAME_ROOM, "%.*s", NAME_ROOM - SUFFIX, base);
}

static bool is_there(const struct streams_files *files, const char *base, uint64_t suffix)
{
    char name[NAME_ROOM];
    struct stat facts;

    if (!base)
        return false;
    name_of(name, base, suffix);
    return fstatat(files->directory, name, &facts, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool is_taken(
    const struct streams_files *files, const char *base, const char *pair, uint64_t suffix)
{
    return is_there(files, base, suffix) || is_there(files, pair, suffix);
}

/* Finds a number that is free for both names. Connections that take each other's place again and
 * again leave names without holes, so that a search finds their end with few looks. */
static uint64_t free_suffix(const struct streams_files *files, const char *base, const char *pair)
{
    uint64_t taken = 0, free = 1;

    if (!is_taken(files, base, pair, 0))
        return 0;
    while (free < UINT64_MAX / 2 && is_taken(files, base, pair, free)) {
        taken = free;
        free *= 2;
    }
    while (free - taken > 1) {
        uint64_t middle = taken + (free - taken) / 2;
        if (is_taken(files, base, pair, middle))
            taken = middle;
        else
            free = middle;
    }
    return free;
}

/* Makes the file, which nobody else may have made; -1 with errno. */
static int make(struct streams_files *files, struct streams_file *file)
{
    struct stat facts;
    int fd = openat(files->directory, file->name,
        O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0666);

    if (fd < 0 || fstat(fd, &facts) != 0)
        return fd;
    file->device = facts.st_dev;
    file->inode = facts.st_ino;
    return fd;
}

bool streams_files_make(struct streams_files *files, struct streams_file *file, const char *base,
    const char *pair, uint64_t *suffix)
{
    enum { TRIES = 8 }; /* others may write to the directory as well */
    struct slot *slot = free_slot(files);
    int fd;

    if (pair)
        *suffix = free_suffix(files, base, pair);
    name_of(file->name, base, *suffix);
    fd = make(files, file);
    for (int i = 0; fd < 0 && errno == EEXIST && i < TRIES; i++) {
        *suffix = free_suffix(files, base, pair);
        name_of(file->name, base, *suffix);
        fd = make(files, file);
    }
    if (fd < 0)
        return failed(files, file);
    put_in(files, file, slot, fd);
    file->made = true;
    return true;
}

bool streams_files_append(struct streams_files *files, struct streams_file *file, tapir_span bytes)
{
    struct slot *slot = bytes.len ? slot_of(files, file) : NULL;

    if (!slot)
        return !bytes.len;
    if (!slot->bytes)
        slot->bytes = malloc(PIECE);
    if (bytes.len > PIECE - slot->held && !put_out(files, slot))
        return false;
    if (bytes.len >= PIECE || !slot->bytes)
        return write_all(files, slot, bytes);
    memcpy(slot->bytes + slot->held, bytes.data, bytes.len);
    slot->held += bytes.len;
    return true;
}

bool streams_files_skip(struct streams_files *files, struct streams_file *file, uint64_t bytes)
{
    struct slot *slot = slot_of(files, file);
    struct stat facts;

    if (!slot || !put_out(files, slot))
        return false;
    /* Nothing is written to O_APPEND's file but at its end, so that is moved. */
    if (fstat(slot->fd, &facts) != 0 || ftruncate(slot->fd, facts.st_size + (off_t)bytes) != 0)
        return failed(files, file);
    return true;
}

void streams_files_end(struct streams_files *files, struct streams_file *file)
{
    if (file->slot)
        let_go(files, file);
}

bool streams_files_flush(struct streams_files *files)
{
    for (struct slot *slot = files->slots; slot < files->slots + files->most_open; slot++)
        if (slot->held)
            (void)put_out(files, slot);
    return !files->failed;
}

void streams_files_close(struct streams_files *files)
{
    if (!files)
        return;
    (void)streams_files_flush(files);
    for (size_t i = 0; i < files->most_open; i++) {
        if (files->slots[i].file)
            close(files->slots[i].fd);
        free(files->slots[i].bytes);
    }
    close(files->directory);
    free(files);
}
