/* The place of gzip.c in a build without zlib. */
#include "file/input.h"

const tapir__codec tapir__gzip = {.name = "gzip", .library = "zlib"};
