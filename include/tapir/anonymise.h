/* Frames without the addresses they were captured with: each is replaced by another, always the
 * same one under the same key, and addresses with a common prefix keep one as long. */
#ifndef TAPIR_ANONYMISE_H
#define TAPIR_ANONYMISE_H

#include "tapir/frame.h"

TAPIR_EXTERN_C_BEGIN

/* Bytes of a key; who has it can undo the mapping. */
#define TAPIR_ANONYMISE_KEY_LEN 32

/* What becomes of the bytes that are no headers: those of application protocols, of payloads nobody
 * claims, of what could not be decoded, and of trailers of the link layer. */
typedef enum tapir_anonymise_payload {
    TAPIR_PAYLOAD_KEEP, /* stays, but addresses in fields of application protocols are replaced */
    TAPIR_PAYLOAD_ZERO, /* is overwritten with zeroes, lengths stay */
    TAPIR_PAYLOAD_CUT   /* is cut off, as if it had not been captured */
} tapir_anonymise_payload;

/* Options of tapir_anonymiser_new; zeroed, with `size` set, means the defaults. */
typedef struct tapir_anonymiser_options {
    size_t size;   /* sizeof (tapir_anonymiser_options) */
    bool keep_oui; /* leave the vendor's half of MAC addresses */
    tapir_anonymise_payload payload;
} tapir_anonymiser_options;

typedef struct tapir_anonymiser tapir_anonymiser;

/* Makes a key of a passphrase or other bytes: 64 hexadecimal digits (white space around them is
 * passed over) are the key itself, of everything else it is the SHA-256. */
TAPIR_API void tapir_anonymise_key(uint8_t key[TAPIR_ANONYMISE_KEY_LEN], tapir_span secret);

/* Makes an anonymiser. TAPIR_UNSUPPORTED when the library was built without Nettle. `options` may
 * be NULL. Free with tapir_anonymiser_free. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_anonymiser_new(tapir_anonymiser **anonymiser,
    const uint8_t key[TAPIR_ANONYMISE_KEY_LEN], const tapir_anonymiser_options *options,
    tapir_error *error);

TAPIR_API void tapir_anonymiser_free(tapir_anonymiser *anonymiser);

/* Fills *changed (which may be the frame itself) with the frame as it is to be handed on; its bytes
 * are the anonymiser's and stay valid until the next call. Replaced are, in every layer and however
 * deep inside tunnels and quotes:
 * - every field of kind MAC, IPV4 and IPV6 of the decoded layers, in headers, options and records,
 *   and those of other kinds whose table says that they hold an address (tapir_field.address):
 *   ARP, Linux cooked captures, link-layer addresses of neighbour discovery, Multipath TCP;
 * - what of an address a prefix or a compressed source route keeps.
 * Checksums are updated as by tapir_patch (RFC 1624), so right ones stay right and wrong ones
 * wrong, and so is that of the extensions of ICMP. A frame check sequence that was captured is cut
 * off. Names, signatures, identifiers made from addresses, and
 * what no field stands for, stay. Where a decoder has to guess from an address what it is (Ethernet
 * in MPLS without a control word), it may guess otherwise afterwards. TAPIR_NO_MEMORY. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_anonymise_frame(
    tapir_anonymiser *anonymiser, const tapir_frame *frame, tapir_frame *changed);

/* The mapping of one address; `from` and `to` may be the same. These stay as they are:
 * - IPv4: 0/8, 127/8 and everything from 224.0.0.0 on (multicast, broadcast, masks); 169.254/16
 *   keeps its 16 bits;
 * - IPv6: ::, ::1 and ff00::/8, of which solicited-node groups change in their last 24 bits;
 *   fe80::/10 keeps its upper half, ::ffff:0:0/96 and 64:ff9b::/96 hold an IPv4 address, and a
 *   lower half that is zero stays zero;
 * - MAC: zero, 00:00:5e (VRRP and its like), broadcast and multicast, of which those of
 *   solicited-node groups change with them; the bit of local administration.
 *
 * Nothing else is mapped to one of these: an address that would be is mapped again. Otherwise IPv4
 * and IPv6 addresses are mapped by Crypto-PAn (Xu, Fan, Ammar, Moon: Prefix-Preserving IP Address
 * Anonymization, 2002), and so are MAC addresses. */
TAPIR_API void tapir_anonymise_ipv4(
    tapir_anonymiser *anonymiser, const uint8_t from[4], uint8_t to[4]);
TAPIR_API void tapir_anonymise_ipv6(
    tapir_anonymiser *anonymiser, const uint8_t from[16], uint8_t to[16]);
TAPIR_API void tapir_anonymise_mac(
    tapir_anonymiser *anonymiser, const uint8_t from[6], uint8_t to[6]);

/* Crypto-PAn alone, in which no address is special: the first `bits` (1 to 128) bits of `from`. The
 * rest of `to` is not touched. */
TAPIR_API void tapir_crypto_pan(
    tapir_anonymiser *anonymiser, const uint8_t *from, uint8_t *to, unsigned bits);

TAPIR_EXTERN_C_END
#endif
