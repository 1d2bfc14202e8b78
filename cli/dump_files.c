/* tapir dump at work: the packets of one file or of a list, printed, written or counted. */
#include "dump.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_LIST ((size_t)16 << 20)

/* One run over all files. */
struct job {
    struct dump_request *request;
    struct output output;
    tapir_packet *packet;
    tapir_dump *dump;
    struct dump_save save; /* opened when the first file's link type is known */
    bool printing;
    bool relinquished; /* -Z's user is who we are */
    bool warned;       /* that this machine's interfaces need not be those of the capture */
    uint64_t packets;
    uint8_t announced[UINT16_MAX / 8 + 1]; /* link types of this file, a bit each */
};

/* How to go on after a file or a packet; the worse one is the larger. */
enum outcome { GO_ON, SPOILT, STOP, STOP_SPOILT, STOP_USAGE };

/* What libpcap takes for the snapshot length where a file names none. */
static uint32_t snaplen_of(const tapir_interface *interface)
{
    enum { USUAL = 262144, DBUS = 231, USBPCAP = 249, EBHSCR = 279 };

    if (interface->snaplen && interface->snaplen <= INT32_MAX)
        return interface->snaplen;
    switch (interface->link_type) {
    case DBUS:
        return 128 << 20;
    case USBPCAP:
        return 1 << 20;
    case EBHSCR:
        return 8 << 20;
    default:
        return USUAL;
    }
}

/* Says what is read, as tcpdump does; again for each further link type in the file. */
static void announce(struct job *job, const char *path, const tapir_interface *interface)
{
    uint8_t *known = &job->announced[interface->link_type / 8];
    uint8_t bit = (uint8_t)(1 << interface->link_type % 8);

    if (*known & bit)
        return;
    *known |= bit;
    fprintf(stderr, "reading from file %s, link-type ", path);
    dump_print_link_type(interface->link_type);
    fprintf(stderr, ", snapshot length %u\n", snaplen_of(interface));
    if (interface->link_type == TAPIR_LINK_TYPE_LINUX_SLL2 && !job->warned) {
        fputs("Warning: interface names might be incorrect\n", stderr);
        job->warned = true;
    }
}

static enum outcome sink_failed(struct job *job, tapir_status status, const tapir_error *error)
{
    if (status == TAPIR_END) { /* who read our output has seen enough, or -W has its files */
        (void)dump_save_had_enough(&job->save, job->request);
        return STOP;
    }
    complain("%s", error->message);
    return STOP_SPOILT;
}

/* Creates the file of -w when the first interface tells its link type. */
static enum outcome open_sink(struct job *job, const tapir_interface *interface)
{
    tapir_interface announced = *interface;
    tapir_status status;
    tapir_error error;

    if (!job->request->save || job->save.sink)
        return GO_ON;
    announced.snaplen = snaplen_of(interface);
    status = dump_save_open(&job->save, job->request, &announced, &error);
    return status == TAPIR_OK ? GO_ON : sink_failed(job, status, &error);
}

static enum outcome take(struct job *job, const tapir_frame *frame)
{
    tapir_status status;

    job->packets++;
    if (job->save.sink) {
        status = tapir_sink_write(job->save.sink, frame);
        if (status != TAPIR_OK)
            return sink_failed(job, status, tapir_sink_error(job->save.sink));
    }
    if (job->printing) {
        tapir_packet_start(job->packet, frame);
        tapir_dump_packet(job->dump, &job->output.text, job->packet);
        output_flush(&job->output, false);
    }
    return GO_ON;
}

/* What is to be done when a link type comes up, at the latest with its first packet. */
static enum outcome meet(struct job *job, const char *path, const tapir_interface *interface)
{
    if (!interface)
        return GO_ON;
    announce(job, path, interface);
    if (!expression_compile(&job->request->expression, interface->link_type))
        return STOP_USAGE;
    return open_sink(job, interface);
}

static enum outcome read_frames(struct job *job, const char *path, tapir_source *source)
{
    const tapir_interface *interface = tapir_source_interface(source, 0);
    bool is_pcap = strcmp(tapir_source_format(source), "pcap") == 0;
    uint32_t snaplen = is_pcap ? snaplen_of(interface) : UINT32_MAX;
    uint32_t link_type = interface ? interface->link_type : UINT32_MAX;
    uint64_t left = job->request->limit;
    enum outcome outcome = meet(job, path, interface);
    tapir_status status = TAPIR_OK;
    struct progress progress;
    tapir_frame frame;
    bool ok;

    progress_start(&progress, path);
    while (
        outcome == GO_ON && left > 0 && (status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        progress_step(&progress, source, frame.number);
        if (frame.link_type != link_type) {
            link_type = frame.link_type;
            outcome = meet(job, path, tapir_source_interface(source, frame.interface));
            if (outcome != GO_ON)
                break;
        }
        /* libpcap does not believe records that are longer than their file says. */
        if (frame.caplen > snaplen)
            frame.caplen = snaplen;
        if (expression_match(&job->request->expression, &frame, &ok)) {
            outcome = take(job, &frame);
            left--;
        }
    }
    output_flush(&job->output, true);
    progress_end(&progress);
    if (outcome != GO_ON)
        return outcome;
    if (source_ended(source, status) != EXIT_DONE)
        return SPOILT;
    return status == TAPIR_BREAK ? STOP : GO_ON;
}

static enum outcome show_program(
    struct job *job, const char *path, const tapir_interface *interface)
{
    uint16_t link_type = TAPIR_LINK_TYPE_ETHERNET;
    uint32_t snaplen = 0;

    if (interface) {
        announce(job, path, interface);
        link_type = interface->link_type;
        snaplen = snaplen_of(interface);
    }
    return dump_program(job->request, link_type, snaplen) == EXIT_DONE ? STOP : STOP_USAGE;
}

/* Becomes -Z's user, with the first file open. Without -Z one stays who one is: files are read by
 * those who may. */
static bool relinquish(struct job *job)
{
    const struct dump_request *request = job->request;
    const struct confinement confinement = {
        .user = request->user,
        .later_files = &request->save,
        .later_file_count = request->save != NULL,
        .off = true,
    };

    if (!request->user || job->relinquished)
        return true;
    job->relinquished = true;
    return confine(&confinement) == EXIT_DONE;
}

static enum outcome read_file(struct job *job, const char *path)
{
    tapir_source *source;
    tapir_error error;
    enum outcome outcome;

    /* Reading a file while writing it would leave nothing of it. */
    if (job->request->save && same_file(path, job->request->save)) {
        complain("%s: is being read; -w needs another file", path);
        return STOP_USAGE;
    }
    if (tapir_source_open_file(&source, path, NULL, &error) != TAPIR_OK) {
        complain("%s", error.message);
        return STOP_SPOILT;
    }
    memset(job->announced, 0, sizeof job->announced);
    if (!relinquish(job)) {
        tapir_source_close(source);
        return STOP_SPOILT;
    }
    if (job->request->program) {
        outcome = show_program(job, path, tapir_source_interface(source, 0));
    } else {
        break_on_signal(source);
        outcome = read_frames(job, path, source);
        break_on_signal(NULL);
    }
    tapir_source_close(source);
    return outcome;
}

/* Reads the files that a list names, one to a line. One that is damaged does not keep the others
 * from being read, one that is not there does. */
static enum outcome read_list(struct job *job, const char *list)
{
    char *text = read_text(list, MAX_LIST), *rest = text, *path;
    enum outcome worst = GO_ON;
    bool any = false;

    if (!text)
        return STOP_SPOILT;
    while (worst < STOP && (path = strsep(&rest, "\r\n"))) {
        enum outcome outcome;
        if (!*path)
            continue;
        any = true;
        outcome = read_file(job, path);
        worst = outcome > worst ? outcome : worst;
    }
    free(text);
    if (!any) {
        complain("%s: names no file", list);
        return STOP_SPOILT;
    }
    return worst;
}

/* Closes the file of -w, and says how many packets there were when that was asked. */
static enum outcome finish(struct job *job, enum outcome outcome)
{
    const struct dump_request *request = job->request;
    tapir_error error;
    tapir_status status;

    if (request->save && !job->save.sink && outcome == GO_ON) {
        complain("%s: has no interface, so there is no link type to write", request->path);
        outcome = STOP_SPOILT;
    }
    status = dump_save_close(&job->save, &error);
    if (status != TAPIR_OK && outcome < STOP)
        outcome = sink_failed(job, status, &error);
    if (request->count && !request->program && outcome < STOP_SPOILT) {
        tapir_text_printf(&job->output.text, "%" PRIu64 " packet%s\n", job->packets,
            job->packets == 1 ? "" : "s");
        output_flush(&job->output, true);
    }
    return outcome;
}

int dump_files(struct dump_request *request)
{
    static const int codes[] = {[GO_ON] = EXIT_DONE,
        [SPOILT] = EXIT_RUNTIME,
        [STOP] = EXIT_DONE,
        [STOP_SPOILT] = EXIT_RUNTIME,
        [STOP_USAGE] = EXIT_USAGE};
    struct job job = {
        .request = request,
        .printing = request->save ? request->print : !request->count,
        .packet = tapir_packet_new(NULL),
        .dump = tapir_dump_new(&request->printing),
    };
    enum outcome outcome = STOP_SPOILT;

    job.output.by_line = request->by_line || request->each_packet || isatty(STDOUT_FILENO);
    if (!job.packet || !job.dump) {
        complain("out of memory");
    } else if (!request->command || !request->save ||
               runner_start(
                   &job.save.runner, request->command, request->user ? request->user : "root")) {
        outcome = request->list ? read_list(&job, request->list) : read_file(&job, request->path);
        outcome = finish(&job, outcome);
    }
    tapir_dump_free(job.dump);
    tapir_packet_free(job.packet);
    tapir_text_clear(&job.output.text);
    return codes[outcome];
}
