/* Questions to the kernel by netlink (RFC 3549), and reading its answers. Messages are walked and
 * taken apart without a socket, so that tests can hand in any bytes. */
#ifndef TAPIR_CAPTURE_NETLINK_H
#define TAPIR_CAPTURE_NETLINK_H

#include "tapir/device.h"

#include <libmnl/libmnl.h>

/* Room for a request: headers and a few attributes. */
#define TAPIR__REQUEST_ROOM 512

/* Lengths in messages are filled up to multiples of 4. */
static inline size_t tapir__aligned(size_t len)
{
    return (len + 3) & ~(size_t)3;
}

/* Who takes the messages of an answer. */
struct tapir__netlink_reader {
    /* Called before the first one, and again when the tables changed while they were being read:
     * what was taken so far is to be forgotten. */
    void (*begin)(void *user);
    /* Called for each; what is not TAPIR_OK ends the reading and is what the question returns. A
     * message that makes no sense is to be passed over. */
    tapir_status (*each)(void *user, const struct nlmsghdr *message);
    void *user;
};

/* How far an answer has come. */
struct tapir__netlink_answer {
    bool done;        /* nothing more will come */
    bool interrupted; /* it is not of one moment */
    int error;        /* an errno, with done */
};

/* Begins a request in `room` (TAPIR__REQUEST_ROOM bytes, aligned for the header) of that type, and
 * with a family's header of `header_len` zeroes, which it returns. */
void *tapir__netlink_request(
    void *room, uint16_t type, uint16_t flags, size_t header_len, struct nlmsghdr **request);

/* Sends the request and reads its answer to the end. Failures: what the reader returned, or
 * TAPIR_IO, with a message that begins with `what`. *refused (may be NULL) is the kernel's errno
 * when it answered with one; then error is filled for the general case. */
tapir_status tapir__netlink_ask(struct nlmsghdr *request, const char *what,
    const struct tapir__netlink_reader *reader, int *refused, tapir_error *error);

/* Hands the messages of one datagram that answer the request `sequence` to the reader.
 * TAPIR_DAMAGED when it stops inside a message. */
tapir_status tapir__netlink_walk(const void *datagram, size_t len, uint32_t sequence,
    const struct tapir__netlink_reader *reader, struct tapir__netlink_answer *answer);

/* Finds the attributes of a message behind a family's header of that length: table[type] for types
 * up to `last`, NULL where there is none. Returns the header, NULL when it is not whole. */
const void *tapir__attributes(
    const struct nlmsghdr *message, size_t header_len, const struct nlattr **table, unsigned last);

/* The same for a list of attributes. */
void tapir__attributes_of(tapir_span list, const struct nlattr **table, unsigned last);

/* Takes the first attribute off the list, which begins at a multiple of 4; NULL at its end. */
const struct nlattr *tapir__attribute_next(tapir_span *list);

/* What is inside an attribute; nothing for NULL. */
tapir_span tapir__attribute_span(const struct nlattr *attribute);

/* Values in the host's byte order, 0 for an attribute that is NULL or too short. */
uint8_t tapir__attribute_u8(const struct nlattr *attribute);
uint16_t tapir__attribute_u16(const struct nlattr *attribute);
uint32_t tapir__attribute_u32(const struct nlattr *attribute);

/* The bytes up to a NUL, if there is one; an empty span with data NULL for NULL. */
tapir_span tapir__attribute_string(const struct nlattr *attribute);

/* TAPIR_ENDPOINT_NONE for NULL, and for what has not the length of the family's addresses. */
tapir_endpoint tapir__attribute_ip(const struct nlattr *attribute, unsigned family);

/* No address for NULL, and for what is too long for one. */
tapir_link_address tapir__attribute_link_address(const struct nlattr *attribute);

/* Puts an IP address into the request. */
void tapir__put_ip(struct nlmsghdr *request, uint16_t type, const tapir_endpoint *address);

/* AF_INET, AF_INET6; AF_UNSPEC for what is no IP address. */
unsigned tapir__family(const tapir_endpoint *address);

#endif
