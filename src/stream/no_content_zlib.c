/* The place of content_zlib.c in a build without zlib. */
#include "stream/content.h"

const tapir__coding tapir__coding_gzip = {.name = "gzip", .alias = "x-gzip"};
const tapir__coding tapir__coding_deflate = {.name = "deflate"};
