/* What a pcapng file holds besides packets: blocks, their options, and a typed view of each kind
 * (draft-ietf-opsawg-pcapng). */
#ifndef TAPIR_PCAPNG_H
#define TAPIR_PCAPNG_H

#include "tapir/source.h"
#include "tapir/text.h"

TAPIR_EXTERN_C_BEGIN

/* Block types. Any other number is possible too; the block's bytes are handed out all the same. */
enum {
    TAPIR_PCAPNG_INTERFACE = 0x00000001,
    TAPIR_PCAPNG_PACKET = 0x00000002, /* obsolete */
    TAPIR_PCAPNG_SIMPLE_PACKET = 0x00000003,
    TAPIR_PCAPNG_NAMES = 0x00000004,
    TAPIR_PCAPNG_STATISTICS = 0x00000005,
    TAPIR_PCAPNG_ENHANCED_PACKET = 0x00000006,
    TAPIR_PCAPNG_JOURNAL = 0x00000009,
    TAPIR_PCAPNG_SECRETS = 0x0000000A,
    TAPIR_PCAPNG_CUSTOM = 0x00000BAD,
    TAPIR_PCAPNG_CUSTOM_NOT_COPIED = 0x40000BAD,
    TAPIR_PCAPNG_SECTION = 0x0A0D0D0A
};

/* Option codes: common ones, then by block. */
enum {
    TAPIR_OPTION_END = 0,
    TAPIR_OPTION_COMMENT = 1,
    TAPIR_OPTION_CUSTOM_STRING = 2988,
    TAPIR_OPTION_CUSTOM_BYTES = 2989,
    TAPIR_OPTION_CUSTOM_STRING_NOT_COPIED = 19372,
    TAPIR_OPTION_CUSTOM_BYTES_NOT_COPIED = 19373,

    TAPIR_OPTION_SECTION_HARDWARE = 2,
    TAPIR_OPTION_SECTION_OS = 3,
    TAPIR_OPTION_SECTION_APPLICATION = 4,

    TAPIR_OPTION_INTERFACE_NAME = 2,
    TAPIR_OPTION_INTERFACE_DESCRIPTION = 3,
    TAPIR_OPTION_INTERFACE_IPV4 = 4, /* address and mask, 8 bytes */
    TAPIR_OPTION_INTERFACE_IPV6 = 5, /* address and prefix length, 17 bytes */
    TAPIR_OPTION_INTERFACE_MAC = 6,
    TAPIR_OPTION_INTERFACE_EUI64 = 7,
    TAPIR_OPTION_INTERFACE_SPEED = 8,
    TAPIR_OPTION_INTERFACE_TIME_RESOLUTION = 9,
    TAPIR_OPTION_INTERFACE_TIME_ZONE = 10,
    TAPIR_OPTION_INTERFACE_FILTER = 11, /* a byte that says which kind, then the filter */
    TAPIR_OPTION_INTERFACE_OS = 12,
    TAPIR_OPTION_INTERFACE_FCS_LENGTH = 13,
    TAPIR_OPTION_INTERFACE_TIME_OFFSET = 14,
    TAPIR_OPTION_INTERFACE_HARDWARE = 15,
    TAPIR_OPTION_INTERFACE_TRANSMIT_SPEED = 16,
    TAPIR_OPTION_INTERFACE_RECEIVE_SPEED = 17,
    TAPIR_OPTION_INTERFACE_TIME_ZONE_NAME = 18,

    TAPIR_OPTION_PACKET_FLAGS = 2,
    TAPIR_OPTION_PACKET_HASH = 3, /* a byte that says which algorithm, then the hash */
    TAPIR_OPTION_PACKET_DROPS = 4,
    TAPIR_OPTION_PACKET_ID = 5,
    TAPIR_OPTION_PACKET_QUEUE = 6,
    TAPIR_OPTION_PACKET_VERDICT = 7, /* a byte that says whose, then the verdict */
    TAPIR_OPTION_PACKET_PROCESS = 8, /* process and thread, 32 bits each */

    TAPIR_OPTION_NAMES_SERVER = 2,
    TAPIR_OPTION_NAMES_SERVER_IPV4 = 3,
    TAPIR_OPTION_NAMES_SERVER_IPV6 = 4,

    TAPIR_OPTION_STATISTICS_START = 2,
    TAPIR_OPTION_STATISTICS_END = 3,
    TAPIR_OPTION_STATISTICS_RECEIVED = 4,
    TAPIR_OPTION_STATISTICS_DROPPED = 5,
    TAPIR_OPTION_STATISTICS_ACCEPTED = 6,
    TAPIR_OPTION_STATISTICS_DROPPED_BY_OS = 7,
    TAPIR_OPTION_STATISTICS_DELIVERED = 8
};

/* Types of secrets. */
enum {
    TAPIR_SECRETS_TLS_KEY_LOG = 0x544C534B,
    TAPIR_SECRETS_SSH_KEY_LOG = 0x5353484B,
    TAPIR_SECRETS_WIREGUARD_KEY_LOG = 0x57474B4C,
    TAPIR_SECRETS_OPC_UA_KEY_LOG = 0x55414B4C,
    TAPIR_SECRETS_ESP_ASSOCIATIONS = 0x45535053,
    TAPIR_SECRETS_ZIGBEE_NETWORK_KEY = 0x5A4E574B,
    TAPIR_SECRETS_ZIGBEE_APPLICATION_KEY = 0x5A415053
};

/* One block. Its bytes belong to the source and stay valid until the source's next read; an
 * interface's block (tapir_interface.block) stays valid until the source is closed. */
typedef struct tapir_pcapng_block {
    uint32_t type;      /* TAPIR_PCAPNG_*, or any other number */
    uint32_t section;   /* the section it stands in, from 0 */
    uint64_t offset;    /* where it begins in the (uncompressed) file */
    tapir_span body;    /* all bytes between its two lengths */
    tapir_span options; /* the list of options in the body; empty when there is none to be found */
    const tapir_interface *interface; /* what it describes, counts or was captured on; or NULL */
    bool big_endian;
    bool damaged;     /* too short for its kind, or its options or records break off */
    bool unsupported; /* its section has a version this library does not know: only bytes here */
} tapir_pcapng_block;

/* Reads the next record of any kind. In a pcapng file *block is the block just read, and
 * frame->data is NULL when it holds no packet; in other formats *block is NULL and every record is
 * a frame. Otherwise like tapir_source_next, which steps over all blocks that hold no packet. */
TAPIR_API TAPIR_MUST_CHECK tapir_status tapir_source_next_block(
    tapir_source *source, tapir_frame *frame, const tapir_pcapng_block **block);

/* Returns the specification's name of a block type, "unknown block" for others. Static. */
TAPIR_API const char *tapir_pcapng_block_name(uint32_t type);

/* Returns the specification's name of an option ("if_name"), NULL when it has none. Static. */
TAPIR_API const char *tapir_pcapng_option_name(uint32_t block_type, uint16_t code);

/* Returns the name of a type of secrets, NULL when unknown. Static. */
TAPIR_API const char *tapir_pcapng_secrets_name(uint32_t type);

/* One option. Of a custom option (four codes) `value` begins behind the enterprise number. */
typedef struct tapir_pcapng_option {
    uint16_t code;
    bool custom;
    uint32_t enterprise;
    tapir_span value;
} tapir_pcapng_option;

/* A walk over the options of a block. `damaged` is set when the list breaks off. */
typedef struct tapir_pcapng_options {
    tapir_reader in;
    bool big_endian, damaged;
} tapir_pcapng_options;

/* Returns a walk that begins at the block's first option. */
TAPIR_API tapir_pcapng_options tapir_pcapng_options_of(const tapir_pcapng_block *block);

/* Steps to the next option, the end-of-options mark not included; false when there is none. */
TAPIR_API bool tapir_pcapng_options_next(
    tapir_pcapng_options *options, tapir_pcapng_option *option);

/* Finds the first option of that code; false when the block has none. */
TAPIR_API bool tapir_pcapng_option_find(
    const tapir_pcapng_block *block, uint16_t code, tapir_pcapng_option *option);

/* Returns a span as a string option means it: up to its first zero byte. */
TAPIR_API tapir_span tapir_pcapng_string(tapir_span value);

/* Reads `value` as a number of 1, 2, 4 or 8 bytes in the block's byte order; false for other sizes.
 */
TAPIR_API bool tapir_pcapng_number(
    const tapir_pcapng_block *block, tapir_span value, uint64_t *number);

/* Converts a timestamp of that interface to nanoseconds since 1970, rounded down; the ends of the
 * range of int64_t stand for all that lies beyond them. */
TAPIR_API int64_t tapir_pcapng_time(const tapir_interface *interface, uint64_t ticks);

/* A list of options being put together, for what writes blocks. Zero-initialised it is empty and
 * little-endian; set `big_endian` (see tapir_sink_big_endian) before the first option. Free what it
 * holds with tapir_text_clear(&list.bytes); to use it again, set bytes.len to 0. A value longer
 * than 65535 bytes is not put and sets bytes.failed, as being out of memory does; a sink refuses
 * such a list. The end-of-options mark is not part of it. */
typedef struct tapir_pcapng_list {
    tapir_text bytes;
    bool big_endian;
} tapir_pcapng_list;

/* Puts an option whose value is bytes as they are. */
TAPIR_API void tapir_pcapng_put_option(tapir_pcapng_list *list, uint16_t code, tapir_span value);

/* Puts an option whose value is a string, UTF-8; NULL puts nothing. */
TAPIR_API void tapir_pcapng_put_string(tapir_pcapng_list *list, uint16_t code, const char *value);

/* Puts an option whose value is a number of `bytes` (1, 2, 4 or 8) bytes in the list's order. */
TAPIR_API void tapir_pcapng_put_number(
    tapir_pcapng_list *list, uint16_t code, unsigned bytes, uint64_t value);

/* Puts an option whose value is a timestamp: the upper half first, whatever the byte order. */
TAPIR_API void tapir_pcapng_put_ticks(tapir_pcapng_list *list, uint16_t code, uint64_t ticks);

/* Puts a custom option, TAPIR_OPTION_CUSTOM_*. */
TAPIR_API void tapir_pcapng_put_custom(
    tapir_pcapng_list *list, uint16_t code, uint32_t enterprise, tapir_span value);

/* Converts nanoseconds since 1970 to a timestamp of that interface, so that tapir_pcapng_time gives
 * the same again, or the time rounded down to the interface's unit; false when it is out of range.
 */
TAPIR_API bool tapir_pcapng_ticks(const tapir_interface *interface, int64_t time, uint64_t *ticks);

/* The section header. */
typedef struct tapir_pcapng_section {
    uint16_t version_major, version_minor;
    int64_t section_len; /* -1: not known */
    tapir_span hardware, os, application, comment;
} tapir_pcapng_section;

/* Fills *section; false when the block is of another kind or too short. */
TAPIR_API bool tapir_pcapng_section_get(
    const tapir_pcapng_block *block, tapir_pcapng_section *section);

/* What a packet's block says besides what tapir_frame holds. */
typedef struct tapir_pcapng_packet {
    uint64_t ticks;    /* the timestamp as it stands in the block; 0 in a simple packet block */
    uint32_t flags;    /* epb_flags; 0 when absent, as all of its parts below */
    uint8_t reception; /* 1 unicast, 2 multicast, 3 broadcast, 4 promiscuous, 0 not known */
    bool checksum_not_ready, checksum_valid, segmentation_offloaded;
    uint16_t link_errors; /* upper half of the flags: 0x8000 symbol error ... 0x0100 CRC error */
    bool has_flags, has_id, has_process;
    uint64_t id;
    uint32_t process, thread;
} tapir_pcapng_packet;

/* Fills *packet; false when the block holds no packet or is too short. */
TAPIR_API bool tapir_pcapng_packet_get(
    const tapir_pcapng_block *block, tapir_pcapng_packet *packet);

typedef enum tapir_pcapng_address {
    TAPIR_PCAPNG_IPV4 = 1,
    TAPIR_PCAPNG_IPV6 = 2,
    TAPIR_PCAPNG_EUI48 = 3,
    TAPIR_PCAPNG_EUI64 = 4
} tapir_pcapng_address;

/* One address with one of its names. */
typedef struct tapir_pcapng_name {
    tapir_pcapng_address type;
    tapir_span address; /* 4, 16, 6 or 8 bytes */
    tapir_span name;    /* UTF-8, without the zero byte at its end */
} tapir_pcapng_name;

/* A walk over the names in a name resolution block. `damaged` is set when the records break off. */
typedef struct tapir_pcapng_names {
    tapir_reader in, names;
    tapir_pcapng_name current;
    bool big_endian, ended, damaged;
} tapir_pcapng_names;

/* Returns a walk that begins at the block's first record; an empty one for other kinds of block. */
TAPIR_API tapir_pcapng_names tapir_pcapng_names_of(const tapir_pcapng_block *block);

/* Steps to the next pair of address and name; false when there is none. */
TAPIR_API bool tapir_pcapng_names_next(tapir_pcapng_names *names, tapir_pcapng_name *name);

/* The counters of an interface; those the block does not give are UINT64_MAX. */
typedef struct tapir_pcapng_statistics {
    int64_t time, start, end; /* nanoseconds since 1970 */
    bool has_start, has_end;
    uint64_t received, dropped_by_interface, accepted_by_filter, dropped_by_os, delivered;
} tapir_pcapng_statistics;

/* Fills *statistics; false when the block is of another kind, too short, or names an interface that
 * does not exist. */
TAPIR_API bool tapir_pcapng_statistics_get(
    const tapir_pcapng_block *block, tapir_pcapng_statistics *statistics);

/* Finds the secrets of a decryption secrets block; false when it is another block or too short. */
TAPIR_API bool tapir_pcapng_secrets_get(
    const tapir_pcapng_block *block, uint32_t *type, tapir_span *secrets);

/* Finds the content of a custom block, its options included, for only the enterprise knows where
 * they begin; false when it is another block or too short. */
TAPIR_API bool tapir_pcapng_custom_get(
    const tapir_pcapng_block *block, uint32_t *enterprise, tapir_span *content);

/* Takes the next field of a systemd journal entry from `entry`, which at first is a reader over the
 * body of a journal block; false at its end. */
TAPIR_API bool tapir_pcapng_journal_next(tapir_reader *entry, tapir_span *name, tapir_span *value);

TAPIR_EXTERN_C_END
#endif
