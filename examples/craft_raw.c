/* Reads a packet from raw bytes, prints it, changes it and builds it again.
 * usage: craft_raw [HEX] */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "tapir/tapir.h"

/* 10.0.0.1:40000 asks 10.0.0.2:53, the address of example.com. */
static const char sample[] = "020000000002 020000000001 0800"
                             "45000039 00000000 401166b2 0a000001 0a000002"
                             "9c400035 00257fbd"
                             "0001 0100 0001 0000 0000 0000 076578616d706c6503636f6d00 0001 0001";

static size_t from_hex(const char *hex, uint8_t *to, size_t room)
{
    size_t len = 0;

    while (*hex && len < room) {
        char digits[3] = {hex[0], hex[1], '\0'};
        if (isspace((unsigned char)*hex)) {
            hex++;
            continue;
        }
        if (!isxdigit((unsigned char)digits[0]) || !isxdigit((unsigned char)digits[1]))
            return 0;
        to[len++] = (uint8_t)strtoul(digits, NULL, 16);
        hex += 2;
    }
    return len;
}

static void print(tapir_packet *packet, const tapir_frame *frame)
{
    static tapir_tree_options options;
    static tapir_text text;

    options.verify = true; /* checksums, too */
    tapir_packet_start(packet, frame);
    tapir_tree_packet(&text, packet, &options);
    puts(tapir_text_string(&text));
    tapir_text_clear(&text);
}

/* One hop later: the checksum that covers the change follows it, all other bytes stay. */
static int forward(tapir_edit *edit, tapir_packet *packet, tapir_frame *changed, tapir_error *error)
{
    struct tapir_ipv4 *ip;

    if (tapir_edit_start(edit, packet) != TAPIR_OK)
        return 1;
    ip = TAPIR_CHANGE(edit, ipv4);
    if (ip && ip->ttl)
        ip->ttl--;
    return tapir_edit_build(edit, NULL, changed, error) != TAPIR_OK;
}

int main(int argc, char **argv)
{
    uint8_t bytes[2048];
    size_t len = from_hex(argc == 2 ? argv[1] : sample, bytes, sizeof bytes);
    tapir_packet *packet = tapir_packet_new(NULL);
    tapir_packet *again = tapir_packet_new(NULL);
    tapir_edit *edit = tapir_edit_new();
    tapir_frame frame = tapir_frame_of(tapir_span_of(bytes, len), TAPIR_LINK_TYPE_ETHERNET);
    tapir_frame changed;
    static tapir_error error;
    int failed = !packet || !again || !edit || argc > 2 || !len;

    if (failed) {
        fprintf(stderr, "usage: craft_raw [HEX]\n");
    } else {
        print(packet, &frame);
        failed = forward(edit, packet, &changed, &error);
        if (failed)
            fprintf(stderr, "craft_raw: %s\n", error.message);
        else
            print(again, &changed);
    }
    tapir_edit_free(edit);
    tapir_packet_free(again);
    tapir_packet_free(packet);
    return failed;
}
