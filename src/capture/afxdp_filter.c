/* Translates classic BPF into the kernel's extended BPF, for frames at XDP. */
#include "afxdp_filter.h"

#include <linux/filter.h>
#include <stdlib.h>

/* What the registers hold while the classic program runs. */
enum {
    RESULT = BPF_REG_0,
    TEMPORARY = BPF_REG_1,
    DATA = BPF_REG_2,
    DATA_END = BPF_REG_3,
    AT = BPF_REG_4, /* where a load begins */
    END = BPF_REG_5,
    CONTEXT = BPF_REG_6,
    A = BPF_REG_7,
    X = BPF_REG_8
};

enum {
    FRAME_MOST = 0xffff, /* no frame is longer, and the verifier counts no further */
    JUMP_MOST = INT16_MAX,
    COUNT_MOST = 1 << 16, /* of classic instructions */
    GROWTH = 256
};

#define NOWHERE UINT32_MAX

/* An instruction, and where it jumps to: the number of a classic instruction, or one of the two
 * ends, which come behind those. */
struct step {
    struct bpf_insn instruction;
    uint32_t target;
};

struct translation {
    struct step *steps;
    size_t count, room;
    bool out_of_memory;
    const tapir_filter_instruction *program;
    uint32_t program_count;
    uint32_t match, no_match; /* the numbers of the ends */
    uint32_t *starts;         /* of the classic instructions and the ends: their first steps */
    bool *reached;
};

static void emit_jump(struct translation *t, struct bpf_insn instruction, uint32_t target)
{
    if (t->count == t->room) {
        struct step *more = realloc(t->steps, (t->room + GROWTH) * sizeof *more);
        if (!more) {
            t->out_of_memory = true;
            return;
        }
        t->steps = more;
        t->room += GROWTH;
    }
    t->steps[t->count++] = (struct step){.instruction = instruction, .target = target};
    if (target != NOWHERE)
        t->reached[target] = true;
}

static void emit(
    struct translation *t, unsigned code, unsigned to, unsigned from, int offset, uint32_t number)
{
    emit_jump(t,
        (struct bpf_insn){.code = (uint8_t)code,
            .dst_reg = (uint8_t)(to & 15),
            .src_reg = (uint8_t)(from & 15),
            .off = (int16_t)offset,
            .imm = (int32_t)number},
        NOWHERE);
}

static void move(struct translation *t, unsigned to, unsigned from)
{
    emit(t, BPF_ALU64 | BPF_MOV | BPF_X, to, from, 0, 0);
}

/* Sets one of the language's registers, of 32 bits. */
static void set(struct translation *t, unsigned to, uint32_t number)
{
    emit(t, BPF_ALU | BPF_MOV | BPF_K, to, 0, 0, number);
}

static void go(struct translation *t, uint32_t target)
{
    emit_jump(t, (struct bpf_insn){.code = BPF_JMP | BPF_JA}, target);
}

static void compare(struct translation *t, unsigned code, unsigned left, unsigned right,
    uint32_t number, uint32_t target)
{
    emit_jump(t,
        (struct bpf_insn){.code = (uint8_t)code,
            .dst_reg = (uint8_t)(left & 15),
            .src_reg = (uint8_t)(right & 15),
            .imm = (int32_t)number},
        target);
}

static int scratch(uint32_t slot)
{
    return -4 * (int)(slot + 1);
}

static unsigned length_of(unsigned code)
{
    return BPF_SIZE(code) == BPF_W ? 4 : BPF_SIZE(code) == BPF_H ? 2 : 1;
}

/* Loads from AT + k, AT + k + len not being behind the end, in host byte order. */
static void load(struct translation *t, unsigned to, unsigned at, uint32_t k, unsigned code)
{
    unsigned len = length_of(code);

    move(t, END, at);
    emit(t, BPF_ALU64 | BPF_ADD | BPF_K, END, 0, 0, k + len);
    compare(t, BPF_JMP | BPF_JGT | BPF_X, END, DATA_END, 0, t->no_match);
    emit(t, BPF_LDX | BPF_MEM | BPF_SIZE(code), to, at, (int)k, 0);
    if (len > 1)
        emit(t, BPF_ALU | BPF_END | BPF_TO_BE, to, 0, 0, len * 8);
}

/* An offset of an instruction has 15 bits; further away lies what is added to a pointer first. */
static bool load_fixed(struct translation *t, unsigned to, uint32_t k, unsigned code)
{
    if (k > FRAME_MOST - length_of(code)) {
        go(t, t->no_match);
        return false;
    }
    if (k <= INT16_MAX) {
        load(t, to, DATA, k, code);
        return true;
    }
    move(t, AT, DATA);
    emit(t, BPF_ALU64 | BPF_ADD | BPF_K, AT, 0, 0, k);
    load(t, to, AT, 0, code);
    return true;
}

static bool load_indexed(struct translation *t, uint32_t k, unsigned code)
{
    if (k > FRAME_MOST - length_of(code)) {
        go(t, t->no_match);
        return false;
    }
    compare(t, BPF_JMP | BPF_JGT | BPF_K, X, 0, FRAME_MOST - length_of(code) - k, t->no_match);
    move(t, AT, X);
    /* Changes nothing, but some kernels (6.1) follow branches that are never taken, where they know
     * impossible things of X. */
    emit(t, BPF_ALU64 | BPF_AND | BPF_K, AT, 0, 0, FRAME_MOST);
    emit(t, BPF_ALU64 | BPF_ADD | BPF_K, AT, 0, 0, k);
    emit(t, BPF_ALU64 | BPF_ADD | BPF_X, AT, DATA, 0, 0);
    load(t, A, AT, 0, code);
    return true;
}

static void load_frame_length(struct translation *t, unsigned to)
{
    move(t, to, DATA_END);
    emit(t, BPF_ALU64 | BPF_SUB | BPF_X, to, DATA, 0, 0);
}

/* Four times the low half of a byte: the length of an IPv4 header. */
static bool load_header_length(struct translation *t, uint32_t k)
{
    if (!load_fixed(t, X, k, BPF_B))
        return false;
    emit(t, BPF_ALU | BPF_AND | BPF_K, X, 0, 0, 15);
    emit(t, BPF_ALU | BPF_LSH | BPF_K, X, 0, 0, 2);
    return true;
}

/* Shifting by 32 and more leaves nothing, where the kernel's own shift would take it modulo 32. */
static void shift(struct translation *t, unsigned code, uint32_t k)
{
    if (BPF_SRC(code) == BPF_K && k > 31) {
        set(t, A, 0);
        return;
    }
    if (BPF_SRC(code) == BPF_K) {
        emit(t, code, A, 0, 0, k);
        return;
    }
    emit(t, BPF_JMP | BPF_JLE | BPF_K, X, 0, 2, 31);
    set(t, A, 0);
    emit(t, BPF_JMP | BPF_JA, 0, 0, 1, 0);
    emit(t, code, A, X, 0, 0);
}

static bool divide(struct translation *t, unsigned code, uint32_t k)
{
    if (BPF_SRC(code) == BPF_X)
        compare(t, BPF_JMP | BPF_JEQ | BPF_K, X, 0, 0, t->no_match);
    else if (k == 0) {
        go(t, t->no_match);
        return false;
    }
    emit(t, code, A, BPF_SRC(code) == BPF_X ? X : 0, 0, BPF_SRC(code) == BPF_X ? 0 : k);
    return true;
}

static bool calculate(struct translation *t, const tapir_filter_instruction *at)
{
    switch (BPF_OP(at->code)) {
    case BPF_NEG:
        emit(t, BPF_ALU | BPF_NEG, A, 0, 0, 0);
        return true;
    case BPF_LSH:
    case BPF_RSH:
        shift(t, at->code, at->k);
        return true;
    case BPF_DIV:
    case BPF_MOD:
        return divide(t, at->code, at->k);
    default:
        if (BPF_SRC(at->code) == BPF_X)
            emit(t, at->code, A, X, 0, 0);
        else
            emit(t, at->code, A, 0, 0, at->k);
        return true;
    }
}

/* The jump that is taken when the other one is not; 0: there is none. */
static unsigned opposite(unsigned operation)
{
    switch (operation) {
    case BPF_JEQ:
        return BPF_JNE;
    case BPF_JGT:
        return BPF_JLE;
    case BPF_JGE:
        return BPF_JLT;
    default:
        return 0;
    }
}

/* Jumps, the classic way: to one place or the other, both ahead. */
static bool branch(struct translation *t, uint32_t number)
{
    const tapir_filter_instruction *at = &t->program[number];
    uint32_t next = number + 1;
    unsigned operation = BPF_OP(at->code), source = BPF_SRC(at->code);
    unsigned right = source == BPF_X ? X : 0;
    uint32_t k = source == BPF_X ? 0 : at->k;

    if (operation == BPF_JA || at->jump_true == at->jump_false) {
        go(t, next + (operation == BPF_JA ? at->k : at->jump_true));
    } else if (at->jump_true == 0 && opposite(operation)) {
        compare(t, BPF_JMP32 | opposite(operation) | source, A, right, k, next + at->jump_false);
        return true;
    } else {
        compare(t, BPF_JMP32 | operation | source, A, right, k, next + at->jump_true);
        if (at->jump_false == 0)
            return true;
        go(t, next + at->jump_false);
    }
    return false;
}

static void give_back(struct translation *t, const tapir_filter_instruction *at)
{
    if (BPF_RVAL(at->code) == BPF_A) {
        compare(t, BPF_JMP32 | BPF_JEQ | BPF_K, A, 0, 0, t->no_match);
        go(t, t->match);
    } else {
        go(t, at->k ? t->match : t->no_match);
    }
}

/* Emits one instruction; false when what comes next is not reached from it. */
static bool translate_one(struct translation *t, uint32_t number)
{
    const tapir_filter_instruction *at = &t->program[number];
    unsigned to = BPF_CLASS(at->code) == BPF_LDX ? X : A;

    switch (BPF_CLASS(at->code)) {
    case BPF_LD:
    case BPF_LDX:
        switch (BPF_MODE(at->code)) {
        case BPF_IMM:
            set(t, to, at->k);
            return true;
        case BPF_MEM:
            emit(t, BPF_LDX | BPF_MEM | BPF_W, to, BPF_REG_10, scratch(at->k), 0);
            return true;
        case BPF_LEN:
            load_frame_length(t, to);
            return true;
        case BPF_MSH:
            return load_header_length(t, at->k);
        case BPF_IND:
            return load_indexed(t, at->k, at->code);
        default:
            return load_fixed(t, A, at->k, at->code);
        }
    case BPF_ST:
    case BPF_STX:
        emit(t, BPF_STX | BPF_MEM | BPF_W, BPF_REG_10, BPF_CLASS(at->code) == BPF_ST ? A : X,
            scratch(at->k), 0);
        return true;
    case BPF_ALU:
        return calculate(t, at);
    case BPF_JMP:
        return branch(t, number);
    case BPF_RET:
        give_back(t, at);
        return false;
    default: /* BPF_MISC */
        if (BPF_MISCOP(at->code) == BPF_TAX)
            move(t, X, A);
        else
            move(t, A, X);
        return true;
    }
}

static bool is_load(unsigned code)
{
    unsigned mode = BPF_MODE(code), size = BPF_SIZE(code);

    if (BPF_CLASS(code) == BPF_LDX)
        return (mode == BPF_MSH && size == BPF_B) ||
               (size == BPF_W && (mode == BPF_IMM || mode == BPF_MEM || mode == BPF_LEN));
    if (mode == BPF_ABS || mode == BPF_IND)
        return size == BPF_W || size == BPF_H || size == BPF_B;
    return size == BPF_W && (mode == BPF_IMM || mode == BPF_MEM || mode == BPF_LEN);
}

/* Whether the instruction is one of the language, and stays within the program and its memory. */
static bool is_valid(const struct translation *t, uint32_t number)
{
    const tapir_filter_instruction *at = &t->program[number];
    uint32_t behind = t->program_count - number - 1;
    unsigned operation = BPF_OP(at->code);

    if (at->code > UINT8_MAX)
        return false;
    switch (BPF_CLASS(at->code)) {
    case BPF_LD:
    case BPF_LDX:
        return is_load(at->code) && (BPF_MODE(at->code) != BPF_MEM || at->k < BPF_MEMWORDS);
    case BPF_ST:
    case BPF_STX:
        return (at->code & ~7) == 0 && at->k < BPF_MEMWORDS;
    case BPF_ALU:
        return operation <= BPF_XOR;
    case BPF_JMP:
        if (operation == BPF_JA)
            return at->code == (BPF_JMP | BPF_JA) && at->k < behind;
        return operation <= BPF_JSET && at->jump_true < behind && at->jump_false < behind;
    case BPF_RET:
        return BPF_RVAL(at->code) == BPF_A || BPF_RVAL(at->code) == BPF_K;
    default:
        return at->code == (BPF_MISC | BPF_TAX) || at->code == (BPF_MISC | BPF_TXA);
    }
}

/* What of the kernel's notes on a frame an instruction loads; NULL: none. */
static const char *note_of(const tapir_filter_instruction *at)
{
    if (BPF_CLASS(at->code) != BPF_LD || BPF_MODE(at->code) != BPF_ABS ||
        at->k < (uint32_t)SKF_LL_OFF)
        return NULL;
    switch (at->k - (uint32_t)SKF_AD_OFF) {
    case SKF_AD_PKTTYPE:
        return "the direction (all frames of AF_XDP are received ones)";
    case SKF_AD_IFINDEX:
        return "the interface (there is but one)";
    case SKF_AD_VLAN_TAG:
    case SKF_AD_VLAN_TAG_PRESENT:
    case SKF_AD_VLAN_TPID:
        return "a VLAN tag that was taken off";
    default:
        return "what only a packet of the kernel's has";
    }
}

static tapir_status check(const struct translation *t, const char *interface, tapir_error *error)
{
    if (t->program_count > COUNT_MOST)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: the filter has %u instructions, too many for AF_XDP", interface,
            (unsigned)t->program_count);
    for (uint32_t i = 0; i < t->program_count; i++) {
        const char *note = note_of(&t->program[i]);
        if (note)
            return tapir_error_set(error, TAPIR_UNSUPPORTED,
                "%s: the filter asks for %s, which is not known where AF_XDP takes frames; leave "
                "it out, or capture with afpacket:%s",
                interface, note, interface);
        if (!is_valid(t, i))
            return tapir_error_set(error, TAPIR_INVALID,
                "%s: instruction %u of the filter is none of classic BPF", interface, (unsigned)i);
    }
    return TAPIR_OK;
}

static void begin(struct translation *t)
{
    uint32_t used = 0;

    move(t, CONTEXT, BPF_REG_1);
    if (t->program_count == 0)
        return;
    emit(t, BPF_LDX | BPF_MEM | BPF_W, DATA, CONTEXT, offsetof(struct xdp_md, data), 0);
    emit(t, BPF_LDX | BPF_MEM | BPF_W, DATA_END, CONTEXT, offsetof(struct xdp_md, data_end), 0);
    set(t, A, 0);
    set(t, X, 0);
    for (uint32_t i = 0; i < t->program_count; i++) {
        unsigned class = BPF_CLASS(t->program[i].code);
        bool loads = class == BPF_LD || class == BPF_LDX;
        if (class == BPF_ST || class == BPF_STX ||
            (loads && BPF_MODE(t->program[i].code) == BPF_MEM))
            used |= UINT32_C(1) << t->program[i].k;
    }
    for (uint32_t slot = 0; slot < BPF_MEMWORDS; slot++)
        if (used >> slot & 1)
            emit(t, BPF_ST | BPF_MEM | BPF_W, BPF_REG_10, 0, scratch(slot), 0);
}

/* The ends: what does not match first. Code that nothing reaches is refused by the kernel. */
static void end(struct translation *t, const struct bpf_insn *match, size_t match_count)
{
    t->starts[t->no_match] = (uint32_t)t->count;
    if (t->reached[t->no_match]) {
        set(t, RESULT, XDP_PASS);
        emit(t, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
    }
    t->starts[t->match] = (uint32_t)t->count;
    if (t->reached[t->match] || t->program_count == 0)
        for (size_t i = 0; i < match_count; i++)
            emit_jump(t, match[i], NOWHERE);
}

static tapir_status translate(struct translation *t, const struct bpf_insn *match,
    size_t match_count, const char *interface, tapir_error *error)
{
    begin(t);
    if (t->program_count)
        t->reached[0] = true;
    for (uint32_t i = 0; i < t->program_count; i++) {
        if (!t->reached[i])
            continue;
        t->starts[i] = (uint32_t)t->count;
        if (!translate_one(t, i))
            continue;
        if (i + 1 == t->program_count)
            return tapir_error_set(
                error, TAPIR_INVALID, "%s: the filter's program has no end", interface);
        t->reached[i + 1] = true;
    }
    end(t, match, match_count);
    return t->out_of_memory
               ? tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", interface)
               : TAPIR_OK;
}

/* Writes the program down, with the jumps that are known by now. */
static tapir_status write_down(const struct translation *t, struct tapir__xdp_code *code,
    const char *interface, tapir_error *error)
{
    code->instructions = calloc(t->count, sizeof *code->instructions);
    if (!code->instructions)
        return tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", interface);
    code->count = t->count;
    for (size_t i = 0; i < t->count; i++) {
        size_t far;
        code->instructions[i] = t->steps[i].instruction;
        if (t->steps[i].target == NOWHERE)
            continue;
        far = t->starts[t->steps[i].target] - i - 1;
        if (far > JUMP_MOST)
            return tapir_error_set(error, TAPIR_UNSUPPORTED,
                "%s: the filter is too long for AF_XDP: %zu instructions of the kernel's",
                interface, t->count);
        code->instructions[i].off = (int16_t)far;
    }
    return TAPIR_OK;
}

tapir_status tapir__xdp_translate(struct tapir__xdp_code *code,
    const tapir_filter_instruction *program, size_t count, const struct bpf_insn *match,
    size_t match_count, const char *interface, tapir_error *error)
{
    struct translation t = {
        .program = program,
        .program_count = count > COUNT_MOST ? COUNT_MOST + 1 : (uint32_t)count,
        .match = (uint32_t)(count > COUNT_MOST ? 0 : count),
    };
    tapir_status status;

    *code = (struct tapir__xdp_code){0};
    t.no_match = t.match + 1;
    t.starts = calloc(t.no_match + 1, sizeof *t.starts);
    t.reached = calloc(t.no_match + 1, sizeof *t.reached);
    if (!t.starts || !t.reached)
        status = tapir_error_set(error, TAPIR_NO_MEMORY, "%s: out of memory", interface);
    else
        status = check(&t, interface, error);
    if (status == TAPIR_OK)
        status = translate(&t, match, match_count, interface, error);
    if (status == TAPIR_OK)
        status = write_down(&t, code, interface, error);
    if (status != TAPIR_OK)
        tapir__xdp_code_clear(code);
    free(t.steps);
    free(t.starts);
    free(t.reached);
    return status;
}

void tapir__xdp_code_clear(struct tapir__xdp_code *code)
{
    free(code->instructions);
    *code = (struct tapir__xdp_code){0};
}
