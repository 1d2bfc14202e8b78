/* The place of xz_packer.c in a build without liblzma. */
#include "file/packer.h"

const tapir__packer tapir__xz_packer = {.name = "xz", .library = "liblzma"};
