/* What the commands share: their table, their options, their exits, their messages. */
#ifndef TAPIR_CLI_H
#define TAPIR_CLI_H

#include "tapir/tapir.h"

/* Exit codes: done, error in the input or at run time, wrong usage. */
enum { EXIT_DONE = 0, EXIT_RUNTIME = 1, EXIT_USAGE = 2 };

/* Options without a letter are numbered from here. --help is in every command's table. */
#define OPTION_WORD 256
#define OPTION_HELP (OPTION_WORD - 1)

/* One option: parsed, listed by --help, all from this row. A row without an id is a heading. */
struct option_row {
    int id;               /* the letter, or OPTION_WORD + n when there is only the long name */
    const char *name;     /* long name, NULL when there is only the letter */
    const char *argument; /* "FILE"; NULL: takes none */
    const char *help;
};

/* One command: `run` gets its own argv, the command's name first, and returns the exit code. */
struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;  /* one line */
    const char *usage; /* what follows the name: "-r FILE [options] [filter expression]" */
    const struct option_row *options;
    size_t option_count;
    const struct option_row *absent; /* that one may look for; .help says why they are not there */
    size_t absent_count;
    bool operands_in_order; /* each comes as OPTION_OPERAND, where it stands */
    const char *more;       /* text below the options, with its newlines, or NULL */
};

extern const struct command capture_command, convert_command, craft_command, decode_command,
    devices_command, diff_command, dump_command, info_command, protocols_command, send_command,
    streams_command;

/* TAPIR_COUNT'ed rows for a command's designated initialisers. */
#define OPTIONS(rows) .options = rows, .option_count = TAPIR_COUNT(rows)
#define ABSENT(rows)  .absent = rows, .absent_count = TAPIR_COUNT(rows)

/* Steps through argv by the command's table: the id of the next option, its argument (or NULL) in
 * *argument; OPTION_END when only operands are left, from argv[optind] on. Wrong usage is
 * complained about and ends the program, as does --help. */
enum { OPTION_END = -1, OPTION_OPERAND = 1 };
int option_next(const struct command *command, int argc, char **argv, const char **argument);

/* Prints a command's help, made from its table. */
void command_help(const struct command *command);

/* Prints "tapir: message" to stderr. */
void complain(const char *format, ...) TAPIR_PRINTF(1, 2);

/* Prints "tapir CMD: message" and where to look; returns EXIT_USAGE. */
int wrong_usage(const struct command *command, const char *format, ...) TAPIR_PRINTF(2, 3);

/* The protocol of that name; NULL after a complaint with the nearest names, about an option's
 * argument or (NULL) an operand. decode_as.c */
const tapir_proto *known_protocol(
    const struct command *command, const char *option, const char *name);
/* Binds what "udp.port==8472,vxlan" says, the argument of -d, in *registry, which is made at first
 * and the caller's to free; the exit code. */
int decode_as(const struct command *command, tapir_registry **registry, const char *text);
#define DECODE_AS_ROW                                                                              \
    {                                                                                              \
        'd', "decode-as", "KEY==VALUE,NAME",                                                       \
            "decode what follows under that key as this protocol:\n"                               \
            "-d udp.port==8472,vxlan, -d tcp.port==8000-8099,data"                                 \
    }

/* The same for an option whose argument is not what is wanted of it: "one of in, out and inout". */
int wrong_argument(
    const struct command *command, const char *option, const char *argument, const char *wanted);

/* Prints a text to stderr with a caret under the place; of a long one only what is around it. */
void show_place(const char *text, size_t offset);

/* Complains about a text that is no packets, or packets that cannot be made, with the place in it
 * (tapir/craft.h). Returns the exit code. */
int craft_failed(const char *text, const tapir_error *error);

/* Reads a whole decimal number between `low` and `high`; false when it is none. */
bool parse_number(const char *text, uint64_t low, uint64_t high, uint64_t *number);

/* Returns which of the words the text is, -1: none. */
int parse_word(const char *text, const char *const *words, size_t count);

/* Reads 00:11:22:33:44:55, or with -. */
bool parse_mac(const char *text, uint8_t mac[6]);

/* Reads a number of bytes: 100, 10k, 5M, 2G. */
bool parse_size(const char *text, uint64_t *bytes);

/* Reads a way to compress, with or without a level, which is 0 then: zstd, gzip:9. */
#define COMPRESSIONS "one of none, gzip, zstd, lz4 and xz, with or without :LEVEL"
bool parse_compression(const char *text, tapir_compression *compression, int *level);

/* Tells whether a file's name says of which format it is, and which. */
bool format_named(const char *name, tapir_sink_format *format);

/* A time as it was written: absolute, or counted from the first packet. */
struct instant {
    int64_t time; /* nanoseconds */
    bool given, relative;
};

/* Reads a time: RFC 3339, local without a zone, seconds since the epoch, or +duration, relative. */
bool parse_instant(const char *text, struct instant *instant);

/* Reads a duration: -1.5, 10s, 2h; s, ms, us, ns, m, h, d. */
bool parse_duration(const char *text, int64_t *nanoseconds);

/* Returns nanoseconds of a clock that only goes forward. */
int64_t monotonic(void);

/* Reads a small text file, "-" for standard input. Returns it NUL-terminated, to be freed; NULL
 * after a complaint, also when it is larger than `limit` or not text. */
char *read_text(const char *path, size_t limit);

/* Whether a path is a regular file, which can be read twice; its size if asked for. - is none. */
bool regular_file(const char *path, uint64_t *size);

/* Whether both paths are the same regular file; - stands for standard input and output. */
bool same_file(const char *input, const char *output);

/* Tells whether a thread would have a processor of its own. */
bool several_processors(void);

/* Prints what was built in and what was left out; EXIT_DONE. */
int print_version(void);

/* Output to stdout in large writes. EPIPE ends the program quietly. */
struct output {
    tapir_text text;
    bool by_line;           /* flush after each packet */
    int failed;             /* exit code when it cannot be written; 0: EXIT_RUNTIME */
    int gone;               /* exit code when its reader has gone */
    bool survives;          /* when it cannot be written, the program goes on and looks at these: */
    bool broken, gone_away; /* nothing is written any more; because its reader has gone */
};

/* Writes the text out when it is large enough, or always when `now`. */
void output_flush(struct output *output, bool now);

/* Tells whether an argument of --color's is one of its words: EXIT_DONE, or EXIT_USAGE after a
 * complaint. */
int check_color(const struct command *command, const char *when);

/* Whether to colour stdout: `when` is "auto" (NULL alike), "always" or "never". With auto only a
 * terminal gets colours, and not when NO_COLOR is set (no-color.org) or TERM is dumb. */
bool color_wanted(const char *when);

/* Makes SIGINT and SIGTERM end the source's reads with TAPIR_BREAK; the second one kills. NULL lets
 * go of the source. */
void break_on_signal(tapir_source *source);

/* Reports how a source ended: EXIT_DONE for its end or a break, else complains and returns
 * EXIT_RUNTIME. */
int source_ended(tapir_source *source, tapir_status status);

/* How far a long read is, on stderr: shown only on a terminal, and not beside data on one. */
struct progress {
    bool shown;
    int64_t next;   /* when to draw again, monotonic nanoseconds */
    uint64_t size;  /* of the file, 0 when not known */
    uint64_t until; /* frames before the clock is looked at again */
};
void progress_start(struct progress *progress, const char *path);
void progress_draw(struct progress *progress, const tapir_source *source);

/* Called for every frame. */
static inline void progress_step(
    struct progress *progress, const tapir_source *source, uint64_t number)
{
    if (progress->shown && number >= progress->until)
        progress_draw(progress, source);
}

/* Takes the line off the terminal. */
void progress_end(struct progress *progress);

/* A filter expression, compiled for each link type when the first frame of it comes. The first link
 * type has to take it; of later ones that do not, no frame matches. */
struct expression {
    char *text; /* empty: everything */
    struct compiled {
        uint16_t link_type;
        tapir_filter *filter; /* NULL: selects nothing */
    } * compiled;
    size_t count;
    uint32_t snaplen; /* that the compiled program returns, 0: 262144 */
    bool no_optimize;
    bool live; /* for a kernel to run, not for frames of files */
};

/* Joins the operands to an expression; false when out of memory. */
bool expression_join(struct expression *expression, char *const *words, size_t count);

/* Reads the expression from a file, without what follows a # on its line; "-" is standard input.
 * False after a complaint. */
bool expression_read(struct expression *expression, const char *path);

/* Returns the expression compiled for a link type, NULL after a complaint with a caret under the
 * place that is wrong. */
const tapir_filter *expression_filter(struct expression *expression, uint16_t link_type);

/* The same, when only whether it can be matters. */
bool expression_compile(struct expression *expression, uint16_t link_type);

/* Tells whether the frame matches; *ok is false after a complaint that it cannot be compiled for
 * the frame's link type. */
bool expression_match(struct expression *expression, const tapir_frame *frame, bool *ok);

/* Says why an interface could not be opened with the expression as its filter, with a caret under
 * the place if that is in it; the exit code. */
int expression_refused(const struct expression *expression, const tapir_error *error);

void expression_clear(struct expression *expression);

#endif
