#include "stack_choices.h"

/* Of sequences of tunnels that are as deep: every combination, and every pair of networks. */
enum { ALL_COMBINED = 1, NETWORKS_COMBINED = 2 };
enum family { FAMILY_4 = 1, FAMILY_6 = 2, ANY_FAMILY = FAMILY_4 | FAMILY_6 };

static const struct {
    enum family outer, inner;
} joins[TUNNELS] = {
    [IPIP] = {FAMILY_4, FAMILY_4},
    [SIX_IN_4] = {FAMILY_4, FAMILY_6},
    [FOUR_IN_6] = {FAMILY_6, FAMILY_4},
    [SIX_IN_6] = {FAMILY_6, FAMILY_6},
    [GRE] = {ANY_FAMILY, ANY_FAMILY},
    [GRE_CHECKED] = {ANY_FAMILY, ANY_FAMILY},
    [GRE_ETHERNET] = {ANY_FAMILY, ANY_FAMILY},
    [VXLAN] = {ANY_FAMILY, ANY_FAMILY},
    [MPLS] = {ANY_FAMILY, ANY_FAMILY},
    [PSEUDOWIRE] = {ANY_FAMILY, ANY_FAMILY},
};

/* Tunnels with an Ethernet frame inside. */
static const bool has_ethernet[TUNNELS] = {
    [GRE_ETHERNET] = true, [VXLAN] = true, [PSEUDOWIRE] = true};

/* A sequence of tunnels, and what the networks around each of them may be. */
struct sequence {
    struct stack stack;
    unsigned families[MOST_TUNNELS + 1];
    unsigned number;
};

/* Whether the tunnels go together; and none has an Ethernet frame inside where the file says that
 * frames have check sequences, which tshark takes for those inside, too. */
static bool join_families(struct sequence *sequence)
{
    for (size_t i = 0; i <= sequence->stack.depth; i++)
        sequence->families[i] = ANY_FAMILY;
    for (size_t i = 0; i < sequence->stack.depth; i++) {
        enum tunnel tunnel = sequence->stack.tunnels[i];

        if (sequence->stack.link == CHECKED_ETHERNET && has_ethernet[tunnel])
            return false;
        sequence->families[i] &= joins[tunnel].outer;
        sequence->families[i + 1] &= joins[tunnel].inner;
        if (!sequence->families[i])
            return false;
    }
    return true;
}

static unsigned networks_of(unsigned families)
{
    unsigned of_4 = families & FAMILY_4 ? V4_NETWORKS : 0;
    unsigned of_6 = families & FAMILY_6 ? V6_NETWORKS : 0;

    return of_4 + of_6;
}

/* The network whose turn it is, of those of the families. */
static enum network network_of(unsigned families, unsigned turn)
{
    unsigned first = families & FAMILY_4 ? V4 : V6;

    return (enum network)(first + turn % networks_of(families));
}

static void visit_one(struct sequence *sequence, unsigned outer, unsigned inner, unsigned transport,
    void (*visit)(const struct stack *stack))
{
    struct stack *stack = &sequence->stack;
    unsigned between = outer * 5 + inner * 3 + transport + sequence->number;

    for (size_t i = 1; i < stack->depth; i++)
        stack->networks[i] = network_of(sequence->families[i], between + (unsigned)i * 3);
    stack->networks[stack->depth] = network_of(sequence->families[stack->depth], inner);
    stack->networks[0] = network_of(sequence->families[0], outer);
    stack->transport = (enum transport)(transport % TRANSPORTS);
    visit(stack);
}

/* Every two networks with `transports` transports, the first of which is the link's turn. */
static void visit_networks(
    struct sequence *sequence, unsigned transports, void (*visit)(const struct stack *stack))
{
    size_t depth = sequence->stack.depth;
    unsigned inners = depth ? networks_of(sequence->families[depth]) : 1;

    for (unsigned outer = 0; outer < networks_of(sequence->families[0]); outer++)
        for (unsigned inner = 0; inner < inners; inner++) {
            unsigned first = outer + inner + sequence->number + sequence->stack.link;

            for (unsigned i = 0; i < transports; i++)
                visit_one(sequence, outer, inner, first + i, visit);
        }
}

/* Each link has a turn of its own; also without the one that checks frames there are as many as
 * there are networks. */
static void visit_turn(struct sequence *sequence, void (*visit)(const struct stack *stack))
{
    unsigned turn = sequence->stack.link;

    visit_one(sequence, turn, turn + sequence->number, turn + sequence->number / NETWORKS, visit);
}

void each_stack(enum link link, bool everything, void (*visit)(const struct stack *stack))
{
    unsigned sequences = 1;

    for (size_t depth = 0; depth <= MOST_TUNNELS; depth++, sequences *= TUNNELS)
        for (unsigned i = 0; i < sequences; i++) {
            struct sequence sequence = {.stack = {.link = link, .depth = depth}, .number = i};
            unsigned rest = i;

            for (size_t t = 0; t < depth; t++, rest /= TUNNELS)
                sequence.stack.tunnels[t] = (enum tunnel)(rest % TUNNELS);
            if (!join_families(&sequence))
                continue;
            if (everything || depth <= ALL_COMBINED)
                visit_networks(&sequence, TRANSPORTS, visit);
            else if (depth <= NETWORKS_COMBINED)
                visit_networks(&sequence, 1, visit);
            else
                visit_turn(&sequence, visit);
        }
}
