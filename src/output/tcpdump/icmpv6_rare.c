/* tcpdump's lines: router renumbering (RFC 2894) and node information (RFC 4620). */
#include "printer.h"

void tapir__dump_renumbering(struct tapir_dump *p, uint8_t code)
{
    (void)p;
    (void)code;
}

void tapir__dump_node_information(struct tapir_dump *p, uint8_t type, uint8_t code)
{
    (void)p;
    (void)type;
    (void)code;
}
