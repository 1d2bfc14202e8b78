/* DNS over a byte stream: how its messages are found. */
#include "tapir/messages.h"

enum {
    PREFIX = 2,
    HEADER = 12,  /* RFC 1035 4.1.1 */
    QUESTION = 5, /* at least: RFC 1035 4.1.2 */
    RECORD = 11,  /* at least: RFC 1035 4.1.3 */
    STATEFUL = 6  /* RFC 8490 5.4; the highest operation there is, and 3 was never assigned */
};

/* Whether the counts of the header fit into the message. */
static bool plausible(void *user, tapir_span start)
{
    tapir_reader r = tapir_reader_of(start);
    size_t length = tapir_take_be16(&r);
    unsigned operation;
    size_t questions, records = 0;

    (void)user;
    tapir_take(&r, 2);
    operation = tapir_take_be16(&r) >> 11 & 15;
    questions = tapir_take_be16(&r);
    for (int section = 0; section < 3; section++)
        records += tapir_take_be16(&r);
    return operation <= STATEFUL && operation != 3 &&
           HEADER + questions * QUESTION + records * RECORD <= length;
}

tapir_prefix_options tapir_dns_prefix_options(tapir_message_call *message, void *user)
{
    tapir_prefix_options options = {
        .size = sizeof options,
        .message = message,
        .user = user,
        .max = PREFIX + UINT16_MAX,
        .width = PREFIX,
        .resync = TAPIR_RESYNC_CHUNK,
        .plausible = plausible,
        .look = PREFIX + HEADER,
    };
    return options;
}
