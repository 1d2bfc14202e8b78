/* Packets in the forms that other programs take them in: source code, hex streams, hex dumps. */
#ifndef TAPIR_FORMS_H
#define TAPIR_FORMS_H

#include "tapir/packet.h"

TAPIR_EXTERN_C_BEGIN

typedef enum tapir_form {
    TAPIR_FORM_C,         /* static const uint8_t packet_1[42] = {0xff, ...}; */
    TAPIR_FORM_GO,        /* var packet1 = []byte{0xff, ...} */
    TAPIR_FORM_PYTHON,    /* packet_1 = bytes((0xff, ...)) */
    TAPIR_FORM_HEX,       /* two digits a byte, a line a packet */
    TAPIR_FORM_TEXT2PCAP, /* time and hex dump, as text2pcap -t ISO reads it */
    TAPIR_FORM_COUNT
} tapir_form;

/* Returns the form's short name: "c", "go", "python", "hex", "text2pcap". Static. */
TAPIR_API const char *tapir_form_name(tapir_form form);

/* How tapir_form_packet writes; zeroed means the default. */
typedef struct tapir_form_options {
    bool ascii;              /* TEXT2PCAP: characters behind the bytes (read with text2pcap -a) */
    const tapir_proto *last; /* C, GO, PYTHON: the last layer told by name, and decoded */
} tapir_form_options;

/* Appends all captured bytes of the packet in that form. Source code names every layer in a comment
 * before its first byte, with its offset, and finishes decoding; the names of the variables end in
 * the frame's number. The other forms decode nothing. Times are UTC. `options` may be NULL. */
TAPIR_API void tapir_form_packet(
    tapir_text *text, tapir_packet *packet, tapir_form form, const tapir_form_options *options);

TAPIR_EXTERN_C_END
#endif
