/* Tags of PPPoE discovery, written. */
#include "../put.h"
#include "pppoe_tags.h"

static void put_head(tapir_writer *w, uint64_t type, size_t len)
{
    tapir_put_be(w, 2, type);
    tapir_put_be(w, 2, len);
}

void tapir_pppoe_put_tag(tapir_writer *w, uint64_t type, tapir_span value)
{
    put_head(w, type, value.len);
    tapir_put_span(w, value);
}

void tapir_pppoe_put_end(tapir_writer *w)
{
    put_head(w, TAPIR_PPPOE_TAG_END, 0);
}

void tapir_pppoe_put_service_name(tapir_writer *w, tapir_span name)
{
    tapir_pppoe_put_tag(w, TAPIR_PPPOE_TAG_SERVICE_NAME, name);
}

void tapir_pppoe_put_ac_name(tapir_writer *w, tapir_span name)
{
    tapir_pppoe_put_tag(w, TAPIR_PPPOE_TAG_AC_NAME, name);
}

void tapir_pppoe_put_host_uniq(tapir_writer *w, tapir_span bytes)
{
    tapir_pppoe_put_tag(w, TAPIR_PPPOE_TAG_HOST_UNIQ, bytes);
}

void tapir_pppoe_put_ac_cookie(tapir_writer *w, tapir_span cookie)
{
    tapir_pppoe_put_tag(w, TAPIR_PPPOE_TAG_AC_COOKIE, cookie);
}

void tapir_pppoe_put_vendor(tapir_writer *w, uint64_t id, tapir_span data)
{
    put_head(w, TAPIR_PPPOE_TAG_VENDOR, data.len + 4);
    tapir_put_be(w, 4, id);
    tapir_put_span(w, data);
}

void tapir_pppoe_put_relay_session(tapir_writer *w, tapir_span bytes)
{
    tapir_pppoe_put_tag(w, TAPIR_PPPOE_TAG_RELAY_SESSION, bytes);
}

void tapir_pppoe_put_max_payload(tapir_writer *w, uint64_t bytes)
{
    put_head(w, TAPIR_PPPOE_TAG_MAX_PAYLOAD, 2);
    tapir_put_be(w, 2, bytes);
}

void tapir_pppoe_put_service_error(tapir_writer *w, tapir_span message)
{
    tapir_pppoe_put_tag(w, TAPIR_PPPOE_TAG_SERVICE_ERROR, message);
}

void tapir_pppoe_put_ac_error(tapir_writer *w, tapir_span message)
{
    tapir_pppoe_put_tag(w, TAPIR_PPPOE_TAG_AC_ERROR, message);
}

void tapir_pppoe_put_generic_error(tapir_writer *w, tapir_span message)
{
    tapir_pppoe_put_tag(w, TAPIR_PPPOE_TAG_GENERIC_ERROR, message);
}

/* From arguments. */

TAPIR__MAKE_BARE(end, tapir_pppoe_put_end)
TAPIR__MAKE_BYTES(service_name, tapir_pppoe_put_service_name)
TAPIR__MAKE_BYTES(ac_name, tapir_pppoe_put_ac_name)
TAPIR__MAKE_BYTES(host_uniq, tapir_pppoe_put_host_uniq)
TAPIR__MAKE_BYTES(ac_cookie, tapir_pppoe_put_ac_cookie)
TAPIR__MAKE_OPTION(vendor, tapir_pppoe_put_vendor)
TAPIR__MAKE_BYTES(relay_session, tapir_pppoe_put_relay_session)
TAPIR__MAKE_NUMBER(max_payload, tapir_pppoe_put_max_payload)
TAPIR__MAKE_BYTES(service_error, tapir_pppoe_put_service_error)
TAPIR__MAKE_BYTES(ac_error, tapir_pppoe_put_ac_error)
TAPIR__MAKE_BYTES(generic_error, tapir_pppoe_put_generic_error)
TAPIR__MAKE_OPTION(tag, tapir_pppoe_put_tag)

/* Without a name it is any service. */
static const tapir_parameter service_name[] = {TAPIR__OTHER("name", TAPIR_STRING, TAPIR__OPTIONAL)};
static const tapir_parameter ac_name[] = {TAPIR__OTHER("name", TAPIR_STRING)};
static const tapir_parameter bytes[] = {TAPIR__OTHER("data", TAPIR_SPAN)};
static const tapir_parameter vendor[] = {
    TAPIR__UINT("id", 32), TAPIR__OTHER("data", TAPIR_SPAN, TAPIR__OPTIONAL)};
static const tapir_parameter max_payload[] = {TAPIR__UINT("bytes", 16)};
static const tapir_parameter error[] = {TAPIR__OTHER("message", TAPIR_STRING, TAPIR__OPTIONAL)};
static const tapir_parameter tag[] = {TAPIR__UINT("type", 16, .labels = tapir__pppoe_tag_types),
    TAPIR__OTHER("data", TAPIR_SPAN, TAPIR__OPTIONAL)};

const tapir_maker tapir__pppoe_makers[TAPIR__PPPOE_MAKER_COUNT] = {
    TAPIR_BARE_MAKER("end", "End-Of-List", make_end),
    TAPIR_MAKER("service_name", "Service-Name", service_name, make_service_name),
    TAPIR_MAKER("ac_name", "AC-Name", ac_name, make_ac_name),
    TAPIR_MAKER("host_uniq", "Host-Uniq", bytes, make_host_uniq),
    TAPIR_MAKER("ac_cookie", "AC-Cookie", bytes, make_ac_cookie),
    TAPIR_MAKER("vendor", "Vendor-Specific", vendor, make_vendor),
    TAPIR_MAKER("relay_session", "Relay-Session-Id", bytes, make_relay_session),
    TAPIR_MAKER("max_payload", "PPP-Max-Payload", max_payload, make_max_payload),
    TAPIR_MAKER("service_error", "Service-Name-Error", error, make_service_error),
    TAPIR_MAKER("ac_error", "AC-System-Error", error, make_ac_error),
    TAPIR_MAKER("generic_error", "Generic-Error", error, make_generic_error),
    TAPIR_MAKER("tag", "PPPoETag", tag, make_tag),
};
