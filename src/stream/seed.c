/* Seeds from the system. */
#include "stream/seed.h"

#include <unistd.h>
#if defined(__APPLE__)
#include <sys/random.h>
#endif

bool tapir__random_seed(uint64_t *seed)
{
    while (!*seed)
        if (getentropy(seed, sizeof *seed) != 0)
            return false;
    return true;
}
