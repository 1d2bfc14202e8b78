/* Sets of protocols: the default one, and copies of it that a program changes before use. */
#include "registry.h"

#include <stdlib.h>
#include <threads.h>

const tapir_space tapir_space_link_type = {"wtap_encap", "Link type of a capture file", false};
const tapir_space tapir_space_ether_type = {"ethertype", "EtherType", true};
const tapir_space tapir_space_ip_protocol = {"ip.proto", "Protocol number of IP", false};
const tapir_space tapir_space_tcp_port = {"tcp.port", "Port of TCP", false};
const tapir_space tapir_space_udp_port = {"udp.port", "Port of UDP", false};
const tapir_space tapir_space_sctp_port = {"sctp.port", "Port of SCTP", false};
const tapir_space tapir_space_ppp_protocol = {"ppp.protocol", "Protocol number of PPP", true};
const tapir_space tapir_space_llc_sap = {"llc.dsap", "Service access point of LLC", true};
const tapir_space tapir_space_ip_version = {"ip.version", "Version of an IP header", false};

static const tapir_space *const built_in_spaces[] = {TAPIR_LINK_TYPE, TAPIR_ETHER_TYPE,
    TAPIR_IP_PROTOCOL, TAPIR_TCP_PORT, TAPIR_UDP_PORT, TAPIR_SCTP_PORT, TAPIR_PPP_PROTOCOL,
    TAPIR_LLC_SAP, TAPIR_IP_VERSION};

static uint32_t no_tags[2];
static struct tapir_dispatch_slot no_slots[2];

const struct tapir_dispatch tapir__no_dispatch = {no_tags, no_slots, 1, 31, 0, false};

#define FIRST_BITS 8

/* Puts a key into tables that have room for it; tells whether it is new. */
static bool place(struct tapir_dispatch *dispatch, const tapir_space *space, uint32_t value,
    const tapir_proto *proto)
{
    uint32_t tag = tapir_dispatch_tag(space, value), i = tag >> dispatch->shift;

    for (; dispatch->tags[i]; i = (i + 1) & dispatch->mask)
        if (dispatch->slots[i].space == space && dispatch->slots[i].value == value) {
            dispatch->slots[i].proto = proto;
            return false;
        }
    dispatch->tags[i] = tag;
    dispatch->slots[i] = (struct tapir_dispatch_slot){space, proto, value};
    return true;
}

/* Makes the table 2^bits slots large. */
static bool resize(struct tapir_dispatch *dispatch, unsigned bits)
{
    size_t room = (size_t)1 << bits;
    struct tapir_dispatch bigger = {.tags = calloc(room, sizeof *bigger.tags),
        .slots = calloc(room, sizeof *bigger.slots),
        .mask = (uint32_t)room - 1,
        .shift = 32 - bits,
        .highest_port = dispatch->highest_port,
        .streams = dispatch->streams};

    if (!bigger.tags || !bigger.slots) {
        free(bigger.tags);
        free(bigger.slots);
        return false;
    }
    for (size_t i = 0; dispatch->tags && i <= dispatch->mask; i++)
        if (dispatch->tags[i])
            place(&bigger, dispatch->slots[i].space, dispatch->slots[i].value,
                dispatch->slots[i].proto);
    free(dispatch->tags);
    free(dispatch->slots);
    *dispatch = bigger;
    return true;
}

tapir_registry *tapir_registry_new(const tapir_registry *base)
{
    tapir_registry *registry = calloc(1, sizeof *registry);

    if (!registry)
        return NULL;
    registry->dispatch.streams = base ? base->dispatch.streams : true;
    if (!resize(&registry->dispatch, FIRST_BITS))
        goto fail;
    for (size_t i = 0; base && i < base->proto_count; i++)
        if (tapir_registry_add(registry, base->protos[i]) != TAPIR_OK)
            goto fail;
    for (size_t i = 0; base && i <= base->dispatch.mask; i++)
        if (base->dispatch.tags[i] &&
            tapir_registry_bind(registry, base->dispatch.slots[i].space,
                base->dispatch.slots[i].value, base->dispatch.slots[i].proto) != TAPIR_OK)
            goto fail;
    return registry;
fail:
    tapir_registry_free(registry);
    return NULL;
}

void tapir_registry_free(tapir_registry *registry)
{
    if (!registry)
        return;
    free(registry->dispatch.tags);
    free(registry->dispatch.slots);
    free(registry->protos);
    free(registry);
}

tapir_status tapir_registry_bind(
    tapir_registry *registry, const tapir_space *space, uint32_t value, const tapir_proto *proto)
{
    /* A quarter full at most: misses end at the first probe. */
    if (registry->used * 4 > registry->dispatch.mask &&
        !resize(&registry->dispatch, 33 - registry->dispatch.shift))
        return TAPIR_NO_MEMORY;
    if ((space == TAPIR_TCP_PORT || space == TAPIR_UDP_PORT || space == TAPIR_SCTP_PORT) &&
        value > registry->dispatch.highest_port)
        registry->dispatch.highest_port = (uint16_t)value;
    if (place(&registry->dispatch, space, value, proto))
        registry->used++;
    return TAPIR_OK;
}

tapir_status tapir_registry_add(tapir_registry *registry, const tapir_proto *proto)
{
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
    for (size_t i = 0; i < TAPIR_COUNT(built_in_spaces); i++)
        if (strcmp(built_in_spaces[i]->name, name) == 0)
            return built_in_spaces[i];
    for (size_t i = 0; i <= registry->dispatch.mask; i++)
        if (registry->dispatch.tags[i] &&
            strcmp(registry->dispatch.slots[i].space->name, name) == 0)
            return registry->dispatch.slots[i].space;
    return NULL;
}

const tapir_proto *tapir_registry_each(const tapir_registry *registry, size_t index)
{
    return index < registry->proto_count ? registry->protos[index] : NULL;
}
