/* Puts the TCP streams of an interface, until it is interrupted, or of a capture file together and
 * writes each to a file, or only says what was there. Fragments of IP are put together first.
 * usage: reassemblydump -i INTERFACE | -r FILE [-o DIRECTORY] [-n] [-c] [-v]
 *   -o: write 0.client, 0.server, 1.client ... there; -n: leave out fragments; -c: leave out
 *   segments with a wrong checksum; -v: a line for each connection */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tapir/tapir.h"

#define SECOND INT64_C(1000000000)

static struct {
    const char *interface, *file, *directory;
    bool no_defragment, check, verbose;
} wanted;

static tapir_source *source; /* here for the signal handler */
static int directory = -1;   /* where files go */
static bool failed;          /* one could not be written */

static void stop(int number)
{
    (void)number;
    tapir_source_break(source);
}

/* Appends to a stream's file, which must not be there before its first bytes. Opening it each time
 * is slow and needs one descriptor, however many connections there are. */
static bool append(const char *name, const tapir_chunk *chunk, bool is_new)
{
    int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC | (is_new ? O_CREAT | O_EXCL : 0);
    int fd = openat(directory, name, flags, 0666);
    const uint8_t *bytes = chunk->bytes.data + chunk->kept;
    size_t len = chunk->bytes.len - chunk->kept;
    ssize_t wrote;

    if (fd < 0)
        return false;
    wrote = write(fd, bytes, len);
    if (wrote >= 0 && (size_t)wrote < len)
        errno = ENOSPC;
    return close(fd) == 0 && wrote == (ssize_t)len;
}

static void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    static const char *const sides[] = {[TAPIR_FORWARD] = "client", [TAPIR_BACKWARD] = "server"};
    tapir_conversation_info info;
    char name[40];
    /* The connection's pointer says which of its files are there: so many marks in. */
    static char marks[4];
    char *made = tapir_conversation_user(conversation);
    ptrdiff_t files = made ? made - marks : 0;
    ptrdiff_t file = (ptrdiff_t)1 << chunk->way;

    (void)user;
    if (directory < 0 || failed || chunk->bytes.len == chunk->kept)
        return;
    tapir_conversation_get(conversation, &info);
    snprintf(name, sizeof name, "%" PRIu64 ".%s", info.id, sides[chunk->way]);
    if (append(name, chunk, !(files & file))) {
        tapir_conversation_set_user(conversation, marks + (files | file));
        return;
    }
    fprintf(stderr, "reassemblydump: %s/%s: %s\n", wanted.directory, name, strerror(errno));
    failed = true;
}

static void put_stream(tapir_text *text, const char *name, const tapir_stream *stream)
{
    tapir_text_printf(text,
        "; %s: %" PRIu64 " packets, %" PRIu64 " bytes, %u again, %u out of order, %u gaps", name,
        stream->packets, stream->delivered, stream->retransmitted, stream->out_of_order,
        stream->gaps);
}

static void on_closed(void *user, tapir_conversation *conversation, tapir_end_reason reason)
{
    tapir_conversation_info info;
    tapir_text text = {0};

    (void)user;
    if (!wanted.verbose)
        return;
    tapir_conversation_get(conversation, &info);
    tapir_text_printf(&text, "%" PRIu64 ": ", info.id);
    tapir_flow_text(&text, &info.connection.network);
    TAPIR_TEXT_LITERAL(&text, " ");
    tapir_flow_text(&text, &info.connection.transport);
    tapir_text_printf(&text, ", %s", tapir_end_reason_name(reason));
    put_stream(&text, "client", &info.way[TAPIR_FORWARD]);
    put_stream(&text, "server", &info.way[TAPIR_BACKWARD]);
    puts(tapir_text_string(&text));
    fflush(stdout);
    tapir_text_clear(&text);
}

static tapir_status read_all(tapir_reassembler *reassembler, tapir_packet *packet)
{
    tapir_frame frames[64];
    tapir_status status = TAPIR_OK;
    size_t count;

    while (!failed && (status == TAPIR_OK || status == TAPIR_TIMEOUT)) {
        status = tapir_source_next_batch(source, frames, TAPIR_COUNT(frames), &count);
        tapir_reassembler_add_frames(reassembler, packet, frames, count);
        if (status == TAPIR_TIMEOUT) /* nothing came, and time passes all the same */
            tapir_reassembler_tick(reassembler, (int64_t)(time(NULL) - 1) * SECOND);
    }
    tapir_reassembler_finish(reassembler);
    return failed ? TAPIR_END : status;
}

static void print_summary(
    const tapir_reassembler *reassembler, const tapir_defragmenter *defragmenter)
{
    tapir_reassembler_stats tcp;
    tapir_defragmenter_stats ip;

    tapir_reassembler_get_stats(reassembler, &tcp);
    tapir_defragmenter_get_stats(defragmenter, &ip);
    printf("IP: %" PRIu64 " datagrams put together of %" PRIu64 " fragments, %" PRIu64
           " fragments lost\n",
        ip.completed[TAPIR_FRAGMENT_IPV4] + ip.completed[TAPIR_FRAGMENT_IPV6],
        ip.fragments[TAPIR_FRAGMENT_IPV4] + ip.fragments[TAPIR_FRAGMENT_IPV6],
        ip.lost_fragments + tcp.fragments);
    printf("TCP: %" PRIu64 " packets, %" PRIu64 " wrong checksums, %" PRIu64 " malformed\n",
        tcp.tcp, tcp.bad_checksum, tcp.malformed);
    printf("connections: %" PRIu64, tcp.connections);
    for (int reason = 0; reason <= TAPIR_END_FINISHED; reason++)
        if (tcp.ended[reason])
            printf(", %" PRIu64 " %s", tcp.ended[reason],
                tapir_end_reason_name((tapir_end_reason)reason));
    printf("\nbytes: %" PRIu64 " in order, %" PRIu64 " missing in %" PRIu64 " gaps\n",
        tcp.delivered, tcp.gap_bytes, tcp.gaps);
    printf("memory: at most %zu for streams, %zu for fragments\n", tcp.most_memory, ip.most_memory);
}

static bool take_options(int argc, char **argv)
{
    int option;

    while ((option = getopt(argc, argv, "i:r:o:ncv")) != -1) {
        if (option == 'i')
            wanted.interface = optarg;
        else if (option == 'r')
            wanted.file = optarg;
        else if (option == 'o')
            wanted.directory = optarg;
        else if (option == 'n')
            wanted.no_defragment = true;
        else if (option == 'c')
            wanted.check = true;
        else if (option == 'v')
            wanted.verbose = true;
        else
            return false;
    }
    return !wanted.interface != !wanted.file && optind == argc;
}

static tapir_status run(tapir_error *error)
{
    tapir_defragmenter *defragmenter = tapir_defragmenter_new(NULL);
    const tapir_reassembler_options options = {
        .size = sizeof options,
        .calls = {.data = on_data, .closed = on_closed},
        .verify_checksums = wanted.check,
        .defragmenter = wanted.no_defragment ? NULL : defragmenter,
    };
    tapir_reassembler *reassembler = tapir_reassembler_new(&options);
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_status status = TAPIR_NO_MEMORY;

    if (reassembler && defragmenter && packet) {
        status = read_all(reassembler, packet);
        *error = *tapir_source_error(source);
        print_summary(reassembler, defragmenter);
    } else {
        (void)tapir_error_set(error, TAPIR_NO_MEMORY, "out of memory");
    }
    tapir_reassembler_free(reassembler);
    tapir_defragmenter_free(defragmenter);
    tapir_packet_free(packet);
    return status;
}

int main(int argc, char **argv)
{
    const tapir_capture_options live = {.size = sizeof live, .timeout = SECOND};
    tapir_error error;
    tapir_status status;

    if (!take_options(argc, argv)) {
        fprintf(
            stderr, "usage: reassemblydump -i INTERFACE | -r FILE [-o DIRECTORY] [-n] [-c] [-v]\n");
        return 2;
    }
    if (wanted.directory &&
        (directory = open(wanted.directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0) {
        fprintf(stderr, "reassemblydump: %s: %s\n", wanted.directory, strerror(errno));
        return 1;
    }
    status = wanted.interface ? tapir_capture_open(&source, wanted.interface, &live, &error)
                              : tapir_source_open_file(&source, wanted.file, NULL, &error);
    if (status == TAPIR_OK) {
        signal(SIGINT, stop);
        status = run(&error);
    }
    if (status == TAPIR_END || status == TAPIR_BREAK)
        status = TAPIR_OK;
    if (status != TAPIR_OK)
        fprintf(stderr, "reassemblydump: %s\n", error.message);
    tapir_source_close(source);
    return status == TAPIR_OK && !failed ? 0 : 1;
}
