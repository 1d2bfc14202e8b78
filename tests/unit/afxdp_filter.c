/* Classic BPF made into XDP programs: the kernel decides as libpcap's interpreter does. */
#include "capture/afxdp_filter.h"

#include "capture.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/filter.h>
#include <unistd.h>

/* libpcap's, whose header has another struct bpf_insn than the kernel's. */
extern unsigned bpf_filter(
    const void *program, const unsigned char *data, unsigned len, unsigned caplen);

enum { LEAST = 14, MOST = 256, MATCHES = XDP_DROP };

static const struct bpf_insn match[] = {
    {.code = BPF_ALU | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = MATCHES},
    {.code = BPF_JMP | BPF_EXIT},
};

static uint64_t random_state = 88172645463325252u;

static uint32_t random_number(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state >> 16);
}

static int quiet(enum libbpf_print_level level, const char *format, va_list arguments)
{
    (void)level, (void)format, (void)arguments;
    return 0;
}

/* Returns a descriptor of the loaded program. */
static int load(const tapir_filter_instruction *program, size_t count)
{
    struct tapir__xdp_code code;
    tapir_error error;
    int fd;

    assert_int_equal(
        tapir__xdp_translate(&code, program, count, match, TAPIR_COUNT(match), "test", &error),
        TAPIR_OK);
    fd = bpf_prog_load(BPF_PROG_TYPE_XDP, "test", "GPL", code.instructions, code.count, NULL);
    if (fd < 0 && errno != EPERM) {
        static char log[65536];
        struct bpf_prog_load_opts options = {
            .sz = sizeof options, .log_buf = log, .log_size = sizeof log, .log_level = 1};
        for (size_t i = 0; i < count; i++)
            print_message("{ 0x%x, %u, %u, 0x%x },\n", program[i].code, program[i].jump_true,
                program[i].jump_false, program[i].k);
        bpf_prog_load(BPF_PROG_TYPE_XDP, "test", "GPL", code.instructions, code.count, &options);
        print_message("%s\n", log + (strlen(log) > 900 ? strlen(log) - 900 : 0));
    }
    tapir__xdp_code_clear(&code);
    return fd;
}

static void skip_without_privilege(void)
{
    const tapir_filter_instruction all = {.code = BPF_RET | BPF_K, .k = 1};
    int fd = load(&all, 1);

    if (fd < 0) {
        print_message("loading programs takes privileges: %s\n", strerror(errno));
        skip();
    }
    close(fd);
}

static bool kernel_matches(int fd, const uint8_t *data, size_t len)
{
    struct bpf_test_run_opts options = {
        .sz = sizeof options, .data_in = data, .data_size_in = (uint32_t)len};

    assert_int_equal(bpf_prog_test_run_opts(fd, &options), 0);
    assert_true(options.retval == MATCHES || options.retval == XDP_PASS);
    return options.retval == MATCHES;
}

/* Compares over frames of random bytes, with a header that filters look for in some of them, and
 * returns how many matched. */
static size_t assert_same(const tapir_filter_instruction *program, size_t count, size_t frames)
{
    static const uint8_t headers[][54] = {
        "\2\0\0\0\0\1\2\0\0\0\0\2\x08\0\x45\0\0\x28\0\1\0\0\x40\6\0\0\x0a\0\0\1\x0a\0\0\2"
        "\0\x50\x04\xd2\0\0\0\0\0\0\0\0\x50\x12",
        "\2\0\0\0\0\1\2\0\0\0\0\2\x08\0\x46\0\0\x28\0\1\0\0\x40\x11\0\0\x0a\0\0\1\x0a\0\0\2"
        "\0\0\0\0\0\x35\x04\xd2",
        "\xff\xff\xff\xff\xff\xff\2\0\0\0\0\2\x81\0\0\5\x08\0\x45\0\0\x28\0\1\0\0\x40\x11\0\0"
        "\x0a\0\0\1\x0a\0\0\2\0\x35\x04\xd2",
        "\x33\x33\0\0\0\1\2\0\0\0\0\2\x86\xdd\x60\0\0\0\0\x14\6\x40",
    };
    int fd = load(program, count);
    size_t matched = 0;

    assert_true(fd >= 0);
    for (size_t i = 0; i < frames; i++) {
        uint8_t data[MOST];
        size_t len = LEAST + random_number() % (i % 2 ? 60 : MOST - LEAST);
        bool expected;
        for (size_t k = 0; k < len; k++)
            data[k] = (uint8_t)random_number();
        if (i % 8)
            memcpy(data, headers[i % 4], len < 54 ? len : 54);
        if (i % 8 > 4)
            data[random_number() % len] = (uint8_t)random_number();
        expected = bpf_filter(program, data, (unsigned)len, (unsigned)len) != 0;
        if (kernel_matches(fd, data, len) != expected)
            fail_msg("frame %zu of %zu bytes: libpcap says %d", i, len, expected);
        matched += expected;
    }
    close(fd);
    return matched;
}

static void filters_match_in_the_kernel_what_they_match_here(void **state)
{
    static const char *const expressions[] = {
        "ip",
        "not ip",
        "tcp",
        "udp port 53",
        "tcp port 80 and host 10.0.0.1",
        "src net 10.0.0.0/8",
        "tcp[tcpflags] & (tcp-syn|tcp-ack) == 18",
        "ip[0] & 15 > 5",
        "ip6 and tcp",
        "ip6[6] == 6",
        "vlan",
        "vlan 5 and udp",
        "vlan and udp src port 53",
        "arp or rarp",
        "len > 100",
        "less 60",
        "len <= 60 and ether[len - 1] > 128",
        "greater 64 and udp",
        "ether[0] & 1 = 1",
        "ether multicast",
        "ether src 02:00:00:00:00:02",
        "mpls 100",
        "portrange 50-100",
        "tcp[((tcp[12] & 0xf0) >> 2):4] = 0x47455420",
        "udp[8:2] * 3 + 7 > 0x8000",
        "ether[20:4] % 7 = 3",
        "ether[20:4] / ether[24] > 100000",
        "ether[20] << ether[21] > 4",
        "ether[20:4] >> (ether[21] & 7) & 1 = 1",
        "ether[20:4] ^ ether[24:4] | 1 > 0x7fffffff",
        "-ether[20:4] > 5",
        "ether[200] > 3",
        "ether[ether[14]:2] > 30000",
        "ether[40000] = 1",
        "ether[70000] = 1",
        "ether[ether[14:4]] > 3",
        "icmp or icmp6 or sctp",
        "ip proto 17 and not udp port 53",
    };

    (void)state;
    skip_without_privilege();
    for (size_t i = 0; i < 2 * TAPIR_COUNT(expressions); i++) {
        const tapir_filter_instruction *program;
        tapir_filter *filter;
        tapir_error error;
        size_t count;
        assert_int_equal(tapir_filter_new_live(&filter, expressions[i / 2],
                             TAPIR_LINK_TYPE_ETHERNET, 0, i % 2, &error),
            TAPIR_OK);
        program = tapir_filter_program(filter, &count);
        print_message("# %s\n", expressions[i / 2]);
        assert_same(program, count, 200);
        tapir_filter_free(filter);
    }
}

/* Makes a program of any instructions, whose loads are mostly within a frame. */
static size_t make_program(tapir_filter_instruction *program, size_t room)
{
    static const uint16_t codes[] = {
        BPF_LD | BPF_ABS | BPF_W,
        BPF_LD | BPF_ABS | BPF_H,
        BPF_LD | BPF_ABS | BPF_B,
        BPF_LD | BPF_IND | BPF_W,
        BPF_LD | BPF_IND | BPF_H,
        BPF_LD | BPF_IND | BPF_B,
        BPF_LD | BPF_IMM,
        BPF_LD | BPF_LEN,
        BPF_LD | BPF_MEM,
        BPF_LDX | BPF_IMM,
        BPF_LDX | BPF_LEN,
        BPF_LDX | BPF_MEM,
        BPF_LDX | BPF_MSH | BPF_B,
        BPF_ST,
        BPF_STX,
        BPF_MISC | BPF_TAX,
        BPF_MISC | BPF_TXA,
        BPF_ALU | BPF_NEG,
    };
    static const uint16_t operations[] = {
        BPF_ADD, BPF_SUB, BPF_MUL, BPF_DIV, BPF_MOD, BPF_AND, BPF_OR, BPF_XOR, BPF_LSH, BPF_RSH};
    size_t count = 2 + random_number() % (room - 2);

    for (size_t i = 0; i < count; i++) {
        uint32_t kind = random_number() % 8;
        uint32_t behind = (uint32_t)(count - i - 1);
        tapir_filter_instruction *at = &program[i];
        *at = (tapir_filter_instruction){.k = random_number() >> random_number() % 32};
        if (kind < 3) {
            at->code = codes[random_number() % TAPIR_COUNT(codes)];
            if (BPF_CLASS(at->code) == BPF_LDX || BPF_MODE(at->code) == BPF_ABS ||
                BPF_MODE(at->code) == BPF_IND)
                at->k = random_number() % 8 ? random_number() % 40 : at->k >> 8;
            if (BPF_MODE(at->code) == BPF_MEM || BPF_CLASS(at->code) == BPF_ST ||
                BPF_CLASS(at->code) == BPF_STX)
                at->k %= BPF_MEMWORDS;
        } else if (kind < 5) {
            at->code = (uint16_t)(BPF_ALU | operations[random_number() % TAPIR_COUNT(operations)] |
                                  (random_number() & BPF_X));
            if (BPF_OP(at->code) == BPF_LSH || BPF_OP(at->code) == BPF_RSH)
                at->k %= 32;
            if (BPF_OP(at->code) == BPF_DIV || BPF_OP(at->code) == BPF_MOD)
                at->k += !at->k;
        } else if (kind < 7 && behind > 1) {
            at->code =
                (uint16_t)(BPF_JMP | (1 + random_number() % 4) << 4 | (random_number() & BPF_X));
            at->jump_true = (uint8_t)(random_number() % behind % 5);
            at->jump_false = (uint8_t)(random_number() % behind % 5);
            if (random_number() % 8 == 0)
                *at = (tapir_filter_instruction){.code = BPF_JMP | BPF_JA, .k = behind / 3};
        } else if (kind == 7) {
            at->code = BPF_MISC | BPF_TAX;
        } else {
            at->code = BPF_RET | BPF_A;
        }
    }
    program[count - 2] = (tapir_filter_instruction){.code = BPF_RET | BPF_A};
    program[count - 1] =
        (tapir_filter_instruction){.code = BPF_RET | BPF_K, .k = random_number() & 1};
    /* libpcap's interpreter begins with memory as it finds it. */
    for (size_t i = 0; i < count; i++)
        if ((BPF_CLASS(program[i].code) == BPF_LD || BPF_CLASS(program[i].code) == BPF_LDX) &&
            BPF_MODE(program[i].code) == BPF_MEM)
            program[i].k = program[i].k % 2;
    program[0] = (tapir_filter_instruction){.code = BPF_ST, .k = 0};
    if (count > 3)
        program[1] = (tapir_filter_instruction){.code = BPF_ST, .k = 1};
    return count;
}

static void programs_of_any_instructions_do_the_same(void **state)
{
    size_t matched = 0, programs = 2000;

    (void)state;
    skip_without_privilege();
    for (size_t i = 0; i < programs; i++) {
        tapir_filter_instruction program[40];
        size_t count = make_program(program, TAPIR_COUNT(program));
        matched += assert_same(program, count, 20);
    }
    print_message("# %zu of %zu frames matched\n", matched, programs * 20);
    assert_in_range(matched, programs * 20 / 20, programs * 20 * 19 / 20);
}

static void long_filters_are_loaded(void **state)
{
    char expression[16384] = "host 1.0.0.0";
    const tapir_filter_instruction *program;
    tapir_filter *filter;
    size_t count, len = strlen(expression);

    (void)state;
    skip_without_privilege();
    for (unsigned i = 1; i < 200; i++)
        len += (size_t)snprintf(expression + len, sizeof expression - len,
            " or (dst host 1.0.%u.%u and tcp port %u)", i >> 2, i, i * 7);
    assert_int_equal(
        tapir_filter_new_live(&filter, expression, TAPIR_LINK_TYPE_ETHERNET, 0, true, NULL),
        TAPIR_OK);
    program = tapir_filter_program(filter, &count);
    assert_in_range(count, 500, 100000);
    assert_same(program, count, 200);
    tapir_filter_free(filter);
}

static void assert_refused(
    const tapir_filter_instruction *program, size_t count, tapir_status status, const char *part)
{
    struct tapir__xdp_code code;
    tapir_error error;

    assert_int_equal(
        tapir__xdp_translate(&code, program, count, match, TAPIR_COUNT(match), "eth0", &error),
        status);
    assert_null(code.instructions);
    if (!strstr(error.message, part))
        fail_msg("\"%s\" is not in \"%s\"", part, error.message);
}

static void what_is_not_in_the_frame_is_refused_by_name(void **state)
{
    static const struct {
        int32_t note;
        const char *part;
    } notes[] = {
        {SKF_AD_OFF + SKF_AD_PKTTYPE, "direction"},
        {SKF_AD_OFF + SKF_AD_IFINDEX, "interface"},
        {SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT, "VLAN tag"},
        {SKF_AD_OFF + SKF_AD_RANDOM, "afpacket:eth0"},
        {SKF_NET_OFF, "afpacket:eth0"},
    };

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(notes); i++) {
        const tapir_filter_instruction program[] = {
            {.code = BPF_LD | BPF_ABS | BPF_B, .k = (uint32_t)notes[i].note},
            {.code = BPF_RET | BPF_A},
        };
        assert_refused(program, 2, TAPIR_UNSUPPORTED, notes[i].part);
    }
}

static void what_is_no_program_is_refused(void **state)
{
    static const tapir_filter_instruction wrong[][2] = {
        {{.code = BPF_LD | BPF_IMM, .k = 1}, {.code = BPF_LD | BPF_IMM, .k = 1}},
        {{.code = BPF_JMP | BPF_JA, .k = 1}, {.code = BPF_RET | BPF_K}},
        {{.code = BPF_JMP | BPF_JA, .k = UINT32_MAX}, {.code = BPF_RET | BPF_K}},
        {{.code = BPF_JMP | BPF_JEQ, .jump_false = 1}, {.code = BPF_RET | BPF_K}},
        {{.code = BPF_JMP | 0x50}, {.code = BPF_RET | BPF_K}},
        {{.code = BPF_ST, .k = BPF_MEMWORDS}, {.code = BPF_RET | BPF_K}},
        {{.code = BPF_LDX | BPF_MEM, .k = BPF_MEMWORDS}, {.code = BPF_RET | BPF_K}},
        {{.code = BPF_LD | BPF_MSH | BPF_B}, {.code = BPF_RET | BPF_K}},
        {{.code = BPF_LD | 0x18}, {.code = BPF_RET | BPF_K}},
        {{.code = BPF_ALU | 0xb0}, {.code = BPF_RET | BPF_K}},
        {{.code = BPF_RET | BPF_X}, {.code = BPF_RET | BPF_K}},
        {{.code = BPF_MISC | 0x20}, {.code = BPF_RET | BPF_K}},
        {{.code = 0x100 | BPF_RET}, {.code = BPF_RET | BPF_K}},
    };
    tapir_filter_instruction *endless = calloc(100000, sizeof *endless);

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(wrong); i++)
        assert_refused(wrong[i], 2, TAPIR_INVALID, i ? "instruction 0" : "no end");
    assert_non_null(endless);
    assert_refused(endless, 100000, TAPIR_UNSUPPORTED, "too many");
    /* The first one jumps further than the kernel's instructions can. */
    for (size_t i = 0; i < 40000; i++)
        endless[i] = (tapir_filter_instruction){.code = BPF_LD | BPF_IMM};
    endless[0] = (tapir_filter_instruction){.code = BPF_JMP | BPF_JEQ, .jump_true = 1};
    endless[1] = (tapir_filter_instruction){.code = BPF_JMP | BPF_JA, .k = 39997};
    endless[39999] = (tapir_filter_instruction){.code = BPF_RET | BPF_K, .k = 1};
    assert_refused(endless, 40000, TAPIR_UNSUPPORTED, "too long");
    free(endless);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filters_match_in_the_kernel_what_they_match_here),
        cmocka_unit_test(programs_of_any_instructions_do_the_same),
        cmocka_unit_test(long_filters_are_loaded),
        cmocka_unit_test(what_is_not_in_the_frame_is_refused_by_name),
        cmocka_unit_test(what_is_no_program_is_refused),
    };

    libbpf_set_print(quiet);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
