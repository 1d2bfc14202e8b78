/* The place of zstd_packer.c in a build without libzstd. */
#include "file/packer.h"

const tapir__packer tapir__zstd_packer = {.name = "zstd", .library = "libzstd"};
