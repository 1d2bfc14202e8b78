/* The place of content_zstd.c in a build without libzstd. */
#include "stream/content.h"

const tapir__coding tapir__coding_zstd = {.name = "zstd"};
