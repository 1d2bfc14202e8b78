/* Segments held against their connection (RFC 9293 3.10.7). */
#include "tapir/tcp_check.h"

enum { SHIFT_MAX = 14 }; /* RFC 7323 2.3 */

const char *tapir_tcp_fault_text(tapir_tcp_fault fault)
{
    static const char *const texts[] = {
#define X(name, text) [TAPIR_TCP_FAULT_##name] = text,
        TAPIR_TCP_FAULTS(X)
#undef X
    };

    return (size_t)fault < TAPIR_COUNT(texts) ? texts[fault] : NULL;
}

static int32_t ahead(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b);
}

/* The state: who may say what when. */
static tapir_tcp_fault check_state(const tapir_tcp_checker *checker, tapir_way way,
    const struct tapir_tcp *tcp, size_t payload_len)
{
    const tapir_tcp_side *side = &checker->side[way], *other = &checker->side[!way];
    bool syn = tcp->flags & TAPIR_TCP_SYN, ack = tcp->flags & TAPIR_TCP_ACK;

    if (checker->reset && !syn)
        return TAPIR_TCP_FAULT_AFTER_RST;
    if (tcp->flags & TAPIR_TCP_RST)
        return TAPIR_TCP_FAULT_NONE;
    if (syn)
        return ack && !other->syn && !checker->midstream ? TAPIR_TCP_FAULT_UNANSWERED
                                                         : TAPIR_TCP_FAULT_NONE;
    if (side->fin && payload_len && ahead(tcp->seq + (uint32_t)payload_len, side->fin_seq) > 0)
        return TAPIR_TCP_FAULT_AFTER_FIN;
    if (checker->established || checker->midstream)
        return TAPIR_TCP_FAULT_NONE;
    if (!side->syn && !other->syn)
        return TAPIR_TCP_FAULT_NO_SYN;
    return other->syn ? TAPIR_TCP_FAULT_NONE : TAPIR_TCP_FAULT_NO_SYN_ACK;
}

/* The window that the other side offers; a probe of it may go a byte beyond (RFC 9293 3.8.6.1). */
static tapir_tcp_fault check_window(
    const tapir_tcp_side *other, const struct tapir_tcp *tcp, size_t payload_len)
{
    uint32_t len = (uint32_t)payload_len, edge = other->ack + other->window;

    if (!other->acked || tcp->flags & (TAPIR_TCP_SYN | TAPIR_TCP_RST))
        return TAPIR_TCP_FAULT_NONE;
    if (len && ahead(tcp->seq + len, other->ack) <= 0)
        return TAPIR_TCP_FAULT_BEFORE_WINDOW;
    if (other->window == 0 && len <= 1 && tcp->seq == other->ack)
        return TAPIR_TCP_FAULT_NONE;
    return ahead(tcp->seq + len, edge) > 0 ? TAPIR_TCP_FAULT_BEHIND_WINDOW : TAPIR_TCP_FAULT_NONE;
}

static void note_options(tapir_tcp_side *side, const struct tapir_tcp *tcp)
{
    tapir_walk walk = tapir_tcp_options(tcp);
    struct tapir_tcp_option option;

    side->scaled = false;
    side->mss = 0;
    while (tapir_walk_next(&walk, &option))
        if (option.kind == TAPIR_TCP_OPTION_MSS && option.length == 4) {
            side->mss = option.mss;
        } else if (option.kind == TAPIR_TCP_OPTION_WINDOW_SCALE && option.length == 3) {
            side->scaled = true;
            side->shift = option.shift < SHIFT_MAX ? option.shift : SHIFT_MAX;
        }
}

static void note(
    tapir_tcp_checker *checker, tapir_way way, const struct tapir_tcp *tcp, size_t payload_len)
{
    tapir_tcp_side *side = &checker->side[way];
    const tapir_tcp_side *other = &checker->side[!way];
    bool syn = tcp->flags & TAPIR_TCP_SYN;

    if (tcp->flags & TAPIR_TCP_RST) {
        checker->reset = true;
        return;
    }
    if (syn) {
        side->syn = true;
        side->fin = checker->reset = false;
        note_options(side, tcp);
    } else if (side->syn && other->syn) {
        checker->established = true;
    }
    if (tcp->flags & TAPIR_TCP_FIN) {
        side->fin = true;
        side->fin_seq = tcp->seq + (uint32_t)payload_len;
    }
    /* Without both SYN nobody knows by how much windows are shifted. */
    if (!(tcp->flags & TAPIR_TCP_ACK) || (!syn && !(side->syn && other->syn)))
        return;
    side->ack = side->acked && ahead(side->ack, tcp->ack) > 0 ? side->ack : tcp->ack;
    side->window = (uint32_t)tcp->window
                   << (!syn && side->scaled && other->scaled ? side->shift : 0);
    side->acked = true;
}

tapir_tcp_fault tapir_tcp_check(
    tapir_tcp_checker *checker, tapir_way way, const struct tapir_tcp *tcp, size_t payload_len)
{
    const tapir_tcp_side *other = &checker->side[!way];
    tapir_tcp_fault fault = check_state(checker, way, tcp, payload_len);

    if (fault == TAPIR_TCP_FAULT_NONE && other->mss && payload_len > other->mss)
        fault = TAPIR_TCP_FAULT_TOO_LONG;
    if (fault == TAPIR_TCP_FAULT_NONE)
        fault = check_window(other, tcp, payload_len);
    if (fault == TAPIR_TCP_FAULT_NONE)
        note(checker, way, tcp, payload_len);
    return fault;
}
