/* Sets of protocols: the default one, and copies of it that a program changes before use. */
#include "registry.h"

#include <stdlib.h>

const tapir_space tapir_spaces[] = {
    {"wtap_encap", "Link type of a capture file", false},
    {"ethertype", "EtherType", true},
    {"ip.proto", "Protocol number of IP", false},
    {"tcp.port", "Port of TCP", false},
    {"udp.port", "Port of UDP", false},
    {"sctp.port", "Port of SCTP", false},
    {"ppp.protocol", "Protocol number of PPP", true},
    {"llc.dsap", "Service access point of LLC", true},
    {"ip.version", "Version of an IP header", false},
};

static const struct tapir_dispatch_page no_keys;

/* Returns where a key stands, or would have to stand, among the others, which are in order. */
static size_t place_among_others(
    const struct tapir_dispatch *dispatch, const tapir_space *space, uint32_t value)
{
    size_t low = 0, high = dispatch->other_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct tapir_dispatch_key *key = &dispatch->others[middle];
        if (key->space == space ? key->value < value : (uintptr_t)key->space < (uintptr_t)space)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(
    const struct tapir_dispatch *dispatch, size_t place, const tapir_space *space, uint32_t value)
{
    return place < dispatch->other_count && dispatch->others[place].space == space &&
           dispatch->others[place].value == value;
}

const tapir_proto *tapir_dispatch_find_other(
    const struct tapir_dispatch *dispatch, const tapir_space *space, uint32_t value)
{
    size_t place = place_among_others(dispatch, space, value);

    return is_at(dispatch, place, space, value) ? dispatch->others[place].proto : NULL;
}

static tapir_status bind_other(
    tapir_registry *registry, const tapir_space *space, uint32_t value, const tapir_proto *proto)
{
    struct tapir_dispatch *dispatch = &registry->dispatch;
    size_t place = place_among_others(dispatch, space, value);

    if (!is_at(dispatch, place, space, value)) {
        if (dispatch->other_count == registry->other_room) {
            size_t room = registry->other_room ? registry->other_room * 2 : 16;
            struct tapir_dispatch_key *others = realloc(registry->others, room * sizeof *others);
            if (!others)
                return TAPIR_NO_MEMORY;
            dispatch->others = registry->others = others;
            registry->other_room = room;
        }
        memmove(&registry->others[place + 1], &registry->others[place],
            (dispatch->other_count++ - place) * sizeof *registry->others);
    }
    registry->others[place] = (struct tapir_dispatch_key){space, value, proto};
    return TAPIR_OK;
}

tapir_status tapir_registry_bind(
    tapir_registry *registry, const tapir_space *space, uint32_t value, const tapir_proto *proto)
{
    size_t index = (size_t)((uintptr_t)space - (uintptr_t)tapir_spaces) / sizeof *space;
    const struct tapir_dispatch_page **place;
    struct tapir_dispatch_page *page;

    if (index >= TAPIR_COUNT(tapir_spaces) || value > UINT16_MAX)
        return bind_other(registry, space, value, proto);
    place = &registry->dispatch.pages[index][value / 256];
    if (*place == &no_keys) {
        page = calloc(1, sizeof *page);
        if (!page)
            return TAPIR_NO_MEMORY;
        *place = page;
    }
    page = (struct tapir_dispatch_page *)(uintptr_t)*place; /* made here, not constant */
    page->next[value % 256] = proto;
    return TAPIR_OK;
}

/* Returns a copy of `count` items at `from`, or NULL; room for nothing is one item's. */
static void *copy_of(const void *from, size_t count, size_t size)
{
    void *copy = malloc((count ? count : 1) * size);

    if (copy && count)
        memcpy(copy, from, count * size);
    return copy;
}

/* Gives the registry pages of its own like those it shares; false when out of memory. */
static bool copy_pages(tapir_registry *registry)
{
    const struct tapir_dispatch_page **place = &registry->dispatch.pages[0][0];
    size_t count = sizeof registry->dispatch.pages / sizeof *place;
    bool complete = true;

    for (size_t i = 0; i < count; i++)
        if (place[i] != &no_keys) {
            const struct tapir_dispatch_page *copy = copy_of(place[i], 1, sizeof *copy);
            complete &= copy != NULL;
            place[i] = copy ? copy : &no_keys;
        }
    return complete;
}

tapir_registry *tapir_registry_new(const tapir_registry *base)
{
    tapir_registry *registry = calloc(1, sizeof *registry);
    bool complete = true;

    if (!registry)
        return NULL;
    if (base) {
        *registry = *base;
        complete = copy_pages(registry);
    } else {
        registry->dispatch.streams = true;
        for (size_t i = 0; i < TAPIR_COUNT(tapir_spaces); i++)
            for (size_t k = 0; k < 256; k++)
                registry->dispatch.pages[i][k] = &no_keys;
    }
    registry->other_room = registry->dispatch.other_count;
    registry->others = copy_of(registry->others, registry->other_room, sizeof *registry->others);
    registry->dispatch.others = registry->others;
    registry->proto_room = registry->proto_count;
    registry->protos = copy_of(registry->protos, registry->proto_room, sizeof *registry->protos);
    if (complete && registry->others && registry->protos)
        return registry;
    tapir_registry_free(registry);
    return NULL;
}

void tapir_registry_free(tapir_registry *registry)
{
    if (!registry)
        return;
    for (size_t i = 0; i < TAPIR_COUNT(tapir_spaces); i++)
        for (size_t k = 0; k < 256; k++)
            if (registry->dispatch.pages[i][k] != &no_keys)
                free((void *)(uintptr_t)registry->dispatch.pages[i][k]);
    free(registry->others);
    free(registry->protos);
    free(registry);
}

tapir_status tapir_registry_add(tapir_registry *registry, const tapir_proto *proto)
{
    if (proto->size > TAPIR_STRUCT_MAX)
        return TAPIR_INVALID;
    for (size_t i = 0; i < registry->proto_count; i++)
        if (registry->protos[i] == proto)
            return TAPIR_OK;
    if (registry->proto_count == registry->proto_room) {
        size_t room = registry->proto_room ? registry->proto_room * 2 : 32;
        const tapir_proto **protos = realloc(registry->protos, room * sizeof *protos);
        if (!protos)
            return TAPIR_NO_MEMORY;
        registry->protos = protos;
        registry->proto_room = room;
    }
    registry->protos[registry->proto_count++] = proto;
    for (size_t i = 0; i < proto->binding_count; i++) {
        tapir_status status = tapir_registry_bind(
            registry, proto->bindings[i].space, proto->bindings[i].value, proto);
        if (status != TAPIR_OK)
            return status;
    }
    return TAPIR_OK;
}

void tapir_registry_set_stream_dispatch(tapir_registry *registry, bool on)
{
    registry->dispatch.streams = on;
}

bool tapir_registry_stream_dispatch(const tapir_registry *registry)
{
    return registry->dispatch.streams;
}

const tapir_proto *tapir_registry_find(
    const tapir_registry *registry, const tapir_space *space, uint32_t value)
{
    return tapir_dispatch_find(&registry->dispatch, space, value);
}

const tapir_proto *tapir_registry_find_name(const tapir_registry *registry, const char *name)
{
    for (size_t i = 0; i < registry->proto_count; i++)
        if (strcmp(registry->protos[i]->name, name) == 0)
            return registry->protos[i];
    return NULL;
}

const tapir_space *tapir_registry_find_space(const tapir_registry *registry, const char *name)
{
    for (size_t i = 0; i < TAPIR_COUNT(tapir_spaces); i++)
        if (strcmp(tapir_spaces[i].name, name) == 0)
            return &tapir_spaces[i];
    for (size_t i = 0; i < registry->dispatch.other_count; i++)
        if (strcmp(registry->others[i].space->name, name) == 0)
            return registry->others[i].space;
    return NULL;
}

const tapir_proto *tapir_registry_each(const tapir_registry *registry, size_t index)
{
    return index < registry->proto_count ? registry->protos[index] : NULL;
}
