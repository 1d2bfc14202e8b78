/* PPP over Ethernet (RFC 2516): discovery with its tags, and the session. */
#ifndef TAPIR_PROTO_PPPOE_H
#define TAPIR_PROTO_PPPOE_H

#include "tapir/proto.h"

TAPIR_EXTERN_C_BEGIN

#define TAPIR_ETHER_TYPE_PPPOE_DISCOVERY 0x8863
#define TAPIR_ETHER_TYPE_PPPOE_SESSION   0x8864

/* Values of `code`. */
enum {
    TAPIR_PPPOE_SESSION = 0x00, /* a packet of PPP follows; with any other code, tags do */
    TAPIR_PPPOE_PADO = 0x07,
    TAPIR_PPPOE_PADI = 0x09,
    TAPIR_PPPOE_PADG = 0x0a, /* RFC 5578 */
    TAPIR_PPPOE_PADC = 0x0b,
    TAPIR_PPPOE_PADQ = 0x0c,
    TAPIR_PPPOE_PADR = 0x19,
    TAPIR_PPPOE_PADS = 0x65,
    TAPIR_PPPOE_PADT = 0xa7,
    TAPIR_PPPOE_PADM = 0xd3,
    TAPIR_PPPOE_PADN = 0xd4
};

/* The same for discovery and session. */
struct tapir_pppoe {
    uint8_t version, type; /* both 1 */
    uint8_t code;          /* TAPIR_PPPOE_* */
    uint16_t session_id;
    uint16_t length; /* of what follows: tags or PPP */
    tapir_span tags; /* walk with tapir_pppoe_tags; empty in a session */
};

TAPIR_API extern const tapir_proto tapir_pppoe_discovery_proto, tapir_pppoe_session_proto;

/* Types of tags (IANA PPPoE parameters). */
enum {
    TAPIR_PPPOE_TAG_END = 0x0000,
    TAPIR_PPPOE_TAG_SERVICE_NAME = 0x0101,
    TAPIR_PPPOE_TAG_AC_NAME = 0x0102,
    TAPIR_PPPOE_TAG_HOST_UNIQ = 0x0103,
    TAPIR_PPPOE_TAG_AC_COOKIE = 0x0104,
    TAPIR_PPPOE_TAG_VENDOR = 0x0105,
    TAPIR_PPPOE_TAG_CREDITS = 0x0106, /* RFC 5578, as the next three */
    TAPIR_PPPOE_TAG_METRICS = 0x0107,
    TAPIR_PPPOE_TAG_SEQUENCE = 0x0108,
    TAPIR_PPPOE_TAG_CREDIT_SCALE = 0x0109,
    TAPIR_PPPOE_TAG_RELAY_SESSION = 0x0110,
    TAPIR_PPPOE_TAG_HURL = 0x0111,
    TAPIR_PPPOE_TAG_MOTM = 0x0112,
    TAPIR_PPPOE_TAG_MAX_PAYLOAD = 0x0120, /* RFC 4638 */
    TAPIR_PPPOE_TAG_ROUTE = 0x0121,
    TAPIR_PPPOE_TAG_SERVICE_ERROR = 0x0201,
    TAPIR_PPPOE_TAG_AC_ERROR = 0x0202,
    TAPIR_PPPOE_TAG_GENERIC_ERROR = 0x0203
};

/* The Broadband Forum's number (once the DSL Forum's), whose tags are lists themselves. */
#define TAPIR_PPPOE_VENDOR_BROADBAND_FORUM 3561

/* One tag. Which member of `as` counts depends on the type; all are zero when the tag has another
 * length than its type asks for. */
struct tapir_pppoe_tag {
    uint16_t type;   /* TAPIR_PPPOE_TAG_* */
    uint16_t length; /* of the value */
    tapir_span value;
    union {
        struct {
            uint32_t id;
            tapir_span data; /* Broadband Forum: walk with tapir_pppoe_line_tags */
        } vendor;
        struct {
            uint16_t forward, backward;
        } credits;
        struct {
            uint16_t flags; /* units of rates, 1: receive only */
            uint8_t quality, resources;
            uint16_t latency;
            uint16_t current_rate, maximum_rate;
        } metrics;
        uint16_t number; /* sequence, credit scale */
    } as;
};

/* What a tag of the Broadband Forum says about the subscriber's line (TR-101, RFC 4679). */
struct tapir_pppoe_line_tag {
    uint8_t type, length;
    tapir_span value;
    uint32_t number; /* rates in kbit/s, delays in ms */
    uint8_t data_link, encapsulation_1, encapsulation_2;
};

/* Starts a walk over tags; items are struct tapir_pppoe_tag. */
TAPIR_API tapir_walk tapir_pppoe_tags(const struct tapir_pppoe *pppoe);

/* Starts a walk over what is in a tag of the Broadband Forum; items are struct
 * tapir_pppoe_line_tag. */
TAPIR_API tapir_walk tapir_pppoe_line_tags(const struct tapir_pppoe_tag *tag);

/* Write tags one after the other (RFC 2516 appendix A):
 *
 *     uint8_t room[256];
 *     tapir_writer w = tapir_writer_of(room, sizeof room);
 *     tapir_pppoe_put_service_name(&w, tapir_span_of(NULL, 0));
 *     tapir_pppoe_put_host_uniq(&w, tapir_span_of(&mine, sizeof mine));
 *     pppoe.tags = tapir_written(&w, room);
 *
 * A value may be empty. What finds no room or is too wide for its place fails the writer;
 * `w.failed` tells at the end. Names and messages are UTF-8 without a zero at their end. */
TAPIR_API void tapir_pppoe_put_end(tapir_writer *w);
/* Without a name it is any service. */
TAPIR_API void tapir_pppoe_put_service_name(tapir_writer *w, tapir_span name);
TAPIR_API void tapir_pppoe_put_ac_name(tapir_writer *w, tapir_span name);
TAPIR_API void tapir_pppoe_put_host_uniq(tapir_writer *w, tapir_span bytes);
TAPIR_API void tapir_pppoe_put_ac_cookie(tapir_writer *w, tapir_span cookie);
/* `id` is the vendor's enterprise number. */
TAPIR_API void tapir_pppoe_put_vendor(tapir_writer *w, uint64_t id, tapir_span data);
/* At most 12 bytes, says RFC 2516; more are written all the same. */
TAPIR_API void tapir_pppoe_put_relay_session(tapir_writer *w, tapir_span bytes);
TAPIR_API void tapir_pppoe_put_max_payload(tapir_writer *w, uint64_t bytes); /* RFC 4638 */
TAPIR_API void tapir_pppoe_put_service_error(tapir_writer *w, tapir_span message);
TAPIR_API void tapir_pppoe_put_ac_error(tapir_writer *w, tapir_span message);
TAPIR_API void tapir_pppoe_put_generic_error(tapir_writer *w, tapir_span message);
/* Any type; `value` is what follows the length. */
TAPIR_API void tapir_pppoe_put_tag(tapir_writer *w, uint64_t type, tapir_span value);

TAPIR_EXTERN_C_END
#endif
