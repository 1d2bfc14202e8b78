/* tcpdump's lines: RPL, routing for low-power networks (RFC 6550). */
#include "printer.h"

void tapir__dump_rpl(struct tapir_dump *p, uint8_t code)
{
    (void)p;
    (void)code;
}
