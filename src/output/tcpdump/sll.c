/* tcpdump's lines: Linux cooked captures, version 1 and 2. */
#include "printer.h"

#define HEADER_LEN  16
#define HEADER2_LEN 20

/* Numbers up to here are Linux's own. */
#define LINUX_MAX 1500

static const char *direction(unsigned packet_type)
{
    static const char *const names[] = {"In", "B", "M", "P", "Out"};

    return packet_type < TAPIR_COUNT(names) ? names[packet_type] : "?";
}

/* "0a:0b:0c:0d:0e:0f ": nothing when the address is of another length than Ethernet's. */
static void put_address(struct tapir_dump *p, unsigned len, const uint8_t address[8])
{
    if (len != 6)
        return;
    tapir__dump_mac(p, address);
    PUT(p, " ");
}

/* Linux's own numbers have no names. */
static void put_linux(struct tapir_dump *p, uint16_t protocol)
{
    PUT(p, "ethertype Unknown (0x");
    tapir_text_hex(p->out, protocol, 4);
    PUT(p, ")");
}

/* "ethertype IPv4 (0x0800), length 60: " */
static void put_type(struct tapir_dump *p, uint16_t protocol, uint32_t len)
{
    if (p->quiet)
        return;
    if (protocol == TAPIR_SLL_802_3)
        PUT(p, "802.3");
    else if (protocol == TAPIR_SLL_802_2)
        PUT(p, "802.2");
    else if (protocol <= LINUX_MAX)
        put_linux(p, protocol);
    else
        tapir__dump_put_ether_type(p, protocol);
    PUT(p, ", length ");
    tapir_text_uint(p->out, len);
    PUT(p, ": ");
}

/* " In 0a:0b:0c:0d:0e:0f ethertype IPv4 (0x0800), length 60: " */
static void put_header(struct tapir_dump *p, const struct tapir_sll *sll, uint32_t len)
{
    const char *name = direction(sll->packet_type);

    for (size_t width = strlen(name); width < 3; width++)
        PUT(p, " ");
    tapir_text_put(p->out, name);
    PUT(p, " ");
    put_address(p, sll->address_length, sll->address);
    put_type(p, sll->protocol, len);
}

/* "ifindex 2 0a:0b:0c:0d:0e:0f ethertype IPv4 (0x0800), length 60: " */
static void put_header2(struct tapir_dump *p, const struct tapir_sll2 *sll, uint32_t len)
{
    PUT(p, "ifindex ");
    tapir_text_uint(p->out, sll->interface);
    PUT(p, " ");
    put_address(p, sll->address_length, sll->address);
    put_type(p, sll->protocol, len);
}

void tapir__dump_cooked_unknown(struct tapir_dump *p, uint16_t type)
{
    /* Of Linux's own numbers the header is not told unasked. */
    bool tell = type > LINUX_MAX && !p->link_header;
    const struct tapir_sll *sll = p->link ? TAPIR_AS(p->link, sll) : NULL;
    const struct tapir_sll2 *sll2 = p->link ? TAPIR_AS(p->link, sll2) : NULL;

    if (tell && sll)
        put_header(p, sll, p->length + HEADER_LEN);
    else if (tell && sll2)
        put_header2(p, sll2, p->length + HEADER2_LEN);
    tapir__dump_default(p);
}

static size_t print_inside(struct tapir_dump *p, size_t index, uint16_t protocol)
{
    size_t next = DUMP_END;

    /* Of tags tcpdump knows only the customer's here. */
    if (protocol == TAPIR_ETHER_TYPE_VLAN || !tapir__dump_is_tag(protocol))
        next = tapir__dump_inside_ether_type(p, index, protocol);

    p->outer_type = protocol;
    if (next == DUMP_END)
        tapir__dump_cooked_unknown(p, protocol);
    return next;
}

size_t tapir__dump_sll(struct tapir_dump *p, size_t index)
{
    const tapir_layer *layer = dump_layer(p, index);
    const struct tapir_sll *sll = layer->fields;

    p->name = "sll";
    if (!dump_have(p, &p->in, HEADER_LEN))
        return DUMP_END;
    p->link = layer;
    p->link_len += HEADER_LEN;
    if (p->link_header)
        put_header(p, sll, p->length);
    dump_advance(p, HEADER_LEN);
    return print_inside(p, index, sll->protocol);
}

static void put_padded(struct tapir_dump *p, const char *name, size_t width)
{
    tapir_text_put(p->out, name);
    for (size_t len = strlen(name); len < width; len++)
        PUT(p, " ");
    PUT(p, " ");
}

size_t tapir__dump_sll2(struct tapir_dump *p, size_t index)
{
    const tapir_layer *layer = dump_layer(p, index);
    const struct tapir_sll2 *sll = layer->fields;

    p->name = "sll2";
    if (!dump_have(p, &p->in, HEADER2_LEN))
        return DUMP_END;
    p->link = layer;
    p->link_len += HEADER2_LEN;
    put_padded(p, tapir__dump_interface(p, sll->interface), 5);
    put_padded(p, direction(sll->packet_type), 3);
    if (p->link_header)
        put_header2(p, sll, p->length);
    dump_advance(p, HEADER2_LEN);
    return print_inside(p, index, sll->protocol);
}
