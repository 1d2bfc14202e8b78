/* The place of content_brotli.c in a build without libbrotlidec. */
#include "stream/content.h"

const tapir__coding tapir__coding_brotli = {.name = "br"};
