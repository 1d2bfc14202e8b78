/* A group of live sources that share an interface. */
#ifndef TAPIR_CAPTURE_GROUP_PARTS_H
#define TAPIR_CAPTURE_GROUP_PARTS_H

#include "live.h"
#include "tapir/capture_group.h"

struct tapir_capture_group {
    size_t count;
    tapir_capture_options options; /* as they were asked for */
    char name[TAPIR__NAME_ROOM];
    tapir_source *sources[];
};

#endif
