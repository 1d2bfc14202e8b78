/* Asks every address of an interface's IPv4 networks who has it (ARP, RFC 826), and prints who
 * answers, with the vendor of the network card. usage: arpscan INTERFACE */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "tapir/tapir.h"

#define SECOND       INT64_C(1000000000)
#define RATE         1000 /* requests a second */
#define LONGEST_SCAN 65536

static tapir_source *source; /* these two here for the signal handler */
static tapir_pace *pace;
static tapir_sink *sink;
static tapir_packet *packet;
static tapir_devices *devices;
static tapir_vendors *vendors; /* NULL: not installed */
static uint64_t answers;
static volatile sig_atomic_t stopped;

static void stop(int number)
{
    (void)number;
    stopped = 1;
    tapir_source_break(source);
    tapir_pace_break(pace);
}

/* Ends the program unless all went well. */
static void must(tapir_status status, const tapir_error *error)
{
    if (status == TAPIR_OK)
        return;
    fprintf(stderr, "arpscan: %s\n", error->message);
    exit(1);
}

static void open_interface(const char *interface)
{
    const tapir_capture_options replies = {.size = sizeof replies,
        .filter = "arp[6:2] = 2",
        .direction = TAPIR_CAPTURE_IN,
        .no_promiscuous = true,
        .immediate = true};
    const tapir_pace_options steady = {
        .size = sizeof steady, .kind = TAPIR_PACE_PACKETS, .rate = RATE};
    tapir_error error;

    must(tapir_capture_open(&source, interface, &replies, &error), &error);
    must(tapir_send_open(&sink, interface, NULL, &error), &error);
    must(tapir_pace_new(&pace, &steady, &error), &error);
}

/* Prints the sender of a reply: it has the address. */
static void print_answer(const struct tapir_arp *arp)
{
    const char *vendor = NULL;
    tapir_text text = {0};

    if (!arp || arp->src_hardware.len != 6 || arp->src_protocol.len != 4)
        return;
    answers++;
    if (vendors)
        vendor = tapir_vendors_find(vendors, arp->src_hardware.data, NULL);
    tapir_text_ipv4(&text, arp->src_protocol.data);
    tapir_text_char(&text, '\t');
    tapir_text_mac(&text, arp->src_hardware.data, 6);
    printf("%s\t%s\n", tapir_text_string(&text), vendor ? vendor : "(unknown)");
    fflush(stdout);
    tapir_text_clear(&text);
}

/* Prints answers until none comes within the time, negative: as long as there are some. */
static void print_answers(int64_t timeout)
{
    tapir_frame frame;
    tapir_status status;

    must(tapir_capture_set_timeout(source, timeout), tapir_source_error(source));
    while ((status = tapir_source_next(source, &frame)) == TAPIR_OK) {
        tapir_packet_start(packet, &frame);
        print_answer(TAPIR_FIND(packet, arp));
    }
    if (status != TAPIR_TIMEOUT && status != TAPIR_BREAK)
        must(status, tapir_source_error(source));
}

/* Makes all requests of a network: one text that stands for a packet per address. */
static tapir_craft *make_requests(const tapir_device *device, const tapir_device_address *own)
{
    tapir_text text = {0};
    tapir_craft *requests;
    tapir_error error;

    tapir_text_put(&text, "eth(dst=ff:ff:ff:ff:ff:ff,src=");
    tapir_text_mac(&text, device->mac.bytes, 6);
    tapir_text_put(&text, ")/arp(hwsrc=");
    tapir_text_mac(&text, device->mac.bytes, 6);
    tapir_text_put(&text, ",psrc=");
    tapir_endpoint_text(&text, &own->address);
    tapir_text_put(&text, ",pdst=");
    tapir_endpoint_text(&text, &own->address);
    tapir_text_printf(&text, "/%u)", own->prefix_len);
    must(tapir_craft_new(&requests, NULL, tapir_text_string(&text), &error), &error);
    tapir_text_clear(&text);
    return requests;
}

/* Sends a request when it is its turn, and looks what has come so far. */
static void scan(tapir_craft *requests)
{
    const tapir_build_options padded = {.size = sizeof padded, .ethernet_pad = true};
    tapir_frame frame;
    tapir_span bytes;
    tapir_error error;
    tapir_status status;

    for (uint64_t i = 0; i < tapir_craft_count(requests) && !stopped; i++) {
        must(tapir_craft_build(requests, i, &padded, &bytes, &error), &error);
        frame = tapir_frame_of(bytes, TAPIR_LINK_TYPE_ETHERNET);
        status = tapir_pace_wait(pace, &frame, sink);
        if (status == TAPIR_BREAK)
            return;
        must(status, tapir_sink_error(sink));
        must(tapir_sink_write(sink, &frame), tapir_sink_error(sink));
        print_answers(-1);
    }
    must(tapir_sink_flush(sink), tapir_sink_error(sink));
}

static void scan_networks(const tapir_device *device)
{
    for (size_t i = 0; i < device->address_count && !stopped; i++) {
        tapir_craft *requests;
        if (device->addresses[i].address.type != TAPIR_ENDPOINT_IPV4)
            continue;
        requests = make_requests(device, &device->addresses[i]);
        if (tapir_craft_count(requests) <= LONGEST_SCAN)
            scan(requests);
        else
            fprintf(stderr, "arpscan: a network of /%u takes too long\n",
                (unsigned)device->addresses[i].prefix_len);
        tapir_craft_free(requests);
    }
}

int main(int argc, char **argv)
{
    const tapir_device *device;
    tapir_error error;

    packet = tapir_packet_new(NULL);
    if (argc != 2 || !packet) {
        fprintf(stderr, "usage: arpscan INTERFACE\n");
        return 2;
    }
    must(tapir_devices_new(&devices, &error), &error);
    device = tapir_devices_find_name(devices, argv[1]);
    if (!device || device->mac.len != 6 || device->flags & TAPIR_DEVICE_NO_ARP ||
        device->flags & TAPIR_DEVICE_LOOPBACK) {
        fprintf(stderr, "arpscan: %s is no interface with ARP\n", argv[1]);
        return 1;
    }
    if (tapir_vendors_new(&vendors, NULL, &error) != TAPIR_OK)
        fprintf(stderr, "arpscan: %s\n", error.message);
    open_interface(device->name);
    signal(SIGINT, stop);
    scan_networks(device);
    if (!stopped)
        print_answers(SECOND);
    fprintf(stderr, "%" PRIu64 " answers\n", answers);
    tapir_pace_free(pace);
    tapir_sink_close(sink, NULL);
    tapir_source_close(source);
    tapir_vendors_free(vendors);
    tapir_devices_free(devices);
    tapir_packet_free(packet);
    return 0;
}
