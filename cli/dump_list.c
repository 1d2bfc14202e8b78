/* tapir dump -D, -L, -J: interfaces, their link types and their sources of time. */
#include "dump.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST = 256 }; /* link types and clocks of an interface */

static tapir_devices *devices_or_complaint(void)
{
    tapir_devices *devices;
    tapir_error error;

    if (tapir_devices_new(&devices, &error) != TAPIR_OK)
        complain("%s", error.message);
    return devices;
}

/* The name of the device that a number means, or a name; NULL after a complaint. */
static const char *find_name(const tapir_devices *devices, const char *given)
{
    const tapir_device *device = given ? NULL : tapir_devices_default(devices);
    uint64_t number;

    if (!given && !device)
        complain("no interfaces available for capture");
    /* An interface may have a number for its name. */
    if (given && !tapir_devices_find_name(devices, given) &&
        parse_number(given, 0, UINT64_MAX, &number)) {
        device = number ? tapir_devices_each(devices, (size_t)(number - 1)) : NULL;
        if (!device)
            complain("-i: there is no number %s; -D lists %zu interfaces", given,
                tapir_devices_count(devices));
        return device ? device->name : NULL;
    }
    return given ? given : device ? device->name : NULL;
}

char *dump_interface(const char *given)
{
    tapir_devices *devices = devices_or_complaint();
    const char *found = devices ? find_name(devices, given) : NULL;
    char *name = found ? strdup(found) : NULL;

    if (found && !name)
        complain("out of memory");
    tapir_devices_free(devices);
    return name;
}

static int list_interfaces(struct output *output)
{
    tapir_devices *devices = devices_or_complaint();

    if (!devices)
        return EXIT_RUNTIME;
    for (size_t i = 0; i < tapir_devices_count(devices); i++) {
        tapir_text_printf(&output->text, "%zu.", i + 1);
        tapir_device_line(&output->text, tapir_devices_each(devices, i));
        tapir_text_put(&output->text, "\n");
    }
    tapir_devices_free(devices);
    return EXIT_DONE;
}

static bool is_decoded(uint16_t link_type)
{
    const tapir_registry *registry = tapir_registry_default();

    return registry && tapir_registry_find(registry, TAPIR_LINK_TYPE, link_type);
}

static int list_link_types(
    struct output *output, const struct dump_request *request, const char *name)
{
    bool monitor = request->capture.monitor;
    uint16_t link_types[MOST];
    tapir_error error;
    size_t count;

    if (tapir_capture_link_types(name, monitor, link_types, MOST, &count, &error) != TAPIR_OK) {
        complain("%s", error.message);
        return EXIT_RUNTIME;
    }
    if (monitor)
        tapir_text_printf(&output->text,
            "Data link types for %s when in monitor mode (use option -y to set):\n", name);
    else
        tapir_text_printf(&output->text, "Data link types for %s (use option -y to set):\n", name);
    for (size_t i = 0; i < count && i < MOST; i++) {
        const char *word = tapir_link_type_name(link_types[i]);
        if (word)
            tapir_text_printf(
                &output->text, "  %s (%s)", word, tapir_link_type_title(link_types[i]));
        else
            tapir_text_printf(&output->text, "  DLT %u", link_types[i]);
        tapir_text_put(
            &output->text, is_decoded(link_types[i]) ? "\n" : " (printing not supported)\n");
    }
    return EXIT_DONE;
}

static int list_clocks(struct output *output, const char *name)
{
    static const char *const titles[] = {
        [TAPIR_CLOCK_HOST] = "Host",
        [TAPIR_CLOCK_HOST_LOW] = "Host, low precision",
        [TAPIR_CLOCK_HOST_HIGH] = "Host, high precision",
        [TAPIR_CLOCK_ADAPTER] = "Adapter",
        [TAPIR_CLOCK_ADAPTER_RAW] = "Adapter, not synced with system time",
        [TAPIR_CLOCK_HOST_UNSYNCED] = "Host, high precision, not synced with system time",
    };
    uint8_t clocks[MOST];
    tapir_error error;
    size_t count;

    if (tapir_capture_clocks(name, clocks, MOST, &count, &error) != TAPIR_OK) {
        complain("%s", error.message);
        return EXIT_RUNTIME;
    }
    tapir_text_printf(&output->text, "Time stamp types for %s (use option -j to set):\n", name);
    for (size_t i = 0; i < count && i < MOST; i++)
        tapir_text_printf(&output->text, "  %s (%s)\n",
            tapir_capture_clock_name((tapir_capture_clock)clocks[i]),
            clocks[i] < TAPIR_COUNT(titles) ? titles[clocks[i]] : "unknown");
    return EXIT_DONE;
}

int dump_list(struct dump_request *request)
{
    struct output output = {.by_line = false};
    char *name = request->lists == LIST_INTERFACES ? NULL : dump_interface(request->interface);
    int code = EXIT_RUNTIME;

    if (request->lists == LIST_INTERFACES)
        code = list_interfaces(&output);
    else if (name && request->lists == LIST_LINK_TYPES)
        code = list_link_types(&output, request, name);
    else if (name)
        code = list_clocks(&output, name);
    free(name);
    output_flush(&output, true);
    tapir_text_clear(&output.text);
    return code;
}
