/* tapir send: where the frames come from. */
#include "send.h"

#include <stdlib.h>

enum { BATCH = 64 };

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
