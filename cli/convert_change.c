/* tapir convert: what becomes of the packets, and of what stands beside them. */
#include "convert.h"

#include <stdlib.h>

bool change_room(struct change *change, size_t len)
{
    uint8_t *bytes = change->bytes;

    if (len > change->room || !bytes) {
        bytes = realloc(bytes, len + 1);
        if (!bytes) {
            complain("out of memory");
            return false;
        }
        change->bytes = bytes;
        change->room = len;
    }
    return true;
}

/* Makes the key, from the option itself or from a file. */
static bool start_anonymiser(struct change *change)
{
    enum { MAX_KEY_FILE = 4096 };
    const struct convert_request *request = change->request;
    uint8_t key[TAPIR_ANONYMISE_KEY_LEN];
    tapir_error error;
    char *text = NULL;

    if (request->key_file) {
        text = read_text(request->key_file, MAX_KEY_FILE);
        if (!text)
            return false;
        text[strcspn(text, "\r\n")] = '\0';
    }
    tapir_anonymise_key(
        key, tapir_span_of(text ? text : request->key, strlen(text ? text : request->key)));
    free(text);
    if (tapir_anonymiser_new(&change->anonymiser, key, &request->anonymise, &error) != TAPIR_OK)
        complain("%s", error.message);
    explicit_bzero(key, sizeof key);
    return change->anonymiser;
}

bool change_start(struct change *change, const struct convert_request *request)
{
    bool keyed = request->key || request->key_file;

    *change = (struct change){.request = request,
        .shift = request->shift,
        .shifted = !request->start.given,
        .any = request->shift || request->start.given || request->snap || request->strip_fcs ||
               request->link_type >= 0 || keyed || request->notes.count || request->strip_comments};
    if (request->link_type >= 0) {
        change->packet = tapir_packet_new(NULL);
        if (!change->packet) {
            complain("out of memory");
            return false;
        }
    }
    return !keyed || start_anonymiser(change);
}

void change_end(struct change *change)
{
    tapir_anonymiser_free(change->anonymiser);
    tapir_packet_free(change->packet);
    free(change->bytes);
    free(change->block);
}

static bool is_packet(const tapir_pcapng_block *block)
{
    return block->type == TAPIR_PCAPNG_ENHANCED_PACKET || block->type == TAPIR_PCAPNG_PACKET;
}

/* Whether an option says what is no longer so, or is not to be said. */
static bool unwanted(
    const struct change *change, const tapir_pcapng_block *block, unsigned code, bool comments)
{
    const struct convert_request *request = change->request;
    bool other_bytes = request->link_type >= 0 || request->strip_fcs;

    if (code == TAPIR_OPTION_COMMENT)
        return comments;
    return other_bytes &&
           ((block->type == TAPIR_PCAPNG_INTERFACE && code == TAPIR_OPTION_INTERFACE_FCS_LENGTH) ||
               (is_packet(block) && code == TAPIR_OPTION_PACKET_HASH));
}

/* Copies a block's bytes up to its options, and those of its options that are wanted. */
static const tapir_pcapng_block *without_options(
    struct change *change, const tapir_pcapng_block *block, bool comments)
{
    size_t fixed = (size_t)(block->options.data - block->body.data);
    tapir_pcapng_options options = tapir_pcapng_options_of(block);
    const uint8_t *start = options.in.at;
    tapir_pcapng_option option;
    uint8_t *to;

    if (block->body.len > change->block_room || !change->block) {
        to = realloc(change->block, block->body.len + 1);
        if (!to) {
            complain("out of memory");
            return NULL;
        }
        change->block = to;
        change->block_room = block->body.len;
    }
    memcpy(change->block, block->body.data, fixed);
    to = change->block + fixed;
    while (tapir_pcapng_options_next(&options, &option)) {
        size_t len = (size_t)(options.in.at - start);
        if (!unwanted(change, block, option.code, comments)) {
            memcpy(to, start, len);
            to += len;
        }
        start = options.in.at;
    }
    change->plain_block = *block;
    /* An end mark behind no option is none. */
    if (to > change->block + fixed && block->body.len - (size_t)(to - change->block) >= 4) {
        memset(to, 0, 4);
        to += 4;
    }
    change->plain_block.body = tapir_span_of(change->block, (size_t)(to - change->block));
    change->plain_block.options =
        tapir_span_of(change->block + fixed, change->plain_block.body.len - fixed);
    return &change->plain_block;
}

static const tapir_pcapng_block *plain_block(
    struct change *change, const tapir_pcapng_block *block, bool comments)
{
    tapir_pcapng_options options;
    tapir_pcapng_option option;

    if (!block || !block->options.data || block->damaged || block->unsupported)
        return block;
    options = tapir_pcapng_options_of(block);
    while (tapir_pcapng_options_next(&options, &option))
        if (unwanted(change, block, option.code, comments))
            return without_options(change, block, comments);
    return block;
}

const tapir_pcapng_block *change_block(struct change *change, const tapir_pcapng_block *block)
{
    return plain_block(change, block, change->request->strip_comments);
}

const tapir_interface *change_interface(
    struct change *change, const tapir_interface *interface, tapir_interface *changed)
{
    const struct convert_request *request = change->request;

    *changed = *interface;
    if (change->anonymiser) {
        changed->block = NULL;
        changed->filter = changed->comment = NULL;
    }
    if (request->strip_comments)
        changed->comment = NULL;
    if (request->link_type >= 0)
        changed->link_type = (uint16_t)request->link_type;
    if (request->link_type >= 0 || request->strip_fcs) {
        changed->fcs_len = 0;
        changed->link_type_bits = 0;
    }
    changed->block = change_block(change, changed->block);
    return changed->block == interface->block && changed->link_type == interface->link_type &&
                   changed->fcs_len == interface->fcs_len &&
                   changed->link_type_bits == interface->link_type_bits
               ? interface
               : changed;
}

/* Takes the frame check sequence off, also where it was not captured. */
static bool strip_fcs(tapir_frame *frame)
{
    if (!frame->fcs_len)
        return false;
    frame->caplen = tapir_frame_content(frame);
    frame->len = frame->len > frame->fcs_len ? frame->len - frame->fcs_len : 0;
    frame->fcs_len = 0;
    return true;
}

static bool shift_time(struct change *change, tapir_frame *frame)
{
    if (!frame->has_time)
        return false;
    if (!change->shifted) {
        change->shifted = true;
        if (__builtin_sub_overflow(change->request->start.time, frame->time, &change->shift))
            change->shift = 0;
    }
    if (change->shift && __builtin_add_overflow(frame->time, change->shift, &frame->time))
        frame->time = change->shift > 0 ? INT64_MAX : INT64_MIN;
    return change->shift;
}

/* Gives the frame the comment that was asked for, in place of its own, or takes its own off. */
static bool change_comment(struct change *change, tapir_frame *frame)
{
    const struct notes *notes = &change->request->notes;
    const struct note *found = NULL;
    const tapir_pcapng_block *block;

    while (change->note < notes->count && notes->list[change->note].number <= frame->number) {
        if (notes->list[change->note].number == frame->number)
            found = &notes->list[change->note];
        change->note++;
    }
    if (change->anonymiser) {
        frame->block = NULL;
        frame->comment = tapir_span_of(NULL, 0);
    }
    block = plain_block(change, frame->block, found || change->request->strip_comments);
    if (!found && block == frame->block)
        return false;
    if (found || change->request->strip_comments)
        frame->comment = tapir_span_of(NULL, 0);
    if (found && *found->text)
        frame->comment = tapir_span_of(found->text, strlen(found->text));
    frame->block = block;
    return true;
}

enum changed change_frame(struct change *change, tapir_frame *frame)
{
    const struct convert_request *request = change->request;
    bool changed = shift_time(change, frame);

    if (request->strip_fcs)
        changed |= strip_fcs(frame);
    if (change->anonymiser) {
        if (tapir_anonymise_frame(change->anonymiser, frame, frame) != TAPIR_OK) {
            complain("out of memory");
            return CHANGED_FAILED;
        }
        changed = true;
    }
    if (request->link_type >= 0) {
        enum changed made = change_link_type(change, frame);
        if (made == CHANGED_OUT || made == CHANGED_FAILED)
            return made;
        changed |= made == CHANGED;
    }
    if (request->snap && frame->caplen > request->snap) {
        frame->caplen = (uint32_t)request->snap;
        changed = true;
    }
    changed |= change_comment(change, frame);
    return changed ? CHANGED : CHANGED_NOT;
}
