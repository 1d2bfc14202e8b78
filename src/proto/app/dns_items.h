/* The lists in the data of DNS records: what their files share. */
#ifndef TAPIR_PROTO_APP_DNS_ITEMS_H
#define TAPIR_PROTO_APP_DNS_ITEMS_H

#include "dns_internal.h"

/* Of the `present` of data, items and values: which of the alternative rows apply. */
enum { FIRST = 1, SECOND = 2, THIRD = 4, FOURTH = 8 };

/* Rows of items in data, and of what lies in their values. */
#define ITEM(member, name, ...)                                                                    \
    TAPIR_FIELD(tapir_dns_item, member, name, TAPIR_UINT, 0, __VA_ARGS__)
#define ITEM_STRING(member, name, ...)                                                             \
    TAPIR_FIELD(tapir_dns_item, member, name, TAPIR_STRING, 0, __VA_ARGS__, .empty = true)
#define ITEM_SHOWN(member, name, ...)                                                              \
    TAPIR_FIELD(tapir_dns_item, member, name, TAPIR_SPAN, 0, __VA_ARGS__, .empty = true)
#define ITEM_WHEN(mask) TAPIR_IF(tapir_dns_item, present, mask)
#define VALUE(member, name, ...)                                                                   \
    TAPIR_FIELD(tapir_dns_value, member, name, TAPIR_UINT, 0, __VA_ARGS__)
#define VALUE_WHEN(mask) TAPIR_IF(tapir_dns_value, present, mask)

/* A list of items: tapir__dns_<name>_list. */
#define LIST(name, next, ...)                                                                      \
    static const tapir_record *const name##_records[] = {__VA_ARGS__};                             \
    const tapir_list tapir__dns_##name##_list = {                                                  \
        sizeof(struct tapir_dns_item), next, name##_records, TAPIR_COUNT(name##_records)}

extern const tapir_list tapir__dns_txt_list, tapir__dns_spf_list, tapir__dns_ninfo_list,
    tapir__dns_avc_list, tapir__dns_type_list, tapir__dns_old_type_list, tapir__dns_port_list,
    tapir__dns_server_list, tapir__dns_wins_list, tapir__dns_prefix_list, tapir__dns_parameter_list,
    tapir__dns_option_list;

extern const tapir_label tapir__dns_algorithms[], tapir__dns_digest_types[],
    tapir__dns_hash_algorithms[], tapir__dns_address_families[];

/* Clears an item of the list that `walk` goes over. */
void tapir__dns_start_item(const tapir_walk *walk, struct tapir_dns_item *item);

/* Copies an address whose end may be left out; what is too long is cut. */
void tapir__dns_copy_address(uint8_t *to, size_t room, tapir_span bytes);

/* Returns the record, or its first `rows` rows when the walk's reader failed behind them. */
static inline const tapir_record *tapir__dns_item_rows(
    const tapir_walk *walk, const tapir_record *record, size_t rows, struct tapir_dns_item *item)
{
    return tapir__dns_rows(&walk->in, record, rows, &item->cut);
}

#endif
