/* The place of xz.c in a build without liblzma. */
#include "file/input.h"

const tapir__codec tapir__xz = {.name = "xz", .library = "liblzma"};
