/* tapir convert: what is asked for, and the stations a packet passes. */
#ifndef TAPIR_CLI_CONVERT_H
#define TAPIR_CLI_CONVERT_H

#include "cli.h"

/* How to go on after a packet; the worse one is the larger. */
enum outcome { GO_ON, STOP, STOP_SPOILT, STOP_USAGE };

/* Packets `first` to `last`, counted from 1. */
struct range {
    uint64_t first, last;
};

struct ranges {
    struct range *list; /* in order, none touching another */
    size_t count;
};

/* A comment for the packet of that number. */
struct note {
    uint64_t number;
    const char *text;
};

struct notes {
    struct note *list; /* in order of numbers */
    size_t count;
};

/* What makes a packet a duplicate: the same bytes (behind the first `skip`) as one of the
 * `packets` before it, or one at most `time` nanoseconds before it. */
struct dedup_request {
    bool wanted, timed;
    uint64_t packets;
    int64_t time;
    uint64_t skip;
};

enum file_kind { KIND_AUTO, KIND_PCAP, KIND_PCAP_MICRO, KIND_PCAP_NANO, KIND_PCAPNG };

struct convert_request {
    const char **inputs;
    size_t input_count;
    const char *output;
    bool concatenate, join;

    struct instant from, to;
    struct ranges ranges;
    uint64_t limit;
    struct expression expression;
    const char *expression_file;
    struct dedup_request dedup;

    int64_t shift;
    struct instant start;
    uint64_t snap; /* 0: whole packets */
    bool strip_fcs;
    int link_type; /* to convert to, -1: none */
    bool has_macs;
    uint8_t source_mac[6], destination_mac[6];
    const char *key, *key_file;
    tapir_anonymiser_options anonymise;
    struct notes notes;
    bool strip_comments, strip_secrets, strip_names;

    enum file_kind kind;
    tapir_compression compression;
    int level;
    tapir_byte_order byte_order;
    tapir_sink_rotation split;
    bool split_flow;
};

/* Reading what options say; each returns false when the text is no such thing. */
bool parse_mac(const char *text, uint8_t mac[6]);
bool parse_ranges(const char *text, struct ranges *ranges); /* 1-100,205,300- */
bool add_note(const char *text, struct notes *notes);       /* 12:text */
void sort_notes(struct notes *notes);

/* Station 1: which packets. */

struct seen; /* what was seen of late, to find duplicates by */

struct selection {
    const struct convert_request *request;
    struct expression *expression; /* NULL: everything */
    size_t range;                  /* the one the next packet may be in */
    int64_t from, to, first_time;
    bool has_first;
    uint64_t taken;
    struct seen *seen;
};

bool selection_start(struct selection *selection, struct convert_request *request);
void selection_end(struct selection *selection);

/* Whether no later packet can be wanted. */
bool selection_over(const struct selection *selection);

/* Whether a packet is wanted; *ok is false after a complaint. */
bool selection_wants(struct selection *selection, const tapir_frame *frame, bool *ok);

/* Returns what finds duplicates, NULL when out of memory. */
struct seen *seen_new(const struct dedup_request *request);
bool seen_before(struct seen *seen, const tapir_frame *frame);
void seen_free(struct seen *seen);

/* Station 2: what becomes of them. */

struct change {
    const struct convert_request *request;
    tapir_anonymiser *anonymiser;
    tapir_packet *packet; /* to find headers with, NULL when none are looked for */
    bool any;             /* any packet may be changed */
    bool shifted;         /* the shift is known */
    int64_t shift;
    size_t note;    /* the next comment to be given */
    uint8_t *bytes; /* of a packet with another link header */
    size_t room;
    uint8_t *block; /* of a block with fewer options */
    size_t block_room;
    tapir_pcapng_block plain_block;
    uint64_t left_out; /* packets that the link type cannot hold */
};

bool change_start(struct change *change, const struct convert_request *request);
void change_end(struct change *change);

enum changed { CHANGED_NOT, CHANGED, CHANGED_OUT, CHANGED_FAILED };

/* Changes a frame as asked. CHANGED_OUT: it cannot be, and is left out; CHANGED_FAILED after a
 * complaint. What it points to then is valid until the next call. */
enum changed change_frame(struct change *change, tapir_frame *frame);

/* The same for the description of an interface: into *changed. */
const tapir_interface *change_interface(
    struct change *change, const tapir_interface *interface, tapir_interface *changed);

/* Returns a block without the options that are to go, itself when it has none of them; NULL after a
 * complaint. */
const tapir_pcapng_block *change_block(struct change *change, const tapir_pcapng_block *block);

/* Gives a frame the link-layer header of the request's link type, in change->bytes. */
enum changed change_link_type(struct change *change, tapir_frame *frame);

/* Makes change->bytes hold `len` bytes; false after a complaint. */
bool change_room(struct change *change, size_t len);

/* Station 3: where they go. */

struct flow_files;

struct target {
    const struct convert_request *request;
    struct change *change;
    tapir_source *source; /* that is read, merged if there are several */
    tapir_source *const *sources;
    size_t source_count;
    char *pattern;       /* path of the output, a pattern for the times of several files */
    enum file_kind kind; /* decided */
    bool nanoseconds;
    bool blocks;              /* blocks without packets are of interest */
    bool sections;            /* sections stay as they are in the one input */
    bool copies;              /* ... and so does every block that is not changed */
    uint32_t first_interface; /* of the section, among the source's */
    tapir_sink *sink;         /* NULL until it is known what kind of packets it gets */
    struct flow_files *flows; /* with a file for each flow */
};

bool target_start(struct target *target, const struct convert_request *request,
    struct change *change, tapir_source *source, tapir_source *const *sources, size_t count);

enum outcome target_frame(struct target *target, const tapir_frame *frame, bool changed);
enum outcome target_block(struct target *target, const tapir_pcapng_block *block);

/* Closes what was written. */
enum outcome target_end(struct target *target, enum outcome outcome);

/* Fills the options a sink is opened with, for packets of that interface (NULL: not known). */
void target_options(
    const struct target *target, const tapir_interface *interface, tapir_sink_options *options);

/* Adds a frame's interface to a sink of one section of its own: `known` are those it has, by the
 * source's numbers. Fills the number in the sink. */
struct interface_numbers {
    uint32_t *list; /* UINT32_MAX: not there yet */
    size_t count;
};
tapir_status target_interface(const struct target *target, tapir_sink *sink,
    struct interface_numbers *known, uint32_t interface, uint32_t *number);

/* Says what is wrong with an output. */
enum outcome target_failed(tapir_status status, const tapir_error *error);

/* A file for each flow. */
struct flow_files *flow_files_new(struct target *target);
enum outcome flow_files_write(struct flow_files *files, const tapir_frame *frame);
enum outcome flow_files_end(struct flow_files *files, enum outcome outcome);

#endif
