/* The place of gzip_packer.c in a build without zlib. */
#include "file/packer.h"

const tapir__packer tapir__gzip_packer = {.name = "gzip", .library = "zlib"};
