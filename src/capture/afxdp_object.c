/* Writes the smallest object file that says what a BPF program is: its section, its symbol, its
 * license and the type of its function. */
#include "afxdp_object.h"

#include <bpf/btf.h>
#include <elf.h>
#include <errno.h>
#include <stdlib.h>

#ifndef EM_BPF
#define EM_BPF 247
#endif

enum { SYMBOLS = 2, SECTIONS = 7, NAME_ROOM = 16 };

enum section {
    SECTION_NONE,
    SECTION_NAMES,
    SECTION_SYMBOLS,
    SECTION_CODE,
    SECTION_LICENSE,
    SECTION_TYPES,
    SECTION_FUNCTIONS
};

/* Names of sections and symbols; their places below. */
struct names {
    char none[1], names[8], symbols[8], code[4], license[8], types[5], functions[9];
    char program[NAME_ROOM];
};

/* .BTF.ext: which function begins where (kernel, Documentation/bpf/btf.rst). */
struct functions {
    uint16_t magic;
    uint8_t version, flags;
    uint32_t header_len;
    uint32_t functions_at, functions_len, lines_at, lines_len;
    uint32_t record_len;
    uint32_t section_name, count;
    uint32_t instruction, type;
};

struct image {
    Elf64_Ehdr header;
    Elf64_Shdr sections[SECTIONS];
    Elf64_Sym symbols[SYMBOLS];
    struct bpf_insn code[2]; /* in the place of the real one, which libbpf takes apart from this */
    struct functions functions;
    char license[4];
    struct names names;
};

/* int name(struct xdp_md *context); *type is its number, *section that of the section's name. */
static struct btf *describe(const char *name, uint32_t *type, uint32_t *section)
{
    struct btf *btf = btf__new_empty();
    int number, context, pointer, prototype, function = -1;

    if (!btf)
        return NULL;
    number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
    context = btf__add_struct(btf, "xdp_md", sizeof(struct xdp_md));
    pointer = btf__add_ptr(btf, context);
    prototype = btf__add_func_proto(btf, number);
    if (number > 0 && context > 0 && pointer > 0 && prototype > 0 &&
        btf__add_func_param(btf, "context", pointer) == 0)
        function = btf__add_func(btf, name, BTF_FUNC_GLOBAL, prototype);
    number = btf__add_str(btf, TAPIR__XDP_SECTION);
    if (function < 0 || number < 0) {
        btf__free(btf);
        return NULL;
    }
    *type = (uint32_t)function;
    *section = (uint32_t)number;
    return btf;
}

static Elf64_Shdr section_of(size_t name, uint32_t type, size_t at, size_t len)
{
    return (Elf64_Shdr){
        .sh_name = (Elf64_Word)name,
        .sh_type = type,
        .sh_offset = at,
        .sh_size = len,
        .sh_addralign = 8,
    };
}

#define SECTION_OF(name, type, member)                                                             \
    section_of(offsetof(struct names, name), type, offsetof(struct image, member),                 \
        sizeof((struct image *)NULL)->member)

static void fill_header(Elf64_Ehdr *header)
{
    *header = (Elf64_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
            __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? ELFDATA2LSB : ELFDATA2MSB, EV_CURRENT},
        .e_type = ET_REL,
        .e_machine = EM_BPF,
        .e_version = EV_CURRENT,
        .e_shoff = offsetof(struct image, sections),
        .e_ehsize = sizeof(Elf64_Ehdr),
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = SECTIONS,
        .e_shstrndx = SECTION_NAMES,
    };
}

static void fill_sections(Elf64_Shdr *sections, size_t types_len)
{
    sections[SECTION_NAMES] = SECTION_OF(names, SHT_STRTAB, names);
    sections[SECTION_SYMBOLS] = SECTION_OF(symbols, SHT_SYMTAB, symbols);
    sections[SECTION_SYMBOLS].sh_link = SECTION_NAMES;
    sections[SECTION_SYMBOLS].sh_info = 1; /* the first one that is not local */
    sections[SECTION_SYMBOLS].sh_entsize = sizeof(Elf64_Sym);
    sections[SECTION_CODE] = SECTION_OF(code, SHT_PROGBITS, code);
    sections[SECTION_CODE].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
    sections[SECTION_LICENSE] = SECTION_OF(license, SHT_PROGBITS, license);
    sections[SECTION_TYPES] =
        section_of(offsetof(struct names, types), SHT_PROGBITS, sizeof(struct image), types_len);
    sections[SECTION_FUNCTIONS] = SECTION_OF(functions, SHT_PROGBITS, functions);
}

static void fill(
    struct image *image, const char *name, size_t types_len, uint32_t type, uint32_t section_name)
{
    fill_header(&image->header);
    fill_sections(image->sections, types_len);
    image->symbols[1] = (Elf64_Sym){
        .st_name = offsetof(struct names, program),
        .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
        .st_shndx = SECTION_CODE,
        .st_size = sizeof image->code,
    };
    image->code[0] = (struct bpf_insn){.code = BPF_ALU | BPF_MOV | BPF_K, .imm = XDP_PASS};
    image->code[1] = (struct bpf_insn){.code = BPF_JMP | BPF_EXIT};
    image->functions = (struct functions){
        .magic = BTF_MAGIC,
        .version = BTF_VERSION,
        .header_len = offsetof(struct functions, record_len),
        .functions_len = sizeof(struct functions) - offsetof(struct functions, record_len),
        .lines_at = sizeof(struct functions) - offsetof(struct functions, record_len),
        .record_len = sizeof(struct functions) - offsetof(struct functions, instruction),
        .section_name = section_name,
        .count = 1,
        .type = type,
    };
    memcpy(image->license, "GPL", sizeof image->license);
    image->names = (struct names){
        .names = ".strtab",
        .symbols = ".symtab",
        .code = TAPIR__XDP_SECTION,
        .license = "license",
        .types = ".BTF",
        .functions = ".BTF.ext",
    };
    memcpy(image->names.program, name, strnlen(name, NAME_ROOM - 1));
}

/* Puts the real code in. */
static bool set_code(struct bpf_object *object, const struct tapir__xdp_code *code)
{
    struct bpf_program *program = bpf_object__next_program(object, NULL);

    return program && bpf_program__set_insns(program, code->instructions, code->count) == 0;
}

struct bpf_object *tapir__xdp_object(const char *name, const struct tapir__xdp_code *code)
{
    uint32_t type, section_name, types_len;
    struct bpf_object *object = NULL;
    struct image *image = NULL;
    const void *types = NULL;
    struct btf *btf = describe(name, &type, &section_name);

    if (btf)
        types = btf__raw_data(btf, &types_len);
    if (types)
        image = calloc(1, sizeof *image + types_len);
    if (image) {
        fill(image, name, types_len, type, section_name);
        memcpy(image + 1, types, types_len);
        object = bpf_object__open_mem(image, sizeof *image + types_len, NULL);
    }
    btf__free(btf);
    free(image); /* libbpf has copied what it needs */
    if (object && !set_code(object, code)) {
        bpf_object__close(object);
        object = NULL;
    }
    return object;
}
