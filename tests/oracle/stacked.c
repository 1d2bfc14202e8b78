/* Builds stacks of layers of every kind into captures for other programs to read: usage is
 * "stacked DIRECTORY LINK", or "stacked DIRECTORY LINK all" for all of them. Writes
 * LINK-NUMBER.pcap, of a limited number of packets each, and LINK-NUMBER.txt with a line for each
 * packet: what it was chosen to be made of, and the names of its layers. */
#include "stack_choices.h"

#include <stdio.h>
#include <stdlib.h>

enum { PACKETS_OF_A_FILE = 4000, FCS_IN_FILE = 0x24000000 /* two words of 16 bits */ };

static const struct {
    const char *name;
    uint32_t type;
} links[] = {
    [ETHERNET] = {"eth", TAPIR_LINK_TYPE_ETHERNET},
    [VLAN] = {"vlan", TAPIR_LINK_TYPE_ETHERNET},
    [QINQ] = {"qinq", TAPIR_LINK_TYPE_ETHERNET},
    [MPLS_LINK] = {"mpls", TAPIR_LINK_TYPE_ETHERNET},
    [PSEUDOWIRE_LINK] = {"pseudowire", TAPIR_LINK_TYPE_ETHERNET},
    [SLL] = {"sll", TAPIR_LINK_TYPE_LINUX_SLL},
    [SLL2] = {"sll2", TAPIR_LINK_TYPE_LINUX_SLL2},
    [NULL_LINK] = {"null", TAPIR_LINK_TYPE_NULL},
    [RAW] = {"raw", TAPIR_LINK_TYPE_RAW},
    [CHECKED_ETHERNET] = {"fcs", TAPIR_LINK_TYPE_ETHERNET | FCS_IN_FILE},
};
static const char *const networks[] = {[V4] = "ip",
    [V4_OPTIONS] = "ip-options",
    [V6] = "ipv6",
    [V6_HOPOPTS] = "ipv6-hopopts",
    [V6_DSTOPTS] = "ipv6-dstopts",
    [V6_SEGMENTS] = "ipv6-segments",
    [V6_SOURCE] = "ipv6-source",
    [V6_FRAGMENT] = "ipv6-fragment"};
static const char *const tunnels[] = {[IPIP] = "ipip",
    [SIX_IN_4] = "6in4",
    [FOUR_IN_6] = "4in6",
    [SIX_IN_6] = "6in6",
    [GRE] = "gre",
    [GRE_CHECKED] = "gre-checked",
    [GRE_ETHERNET] = "gre-ethernet",
    [VXLAN] = "vxlan",
    [MPLS] = "mpls",
    [PSEUDOWIRE] = "pseudowire"};
static const char *const transports[] = {[TCP] = "tcp",
    [UDP] = "udp",
    [SCTP] = "sctp",
    [ICMP] = "icmp",
    [PAYLOAD] = "payload",
    [DNS] = "dns",
    [QUOTE] = "quote"};

static const char *directory;
static unsigned packets;
static FILE *capture, *lines;
static tapir_builder *builder;

static void put_le(FILE *file, unsigned bytes, uint64_t value)
{
    uint8_t number[8];

    tapir_store_le(number, bytes, value);
    fwrite(number, 1, bytes, file);
}

static FILE *create(enum link link, const char *suffix)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s-%03u.%s", directory, links[link].name,
        packets / PACKETS_OF_A_FILE, suffix);
    file = fopen(path, "wb");
    if (!file) {
        perror(path);
        exit(1);
    }
    return file;
}

static void finish_files(void)
{
    if ((capture && fclose(capture)) || (lines && fclose(lines))) {
        perror(directory);
        exit(1);
    }
}

static void next_files(enum link link)
{
    finish_files();
    capture = create(link, "pcap");
    lines = create(link, "txt");
    put_le(capture, 4, 0xa1b2c3d4);
    put_le(capture, 4, 2 | 4 << 16);
    put_le(capture, 8, 0);
    put_le(capture, 4, 262144);
    put_le(capture, 4, links[link].type);
}

static void write_line(const struct stack *stack, const tapir_stack_layer *layers, size_t count)
{
    for (size_t i = 0; i < stack->depth; i++)
        fprintf(lines, "%s %s ", networks[stack->networks[i]], tunnels[stack->tunnels[i]]);
    fprintf(
        lines, "%s %s\t", networks[stack->networks[stack->depth]], transports[stack->transport]);
    for (size_t i = 0; i < count; i++)
        fprintf(lines, "%s%s", i ? ":" : "", layers[i].proto->name);
    fputc('\n', lines);
}

static void write_stack(const struct stack *stack)
{
    const tapir_build_options options = {.size = sizeof options,
        .ethernet_pad = stack->link == CHECKED_ETHERNET,
        .ethernet_fcs = stack->link == CHECKED_ETHERNET};
    size_t count;
    const tapir_stack_layer *layers = stack_layers(stack, packets, &count);
    tapir_span built;
    tapir_error error;

    if (packets % PACKETS_OF_A_FILE == 0)
        next_files(stack->link);
    if (tapir_builder_build(builder, layers, count, &options, &built, &error) != TAPIR_OK) {
        fprintf(stderr, "%s\n", error.message);
        exit(1);
    }
    put_le(capture, 8, packets);
    put_le(capture, 4, built.len);
    put_le(capture, 4, built.len);
    fwrite(built.data, 1, built.len, capture);
    write_line(stack, layers, count);
    packets++;
}

int main(int argc, char **argv)
{
    bool everything = argc == 4 && strcmp(argv[3], "all") == 0;
    enum link link = ETHERNET;

    while (argc >= 3 && link < LINKS && strcmp(links[link].name, argv[2]) != 0)
        link++;
    builder = tapir_builder_new();
    if ((argc != 3 && !everything) || link == LINKS || !builder) {
        fprintf(stderr, "usage: stacked DIRECTORY LINK [all]\n");
        return 2;
    }
    directory = argv[1];
    each_stack(link, everything, write_stack);
    finish_files();
    tapir_builder_free(builder);
    return 0;
}
