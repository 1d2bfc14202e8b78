/* Lists what one can capture from, and the way packets take to the world. usage: devices */
#include <stdio.h>

#include "tapir/tapir.h"

/* Prints an interface's addresses behind its line. */
static void print_addresses(const tapir_device *device)
{
    for (size_t i = 0; i < device->address_count; i++) {
        const tapir_device_address *each = &device->addresses[i];
        tapir_text text = {0};

        tapir_endpoint_text(&text, &each->address);
        printf("    %s/%u\n", tapir_text_string(&text), each->prefix_len);
        tapir_text_clear(&text);
    }
}

/* Who answers to packets for everywhere else. */
static void print_default_route(void)
{
    static const uint8_t elsewhere[] = {198, 51, 100, 1};
    tapir_endpoint destination = tapir_endpoint_of(TAPIR_ENDPOINT_IPV4, elsewhere, 4);
    tapir_text gateway = {0};
    tapir_route route;
    tapir_error error;

    if (tapir_route_get(&route, &destination, NULL, &error) != TAPIR_OK) {
        printf("%s\n", error.message);
        return;
    }
    tapir_endpoint_text(&gateway, route.gateway.type ? &route.gateway : &route.destination);
    printf("198.51.100.1 is reached by %s on %s\n", tapir_text_string(&gateway), route.interface_name);
    tapir_text_clear(&gateway);
}

int main(void)
{
    const tapir_device *device;
    tapir_devices *devices;
    tapir_error error;

    if (tapir_devices_new(&devices, &error) != TAPIR_OK) {
        fprintf(stderr, "devices: %s\n", error.message);
        return 1;
    }
    for (size_t i = 0; (device = tapir_devices_each(devices, i)); i++) {
        tapir_text line = {0};

        tapir_device_line(&line, device);
        printf("%zu.%s\n", i + 1, tapir_text_string(&line));
        tapir_text_clear(&line);
        print_addresses(device);
    }
    tapir_devices_free(devices);
    print_default_route();
    return 0;
}
