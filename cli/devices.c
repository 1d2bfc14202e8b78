/* tapir devices: what one can capture from, and the machine's way to others. */
#include "devices.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

enum {
    JSON = OPTION_WORD,
    ROUTE,
    ROUTES,
    RESOLVE,
    NEIGHBOURS,
    VENDOR,
    FROM,
    INPUT,
    MARK,
    TIMEOUT,
    VENDOR_DATA
};

static const struct option_row rows[] = {
    {'D', "list-interfaces", NULL, "the lines of tcpdump -D"},
    {'T', "format", "FORMAT", "text (default), or json: one object per device and line"},
    {JSON, "json", NULL, "the same as -T json"},
    {ROUTE, "route", "ADDRESS", "by which interface and gateway packets to ADDRESS leave"},
    {ROUTES, "routes", NULL, "the kernel's routing tables"},
    {RESOLVE, "resolve", "ADDRESS",
        "the MAC address that packets to ADDRESS are sent to; the\n"
        "kernel asks around for it"},
    {NEIGHBOURS, "neighbours", NULL, "the MAC addresses that the kernel knows"},
    {VENDOR, "vendor", "MAC", "whom a MAC address was assigned to"},
    {FROM, "from", "ADDRESS", "with --route and --resolve: packets from ADDRESS,"},
    {INPUT, "input", "NAME", "... that came in by the interface NAME,"},
    {'i', "interface", "NAME", "... that leave by the interface NAME,"},
    {MARK, "mark", "N", "... that bear the firewall's mark N"},
    {TIMEOUT, "timeout", "MS", "with --resolve: milliseconds to wait, 1000 without it"},
    {VENDOR_DATA, "vendor-data", "PATH",
        "the IEEE's registries, as a directory or a file; else\n" TAPIR_VENDOR_DATA},
    {OPTION_HELP, "help", NULL, "this text"},
};

bool vendor_names_read(struct vendor_names *names)
{
    if (!names->tried)
        names->status = tapir_vendors_new(&names->vendors, names->path, &names->error);
    names->tried = true;
    return names->status == TAPIR_OK;
}

const char *vendor_of(struct vendor_names *names, const tapir_link_address *mac)
{
    static const uint8_t none[6];

    if (mac->len != 6 || memcmp(mac->bytes, none, 6) == 0 || !vendor_names_read(names))
        return NULL;
    return tapir_vendors_find(names->vendors, mac->bytes, NULL);
}

/* Options. */

/* Reads a number, hexadecimal with 0x. */
static bool read_mark(const char *text, uint32_t *mark)
{
    char *end;
    unsigned long value;

    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    value = strtoul(text, &end, strncmp(text, "0x", 2) == 0 ? 16 : 10);
    *mark = (uint32_t)value;
    return !*end && errno == 0 && value <= UINT32_MAX;
}

static bool set_action(
    struct devices_request *request, enum devices_action action, const char *subject)
{
    if (request->action != LIST_DEVICES)
        return false;
    request->action = action;
    request->subject = subject;
    return true;
}

static int set_format(struct devices_request *request, const char *name)
{
    if (strcmp(name, "json") == 0)
        request->format = DEVICES_JSON;
    else if (strcmp(name, "text") == 0)
        request->format = DEVICES_TEXT;
    else
        return wrong_usage(&devices_command, "no format '%s'; there are text and json", name);
    return EXIT_DONE;
}

static int set_timeout(struct devices_request *request, const char *text)
{
    uint64_t number;

    if (!parse_number(text, 0, 600000, &number))
        return wrong_usage(
            &devices_command, "--timeout takes milliseconds up to 600000, not '%s'", text);
    request->timeout_ms = (unsigned)number;
    return EXIT_DONE;
}

static int set_option(struct devices_request *request, int id, const char *argument)
{
    bool first = true;

    switch (id) {
    case 'D':
        request->format = DEVICES_TCPDUMP;
        break;
    case 'T':
        return set_format(request, argument);
    case JSON:
        request->format = DEVICES_JSON;
        break;
    case ROUTE:
        first = set_action(request, SHOW_ROUTE, argument);
        break;
    case ROUTES:
        first = set_action(request, LIST_ROUTES, NULL);
        break;
    case RESOLVE:
        first = set_action(request, RESOLVE_ADDRESS, argument);
        break;
    case NEIGHBOURS:
        first = set_action(request, LIST_NEIGHBOURS, NULL);
        break;
    case VENDOR:
        first = set_action(request, SHOW_VENDOR, argument);
        break;
    case FROM:
        request->from = argument;
        break;
    case INPUT:
        request->input = argument;
        break;
    case 'i':
        request->output = argument;
        break;
    case MARK:
        if (!read_mark(argument, &request->query.mark))
            return wrong_usage(
                &devices_command, "--mark takes a number of 32 bits, not '%s'", argument);
        break;
    case TIMEOUT:
        return set_timeout(request, argument);
    case VENDOR_DATA:
        request->names.path = argument;
        break;
    }
    return first ? EXIT_DONE
                 : wrong_usage(&devices_command, "--route, --routes, --resolve, --neighbours and "
                                                 "--vendor exclude each other");
}

static int check(const struct devices_request *request, bool operands)
{
    bool way = request->action == SHOW_ROUTE || request->action == RESOLVE_ADDRESS;

    if (operands && request->action != LIST_DEVICES)
        return wrong_usage(&devices_command, "devices cannot be named beside what else is asked");
    if (request->format == DEVICES_TCPDUMP && (operands || request->action != LIST_DEVICES))
        return wrong_usage(&devices_command, "-D lists all devices and nothing else");
    if (!way && (request->from || request->input || request->output || request->query.mark))
        return wrong_usage(&devices_command,
            "--from, --input, --interface and --mark are about --route and --resolve");
    return EXIT_DONE;
}

static int parse(struct devices_request *request, int argc, char **argv)
{
    const char *argument;
    int id, code = EXIT_DONE;

    while (code == EXIT_DONE &&
           (id = option_next(&devices_command, argc, argv, &argument)) != OPTION_END)
        code = set_option(request, id, argument);
    return code == EXIT_DONE ? check(request, optind < argc) : code;
}

/* Devices. */

/* Finds a device by its name, or by its number in the list as tcpdump -i does. */
static const tapir_device *find(const tapir_devices *devices, const char *name, size_t *number)
{
    const tapir_device *found = tapir_devices_find_name(devices, name), *each;
    uint64_t wanted;

    if (!found && parse_number(name, 1, tapir_devices_count(devices), &wanted))
        found = tapir_devices_each(devices, (size_t)wanted - 1);
    for (*number = 1; (each = tapir_devices_each(devices, *number - 1)) && each != found;)
        ++*number;
    return found;
}

static int no_device(const tapir_devices *devices, const char *name)
{
    tapir_nearest nearest = tapir_nearest_to(name);
    const tapir_device *device;
    tapir_text hint = {0};

    for (size_t i = 0; (device = tapir_devices_each(devices, i)); i++)
        tapir_nearest_offer(&nearest, device->name);
    tapir_nearest_text(&nearest, &hint);
    complain("no device '%s'%s", name, tapir_text_string(&hint));
    tapir_text_clear(&hint);
    return EXIT_RUNTIME;
}

static int show_named(
    struct devices_request *request, const tapir_devices *devices, char **operands)
{
    tapir_text *text = &request->output_text.text;
    size_t number;

    for (char **name = operands; *name; name++) {
        const tapir_device *device = find(devices, *name, &number);
        if (!device)
            return no_device(devices, *name);
        if (request->format == DEVICES_JSON) {
            device_json(text, devices, device, number, &request->names);
            continue;
        }
        if (name != operands)
            tapir_text_char(text, '\n');
        device_in_full(text, devices, device, number, &request->names);
    }
    return EXIT_DONE;
}

static void put_lines(tapir_text *text, const tapir_devices *devices)
{
    const tapir_device *device;

    for (size_t i = 0; (device = tapir_devices_each(devices, i)); i++) {
        tapir_text_printf(text, "%zu.", i + 1);
        tapir_device_line(text, device);
        tapir_text_char(text, '\n');
    }
}

static void put_objects(struct devices_request *request, const tapir_devices *devices)
{
    const tapir_device *device;

    for (size_t i = 0; (device = tapir_devices_each(devices, i)); i++)
        device_json(&request->output_text.text, devices, device, i + 1, &request->names);
}

static int list_devices(struct devices_request *request, char **operands)
{
    tapir_devices *devices;
    tapir_error error;
    int code = EXIT_DONE;

    if (tapir_devices_new(&devices, &error) != TAPIR_OK) {
        complain("%s", error.message);
        return EXIT_RUNTIME;
    }
    if (*operands)
        code = show_named(request, devices, operands);
    else if (request->format == DEVICES_JSON)
        put_objects(request, devices);
    else if (request->format == DEVICES_TCPDUMP)
        put_lines(&request->output_text.text, devices);
    else
        devices_table(&request->output_text.text, devices, &request->names);
    tapir_devices_free(devices);
    return code;
}

static int act(struct devices_request *request, char **operands)
{
    switch (request->action) {
    case SHOW_ROUTE:
        return show_route(request);
    case LIST_ROUTES:
        return list_routes(request);
    case RESOLVE_ADDRESS:
        return resolve_address(request);
    case LIST_NEIGHBOURS:
        return list_neighbours(request);
    case SHOW_VENDOR:
        return show_vendor(request);
    case LIST_DEVICES:
    default:
        return list_devices(request, operands);
    }
}

static int run(int argc, char **argv)
{
    struct devices_request request = {.query.size = sizeof request.query, .timeout_ms = 1000};
    int code = parse(&request, argc, argv);

    if (code == EXIT_DONE)
        code = act(&request, argv + optind);
    output_flush(&request.output_text, true);
    tapir_text_clear(&request.output_text.text);
    tapir_vendors_free(request.names.vendors);
    return code;
}

const struct command devices_command = {
    .name = "devices",
    .run = run,
    .help = "list what one can capture from; routes, neighbours, vendors",
    .usage = "[options] [NAME...]",
    OPTIONS(rows),
    .more = "A device is named as it is, or by its number in the list.\n",
};
