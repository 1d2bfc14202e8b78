/* Statuses in words and errors with a place. */
#include "tapir/base.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const texts[] = {
#define X(name, text) text,
    TAPIR_STATUSES(X)
#undef X
};

const char *tapir_status_text(tapir_status status)
{
    return (size_t)status < TAPIR_COUNT(texts) ? texts[status] : "unknown status";
}

tapir_status tapir_error_set(tapir_error *error, tapir_status code, const char *format, ...)
{
    va_list arguments;

    if (!error)
        return code;
    error->code = code;
    error->offset = 0;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return code;
}

const char *tapir_version(void)
{
    return TAPIR_VERSION;
}
