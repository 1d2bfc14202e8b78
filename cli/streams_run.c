/* tapir streams: from frames to connections, and what is said at the end. */
#include "streams.h"

#include "dump.h"

#include <inttypes.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { HANDED_OUT_AFTER = 64 /* ms that the kernel keeps a frame back */, BATCH = 64 };

bool streams_chosen(void *user, tapir_conversation *conversation)
{
    struct streams *streams = user;
    const struct streams_request *request = streams->request;
    tapir_conversation_info info;

    tapir_conversation_get(conversation, &info);
    if (info.id >= streams->connections)
        streams->connections = info.id + 1;
    for (size_t i = 0; i < request->followed_count; i++)
        if (request->followed[i] == info.id)
            return true;
    return !request->followed_count;
}

bool streams_take(struct streams *streams, const tapir_frame *frames, size_t count)
{
    streams->frames += count;
    tapir_reassembler_add_frames(streams->reassembler, streams->packet, frames, count);
    return !streams->failed && !streams->output.broken;
}

/* The summary. */

static void put_count(tapir_text *text, uint64_t count, const char *of_what, const char *behind)
{
    if (count)
        tapir_text_printf(text, "%s%" PRIu64 " %s%s%s", text->len ? ", " : "", count, of_what,
            count == 1 ? "" : "s", behind);
}

/* Fragments of which nothing came. */
static uint64_t lost(const tapir_defragmenter_stats *fragments)
{
    uint64_t count = fragments->lost_fragments;

    for (size_t i = 0; i < TAPIR_DROPS; i++)
        if (i != TAPIR_DROP_DUPLICATE && i != TAPIR_DROP_COVERED)
            count += fragments->dropped[i];
    return count;
}

void streams_sum_up(const struct streams *streams)
{
    tapir_reassembler_stats stats;
    tapir_defragmenter_stats fragments = {0};
    tapir_source_stats source;
    tapir_text text = {0};

    tapir_reassembler_get_stats(streams->reassembler, &stats);
    if (streams->defragmenter)
        tapir_defragmenter_get_stats(streams->defragmenter, &fragments);
    tapir_source_stats_get(streams->source, &source);
    tapir_text_printf(&text, "%" PRIu64 " connection%s, %" PRIu64 " packet%s, %" PRIu64 " of TCP",
        stats.connections, stats.connections == 1 ? "" : "s", streams->frames,
        streams->frames == 1 ? "" : "s", stats.tcp);
    put_count(&text, stats.open, "connection", " open");
    put_count(&text,
        fragments.completed[TAPIR_FRAGMENT_IPV4] + fragments.completed[TAPIR_FRAGMENT_IPV6],
        "datagram", " put together");
    put_count(&text, stats.gaps, "gap", "");
    if (stats.gaps)
        tapir_text_printf(&text, " of %" PRIu64 " bytes", stats.gap_bytes);
    put_count(&text, stats.gaps_for_memory, "gap", " given up for want of memory");
    put_count(&text, stats.ended[TAPIR_END_MEMORY], "connection", " given up for want of memory");
    put_count(&text, stats.bad_checksum, "wrong checksum", "");
    put_count(&text, stats.malformed, "malformed packet", "");
    put_count(&text, stats.fragments + lost(&fragments), "fragment", " left out");
    put_count(&text, stats.late, "packet", " behind the end");
    put_count(&text, stats.out_of_memory, "packet", " dropped: the system has no memory");
    put_count(&text, source.dropped_by_kernel, "packet", " dropped by kernel");
    put_count(&text, source.dropped_by_interface, "packet", " dropped by interface");
    fprintf(stderr, "%s\n", tapir_text_string(&text));
    tapir_text_clear(&text);
}

/* Whether all that --follow names was there. */
static bool check_followed(const struct streams *streams)
{
    const struct streams_request *request = streams->request;
    bool all = true;

    for (size_t i = 0; i < request->followed_count; i++)
        if (request->followed[i] >= streams->connections) {
            complain("no connection %" PRIu64 "; there %s %" PRIu64, request->followed[i],
                streams->connections == 1 ? "is" : "are", streams->connections);
            all = false;
        }
    return all;
}

/* Shows what is left to be shown; `code` is how reading ended. */
static int finish(struct streams *streams, int code)
{
    bool fine = true;

    tapir_reassembler_finish(streams->reassembler);
    if (streams->view->finish)
        fine = streams->view->finish(streams);
    output_flush(&streams->output, true);
    if (!streams->live)
        fine = check_followed(streams) && fine;
    if (streams->output.gone_away)
        return code;
    if (!streams->request->quiet)
        streams_sum_up(streams);
    return fine && !streams->failed && !streams->output.broken ? code : EXIT_RUNTIME;
}

/* Leaves the frames that match, `most` of them; returns how many there are. */
static size_t choose(
    struct expression *expression, tapir_frame *frames, size_t count, uint64_t most, bool *ok)
{
    size_t chosen = 0;

    for (size_t i = 0; i < count && chosen < most && *ok; i++)
        if (expression_match(expression, &frames[i], ok))
            frames[chosen++] = frames[i];
    return chosen;
}

/* Reads a file to its end; the exit code. */
static int read_frames(struct streams *streams)
{
    const struct streams_request *request = streams->request;
    struct expression *expression = (struct expression *)(uintptr_t)&request->expression;
    uint64_t left = request->limit;
    tapir_status status = TAPIR_OK;
    struct progress progress;
    tapir_frame frames[BATCH];
    bool ok = true, going = true;
    size_t count;

    progress_start(&progress, request->path);
    while (going && ok && left && status == TAPIR_OK) {
        status = tapir_source_next_batch(streams->source, frames, BATCH, &count);
        if (!count)
            break;
        progress_step(&progress, streams->source, frames[count - 1].number);
        count = choose(expression, frames, count, left, &ok);
        left -= count;
        going = streams_take(streams, frames, count);
    }
    progress_end(&progress);
    /* An expression that no frame has tried yet must be right all the same. */
    if (ok && expression->count == 0)
        ok = expression_compile(expression, TAPIR_LINK_TYPE_ETHERNET);
    if (!ok)
        return EXIT_USAGE;
    return finish(streams, EXIT_DONE) == EXIT_DONE ? source_ended(streams->source, status)
                                                   : EXIT_RUNTIME;
}

static int read_file(struct streams *streams)
{
    const struct streams_request *request = streams->request;
    struct expression *expression = (struct expression *)(uintptr_t)&request->expression;
    const tapir_interface *interface;
    tapir_error error;
    int code = EXIT_RUNTIME;

    if (request->save && same_file(request->path, request->save))
        return wrong_usage(
            &streams_command, "%s: is being read; -w needs another file", request->path);
    if (tapir_source_open_file(&streams->source, request->path, NULL, &error) != TAPIR_OK) {
        complain("%s", error.message);
        return EXIT_RUNTIME;
    }
    interface = tapir_source_interface(streams->source, 0);
    if (interface && !expression_compile(expression, interface->link_type))
        return EXIT_USAGE;
    break_on_signal(streams->source);
    if (streams->view->open(streams))
        code = read_frames(streams);
    break_on_signal(NULL);
    return code;
}

static bool open_view(void *context)
{
    struct streams *streams = context;

    return streams->view->open(streams);
}

/* Opens the outputs and gives up what is not needed any longer. */
static int confine_streams(struct streams *streams)
{
    const struct streams_request *request = streams->request;
    const tapir_interface *interface = tapir_source_interface(streams->source, 0);
    bool xdp = strcmp(tapir_source_format(streams->source), "afxdp") == 0;
    tapir_text inside = {0};
    const char *later;
    int code;

    /* Files come to be inside of it. */
    tapir_text_printf(&inside, "%s/", request->directory ? request->directory : "");
    later = tapir_text_string(&inside);
    code = confine(&(const struct confinement){
        /* Programs of AF_XDP are root's, and who takes one off has to be root. */
        .user = request->user || !xdp ? request->user : "root",
        .open = open_view,
        .context = streams,
        .later_files = &later,
        .later_file_count = request->directory != NULL,
        .reopens = request->capture.follow,
        .xdp = xdp,
        .other_device = strcmp(interface->name, "any") != 0 && if_nametoindex(interface->name) == 0,
        .off = request->unconfined,
    });
    tapir_text_clear(&inside);
    return code;
}

static int read_interface(struct streams *streams, const char *name)
{
    const struct streams_request *request = streams->request;
    tapir_capture_options options = request->capture;
    tapir_error error;
    int code;

    options.block_timeout = HANDED_OUT_AFTER;
    options.filter = request->expression.text;
    if (tapir_capture_open(&streams->source, name, &options, &error) != TAPIR_OK)
        return expression_refused(&request->expression, &error);
    code = confine_streams(streams);
    if (code != EXIT_DONE)
        return code;
    return finish(streams, streams_live(streams));
}

/* Of --extract, --http, -w and --follow each changes what those behind it do. */
static const struct streams_view *view_of(const struct streams_request *request)
{
    if (request->save)
        return &streams_save;
    if (request->http)
        return &streams_http;
    if (request->directory)
        return &streams_extract;
    if ((request->all_followed || request->followed_count) && !request->json)
        return &streams_follow;
    return &streams_list;
}

static bool make_reassembler(struct streams *streams)
{
    tapir_reassembler_options options = streams->request->reassembly;
    const tapir_defragmenter_options fragments = {
        .size = sizeof fragments,
        .overlap =
            {[TAPIR_FRAGMENT_IPV4] = options.overlap, [TAPIR_FRAGMENT_IPV6] = options.overlap},
        .ignore[TAPIR_FRAGMENT_LCM] = true,
    };

    if (!streams->request->fragments_stay)
        streams->defragmenter = tapir_defragmenter_new(&fragments);
    options.size = sizeof options;
    options.defragmenter = streams->defragmenter;
    options.calls = streams->view->calls;
    options.user = streams;
    streams->packet = tapir_packet_new(NULL);
    streams->reassembler = tapir_reassembler_new(&options);
    if (streams->packet && streams->reassembler &&
        (streams->defragmenter || streams->request->fragments_stay))
        return true;
    complain("out of memory");
    return false;
}

int streams_run(struct streams_request *request)
{
    struct streams streams = {
        .request = request,
        .view = view_of(request),
        .live = request->interface != NULL,
        .output = {.survives = true, .by_line = request->by_line || isatty(STDOUT_FILENO)},
    };
    char *name = streams.live ? dump_interface(request->interface) : NULL;
    int code = EXIT_RUNTIME;

    if ((!streams.live || name) && make_reassembler(&streams))
        code = streams.live ? read_interface(&streams, name) : read_file(&streams);
    tapir_reassembler_free(streams.reassembler);
    tapir_defragmenter_free(streams.defragmenter);
    if (streams.view->close)
        streams.view->close(&streams);
    tapir_source_close(streams.source);
    tapir_packet_free(streams.packet);
    tapir_text_clear(&streams.output.text);
    free(name);
    return code;
}
