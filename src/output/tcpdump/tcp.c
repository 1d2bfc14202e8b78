/* tcpdump's lines: Transmission Control Protocol. */
#include "printer.h"

#define HEADER_LEN  20
#define REASON_MOST 30 /* bytes shown of what a reset says */

/* What relative sequence numbers of this packet are relative to. */
struct origin {
    uint32_t seq, ack; /* of the connection's first side, and of the other */
    bool reversed;     /* the packet comes from the other side */
};

/* Fills the key of the connection, the same for both directions; true when this packet goes from
 * the end that stands second. */
static bool make_key(
    const struct tapir_tcp *tcp, const uint8_t *src, const uint8_t *dst, size_t len, uint8_t *key)
{
    bool reversed = tcp->src_port > tcp->dst_port ||
                    (tcp->src_port == tcp->dst_port && memcmp(src, dst, len) > 0);

    memcpy(key, reversed ? dst : src, len);
    memcpy(key + len, reversed ? src : dst, len);
    tapir_store_be(key + 2 * len, 2, reversed ? tcp->dst_port : tcp->src_port);
    tapir_store_be(key + 2 * len + 2, 2, reversed ? tcp->src_port : tcp->dst_port);
    return reversed;
}

/* A connection looked up for the segment, and which way that goes. */
struct peers {
    struct dump_lookup lookup;
    bool reversed;
};

/* Starts to look for the connection, unless sequence numbers are shown as they are. */
static void seek_connection(struct tapir_dump *p, const struct tapir_tcp *tcp, struct peers *peers)
{
    const struct tapir_ipv4 *ipv4 = NETWORK_AS(p, ipv4);
    const struct tapir_ipv6 *ipv6 = NETWORK_AS(p, ipv6);
    uint8_t *key = peers->lookup.key;

    peers->lookup.key_len = 0;
    peers->reversed = false;
    if (p->quiet || p->options.absolute_sequence || !(tcp->flags & TAPIR_TCP_ACK))
        return;
    if (ipv4) {
        peers->reversed = make_key(tcp, ipv4->src, ipv4->dst, 4, key);
        tapir__dump_connection_seek(p, &peers->lookup, DUMP_KEY_IPV4);
    } else if (ipv6) {
        peers->reversed = make_key(tcp, ipv6->src, ipv6->dst, 16, key);
        tapir__dump_connection_seek(p, &peers->lookup, DUMP_KEY_IPV6);
    }
}

/* Makes *seq and *ack relative to the first ones seen of the connection; the packet that begins it
 * shows its own. */
static struct origin make_relative(struct tapir_dump *p, const struct tapir_tcp *tcp,
    const struct peers *peers, uint32_t *seq, uint32_t *ack)
{
    struct origin origin = {0, 0, peers->reversed};
    struct dump_connection *connection;
    bool made;

    connection = peers->lookup.key_len ? tapir__dump_connection(p, &peers->lookup, &made) : NULL;
    if (!connection)
        return origin;
    if (made || tcp->flags & TAPIR_TCP_SYN) {
        connection->seq = origin.reversed ? *ack - 1 : *seq;
        connection->ack = origin.reversed ? *seq : *ack - 1;
    } else {
        *seq -= origin.reversed ? connection->ack : connection->seq;
        *ack -= origin.reversed ? connection->seq : connection->ack;
    }
    origin.seq = connection->seq;
    origin.ack = connection->ack;
    return origin;
}

static void put_flags(struct tapir_dump *p, uint16_t flags)
{
    static const char letters[] = "FSRP.UEW";
    char *at = tapir_text_reserve(p->out, 8);
    unsigned left = flags & 0xff;

    if (!left) {
        PUT(p, "none");
        return;
    }
    for (; at && left; left &= left - 1) {
        *at++ = letters[__builtin_ctz(left)];
        p->out->len++;
    }
}

static void put_checksum(struct tapir_dump *p, const struct tapir_tcp *tcp)
{
    uint16_t wrong;

    if (!p->verbosity || p->options.no_checksums || p->fragment || tapir_left(&p->in) < p->length)
        return;
    wrong = tapir__dump_transport_sum(p, 6, p->length);
    PUT(p, ", cksum 0x");
    tapir_text_hex(p->out, tcp->checksum, 4);
    if (wrong == 0) {
        PUT(p, " (correct)");
        return;
    }
    PUT(p, " (incorrect -> 0x");
    tapir_text_hex(p->out, tapir__dump_should_be(tcp->checksum, wrong), 4);
    PUT(p, ")");
}

/* By kind, up to the one of fast open. */
static const char *const option_names[TAPIR_TCP_OPTION_FAST_OPEN + 1] = {
    [TAPIR_TCP_OPTION_END] = "eol",
    [TAPIR_TCP_OPTION_NOP] = "nop",
    [TAPIR_TCP_OPTION_MSS] = "mss",
    [TAPIR_TCP_OPTION_WINDOW_SCALE] = "wscale",
    [TAPIR_TCP_OPTION_SACK_PERMITTED] = "sackOK",
    [TAPIR_TCP_OPTION_SACK] = "sack",
    [TAPIR_TCP_OPTION_ECHO] = "echo",
    [TAPIR_TCP_OPTION_ECHO_REPLY] = "echoreply",
    [TAPIR_TCP_OPTION_TIMESTAMPS] = "TS",
    [TAPIR_TCP_OPTION_CC] = "cc",
    [TAPIR_TCP_OPTION_CC_NEW] = "ccnew",
    [TAPIR_TCP_OPTION_CC_ECHO] = "",
    [TAPIR_TCP_OPTION_MD5] = "md5",
    [TAPIR_TCP_OPTION_SCPS] = "scps",
    [TAPIR_TCP_OPTION_USER_TIMEOUT] = "uto",
    [TAPIR_TCP_OPTION_AO] = "tcp-ao",
    [TAPIR_TCP_OPTION_MPTCP] = "mptcp",
    [TAPIR_TCP_OPTION_FAST_OPEN] = "tfo",
};

static void put_option_name(struct tapir_dump *p, uint8_t kind)
{
    if (kind < TAPIR_COUNT(option_names) && option_names[kind])
        tapir_text_put(p->out, option_names[kind]);
    else if (kind == TAPIR_TCP_OPTION_EXPERIMENT_2)
        PUT(p, "exp");
    else
        dump_number(p, "unknown-", kind);
}

/* The option being printed. tcpdump's printer of a kind reads what the kind should have, whatever
 * its length says, and goes on behind what it read. */
struct option {
    uint8_t length;
    uint16_t flags;
    tapir_reader in; /* from the option's data on, to the end of what was captured */
    size_t left;     /* bytes of options from there on */
    size_t used;     /* what the printer took */
};

/* Tells whether `len` bytes from the start of the data are there and within the options. */
static enum dump_option need(struct option *option, size_t len)
{
    option->used = len;
    if (len > option->left)
        return DUMP_OPTION_BAD;
    return tapir_left(&option->in) < len ? DUMP_OPTION_CUT : DUMP_OPTION_FINE;
}

static enum dump_option put_sack(
    struct tapir_dump *p, struct option *option, const struct origin *origin)
{
    size_t len = option->length - 2u;
    tapir_reader in = option->in;
    uint32_t base = origin->reversed ? origin->seq : origin->ack;

    option->used = len;
    if (len % 8 != 0) {
        PUT(p, " invalid sack");
        return DUMP_OPTION_FINE;
    }
    dump_number(p, " ", (uint32_t)(len / 8));
    PUT(p, " ");
    for (size_t done = 0; done < len; done += 8) {
        enum dump_option outcome = need(option, done + 8);
        if (outcome != DUMP_OPTION_FINE)
            return outcome;
        dump_number(p, "{", tapir_take_be32(&in) - base);
        dump_number(p, ":", tapir_take_be32(&in) - base);
        PUT(p, "}");
    }
    return DUMP_OPTION_FINE;
}

/* The cookie of fast open: none, or 4 to 16 bytes of even number (RFC 7413 4.1.1). */
static void put_cookie(struct tapir_dump *p, tapir_span cookie)
{
    if (cookie.len == 0) {
        PUT(p, " cookiereq");
    } else if (cookie.len % 2 || cookie.len < 4 || cookie.len > 16) {
        tapir__dump_invalid(p);
    } else {
        PUT(p, " cookie ");
        tapir_text_hex_bytes(p->out, cookie, '\0');
    }
}

/* Appends `len` bytes from `done` on; those that are there when some are missing. */
static enum dump_option put_bytes(struct tapir_dump *p, struct option *option, size_t done)
{
    size_t len = option->length - 2u;
    tapir_reader in = option->in;

    tapir_take(&in, done);
    while (done < len) {
        enum dump_option outcome = need(option, ++done);
        if (outcome != DUMP_OPTION_FINE)
            return outcome;
        tapir_text_hex(p->out, tapir_take_u8(&in), 2);
    }
    return DUMP_OPTION_FINE;
}

/* RFC 5925. */
static enum dump_option put_authentication(struct tapir_dump *p, struct option *option)
{
    static const char *const names[] = {" keyid ", " rnextkeyid "};
    tapir_reader in = option->in;

    for (size_t i = 0; i < TAPIR_COUNT(names); i++) {
        enum dump_option outcome = need(option, i + 1);
        if (outcome != DUMP_OPTION_FINE)
            return outcome;
        dump_number(p, names[i], tapir_take_u8(&in));
    }
    if (option->length == 4)
        return DUMP_OPTION_FINE;
    PUT(p, " mac 0x");
    return put_bytes(p, option, 2);
}

static enum dump_option put_option(
    struct tapir_dump *p, struct option *option, uint8_t kind, const struct origin *origin)
{
    size_t len = option->length < 2 ? 0 : option->length - 2u;
    enum dump_option outcome = DUMP_OPTION_FINE;
    tapir_reader data = option->in, *in = &data;
    uint32_t number;

    switch (kind) {
    case TAPIR_TCP_OPTION_END:
    case TAPIR_TCP_OPTION_NOP:
    case TAPIR_TCP_OPTION_SACK_PERMITTED:
        option->used = 0;
        break;
    case TAPIR_TCP_OPTION_MSS:
        if ((outcome = need(option, 2)) == DUMP_OPTION_FINE)
            dump_number(p, " ", tapir_take_be16(in));
        break;
    case TAPIR_TCP_OPTION_WINDOW_SCALE:
        if ((outcome = need(option, 1)) == DUMP_OPTION_FINE)
            dump_number(p, " ", tapir_take_u8(in));
        break;
    case TAPIR_TCP_OPTION_SACK:
        return put_sack(p, option, origin);
    case TAPIR_TCP_OPTION_ECHO:
    case TAPIR_TCP_OPTION_ECHO_REPLY:
    case TAPIR_TCP_OPTION_CC:
    case TAPIR_TCP_OPTION_CC_NEW:
    case TAPIR_TCP_OPTION_CC_ECHO:
        if ((outcome = need(option, 4)) == DUMP_OPTION_FINE)
            dump_number(p, " ", tapir_take_be32(in));
        break;
    case TAPIR_TCP_OPTION_TIMESTAMPS:
        if ((outcome = need(option, 8)) == DUMP_OPTION_FINE) {
            dump_number(p, " val ", tapir_take_be32(in));
            dump_number(p, " ecr ", tapir_take_be32(in));
        }
        break;
    case TAPIR_TCP_OPTION_MD5:
        if ((outcome = need(option, 16)) == DUMP_OPTION_FINE) {
            if (tapir_left(&p->in) < p->length)
                PUT(p, " snaplen too short, can't check - ");
            else
                PUT(p, " shared secret not supplied with -M, can't check - ");
            tapir_text_hex_bytes(p->out, tapir_take_span(in, 16), '\0');
        }
        break;
    case TAPIR_TCP_OPTION_SCPS:
        if ((outcome = need(option, 2)) == DUMP_OPTION_FINE) {
            PUT(p, " cap ");
            tapir_text_hex(p->out, tapir_take_u8(in), 2);
            dump_number(p, " id ", tapir_take_u8(in));
        }
        break;
    case TAPIR_TCP_OPTION_USER_TIMEOUT:
        if ((outcome = need(option, 2)) == DUMP_OPTION_FINE) {
            number = tapir_take_be16(in);
            PUT(p, " 0x");
            tapir_text_hex(p->out, number, 1);
            dump_number(p, " ", number & 1 ? (number >> 1) * 60 : number >> 1);
        }
        break;
    case TAPIR_TCP_OPTION_AO:
        option->used = len;
        if (len < 2)
            tapir__dump_invalid(p);
        else
            outcome = put_authentication(p, option);
        break;
    case TAPIR_TCP_OPTION_MPTCP:
        if ((outcome = need(option, len)) == DUMP_OPTION_FINE &&
            !tapir__dump_mptcp(p, data, option->length, option->flags))
            outcome = DUMP_OPTION_BAD;
        break;
    case TAPIR_TCP_OPTION_FAST_OPEN:
        if ((outcome = need(option, len)) == DUMP_OPTION_FINE) {
            PUT(p, " ");
            put_cookie(p, tapir_take_span(in, len));
        }
        break;
    case TAPIR_TCP_OPTION_EXPERIMENT_2:
        if (len < 2)
            return DUMP_OPTION_BAD;
        if ((outcome = need(option, len)) == DUMP_OPTION_FINE) {
            number = tapir_take_be16(in);
            PUT(p, "-");
            if (number == TAPIR_TCP_EXPERIMENT_FAST_OPEN) {
                PUT(p, "tfo");
                put_cookie(p, tapir_take_span(in, len - 2));
            } else {
                tapir_text_hex(p->out, number, 4);
            }
        }
        break;
    default:
        option->used = len;
        if (len > 0)
            PUT(p, " 0x");
        outcome = put_bytes(p, option, 0);
        break;
    }
    return outcome;
}

/* Appends the options, `len` bytes behind the fixed header; false when the line ends with them. */
static bool put_options(
    struct tapir_dump *p, const struct tapir_tcp *tcp, size_t len, const struct origin *origin)
{
    struct option option = {.flags = tcp->flags, .in = dump_behind(p, HEADER_LEN), .left = len};
    bool first = true;

    PUT(p, ", options [");
    while (option.left > 0 && !p->cut) {
        enum dump_option outcome = DUMP_OPTION_FINE;
        uint8_t kind;

        if (!first)
            PUT(p, ",");
        kind = dump_take_u8(p, &option.in);
        option.length = 1;
        if (kind > TAPIR_TCP_OPTION_NOP) {
            option.length = dump_take_u8(p, &option.in);
            if (option.length < 2 || option.length > option.left)
                outcome = DUMP_OPTION_BAD;
            else
                option.left--;
        }
        option.left--;
        if (p->cut)
            break;
        if (outcome == DUMP_OPTION_FINE) {
            put_option_name(p, kind);
            outcome = put_option(p, &option, kind, origin);
        }
        if (outcome != DUMP_OPTION_FINE) {
            if (outcome == DUMP_OPTION_BAD)
                PUT(p, "[bad opt]");
            else
                tapir__dump_truncated(p);
            if (!first)
                tapir_text_char(p->out, outcome == DUMP_OPTION_BAD ? ']' : '>');
            return false;
        }
        tapir_take(&option.in, option.used);
        option.left -= option.used < option.left ? option.used : option.left;
        if (option.used + (kind > TAPIR_TCP_OPTION_NOP ? 2 : 1) != option.length) {
            dump_number(p, "[len ", option.length);
            PUT(p, "]");
        }
        if (kind == TAPIR_TCP_OPTION_END)
            break;
        first = false;
    }
    PUT(p, "]");
    return !p->cut;
}

/* What a reset carries, said to be text (RFC 9293 3.5.2); no more than fits beside the rest. */
static void put_reset_reason(struct tapir_dump *p)
{
    tapir_span reason = tapir_rest(&p->in);

    PUT(p, " [");
    if (reason.len < p->length)
        PUT(p, "!");
    else
        reason.len = p->length;
    if (reason.len > REASON_MOST)
        reason.len = REASON_MOST;
    PUT(p, "RST");
    if (p->length > REASON_MOST)
        PUT(p, "+");
    PUT(p, " ");
    tapir__dump_string(p->out, reason);
    PUT(p, "]");
}

static bool put_line(
    struct tapir_dump *p, const struct tapir_tcp *tcp, const struct peers *peers, size_t header_len)
{
    uint32_t seq = tcp->seq, ack = tcp->ack, length = p->length - (uint32_t)header_len;
    struct origin origin;

    PUT(p, "Flags [");
    put_flags(p, tcp->flags);
    PUT(p, "]");
    origin = make_relative(p, tcp, peers, &seq, &ack);
    if (header_len > p->length) {
        dump_number(p, " [bad hdr length ", (uint32_t)header_len);
        dump_number(p, " - too long, > ", p->length);
        PUT(p, "]");
        return false;
    }
    put_checksum(p, tcp);
    if (p->verbosity > 1 || length > 0 ||
        tcp->flags & (TAPIR_TCP_SYN | TAPIR_TCP_FIN | TAPIR_TCP_RST)) {
        dump_number(p, ", seq ", seq);
        if (length > 0)
            dump_number(p, ":", seq + length);
    }
    if (tcp->flags & TAPIR_TCP_ACK)
        dump_number(p, ", ack ", ack);
    dump_number(p, ", win ", tcp->window);
    if (tcp->flags & TAPIR_TCP_URG)
        dump_number(p, ", urg ", tcp->urgent);
    if (header_len > HEADER_LEN && !put_options(p, tcp, header_len - HEADER_LEN, &origin))
        return false;
    dump_number(p, ", length ", length);
    return length > 0;
}

size_t tapir__dump_tcp(struct tapir_dump *p, size_t index)
{
    const struct tapir_tcp *tcp = dump_layer(p, index)->fields;
    size_t header_len = tcp->header_words * 4u;
    struct peers peers;

    p->name = "tcp";
    if (tapir_left(&p->in) < 4) {
        tapir__dump_addresses(p);
        p->out->len--;
        tapir__dump_truncated(p);
        return DUMP_END;
    }
    seek_connection(p, tcp, &peers);
    tapir__dump_ports(p, 6, tcp->src_port, tcp->dst_port, tapir__dump_tcp_port);
    if (tapir_left(&p->in) < HEADER_LEN) {
        tapir__dump_truncated(p);
        return DUMP_END;
    }
    if (header_len < HEADER_LEN) {
        dump_number(p, " tcp ", p->length - (uint32_t)header_len);
        dump_number(p, " [bad hdr length ", (uint32_t)header_len);
        PUT(p, " - too short, < 20]");
        return DUMP_END;
    }
    if (p->quiet) {
        dump_number(p, "tcp ", p->length - (uint32_t)header_len);
        if (header_len > p->length) {
            dump_number(p, " [bad hdr length ", (uint32_t)header_len);
            dump_number(p, " - too long, > ", p->length);
            PUT(p, "]");
        }
        return DUMP_END;
    }
    if (!put_line(p, tcp, &peers, header_len))
        return DUMP_END;
    if (tapir_left(&p->in) < header_len) {
        tapir__dump_short_header(p, header_len);
        return DUMP_END;
    }
    dump_advance(p, header_len);
    if (tcp->flags & TAPIR_TCP_RST && p->verbosity) {
        put_reset_reason(p);
        return DUMP_END;
    }
    if (tapir__dump_text(p, tcp->src_port, tcp->dst_port, true) ||
        tapir__dump_dns(p, tcp->src_port, tcp->dst_port, true))
        return DUMP_END;
    return tapir__dump_inside_ports(p, index, TAPIR_TCP_PORT, tcp->src_port, tcp->dst_port);
}
