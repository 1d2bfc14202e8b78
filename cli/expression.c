/* The filter expression of a command line, compiled for each link type that comes along. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_FILE ((size_t)1 << 20)

bool expression_join(struct expression *expression, char *const *words, size_t count)
{
    size_t len = 1;
    char *at;

    for (size_t i = 0; i < count; i++)
        len += strlen(words[i]) + 1;
    free(expression->text);
    at = expression->text = malloc(len);
    if (!at)
        return false;
    *at = '\0';
    for (size_t i = 0; i < count; i++) {
        if (i)
            *at++ = ' ';
        at = stpcpy(at, words[i]);
    }
    return true;
}

bool expression_read(struct expression *expression, const char *path)
{
    bool comment = false;

    free(expression->text);
    expression->text = read_text(path, MAX_FILE);
    /* Blanks keep every place where it is. */
    for (char *at = expression->text; at && *at; at++) {
        comment = *at != '\n' && (comment || *at == '#');
        if (comment)
            *at = ' ';
    }
    return expression->text != NULL;
}

/* Tells why the expression is not for this link type; false when that ends the run. */
static bool explain(
    const struct expression *expression, uint16_t link_type, const tapir_error *error)
{
    const char *name = tapir_link_type_title(link_type);

    if (expression->count && error->code == TAPIR_INVALID) {
        complain("packets of link type %u%s%s%s are left out: %s", link_type, name ? " (" : "",
            name ? name : "", name ? ")" : "", error->message);
        return true;
    }
    (void)expression_refused(expression, error);
    return false;
}

/* Returns the link type's entry, made when there is none; NULL after a complaint. */
static const struct compiled *compiled_for(struct expression *expression, uint16_t link_type)
{
    const char *text = expression->text ? expression->text : "";
    tapir_filter *filter;
    tapir_error error;
    void *grown;

    for (size_t i = 0; i < expression->count; i++)
        if (expression->compiled[i].link_type == link_type)
            return &expression->compiled[i];
    if ((expression->live ? tapir_filter_new_live : tapir_filter_new)(&filter, text, link_type,
            expression->snaplen, !expression->no_optimize, &error) != TAPIR_OK &&
        !explain(expression, link_type, &error))
        return NULL;
    grown = realloc(expression->compiled, (expression->count + 1) * sizeof *expression->compiled);
    if (!grown) {
        tapir_filter_free(filter);
        complain("out of memory");
        return NULL;
    }
    expression->compiled = grown;
    expression->compiled[expression->count] = (struct compiled){link_type, filter};
    return &expression->compiled[expression->count++];
}

const tapir_filter *expression_filter(struct expression *expression, uint16_t link_type)
{
    const struct compiled *compiled = compiled_for(expression, link_type);

    return compiled ? compiled->filter : NULL;
}

bool expression_compile(struct expression *expression, uint16_t link_type)
{
    return compiled_for(expression, link_type) != NULL;
}

bool expression_match(struct expression *expression, const tapir_frame *frame, bool *ok)
{
    const struct compiled *compiled = compiled_for(expression, frame->link_type);

    *ok = compiled != NULL;
    return compiled && compiled->filter && tapir_filter_match(compiled->filter, frame);
}

int expression_refused(const struct expression *expression, const tapir_error *error)
{
    complain("%s", error->message);
    if (error->code == TAPIR_INVALID && strncmp(error->message, "filter", 6) == 0 &&
        error->offset <= strlen(expression->text))
        show_place(expression->text, error->offset);
    return error->code == TAPIR_INVALID ? EXIT_USAGE : EXIT_RUNTIME;
}

void expression_clear(struct expression *expression)
{
    for (size_t i = 0; i < expression->count; i++)
        tapir_filter_free(expression->compiled[i].filter);
    free(expression->compiled);
    free(expression->text);
    *expression = (struct expression){0};
}
