/* The place of lz4_packer.c in a build without liblz4. */
#include "file/packer.h"

const tapir__packer tapir__lz4_packer = {.name = "lz4", .library = "liblz4"};
