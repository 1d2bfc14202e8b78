/* Decoding from every link type: bytes 0 and 1 name it, byte 2 how much of the frame was not
 * captured; the rest is the frame. Everything that reads a packet runs over it, and the laws are
 * checked. */
#include "../tests/agreement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool fact)
{
    if (!fact)
        abort();
}

/* The link type of that number; one of those with a protocol when it has none, mostly. */
static uint16_t choose_link_type(uint16_t number)
{
    static uint16_t types[64];
    static size_t count;
    const tapir_registry *registry = tapir_registry_default();

    for (uint32_t type = 0; !count && type < UINT16_MAX; type++)
        if (tapir_registry_find(registry, TAPIR_LINK_TYPE, type) && count < TAPIR_COUNT(types))
            types[count++] = (uint16_t)type;
    if (number == UINT16_MAX || tapir_registry_find(registry, TAPIR_LINK_TYPE, number))
        return number;
    return types[number % count];
}

/* Columns of every name there is. */
static const char *names[4096];
static size_t name_count;

static void add_name(void *user, const char *name)
{
    (void)user;
    if (name_count < TAPIR_COUNT(names))
        names[name_count++] = name;
}

static tapir_columns *all_columns(void)
{
    tapir_columns *columns;

    tapir_columns_names(NULL, add_name, NULL);
    columns = tapir_columns_new(NULL, names, name_count, NULL);
    expect(columns);
    return columns;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const tapir_columns_format csv = {.separator = ",", .aggregator = ";", .csv = true};
    static tapir_columns *columns;
    static struct agreement *agreement;
    static tapir_json *json;
    static tapir_dump *dumps[2];
    static tapir_text text;
    static const tapir_tree_options tree = {.verify = true, .hex = true};
    tapir_frame frame = {.number = 1, .has_time = true};
    tapir_connection connection;
    tapir_packet *eager;

    if (!agreement) {
        agreement = agreement_new();
        json = tapir_json_new();
        columns = all_columns();
        tapir_json_set_verify(json, true);
        for (unsigned i = 0; i < TAPIR_COUNT(dumps); i++)
            dumps[i] = tapir_dump_new(&(tapir_dump_options){.size = sizeof(tapir_dump_options),
                .numeric = true,
                .verbosity = i * 3,
                .link_header = i > 0,
                .bytes = i ? TAPIR_DUMP_HEX_ASCII : TAPIR_DUMP_NO_BYTES,
                .connections = 64});
    }
    if (size < 3)
        return 0;
    frame.link_type = choose_link_type((uint16_t)tapir_load_be(data, 2));
    frame.data = data + 3;
    frame.caplen = (uint32_t)size - 3;
    frame.len = frame.caplen + data[2];
    expect(!agreement_check(agreement, &frame));
    eager = agreement->eager;
    text.len = 0;
    tapir_json_packet(json, &text, eager);
    tapir_tree_packet(&text, eager, &tree);
    if (size % 8 == 0) /* there are many names */
        tapir_columns_packet(columns, &text, eager, &csv);
    for (unsigned i = 0; i < TAPIR_COUNT(dumps); i++)
        tapir_dump_packet(dumps[i], &text, eager);
    expect(!text.failed);
    tapir_packet_connection(eager, &connection);
    return 0;
}
