/* What `tapir streams` is asked to do, and its ways of doing it. */
#ifndef TAPIR_CLI_STREAMS_H
#define TAPIR_CLI_STREAMS_H

#include "confine.h"

/* What connections are sorted by; amounts from the largest down. */
enum streams_sort {
    SORT_START,
    SORT_ID,
    SORT_DURATION,
    SORT_CLIENT,
    SORT_SERVER,
    SORT_STATE,
    SORT_PACKETS,
    SORT_BYTES,
    SORT_RETRANSMITTED,
    SORT_OUT_OF_ORDER,
    SORT_GAPS,
    SORT_RTT,
    SORT_PROTOCOL,
    SORT_COUNT
};

/* How bytes are shown by --follow. */
enum streams_form { FORM_ASCII, FORM_HEX, FORM_RAW };

struct streams_request {
    const char *path, *interface; /* -r, -i: one of them */
    uint64_t limit;               /* packets */
    struct expression expression;
    tapir_capture_options capture; /* but for what is said elsewhere here */
    tapir_reassembler_options reassembly;
    bool fragments_stay; /* --no-defragment */
    const char *user;    /* -Z */
    bool unconfined;

    uint64_t *followed; /* --follow: ids */
    size_t followed_count;
    bool all_followed;
    const char *directory; /* --extract */
    const char *save;      /* -w */
    bool http;

    bool json, wide, quiet, color, by_line;
    enum streams_sort sort;
    bool reverse;
    enum streams_form form;
    bool ways[2];   /* --way, by tapir_way */
    bool gaps_left; /* --gaps skip */
};

/* One run. */
struct streams {
    const struct streams_request *request;
    const struct streams_view *view;
    void *own; /* the view's */
    bool live;
    tapir_source *source;
    tapir_packet *packet;
    tapir_defragmenter *defragmenter; /* NULL: fragments are left out */
    tapir_reassembler *reassembler;
    struct output output;
    uint64_t frames;      /* that the filter let pass */
    uint64_t connections; /* ever, chosen or not */
    bool failed;          /* an output cannot be written; has been complained about */
};

/* A way of showing connections. The calls' `user` is the struct streams. */
struct streams_view {
    tapir_reassembly_calls calls;
    /* Makes what it needs, opens its outputs, as the user that captures; false after a complaint.
     */
    bool (*open)(struct streams *streams);
    /* After the last call: shows what it still has to; false after a complaint. NULL: nothing. */
    bool (*finish)(struct streams *streams);
    /* Nothing comes for a while: writes what it holds back; false when it cannot. NULL: nothing. */
    bool (*pause)(struct streams *streams);
    /* Frees; fine when `open` was not called, or failed. NULL: nothing. */
    void (*close)(struct streams *streams);
};

extern const struct streams_view streams_list, streams_follow, streams_extract, streams_http,
    streams_save;

/* What is told of a connection. */
struct streams_record {
    tapir_conversation_info info;
    const char *protocol; /* NULL: no guess */
    uint8_t reason;       /* tapir_end_reason */
};

/* Returns what a chunk has that was not there before. */
static inline tapir_span streams_bytes(const tapir_chunk *chunk)
{
    size_t kept = chunk->kept;

    return kept < chunk->bytes.len
               ? tapir_span_of(chunk->bytes.data + kept, chunk->bytes.len - kept)
               : tapir_span_of(NULL, 0);
}

/* Appends one side of a connection: 10.0.0.1:80, [2001:db8::1]:80. */
void streams_put_side(tapir_text *text, const tapir_connection *connection, tapir_way of);

/* Returns the port of one side, 0 when there is none. */
uint16_t streams_port(const tapir_connection *connection, tapir_way of);

/* Returns a side's address. */
const tapir_endpoint *streams_address(const tapir_connection *connection, tapir_way of);

/* Appends nanoseconds as seconds with so many digits behind the point, 9 at most. */
void streams_put_seconds(tapir_text *text, int64_t nanoseconds, unsigned digits);

/* Appends a time with microseconds: 2026-01-02T03:04:05.123456Z. */
void streams_put_time(tapir_text *text, int64_t time);

/* Prints connections as a table: a line each, below a heading. Of some it knows how wide columns
 * have to be; records that come one by one get the usual widths. */
struct streams_table;
struct streams_table *streams_table_new(bool wide);
void streams_table_measure(struct streams_table *table, const struct streams_record *record);
void streams_table_head(struct streams_table *table, tapir_text *text);
void streams_table_line(
    struct streams_table *table, tapir_text *text, const struct streams_record *record);
void streams_table_free(struct streams_table *table);

/* Appends a connection as a JSON object and a newline. */
void streams_json(tapir_text *text, const struct streams_record *record);

/* What objects of JSON are made of: the key and its value, with a comma in front. */
void streams_json_number(tapir_text *text, const char *name, uint64_t value);
void streams_json_flag(tapir_text *text, const char *name, bool value);
void streams_json_string(tapir_text *text, const char *name, tapir_span value);
void streams_json_time(tapir_text *text, const char *name, int64_t time);
/* Seconds with nine digits in quotes; null when negative. */
void streams_json_seconds(tapir_text *text, const char *name, int64_t nanoseconds);
/* src, sport, dst, dport. */
void streams_json_sides(tapir_text *text, const tapir_connection *connection);

/* What views answer to `opened`: whether the connection is among those that --follow names. */
bool streams_chosen(void *user, tapir_conversation *conversation);

/* What of a stream's beginning is kept to guess its protocol. */
struct streams_beginning {
    uint8_t bytes[2][TAPIR_GUESS_BYTES];
    size_t len[2];
};

/* Files in one directory, of which some are open at a time. They are made anew, never written over;
 * no name leads out of the directory, and none is followed if it is a link. What is small is held
 * back until there is more of it; when that cannot be written, what is asked next fails. */
struct streams_files;

/* A file to be written; zeroed it has not been made yet. */
struct streams_file {
    char name[160];
    uint64_t device, inode; /* so that it is the same when it is opened again */
    size_t slot;            /* where it is open: this - 1; 0: it is not */
    bool made;
};

/* Opens the directory, which is made if there is none; NULL after a complaint. */
struct streams_files *streams_files_open(const char *directory);

/* Makes an empty file named `base` and cN for *suffix, N, unless that is 0. With `pair`, another
 * name that is to be free as well, *suffix is the first that is free for both; without it, it
 * changes only when the name is taken. False after a complaint. */
bool streams_files_make(struct streams_files *files, struct streams_file *file, const char *base,
    const char *pair, uint64_t *suffix);

/* Appends bytes, or zeroes as a hole. False after a complaint. */
bool streams_files_append(struct streams_files *files, struct streams_file *file, tapir_span bytes);
bool streams_files_skip(struct streams_files *files, struct streams_file *file, uint64_t bytes);

/* Lets go of a file. Fine when it was not made. */
void streams_files_end(struct streams_files *files, struct streams_file *file);

/* Writes all that is held back; false when something could not be written, now or before. */
bool streams_files_flush(struct streams_files *files);

void streams_files_close(struct streams_files *files);

/* Puts content of a message of HTTP into a file of its exchange's, which is made with the first
 * piece; `id` is the connection's. False after a complaint. */
bool streams_body_write(struct streams *streams, struct streams_files *files,
    tapir_http_exchange *exchange, const tapir_http_piece *piece, uint64_t id);

/* Returns the name of the file of a way's message, NULL when there is none. */
const char *streams_body_name(const tapir_http_exchange *exchange, tapir_way way);

/* Lets go of an exchange's files. */
void streams_body_end(struct streams_files *files, tapir_http_exchange *exchange);

/* Opens, confines, reads, shows; the exit code. */
int streams_run(struct streams_request *request);

/* Takes frames of an interface until there are enough, or a signal comes; the exit code. */
int streams_live(struct streams *streams);

/* Says on stderr what there has been so far. */
void streams_sum_up(const struct streams *streams);

/* Takes frames that are valid together; false when nothing more can be shown. */
bool streams_take(struct streams *streams, const tapir_frame *frames, size_t count);

#endif
