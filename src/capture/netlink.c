/* Questions to the kernel by netlink: one socket for each, so nothing is left from the one before.
 */
#include "netlink.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <sys/socket.h>

/* The kernel fills datagrams up to this. */
#define ANSWER_ROOM 32768
/* Of a table that changes while it is being read. */
#define READINGS_MAX 10
#define SEQUENCE     1

void *tapir__netlink_request(
    void *room, uint16_t type, uint16_t flags, size_t header_len, struct nlmsghdr **request)
{
    *request = mnl_nlmsg_put_header(room);
    (*request)->nlmsg_type = type;
    (*request)->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
    (*request)->nlmsg_seq = SEQUENCE;
    return mnl_nlmsg_put_extra_header(*request, header_len);
}

/* Whether what comes from there is the kernel's. */
static bool is_kernel(const struct sockaddr_nl *from, socklen_t len)
{
    return len >= sizeof *from && from->nl_pid == 0;
}

/* Reads a datagram; its length, or -1 with errno set. */
static ssize_t receive(int fd, void *room)
{
    for (;;) {
        struct sockaddr_nl from = {0};
        struct iovec part = {.iov_base = room, .iov_len = ANSWER_ROOM};
        struct msghdr message = {
            .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1};
        ssize_t len = recvmsg(fd, &message, 0);

        if (len < 0 && errno == EINTR)
            continue;
        if (len >= 0 && message.msg_flags & MSG_TRUNC) {
            errno = EMSGSIZE;
            return -1;
        }
        if (len < 0 || is_kernel(&from, message.msg_namelen))
            return len;
    }
}

static void take_error(const struct nlmsghdr *message, struct tapir__netlink_answer *answer)
{
    const struct nlmsgerr *report = mnl_nlmsg_get_payload(message);

    answer->done = true;
    if (mnl_nlmsg_get_payload_len(message) < sizeof report->error)
        answer->error = EBADMSG;
    else
        answer->error = report->error < 0 ? -report->error : 0;
}

/* The end of a dump carries an errno, too. */
static void take_done(const struct nlmsghdr *message, struct tapir__netlink_answer *answer)
{
    int code = 0;

    answer->done = true;
    if (mnl_nlmsg_get_payload_len(message) >= sizeof code)
        memcpy(&code, mnl_nlmsg_get_payload(message), sizeof code);
    answer->error = code < 0 ? -code : 0;
}

tapir_status tapir__netlink_walk(const void *datagram, size_t len, uint32_t sequence,
    const struct tapir__netlink_reader *reader, struct tapir__netlink_answer *answer)
{
    const struct nlmsghdr *message = datagram;
    int left = len > ANSWER_ROOM ? ANSWER_ROOM : (int)len;
    tapir_status status = TAPIR_OK;

    for (; !answer->done && mnl_nlmsg_ok(message, left); message = mnl_nlmsg_next(message, &left)) {
        if (message->nlmsg_seq != sequence)
            continue;
        if (message->nlmsg_flags & NLM_F_DUMP_INTR)
            answer->interrupted = true;
        if (message->nlmsg_type == NLMSG_ERROR)
            take_error(message, answer);
        else if (message->nlmsg_type == NLMSG_DONE)
            take_done(message, answer);
        else if (message->nlmsg_type >= NLMSG_MIN_TYPE && status == TAPIR_OK)
            status = reader->each(reader->user, message);
        if (status != TAPIR_OK)
            return status;
    }
    return answer->done || left <= 0 ? TAPIR_OK : TAPIR_DAMAGED;
}

/* Reads the whole answer; *trouble is an errno with TAPIR_IO. */
static tapir_status read_answer(int fd, const struct tapir__netlink_reader *reader,
    struct tapir__netlink_answer *answer, int *trouble)
{
    _Alignas(struct nlmsghdr) uint8_t room[ANSWER_ROOM];

    while (!answer->done) {
        ssize_t len = receive(fd, room);
        tapir_status status;

        if (len < 0) {
            *trouble = errno;
            return TAPIR_IO;
        }
        status = tapir__netlink_walk(room, (size_t)len, SEQUENCE, reader, answer);
        if (status != TAPIR_OK)
            return status;
    }
    return TAPIR_OK;
}

/* One try: sends and reads. */
static tapir_status ask_once(struct nlmsghdr *request, const struct tapir__netlink_reader *reader,
    struct tapir__netlink_answer *answer, int *trouble)
{
    struct mnl_socket *socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
    tapir_status status = TAPIR_IO;

    if (reader->begin)
        reader->begin(reader->user);
    if (socket && mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) == 0 &&
        mnl_socket_sendto(socket, request, request->nlmsg_len) >= 0)
        status = read_answer(mnl_socket_get_fd(socket), reader, answer, trouble);
    else
        *trouble = errno;
    if (socket)
        mnl_socket_close(socket);
    return status;
}

tapir_status tapir__netlink_ask(struct nlmsghdr *request, const char *what,
    const struct tapir__netlink_reader *reader, int *refused, tapir_error *error)
{
    struct tapir__netlink_answer answer;
    tapir_status status;
    int trouble = 0;

    /* A dump ends by itself, anything else when it is acknowledged. */
    if (!(request->nlmsg_flags & NLM_F_DUMP))
        request->nlmsg_flags |= NLM_F_ACK;
    for (unsigned reading = 0; reading < READINGS_MAX; reading++) {
        memset(&answer, 0, sizeof answer);
        status = ask_once(request, reader, &answer, &trouble);
        if (status != TAPIR_OK || !answer.interrupted)
            break;
    }
    if (refused)
        *refused = answer.error;
    if (status == TAPIR_OK && answer.error) {
        trouble = answer.error;
        status = TAPIR_IO;
    }
    if (status == TAPIR_IO)
        return tapir_error_set(
            error, TAPIR_IO, "%s: the kernel refused: %s", what, strerror(trouble));
    if (status == TAPIR_DAMAGED)
        return tapir_error_set(
            error, TAPIR_IO, "%s: the kernel's answer stops inside a message", what);
    if (status == TAPIR_NO_MEMORY)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", what);
    return status;
}

const struct nlattr *tapir__attribute_next(tapir_span *list)
{
    const struct nlattr *attribute = (const void *)list->data;
    size_t whole;

    if (list->len < sizeof *attribute || attribute->nla_len < sizeof *attribute ||
        attribute->nla_len > list->len)
        return NULL;
    whole = tapir__aligned(attribute->nla_len);
    if (whole > list->len)
        whole = list->len;
    *list = tapir_span_of(list->data + whole, list->len - whole);
    return attribute;
}

tapir_span tapir__attribute_span(const struct nlattr *attribute)
{
    return attribute
               ? tapir_span_of(mnl_attr_get_payload(attribute), mnl_attr_get_payload_len(attribute))
               : tapir_span_of(NULL, 0);
}

void tapir__attributes_of(tapir_span list, const struct nlattr **table, unsigned last)
{
    const struct nlattr *attribute;

    memset(table, 0, (last + 1) * sizeof *table);
    while ((attribute = tapir__attribute_next(&list)))
        if (mnl_attr_get_type(attribute) <= last)
            table[mnl_attr_get_type(attribute)] = attribute;
}

const void *tapir__attributes(
    const struct nlmsghdr *message, size_t header_len, const struct nlattr **table, unsigned last)
{
    const uint8_t *header = mnl_nlmsg_get_payload(message);
    size_t len = mnl_nlmsg_get_payload_len(message), aligned = tapir__aligned(header_len);

    if (len < header_len)
        return NULL;
    tapir__attributes_of(
        tapir_span_of(len > aligned ? header + aligned : NULL, len > aligned ? len - aligned : 0),
        table, last);
    return header;
}

/* Copies a number out of an attribute that holds at least as much. */
static void take_number(const struct nlattr *attribute, void *number, size_t len)
{
    if (attribute && mnl_attr_get_payload_len(attribute) >= len)
        memcpy(number, mnl_attr_get_payload(attribute), len);
}

uint8_t tapir__attribute_u8(const struct nlattr *attribute)
{
    uint8_t value = 0;

    take_number(attribute, &value, sizeof value);
    return value;
}

uint16_t tapir__attribute_u16(const struct nlattr *attribute)
{
    uint16_t value = 0;

    take_number(attribute, &value, sizeof value);
    return value;
}

uint32_t tapir__attribute_u32(const struct nlattr *attribute)
{
    uint32_t value = 0;

    take_number(attribute, &value, sizeof value);
    return value;
}

tapir_span tapir__attribute_string(const struct nlattr *attribute)
{
    const char *string = attribute ? mnl_attr_get_payload(attribute) : NULL;

    return tapir_span_of(string, string ? strnlen(string, mnl_attr_get_payload_len(attribute)) : 0);
}

static size_t ip_len(unsigned family)
{
    return family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
}

tapir_endpoint tapir__attribute_ip(const struct nlattr *attribute, unsigned family)
{
    size_t len = ip_len(family);

    if (!attribute || !len || mnl_attr_get_payload_len(attribute) != len)
        return (tapir_endpoint){0};
    return tapir_endpoint_of(family == AF_INET ? TAPIR_ENDPOINT_IPV4 : TAPIR_ENDPOINT_IPV6,
        mnl_attr_get_payload(attribute), len);
}

tapir_link_address tapir__attribute_link_address(const struct nlattr *attribute)
{
    tapir_link_address address = {0};
    size_t len = attribute ? mnl_attr_get_payload_len(attribute) : 0;

    if (len && len <= sizeof address.bytes) {
        address.len = (uint8_t)len;
        memcpy(address.bytes, mnl_attr_get_payload(attribute), len);
    }
    return address;
}

unsigned tapir__family(const tapir_endpoint *address)
{
    return address->type == TAPIR_ENDPOINT_IPV4   ? AF_INET
           : address->type == TAPIR_ENDPOINT_IPV6 ? AF_INET6
                                                  : AF_UNSPEC;
}

void tapir__put_ip(struct nlmsghdr *request, uint16_t type, const tapir_endpoint *address)
{
    size_t len = ip_len(tapir__family(address));

    if (len)
        mnl_attr_put(request, type, len, address->bytes);
}
