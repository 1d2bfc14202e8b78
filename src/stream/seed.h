/* Seeds of hash tables that nobody outside can foresee. */
#ifndef TAPIR_STREAM_SEED_H
#define TAPIR_STREAM_SEED_H

#include <stdbool.h>
#include <stdint.h>

/* Fills a seed that is 0; false when the system has no random numbers. */
bool tapir__random_seed(uint64_t *seed);

#endif
