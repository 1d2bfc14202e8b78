/* Prints what is in the packets of a capture file: addresses, ports, sequence numbers, HTTP in the
 * payload, and what is broken. usage: layers FILE */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memmem */
#endif
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tapir/tapir.h"

/* Appends "10.0.0.1 -> 10.0.0.2", from any layer that has addresses or ports. */
static void put_flow(tapir_text *text, const tapir_layer *layer)
{
    tapir_flow flow;

    if (!tapir_layer_flow(layer, &flow))
        return;
    tapir_endpoint_text(text, &flow.src);
    tapir_text_put(text, " -> ");
    tapir_endpoint_text(text, &flow.dst);
}

static bool contains(tapir_span bytes, const char *word)
{
    return bytes.len && memmem(bytes.data, bytes.len, word, strlen(word)) != NULL;
}

static void print_packet(tapir_packet *packet, tapir_text *text)
{
    /* The first layer of a role: Ethernet and its kin, IP, TCP or UDP, payload. Nothing is decoded
     * that nobody asks for. */
    const tapir_layer *network = tapir_packet_network(packet);
    const tapir_layer *transport = tapir_packet_transport(packet);
    const tapir_layer *application = tapir_packet_application(packet);
    /* The struct of one protocol's first layer, or NULL. */
    const struct tapir_tcp *tcp = TAPIR_FIND(packet, tcp);
    /* The layer decoding stopped at. */
    const tapir_layer *broken = tapir_packet_error(packet);

    text->len = 0;
    tapir_text_uint(text, tapir_packet_frame(packet)->number);
    tapir_text_put(text, ": ");
    if (network) {
        tapir_text_put(text, network->proto->name);
        tapir_text_char(text, ' ');
        put_flow(text, network);
    } else {
        tapir_text_put(text, "not IP");
    }
    if (transport) {
        tapir_text_put(text, ", ");
        tapir_text_put(text, transport->proto->name);
        tapir_text_char(text, ' ');
        put_flow(text, transport);
    }
    if (tcp)
        tapir_text_printf(text, ", seq %" PRIu32 ", ack %" PRIu32 "%s%s", tcp->seq, tcp->ack,
            tcp->flags & TAPIR_TCP_SYN ? ", SYN" : "", tcp->flags & TAPIR_TCP_FIN ? ", FIN" : "");
    if (application && contains(tapir_layer_header(application), "HTTP/1."))
        tapir_text_put(text, ", HTTP");
    if (broken) {
        tapir_text_put(text, ", broken: ");
        tapir_problem_text(text, packet, tapir_packet_problem(packet, broken));
    }
    puts(tapir_text_string(text));
}

int main(int argc, char **argv)
{
    tapir_packet *packet = tapir_packet_new(NULL); /* made once, used for every frame */
    tapir_text text = {0};
    tapir_source *source;
    tapir_frame frame;
    tapir_error error;
    tapir_status status;

    if (argc != 2 || !packet) {
        fprintf(stderr, "usage: layers FILE\n");
        return 2;
    }
    if (tapir_source_open_file(&source, argv[1], NULL, &error) != TAPIR_OK) {
        fprintf(stderr, "layers: %s\n", error.message);
        return 1;
    }
    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        tapir_packet_start(packet, &frame);
        print_packet(packet, &text);
    }
    if (status != TAPIR_END)
        fprintf(stderr, "layers: %s\n", tapir_source_error(source)->message);
    tapir_source_close(source);
    tapir_packet_free(packet);
    tapir_text_clear(&text);
    return status == TAPIR_END ? 0 : 1;
}
