/* Sums over the records of a capture file. */
#include "tapir/info.h"

static void add_time(tapir_info *info, int64_t time)
{
    if (info->timed_packets++ == 0) {
        info->first_time = info->last_time = time;
    } else {
        info->backward_packets += time < info->previous_time;
        if (time < info->first_time)
            info->first_time = time;
        if (time > info->last_time)
            info->last_time = time;
    }
    info->previous_time = time;
}

static void add_frame(tapir_info *info, const tapir_frame *frame)
{
    bool first = info->packets++ == 0;

    info->bytes += frame->len;
    info->captured_bytes += frame->caplen;
    if (first || frame->len < info->shortest)
        info->shortest = frame->len;
    if (frame->len > info->longest)
        info->longest = frame->len;
    if (frame->caplen < frame->len) {
        if (info->cut_packets++ == 0 || frame->caplen < info->cut_from)
            info->cut_from = frame->caplen;
        if (frame->caplen > info->cut_to)
            info->cut_to = frame->caplen;
    }
    if (frame->has_time)
        add_time(info, frame->time);
    info->commented_packets += frame->comment.data != NULL;
    if (frame->has_drops)
        info->drops += frame->drops;
}

static void add_block(tapir_info *info, const tapir_pcapng_block *block)
{
    tapir_pcapng_names names;
    tapir_pcapng_name name;

    if (block->damaged && info->damaged_blocks++ == 0) {
        info->damaged_offset = block->offset;
        info->damaged_type = block->type;
    }
    if (block->type == TAPIR_PCAPNG_SECTION) {
        info->sections++;
        info->unsupported_sections += block->unsupported;
    }
    if (block->unsupported)
        return;
    switch (block->type) {
    case TAPIR_PCAPNG_SECTION:
    case TAPIR_PCAPNG_INTERFACE:
    case TAPIR_PCAPNG_ENHANCED_PACKET:
    case TAPIR_PCAPNG_SIMPLE_PACKET:
    case TAPIR_PCAPNG_PACKET:
        break;
    case TAPIR_PCAPNG_NAMES:
        names = tapir_pcapng_names_of(block);
        while (tapir_pcapng_names_next(&names, &name))
            info->names[name.type]++;
        break;
    case TAPIR_PCAPNG_STATISTICS:
        info->statistics++;
        break;
    case TAPIR_PCAPNG_SECRETS:
        info->secrets++;
        break;
    case TAPIR_PCAPNG_JOURNAL:
        info->journal_entries++;
        break;
    case TAPIR_PCAPNG_CUSTOM:
    case TAPIR_PCAPNG_CUSTOM_NOT_COPIED:
        info->custom_blocks++;
        break;
    default:
        info->unknown_blocks++;
        break;
    }
}

void tapir_info_add(tapir_info *info, const tapir_frame *frame, const tapir_pcapng_block *block)
{
    if (block)
        add_block(info, block);
    if (frame->data)
        add_frame(info, frame);
}
