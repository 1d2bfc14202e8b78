/* Packets from text, which is the input: whatever it says, it is read or refused with a place that
 * lies in it, and its first packets are built or refused; what is built can be decoded, and reading
 * and building again give the same. */
#include <stdlib.h>

#include "tapir/tapir.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAX_LEN = 2048, MAX_PACKETS = 8 };

static void expect(bool fact)
{
    if (!fact)
        abort();
}

static void check_error(const tapir_error *error, tapir_status status, size_t len)
{
    expect(error->code == status);
    expect(*error->message);
    expect(error->offset <= len);
}

/* Builds the index-th packet twice: a build leaves nothing behind. */
static void check_packet(tapir_craft *craft, uint64_t index, size_t len, tapir_packet *packet)
{
    static uint8_t copy[1 << 17];
    tapir_frame frame = {.link_type = tapir_craft_link_type(craft)};
    tapir_span bytes;
    tapir_error error = {.offset = 0};
    tapir_status status = tapir_craft_build(craft, index, NULL, &bytes, &error);
    size_t made = 0;

    if (status != TAPIR_OK) {
        check_error(&error, status, len);
        expect(tapir_craft_build(craft, index, NULL, &bytes, NULL) == status);
        return;
    }
    if (bytes.len <= sizeof copy && bytes.len) {
        made = bytes.len;
        memcpy(copy, bytes.data, made);
    }
    expect(tapir_craft_build(craft, index, NULL, &bytes, NULL) == TAPIR_OK);
    expect(!made || (bytes.len == made && memcmp(copy, bytes.data, made) == 0));
    frame.data = bytes.data;
    frame.caplen = frame.len = (uint32_t)bytes.len;
    tapir_packet_start(packet, &frame);
    tapir_packet_finish(packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static tapir_packet *packet;
    char text[MAX_LEN + 1];
    tapir_craft *craft;
    tapir_error error = {.offset = 0};
    tapir_status status;
    uint64_t count;

    if (!packet)
        packet = tapir_packet_new(NULL);
    if (size > MAX_LEN)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    size = strlen(text);
    status = tapir_craft_new(&craft, NULL, text, &error);
    if (status != TAPIR_OK) {
        expect(!craft);
        check_error(&error, status, size);
        return 0;
    }
    count = tapir_craft_count(craft);
    expect(count > 0);
    for (uint64_t i = 0; i < count && i < MAX_PACKETS; i++)
        check_packet(craft, i, size, packet);
    check_packet(craft, count - 1, size, packet);
    tapir_craft_free(craft);
    return 0;
}
