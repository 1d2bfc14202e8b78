/* The two layers that are no protocol: a payload nobody claims, and what could not be decoded. */
#include "tapir/encode.h"

static const tapir_field data_fields[] = {
    TAPIR_FIELD(tapir_data, bytes, "data.data", TAPIR_SPAN, 0, "The bytes"),
};

static tapir_status data_decode(tapir_decoder *d, void *layer)
{
    struct tapir_data *data = layer;

    *data = (struct tapir_data){tapir_take_rest(&d->in), NULL, 0};
    return TAPIR_OK;
}

static tapir_status data_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_data *data = layer;

    /* The only bytes that are many: summed while they are copied, for the checksums outside. */
    if (e->fill & TAPIR_CHECKSUMS && !e->inside.len && !e->was &&
        (size_t)(e->head - e->begin) >= data->bytes.len) {
        e->head -= data->bytes.len;
        e->sum = tapir_sum_copy(e->head, data->bytes);
        e->summed = e->head;
        return TAPIR_OK;
    }
    tapir_open_header(e, data->bytes.len);
    tapir_put_span(&e->out, data->bytes);
    return TAPIR_OK;
}

static const char *const data_samples[] = {"00010203"};

const tapir_proto tapir_data_proto = {
    .name = "data",
    .title = "Payload nobody claims",
    .spec = "",
    .role = TAPIR_ROLE_APPLICATION,
    TAPIR_FIELDS(data_fields),
    .size = sizeof(struct tapir_data),
    .decode = data_decode,
    .encode = data_encode,
    TAPIR_SAMPLES(data_samples),
};

static const tapir_field failure_fields[] = {
    TAPIR_FIELD(tapir_failure, bytes, "error.data", TAPIR_SPAN, 0, "The bytes not decoded"),
};

static tapir_status failure_decode(tapir_decoder *d, void *layer)
{
    struct tapir_failure *failure = layer;

    *failure = (struct tapir_failure){tapir_take_rest(&d->in), TAPIR_MALFORMED, NULL, NULL};
    return TAPIR_OK;
}

static tapir_status failure_encode(tapir_encoder *e, const void *layer)
{
    const struct tapir_failure *failure = layer;

    tapir_open_header(e, failure->bytes.len);
    tapir_put_span(&e->out, failure->bytes);
    return TAPIR_OK;
}

const tapir_proto tapir_failure_proto = {
    .name = "error",
    .title = "What could not be decoded",
    .spec = "",
    .role = TAPIR_ROLE_ERROR,
    TAPIR_FIELDS(failure_fields),
    .size = sizeof(struct tapir_failure),
    .decode = failure_decode,
    .encode = failure_encode,
    TAPIR_SAMPLES(data_samples),
};
