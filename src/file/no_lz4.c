/* The place of lz4.c in a build without liblz4. */
#include "file/input.h"

const tapir__codec tapir__lz4 = {.name = "lz4", .library = "liblz4"};
