/* Guesses a protocol by how both sides begin. */
#include "tapir/guess.h"

/* A way to begin that is a protocol's own. */
struct beginning {
    const char *name, *text;
    uint8_t len;
};

#define BEGINNING(name, literal)                                                                   \
    {                                                                                              \
        name, literal, sizeof(literal) - 1                                                         \
    }

/* What clients say first. */
static const struct beginning client_beginnings[] = {
    BEGINNING("http2", "PRI * HTTP/2.0\r\n"),
    BEGINNING("ssh", "SSH-2.0-"),
    BEGINNING("ssh", "SSH-1."),
    BEGINNING("bittorrent", "\x13"
                            "BitTorrent protocol"),
    BEGINNING("amqp", "AMQP"),
    BEGINNING("rsync", "@RSYNCD: "),
    BEGINNING("vnc", "RFB 00"),
    BEGINNING("smb", "\xffSMB"),
    BEGINNING("smb", "\xfeSMB"),
    BEGINNING("stomp", "CONNECT\n"),
    BEGINNING("stomp", "STOMP\n"),
    BEGINNING("nats", "CONNECT {"),
    BEGINNING("svn", "( 2 ( "),
    BEGINNING("smtp", "EHLO "),
    BEGINNING("smtp", "HELO "),
    BEGINNING("smtp", "LHLO "),
    BEGINNING("irc", "NICK "),
    BEGINNING("irc", "CAP LS"),
    BEGINNING("redis", "*1\r\n$"),
    BEGINNING("redis", "*2\r\n$"),
    BEGINNING("redis", "*3\r\n$"),
    BEGINNING("redis", "*4\r\n$"),
    BEGINNING("redis", "*5\r\n$"),
    BEGINNING("x11", "l\0\x0b\0\0\0"),
    BEGINNING("x11", "B\0\0\x0b\0\0"),
    BEGINNING("memcache", "stats\r\n"),
    BEGINNING("memcache", "version\r\n"),
    BEGINNING("nntp", "MODE READER"),
};

/* What servers say first. */
static const struct beginning server_beginnings[] = {
    BEGINNING("ssh", "SSH-2.0-"),
    BEGINNING("ssh", "SSH-1."),
    BEGINNING("http", "HTTP/1."),
    BEGINNING("rtsp", "RTSP/1."),
    BEGINNING("rtsp", "RTSP/2."),
    BEGINNING("sip", "SIP/2.0 "),
    BEGINNING("imap", "* OK"),
    BEGINNING("imap", "* PREAUTH"),
    BEGINNING("imap", "* BYE"),
    BEGINNING("pop", "+OK"),
    BEGINNING("pop", "-ERR "),
    BEGINNING("nats", "INFO {"),
    BEGINNING("vnc", "RFB 00"),
    BEGINNING("rsync", "@RSYNCD: "),
    BEGINNING("svn", "( success ( "),
    BEGINNING("bittorrent", "\x13"
                            "BitTorrent protocol"),
    BEGINNING("amqp", "AMQP"),
    BEGINNING("redis", "-NOAUTH"),
    BEGINNING("redis", "+PONG\r\n"),
    BEGINNING("irc", ":irc."),
    BEGINNING("nntp", "200 NNTP"),
    BEGINNING("smb", "\xffSMB"),
    BEGINNING("smb", "\xfeSMB"),
};

/* Methods that a request of more than one protocol may begin with: the version tells. */
static const char *const methods[] = {"GET ", "POST ", "HEAD ", "PUT ", "DELETE ", "OPTIONS ",
    "CONNECT ", "PATCH ", "TRACE ", "PROPFIND ", "REPORT ", "MKCOL ", "COPY ", "MOVE ", "LOCK ",
    "UNLOCK ", "SEARCH ", "SUBSCRIBE ", "NOTIFY ", "M-SEARCH ", "DESCRIBE ", "SETUP ", "PLAY ",
    "PAUSE ", "TEARDOWN ", "ANNOUNCE ", "RECORD ", "GET_PARAMETER ", "SET_PARAMETER ", "INVITE ",
    "REGISTER ", "ACK ", "BYE ", "CANCEL ", "MESSAGE ", "INFO ", "PUBLISH ", "REFER ", "UPDATE "};

/* Well-known ports, for connections of which no byte is known. */
static const struct {
    uint16_t port;
    const char *name;
} ports[] = {{21, "ftp"}, {22, "ssh"}, {23, "telnet"}, {25, "smtp"}, {53, "dns"}, {80, "http"},
    {88, "kerberos"}, {102, "tpkt"}, {110, "pop"}, {111, "rpc"}, {119, "nntp"}, {139, "nbss"},
    {143, "imap"}, {179, "bgp"}, {389, "ldap"}, {443, "tls"}, {445, "smb"}, {465, "tls"},
    {502, "modbus"}, {554, "rtsp"}, {587, "smtp"}, {636, "tls"}, {853, "tls"}, {873, "rsync"},
    {989, "tls"}, {990, "tls"}, {993, "tls"}, {995, "tls"}, {1080, "socks"}, {1433, "tds"},
    {1883, "mqtt"}, {2049, "rpc"}, {3128, "http"}, {3306, "mysql"}, {3389, "rdp"}, {3690, "svn"},
    {3868, "diameter"}, {4222, "nats"}, {5060, "sip"}, {5061, "tls"}, {5432, "postgresql"},
    {5672, "amqp"}, {5900, "vnc"}, {6000, "x11"}, {6379, "redis"}, {6667, "irc"},
    {6881, "bittorrent"}, {8000, "http"}, {8080, "http"}, {8443, "tls"}, {8883, "tls"},
    {9418, "git"}, {11211, "memcache"}, {27017, "mongo"}, {61613, "stomp"}};

static bool begins(tapir_span bytes, const void *with, size_t len)
{
    return bytes.len >= len && memcmp(bytes.data, with, len) == 0;
}

static bool contains(tapir_span bytes, const char *text)
{
    return memmem(bytes.data, bytes.len, text, strlen(text)) != NULL;
}

static unsigned byte(tapir_span bytes, size_t at)
{
    return at < bytes.len ? bytes.data[at] : 0;
}

static uint64_t number(tapir_span bytes, size_t at, unsigned width)
{
    return at + width <= bytes.len ? tapir_load_be(bytes.data + at, width) : 0;
}

static uint64_t little_number(tapir_span bytes, size_t at, unsigned width)
{
    return at + width <= bytes.len ? tapir_load_le(bytes.data + at, width) : 0;
}

static tapir_span first_line(tapir_span bytes)
{
    const uint8_t *end = bytes.len ? memchr(bytes.data, '\n', bytes.len) : NULL;

    return end ? tapir_span_of(bytes.data, (size_t)(end - bytes.data)) : bytes;
}

/* RFC 9112 3, RFC 7826 20.2, RFC 3261 7.1: the line ends in the version, or goes on beyond what is
 * known. RFC 6455 4.1 asks for its upgrade in a field. */
static const char *requests(tapir_span client, tapir_span server)
{
    tapir_span line = first_line(client);

    for (size_t i = 0; i < TAPIR_COUNT(methods); i++) {
        if (!begins(client, methods[i], strlen(methods[i])))
            continue;
        if (contains(line, " RTSP/") || contains(line, "rtsp://"))
            return "rtsp";
        if (contains(line, " SIP/2.0") || contains(line, " sip:") || contains(line, " sips:"))
            return "sip";
        if (!contains(line, " HTTP/1.") && line.len < client.len)
            return NULL;
        return begins(server, "HTTP/1.1 101", 12) && contains(client, "ebsocket") ? "websocket"
                                                                                  : "http";
    }
    return NULL;
}

/* RFC 8446 5.1: a record of the handshake, or an alert, and its hello. */
static bool tls_record(tapir_span bytes)
{
    unsigned type = byte(bytes, 0);

    return bytes.len >= 5 && type >= 20 && type <= 24 && byte(bytes, 1) == 3 &&
           byte(bytes, 2) <= 4 && number(bytes, 3, 2) <= 16384 + 2048 && number(bytes, 3, 2) > 0;
}

static const char *tls(tapir_span client, tapir_span server)
{
    return tls_record(client) || tls_record(server) ? "tls" : NULL;
}

/* A greeting of three digits: RFC 5321 4.2, RFC 959 4.2, RFC 3977 5.1. What the client answers, and
 * else the words, tell them apart. */
static const char *greetings(tapir_span client, tapir_span server)
{
    tapir_span line = first_line(server);
    bool ready = begins(server, "220 ", 4) || begins(server, "220-", 4);

    if (ready && (begins(client, "USER ", 5) || begins(client, "AUTH ", 5)))
        return "ftp";
    if (ready && (contains(line, "SMTP") || contains(line, "smtp") || contains(line, "Postfix")))
        return "smtp";
    if (ready && (contains(line, "FTP") || contains(line, "ftp") || contains(line, "FileZilla")))
        return "ftp";
    if (ready)
        return client.len == 0 ? "ftp" : NULL;
    if ((begins(server, "200 ", 4) || begins(server, "201 ", 4)) && contains(line, "nntp"))
        return "nntp";
    return NULL;
}

/* A client that speaks first in one of these speaks to a mail server, or logs in to one. */
static const char *mail(tapir_span client, tapir_span server)
{
    tapir_span line = first_line(client);

    (void)server;
    if (begins(client, "CAPA\r\n", 6) || begins(client, "APOP ", 5))
        return "pop";
    if (contains(line, " CAPABILITY") || contains(line, " capability") ||
        contains(line, " LOGIN ") || contains(line, " login "))
        return "imap";
    return NULL;
}

/* RFC 1035 4.2.2: a length, and a header whose counts are small. */
static bool dns_message(tapir_span bytes, bool response)
{
    size_t length = (size_t)number(bytes, 0, 2);
    unsigned operation = byte(bytes, 4) >> 3 & 15;
    size_t records = (size_t)(number(bytes, 8, 2) + number(bytes, 10, 2) + number(bytes, 12, 2));

    return bytes.len >= 14 && length >= 17 && operation <= 5 &&
           (byte(bytes, 4) >> 7 != 0) == response && (byte(bytes, 5) & 0x40) == 0 &&
           number(bytes, 6, 2) <= 1 && 12 + 11 * records <= length && (response || records <= 2);
}

static const char *dns(tapir_span client, tapir_span server)
{
    bool asked = dns_message(client, false), answered = dns_message(server, true);

    if (client.len && server.len)
        return asked && answered ? "dns" : NULL;
    return asked || answered ? "dns" : NULL;
}

/* The server's first packet: a length of three bytes, number 0, version 10, "8.0.36". */
static const char *mysql(tapir_span client, tapir_span server)
{
    (void)client;
    return server.len >= 8 && byte(server, 3) == 0 && byte(server, 4) == 10 &&
                   little_number(server, 0, 3) < 1024 && byte(server, 5) >= '0' &&
                   byte(server, 5) <= '9'
               ? "mysql"
               : NULL;
}

/* A start-up message of version 3, or a request for TLS, GSSAPI or to cancel. */
static const char *postgresql(tapir_span client, tapir_span server)
{
    uint64_t length = number(client, 0, 4), code = number(client, 4, 4);

    (void)server;
    if (client.len >= 8 && length == 8 && (code == 80877103 || code == 80877104))
        return "postgresql";
    if (client.len >= 8 && length == 16 && code == 80877102)
        return "postgresql";
    return client.len >= 9 && length > 8 && length < 10000 && code >> 8 == 0x300 &&
                   byte(client, 8) >= 'a'
               ? "postgresql"
               : NULL;
}

/* OASIS MQTT 3.1: CONNECT, whose first string is the protocol's name. */
static const char *mqtt(tapir_span client, tapir_span server)
{
    size_t at = 1;

    (void)server;
    while (at < 5 && byte(client, at) & 0x80)
        at++;
    if (byte(client, 0) != 0x10 || client.len < at + 7)
        return NULL;
    client = tapir_span_of(client.data + at + 1, client.len - at - 1);
    return begins(client, "\0\4MQTT", 6) || begins(client, "\0\6MQIsdp", 8) ? "mqtt" : NULL;
}

/* RFC 1002 4.3.1, and SMB directly on TCP: a type, three bytes of length. */
static const char *netbios(tapir_span client, tapir_span server)
{
    tapir_span bytes = client.len ? client : server;

    if (bytes.len >= 8 && byte(bytes, 0) == 0 &&
        (memcmp(bytes.data + 4, "\xffSMB", 4) == 0 || memcmp(bytes.data + 4, "\xfeSMB", 4) == 0))
        return "smb";
    return bytes.len >= 5 && number(client, 0, 4) == 0x81000044 && byte(client, 4) == 0x20 ? "nbss"
                                                                                           : NULL;
}

/* Takes the head of a BER element with a definite length; false when it is none. */
static bool ber(tapir_reader *r, unsigned *tag, size_t *len)
{
    unsigned first;

    *tag = tapir_take_u8(r);
    first = tapir_take_u8(r);
    *len = first;
    if (first & 0x80) {
        *len = 0;
        if ((first & 0x7f) == 0 || (first & 0x7f) > 4)
            return false;
        for (unsigned i = 0; i < (first & 0x7f); i++)
            *len = *len << 8 | tapir_take_u8(r);
    }
    return !r->failed;
}

/* RFC 4511 4.1.1: a sequence of a message's number and an operation. */
static const char *ldap(tapir_span client, tapir_span server)
{
    tapir_reader r = tapir_reader_of(client.len ? client : server);
    unsigned tag;
    size_t len;

    if (!ber(&r, &tag, &len) || tag != 0x30 || len < 5)
        return NULL;
    if (!ber(&r, &tag, &len) || tag != 2 || len < 1 || len > 4)
        return NULL;
    tapir_take(&r, len);
    if (!ber(&r, &tag, &len))
        return NULL;
    return (tag & 0xc0) == 0x40 && (tag & 0x1f) <= 25 ? "ldap" : NULL;
}

/* RFC 4120 7.2.2: a length in four bytes, then a message by its application tag. */
static const char *kerberos(tapir_span client, tapir_span server)
{
    tapir_span bytes = client.len ? client : server;
    unsigned tag = byte(bytes, 4);
    uint64_t length = number(bytes, 0, 4);

    return bytes.len >= 8 && length > 10 && length < 1 << 20 && (tag & 0xe0) == 0x60 &&
                   (tag & 0x1f) >= 10 && (tag & 0x1f) <= 30 &&
                   ((byte(bytes, 5) & 0x80) || byte(bytes, 5) + 2u == length)
               ? "kerberos"
               : NULL;
}

/* RFC 2126 4.3 and X.224 13.3: a connection is asked for; Microsoft's has a cookie or a request
 * to negotiate. */
static const char *tpkt(tapir_span client, tapir_span server)
{
    bool request = byte(client, 5) == 0xe0;

    (void)server;
    if (client.len < 7 || byte(client, 0) != 3 || byte(client, 1) != 0 ||
        number(client, 2, 2) < 7 || byte(client, 4) + 5u > number(client, 2, 2))
        return NULL;
    if (request && (contains(client, "Cookie: ") || number(client, 11, 4) == 0x01000800))
        return "rdp";
    return request || byte(client, 5) == 0xf0 ? "tpkt" : NULL;
}

/* MS-TDS 2.2.3.1: a login or what goes before it, its length, the last of its message. */
static const char *tds(tapir_span client, tapir_span server)
{
    unsigned type = byte(client, 0);

    (void)server;
    return client.len >= 8 && (type == 0x12 || type == 0x10 || type == 0x02) &&
                   byte(client, 1) <= 1 && number(client, 2, 2) >= 8 && number(client, 4, 2) == 0 &&
                   byte(client, 6) <= 1 && byte(client, 7) == 0
               ? "tds"
               : NULL;
}

/* A message's header: its length, the request's number, none answered, an operation. */
static const char *mongo(tapir_span client, tapir_span server)
{
    uint64_t operation = little_number(client, 12, 4), length = little_number(client, 0, 4);

    (void)server;
    return client.len >= 16 && length >= 16 && length <= 48000000 &&
                   little_number(client, 8, 4) == 0 &&
                   ((operation >= 2001 && operation <= 2013) || operation == 1)
               ? "mongo"
               : NULL;
}

/* RFC 4271 4.1: a marker of ones, then the length of an OPEN. */
static const char *bgp(tapir_span client, tapir_span server)
{
    static const uint8_t marker[16] = {
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    tapir_span bytes = client.len ? client : server;

    return begins(bytes, marker, sizeof marker) && number(bytes, 16, 2) >= 19 ? "bgp" : NULL;
}

/* RFC 6733 3: version 1, length a multiple of four, an exchange of capabilities (257). */
static const char *diameter(tapir_span client, tapir_span server)
{
    (void)server;
    return client.len >= 20 && byte(client, 0) == 1 && number(client, 1, 3) >= 20 &&
                   number(client, 1, 3) % 4 == 0 && byte(client, 4) & 0x80 &&
                   (number(client, 5, 3) == 257 || number(client, 5, 3) == 280)
               ? "diameter"
               : NULL;
}

/* RFC 5531 11 and 9: a record mark, a call of version 2. */
static const char *rpc(tapir_span client, tapir_span server)
{
    (void)server;
    return client.len >= 20 && byte(client, 0) & 0x80 && number(client, 8, 4) == 0 &&
                   number(client, 12, 4) == 2 && number(client, 16, 4) >= 100000
               ? "rpc"
               : NULL;
}

/* Modbus application protocol 3.1.3: protocol 0, and a length that is the whole of it. */
static const char *modbus(tapir_span client, tapir_span server)
{
    unsigned function = byte(client, 7);

    (void)server;
    return client.len >= 8 && number(client, 2, 2) == 0 && number(client, 4, 2) >= 2 &&
                   number(client, 4, 2) <= 254 &&
                   (client.len >= TAPIR_GUESS_BYTES || client.len == number(client, 4, 2) + 6) &&
                   function >= 1 && function <= 43
               ? "modbus"
               : NULL;
}

/* RFC 1928 3: version 5 and methods; version 4: connect to a port and an address, a name. */
static const char *socks(tapir_span client, tapir_span server)
{
    if (byte(client, 0) == 5 && byte(client, 1) >= 1 && client.len == byte(client, 1) + 2u &&
        (!server.len || byte(server, 0) == 5))
        return "socks";
    return byte(client, 0) == 4 && (byte(client, 1) == 1 || byte(client, 1) == 2) &&
                   client.len >= 9 && client.data[client.len - 1] == 0
               ? "socks"
               : NULL;
}

/* RFC 854: the server's, or the client's, options first. */
static bool telnet_option(tapir_span bytes)
{
    return bytes.len >= 3 && byte(bytes, 0) == 255 && byte(bytes, 1) >= 251 &&
           byte(bytes, 1) <= 254 && byte(bytes, 2) < 50;
}

static const char *telnet(tapir_span client, tapir_span server)
{
    return telnet_option(client) || telnet_option(server) ? "telnet" : NULL;
}

/* pkt-line: four digits of length, then the command. */
static const char *git(tapir_span client, tapir_span server)
{
    (void)server;
    return client.len >= 12 && memcmp(client.data + 4, "git-", 4) == 0 ? "git" : NULL;
}

/* What memcached is asked for in text. */
static const char *memcache(tapir_span client, tapir_span server)
{
    return (begins(client, "get ", 4) || begins(client, "gets ", 5)) && begins(server, "VALUE ", 6)
               ? "memcache"
           : begins(client, "set ", 4) && begins(server, "STORED", 6) ? "memcache"
                                                                      : NULL;
}

/* The surest first. */
static const char *(*const tests[])(tapir_span client, tapir_span server) = {requests, bgp, tls,
    greetings, mail, mqtt, netbios, postgresql, mysql, git, tpkt, memcache, rpc, diameter, mongo,
    tds, kerberos, ldap, telnet, socks, dns, modbus};

static const char *by_beginning(tapir_span bytes, const struct beginning *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (begins(bytes, rows[i].text, rows[i].len))
            return rows[i].name;
    return NULL;
}

static const char *by_content(tapir_span client, tapir_span server)
{
    const char *name = by_beginning(client, client_beginnings, TAPIR_COUNT(client_beginnings));

    for (size_t i = 0; !name && i < TAPIR_COUNT(tests); i++)
        name = tests[i](client, server);
    return name ? name : by_beginning(server, server_beginnings, TAPIR_COUNT(server_beginnings));
}

static const char *by_port(uint16_t port)
{
    for (size_t i = 0; i < TAPIR_COUNT(ports); i++)
        if (ports[i].port == port && port)
            return ports[i].name;
    return NULL;
}

/* Returns the span without what lies beyond what is looked at, and never one that is NULL. */
static tapir_span beginning_of(tapir_span bytes)
{
    if (!bytes.len)
        return tapir_span_of("", 0);
    return tapir_span_of(bytes.data, bytes.len < TAPIR_GUESS_BYTES ? bytes.len : TAPIR_GUESS_BYTES);
}

const char *tapir_guess_protocol(
    tapir_span client, tapir_span server, uint16_t client_port, uint16_t server_port)
{
    const char *name;

    if (client.len || server.len)
        return by_content(beginning_of(client), beginning_of(server));
    name = by_port(server_port);
    return name ? name : by_port(client_port);
}
