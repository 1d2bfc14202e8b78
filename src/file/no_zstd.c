/* The place of zstd.c in a build without libzstd. */
#include "file/input.h"

const tapir__codec tapir__zstd = {.name = "zstd", .library = "libzstd"};
