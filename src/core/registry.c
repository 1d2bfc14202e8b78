/* Sets of protocols: the default one, and copies of it that a program changes before use. */
#include "registry_lookup.h"

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

static const tapir_space *const built_in_spaces[] = {TAPIR_LINK_TYPE, TAPIR_ETHER_TYPE,
    TAPIR_IP_PROTOCOL, TAPIR_TCP_PORT, TAPIR_UDP_PORT, TAPIR_SCTP_PORT, TAPIR_PPP_PROTOCOL,
    TAPIR_LLC_SAP};

#define FIRST_ROOM 256

/* Puts a key into tables that have room for it; tells whether it is new. */
static bool place(
    tapir_registry *registry, const tapir_space *space, uint32_t value, const tapir_proto *proto)
{
    uint32_t tag = key_tag(space, value), i = (tag >> 1) & registry->mask;

    while (registry->tags[i]) {
        if (registry->slots[i].space == space && registry->slots[i].value == value) {
            registry->slots[i].proto = proto;
            return false;
        }
        i = (i + 1) & registry->mask;
    }
    registry->tags[i] = tag;
    registry->slots[i] = (struct slot){space, proto, value};
    return true;
}

static bool resize(tapir_registry *registry, size_t room)
{
    tapir_registry bigger = *registry;

    bigger.tags = calloc(room, sizeof *bigger.tags);
    bigger.slots = calloc(room, sizeof *bigger.slots);
    bigger.mask = (uint32_t)room - 1;
    if (!bigger.tags || !bigger.slots) {
        free(bigger.tags);
        free(bigger.slots);
        return false;
    }
    for (size_t i = 0; registry->tags && i <= registry->mask; i++)
        if (registry->tags[i])
            place(&bigger, registry->slots[i].space, registry->slots[i].value,
                registry->slots[i].proto);
    free(registry->tags);
    free(registry->slots);
    *registry = bigger;
    return true;
}

tapir_registry *tapir_registry_new(const tapir_registry *base)
{
    tapir_registry *registry = calloc(1, sizeof *registry);

    if (!registry)
        return NULL;
    registry->stream_dispatch = base ? base->stream_dispatch : true;
    if (!resize(registry, FIRST_ROOM))
        goto fail;
    for (size_t i = 0; base && i < base->proto_count; i++)
        if (tapir_registry_add(registry, base->protos[i]) != TAPIR_OK)
            goto fail;
    for (size_t i = 0; base && i <= base->mask; i++)
        if (base->tags[i] && tapir_registry_bind(registry, base->slots[i].space,
                                 base->slots[i].value, base->slots[i].proto) != TAPIR_OK)
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
    free(registry->tags);
    free(registry->slots);
    free(registry->protos);
    free(registry);
}

tapir_status tapir_registry_bind(
    tapir_registry *registry, const tapir_space *space, uint32_t value, const tapir_proto *proto)
{
    /* A quarter full at most: misses end at the first probe. */
    if (registry->used * 4 > registry->mask && !resize(registry, ((size_t)registry->mask + 1) * 2))
        return TAPIR_NO_MEMORY;
    if (place(registry, space, value, proto))
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
    registry->stream_dispatch = on;
}

bool tapir_registry_stream_dispatch(const tapir_registry *registry)
{
    return registry->stream_dispatch;
}

const tapir_proto *tapir_registry_find(
    const tapir_registry *registry, const tapir_space *space, uint32_t value)
{
    return lookup(registry, space, value);
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
    for (size_t i = 0; i <= registry->mask; i++)
        if (registry->tags[i] && strcmp(registry->slots[i].space->name, name) == 0)
            return registry->slots[i].space;
    return NULL;
}

const tapir_proto *tapir_registry_each(const tapir_registry *registry, size_t index)
{
    return index < registry->proto_count ? registry->protos[index] : NULL;
}

/* The engine's own part of dispatch lives here too, next to the table it reads. */
void tapir_next(tapir_decoder *d, const tapir_space *space, uint32_t value)
{
    if (d->next)
        return;
    if (d->registry)
        d->next = lookup(d->registry, space, value);
    if (!d->space) {
        d->space = space;
        d->value = value;
    }
}

void tapir_next_ports(
    tapir_decoder *d, const tapir_space *space, uint16_t src_port, uint16_t dst_port)
{
    bool to_lower = dst_port <= src_port;

    tapir_next(d, space, to_lower ? dst_port : src_port);
    tapir_next(d, space, to_lower ? src_port : dst_port);
}
