/* tapir's sums beside memcpy, over a segment's bytes in cache. */
#include "peers/measure.h"
#include "tapir/tapir.h"

#define SEGMENT 1460
#define ROUNDS  500000

static uint8_t from[SEGMENT], to[SEGMENT];
static volatile size_t segment = SEGMENT; /* so that nobody compiles for this very length */

#define WAY(name, statement)                                                                       \
    static uint64_t name(const struct capture *capture, void *user)                                \
    {                                                                                              \
        tapir_span bytes = tapir_span_of(from, segment);                                           \
        uint64_t sum = 0;                                                                          \
        (void)user;                                                                                \
        for (size_t i = 0; i < capture->count; i++) {                                              \
            statement;                                                                             \
            __asm__ volatile("" : : "r"(from), "r"(to) : "memory");                                \
        }                                                                                          \
        return sum;                                                                                \
    }

WAY(copy, memcpy(to, bytes.data, bytes.len))
WAY(sum_copy, sum += tapir_sum_copy(to, bytes))
WAY(sum_add, sum = tapir_sum_add(sum, bytes))

static const struct {
    const char *name;
    uint64_t (*pass)(const struct capture *, void *);
} modes[] = {{"memcpy", copy}, {"copy", sum_copy}, {"add", sum_add}};

int main(int argc, char **argv)
{
    const struct capture rounds = {NULL, NULL, ROUNDS};

    for (size_t i = 0; i < SEGMENT; i++)
        from[i] = (uint8_t)(i * 167 + 13);
    for (size_t i = 0; argc == 3 && i < TAPIR_COUNT(modes); i++)
        if (strcmp(argv[1], modes[i].name) == 0) {
            measure(&rounds, atoi(argv[2]), modes[i].pass, NULL);
            return 0;
        }
    fail("usage", "sum memcpy|copy|add PASSES");
}
