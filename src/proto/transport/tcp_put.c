/* Options of TCP, written. */
#include "../put.h"
#include "tcp_options.h"

static void put_head(tapir_writer *w, uint64_t kind, size_t data_len)
{
    tapir_put_be(w, 1, kind);
    tapir_put_be(w, 1, data_len + 2);
}

void tapir_tcp_put_option(tapir_writer *w, uint64_t kind, tapir_span data)
{
    put_head(w, kind, data.len);
    tapir_put_span(w, data);
}

void tapir_tcp_put_end(tapir_writer *w)
{
    tapir_put_be(w, 1, TAPIR_TCP_OPTION_END);
}

void tapir_tcp_put_nop(tapir_writer *w)
{
    tapir_put_be(w, 1, TAPIR_TCP_OPTION_NOP);
}

static void put_number(tapir_writer *w, uint64_t kind, unsigned bytes, uint64_t value)
{
    put_head(w, kind, bytes);
    tapir_put_be(w, bytes, value);
}

void tapir_tcp_put_mss(tapir_writer *w, uint64_t mss)
{
    put_number(w, TAPIR_TCP_OPTION_MSS, 2, mss);
}

void tapir_tcp_put_window_scale(tapir_writer *w, uint64_t shift)
{
    put_number(w, TAPIR_TCP_OPTION_WINDOW_SCALE, 1, shift);
}

void tapir_tcp_put_sack_permitted(tapir_writer *w)
{
    put_head(w, TAPIR_TCP_OPTION_SACK_PERMITTED, 0);
}

void tapir_tcp_put_sack(tapir_writer *w, const struct tapir_tcp_sack_block *blocks, size_t count)
{
    put_head(w, TAPIR_TCP_OPTION_SACK, count * 8);
    for (size_t i = 0; i < count && !w->failed; i++) {
        tapir_put_be(w, 4, blocks[i].left);
        tapir_put_be(w, 4, blocks[i].right);
    }
}

void tapir_tcp_put_echo(tapir_writer *w, uint64_t value)
{
    put_number(w, TAPIR_TCP_OPTION_ECHO, 4, value);
}

void tapir_tcp_put_echo_reply(tapir_writer *w, uint64_t value)
{
    put_number(w, TAPIR_TCP_OPTION_ECHO_REPLY, 4, value);
}

void tapir_tcp_put_timestamps(tapir_writer *w, uint64_t value, uint64_t echo)
{
    put_head(w, TAPIR_TCP_OPTION_TIMESTAMPS, 8);
    tapir_put_be(w, 4, value);
    tapir_put_be(w, 4, echo);
}

void tapir_tcp_put_md5(tapir_writer *w, tapir_span digest)
{
    put_head(w, TAPIR_TCP_OPTION_MD5, 16);
    tapir__put_exactly(w, digest, 16);
}

void tapir_tcp_put_user_timeout(tapir_writer *w, bool minutes, uint64_t timeout)
{
    if (timeout >> 15)
        tapir_writer_fail(w);
    put_number(w, TAPIR_TCP_OPTION_USER_TIMEOUT, 2, (uint64_t)minutes << 15 | timeout);
}

void tapir_tcp_put_ao(tapir_writer *w, uint64_t key_id, uint64_t next_key_id, tapir_span mac)
{
    put_head(w, TAPIR_TCP_OPTION_AO, mac.len + 2);
    tapir_put_be(w, 1, key_id);
    tapir_put_be(w, 1, next_key_id);
    tapir_put_span(w, mac);
}

void tapir_tcp_put_mptcp(tapir_writer *w, uint64_t subtype, uint64_t low, tapir_span rest)
{
    if (subtype > 15 || low > 15)
        tapir_writer_fail(w);
    put_head(w, TAPIR_TCP_OPTION_MPTCP, rest.len + 1);
    tapir_put_be(w, 1, subtype << 4 | low);
    tapir_put_span(w, rest);
}

void tapir_tcp_put_fast_open(tapir_writer *w, tapir_span cookie)
{
    tapir_tcp_put_option(w, TAPIR_TCP_OPTION_FAST_OPEN, cookie);
}

static void put_acc_ecn_head(tapir_writer *w, bool ect1_first, size_t count)
{
    if (count > 3)
        tapir_writer_fail(w);
    put_head(w, ect1_first ? TAPIR_TCP_OPTION_ACC_ECN_1 : TAPIR_TCP_OPTION_ACC_ECN_0, count * 3);
}

void tapir_tcp_put_acc_ecn(tapir_writer *w, bool ect1_first, const uint32_t *counters, size_t count)
{
    put_acc_ecn_head(w, ect1_first, count);
    for (size_t i = 0; i < count && !w->failed; i++)
        tapir_put_be(w, 3, counters[i]);
}

void tapir_tcp_put_experiment(tapir_writer *w, uint64_t kind, uint64_t identifier, tapir_span rest)
{
    put_head(w, kind, rest.len + 2);
    tapir_put_be(w, 2, identifier);
    tapir_put_span(w, rest);
}

void tapir_tcp_put_padding(tapir_writer *w, const void *start)
{
    tapir__put_padding(w, start, 0, 4);
}

/* From arguments. */

TAPIR__MAKE_BARE(end, tapir_tcp_put_end)
TAPIR__MAKE_BARE(nop, tapir_tcp_put_nop)
TAPIR__MAKE_BARE(sack_permitted, tapir_tcp_put_sack_permitted)
TAPIR__MAKE_NUMBER(mss, tapir_tcp_put_mss)
TAPIR__MAKE_NUMBER(window_scale, tapir_tcp_put_window_scale)
TAPIR__MAKE_NUMBER(echo, tapir_tcp_put_echo)
TAPIR__MAKE_NUMBER(echo_reply, tapir_tcp_put_echo_reply)
TAPIR__MAKE_BYTES(md5, tapir_tcp_put_md5)
TAPIR__MAKE_BYTES(fast_open, tapir_tcp_put_fast_open)

/* Each block is two numbers. */
TAPIR__MAKE(sack)
{
    if (count % 2)
        tapir_writer_fail(w);
    put_head(w, TAPIR_TCP_OPTION_SACK, count * 4);
    tapir__put_numbers(w, arguments, count, 4);
}

TAPIR__MAKE(timestamps)
{
    tapir_tcp_put_timestamps(w, arguments[0].number, arguments[1].number);
}

TAPIR__MAKE(user_timeout)
{
    if (arguments[1].number > 1)
        tapir_writer_fail(w);
    tapir_tcp_put_user_timeout(w, arguments[1].number != 0, arguments[0].number);
}

TAPIR__MAKE(ao)
{
    tapir_tcp_put_ao(w, arguments[0].number, arguments[1].number, arguments[2].bytes);
}

TAPIR__MAKE(mptcp)
{
    tapir_tcp_put_mptcp(w, arguments[0].number, arguments[1].number, arguments[2].bytes);
}

TAPIR__MAKE(acc_ecn_0)
{
    put_acc_ecn_head(w, false, count);
    tapir__put_numbers(w, arguments, count, 3);
}

TAPIR__MAKE(acc_ecn_1)
{
    put_acc_ecn_head(w, true, count);
    tapir__put_numbers(w, arguments, count, 3);
}

TAPIR__MAKE(experiment_1)
{
    tapir_tcp_put_experiment(
        w, TAPIR_TCP_OPTION_EXPERIMENT_1, arguments[0].number, arguments[1].bytes);
}

TAPIR__MAKE(experiment_2)
{
    tapir_tcp_put_experiment(
        w, TAPIR_TCP_OPTION_EXPERIMENT_2, arguments[0].number, arguments[1].bytes);
}

TAPIR__MAKE_OPTION(option, tapir_tcp_put_option)

static const tapir_label subtypes[] = {
    {TAPIR_MPTCP_CAPABLE, "capable"},
    {TAPIR_MPTCP_JOIN, "join"},
    {TAPIR_MPTCP_DSS, "dss"},
    {TAPIR_MPTCP_ADD_ADDR, "add_addr"},
    {TAPIR_MPTCP_REMOVE_ADDR, "remove_addr"},
    {TAPIR_MPTCP_PRIO, "prio"},
    {TAPIR_MPTCP_FAIL, "fail"},
    {TAPIR_MPTCP_FASTCLOSE, "fastclose"},
    {TAPIR_MPTCP_TCPRST, "tcprst"},
    {0, NULL},
};

static const tapir_label experiments[] = {
    {TAPIR_TCP_EXPERIMENT_TARR, "tarr"},
    {TAPIR_TCP_EXPERIMENT_HOST_ID, "host_id"},
    {TAPIR_TCP_EXPERIMENT_ACC_ECN_0, "acc_ecn_0"},
    {TAPIR_TCP_EXPERIMENT_ACC_ECN_1, "acc_ecn_1"},
    {TAPIR_TCP_EXPERIMENT_ACC_ECN, "acc_ecn"},
    {TAPIR_TCP_EXPERIMENT_FAST_OPEN, "fast_open"},
    {0, NULL},
};

static const tapir_label units[] = {{0, "seconds"}, {1, "minutes"}, {0, NULL}};

static const tapir_parameter mss[] = {TAPIR__UINT("mss", 16)};
static const tapir_parameter window_scale[] = {TAPIR__UINT("shift", 8)};
static const tapir_parameter sack[] = {TAPIR__UINT("edge", 32, TAPIR__REPEATED)};
static const tapir_parameter echo[] = {TAPIR__UINT("value", 32)};
static const tapir_parameter timestamps[] = {
    TAPIR__UINT("value", 32), TAPIR__UINT("echo", 32, TAPIR__OPTIONAL)};
static const tapir_parameter md5[] = {TAPIR__OTHER("digest", TAPIR_SPAN)};
static const tapir_parameter user_timeout[] = {
    TAPIR__UINT("timeout", 15), TAPIR__UINT("unit", 1, TAPIR__OPTIONAL, .labels = units)};
static const tapir_parameter ao[] = {TAPIR__UINT("key_id", 8), TAPIR__UINT("next_key_id", 8),
    TAPIR__OTHER("mac", TAPIR_SPAN, TAPIR__OPTIONAL)};
static const tapir_parameter mptcp[] = {TAPIR__UINT("subtype", 4, .labels = subtypes),
    TAPIR__UINT("low", 4), TAPIR__OTHER("rest", TAPIR_SPAN, TAPIR__OPTIONAL)};
static const tapir_parameter fast_open[] = {TAPIR__OTHER("cookie", TAPIR_SPAN, TAPIR__OPTIONAL)};
static const tapir_parameter acc_ecn[] = {TAPIR__UINT("counter", 24, TAPIR__REPEATED)};
static const tapir_parameter experiment[] = {TAPIR__UINT("identifier", 16, .labels = experiments),
    TAPIR__OTHER("rest", TAPIR_SPAN, TAPIR__OPTIONAL)};
static const tapir_parameter option[] = {
    TAPIR__UINT("kind", 8), TAPIR__OTHER("data", TAPIR_SPAN, TAPIR__OPTIONAL)};

const tapir_maker tapir__tcp_makers[TAPIR__TCP_MAKER_COUNT] = {
    TAPIR_BARE_MAKER("end", "EOL", make_end),
    TAPIR_BARE_MAKER("nop", NULL, make_nop),
    TAPIR_MAKER("mss", NULL, mss, make_mss),
    TAPIR_MAKER("window_scale", "WScale", window_scale, make_window_scale),
    TAPIR_BARE_MAKER("sack_permitted", "SAckOK", make_sack_permitted),
    TAPIR_MAKER("sack", NULL, sack, make_sack),
    TAPIR_MAKER("echo", NULL, echo, make_echo),
    TAPIR_MAKER("echo_reply", NULL, echo, make_echo_reply),
    TAPIR_MAKER("timestamps", "Timestamp", timestamps, make_timestamps),
    TAPIR_MAKER("md5", NULL, md5, make_md5),
    TAPIR_MAKER("user_timeout", "UTO", user_timeout, make_user_timeout),
    TAPIR_MAKER("ao", NULL, ao, make_ao),
    TAPIR_MAKER("mptcp", NULL, mptcp, make_mptcp),
    TAPIR_MAKER("fast_open", "TFO", fast_open, make_fast_open),
    TAPIR_MAKER("acc_ecn_0", "acc_ecn", acc_ecn, make_acc_ecn_0),
    TAPIR_MAKER("acc_ecn_1", NULL, acc_ecn, make_acc_ecn_1),
    TAPIR_MAKER("experiment_1", NULL, experiment, make_experiment_1),
    TAPIR_MAKER("experiment_2", NULL, experiment, make_experiment_2),
    TAPIR_MAKER("option", NULL, option, make_option),
};
