/* The list of devices: looking things up, and tcpdump's words for them. */
#include "capture/device.h"

#include <stdlib.h>
#include <sys/stat.h>

struct tapir__kept {
    struct tapir__kept *next;
    char string[];
};

const char *tapir__devices_keep(tapir_devices *devices, tapir_span string, bool *failed)
{
    struct tapir__kept *kept = string.len ? malloc(sizeof *kept + string.len + 1) : NULL;

    if (!kept) {
        *failed |= string.len > 0;
        return NULL;
    }
    memcpy(kept->string, string.data, string.len);
    kept->string[string.len] = '\0';
    kept->next = devices->kept;
    devices->kept = kept;
    return kept->string;
}

void tapir__devices_forget(tapir_devices *devices)
{
    while (devices->kept) {
        struct tapir__kept *next = devices->kept->next;
        free(devices->kept);
        devices->kept = next;
    }
}

struct tapir__device *tapir__devices_add(tapir_devices *devices)
{
    if (devices->count == devices->room) {
        size_t room = devices->room ? devices->room * 2 : 16;
        struct tapir__device *more = realloc(devices->devices, room * sizeof *more);
        if (!more)
            return NULL;
        devices->devices = more;
        devices->room = room;
    }
    memset(&devices->devices[devices->count], 0, sizeof *devices->devices);
    return &devices->devices[devices->count++];
}

bool tapir__device_add_address(struct tapir__device *device, const tapir_device_address *address)
{
    size_t count = device->device.address_count;

    if (count == device->address_room) {
        size_t room = device->address_room ? device->address_room * 2 : 4;
        tapir_device_address *more = realloc(device->addresses, room * sizeof *more);
        if (!more)
            return false;
        device->addresses = more;
        device->device.addresses = more;
        device->address_room = room;
    }
    device->addresses[count] = *address;
    device->device.address_count++;
    return true;
}

void tapir__device_clear(struct tapir__device *device)
{
    free(device->addresses);
    free(device->alt_names);
}

static int compare_names(const void *a, const void *b, void *list)
{
    const struct tapir__device *devices = list;

    return strcmp(devices[*(const size_t *)a].device.name, devices[*(const size_t *)b].device.name);
}

static int compare_indexes(const void *a, const void *b, void *list)
{
    const struct tapir__device *devices = list;
    uint32_t first = devices[*(const size_t *)a].device.index;
    uint32_t second = devices[*(const size_t *)b].device.index;

    return (first > second) - (first < second);
}

bool tapir__devices_sort(tapir_devices *devices)
{
    size_t size = (devices->count + 1) * sizeof(size_t);
    size_t *by_name = realloc(devices->by_name, size);
    size_t *by_index;

    if (by_name)
        devices->by_name = by_name;
    by_index = realloc(devices->by_index, size);
    if (by_index)
        devices->by_index = by_index;
    if (!by_name || !by_index)
        return false;
    devices->name_count = devices->count;
    devices->index_count = 0;
    for (size_t i = 0; i < devices->count; i++) {
        by_name[i] = i;
        if (devices->devices[i].device.index)
            by_index[devices->index_count++] = i;
    }
    qsort_r(by_name, devices->count, sizeof *by_name, compare_names, devices->devices);
    qsort_r(by_index, devices->index_count, sizeof *by_index, compare_indexes, devices->devices);
    return true;
}

struct tapir__device *tapir__devices_named(tapir_devices *devices, const char *name)
{
    size_t low = 0, high = devices->name_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct tapir__device *device = &devices->devices[devices->by_name[middle]];
        int order = strcmp(name, device->device.name);
        if (order == 0)
            return device;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

struct tapir__device *tapir__devices_find(tapir_devices *devices, uint32_t index)
{
    size_t low = 0, high = devices->index_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct tapir__device *device = &devices->devices[devices->by_index[middle]];
        if (device->device.index == index)
            return device;
        if (index < device->device.index)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* What is left over when the kernel has told of its interfaces is libpcap's own. */
static void mark_pseudo(tapir_devices *devices)
{
    for (size_t i = 0; i < devices->count; i++) {
        tapir_device *device = &devices->devices[i].device;
        if (device->index)
            continue;
        device->flags |= TAPIR_DEVICE_PSEUDO;
        device->has_link_type = tapir__link_type_of_pseudo(device->name, &device->link_type);
    }
}

static void name_relatives(tapir_devices *devices)
{
    for (size_t i = 0; i < devices->count; i++) {
        tapir_device *device = &devices->devices[i].device;
        const tapir_device *master = tapir_devices_find_index(devices, device->master);
        const tapir_device *parent = tapir_devices_find_index(devices, device->parent);
        if (master)
            device->master_name = master->name;
        if (parent && !device->parent_elsewhere)
            device->parent_name = parent->name;
    }
}

static tapir_status out_of_memory(tapir_error *error)
{
    return tapir_error_set(error, TAPIR_NO_MEMORY, "devices: out of memory");
}

static tapir_status read_all(tapir_devices *devices, tapir_error *error)
{
    tapir_status status = tapir__devices_add_pcap(devices, error);
    struct stat name_space;

    if (status == TAPIR_OK && !tapir__devices_sort(devices))
        status = out_of_memory(error);
    if (status == TAPIR_OK)
        status = tapir__devices_add_links(devices, error);
    if (status == TAPIR_UNSUPPORTED)
        status = TAPIR_OK;
    if (status == TAPIR_OK && !tapir__devices_sort(devices))
        status = out_of_memory(error);
    if (status != TAPIR_OK)
        return status;
    mark_pseudo(devices);
    name_relatives(devices);
    if (stat("/proc/thread-self/ns/net", &name_space) == 0)
        devices->name_space = name_space.st_ino;
    return TAPIR_OK;
}

tapir_status tapir_devices_new(tapir_devices **devices, tapir_error *error)
{
    tapir_status status;

    *devices = calloc(1, sizeof **devices);
    if (!*devices)
        return out_of_memory(error);
    status = read_all(*devices, error);
    if (status != TAPIR_OK) {
        tapir_devices_free(*devices);
        *devices = NULL;
    }
    return status;
}

void tapir_devices_free(tapir_devices *devices)
{
    if (!devices)
        return;
    for (size_t i = 0; i < devices->count; i++)
        tapir__device_clear(&devices->devices[i]);
    tapir__devices_forget(devices);
    free(devices->devices);
    free(devices->by_name);
    free(devices->by_index);
    free(devices);
}

size_t tapir_devices_count(const tapir_devices *devices)
{
    return devices->count;
}

const tapir_device *tapir_devices_each(const tapir_devices *devices, size_t at)
{
    return at < devices->count ? &devices->devices[at].device : NULL;
}

const tapir_device *tapir_devices_default(const tapir_devices *devices)
{
    return tapir_devices_each(devices, 0);
}

uint64_t tapir_devices_namespace(const tapir_devices *devices)
{
    return devices->name_space;
}

const tapir_device *tapir_devices_find_name(const tapir_devices *devices, const char *name)
{
    const struct tapir__device *found = tapir__devices_named((tapir_devices *)devices, name);

    if (found)
        return &found->device;
    for (size_t i = 0; i < devices->count; i++)
        for (size_t j = 0; j < devices->devices[i].device.alt_name_count; j++)
            if (strcmp(devices->devices[i].device.alt_names[j], name) == 0)
                return &devices->devices[i].device;
    return NULL;
}

const tapir_device *tapir_devices_find_index(const tapir_devices *devices, uint32_t index)
{
    const struct tapir__device *found = tapir__devices_find((tapir_devices *)devices, index);

    return found ? &found->device : NULL;
}

static void put_connection(tapir_text *text, const tapir_device *device)
{
    bool wireless = device->flags & TAPIR_DEVICE_WIRELESS;

    switch (device->connection) {
    case TAPIR_CONNECTION_NOT_APPLICABLE:
        return;
    case TAPIR_CONNECTION_UNKNOWN:
        tapir_text_put(
            text, wireless ? ", Association status unknown" : ", Connection status unknown");
        return;
    case TAPIR_CONNECTION_CONNECTED:
        tapir_text_put(text, wireless ? ", Associated" : ", Connected");
        return;
    case TAPIR_CONNECTION_DISCONNECTED:
        tapir_text_put(text, wireless ? ", Not associated" : ", Disconnected");
        return;
    }
}

void tapir_device_flags_text(tapir_text *text, const tapir_device *device)
{
    static const char *const names[] = {"Up", "Running", "Loopback", "Wireless"};
    bool any = false;

    for (size_t i = 0; i < TAPIR_COUNT(names); i++)
        if (device->flags & 1U << i) {
            tapir_text_put(text, any ? ", " : "");
            tapir_text_put(text, names[i]);
            any = true;
        }
    if (!any)
        TAPIR_TEXT_LITERAL(text, "none");
    put_connection(text, device);
}

void tapir_device_line(tapir_text *text, const tapir_device *device)
{
    tapir_text_line(text, tapir_span_of(device->name, strlen(device->name)));
    if (device->description) {
        TAPIR_TEXT_LITERAL(text, " (");
        tapir_text_line(text, tapir_span_of(device->description, strlen(device->description)));
        tapir_text_char(text, ')');
    }
    /* tcpdump leaves the brackets out where libpcap says nothing, not even that nothing applies. */
    if (!(device->flags & 0xf) && device->connection == TAPIR_CONNECTION_UNKNOWN)
        return;
    TAPIR_TEXT_LITERAL(text, " [");
    tapir_device_flags_text(text, device);
    tapir_text_char(text, ']');
}

const char *tapir_device_flag_name(uint32_t flag)
{
    static const char *const names[] = {"up", "running", "loopback", "wireless", "broadcast",
        "multicast", "point-to-point", "no-arp", "promiscuous", "all-multicast", "carrier",
        "dormant", "pseudo"};

    for (size_t i = 0; i < TAPIR_COUNT(names); i++)
        if (flag == 1U << i)
            return names[i];
    return NULL;
}
