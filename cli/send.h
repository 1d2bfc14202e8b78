/* tapir send: what its parts share. */
#ifndef TAPIR_CLI_SEND_H
#define TAPIR_CLI_SEND_H

#include "cli.h"

/* Changes of headers: rules, and what is done to VLAN tags. */
struct rewriting {
    struct rewrite_rule *rules;
    size_t rule_count;
    struct tag_step *steps;
    size_t step_count;
    tapir_packet *packet;
    uint8_t *bytes; /* the frame being changed */
    size_t room;
};

/* Reads "FIELD=[FROM>]TO,...", and "push:ID", "set:ID" or "pop". The exit code: wrong usage is
 * complained about. */
int rewriting_add_rules(struct rewriting *rewriting, const char *text);
int rewriting_add_step(struct rewriting *rewriting, const char *text);

/* Changes a frame, in memory of its own; false after a complaint. */
bool rewrite_frame(struct rewriting *rewriting, tapir_frame *frame);

void rewriting_clear(struct rewriting *rewriting);

/* What becomes of frames that were not captured whole. */
enum truncated { TRUNCATED_SKIP, TRUNCATED_SEND, TRUNCATED_PAD };

/* What the command line asks for. */
struct send_request {
    const char *interface, *output;
    char **files, **crafts;
    size_t file_count, craft_count;
    struct expression expression;
    struct rewriting rewriting;
    tapir_send_options options;
    tapir_pace_options pace;
    bool paced; /* by an option */
    enum truncated truncated;
    uint64_t loops, limit; /* 0: no end */
    int64_t duration;      /* nanoseconds, 0: no end */
    bool preload, stats, quiet;
};

/* Does all of it, and tells how it went; the exit code. */
int send_packets(struct send_request *request);

/* Frames kept in memory to be sent several times. */
struct store {
    struct store_block *block; /* the newest */
    size_t len;                /* bytes in all of them */
    struct stored *frames;
    size_t count, frame_room;
};

/* Sending, while it goes on. */
struct sender {
    struct send_request *request;
    tapir_sink *sink;
    tapir_pace *pace;
    struct store store;
    uint8_t *padded;
    size_t padded_room;
    uint64_t taken;     /* frames that passed the filter and were to be sent */
    uint64_t truncated; /* of these, left out since they were not captured whole */
    uint64_t refused;   /* and for other reasons */
    bool over;          /* enough, or told to stop */
    uint16_t link_type; /* of the interface, or the file */
    bool gathering;     /* frames go to the store, not to the sink */
    bool too_much;      /* what was to be gathered */
    int64_t started, shown;
    uint64_t shown_packets, shown_bytes;
};

/* Gives every frame of texts and files to `sender_take`, once; the exit code. */
int feed(struct sender *sender);

/* Takes a frame, from its source to the wire or the store; the exit code, and sender->over when it
 * is enough. `begins`: the first one of its file. */
int sender_take(struct sender *sender, tapir_frame *frame, bool begins);

/* Sends a frame in its turn; as sender_take. */
int sender_send(struct sender *sender, const tapir_frame *frame, bool begins);

/* Keeps a frame; false when that would be too much, which is complained of where keeping was asked
 * for. */
bool store_add(struct store *store, const tapir_frame *frame, bool begins, bool asked);

/* Sends all that is kept. */
int store_send(struct sender *sender);

void store_clear(struct store *store);

/* The source that is being read, for the signal handler. */
void sender_reads(tapir_source *source);

#endif
