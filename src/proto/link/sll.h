/* What both versions of Linux's cooked capture have in common. */
#ifndef TAPIR_LINK_SLL_H
#define TAPIR_LINK_SLL_H

#include "ether_type.h"
#include "tapir/flow.h"
#include "tapir/proto/sll.h"

extern const tapir_label tapir__sll_packet_types[], tapir__sll_hardware_types[],
    tapir__sll_protocols[];
extern const tapir_list tapir__sll_trailer;

/* Names what follows. */
void tapir__sll_payload(tapir_decoder *d, uint16_t hardware_type, uint16_t protocol);

/* Makes *protocol that of what is inside, unless the device's type says it all. */
tapir_status tapir__fill_sll(
    tapir_encoder *e, const char *field, uint16_t hardware_type, uint16_t *protocol);

/* The sender's address; the receiver's is not recorded. */
void tapir__sll_flow(const uint8_t address[8], size_t len, tapir_flow *flow);

/* Which rows a struct shows, and how its address prints: the same questions for both versions. */
#define TAPIR__SLL_QUESTIONS(type)                                                                 \
    static size_t kept(const void *item)                                                           \
    {                                                                                              \
        size_t len = ((const struct type *)item)->address_length;                                  \
        return len < 8 ? len : 8;                                                                  \
    }                                                                                              \
    static bool is_mac(const void *item)                                                           \
    {                                                                                              \
        return kept(item) == 6;                                                                    \
    }                                                                                              \
    static bool is_ipv4(const void *item)                                                          \
    {                                                                                              \
        return kept(item) == 4;                                                                    \
    }                                                                                              \
    static bool is_other(const void *item)                                                         \
    {                                                                                              \
        return kept(item) && !is_mac(item) && !is_ipv4(item);                                      \
    }                                                                                              \
    static bool has_unused(const void *item)                                                       \
    {                                                                                              \
        return kept(item) < 8;                                                                     \
    }                                                                                              \
    static bool is_gre(const void *item)                                                           \
    {                                                                                              \
        return ((const struct type *)item)->hardware_type == TAPIR_ARPHRD_IPGRE;                   \
    }                                                                                              \
    static bool is_ether_type(const void *item)                                                    \
    {                                                                                              \
        return !is_gre(item) && ((const struct type *)item)->protocol >= TAPIR_ETHER_TYPE_MIN;     \
    }                                                                                              \
    static bool is_linux_type(const void *item)                                                    \
    {                                                                                              \
        return !is_gre(item) && !is_ether_type(item);                                              \
    }                                                                                              \
    static void print_address(tapir_text *text, const void *member, const void *item)              \
    {                                                                                              \
        tapir_text_mac(text, member, kept(item));                                                  \
    }                                                                                              \
    static void print_ipv4(tapir_text *text, const void *member, const void *item)                 \
    {                                                                                              \
        (void)item;                                                                                \
        tapir_text_ipv4(text, member);                                                             \
    }                                                                                              \
    static void print_unused(tapir_text *text, const void *member, const void *item)               \
    {                                                                                              \
        tapir_text_mac(text, (const uint8_t *)member + kept(item), 8 - kept(item));                \
    }

#define TAPIR__SLL_ADDRESS_ROWS(type)                                                              \
    TAPIR_FIELD(type, address, "sll.src.eth", TAPIR_TEXT, 64, "Sender", .print = print_address,    \
        .when = is_mac, .address = TAPIR_MAC),                                                     \
        TAPIR_FIELD(type, address, "sll.src.ipv4", TAPIR_TEXT, 0, "Sender, an IPv4 address",       \
            .print = print_ipv4, .when = is_ipv4, .address = TAPIR_IPV4),                          \
        TAPIR_FIELD(type, address, "sll.src.other", TAPIR_TEXT, 0, "Sender, any other address",    \
            .print = print_address, .when = is_other, .address = TAPIR_BYTES),                     \
        TAPIR_FIELD(type, address, "sll.unused", TAPIR_TEXT, 0, "Bytes behind the address",        \
            .print = print_unused, .when = has_unused)

#define TAPIR__SLL_PROTOCOL_ROWS(type)                                                             \
    TAPIR_FIELD(type, protocol, "sll.etype", TAPIR_UINT, 16, "EtherType of the payload",           \
        .base = TAPIR_HEX, .labels = tapir_ether_types, .when = is_ether_type),                    \
        TAPIR_FIELD(type, protocol, "sll.gretype", TAPIR_UINT, 0, "GRE's type of the payload",     \
            .base = TAPIR_HEX, .labels = tapir_ether_types, .when = is_gre),                       \
        TAPIR_FIELD(type, protocol, "sll.ltype", TAPIR_UINT, 0, "Linux's type of the payload",     \
            .base = TAPIR_HEX, .labels = tapir__sll_protocols, .when = is_linux_type)

#endif
