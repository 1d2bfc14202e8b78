/* Packets from text: eth(dst=ff:ff:ff:ff:ff:ff)/ip(src=10.0.0.1,dst=10.0.0.2)/tcp(dport=80)/"hello"
 */
#ifndef TAPIR_CRAFT_H
#define TAPIR_CRAFT_H

#include "tapir/encode.h"

TAPIR_EXTERN_C_BEGIN

/* A text that has been read: one packet, or as many as its ranges and lists make.
 *
 *     text    = layer *("/" layer)                    outermost first
 *     layer   = name [ "(" [ given *("," given) ] ")" ] / payload
 *     given   = field "=" value / value               a value alone is the bytes of data(...)
 *     payload = '"' characters '"' / "'" characters "'" / "0x" digits, each with [ "*" number ]
 *
 * A layer is named as Wireshark, the struct (ipv4) or scapy (IP) name it, a field by Wireshark's
 * name (tcp.dstport, dstport), the struct's member (dst_port) or scapy's word (dport); case does
 * not matter, and - is _. A value of
 *
 *     a number    is 80, 0x50, a name of Wireshark's for the value (echo-request), or names of its
 *                 bits (syn|ack, and scapy's "SA" for TCP)
 *     an address  is written as usual, in quotes or not
 *     bytes       are 00:11:22, 0x001122, "text", b"text", "text"*3, or an address
 *     a list      is [mss(1460), nop] or scapy's [('MSS', 1460), ('NOP', None)], or bytes
 *
 * and None is as if nothing were given. Several values make several packets: [80, 443], 1-1024,
 * (1, 1024), 10.0.0.1-10.0.0.9, 10.0.0.0/24. Values not given are the usual ones
 * (tapir_layer_init); lengths, keys, checksums and padding are filled in unless given.
 * `keep=checksums` keeps what would be filled in of a layer, and several of lengths, keys,
 * checksums, padding, all. In text, bytes are \n, \r, \t, \0, \\, \", \' and \x41. */
typedef struct tapir_craft tapir_craft;

/* Reads `text`, a NUL-terminated string that is not needed afterwards, by the protocols of
 * `registry` (NULL: the default one). On failure *craft is NULL and `error` says what is wrong, its
 * offset where in the text: TAPIR_INVALID; TAPIR_TOO_WIDE, also for what would make more than
 * 16 MiB of itself; TAPIR_TOO_DEEP for more than 128 layers; TAPIR_NOT_FOUND for a name;
 * TAPIR_NO_ROOM for more than 64 KiB of options; TAPIR_UNSUPPORTED; TAPIR_NO_MEMORY. Free with
 * tapir_craft_free. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_craft_new(
    tapir_craft **craft, const tapir_registry *registry, const char *text, tapir_error *error);

/* Frees the craft and what it has built; NULL is fine. */
TAPIR_API void tapir_craft_free(tapir_craft *craft);

/* Returns how many packets the text makes; UINT64_MAX stands for all that is more. */
TAPIR_API uint64_t tapir_craft_count(const tapir_craft *craft);

/* Returns the link type of the packets: that of the outermost layer (RAW for IP), and
 * TAPIR_LINK_TYPE_UNKNOWN when it has none. */
TAPIR_API uint16_t tapir_craft_link_type(const tapir_craft *craft);

/* Builds the index-th packet, the last value in the text changing fastest. *bytes are the craft's
 * and valid until the next build. `options` may be NULL; the status is as of tapir_build, and
 * error->offset is where the layer stands in the text. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_craft_build(tapir_craft *craft, uint64_t index,
    const tapir_build_options *options, tapir_span *bytes, tapir_error *error);

TAPIR_EXTERN_C_END
#endif
