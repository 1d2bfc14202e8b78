/* tapir: packet capture, decoding, crafting and stream reassembly. Everything in one include. */
#ifndef TAPIR_TAPIR_H
#define TAPIR_TAPIR_H

#include "tapir/base.h"
#include "tapir/bytes.h"
#include "tapir/checksum.h"
#include "tapir/craft.h"
#include "tapir/dump.h"
#include "tapir/edit.h"
#include "tapir/encode.h"
#include "tapir/field.h"
#include "tapir/filter.h"
#include "tapir/flow.h"
#include "tapir/frame.h"
#include "tapir/nearest.h"
#include "tapir/hierarchy.h"
#include "tapir/info.h"
#include "tapir/output.h"
#include "tapir/packet.h"
#include "tapir/parser.h"
#include "tapir/pcapng.h"
#include "tapir/proto.h"
#include "tapir/protocols.h"
#include "tapir/registry.h"
#include "tapir/sink.h"
#include "tapir/source.h"
#include "tapir/text.h"
#include "tapir/value.h"

#endif
