/* tapir info: what a capture file is and holds. */
#include "info.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <ripemd.h>
#include <sha.h>
#include <sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { HASH = OPTION_WORD };

static const struct option_row rows[] = {
    {'r', "read", "FILE", "read this capture file (as without -r); - is standard input"},
    {'T', "format", "FORMAT", "text (default), or json: one object per file and line"},
    {'q', "quick", NULL, "decode nothing: no protocol hierarchy"},
    {HASH, "hash", NULL, "SHA-256, RIPEMD-160 and SHA-1 of the file as it is on disk"},
    {OPTION_HELP, "help", NULL, "this text"},
};

struct request {
    bool json, quick, hash;
    bool again; /* not the first file */
    const char **paths;
    size_t path_count;
    struct output output;
};

static char *copy_string(tapir_span value)
{
    char *copy = value.data ? malloc(value.len + 1) : NULL;

    if (!copy)
        return NULL;
    memcpy(copy, value.data, value.len);
    copy[value.len] = '\0';
    return copy;
}

/* Joins all comments of a block, one line each. */
static char *copy_comments(const tapir_pcapng_block *block)
{
    tapir_pcapng_options options = tapir_pcapng_options_of(block);
    tapir_pcapng_option option;
    tapir_text text = {0};
    char *copy;

    while (tapir_pcapng_options_next(&options, &option)) {
        tapir_span value = tapir_pcapng_string(option.value);
        if (option.code != TAPIR_OPTION_COMMENT)
            continue;
        if (text.len)
            tapir_text_char(&text, '\n');
        tapir_text_bytes(&text, value.data, value.len);
    }
    copy = text.len ? copy_string(tapir_span_of(text.data, text.len)) : NULL;
    tapir_text_clear(&text);
    return copy;
}

static void note_section(struct report *report, const tapir_pcapng_block *block)
{
    tapir_pcapng_section section;
    struct section_note *notes;

    if (report->section_count == SECTIONS_SHOWN || !tapir_pcapng_section_get(block, &section))
        return;
    notes = realloc(report->sections, (report->section_count + 1) * sizeof *notes);
    if (!notes)
        return;
    report->sections = notes;
    notes[report->section_count++] = (struct section_note){
        .offset = block->offset,
        .version_major = section.version_major,
        .version_minor = section.version_minor,
        .big_endian = block->big_endian,
        .unsupported = block->unsupported,
        .hardware = copy_string(section.hardware),
        .os = copy_string(section.os),
        .application = copy_string(section.application),
        .comment = copy_comments(block),
    };
}

static void note_statistics(struct report *report, const tapir_pcapng_block *block)
{
    size_t index = 0, room = tapir_source_interface_count(report->source);
    struct interface_note *notes = report->interfaces;

    while (index < room && tapir_source_interface(report->source, index) != block->interface)
        index++;
    if (index == room)
        return;
    if (room > report->interface_room) {
        notes = realloc(notes, room * sizeof *notes);
        if (!notes)
            return;
        memset(notes + report->interface_room, 0, (room - report->interface_room) * sizeof *notes);
        report->interfaces = notes;
        report->interface_room = room;
    }
    if (tapir_pcapng_statistics_get(block, &notes[index].last))
        notes[index].statistics++;
}

static void note_secrets(struct report *report, const tapir_pcapng_block *block)
{
    struct secrets_note *notes = report->secrets;
    tapir_span secrets;
    uint32_t type;
    size_t i = 0;

    if (!tapir_pcapng_secrets_get(block, &type, &secrets))
        return;
    while (i < report->secrets_count && notes[i].type != type)
        i++;
    if (i == SECRETS_TYPES)
        return;
    if (i == report->secrets_count)
        notes[report->secrets_count++].type = type;
    notes[i].blocks++;
    notes[i].bytes += secrets.len;
}

static void note_block(struct report *report, const tapir_pcapng_block *block)
{
    if (block->type == TAPIR_PCAPNG_SECTION)
        note_section(report, block);
    else if (block->type == TAPIR_PCAPNG_STATISTICS)
        note_statistics(report, block);
    else if (block->type == TAPIR_PCAPNG_SECRETS)
        note_secrets(report, block);
}

bool report_link_types(const struct report *report,
    void (*show)(tapir_text *text, uint16_t link_type, uint64_t packets, bool first),
    tapir_text *text)
{
    uint64_t *packets = calloc(UINT16_MAX + 1, sizeof *packets);
    bool *seen = calloc(UINT16_MAX + 1, sizeof *seen);
    const tapir_interface *interface;
    bool first = true, made = packets && seen;

    for (size_t i = 0; made && (interface = tapir_source_interface(report->source, i)); i++) {
        packets[interface->link_type] += interface->frames;
        seen[interface->link_type] = interface->frames || !report->info.packets;
    }
    for (size_t type = 0; made && type <= UINT16_MAX; type++)
        if (seen[type] || packets[type]) {
            show(text, (uint16_t)type, packets[type], first);
            first = false;
        }
    free(packets);
    free(seen);
    return made;
}

uint64_t report_duration(const struct report *report)
{
    return (uint64_t)report->info.last_time - (uint64_t)report->info.first_time;
}

/* Reads the source to its end. */
static void read_all(struct report *report, tapir_packet *packet)
{
    const tapir_pcapng_block *block;
    struct progress progress;
    tapir_source_stats stats;
    tapir_frame frame;

    progress_start(&progress, report->path);
    while ((report->status = tapir_source_next_block(report->source, &frame, &block)) == TAPIR_OK) {
        tapir_info_add(&report->info, &frame, block);
        if (block)
            note_block(report, block);
        if (!frame.data)
            continue;
        progress_step(&progress, report->source, frame.number);
        if (report->hierarchy) {
            tapir_packet_start(packet, &frame);
            tapir_hierarchy_add(report->hierarchy, packet);
        }
    }
    progress_end(&progress);
    tapir_source_stats_get(report->source, &stats);
    report->data_size = stats.offset;
}

/* Hashes the file as it is on disk. */
static bool hash_file(struct report *report)
{
    static uint8_t buffer[1 << 16];
    SHA2_CTX sha256;
    RMD160_CTX ripemd160;
    SHA1_CTX sha1;
    ssize_t got;
    int fd = open(report->path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        complain("%s: cannot open: %s", report->path, strerror(errno));
        return false;
    }
    SHA256Init(&sha256);
    RMD160Init(&ripemd160);
    SHA1Init(&sha1);
    while ((got = read(fd, buffer, sizeof buffer)) > 0) {
        SHA256Update(&sha256, buffer, (size_t)got);
        RMD160Update(&ripemd160, buffer, (uint32_t)got);
        SHA1Update(&sha1, buffer, (size_t)got);
    }
    close(fd);
    report->hashes[0].name = "SHA256";
    SHA256End(&sha256, report->hashes[0].digits);
    report->hashes[1].name = "RIPEMD160";
    RMD160End(&ripemd160, report->hashes[1].digits);
    report->hashes[2].name = "SHA1";
    SHA1End(&sha1, report->hashes[2].digits);
    report->hash_count = HASHES;
    return got == 0;
}

static void free_report(struct report *report)
{
    for (size_t i = 0; i < report->section_count; i++) {
        free(report->sections[i].hardware);
        free(report->sections[i].os);
        free(report->sections[i].application);
        free(report->sections[i].comment);
    }
    free(report->sections);
    free(report->interfaces);
    tapir_hierarchy_free(report->hierarchy);
    tapir_source_close(report->source);
}

/* Reads one file and prints what it is; the exit code. */
static int show_file(struct request *request, const char *path, tapir_packet *packet)
{
    struct report report = {.path = path};
    tapir_error error;
    int code;

    if (tapir_source_open_file(&report.source, path, NULL, &error) != TAPIR_OK) {
        complain("%s", error.message);
        return EXIT_RUNTIME;
    }
    report.is_file = regular_file(path, &report.size);
    if (!request->quick)
        report.hierarchy = tapir_hierarchy_new();
    break_on_signal(report.source);
    read_all(&report, packet);
    break_on_signal(NULL);
    code = source_ended(report.source, report.status);
    if (request->hash && report.is_file && !hash_file(&report))
        code = EXIT_RUNTIME;
    if (request->json) {
        info_as_json(&request->output.text, &report);
    } else {
        if (request->again)
            tapir_text_char(&request->output.text, '\n');
        info_as_text(&request->output.text, &report);
    }
    request->again = true;
    output_flush(&request->output, true);
    free_report(&report);
    return code;
}

static int parse(struct request *request, int argc, char **argv)
{
    const char *argument;
    int id;

    while ((id = option_next(&info_command, argc, argv, &argument)) != OPTION_END) {
        if (id == 'r')
            request->paths[request->path_count++] = argument;
        else if (id == 'q')
            request->quick = true;
        else if (id == HASH)
            request->hash = true;
        else if (strcmp(argument, "json") == 0)
            request->json = true;
        else if (strcmp(argument, "text") != 0)
            return wrong_usage(&info_command, "no format '%s'; there are text and json", argument);
    }
    for (; optind < argc; optind++)
        request->paths[request->path_count++] = argv[optind];
    if (request->path_count == 0)
        return wrong_usage(&info_command, "name a capture file");
    return EXIT_DONE;
}

static int run(int argc, char **argv)
{
    struct request request = {.paths = calloc((size_t)argc + 1, sizeof *request.paths)};
    tapir_packet *packet = tapir_packet_new(NULL);
    int code = EXIT_RUNTIME;

    if (!request.paths || !packet)
        complain("out of memory");
    else
        code = parse(&request, argc, argv);
    if (code == EXIT_DONE)
        for (size_t i = 0; i < request.path_count; i++)
            if (show_file(&request, request.paths[i], packet) != EXIT_DONE)
                code = EXIT_RUNTIME;
    tapir_packet_free(packet);
    tapir_text_clear(&request.output.text);
    free(request.paths);
    return code;
}

const struct command info_command = {
    .name = "info",
    .run = run,
    .help = "tell what a capture file is and holds",
    .usage = "[options] FILE...",
    OPTIONS(rows),
    .more = "The protocol hierarchy gives packets and bytes on the wire for each path of layers.\n"
            "A file that is damaged or cut short is told of up to there, with exit status 1.\n",
};
