/* Which protocol a connection speaks, guessed from its first bytes. */
#ifndef TAPIR_GUESS_H
#define TAPIR_GUESS_H

#include "tapir/bytes.h"

TAPIR_EXTERN_C_BEGIN

/* So many bytes of each direction are as good as more. */
#define TAPIR_GUESS_BYTES 512

/* Returns the name of what is spoken, NULL when nothing fits. Static. One of amqp, bgp, bittorrent,
 * diameter, dns, ftp, git, http, http2, imap, irc, kerberos, ldap, memcache, modbus, mongo, mqtt,
 * mysql, nats, nbss, nntp, pop, postgresql, rdp, redis, rpc, rsync, rtsp, sip, smb, smtp, socks,
 * ssh, stomp, svn, tds, telnet, tls, tpkt, vnc, websocket, x11. `client` and `server` are the first
 * bytes that each side sent, empty where none were seen. Content decides; the ports (0: not known)
 * only where there is none at all. */
TAPIR_API const char *tapir_guess_protocol(
    tapir_span client, tapir_span server, uint16_t client_port, uint16_t server_port);

TAPIR_EXTERN_C_END
#endif
