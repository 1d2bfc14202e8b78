/* Link types as files give them, and their names. */
#include "file/file.h"

/* Early programs wrote their system's DLT numbers where they differ from LINKTYPE; these never
 * became LINKTYPE numbers of something else. 16 is PPP of BSD/OS to libpcap, which decides. */
static const struct {
    uint8_t number;
    uint8_t link_type;
} old_numbers[] = {
    {11, 100}, /* RFC 1483 ATM */
    {12, 101}, /* raw IP */
    {13, 109}, /* OpenBSD's encapsulated IP */
    {14, 101}, /* OpenBSD's raw IP */
    {15, 102}, /* SLIP of BSD/OS */
    {16, 103}, /* PPP of BSD/OS */
    {18, 106}, /* classical IP over ATM, Linux, early */
    {19, 106}, /* classical IP over ATM, Linux */
};

uint16_t tapir__link_type_of_file(uint32_t number)
{
    for (size_t i = 0; i < TAPIR_COUNT(old_numbers); i++)
        if (old_numbers[i].number == number)
            return old_numbers[i].link_type;
    return (uint16_t)number;
}
