/* tapir streams -w: the packets of the connections that were chosen. */
#include "streams.h"

static bool save_failed(struct streams *streams, tapir_status status, const tapir_error *error)
{
    /* The reader of a pipe that has seen enough is no failure of ours. */
    if (status != TAPIR_END)
        complain("%s", error->message);
    streams->failed = true;
    streams->output.gone_away = status == TAPIR_END;
    return false;
}

static bool on_packet(void *user, tapir_conversation *conversation, tapir_way way,
    tapir_packet *packet, const tapir_layer *tcp)
{
    struct streams *streams = user;
    tapir_frame frame = *tapir_packet_frame(packet);
    tapir_status status;

    (void)tcp;
    (void)conversation;
    if (streams->failed || !streams->request->ways[way])
        return true;
    /* The file has one interface, whatever it was that the frame came from. */
    frame.interface = 0;
    frame.block = NULL;
    status = tapir_sink_write(streams->own, &frame);
    if (status != TAPIR_OK)
        (void)save_failed(streams, status, tapir_sink_error(streams->own));
    return true;
}

/* Nothing but the packets is wanted. */
static void on_data(void *user, tapir_conversation *conversation, const tapir_chunk *chunk)
{
    (void)user;
    tapir_conversation_ignore(conversation, (tapir_way)chunk->way);
}

static bool open_save(struct streams *streams)
{
    const tapir_interface *interface = tapir_source_interface(streams->source, 0);
    tapir_sink_options options = {
        .size = sizeof options,
        .format = TAPIR_FORMAT_AUTO,
        .compression = TAPIR_COMPRESSION_AUTO,
        .link_type = interface ? interface->link_type : TAPIR_LINK_TYPE_ETHERNET,
        .nanoseconds = !interface || interface->time_resolution > 6,
        .each_frame = streams->request->by_line,
    };
    tapir_sink *sink;
    tapir_error error;
    tapir_status status = tapir_sink_open_file(&sink, streams->request->save, &options, &error);

    if (status != TAPIR_OK)
        return save_failed(streams, status, &error);
    streams->own = sink;
    return true;
}

static bool finish_save(struct streams *streams)
{
    tapir_error error;
    tapir_status status = tapir_sink_close(streams->own, &error);

    streams->own = NULL;
    return status == TAPIR_OK || streams->failed || save_failed(streams, status, &error);
}

static void close_save(struct streams *streams)
{
    tapir_sink_close(streams->own, NULL);
}

const struct streams_view streams_save = {
    .calls = {.opened = streams_chosen, .accept = on_packet, .data = on_data},
    .open = open_save,
    .finish = finish_save,
    .close = close_save,
};
