/* What -d says: which protocol follows under a key. */
#include "cli.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The key space of that name; NULL, and the names there are go to `nearest`. */
static const tapir_space *find_space(const char *name, tapir_nearest *nearest)
{
    static const tapir_space *const built_in[] = {TAPIR_LINK_TYPE, TAPIR_ETHER_TYPE,
        TAPIR_IP_PROTOCOL, TAPIR_TCP_PORT, TAPIR_UDP_PORT, TAPIR_SCTP_PORT, TAPIR_PPP_PROTOCOL,
        TAPIR_LLC_SAP};
    const tapir_registry *registry = tapir_registry_default();
    const tapir_space *space = tapir_registry_find_space(registry, name);
    const tapir_proto *proto;

    for (size_t i = 0; i < TAPIR_COUNT(built_in); i++)
        tapir_nearest_offer(nearest, built_in[i]->name);
    for (size_t i = 0; !space && (proto = tapir_registry_each(registry, i)); i++)
        for (size_t j = 0; j < proto->binding_count; j++)
            tapir_nearest_offer(nearest, proto->bindings[j].space->name);
    return space;
}

const tapir_proto *known_protocol(
    const struct command *command, const char *option, const char *name)
{
    const tapir_registry *registry = tapir_registry_default();
    tapir_nearest nearest = tapir_nearest_to(name);
    const tapir_proto *proto = tapir_registry_find_name(registry, name), *other;
    tapir_text hint = {0};

    if (proto)
        return proto;
    for (size_t i = 0; (other = tapir_registry_each(registry, i)); i++)
        tapir_nearest_offer(&nearest, other->name);
    tapir_nearest_text(&nearest, &hint);
    wrong_usage(command, "%s%sno protocol '%s'%s", option ? option : "", option ? ": " : "", name,
        hint.len ? tapir_text_string(&hint) : "; tapir protocols lists them");
    tapir_text_clear(&hint);
    return NULL;
}

/* The largest number that packets have in a key space; those of protocols' own may have all. */
static uint32_t largest_of(const tapir_space *space)
{
    if (space == TAPIR_IP_PROTOCOL || space == TAPIR_LLC_SAP)
        return UINT8_MAX;
    for (size_t i = 0; i < TAPIR_COUNT(tapir_spaces); i++)
        if (space == &tapir_spaces[i])
            return UINT16_MAX;
    return UINT32_MAX;
}

/* "8472", "0x88b5", "8000-8099" */
static bool parse_values(const char *text, const tapir_space *space, uint32_t *low, uint32_t *high)
{
    char *end;
    unsigned long long first = strtoull(text, &end, 0), last = first;

    if (end == text || *text == '-')
        return false;
    if (*end == '-') {
        text = end + 1;
        last = strtoull(text, &end, 0);
        if (end == text || *text == '-')
            return false;
    }
    *low = (uint32_t)first;
    *high = (uint32_t)last;
    return !*end && first <= last && last <= largest_of(space) && last - first <= UINT16_MAX;
}

int decode_as(const struct command *command, tapir_registry **registry, const char *text)
{
    char key[64], values[64], name[64];
    const tapir_space *space;
    const tapir_proto *proto = NULL;
    tapir_nearest nearest = tapir_nearest_to(key);
    tapir_text hint = {0};
    uint32_t low, high;

    if (sscanf(text, "%63[^=]==%63[^,],%63s", key, values, name) != 3)
        return wrong_usage(command,
            "-d '%s' is not of the form KEY==VALUE,NAME, such as udp.port==8472,vxlan", text);
    space = find_space(key, &nearest);
    if (!space) {
        tapir_nearest_text(&nearest, &hint);
        wrong_usage(command, "-d: no key '%s'%s", key,
            hint.len ? tapir_text_string(&hint)
                     : "; there are ethertype, ip.proto, udp.port, tcp.port and others");
        tapir_text_clear(&hint);
        return EXIT_USAGE;
    }
    if (!parse_values(values, space, &low, &high))
        return wrong_usage(command,
            "-d: '%s' is no value of %s: a number up to %" PRIu32
            ", 0x and hexadecimal, or a range LOW-HIGH",
            values, key, largest_of(space));
    /* "data" takes a key away from everybody. */
    if (strcmp(name, tapir_data_proto.name) != 0 && !(proto = known_protocol(command, "-d", name)))
        return EXIT_USAGE;
    if (!*registry)
        *registry = tapir_registry_new(tapir_registry_default());
    for (uint64_t value = low; *registry && value <= high; value++)
        if (tapir_registry_bind(*registry, space, (uint32_t)value, proto) != TAPIR_OK) {
            tapir_registry_free(*registry);
            *registry = NULL;
        }
    if (*registry)
        return EXIT_DONE;
    complain("out of memory");
    return EXIT_RUNTIME;
}
