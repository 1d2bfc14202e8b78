/* A text of packets once it has been read, and the pieces of reading it. */
#ifndef TAPIR_CRAFT_CRAFT_H
#define TAPIR_CRAFT_CRAFT_H

#include "tapir/craft.h"
#include "tapir/nearest.h"

enum {
    TAPIR__MAX_LAYERS = 128,
    TAPIR__MAX_MEMORY = 16 << 20, /* all that a text may make of itself */
    TAPIR__LIST_ROOM = 1 << 16,   /* bytes of one list */
    TAPIR__MAX_NAME = 64
};

/* One value, or one range of them. */
struct tapir__alternative {
    uint64_t first;   /* of numbers */
    uint64_t count;   /* in the range; 1 for a single value */
    tapir_span bytes; /* of everything else; addresses count up from it */
};

/* What has been given for one field. */
struct tapir__choice {
    size_t layer;
    const tapir_field *field;
    const tapir_part *part; /* only these bits of the field, or NULL */
    size_t place;           /* in the text */
    struct tapir__alternative *alternatives;
    size_t alternative_count;
    uint64_t count;   /* of values, all together */
    uint8_t *counted; /* where an address of a range that a span is set to stands; or NULL */
};

struct tapir__craft_layer {
    const tapir_proto *proto;
    size_t place; /* in the text */
    unsigned keep;
    uint8_t *fields;  /* the struct before values are chosen */
    uint8_t *chosen;  /* the same of the packet being built */
    uint8_t *decoded; /* as it was built */
};

/* Memory that is freed all at once. */
struct tapir__block {
    struct tapir__block *next;
    uint64_t bytes[];
};

struct tapir_craft {
    const tapir_registry *registry;
    struct tapir__block *blocks;
    size_t memory; /* in them */
    struct tapir__craft_layer layers[TAPIR__MAX_LAYERS];
    size_t layer_count;
    struct tapir__choice *choices;
    size_t choice_count, choice_room;
    uint64_t count;
    tapir_layer decoded[TAPIR__MAX_LAYERS]; /* of the packet being built */
    uint8_t *composed; /* room for messages put together, TAPIR__LIST_ROOM bytes */
    tapir_builder *builder;
    uint8_t *copy; /* of what was built, for what is built from it; grown to need */
    size_t copy_room;
};

/* A text being read. */
struct tapir__scan {
    struct tapir_craft *craft;
    const char *text, *at;
    tapir_error *error; /* may be NULL */
    tapir_status status;
    size_t composed; /* bytes in the craft's room that lists around this place have taken */
};

/* Returns zeroed memory that lives as long as the craft; NULL, failing the scan, when there is
 * none.
 */
void *tapir__craft_memory(struct tapir__scan *scan, size_t len);

/* Fails the scan at a place in the text; false, so that a failure is one return statement. */
bool tapir__craft_refuse(struct tapir__scan *scan, const char *at, tapir_status status,
    const char *format, ...) TAPIR_PRINTF(4, 5);

/* Whether a word in the text is that name: in either case, - and _ alike. */
bool tapir__same_word(tapir_span word, const char *name);

/* Finds the protocol that is called that; NULL when there is none. *type is that of the message
 * where the word says it (ICMPv6ND_NS), otherwise -1. */
const tapir_proto *tapir__find_layer(const tapir_registry *registry, tapir_span word, int *type);

/* Offers the names of all layers there are. */
void tapir__offer_layers(const tapir_registry *registry, tapir_nearest *nearest);

/* A field of a layer whose struct is at `fields`, which can decide which fields there are. */
struct tapir__found {
    const tapir_field *field; /* NULL: none is called that */
    const tapir_part *part;   /* the name is that of some of its bits */
    bool scaled;              /* the name is Wireshark's, whose value is `scale` times as large */
    const struct tapir__word *implies;
};
struct tapir__found tapir__find_field(
    const tapir_proto *proto, const void *fields, tapir_span word);

/* Offers the names of all fields there are. */
void tapir__offer_fields(const tapir_proto *proto, const void *fields, tapir_nearest *nearest);

/* A word of scapy's for a field, and what giving it says about another one. */
struct tapir__word {
    const char *proto, *word, *member;
    const char *implied; /* member in which these bits are set, or NULL */
    uint64_t bits;
};

/* Returns the bits that letters stand for ("SA" of tcp.flags); false when they stand for none. */
bool tapir__letters(const tapir_field *field, tapir_span word, uint64_t *bits);

/* Sets the field to the n-th of its values. */
void tapir__choice_set(uint8_t *fields, const struct tapir__choice *choice, uint64_t n);

/* Returns the space of a protocol's ports, NULL when it has none. */
const tapir_space *tapir__port_space(const tapir_proto *proto);

/* Reads the value of a field: everything after "=". */
bool tapir__scan_value(struct tapir__scan *scan, struct tapir__choice *choice, bool scaled);

/* Reads a list of [maker(argument, ...), ...] into bytes. */
bool tapir__scan_list(struct tapir__scan *scan, const tapir_list *list, tapir_span *bytes);

/* Reads the arguments of the maker called `word`, which stands at `at`, and puts what it makes
 * behind *bytes. */
bool tapir__scan_option_layer(struct tapir__scan *scan, const tapir_list *list, tapir_span word,
    const char *at, tapir_span *bytes);

/* Reads text in quotes, digits behind 0x, or what stands up to a comma or bracket: bytes of a
 * payload, an option, a key. */
bool tapir__scan_bytes(struct tapir__scan *scan, tapir_span *bytes);

/* Takes [ "*" number ] behind bytes, which are repeated as often. */
bool tapir__scan_repeats(struct tapir__scan *scan, tapir_span *bytes);

/* Takes the next word: what is in quotes, or all up to a delimiter. *at is where it begins. */
bool tapir__scan_word(struct tapir__scan *scan, tapir_span *word, bool *quoted);

/* Whether text in quotes begins here: "...", '...', b"..." as Python has it. */
bool tapir__at_quote(const char *at);

/* Takes None, which stands for a value that is not given. */
bool tapir__scan_none(struct tapir__scan *scan);

/* Reads a word as a number of up to `bits` bits, or as the name of a value or of bits. */
bool tapir__scan_number(struct tapir__scan *scan, tapir_span word, const char *at,
    const tapir_field *field, unsigned bits, uint64_t *number);

/* Reads a word as an address of a kind (TAPIR_IPV4, TAPIR_IPV6, TAPIR_MAC); false when it is none.
 */
bool tapir__parse_address(tapir_span word, uint8_t kind, uint8_t address[16]);

/* Steps over spaces; then over `c` if it is next. */
void tapir__skip_spaces(struct tapir__scan *scan);
bool tapir__scan_char(struct tapir__scan *scan, char c);

#endif
