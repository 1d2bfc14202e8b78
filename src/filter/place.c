/* Finds the place by compiling: the longest beginning that some ending would still make right stops
 * before the token that is wrong. */
#include "place.h"

#include <stdlib.h>
#include <time.h>

#define TOKENS_MAX 512
/* Names in the expression are looked up each time it is compiled, and a name server may be slow: do
 * without the place when compiling once takes longer than this, or all of it longer than that. */
#define ONCE   INT64_C(100000000)
#define BUDGET INT64_C(10000000000)

struct token {
    size_t at, len;
};

struct search {
    pcap_t *handle;
    const char *expression;
    struct token tokens[TOKENS_MAX];
    size_t count;
    int64_t deadline;
};

static int64_t now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Inside brackets ':' and '-' stand alone; outside they are parts of addresses and names. */
static bool is_symbol(char c, size_t brackets)
{
    return strchr("()[]!=<>&|+*/^%", c) || (brackets && (c == ':' || c == '-'));
}

static size_t symbol_len(const char *at)
{
    static const char *const pairs[] = {"&&", "||", "==", "!=", "<=", ">=", "<<", ">>"};

    for (size_t i = 0; i < TAPIR_COUNT(pairs); i++)
        if (strncmp(at, pairs[i], 2) == 0)
            return 2;
    return 1;
}

static void tokenize(struct search *search)
{
    const char *text = search->expression;
    size_t at = 0, brackets = 0;

    while (search->count < TOKENS_MAX) {
        size_t len = 0;
        while (is_space(text[at]))
            at++;
        if (!text[at])
            return;
        if (is_symbol(text[at], brackets))
            len = symbol_len(text + at);
        else
            while (
                text[at + len] && !is_space(text[at + len]) && !is_symbol(text[at + len], brackets))
                len++;
        brackets += text[at] == '[';
        brackets -= brackets && text[at] == ']';
        search->tokens[search->count++] = (struct token){at, len};
        at += len;
    }
}

static size_t token_end(const struct search *search, size_t count)
{
    return count ? search->tokens[count - 1].at + search->tokens[count - 1].len : 0;
}

static bool compiles(const struct search *search, const char *text)
{
    struct bpf_program program;
    bool done = pcap_compile(search->handle, &program, text, 0, PCAP_NETMASK_UNKNOWN) == 0;

    if (done)
        pcap_freecode(&program);
    return done || !strstr(pcap_geterr(search->handle), "syntax error");
}

/* What closes the brackets that the first `len` characters leave open, innermost first. */
static size_t closers(const char *text, size_t len, char *to, size_t room)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++) {
        if ((text[i] == '(' || text[i] == '[') && count < room)
            to[count++] = text[i] == '(' ? ')' : ']';
        else if ((text[i] == ')' || text[i] == ']') && count)
            count--;
    }
    for (size_t i = 0; i < count / 2; i++) {
        char swap = to[i];
        to[i] = to[count - 1 - i];
        to[count - 1 - i] = swap;
    }
    return count;
}

/* Whether an expression can begin with the first `count` tokens. */
static bool viable(const struct search *search, size_t count, char *buffer)
{
    static const char *const endings[] = {"", " 1", " tcp", " host 1.2.3.4", " 1.2.3.4", " port 1",
        " 1-2", " ::1", " 1:2:3:4:5:6", " 255.0.0.0", " in", " data"};
    size_t end = token_end(search, count);
    char open[64];
    size_t open_count = closers(search->expression, end, open, sizeof open);

    memcpy(buffer, search->expression, end);
    for (size_t i = 0; i < TAPIR_COUNT(endings); i++) {
        char *at = stpcpy(buffer + end, endings[i]);
        memcpy(at, open, open_count);
        at += open_count;
        *at = '\0';
        if (compiles(search, buffer))
            return true;
        strcpy(at, " = 1");
        if (compiles(search, buffer))
            return true;
        if (now() > search->deadline)
            return false;
    }
    return false;
}

static size_t place_of_syntax(struct search *search, size_t *len)
{
    size_t low = 0, high = search->count + 1; /* viable, not viable */
    char *buffer = malloc(strlen(search->expression) + 128);

    while (buffer && high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (viable(search, middle, buffer))
            low = middle;
        else
            high = middle;
        if (now() > search->deadline)
            break;
    }
    free(buffer);
    if (high - low > 1 || search->count == TOKENS_MAX)
        return TAPIR__PLACE_UNKNOWN;
    *len = low < search->count ? search->tokens[low].len : 0;
    return low < search->count ? search->tokens[low].at : token_end(search, search->count);
}

/* The token that the message quotes: "unknown host 'foo'", "unknown port foo". */
static size_t place_of_quoted(const struct search *search, const char *message, size_t *len)
{
    for (size_t i = search->count; i-- > 0;) {
        const struct token *token = &search->tokens[i];
        const char *text = search->expression + token->at, *found = message;

        for (; (found = strchr(found, text[0])); found++) {
            char before = found == message ? ' ' : found[-1];
            if (strncmp(found, text, token->len) == 0 && strchr(" '\"", before) &&
                strchr(" '\"", found[token->len])) {
                *len = token->len;
                return token->at;
            }
        }
    }
    return TAPIR__PLACE_UNKNOWN;
}

/* The first beginning that draws the same message ends in the token it is about. */
static size_t place_of_message(const struct search *search, const char *message, size_t *len)
{
    char *buffer = strdup(search->expression), *same = strdup(message);
    size_t place = TAPIR__PLACE_UNKNOWN;

    for (size_t i = 1; buffer && same && i <= search->count && now() < search->deadline; i++) {
        struct bpf_program program;
        size_t end = token_end(search, i);

        buffer[end] = '\0';
        if (pcap_compile(search->handle, &program, buffer, 0, PCAP_NETMASK_UNKNOWN) == 0) {
            pcap_freecode(&program);
        } else if (strcmp(pcap_geterr(search->handle), same) == 0) {
            place = search->tokens[i - 1].at;
            *len = search->tokens[i - 1].len;
            break;
        }
        buffer[end] = search->expression[end];
    }
    free(buffer);
    free(same);
    return place;
}

size_t tapir__filter_place(pcap_t *handle, const char *expression, const char *message, size_t *len)
{
    struct search search = {.handle = handle, .expression = expression};
    int64_t start = now();
    size_t place;

    *len = 0;
    search.deadline = start + BUDGET;
    tokenize(&search);
    compiles(&search, expression);
    if (now() - start > ONCE)
        return place_of_quoted(&search, message, len);
    if (strstr(message, "syntax error"))
        return place_of_syntax(&search, len);
    place = place_of_quoted(&search, message, len);
    return place != TAPIR__PLACE_UNKNOWN ? place : place_of_message(&search, message, len);
}
