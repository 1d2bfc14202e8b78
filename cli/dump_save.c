/* tapir dump -w: the files that packets go to, and the command that is run for each. */
#include "dump.h"

#include <stdio.h>

static bool rotates(const struct dump_request *request)
{
    return request->rotation.bytes || request->rotation.seconds;
}

static void on_closed(void *context, const tapir_sink_file *file)
{
    struct dump_save *save = context;

    if (!save->ends)
        runner_run(&save->runner, file->path);
}

tapir_status dump_save_open(struct dump_save *save, const struct dump_request *request,
    const tapir_interface *interface, tapir_error *error)
{
    tapir_sink_options options = {
        .size = sizeof options,
        .link_type = interface->link_type,
        .link_type_bits = interface->link_type_bits,
        .snaplen = interface->snaplen,
        .nanoseconds = request->printing.nanoseconds,
        .each_frame = request->each_packet,
        .rotation = request->rotation,
    };

    if (save->runner.child && rotates(request)) {
        options.closed = on_closed;
        options.context = save;
    }
    return tapir_sink_open_file(&save->sink, request->save, &options, error);
}

bool dump_save_had_enough(const struct dump_save *save, const struct dump_request *request)
{
    /* Otherwise it is the reader of a pipe that has. */
    if (!rotates(request) || request->rotation.bytes || !request->rotation.files ||
        strcmp(request->save, "-") == 0 || !save->sink)
        return false;
    fprintf(stderr, "Maximum file limit reached: %u\n", (unsigned)request->rotation.files);
    return true;
}

tapir_status dump_save_close(struct dump_save *save, tapir_error *error)
{
    tapir_status status;

    save->ends = true;
    status = tapir_sink_close(save->sink, error);
    save->sink = NULL;
    runner_stop(&save->runner);
    return status;
}
