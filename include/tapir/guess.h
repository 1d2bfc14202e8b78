/* Which protocol a connection speaks, guessed from its first bytes. */
#ifndef TAPIR_GUESS_H
#define TAPIR_GUESS_H

#include "tapir/bytes.h"

TAPIR_EXTERN_C_BEGIN

/* So many bytes of each direction are as good as more. */
#define TAPIR_GUESS_BYTES 128

/* Returns what is spoken, by the name of Wireshark's dissector: "http", "http2", "websocket",
 * "tls", "ssh", "smtp", "ftp", "pop", "imap", "nntp", "irc", "dns", "rtsp", "sip", "redis" (resp),
 * "memcache", "mysql", "pgsql", "mongo", "tds", "mqtt", "amqp", "stomp", "nats", "bittorrent",
 * "smb", "nbss", "ldap", "kerberos", "rdp" (tpkt), "vnc", "x11", "telnet", "rsync", "git", "svn",
 * "socks", "bgp", "diameter", "rpc", "modbus", "s7comm" (tpkt), "dnp3", "finger"; NULL when
 * nothing fits. Static. `client` and `server` are the first bytes that each side sent, none where
 * none were seen; content decides, and the ports (0: not known) only where there is none at all. */
TAPIR_API const char *tapir_guess_protocol(
    tapir_span client, tapir_span server, uint16_t client_port, uint16_t server_port);

TAPIR_EXTERN_C_END
#endif
