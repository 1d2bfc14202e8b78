/* tapir craft: packets from text. */
#include "cli.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FROM = OPTION_WORD, KEEP, PAD, FCS, TIME, INTERVAL, APPEND, COLOR };

enum { MAX_LINKS = 16, MAX_TEXT = 16 << 20, MAX_HEX = 256 << 20, SNAPLEN = 262144 };

static const struct option_row rows[] = {
    {'w', "write", "FILE",
        "write a capture file, its format and compression by the name;\n"
        "without it packets are printed"},
    {APPEND, "append", NULL, "go on behind what the file holds"},
    {'T', "format", "FORMAT",
        "hex: two digits a byte, a line a packet (default)\n"
        "c, go, python: source code; text2pcap: its input\n"
        "tree, json: as tapir decode; dump: as tapir dump -n"},
    {'x', "hex", NULL, "a hex dump of each packet"},
    {'f', "file", "FILE", "read texts from a file, one a line; - is standard input"},
    {FROM, "from", "FORM",
        "operands are files of packets in hexadecimal, - or none\n"
        "standard input: hex (a packet a line) or text2pcap (a dump)"},
    {'L', "link-type", "NUMBER",
        "of packets whose outermost layer has none (RAW for IP), and\n"
        "of --from (Ethernet)"},
    {'c', "count", "N", "make N packets at most"},
    {'n', "repeat", "N", "make all of them N times"},
    {KEEP, "keep", "WHAT",
        "do not fill in: lengths, keys, checksums, padding or all,\n"
        "several separated by commas"},
    {PAD, "pad", NULL, "make Ethernet frames 60 bytes long"},
    {FCS, "fcs", NULL, "put a frame check sequence behind Ethernet frames"},
    {TIME, "time", "TIME", "of the first packet, as in RFC 3339 or seconds; now otherwise"},
    {INTERVAL, "interval", "DURATION", "between packets: 1ms, 2s; 1us otherwise"},
    {COLOR, "color", "WHEN", "auto (default), always or never"},
    {OPTION_HELP, "help", NULL, "this text"},
};

/* How packets are printed; forms of the library from FORM on. */
enum { TREE, JSON, DUMP, HEX_DUMP, FORM };
static const char *const formats[] = {[TREE] = "tree", [JSON] = "json", [DUMP] = "dump"};

struct request {
    const char *output, *texts, *color;
    bool append;
    int format;
    bool from_text;
    tapir_hex_format from;
    int link_type; /* -1: not given */
    uint64_t limit, repeat;
    tapir_build_options options;
    struct instant time;
    int64_t interval;
};

/* Where packets go. */
struct maker {
    const struct request *request;
    tapir_sink *sink; /* NULL: they are printed */
    tapir_packet *packet;
    tapir_json *json;
    tapir_dump *dump;
    struct output output;
    uint64_t count;
    int64_t time;
    bool opened; /* what packets go to, with the first one */
    /* The link types of the file, by its interfaces. */
    struct {
        uint16_t link_type;
        uint32_t interface;
    } links[MAX_LINKS];
    size_t link_count;
    bool color;
};

static int parse_format(struct request *request, const char *text)
{
    tapir_nearest nearest = tapir_nearest_to(text);
    tapir_text hint = {0};

    for (int i = 0; i < DUMP + 1; i++) {
        tapir_nearest_offer(&nearest, formats[i]);
        if (strcmp(text, formats[i]) == 0) {
            request->format = i;
            return EXIT_DONE;
        }
    }
    for (int i = 0; i < TAPIR_FORM_COUNT; i++) {
        tapir_nearest_offer(&nearest, tapir_form_name((tapir_form)i));
        if (strcmp(text, tapir_form_name((tapir_form)i)) == 0) {
            request->format = FORM + i;
            return EXIT_DONE;
        }
    }
    tapir_nearest_text(&nearest, &hint);
    wrong_usage(&craft_command, "no format '%s'%s", text, tapir_text_string(&hint));
    tapir_text_clear(&hint);
    return EXIT_USAGE;
}

static int parse_from(struct request *request, const char *text)
{
    request->from_text = true;
    if (strcmp(text, "hex") == 0)
        request->from = TAPIR_HEX_LINES;
    else if (strcmp(text, "text2pcap") == 0)
        request->from = TAPIR_HEX_DUMP;
    else
        return wrong_usage(&craft_command, "--from '%s' is neither hex nor text2pcap", text);
    return EXIT_DONE;
}

static int parse_keep(struct request *request, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, ",");
        unsigned keep = tapir_keep_named(tapir_span_of(text, len));
        if (!keep)
            return wrong_usage(&craft_command,
                "--keep '%.*s' is none of lengths, keys, checksums, padding, all", (int)len, text);
        request->options.keep |= keep;
        text += len + (text[len] == ',');
    }
    return EXIT_DONE;
}

static int parse_count(const char *text, const char *name, uint64_t *count)
{
    if (parse_number(text, 1, UINT64_MAX, count))
        return EXIT_DONE;
    return wrong_usage(&craft_command, "%s '%s' is no number from 1 on", name, text);
}

static int parse_option(struct request *request, int option, const char *argument)
{
    uint64_t number;

    switch (option) {
    case 'w':
        request->output = argument;
        return EXIT_DONE;
    case APPEND:
        request->append = true;
        return EXIT_DONE;
    case 'T':
        return parse_format(request, argument);
    case 'x':
        request->format = HEX_DUMP;
        return EXIT_DONE;
    case 'f':
        request->texts = argument;
        return EXIT_DONE;
    case FROM:
        return parse_from(request, argument);
    case 'L':
        if (!parse_number(argument, 0, UINT16_MAX, &number))
            return wrong_usage(
                &craft_command, "-L '%s' is no link type; 1 is Ethernet, 101 raw IP", argument);
        request->link_type = (int)number;
        return EXIT_DONE;
    case 'c':
        return parse_count(argument, "-c", &request->limit);
    case 'n':
        return parse_count(argument, "-n", &request->repeat);
    case KEEP:
        return parse_keep(request, argument);
    case PAD:
        request->options.ethernet_pad = true;
        return EXIT_DONE;
    case FCS:
        request->options.ethernet_fcs = true;
        return EXIT_DONE;
    case TIME:
        if (!parse_instant(argument, &request->time) || request->time.relative)
            return wrong_usage(&craft_command, "--time '%s' is no time", argument);
        return EXIT_DONE;
    case INTERVAL:
        if (!parse_duration(argument, &request->interval))
            return wrong_usage(&craft_command, "--interval '%s' is no duration", argument);
        return EXIT_DONE;
    case COLOR:
        request->color = argument;
        return check_color(&craft_command, argument);
    default:
        return EXIT_USAGE;
    }
}

/* Whether times have to be finer than microseconds. */
static bool is_fine(const struct request *request)
{
    return request->interval % 1000 || (request->time.given && request->time.time % 1000);
}

static uint8_t fcs_len(const struct request *request, uint16_t link_type)
{
    return request->options.ethernet_fcs && link_type == TAPIR_LINK_TYPE_ETHERNET ? 4 : 0;
}

/* Opens what packets go to, when the first one tells its link type. */
static bool open_sink(struct maker *maker, uint16_t link_type)
{
    const struct request *request = maker->request;
    tapir_sink_options options = {.size = sizeof options,
        .link_type = link_type,
        .fcs_len = fcs_len(request, link_type),
        .nanoseconds = is_fine(request),
        .format = TAPIR_FORMAT_AUTO,
        .compression = TAPIR_COMPRESSION_AUTO,
        .append = request->append};
    tapir_error error;

    maker->opened = true;
    if (!request->output ||
        tapir_sink_open_file(&maker->sink, request->output, &options, &error) == TAPIR_OK)
        return true;
    complain("%s", error.message);
    return false;
}

/* Finds the interface for frames of a link type, or adds it: pcapng has one for each. */
static bool find_interface(struct maker *maker, uint16_t link_type, uint32_t *index)
{
    const tapir_interface interface = {.link_type = link_type,
        .fcs_len = fcs_len(maker->request, link_type),
        .snaplen = SNAPLEN,
        .time_resolution = is_fine(maker->request) ? 9 : 6};

    for (size_t i = 0; i < maker->link_count; i++)
        if (maker->links[i].link_type == link_type) {
            *index = maker->links[i].interface;
            return true;
        }
    if (tapir_sink_add_interface(maker->sink, &interface, index) != TAPIR_OK) {
        complain("%s", tapir_sink_error(maker->sink)->message);
        return false;
    }
    if (maker->link_count < MAX_LINKS) {
        maker->links[maker->link_count].link_type = link_type;
        maker->links[maker->link_count++].interface = *index;
    }
    return true;
}

static void print_packet(struct maker *maker, const tapir_frame *frame)
{
    const tapir_tree_options tree = {.color = maker->color};
    tapir_text *text = &maker->output.text;
    int format = maker->request->format;

    tapir_packet_start(maker->packet, frame);
    if (format == TREE) {
        tapir_tree_packet(text, maker->packet, &tree);
        tapir_text_char(text, '\n');
    } else if (format == JSON) {
        tapir_json_packet(maker->json, text, maker->packet);
    } else if (format == DUMP) {
        tapir_dump_packet(maker->dump, text, maker->packet);
    } else if (format == HEX_DUMP) {
        tapir_hex_text(text, tapir_span_of(frame->data, frame->caplen), 0, 0);
        tapir_text_char(text, '\n');
    } else {
        tapir_form_packet(text, maker->packet, (tapir_form)(format - FORM), NULL);
    }
    output_flush(&maker->output, false);
}

/* Writes or prints one packet; false after a complaint. */
static bool put_packet(struct maker *maker, tapir_frame *frame)
{
    if (!frame->has_time) {
        frame->time = maker->time;
        frame->has_time = true;
        maker->time += maker->request->interval;
    }
    frame->number = ++maker->count;
    if (!maker->opened && !open_sink(maker, frame->link_type))
        return false;
    if (!maker->sink) {
        print_packet(maker, frame);
        return true;
    }
    if (!find_interface(maker, frame->link_type, &frame->interface))
        return false;
    if (tapir_sink_write(maker->sink, frame) == TAPIR_OK)
        return true;
    complain("%s", tapir_sink_error(maker->sink)->message);
    return false;
}

static bool is_enough(const struct maker *maker)
{
    return maker->request->limit && maker->count >= maker->request->limit;
}

/* Makes the packets of one text. */
static int make(struct maker *maker, const char *text)
{
    const struct request *request = maker->request;
    tapir_craft *craft;
    tapir_error error;
    uint16_t link_type;
    int code = EXIT_DONE;

    if (tapir_craft_new(&craft, NULL, text, &error) != TAPIR_OK)
        return craft_failed(text, &error);
    link_type = tapir_craft_link_type(craft);
    if (link_type == TAPIR_LINK_TYPE_UNKNOWN && request->link_type >= 0)
        link_type = (uint16_t)request->link_type;
    if (link_type == TAPIR_LINK_TYPE_UNKNOWN && (request->output || request->format < FORM) &&
        request->format != HEX_DUMP) {
        complain("nothing says what the outermost layer is for a file; put eth in front of it, or "
                 "give -L");
        show_place(text, 0);
        code = EXIT_USAGE;
    }
    for (uint64_t i = 0; code == EXIT_DONE && i < tapir_craft_count(craft) && !is_enough(maker);
         i++) {
        tapir_span bytes;
        tapir_frame frame;
        if (tapir_craft_build(craft, i, &request->options, &bytes, &error) != TAPIR_OK) {
            code = craft_failed(text, &error);
            break;
        }
        frame = tapir_frame_of(bytes, link_type);
        frame.fcs_len = fcs_len(request, link_type);
        if (!put_packet(maker, &frame))
            code = EXIT_RUNTIME;
    }
    tapir_craft_free(craft);
    return code;
}

/* Makes the packets of every line that is neither empty nor a comment. */
static int make_lines(struct maker *maker, char *text)
{
    int code = EXIT_DONE;
    unsigned long number = 1;
    char *next;

    for (char *line = text; code == EXIT_DONE && line; line = next, number++) {
        char *at = line;
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        while (*at == ' ' || *at == '\t' || *at == '\r')
            at++;
        if (*at && *at != '#')
            code = make(maker, at);
        if (code != EXIT_DONE)
            complain("%s: in line %lu", maker->request->texts, number);
    }
    return code;
}

/* Shows the line of a text that holds a place. */
static void show_line(char *text, size_t offset)
{
    char *start = text + offset;

    while (start > text && start[-1] != '\n')
        start--;
    text[offset + strcspn(text + offset, "\r\n")] = '\0';
    show_place(start, (size_t)(text + offset - start));
}

/* The same of a file, read around the place; nothing of one that is not plain text. */
static void show_file_line(const char *path, uint64_t offset)
{
    enum { AROUND = 4096 };
    char text[2 * AROUND + 1];
    const uint64_t from = offset > AROUND ? offset - AROUND : 0;
    FILE *file = fopen(path, "r");
    size_t len = 0;

    if (file && fseeko(file, (off_t)from, SEEK_SET) == 0)
        len = fread(text, 1, sizeof text - 1, file);
    if (file)
        fclose(file);
    text[len] = '\0';
    if (offset - from <= len && !memchr(text, '\0', len))
        show_line(text, (size_t)(offset - from));
}

/* Makes the packets of an open text; *error is why it ended, when it is damaged. */
static int make_source(struct maker *maker, tapir_source *source, tapir_error *error)
{
    tapir_status status = TAPIR_OK;
    tapir_frame frame;

    error->code = TAPIR_OK;
    while (!is_enough(maker) && (status = tapir_source_next(source, &frame)) == TAPIR_OK)
        if (!put_packet(maker, &frame))
            return EXIT_RUNTIME;
    if (status == TAPIR_OK || status == TAPIR_END)
        return EXIT_DONE;
    *error = *tapir_source_error(source);
    complain("%s", error->message);
    return status == TAPIR_DAMAGED ? EXIT_USAGE : EXIT_RUNTIME;
}

/* Makes the packets of a file of hexadecimal digits. Standard input is read as a whole, so that a
 * mistake in it can be shown. */
static int make_hex(struct maker *maker, const char *path)
{
    const struct request *request = maker->request;
    const bool is_stdin = strcmp(path, "-") == 0;
    tapir_hex_options options = {.size = sizeof options,
        .format = request->from,
        .has_link_type = request->link_type >= 0,
        .link_type = (uint16_t)(request->link_type < 0 ? 0 : request->link_type)};
    char *text = is_stdin ? read_text(path, MAX_HEX) : NULL;
    tapir_source *source;
    tapir_error error;
    int code;

    if (is_stdin && !text)
        return EXIT_RUNTIME;
    if ((text ? tapir_source_open_hex_memory(
                    &source, text, strlen(text), "standard input", &options, &error)
              : tapir_source_open_hex(&source, path, &options, &error)) != TAPIR_OK) {
        complain("%s", error.message);
        free(text);
        return EXIT_RUNTIME;
    }
    code = make_source(maker, source, &error);
    tapir_source_close(source);
    if (error.code == TAPIR_DAMAGED && text)
        show_line(text, (size_t)error.offset);
    else if (error.code == TAPIR_DAMAGED)
        show_file_line(path, error.offset);
    free(text);
    return code;
}

static int make_file(struct maker *maker, const char *path)
{
    char *text = read_text(path, MAX_TEXT);
    int code = text ? make_lines(maker, text) : EXIT_RUNTIME;

    free(text);
    return code;
}

static int make_all(struct maker *maker, int count, char **operands)
{
    const struct request *request = maker->request;
    int code = EXIT_DONE;

    for (uint64_t n = 0; code == EXIT_DONE && n < request->repeat && !is_enough(maker); n++) {
        if (request->from_text && !count)
            code = make_hex(maker, "-");
        if (request->texts)
            code = make_file(maker, request->texts);
        for (int i = 0; code == EXIT_DONE && i < count; i++)
            code = request->from_text ? make_hex(maker, operands[i]) : make(maker, operands[i]);
    }
    return code;
}

static bool maker_start(struct maker *maker, const struct request *request)
{
    static const tapir_dump_options dump = {.size = sizeof dump, .numeric = true};
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    *maker = (struct maker){.request = request,
        .packet = tapir_packet_new(NULL),
        .json = tapir_json_new(),
        .dump = tapir_dump_new(&dump),
        .time = request->time.given ? request->time.time
                                    : now.tv_sec * INT64_C(1000000000) + now.tv_nsec,
        .color = color_wanted(request->color)};
    return maker->packet && maker->json && maker->dump;
}

static int maker_end(struct maker *maker, int code)
{
    tapir_error error;

    output_flush(&maker->output, true);
    if (tapir_sink_close(maker->sink, &error) != TAPIR_OK && code == EXIT_DONE) {
        complain("%s", error.message);
        code = EXIT_RUNTIME;
    }
    tapir_packet_free(maker->packet);
    tapir_json_free(maker->json);
    tapir_dump_free(maker->dump);
    tapir_text_clear(&maker->output.text);
    return code;
}

static int craft_run(int argc, char **argv)
{
    struct request request = {.format = FORM + TAPIR_FORM_HEX,
        .link_type = -1,
        .repeat = 1,
        .interval = 1000,
        .options = {.size = sizeof request.options}};
    struct maker maker;
    const char *argument;
    int option, code;

    while ((option = option_next(&craft_command, argc, argv, &argument)) != OPTION_END) {
        code = parse_option(&request, option, argument);
        if (code != EXIT_DONE)
            return code;
    }
    if (optind == argc && !request.texts && !request.from_text)
        return wrong_usage(&craft_command, "what is to be made? %s",
            "For example 'eth/ip(dst=10.0.0.2)/tcp(dport=80,flags=syn)'");
    if (request.append && !request.output)
        return wrong_usage(&craft_command, "--append needs -w");
    if (!maker_start(&maker, &request))
        complain("out of memory");
    code = maker_end(&maker, maker.packet && maker.json && maker.dump
                                 ? make_all(&maker, argc - optind, argv + optind)
                                 : EXIT_RUNTIME);
    return code;
}

const struct command craft_command = {
    .name = "craft",
    .run = craft_run,
    .help = "make packets from text",
    .usage = "[options] TEXT...",
    OPTIONS(rows),
    .more = "\nA text is layers from the outermost on, with what is given for their fields:\n"
            "  "
            "eth(dst=ff:ff:ff:ff:ff:ff)/ip(src=10.0.0.1,dst=10.0.0.2,ttl=3)/"
            "tcp(dport=80,flags=syn)/\"hello\"\n"
            "Names are Wireshark's (dstport), the struct's (dst_port) or scapy's (dport). Several "
            "values\n"
            "make several packets: dport=[80,443], sport=1024-1033, dst=10.0.0.0/30. Options and "
            "records\n"
            "are lists: options=[mss(1460),nop,window_scale(7)], qd=question(example.com,A). "
            "Payload is\n"
            "\"text\", 0x0011aa or either with *N. keep=checksums and the like leave values as "
            "given.\n",
};
