/* Protocols guessed from how they begin. */
#include "tapir/guess.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define BYTES(literal)                                                                             \
    {                                                                                              \
        (const uint8_t *)(literal), sizeof(literal) - 1                                            \
    }

static void by_content(void **state)
{
    static const struct {
        const char *name;
        tapir_span client, server;
    } cases[] = {
        {"http", BYTES("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), BYTES("")},
        {"http", BYTES(""), BYTES("HTTP/1.1 200 OK\r\n")},
        {"http2", BYTES("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), BYTES("")},
        {"websocket", BYTES("GET /c HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"),
            BYTES("HTTP/1.1 101 Switching Protocols\r\n")},
        {"rtsp", BYTES("OPTIONS rtsp://a/ RTSP/1.0\r\n"), BYTES("")},
        {"sip", BYTES("REGISTER sip:a SIP/2.0\r\n"), BYTES("")},
        {"tls", BYTES("\x16\3\1\2\0\1\0\1\xfc\3\3"), BYTES("")},
        {"ssh", BYTES(""), BYTES("SSH-2.0-OpenSSH_9.2\r\n")},
        {"smtp", BYTES(""), BYTES("220 mail.test ESMTP Postfix\r\n")},
        {"smtp", BYTES("EHLO me\r\n"), BYTES("220 hello\r\n")},
        {"ftp", BYTES("USER anonymous\r\n"), BYTES("220 hello\r\n")},
        {"pop", BYTES(""), BYTES("+OK ready\r\n")},
        {"imap", BYTES(""), BYTES("* OK [CAPABILITY IMAP4rev1] ready\r\n")},
        {"irc", BYTES("NICK me\r\nUSER me 0 * :me\r\n"), BYTES("")},
        {"redis", BYTES("*1\r\n$4\r\nPING\r\n"), BYTES("+PONG\r\n")},
        {"dns", BYTES("\0\x13\x12\x34\1\0\0\1\0\0\0\0\0\0\1a\0\0\1\0\1"), BYTES("")},
        {"mysql", BYTES(""),
            BYTES("\x4a\0\0\0\x0a"
                  "8.0.36\0")},
        {"postgresql", BYTES("\0\0\0\x29\0\3\0\0user\0me\0"), BYTES("")},
        {"postgresql", BYTES("\0\0\0\x8\x4\xd2\x16\x2f"), BYTES("N")},
        {"mqtt", BYTES("\x10\x10\0\4MQTT\4\2\0\x3c\0\4test"), BYTES("")},
        {"amqp", BYTES("AMQP\0\0\x9\1"), BYTES("")},
        {"bittorrent",
            BYTES("\x13"
                  "BitTorrent protocol\0\0\0\0"),
            BYTES("")},
        {"smb", BYTES("\0\0\0\x54\xfeSMB\x40\0"), BYTES("")},
        {"ldap", BYTES("\x30\x0c\2\1\1\x60\7\2\1\3\4\0\x80\0"), BYTES("")},
        {"rdp", BYTES("\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\x8\0\3\0\0\0"), BYTES("")},
        {"bgp", BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\x1d\1"),
            BYTES("")},
        {"vnc", BYTES(""), BYTES("RFB 003.008\n")},
        {"telnet", BYTES(""), BYTES("\xff\xfd\x18\xff\xfd\x20")},
        {"socks", BYTES("\5\1\0"), BYTES("\5\0")},
        {"git", BYTES("0033git-upload-pack /a.git\0host=b\0"), BYTES("")},
        {NULL, BYTES("what is this\r\n"), BYTES("nothing\r\n")},
        {NULL, BYTES("\xde\xad\xbe\xef"), BYTES("")},
    };

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(cases); i++) {
        const char *name = tapir_guess_protocol(cases[i].client, cases[i].server, 0, 0);

        if (!cases[i].name)
            assert_null(name);
        else if (!name || strcmp(name, cases[i].name) != 0)
            fail_msg("%zu: %s instead of %s", i, name ? name : "nothing", cases[i].name);
    }
}

static void ports_only_where_there_is_no_content(void **state)
{
    tapir_span nothing = {NULL, 0}, noise = tapir_span_of("\x80\x81\x82", 3);

    (void)state;
    assert_string_equal(tapir_guess_protocol(nothing, nothing, 50000, 443), "tls");
    assert_string_equal(tapir_guess_protocol(nothing, nothing, 25, 0), "smtp");
    assert_null(tapir_guess_protocol(nothing, nothing, 0, 0));
    assert_null(tapir_guess_protocol(noise, nothing, 50000, 443));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_content),
        cmocka_unit_test(ports_only_where_there_is_no_content),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
