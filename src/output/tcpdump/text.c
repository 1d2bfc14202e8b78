/* tcpdump's lines: protocols made of lines of text, told by their port. */
#include "printer.h"

#include <strings.h>

/* Longest word looked at; a line that begins with a longer one is no request. */
#define WORD_MAX 126

/* A word and its length. */
struct word {
    const char *text;
    size_t len;
};

#define WORD(literal)                                                                              \
    {                                                                                              \
        literal, sizeof(literal) - 1                                                               \
    }
#define WORDS_END                                                                                  \
    {                                                                                              \
        NULL, 0                                                                                    \
    }

/* `requests` are the first words of requests; NULL: any line of text will do. Replies have three
 * digits as their second word. */
struct text_protocol {
    const char *name; /* as in [|name] */
    const char *title;
    const struct word *requests;
    bool only_version; /* nothing but a first line that begins with "SSH-" */
};

static const struct word http_requests[] = {WORD("GET"), WORD("PUT"), WORD("COPY"), WORD("HEAD"),
    WORD("LOCK"), WORD("MOVE"), WORD("POLL"), WORD("POST"), WORD("BCOPY"), WORD("BMOVE"),
    WORD("MKCOL"), WORD("TRACE"), WORD("LABEL"), WORD("MERGE"), WORD("DELETE"), WORD("SEARCH"),
    WORD("UNLOCK"), WORD("REPORT"), WORD("UPDATE"), WORD("NOTIFY"), WORD("BDELETE"),
    WORD("CONNECT"), WORD("OPTIONS"), WORD("CHECKIN"), WORD("PROPFIND"), WORD("CHECKOUT"),
    WORD("SUBSCRIBE"), WORD("PROPPATCH"), WORD("BPROPFIND"), WORD("BPROPPATCH"), WORD("UNCHECKOUT"),
    WORD("MKACTIVITY"), WORD("MKWORKSPACE"), WORD("UNSUBSCRIBE"), WORD("VERSION-CONTROL"),
    WORD("BASELINE-CONTROL"), WORDS_END};

static const struct word rtsp_requests[] = {WORD("ANNOUNCE"), WORD("DESCRIBE"),
    WORD("GET_PARAMETER"), WORD("OPTIONS"), WORD("PAUSE"), WORD("PLAY"), WORD("RECORD"),
    WORD("REDIRECT"), WORD("SETUP"), WORD("SET_PARAMETER"), WORD("TEARDOWN"), WORDS_END};

static const struct word sip_requests[] = {WORD("ACK"), WORD("BYE"), WORD("CANCEL"), WORD("DO"),
    WORD("INFO"), WORD("INVITE"), WORD("MESSAGE"), WORD("NOTIFY"), WORD("OPTIONS"), WORD("PRACK"),
    WORD("PUBLISH"), WORD("QAUTH"), WORD("REFER"), WORD("REGISTER"), WORD("SPRACK"),
    WORD("SUBSCRIBE"), WORD("UPDATE"), WORDS_END};

static const struct text_protocol ssh = {"ssh", "SSH", NULL, true},
                                  ftp = {"ftp", "FTP", NULL, false},
                                  smtp = {"smtp", "SMTP", NULL, false},
                                  whois = {"whois", "WHOIS", NULL, false},
                                  http = {"http", "HTTP", http_requests, false},
                                  rtsp = {"rtsp", "RTSP", rtsp_requests, false},
                                  sip = {"sip", "SIP", sip_requests, false};

/* In the order in which the ports are looked for. */
static const struct text_port {
    uint16_t port;
    const struct text_protocol *protocol;
} tcp_ports[] = {{25, &smtp}, {43, &whois}, {22, &ssh}, {21, &ftp}, {80, &http}, {8080, &http},
    {554, &rtsp}, {8554, &rtsp}},
  udp_ports[] = {{5060, &sip}};

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_printable(uint8_t c)
{
    return c >= ' ' && c < 0x7f;
}

/* Takes a word of printable characters and the spaces behind it on the same line; empty when there
 * is none, or when it was not captured whole. */
static tapir_span take_word(tapir_reader *in, uint32_t *left)
{
    tapir_span rest = tapir_rest(in), none = tapir_span_of(NULL, 0);
    size_t len = rest.len < *left ? rest.len : *left, word = 0, end;

    while (word < len && is_printable(rest.data[word]) && rest.data[word] != ' ')
        word++;
    if (word == 0 || word > WORD_MAX || (word == len && len < *left))
        return none;
    if (word < len && !is_space(rest.data[word]))
        return none;
    for (end = word; end < len && rest.data[end] == ' '; end++)
        ;
    tapir_take(in, end);
    *left -= (uint32_t)end;
    return tapir_span_of(rest.data, word);
}

static bool is_word(tapir_span word, const struct word *other)
{
    return word.len == other->len &&
           strncasecmp((const char *)word.data, other->text, word.len) == 0;
}

static bool is_reply_code(tapir_span word)
{
    if (word.len != 3)
        return false;
    for (size_t i = 0; i < 3; i++)
        if (word.data[i] < '0' || word.data[i] > '9')
            return false;
    return true;
}

/* Tells whether the text begins as a request or a reply does. */
static bool is_message(const struct tapir_dump *p, const struct word *requests)
{
    tapir_reader in = p->in;
    uint32_t left = p->length;
    tapir_span word;

    if (!requests)
        return true;
    word = take_word(&in, &left);
    if (word.len == 0)
        return false;
    for (; requests->text; requests++)
        if (is_word(word, requests))
            return true;
    return is_reply_code(take_word(&in, &left));
}

/* Appends the next line behind `prefix`, without its end; false when there is no whole one. A line
 * that is not all text is not shown, and one that the packet ends in gets a mark. */
static bool put_line(struct tapir_dump *p, const char *prefix, tapir_reader *in, uint32_t *left)
{
    tapir_span rest = tapir_rest(in);
    size_t len = rest.len < *left ? rest.len : *left, line = 0, end;

    while (line < len && (is_printable(rest.data[line]) || rest.data[line] == '\t'))
        line++;
    end = line;
    if (end < len && rest.data[end] == '\r')
        end++;
    if (end == len && len < *left) {
        dump_cut(p);
        return false;
    }
    if (end < len && rest.data[end] == '\n') {
        tapir_text_put(p->out, prefix);
        tapir_text_bytes(p->out, rest.data, line);
        tapir_take(in, end + 1);
        *left -= (uint32_t)end + 1;
        return true;
    }
    if (line == len) {
        tapir_text_put(p->out, prefix);
        tapir_text_bytes(p->out, rest.data, line);
        tapir__dump_truncated(p);
    }
    return false;
}

/* The version exchange (RFC 4253 4.2); the rest of a session is binary. */
static void put_version(struct tapir_dump *p, const struct text_protocol *protocol)
{
    static const char start[] = "SSH-";
    tapir_span rest = tapir_rest(&p->in);
    size_t len = rest.len < p->length ? rest.len : p->length, line = 0, end;

    while (line < 4 && line < rest.len && rest.data[line] == (uint8_t)start[line])
        line++;
    if (line < 4) {
        if (line == rest.len)
            dump_cut(p);
        return;
    }
    while (line < len && is_printable(rest.data[line]))
        line++;
    end = line;
    if (end < len && rest.data[end] == '\r')
        end++;
    if (end == len && len < p->length) {
        dump_cut(p);
    } else if (end < len && rest.data[end] == '\n') {
        PUT(p, ": ");
        tapir_text_put(p->out, protocol->title);
        PUT(p, ": ");
        tapir_text_bytes(p->out, rest.data, line);
    }
}

static void put_text(struct tapir_dump *p, const struct text_protocol *protocol)
{
    tapir_reader in = p->in;
    uint32_t left = p->length;

    tapir_text_put(p->out, protocol->title);
    if (!is_message(p, protocol->requests))
        return;
    if (!p->verbosity) {
        put_line(p, ": ", &in, &left);
        return;
    }
    PUT(p, ", length: ");
    tapir_text_uint(p->out, p->length);
    while (left > 0 && put_line(p, "\n\t", &in, &left))
        ;
}

static void put(struct tapir_dump *p, const struct text_protocol *protocol, const char *before)
{
    p->name = protocol->name;
    if (protocol->only_version) {
        put_version(p, protocol);
    } else {
        tapir_text_put(p->out, before);
        put_text(p, protocol);
    }
}

bool tapir__dump_text(struct tapir_dump *p, uint16_t src_port, uint16_t dst_port, bool tcp)
{
    const struct text_port *ports = tcp ? tcp_ports : udp_ports;
    size_t count = tcp ? TAPIR_COUNT(tcp_ports) : TAPIR_COUNT(udp_ports);

    for (size_t i = 0; i < count; i++)
        if (ports[i].port == src_port || ports[i].port == dst_port) {
            put(p, ports[i].protocol, tcp ? ": " : "");
            return true;
        }
    return false;
}
