/* Queues of interfaces where the kernel tells of none: other systems than Linux. */
#include "live.h"

uint32_t tapir__interface_queues(const char *interface)
{
    (void)interface;
    return 1;
}
