/* Writing options of DHCP. */
#include "tapir/proto/dhcp.h"

#define LONGEST 255

static void fail(tapir_writer *w)
{
    w->failed = true;
    w->at = w->end;
}

void tapir_dhcp_put_option(tapir_writer *w, uint8_t code, tapir_span data)
{
    size_t parts = data.len ? (data.len + LONGEST - 1) / LONGEST : 1;
    uint8_t *at = tapir_put(w, data.len + 2 * parts);

    for (size_t done = 0; at && parts > 0; parts--) {
        size_t len = data.len - done < LONGEST ? data.len - done : LONGEST;
        *at++ = code;
        *at++ = (uint8_t)len;
        if (len)
            memcpy(at, data.data + done, len);
        at += len;
        done += len;
    }
}

void tapir_dhcp_put_number(tapir_writer *w, uint8_t code, unsigned bytes, uint32_t number)
{
    uint8_t value[4];

    if (bytes == 0 || bytes > 4 || (bytes < 4 && number >> 8 * bytes)) {
        fail(w);
        return;
    }
    tapir_store_be(value, bytes, number);
    tapir_dhcp_put_option(w, code, tapir_span_of(value, bytes));
}

void tapir_dhcp_put_text(tapir_writer *w, uint8_t code, const char *text)
{
    tapir_dhcp_put_option(w, code, tapir_span_of(text, strlen(text)));
}

void tapir_dhcp_put_addresses(
    tapir_writer *w, uint8_t code, const uint8_t addresses[][4], size_t count)
{
    tapir_dhcp_put_option(w, code, tapir_span_of(addresses, 4 * count));
}

static void put_address(tapir_writer *w, uint8_t code, const uint8_t address[4])
{
    tapir_dhcp_put_option(w, code, tapir_span_of(address, 4));
}

void tapir_dhcp_put_message_type(tapir_writer *w, uint8_t type)
{
    tapir_dhcp_put_number(w, TAPIR_DHCP_OPTION_MESSAGE_TYPE, 1, type);
}

void tapir_dhcp_put_requested_address(tapir_writer *w, const uint8_t address[4])
{
    put_address(w, TAPIR_DHCP_OPTION_REQUESTED_ADDRESS, address);
}

void tapir_dhcp_put_server_id(tapir_writer *w, const uint8_t address[4])
{
    put_address(w, TAPIR_DHCP_OPTION_SERVER_ID, address);
}

void tapir_dhcp_put_subnet_mask(tapir_writer *w, const uint8_t mask[4])
{
    put_address(w, TAPIR_DHCP_OPTION_SUBNET_MASK, mask);
}

void tapir_dhcp_put_lease_time(tapir_writer *w, uint32_t seconds)
{
    tapir_dhcp_put_number(w, TAPIR_DHCP_OPTION_LEASE_TIME, 4, seconds);
}

void tapir_dhcp_put_parameter_list(tapir_writer *w, const uint8_t *codes, size_t count)
{
    tapir_dhcp_put_option(w, TAPIR_DHCP_OPTION_PARAMETER_LIST, tapir_span_of(codes, count));
}

void tapir_dhcp_put_host_name(tapir_writer *w, const char *name)
{
    tapir_dhcp_put_text(w, TAPIR_DHCP_OPTION_HOST_NAME, name);
}

/* Options that are put together where they go. Their lengths are written last; when it turns out
 * that they are longer than an option may be they are split in place. */

struct pending {
    tapir_writer *w;
    uint8_t *start; /* its code */
    uint8_t code;
};

static struct pending begin(tapir_writer *w, uint8_t code)
{
    struct pending option = {w, w->at, code};

    tapir_put(w, 2);
    return option;
}

static void finish(const struct pending *option)
{
    tapir_writer *w = option->w;
    size_t len, more;

    if (w->failed) {
        fail(w);
        return;
    }
    len = (size_t)(w->at - option->start) - 2;
    more = len ? (len - 1) / LONGEST : 0;
    if (more && !tapir_put(w, 2 * more))
        return;
    /* From the last part to the first, each to its place. */
    for (size_t part = more + 1; part-- > 0;) {
        uint8_t *at = option->start + part * (LONGEST + 2);
        size_t size = part == more ? len - more * LONGEST : LONGEST;
        if (part)
            memmove(at + 2, option->start + 2 + part * LONGEST, size);
        at[0] = option->code;
        at[1] = (uint8_t)size;
    }
}

static void put_bytes(tapir_writer *w, const void *bytes, size_t len)
{
    tapir_put_span(w, tapir_span_of(bytes, len));
}

void tapir_dhcp_put_client_id(tapir_writer *w, uint8_t type, tapir_span identifier)
{
    struct pending option = begin(w, TAPIR_DHCP_OPTION_CLIENT_ID);

    put_bytes(w, &type, 1);
    tapir_put_span(w, identifier);
    finish(&option);
}

/* Writes "host.example.com" as labels and the root. */
static void put_name(tapir_writer *w, const char *name)
{
    size_t whole = strlen(name);
    const char *end = name + (whole && name[whole - 1] == '.' ? whole - 1 : whole);

    if (whole > TAPIR_DNS_NAME_MAX - 1)
        w->failed = true;
    while (name < end) {
        const char *dot = memchr(name, '.', (size_t)(end - name));
        size_t len = (size_t)((dot ? dot : end) - name);
        if (len == 0 || len > 63)
            w->failed = true;
        tapir_put_be(w, 1, len);
        put_bytes(w, name, len);
        name += dot ? len + 1 : len;
    }
    tapir_put_be(w, 1, 0);
}

void tapir_dhcp_put_full_name(tapir_writer *w, uint8_t flags, const char *name)
{
    struct pending option = begin(w, TAPIR_DHCP_OPTION_FULL_NAME);

    tapir_put_be(w, 1, flags | (unsigned)TAPIR_DHCP_FULL_NAME_ENCODED);
    tapir_put_be(w, 2, 0);
    put_name(w, name);
    finish(&option);
}

void tapir_dhcp_put_domain_search(tapir_writer *w, const char *const *names, size_t count)
{
    struct pending option = begin(w, TAPIR_DHCP_OPTION_DOMAIN_SEARCH);

    for (size_t i = 0; i < count; i++)
        put_name(w, names[i]);
    finish(&option);
}

void tapir_dhcp_put_routes(tapir_writer *w, const struct tapir_dhcp_route *routes, size_t count)
{
    struct pending option = begin(w, TAPIR_DHCP_OPTION_CLASSLESS_ROUTE);

    for (size_t i = 0; i < count; i++) {
        size_t len = (routes[i].prefix_len + 7u) / 8;
        if (len > 4) {
            w->failed = true;
            break;
        }
        put_bytes(w, &routes[i].prefix_len, 1);
        put_bytes(w, routes[i].destination, len);
        put_bytes(w, routes[i].router, 4);
    }
    finish(&option);
}

void tapir_dhcp_put_padding(tapir_writer *w, size_t count)
{
    uint8_t *at = tapir_put(w, count);

    if (at)
        memset(at, TAPIR_DHCP_OPTION_PAD, count);
}

void tapir_dhcp_put_end(tapir_writer *w)
{
    tapir_put_be(w, 1, TAPIR_DHCP_OPTION_END);
}
