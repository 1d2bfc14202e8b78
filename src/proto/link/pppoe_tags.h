/* What writes the tags of PPPoE. */
#ifndef TAPIR_LINK_PPPOE_TAGS_H
#define TAPIR_LINK_PPPOE_TAGS_H

#include "tapir/proto/pppoe.h"

extern const tapir_label tapir__pppoe_tag_types[];

#define TAPIR__PPPOE_MAKER_COUNT 12
extern const tapir_maker tapir__pppoe_makers[TAPIR__PPPOE_MAKER_COUNT];

#endif
