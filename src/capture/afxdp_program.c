/* The XDP program of a capture: attached beside others, fed with sockets, replaced, taken off. */
#include "afxdp.h"
#include "afxdp_object.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <xdp/libxdp.h>

#define PROGRAM_NAME "tapir_capture"

enum { DISPATCHED_MOST = 10 };

const struct tapir__xdp_program tapir__xdp_program_none = {.map_fd = -1, .lock_fd = -1};

/* What an interface runs, the parts of it one behind the other. */
struct attachment {
    struct attachment *next;
    struct tapir__xdp_program *parts;
    int index;
    bool generic;
    struct bpf_object *object; /* of libxdp's dispatcher's; NULL: the program stands alone */
    struct xdp_program *dispatched;
    int program_fd, link_fd; /* of one that stands alone; -1: none */
};

static struct attachment *attachments; /* of this process, behind the lock */

/* Both libraries print to standard error unless told not to, which is told for all threads. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static libbpf_print_fn_t libbpf_print;
static libxdp_print_fn_t libxdp_print;

static int say_nothing_bpf(enum libbpf_print_level level, const char *format, va_list arguments)
{
    (void)level, (void)format, (void)arguments;
    return 0;
}

static int say_nothing_xdp(enum libxdp_print_level level, const char *format, va_list arguments)
{
    (void)level, (void)format, (void)arguments;
    return 0;
}

static void lock_and_hush(void)
{
    pthread_mutex_lock(&lock);
    libbpf_print = libbpf_set_print(say_nothing_bpf);
    libxdp_print = libxdp_set_print(say_nothing_xdp);
}

static void speak_and_unlock(void)
{
    libbpf_set_print(libbpf_print);
    libxdp_set_print(libxdp_print);
    pthread_mutex_unlock(&lock);
}

/* Frames go to the socket of their queue; where there is none they pass. */
static tapir_status make_code(struct tapir__xdp_code *code,
    const struct tapir__xdp_program *program, const tapir_filter_instruction *filter,
    size_t filter_count, tapir_error *error)
{
    const struct bpf_insn redirect[] = {
        {.code = BPF_LD | BPF_DW | BPF_IMM,
            .dst_reg = BPF_REG_1,
            .src_reg = BPF_PSEUDO_MAP_FD,
            .imm = program->map_fd},
        {.code = 0}, /* the upper half of the number */
        {.code = BPF_LDX | BPF_MEM | BPF_W,
            .dst_reg = BPF_REG_2,
            .src_reg = BPF_REG_6,
            .off = offsetof(struct xdp_md, rx_queue_index)},
        {.code = BPF_ALU | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = XDP_PASS},
        {.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_redirect_map},
        {.code = BPF_JMP | BPF_EXIT},
    };

    return tapir__xdp_translate(
        code, filter, filter_count, redirect, TAPIR_COUNT(redirect), program->interface, error);
}

/* A name that only one socket of the network namespace can have, and none once its process is gone:
 * whoever can take it knows that the owner of the map lives no more. Returns -1 when it is taken.
 */
static int take_lock(uint32_t map_id)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    int len = snprintf(
        address.sun_path + 1, sizeof address.sun_path - 1, PROGRAM_NAME "-%u", (unsigned)map_id);

    if (fd >= 0 &&
        bind(fd, (const struct sockaddr *)&address,
            (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)len)) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static uint32_t id_of_map(int fd)
{
    struct bpf_map_info info = {.id = 0};
    uint32_t len = sizeof info;

    return bpf_obj_get_info_by_fd(fd, &info, &len) == 0 ? info.id : 0;
}

/* Whether a process that was killed left the program behind. */
static bool is_left_behind(const struct xdp_program *dispatched)
{
    const char *name = xdp_program__name(dispatched);
    uint32_t map_id = 0;
    struct bpf_prog_info info = {.map_ids = (uintptr_t)&map_id, .nr_map_ids = 1};
    uint32_t len = sizeof info;
    int owner;

    if (!name || strcmp(name, PROGRAM_NAME) != 0 ||
        bpf_obj_get_info_by_fd(xdp_program__fd(dispatched), &info, &len) != 0 || !map_id)
        return false;
    owner = take_lock(map_id);
    if (owner < 0)
        return false;
    close(owner);
    return true;
}

/* Takes one of those off that were left behind; false when there is none (more). */
static bool tidy_one(int index)
{
    struct xdp_multiprog *all = xdp_multiprog__get_from_ifindex(index);
    struct xdp_program *one = NULL;
    bool tidied = false;

    if (libxdp_get_error(all))
        return false;
    if (!xdp_multiprog__is_legacy(all))
        while ((one = xdp_multiprog__next_prog(one, all)) != NULL)
            if (is_left_behind(one)) {
                tidied = xdp_program__detach(one, index, xdp_multiprog__attach_mode(all), 0) == 0;
                break;
            }
    xdp_multiprog__close(all);
    return tidied;
}

static void tidy(int index)
{
    for (int i = 0; i < DISPATCHED_MOST && tidy_one(index); i++)
        ;
}

static enum xdp_attach_mode mode_of(bool generic)
{
    return generic ? XDP_MODE_SKB : XDP_MODE_NATIVE;
}

/* Whether the dispatcher is what the interface runs. */
static bool is_dispatched(int index)
{
    struct xdp_multiprog *all = xdp_multiprog__get_from_ifindex(index);
    bool dispatched = libxdp_get_error(all) == 0 && !xdp_multiprog__is_legacy(all);

    if (libxdp_get_error(all) == 0)
        xdp_multiprog__close(all);
    return dispatched;
}

/* Adds the code to the dispatcher's programs. Returns 0 or a negative error number. */
static int dispatch(struct attachment *attachment, const struct tapir__xdp_code *code)
{
    struct bpf_object *object = tapir__xdp_object(PROGRAM_NAME, code);
    enum xdp_attach_mode mode = mode_of(attachment->generic);
    struct xdp_program *one;
    int failed;

    if (!object)
        return errno ? -errno : -ENOMEM;
    one = xdp_program__from_bpf_obj(object, TAPIR__XDP_SECTION);
    failed = (int)libxdp_get_error(one);
    if (failed) {
        bpf_object__close(object);
        return failed;
    }
    failed = xdp_program__attach(one, attachment->index, mode, 0);
    /* Without its dispatcher libxdp attaches a program in a way that outlives the process. */
    if (!failed && !is_dispatched(attachment->index)) {
        xdp_program__detach(one, attachment->index, mode, 0);
        failed = -EOPNOTSUPP;
    }
    if (failed) {
        xdp_program__close(one);
        bpf_object__close(object);
        return failed;
    }
    attachment->object = object;
    attachment->dispatched = one;
    return 0;
}

static void leave_dispatcher(
    const struct attachment *attachment, struct bpf_object *object, struct xdp_program *one)
{
    if (xdp_program__detach(one, attachment->index, mode_of(attachment->generic), 0) != 0)
        libxdp_clean_references(attachment->index); /* the interface has gone */
    xdp_program__close(one);
    bpf_object__close(object);
}

static int load_alone(const struct tapir__xdp_code *code)
{
    struct bpf_prog_load_opts options = {.sz = sizeof options, .expected_attach_type = BPF_XDP};
    int fd = bpf_prog_load(
        BPF_PROG_TYPE_XDP, PROGRAM_NAME, "GPL", code->instructions, code->count, &options);

    return fd < 0 ? -errno : fd;
}

/* Has the interface run the code and nothing else. Returns 0 or a negative error number. */
static int stand_alone(struct attachment *attachment, const struct tapir__xdp_code *code)
{
    struct bpf_link_create_opts options = {
        .sz = sizeof options,
        .flags = attachment->generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE,
    };
    int fd = load_alone(code);
    int link_fd, failed;

    if (fd < 0)
        return fd;
    link_fd = bpf_link_create(fd, attachment->index, BPF_XDP, &options);
    if (link_fd < 0) {
        failed = -errno;
        close(fd);
        return failed;
    }
    attachment->program_fd = fd;
    attachment->link_fd = link_fd;
    return 0;
}

static bool is_taken(int failed)
{
    return failed == -EBUSY || failed == -EEXIST;
}

/* Attaches in one of the modes. What the dispatcher fails with counts only where a program alone
 * fails, too, and says less. */
static int attach_in(
    struct attachment *attachment, bool generic, const struct tapir__xdp_code *code)
{
    int failed;

    attachment->generic = generic;
    failed = dispatch(attachment, code);
    return failed ? stand_alone(attachment, code) : 0;
}

static tapir_status explain(
    const struct tapir__xdp_program *program, uint8_t mode, int failed, tapir_error *error)
{
    if (is_taken(failed))
        return tapir_error_set(error, TAPIR_IO,
            "%s: another XDP program is attached, or another capture has the queues; end that, or "
            "take the program off with: ip link set %s xdp off",
            program->interface, program->interface);
    if (failed == -E2BIG)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: the filter is too complex for the kernel's verifier; make it simpler, or capture "
            "with afpacket:%s",
            program->interface, program->interface);
    if (mode == TAPIR_XDP_DRIVER && (failed == -EOPNOTSUPP || failed == -EINVAL))
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: its driver has no XDP, or not with this MTU; lower the MTU, or take the generic "
            "mode",
            program->interface);
    if (failed == -EOPNOTSUPP || failed == -EINVAL)
        return tapir_error_set(error, TAPIR_UNSUPPORTED,
            "%s: this kernel or interface has no XDP (Linux 5.9): %s", program->interface,
            strerror(-failed));
    return tapir__xdp_failed(error, program->interface, "attach an XDP program", -failed);
}

static int replace_alone(struct attachment *attachment, const struct tapir__xdp_code *code)
{
    int fd = load_alone(code);
    int failed;

    if (fd < 0)
        return fd;
    if (bpf_link_update(attachment->link_fd, fd, NULL) != 0) {
        failed = -errno;
        close(fd);
        return failed;
    }
    close(attachment->program_fd);
    attachment->program_fd = fd;
    return 0;
}

/* For a moment the dispatcher has both: the old one sees frames first. */
static int replace_dispatched(struct attachment *attachment, const struct tapir__xdp_code *code)
{
    struct bpf_object *object = attachment->object;
    struct xdp_program *dispatched = attachment->dispatched;
    int failed = dispatch(attachment, code);

    if (!failed)
        leave_dispatcher(attachment, object, dispatched);
    return failed;
}

/* Makes one program of all parts: frames go to the one that has their queue, and pass where none
 * has. Returns 0 or a negative error number. */
static int join_parts(const struct attachment *attachment, struct tapir__xdp_code *joined)
{
    enum { CHECKS = 2, ENDS = 3 };
    size_t count = ENDS, at = 0;
    struct bpf_insn *to;

    for (const struct tapir__xdp_program *part = attachment->parts; part; part = part->next) {
        if (part->code.count + CHECKS > INT16_MAX)
            return -E2BIG;
        count += part->code.count + CHECKS;
    }
    to = calloc(count, sizeof *to);
    if (!to)
        return -ENOMEM;
    to[at++] = (struct bpf_insn){.code = BPF_LDX | BPF_MEM | BPF_W,
        .dst_reg = BPF_REG_0,
        .src_reg = BPF_REG_1,
        .off = offsetof(struct xdp_md, rx_queue_index)};
    for (const struct tapir__xdp_program *part = attachment->parts; part; part = part->next) {
        int16_t len = (int16_t)part->code.count;
        to[at++] = (struct bpf_insn){.code = BPF_JMP | BPF_JLT | BPF_K,
            .dst_reg = BPF_REG_0,
            .off = (int16_t)(len + 1),
            .imm = (int32_t)part->first};
        to[at++] = (struct bpf_insn){.code = BPF_JMP | BPF_JGE | BPF_K,
            .dst_reg = BPF_REG_0,
            .off = len,
            .imm = (int32_t)part->end};
        memcpy(&to[at], part->code.instructions, part->code.count * sizeof *to);
        at += part->code.count;
    }
    to[at++] = (struct bpf_insn){.code = BPF_ALU | BPF_MOV | BPF_K, .imm = XDP_PASS};
    to[at++] = (struct bpf_insn){.code = BPF_JMP | BPF_EXIT};
    *joined = (struct tapir__xdp_code){.instructions = to, .count = at};
    return 0;
}

/* Has the interface run the parts as they are now. */
static int refresh(struct attachment *attachment)
{
    struct tapir__xdp_code joined = {0};
    const struct tapir__xdp_code *code = &attachment->parts->code;
    int failed = 0;

    if (attachment->parts->next) {
        failed = join_parts(attachment, &joined);
        code = &joined;
    }
    if (!failed)
        failed = attachment->object ? replace_dispatched(attachment, code)
                                    : replace_alone(attachment, code);
    tapir__xdp_code_clear(&joined);
    return failed;
}

static void remove_part(struct attachment *attachment, const struct tapir__xdp_program *part)
{
    struct tapir__xdp_program **at = &attachment->parts;

    while (*at != part)
        at = &(*at)->next;
    *at = part->next;
}

static struct attachment *find_attachment(int index)
{
    struct attachment *one = attachments;

    while (one && one->index != index)
        one = one->next;
    return one;
}

static bool has_queues(const struct attachment *attachment, uint32_t first, uint32_t end)
{
    for (const struct tapir__xdp_program *part = attachment->parts; part; part = part->next)
        if (first < part->end && part->first < end)
            return true;
    return false;
}

/* Adds a part to what this process has on the interface. */
static int join(struct attachment *attachment, struct tapir__xdp_program *program, uint8_t mode)
{
    bool generic = attachment->generic;
    int failed;

    if (has_queues(attachment, program->first, program->end) ||
        (mode == TAPIR_XDP_DRIVER && generic) || (mode == TAPIR_XDP_GENERIC && !generic))
        return -EBUSY;
    program->next = attachment->parts;
    attachment->parts = program;
    failed = refresh(attachment);
    if (failed)
        remove_part(attachment, program);
    else
        program->attachment = attachment;
    return failed;
}

/* Is the first of this process on the interface. */
static int begin(struct tapir__xdp_program *program, uint8_t mode)
{
    struct attachment *attachment = calloc(1, sizeof *attachment);
    int failed = -EOPNOTSUPP, before = 0;

    if (!attachment)
        return -ENOMEM;
    attachment->index = program->index;
    attachment->program_fd = attachment->link_fd = -1;
    tidy(program->index);
    if (mode != TAPIR_XDP_GENERIC)
        failed = before = attach_in(attachment, false, &program->code);
    if (failed && mode != TAPIR_XDP_DRIVER)
        failed = attach_in(attachment, true, &program->code);
    if (failed) {
        free(attachment);
        return is_taken(before) ? before : failed;
    }
    attachment->parts = program;
    attachment->next = attachments;
    attachments = attachment;
    program->attachment = attachment;
    return 0;
}

static tapir_status attach(struct tapir__xdp_program *program, uint8_t mode, tapir_error *error)
{
    struct attachment *attachment;
    int failed;

    lock_and_hush();
    attachment = find_attachment(program->index);
    failed = attachment ? join(attachment, program, mode) : begin(program, mode);
    speak_and_unlock();
    return failed ? explain(program, mode, failed, error) : TAPIR_OK;
}

static tapir_status make_map(struct tapir__xdp_program *program, tapir_error *error)
{
    lock_and_hush();
    program->map_fd = bpf_map_create(
        BPF_MAP_TYPE_XSKMAP, "tapir_sockets", sizeof(uint32_t), sizeof(int), program->end, NULL);
    speak_and_unlock();
    if (program->map_fd < 0)
        return tapir__xdp_failed(error, program->interface, "make a map of AF_XDP sockets", errno);
    program->lock_fd = take_lock(id_of_map(program->map_fd));
    return TAPIR_OK;
}

tapir_status tapir__xdp_program_attach(struct tapir__xdp_program *program, const char *interface,
    uint8_t mode, uint32_t first, uint32_t end, const tapir_filter_instruction *filter,
    size_t filter_count, tapir_error *error)
{
    tapir_status status;

    *program = tapir__xdp_program_none;
    program->interface = interface;
    program->index = (int)if_nametoindex(interface);
    program->first = first;
    program->end = end;
    status = make_map(program, error);
    if (status == TAPIR_OK)
        status = make_code(&program->code, program, filter, filter_count, error);
    if (status == TAPIR_OK)
        status = attach(program, mode, error);
    if (status != TAPIR_OK)
        tapir__xdp_program_detach(program);
    return status;
}

bool tapir__xdp_program_is_generic(const struct tapir__xdp_program *program)
{
    return program->attachment && program->attachment->generic;
}

tapir_status tapir__xdp_program_feed(
    const struct tapir__xdp_program *program, uint32_t queue, int fd, tapir_error *error)
{
    int failed = fd < 0 ? bpf_map_delete_elem(program->map_fd, &queue)
                        : bpf_map_update_elem(program->map_fd, &queue, &fd, BPF_ANY);

    if (failed && !(fd < 0 && errno == ENOENT))
        return tapir__xdp_failed(error, program->interface, "hand frames to a socket", errno);
    return TAPIR_OK;
}

tapir_status tapir__xdp_program_replace(struct tapir__xdp_program *program,
    const tapir_filter_instruction *filter, size_t filter_count, tapir_error *error)
{
    struct tapir__xdp_code before = program->code, code;
    tapir_status status = make_code(&code, program, filter, filter_count, error);
    int failed;

    if (status != TAPIR_OK)
        return status;
    lock_and_hush();
    program->code = code;
    failed = refresh(program->attachment);
    if (failed)
        program->code = before;
    speak_and_unlock();
    tapir__xdp_code_clear(failed ? &code : &before);
    return failed ? explain(program, TAPIR_XDP_BEST, failed, error) : TAPIR_OK;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static void take_off(struct attachment *attachment)
{
    struct attachment **at = &attachments;

    while (*at != attachment)
        at = &(*at)->next;
    *at = attachment->next;
    if (attachment->object)
        leave_dispatcher(attachment, attachment->object, attachment->dispatched);
    close_fd(&attachment->link_fd);
    close_fd(&attachment->program_fd);
    free(attachment);
}

void tapir__xdp_program_detach(struct tapir__xdp_program *program)
{
    struct attachment *attachment = program->attachment;

    if (attachment) {
        lock_and_hush();
        remove_part(attachment, program);
        /* A part that stays for want of memory has no sockets: its frames pass. */
        if (attachment->parts)
            (void)refresh(attachment);
        else
            take_off(attachment);
        speak_and_unlock();
    }
    tapir__xdp_code_clear(&program->code);
    close_fd(&program->map_fd);
    close_fd(&program->lock_fd);
    *program = tapir__xdp_program_none;
}
