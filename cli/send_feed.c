/* tapir send: where the frames come from. */
#include "send.h"

#include <stdlib.h>

enum { BATCH = 64 };

/* More would be a mistake sooner than a capture. */
#define STORE_MOST ((size_t)4 << 30)

/* A frame that is kept: what matters of its facts, small for there may be many, and the place of
 * its bytes. */
struct stored {
    size_t at;
    int64_t time;
    uint32_t caplen, len;
    uint16_t link_type, vlan_tpid, vlan_tci;
    bool begins : 1, has_time : 1, has_vlan : 1;
};

/* Packets of a text. */
static int feed_craft(struct sender *sender, const char *text)
{
    const tapir_build_options options = {.size = sizeof options};
    tapir_craft *craft;
    tapir_error error;
    int code = EXIT_DONE;

    if (tapir_craft_new(&craft, NULL, text, &error) != TAPIR_OK)
        return craft_failed(text, &error);
    for (uint64_t i = 0; code == EXIT_DONE && !sender->over && i < tapir_craft_count(craft); i++) {
        tapir_frame frame;
        tapir_span bytes;
        if (tapir_craft_build(craft, i, &options, &bytes, &error) != TAPIR_OK) {
            code = craft_failed(text, &error);
            break;
        }
        frame = tapir_frame_of(bytes, tapir_craft_link_type(craft));
        frame.number = i + 1;
        /* Bytes that no layer says anything of are for whatever takes them. */
        if (frame.link_type == TAPIR_LINK_TYPE_UNKNOWN)
            frame.link_type = sender->link_type == TAPIR_LINK_TYPE_UNKNOWN
                                  ? TAPIR_LINK_TYPE_ETHERNET
                                  : sender->link_type;
        code = sender_take(sender, &frame, i == 0);
    }
    tapir_craft_free(craft);
    return code;
}

static int feed_file(struct sender *sender, const char *path)
{
    tapir_frame frames[BATCH];
    tapir_status status = TAPIR_OK;
    tapir_source *source;
    tapir_error error;
    bool begins = true;
    int code = EXIT_DONE;
    size_t count;

    if (tapir_source_open_file(&source, path, NULL, &error) != TAPIR_OK) {
        complain("%s", error.message);
        return EXIT_RUNTIME;
    }
    sender_reads(source);
    while (code == EXIT_DONE && !sender->over && status == TAPIR_OK) {
        status = tapir_source_next_batch(source, frames, BATCH, &count);
        for (size_t i = 0; code == EXIT_DONE && !sender->over && i < count; i++) {
            code = sender_take(sender, &frames[i], begins);
            begins = false;
        }
    }
    if (status == TAPIR_BREAK)
        sender->over = true;
    else if (code == EXIT_DONE)
        code = source_ended(source, status);
    sender_reads(NULL);
    tapir_source_close(source);
    return code;
}

int feed(struct sender *sender)
{
    const struct send_request *request = sender->request;
    int code = EXIT_DONE;

    for (size_t i = 0; code == EXIT_DONE && !sender->over && i < request->craft_count; i++)
        code = feed_craft(sender, request->crafts[i]);
    for (size_t i = 0; code == EXIT_DONE && !sender->over && i < request->file_count; i++)
        code = feed_file(sender, request->files[i]);
    return code;
}

/* Makes room in an array that grows by half. */
static bool grow(void **array, size_t *room, size_t need, size_t size)
{
    size_t more = *room + *room / 2 + 1024;
    void *grown;

    if (need <= *room)
        return true;
    more = more < need ? need : more;
    grown = realloc(*array, more * size);
    if (!grown)
        return false;
    *array = grown;
    *room = more;
    return true;
}

bool store_add(struct store *store, const tapir_frame *frame, bool begins)
{
    void *bytes = store->bytes, *frames = store->frames;
    bool enough;

    if (store->len + frame->caplen + store->count * sizeof *store->frames > STORE_MOST) {
        complain("--preload keeps %zu MB at most; without it files are read anew each time",
            STORE_MOST >> 20);
        return false;
    }
    enough = grow(&bytes, &store->room, store->len + frame->caplen, 1);
    store->bytes = bytes;
    enough = enough && grow(&frames, &store->frame_room, store->count + 1, sizeof *store->frames);
    store->frames = frames;
    if (!enough) {
        complain("out of memory");
        return false;
    }
    store->frames[store->count++] = (struct stored){
        .at = store->len,
        .time = frame->time,
        .caplen = frame->caplen,
        .len = frame->len,
        .link_type = frame->link_type,
        .vlan_tpid = frame->vlan_tpid,
        .vlan_tci = frame->vlan_tci,
        .begins = begins,
        .has_time = frame->has_time,
        .has_vlan = frame->has_vlan,
    };
    if (frame->caplen)
        memcpy(store->bytes + store->len, frame->data, frame->caplen);
    store->len += frame->caplen;
    return true;
}

static tapir_frame frame_of(const struct store *store, size_t index)
{
    const struct stored *stored = &store->frames[index];

    return (tapir_frame){
        .data = store->bytes + stored->at,
        .caplen = stored->caplen,
        .len = stored->len,
        .time = stored->time,
        .link_type = stored->link_type,
        .has_time = stored->has_time,
        .has_vlan = stored->has_vlan,
        .vlan_tpid = stored->vlan_tpid,
        .vlan_tci = stored->vlan_tci,
        .number = index + 1,
    };
}

int store_send(struct sender *sender)
{
    enum { AHEAD = 8 };
    const struct store *store = &sender->store;
    int code = EXIT_DONE;

    for (size_t i = 0; code == EXIT_DONE && !sender->over && i < store->count; i++) {
        const tapir_frame frame = frame_of(store, i);

        if (i + AHEAD < store->count) {
            const tapir_frame later = frame_of(store, i + AHEAD);
            tapir_frame_prefetch_all(&later);
        }
        code = sender_send(sender, &frame, store->frames[i].begins);
    }
    return code;
}

void store_clear(struct store *store)
{
    free(store->bytes);
    free(store->frames);
    *store = (struct store){0};
}
