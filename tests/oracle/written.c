/* Writes one packet for each function that writes an option or record, and what others are to see
 * in it, for written_oracle.py. Prints a line per packet: a display filter of tshark's, and behind
 * a tab what scapy, whose packet is `p`, should find true, or nothing. usage: written FILE */
#include "tapir/tapir.h"

#include <stdio.h>
#include <stdlib.h>

static tapir_sink *sink;
static tapir_builder *builder;
static uint8_t room[2048];
static tapir_writer w;

static const uint8_t address4[8] = {192, 0, 2, 1, 192, 0, 2, 2};
static const uint8_t address6[32] = {0x20, 1, 0xd, 0xb8, [15] = 1, 0x20, 1, 0xd, 0xb8, [31] = 2};

#define NOTHING tapir_span_of(NULL, 0)

static tapir_span text(const char *string)
{
    return tapir_span_of(string, strlen(string));
}

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "written: %s: %s\n", what, why);
    exit(1);
}

static tapir_span written(const char *what)
{
    tapir_span bytes = tapir_written(&w, room);

    if (w.failed)
        fail(what, "did not fit");
    w = tapir_writer_of(room, sizeof room);
    return bytes;
}

static void write_frame(
    const tapir_stack_layer *layers, size_t count, const char *filter, const char *scapy)
{
    tapir_frame frame = {.link_type = TAPIR_LINK_TYPE_RAW};
    tapir_error error;
    tapir_span built;

    if (tapir_builder_build(builder, layers, count, NULL, &built, &error) != TAPIR_OK)
        fail(filter, error.message);
    frame.data = built.data;
    frame.caplen = frame.len = (uint32_t)built.len;
    if (tapir_sink_write(sink, &frame) != TAPIR_OK)
        fail(filter, tapir_sink_error(sink)->message);
    printf("%s\t%s\n", filter, scapy);
}

static struct tapir_ipv4 ipv4_header(void)
{
    struct tapir_ipv4 ip;

    tapir_layer_init(&tapir_ipv4_proto, &ip);
    memcpy(ip.src, address4, 4);
    memcpy(ip.dst, address4 + 4, 4);
    return ip;
}

static struct tapir_ipv6 ipv6_header(void)
{
    struct tapir_ipv6 ip;

    tapir_layer_init(&tapir_ipv6_proto, &ip);
    memcpy(ip.src, address6, 16);
    memcpy(ip.dst, address6 + 16, 16);
    ip.hop_limit = 255;
    return ip;
}

/* Each of these makes a packet around what was just written. */

static void tcp(const char *filter, const char *scapy)
{
    struct tapir_ipv4 ip = ipv4_header();
    struct tapir_tcp header;
    tapir_stack_layer layers[] = {TAPIR_LAYER(ipv4, &ip), TAPIR_LAYER(tcp, &header)};

    tapir_layer_init(&tapir_tcp_proto, &header);
    header.src_port = 40000;
    header.dst_port = 9;
    header.flags = TAPIR_TCP_SYN;
    header.options = written(filter);
    write_frame(layers, 2, filter, scapy);
}

static void ipv4(const char *filter, const char *scapy)
{
    struct tapir_ipv4 ip = ipv4_header();
    struct tapir_udp udp = {.src_port = 40000, .dst_port = 9};
    tapir_stack_layer layers[] = {TAPIR_LAYER(ipv4, &ip), TAPIR_LAYER(udp, &udp)};

    ip.options = written(filter);
    write_frame(layers, 2, filter, scapy);
}

static void hop_by_hop(const char *filter, const char *scapy)
{
    struct tapir_ipv6 ip = ipv6_header();
    struct tapir_ipv6_hopopts header = {0};
    struct tapir_udp udp = {.src_port = 40000, .dst_port = 9};
    tapir_stack_layer layers[] = {
        TAPIR_LAYER(ipv6, &ip), TAPIR_LAYER(ipv6_hopopts, &header), TAPIR_LAYER(udp, &udp)};

    tapir_ipv6_put_padding(&w, room);
    header.options = written(filter);
    write_frame(layers, 3, filter, scapy);
}

static void destination(const char *filter, const char *scapy)
{
    struct tapir_ipv6 ip = ipv6_header();
    struct tapir_ipv6_dstopts header = {0};
    struct tapir_udp udp = {.src_port = 40000, .dst_port = 9};
    tapir_stack_layer layers[] = {
        TAPIR_LAYER(ipv6, &ip), TAPIR_LAYER(ipv6_dstopts, &header), TAPIR_LAYER(udp, &udp)};

    tapir_ipv6_put_padding(&w, room);
    header.options = written(filter);
    write_frame(layers, 3, filter, scapy);
}

static void routing(uint8_t type, uint8_t segments_left, const char *filter, const char *scapy)
{
    struct tapir_ipv6 ip = ipv6_header();
    struct tapir_ipv6_routing header = {.type = type, .segments_left = segments_left};
    /* Compact routing maps numbers to addresses that nobody else knows. */
    unsigned keep = type >= TAPIR_IPV6_ROUTING_CRH16 ? TAPIR_CHECKSUMS : 0;
    struct tapir_udp udp = {.src_port = 40000, .dst_port = 9};
    tapir_stack_layer layers[] = {TAPIR_LAYER(ipv6, &ip), TAPIR_LAYER(ipv6_routing, &header),
        TAPIR_LAYER_AS_GIVEN(udp, &udp, keep)};

    header.data = written(filter);
    write_frame(layers, 3, filter, scapy);
}

static void sctp(const char *filter, const char *scapy)
{
    struct tapir_ipv4 ip = ipv4_header();
    struct tapir_sctp header = {.src_port = 40000, .dst_port = 9, .tag = 0x01020304};
    tapir_stack_layer layers[] = {TAPIR_LAYER(ipv4, &ip), TAPIR_LAYER(sctp, &header)};

    header.chunks = written(filter);
    write_frame(layers, 2, filter, scapy);
}

/* PPPoE is found in Ethernet alone, which GRE carries. */
static void pppoe(const char *filter, const char *scapy)
{
    struct tapir_ipv4 ip = ipv4_header();
    struct tapir_gre gre;
    struct tapir_ethernet eth = {.dst = {2}, .src = {2, [5] = 1}};
    struct tapir_pppoe header;
    tapir_stack_layer layers[] = {TAPIR_LAYER(ipv4, &ip), TAPIR_LAYER(gre, &gre),
        TAPIR_LAYER(ethernet, &eth), TAPIR_LAYER(pppoe_discovery, &header)};

    tapir_layer_init(&tapir_gre_proto, &gre);
    tapir_layer_init(&tapir_pppoe_discovery_proto, &header);
    header.tags = written(filter);
    write_frame(layers, 4, filter, scapy);
}

static void icmpv6(struct tapir_icmpv6 *header, const char *filter, const char *scapy)
{
    struct tapir_ipv6 ip = ipv6_header();
    tapir_stack_layer layers[] = {TAPIR_LAYER(ipv6, &ip), TAPIR_LAYER(icmpv6, header)};

    header->items = written(filter);
    write_frame(layers, 2, filter, scapy);
}

static void ndp(const char *filter, const char *scapy)
{
    struct tapir_icmpv6 header = {.type = TAPIR_ICMPV6_ROUTER_ADVERTISEMENT,
        .router_advertisement = {.hop_limit = 64, .lifetime = 1800}};

    icmpv6(&header, filter, scapy);
}

static void mld(uint16_t records, const char *filter, const char *scapy)
{
    struct tapir_icmpv6 header = {
        .type = TAPIR_ICMPV6_MLDV2_REPORT, .mld_report = {.record_count = records}};

    icmpv6(&header, filter, scapy);
}

static void dns_message(tapir_dns_writer *m, const char *filter, const char *scapy)
{
    struct tapir_ipv4 ip = ipv4_header();
    struct tapir_udp udp = {.src_port = 53, .dst_port = 40000};
    struct tapir_dns dns;
    tapir_stack_layer layers[] = {
        TAPIR_LAYER(ipv4, &ip), TAPIR_LAYER(udp, &udp), TAPIR_LAYER(dns, &dns)};

    if (tapir_dns_finish(m, &dns) != TAPIR_OK)
        fail(filter, m->trouble);
    write_frame(layers, 3, filter, scapy);
}

/* What there is to write. */

static void tcp_options(void)
{
    const struct tapir_tcp_sack_block blocks[] = {{1, 2}, {5, 9}};
    const uint32_t counters[] = {1, 2, 3};

    tapir_tcp_put_end(&w);
    tcp("tcp.option_kind == 0", "p[TCP].options[0] == ('EOL', None)");
    tapir_tcp_put_nop(&w);
    tcp("tcp.option_kind == 1", "p[TCP].options[0] == ('NOP', None)");
    tapir_tcp_put_mss(&w, 1460);
    tcp("tcp.options.mss_val == 1460", "p[TCP].options == [('MSS', 1460)]");
    tapir_tcp_put_nop(&w);
    tapir_tcp_put_window_scale(&w, 7);
    tcp("tcp.options.wscale.shift == 7", "p[TCP].options[1] == ('WScale', 7)");
    tapir_tcp_put_sack_permitted(&w);
    tcp("tcp.options.sack_perm", "p[TCP].options[0] == ('SAckOK', b'')");
    tapir_tcp_put_sack(&w, blocks, 2);
    tcp("tcp.options.sack.count == 2 && tcp.options.sack_le == 5 && tcp.options.sack_re == 9",
        "p[TCP].options[0] == ('SAck', (1, 2, 5, 9))");
    tapir_tcp_put_echo(&w, 8);
    tcp("tcp.options.echo_value == 8", "");
    tapir_tcp_put_echo_reply(&w, 9);
    tcp("tcp.options.echo_value == 9 && tcp.option_kind == 7", "");
    tapir_tcp_put_timestamps(&w, 1000, 2000);
    tcp("tcp.options.timestamp.tsval == 1000 && tcp.options.timestamp.tsecr == 2000",
        "p[TCP].options[0] == ('Timestamp', (1000, 2000))");
    tapir_tcp_put_md5(&w, text("0123456789abcdef"));
    tcp("tcp.options.md5.digest == 30:31:32:33:34:35:36:37:38:39:61:62:63:64:65:66", "");
    tapir_tcp_put_user_timeout(&w, true, 5);
    tcp("tcp.options.user_to_granularity == 1 && tcp.options.user_to_val == 5",
        "p[TCP].options[0] == ('UTO', 0x8005)");
    tapir_tcp_put_ao(&w, 1, 2, text("0123456789ab"));
    tcp("tcp.options.ao.keyid == 1 && tcp.options.ao.rnextkeyid == 2", "");
    tapir_tcp_put_mptcp(&w, TAPIR_MPTCP_PRIO, 1, text("\x09"));
    tcp("tcp.options.mptcp.subtype == 5 && tcp.options.mptcp.addrid == 9", "");
    tapir_tcp_put_fast_open(&w, text("cookie"));
    tcp("tcp.options.tfo.cookie == 63:6f:6f:6b:69:65", "");
    tapir_tcp_put_acc_ecn(&w, false, counters, 3);
    tcp("tcp.options.acc_ecn.ee0b == 1 && tcp.options.acc_ecn.ee1b == 3", "");
    tapir_tcp_put_acc_ecn(&w, true, counters, 3);
    tcp("tcp.options.acc_ecn.ee1b == 1 && tcp.options.acc_ecn.ee0b == 3", "");
    tapir_tcp_put_experiment(&w, 254, TAPIR_TCP_EXPERIMENT_FAST_OPEN, text("cook"));
    tcp("tcp.options.experimental.exid == 0xf989", "");
    tapir_tcp_put_option(&w, 200, text("anything"));
    tcp("tcp.option_kind == 200 && tcp.option_len == 10",
        "p[TCP].options[0] == (200, b'anything')");
}

static void ipv4_options(void)
{
    const struct tapir_ipv4_stamp stamps[] = {{{192, 0, 2, 9}, 77}, {{192, 0, 2, 10}, 0}};

    tapir_ipv4_put_end(&w);
    ipv4("ip.opt.type == 0", "isinstance(p[IP].options[0], IPOption_EOL)");
    tapir_ipv4_put_nop(&w);
    ipv4("ip.opt.type == 1", "isinstance(p[IP].options[0], IPOption_NOP)");
    tapir_ipv4_put_record_route(&w, 3, tapir_span_of(address4, 4));
    ipv4("ip.opt.ptr == 8 && ip.rec_rt == 192.0.2.1 && ip.empty_rt == 0.0.0.0",
        "p[IP].options[0].routers[0] == '192.0.2.1' and p[IP].options[0].pointer == 8");
    tapir_ipv4_put_loose_route(&w, tapir_span_of(address4, 8));
    ipv4("ip.opt.type == 131 && ip.src_rt == 192.0.2.1 && ip.dst == 192.0.2.2",
        "p[IP].options[0].routers == ['192.0.2.1', '192.0.2.2']");
    tapir_ipv4_put_strict_route(&w, tapir_span_of(address4, 4));
    ipv4("ip.opt.type == 137 && ip.dst == 192.0.2.1", "p[IP].options[0].routers == ['192.0.2.1']");
    tapir_ipv4_put_timestamp(&w, 1, 3, stamps, 2, 1);
    ipv4("ip.opt.flag == 3 && ip.opt.overflow == 1 && ip.opt.time_stamp == 77 && "
         "ip.opt.time_stamp_addr == 192.0.2.10",
        "p[IP].options[0].pointer == 13 and p[IP].options[0].oflw == 1");
    tapir_ipv4_put_timestamp(&w, 0, 0, NULL, 9, 0);
    ipv4("ip.opt.flag == 0 && ip.opt.len == 40", "");
    tapir_ipv4_put_router_alert(&w, 0);
    ipv4("ip.opt.ra == 0", "p[IP].options[0].alert == 0");
    tapir_ipv4_put_stream_id(&w, 258);
    ipv4("ip.opt.sid == 258", "p[IP].options[0].security == 258");
    tapir_ipv4_put_traceroute(&w, 1, 2, 3, address4);
    ipv4("ip.opt.id_number == 1 && ip.opt.ohc == 2 && ip.opt.rhc == 3 && "
         "ip.opt.originator == 192.0.2.1",
        "p[IP].options[0].originator_ip == '192.0.2.1'");
    tapir_ipv4_put_security(&w, 0xd788, 3, text("AB"), text("XYZ"));
    ipv4("ip.opt.sec_rfc791_sec == 0xd788 && ip.opt.sec_rfc791_hr == \"AB\"",
        "p[IP].options[0].transmission_control_code == b'XYZ'");
    tapir_ipv4_put_basic_security(&w, 0x5a, text("\x80"));
    ipv4("ip.opt.sec_cl == 0x5a && ip.opt.sec_prot_auth_genser == 1", "");
    tapir_ipv4_put_option(&w, 30, text("anything"));
    ipv4("ip contains 1e:0a:61:6e:79:74:68:69:6e:67", "p[IP].options[0].value == b'anything'");
}

static void ipv6_options(void)
{
    const uint32_t ids[] = {5, 6, 7};

    tapir_ipv6_put_pad1(&w);
    hop_by_hop("ipv6.opt.pad1 && ipv6.opt.padn", "isinstance(p.options[0], Pad1)");
    tapir_ipv6_put_padn(&w, 12);
    hop_by_hop("ipv6.opt.length == 12", "p.options[0].optlen == 12");
    tapir_ipv6_put_router_alert(&w, 0);
    hop_by_hop("ipv6.opt.router_alert == 0", "p.options[0].value == 0");
    tapir_ipv6_put_minimum_path_mtu(&w, 1500, 1280, true);
    hop_by_hop(
        "ipv6.opt.pmtu.min == 1500 && ipv6.opt.pmtu.rtn == 1280 && ipv6.opt.pmtu.r_flag == 1", "");
    tapir_ipv6_put_rpl(&w, 0x80, 7, 256);
    hop_by_hop("ipv6.opt.type == 0x23 && ipv6 contains 23:04:80:07:01:00", "");
    tapir_ipv6_put_option(&w, 0x1e, text("anything"));
    hop_by_hop("ipv6.opt.type == 0x1e && ipv6.opt.experimental", "p.options[0].optlen == 8");
    tapir_ipv6_put_tunnel_limit(&w, 4);
    destination("ipv6.opt.tel == 4", "");
    tapir_ipv6_put_aligned(&w, room, 8, 6);
    tapir_ipv6_put_home_address(&w, address6);
    destination("ipv6.opt.mipv6.home_address == 2001:db8::1", "p.options[1].hoa == '2001:db8::1'");

    tapir_ipv6_put_source_route(&w, tapir_span_of(address6, 32));
    routing(0, 2, "ipv6.routing.src.addr == 2001:db8::1",
        "p[IPv6ExtHdrRouting].addresses == ['2001:db8::1', '2001:db8::2']");
    tapir_ipv6_put_segments(&w, 0, 0x1234, tapir_span_of(address6, 32));
    tapir_ipv6_put_segment_tlv(&w, 4, text("\0\0\0\0\0\0"));
    routing(4, 1,
        "ipv6.routing.srh.last_entry == 1 && ipv6.routing.srh.addr == 2001:db8::2 && "
        "ipv6.routing.srh.tag == 12:34",
        "");
    tapir_ipv6_put_segments(&w, 0, 1, tapir_span_of(address6, 32));
    routing(4, 1, "ipv6.routing.srh.tag == 00:01",
        "p[IPv6ExtHdrSegmentRouting].addresses == ['2001:db8::1', '2001:db8::2']");
    tapir_ipv6_put_compact_route(&w, 2, ids, 3);
    routing(5, 1, "ipv6.routing.crh16.sid == 7 && ipv6.routing.crh16.current_sid == 6", "");
    tapir_ipv6_put_compact_route(&w, 4, ids, 2);
    routing(6, 1, "ipv6.routing.crh32.sid == 5 && ipv6.routing.crh32.current_sid == 6", "");
}

static void sctp_chunks(void)
{
    static const struct tapir_sctp_gap gaps[] = {{.start = 2, .end = 3}, {.start = 5, .end = 6}};
    static const uint32_t duplicates[] = {999};

    tapir_sctp_put_data(
        &w, TAPIR_SCTP_BEGINNING | TAPIR_SCTP_IMMEDIATE, 7, 3, 4, 51, text("hello"));
    sctp("sctp.data_tsn_raw == 7 && sctp.data_sid == 3 && sctp.data_ssn == 4 && "
         "sctp.data_payload_proto_id == 51 && sctp.data_i_bit == 1 && sctp.data_e_bit == 0 && "
         "sctp.chunk_padding == 00:00:00",
        "p[SCTPChunkData].data == b'hello' and p[SCTPChunkData].stream_id == 3");
    tapir_sctp_put_i_data(&w, TAPIR_SCTP_BEGINNING | TAPIR_SCTP_END, 7, 3, 4, 51, text("hello"));
    sctp("sctp.data_mid == 4 && sctp.data_payload_proto_id == 51", "");
    tapir_sctp_put_sack(&w, 1000, 65535, gaps, 2, duplicates, 1);
    sctp("sctp.sack_gap_block_start_tsn == 1005 && sctp.sack_duplicate_tsn == 999",
        "p[SCTPChunkSACK].gap_ack_list == ['2:3', '5:6'] and "
        "p[SCTPChunkSACK].dup_tsn_list == [999]");
    tapir_sctp_put_heartbeat(&w, text("abc"));
    sctp("sctp.parameter_heartbeat_information == 61:62:63 && sctp.chunk_length == 11", "");
    tapir_sctp_put_heartbeat_ack(&w, text("four"));
    sctp("sctp.chunk_type == 5 && sctp.parameter_heartbeat_information == 66:6f:75:72",
        "p[SCTPChunkHeartbeatAck].params[0].data == b'four'");
    tapir_sctp_put_shutdown(&w, 1234);
    sctp("sctp.shutdown_cumulative_tsn_ack == 1234", "p[SCTPChunkShutdown].cumul_tsn_ack == 1234");
    tapir_sctp_put_shutdown_ack(&w);
    sctp("sctp.chunk_type == 8", "p.haslayer('SCTPChunkShutdownAck')");
    tapir_sctp_put_shutdown_complete(&w, true);
    sctp("sctp.shutdown_complete_t_bit == 1", "p[SCTPChunkShutdownComplete].TCB == 1");
    tapir_sctp_put_cookie_echo(&w, text("abc"));
    tapir_sctp_put_data(&w, 3, 1, 0, 0, 0, text("x"));
    sctp("sctp.cookie == 61:62:63 && sctp.data_tsn_raw == 1",
        "p[SCTPChunkCookieEcho].cookie == b'abc' and p[SCTPChunkData].tsn == 1");
    tapir_sctp_put_cookie_ack(&w);
    sctp("sctp.chunk_type == 11", "p.haslayer('SCTPChunkCookieAck')");
    tapir_sctp_put_ecne(&w, 9);
    sctp("sctp.ecne_lowest_tsn == 9", "");
    tapir_sctp_put_cwr(&w, 9);
    sctp("sctp.cwr_lowest_tsn == 9", "");
    tapir_sctp_put_chunk(&w, TAPIR_SCTP_PAD, 0, text("x"));
    sctp("sctp.padding_data == 78", "");
}

/* An INIT with one parameter, which `put` writes through `in`. */
#define PARAMETER(put, filter, scapy)                                                              \
    do {                                                                                           \
        in = tapir_writer_of(inside, sizeof inside);                                               \
        put;                                                                                       \
        tapir_sctp_put_init(&w, 1, 65536, 10, 9, 5, tapir_written(&in, inside));                   \
        sctp("sctp.init_initiate_tag == 1 && sctp.init_nr_out_streams == 10 && " filter,           \
            "p[SCTPChunkInit].a_rwnd == 65536 and p[SCTPChunkInit].params[0]." scapy);             \
    } while (0)

static void sctp_parameters(void)
{
    static const uint16_t numbers[] = {6, 5};
    static const uint16_t algorithms[] = {3, 1};
    static const uint8_t types[] = {0xc1, 0x80};
    uint8_t inside[128];
    tapir_writer in;

    PARAMETER(tapir_sctp_put_parameter_ipv4(&in, address4),
        "sctp.parameter_ipv4_address == 192.0.2.1", "addr == '192.0.2.1'");
    PARAMETER(tapir_sctp_put_parameter_ipv6(&in, address6),
        "sctp.parameter_ipv6_address == 2001:db8::1", "addr == '2001:db8::1'");
    PARAMETER(tapir_sctp_put_parameter_cookie(&in, text("abc")),
        "sctp.parameter_state_cookie == 61:62:63", "len == 7");
    PARAMETER(tapir_sctp_put_parameter_unrecognized(&in, tapir_span_of("\xc0\xff\0\10abcd", 8)),
        "sctp.parameter_type == 8", "type == 8");
    PARAMETER(tapir_sctp_put_parameter_cookie_preservative(&in, 30000),
        "sctp.parameter_cookie_preservative_incr == 30000", "sug_cookie_inc == 30000");
    PARAMETER(tapir_sctp_put_parameter_hostname(&in, text("lamp.example")),
        "sctp.parameter_hostname == \"lamp.example\"", "hostname == b'lamp.example\\0'");
    PARAMETER(tapir_sctp_put_parameter_address_types(&in, numbers, 2),
        "sctp.parameter_supported_address_type == 5", "addr_type_list == [6, 5]");
    PARAMETER(tapir_sctp_put_parameter_ecn(&in), "sctp.parameter_type == 0x8000", "len == 4");
    PARAMETER(tapir_sctp_put_parameter_forward_tsn(&in), "sctp.parameter_type == 0xc000",
        "type == 0xc000");
    PARAMETER(tapir_sctp_put_parameter_random(&in, text("12345")),
        "sctp.random_number == 31:32:33:34:35", "random == b'12345'");
    PARAMETER(tapir_sctp_put_parameter_chunks(&in, types, 2), "sctp.chunk_type_to_auth == 0x80",
        "chunk_list == [0xc1, 0x80]");
    PARAMETER(tapir_sctp_put_parameter_hmacs(&in, algorithms, 2), "sctp.hmac_id == 3",
        "HMAC_functions_list == [3, 1]");
    PARAMETER(tapir_sctp_put_parameter_extensions(&in, types, 2),
        "sctp.supported_chunk_type == 0xc1", "supported_extensions == [0xc1, 0x80]");
    PARAMETER(tapir_sctp_put_parameter_adaptation(&in, 7), "sctp.adaptation_layer_indication == 7",
        "indication == 7");
    PARAMETER(tapir_sctp_put_parameter(&in, 0xc0ff, text("x")), "sctp.parameter_value == 78",
        "load == b'\\xc0\\xff\\0\\5x'");
    in = tapir_writer_of(inside, sizeof inside);
    tapir_sctp_put_parameter_cookie(&in, text("abc"));
    tapir_sctp_put_init_ack(&w, 1, 2, 3, 4, 5, tapir_written(&in, inside));
    sctp("sctp.initack_initial_tsn == 5 && sctp.parameter_state_cookie == 61:62:63",
        "p[SCTPChunkInitAck].init_tsn == 5");
}

/* The same for an ERROR with one cause. */
#define CAUSE(put, filter)                                                                         \
    do {                                                                                           \
        in = tapir_writer_of(inside, sizeof inside);                                               \
        put;                                                                                       \
        tapir_sctp_put_error(&w, tapir_written(&in, inside));                                      \
        sctp("sctp.chunk_type == 9 && " filter, "p.haslayer('SCTPChunkError')");                   \
    } while (0)

static void sctp_causes(void)
{
    static const uint16_t types[] = {TAPIR_SCTP_PARAMETER_COOKIE};
    uint8_t inside[128], deeper[64];
    tapir_writer in, parameter = tapir_writer_of(deeper, sizeof deeper);
    tapir_span address;

    tapir_sctp_put_parameter_ipv4(&parameter, address4);
    address = tapir_written(&parameter, deeper);
    CAUSE(tapir_sctp_put_cause_stream(&in, 7), "sctp.cause_stream_identifier == 7");
    CAUSE(tapir_sctp_put_cause_missing_parameter(&in, types, 1),
        "sctp.cause_missing_parameter_type == 7");
    CAUSE(tapir_sctp_put_cause_stale_cookie(&in, 123456),
        "sctp.cause_measure_of_staleness == 123456");
    CAUSE(tapir_sctp_put_cause_resources(&in), "sctp.cause_code == 4");
    CAUSE(tapir_sctp_put_cause_address(&in, address),
        "sctp.cause_code == 5 && sctp.parameter_ipv4_address == 192.0.2.1");
    CAUSE(tapir_sctp_put_cause_chunk(&in, tapir_span_of("\x3f\0\0\4", 4)), "sctp.cause_code == 6");
    CAUSE(tapir_sctp_put_cause_invalid_parameter(&in), "sctp.cause_code == 7");
    CAUSE(tapir_sctp_put_cause_parameters(&in, address),
        "sctp.cause_code == 8 && sctp.parameter_ipv4_address == 192.0.2.1");
    CAUSE(tapir_sctp_put_cause_no_data(&in, 77), "sctp.cause_tsn == 77");
    CAUSE(tapir_sctp_put_cause_shutting_down(&in), "sctp.cause_code == 10");
    CAUSE(tapir_sctp_put_cause_restart(&in, address),
        "sctp.cause_code == 11 && sctp.parameter_ipv4_address == 192.0.2.1");
    CAUSE(tapir_sctp_put_cause_violation(&in, text("no")), "sctp.cause_code == 13");
    CAUSE(tapir_sctp_put_cause(&in, 0x0f00, text("x")), "sctp.cause_information == 78");
    in = tapir_writer_of(inside, sizeof inside);
    tapir_sctp_put_cause_user_abort(&in, text("bye"));
    tapir_sctp_put_abort(&w, true, tapir_written(&in, inside));
    sctp("sctp.abort_t_bit == 1 && sctp.cause_code == 12", "p[SCTPChunkAbort].TCB == 1");
}

static void pppoe_tags(void)
{
    tapir_pppoe_put_service_name(&w, text("isp"));
    pppoe("pppoed.tags.service_name == \"isp\"", "p[PPPoED_Tags].tag_list[0].tag_value == b'isp'");
    tapir_pppoe_put_ac_name(&w, text("ac-1"));
    pppoe("pppoed.tags.ac_name == \"ac-1\"", "p[PPPoED_Tags].tag_list[0].tag_type == 0x102");
    tapir_pppoe_put_host_uniq(&w, text("mine"));
    tapir_pppoe_put_end(&w);
    pppoe("pppoed.tags.host_uniq == 6d:69:6e:65", "len(p[PPPoED_Tags].tag_list) == 2");
    tapir_pppoe_put_ac_cookie(&w, text("cookie"));
    pppoe("pppoed.tags.ac_cookie == 63:6f:6f:6b:69:65", "");
    tapir_pppoe_put_vendor(&w, TAPIR_PPPOE_VENDOR_BROADBAND_FORUM, text("\1\3abc"));
    pppoe("pppoed.tags.vendor_id == 3561 && pppoed.tags.circuit_id == \"abc\"", "");
    tapir_pppoe_put_relay_session(&w, text("relay"));
    pppoe("pppoed.tags.relay_session_id == 72:65:6c:61:79", "");
    tapir_pppoe_put_max_payload(&w, 1500);
    pppoe("pppoed.tags.max_payload == 05:dc", "");
    tapir_pppoe_put_service_error(&w, text("none"));
    pppoe("pppoed.tags.service_name_error == \"none\"", "");
    tapir_pppoe_put_ac_error(&w, text("full"));
    pppoe("pppoed.tags.ac_system_error == \"full\"", "");
    tapir_pppoe_put_generic_error(&w, text("bye"));
    pppoe("pppoed.tags.generic_error == \"bye\"", "");
    tapir_pppoe_put_tag(&w, 0x777, text("x"));
    pppoe("pppoed.tag == 0x777", "p[PPPoED_Tags].tag_list[0].tag_len == 1");
}

/* The payload length of a jumbogram is 0, which only a packet of more than 64 KiB may say. */
static void jumbo(void)
{
    struct tapir_ipv6 ip = ipv6_header();
    struct tapir_ipv6_hopopts header = {0};
    struct tapir_udp udp = {.src_port = 40000, .dst_port = 9};
    static const uint8_t payload[66000];
    struct tapir_data data = {.bytes = tapir_span_of(payload, sizeof payload)};
    tapir_stack_layer layers[] = {TAPIR_LAYER(ipv6, &ip), TAPIR_LAYER(ipv6_hopopts, &header),
        TAPIR_LAYER(udp, &udp), TAPIR_LAYER(data, &data)};

    tapir_ipv6_put_jumbo(&w, sizeof payload + 16);
    header.options = written("jumbo");
    write_frame(layers, 4, "ipv6.opt.jumbo == 66016", "p.options[0].jumboplen == 66016");
}

static void ndp_options(void)
{
    static const char *const names[] = {"example.com", "corp.example"};

    tapir_ndp_put_source_link_address(&w, tapir_span_of("\x00\x11\x22\x33\x44\x55", 6));
    ndp("icmpv6.opt.src_linkaddr == 00:11:22:33:44:55",
        "p[ICMPv6NDOptSrcLLAddr].lladdr == '00:11:22:33:44:55'");
    tapir_ndp_put_target_link_address(&w, tapir_span_of("\x00\x11\x22\x33\x44\x55", 6));
    ndp("icmpv6.opt.target_linkaddr == 00:11:22:33:44:55",
        "p[ICMPv6NDOptDstLLAddr].lladdr == '00:11:22:33:44:55'");
    tapir_ndp_put_prefix(&w, 64, 0xc0, 1000, 500, address6);
    ndp("icmpv6.opt.prefix == 2001:db8::1 && icmpv6.opt.prefix.length == 64 && "
        "icmpv6.opt.prefix.valid_lifetime == 1000 && icmpv6.opt.prefix.flag.a == 1",
        "p[ICMPv6NDOptPrefixInfo].preferredlifetime == 500");
    tapir_ndp_put_redirected_header(&w, tapir_span_of(address6, 10));
    ndp("icmpv6.opt.type == 4 && icmpv6.opt.length == 3", "");
    tapir_ndp_put_mtu(&w, 1492);
    ndp("icmpv6.opt.mtu == 1492", "p[ICMPv6NDOptMTU].mtu == 1492");
    tapir_ndp_put_advertisement_interval(&w, 600000);
    ndp("icmpv6.opt.advertisement_interval == 600000",
        "p[ICMPv6NDOptAdvInterval].advint == 600000");
    tapir_ndp_put_home_agent(&w, 3, 1800);
    ndp("icmpv6.opt.home_agent_preference == 3 && icmpv6.opt.home_agent_lifetime == 1800",
        "p[ICMPv6NDOptHAInfo].pref == 3");
    tapir_ndp_put_timestamp(&w, (uint64_t)1700000000 << 16);
    ndp("icmpv6.opt.timestamp == \"2023-11-14 22:13:20\"", "");
    tapir_ndp_put_nonce(&w, text("random"));
    ndp("icmpv6.opt.nonce == 72:61:6e:64:6f:6d", "");
    tapir_ndp_put_route(&w, 48, 0x08, 3600, address6);
    ndp("icmpv6.opt.prefix == 2001:db8:: && icmpv6.opt.route_lifetime == 3600 && "
        "icmpv6.opt.route_info.flag.route_preference == 1",
        "p[ICMPv6NDOptRouteInfo].plen == 48 and p[ICMPv6NDOptRouteInfo].prf == 1");
    tapir_ndp_put_dns_servers(&w, 1200, tapir_span_of(address6, 32));
    ndp("icmpv6.opt.rdnss == 2001:db8::2 && icmpv6.opt.rdnss.lifetime == 1200",
        "p[ICMPv6NDOptRDNSS].dns == ['2001:db8::1', '2001:db8::2']");
    tapir_ndp_put_dns_search(&w, 600, names, 2);
    ndp("icmpv6.opt.dnssl == \"corp.example\" && icmpv6.opt.dnssl.lifetime == 600",
        "p[ICMPv6NDOptDNSSL].searchlist[:2] == ['example.com.', 'corp.example.']");
    tapir_ndp_put_captive_portal(&w, text("https://portal.example"));
    ndp("icmpv6.opt.captive_portal == \"https://portal.example\"", "");
    tapir_ndp_put_pref64(&w, 75, 0, address6);
    ndp("icmpv6.opt.pref64.scaled_lifetime == 75 && icmpv6.opt.pref64.plc == 0", "");
    tapir_ndp_put_option(&w, 200, text("anything"));
    ndp("icmpv6.opt.type == 200 && icmpv6.opt.length == 2", "");
}

static void icmp_items(void)
{
    const struct tapir_icmp_label labels[] = {
        {.label = 16000, .traffic_class = 5, .ttl = 64}, {.label = 17, .bottom = true, .ttl = 1}};
    struct tapir_icmpv6 header = {.type = TAPIR_ICMPV6_TIME_EXCEEDED, .error = {.length = 16}};
    struct tapir_ipv6 ip = ipv6_header(), quoted = ipv6_header();
    struct tapir_udp udp = {.src_port = 40000, .dst_port = 9};
    tapir_stack_layer layers[] = {TAPIR_LAYER(ipv6, &ip), TAPIR_LAYER(icmpv6, &header),
        TAPIR_LAYER(ipv6, &quoted), TAPIR_LAYER(udp, &udp)};
    uint8_t objects[64];
    const char *filter = "icmp.mpls.label == 16000 && icmp.mpls.ttl == 1 && "
                         "icmp.ext.checksum.status == 1 && icmp.ext.class == 77";

    w = tapir_writer_of(objects, sizeof objects);
    tapir_icmp_put_label_stack(&w, labels, 2);
    tapir_icmp_put_object(&w, 77, 3, text("anything"));
    header.extensions = tapir_written(&w, objects);
    w = tapir_writer_of(room, sizeof room);
    tapir_icmp_put_extensions(&w, header.extensions);
    header.extensions = written(filter);
    write_frame(layers, 4, filter, "");

    tapir_mld_put_record(&w, 4, address6, NOTHING, NOTHING);
    tapir_mld_put_record(&w, 5, address6 + 16, tapir_span_of(address6, 32), NOTHING);
    mld(2,
        "icmpv6.mldr.mar.record_type == 4 && icmpv6.mldr.mar.source_address == 2001:db8::2 && "
        "icmpv6.mldr.mar.multicast_address == 2001:db8::2",
        "p[ICMPv6MLReport2].records[0].payload.sources == ['2001:db8::1', '2001:db8::2']");
}

/* Each message has a question and one record, names compressed. */
#define RECORD(put, filter, scapy)                                                                 \
    do {                                                                                           \
        tapir_dns_writer m = tapir_dns_writer_of(message, sizeof message, 1, TAPIR_DNS_RESPONSE);  \
        m.compress = true;                                                                         \
        tapir_dns_put_question(&m, "www.example.com", TAPIR_DNS_TYPE_ANY, 1);                      \
        put;                                                                                       \
        dns_message(&m, filter, scapy);                                                            \
    } while (0)

static void dns_records(void)
{
    const tapir_span protocols[] = {text("h2"), text("h3")};
    const uint16_t keys[] = {TAPIR_SVCB_ALPN};
    static uint8_t message[4096], many[300];
    const tapir_span texts[] = {text("v=1"), tapir_span_of(many, sizeof many)};
    const char *name = "www.example.com";

    memset(many, 'x', sizeof many);
    RECORD(tapir_dns_put_a(&m, name, 300, address4),
        "dns.qry.name == \"www.example.com\" && dns.a == 192.0.2.1 && dns.resp.ttl == 300",
        "p[DNS].an[0].rdata == '192.0.2.1' and p[DNS].an[0].rrname == b'www.example.com.'");
    RECORD(tapir_dns_put_aaaa(&m, name, 300, address6), "dns.aaaa == 2001:db8::1",
        "p[DNS].an[0].rdata == '2001:db8::1'");
    RECORD(tapir_dns_put_ns(&m, name, 300, "ns.example.com"), "dns.ns == \"ns.example.com\"",
        "p[DNS].an[0].rdata == b'ns.example.com.'");
    RECORD(tapir_dns_put_cname(&m, name, 300, "example.com"), "dns.cname == \"example.com\"",
        "p[DNS].an[0].rdata == b'example.com.'");
    RECORD(tapir_dns_put_ptr(&m, name, 300, "host.example.com"),
        "dns.ptr.domain_name == \"host.example.com\"",
        "p[DNS].an[0].rdata == b'host.example.com.'");
    RECORD(tapir_dns_put_dname(&m, name, 300, "example.net"), "dns.dname == \"example.net\"", "");
    RECORD(tapir_dns_put_mx(&m, name, 300, 10, "mail.example.com"),
        "dns.mx.preference == 10 && dns.mx.mail_exchange == \"mail.example.com\"",
        "p[DNS].an[0].exchange == b'mail.example.com.'");
    RECORD(tapir_dns_put_soa(&m, name, 300, "ns.example.com", "admin.example.com", 1, 2, 3, 4, 5),
        "dns.soa.mname == \"ns.example.com\" && dns.soa.rname == \"admin.example.com\" && "
        "dns.soa.minimum_ttl == 5",
        "p[DNS].an[0].rname == b'admin.example.com.' and p[DNS].an[0].minimum == 5");
    RECORD(tapir_dns_put_txt(&m, name, 300, texts, 2),
        "dns.txt == \"v=1\" && dns.txt.length == 255 && dns.txt.length == 45",
        "p[DNS].an[0].rdata == [b'v=1', b'x' * 255, b'x' * 45]");
    RECORD(tapir_dns_put_srv(&m, "_sip._udp.example.com", 300, 1, 2, 5060, "sip.example.com"),
        "dns.srv.port == 5060 && dns.srv.target == \"sip.example.com\" && "
        "dns.srv.service == \"_sip\"",
        "p[DNS].an[0].port == 5060 and p[DNS].an[0].target == b'sip.example.com.'");
    RECORD(tapir_dns_put_caa(&m, name, 300, 128, "issue", text("ca.example")),
        "dns.caa.flags.issuer_critical == 1 && dns.caa.issue && dns.caa.value == \"ca.example\"",
        "");
    tapir_svcb_put_mandatory(&w, keys, 1);
    tapir_svcb_put_alpn(&w, protocols, 2);
    tapir_svcb_put_no_default_alpn(&w);
    tapir_svcb_put_port(&w, 8443);
    tapir_svcb_put_ipv4hint(&w, tapir_span_of(address4, 8));
    tapir_svcb_put_ipv6hint(&w, tapir_span_of(address6, 32));
    RECORD(tapir_dns_put_https(&m, name, 300, 1, ".", written("https")),
        "dns.svcb.svcparam.mandatory.key == 1 && dns.svcb.svcparam.alpn == \"h3\" && "
        "dns.svcb.svcparam.port == 8443 && dns.svcb.svcparam.ipv4hint.ip == 192.0.2.2 && "
        "dns.svcb.svcparam.ipv6hint.ip == 2001:db8::2",
        "");
    tapir_svcb_put_parameter(&w, 99, text("anything"));
    RECORD(tapir_dns_put_svcb(&m, name, 300, 1, "svc.example.com", written("svcb")),
        "dns.svcb.targetname == \"svc.example.com\" && dns.svcb.svcparam.key == 99", "");
    tapir_edns_put_client_subnet(&w, tapir_span_of(address4, 4), 24, 0);
    tapir_edns_put_cookie(&w, address6, text("serverside"));
    tapir_edns_put_option(&w, TAPIR_EDNS_OPTION_PADDING, text("\0\0\0\0"));
    RECORD((tapir_dns_section(&m, TAPIR_DNS_ADDITIONALS),
               tapir_dns_put_opt(&m, 1232, 0, 0, TAPIR_EDNS_DO, written("opt"))),
        "dns.count.add_rr == 1 && dns.rr.udp_payload_size == 1232 && dns.resp.z.do == 1 && "
        "dns.opt.client.addr4 == 192.0.2.0 && dns.opt.cookie.server && dns.opt.padding",
        "p[DNS].ar[0].rclass == 1232");
    RECORD(tapir_dns_put_record(&m, name, 65280, 300, text("anything")),
        "dns.resp.type == 65280 && dns.resp.len == 8", "p[DNS].an[0].rdata == b'anything'");
}

int main(int argc, char **argv)
{
    const tapir_sink_options options = {.size = sizeof options, .link_type = TAPIR_LINK_TYPE_RAW};
    tapir_error error;

    if (argc != 2) {
        fputs("usage: written FILE\n", stderr);
        return 1;
    }
    if (tapir_sink_open_file(&sink, argv[1], &options, &error) != TAPIR_OK)
        fail(argv[1], error.message);
    builder = tapir_builder_new();
    if (!builder)
        fail(argv[1], "out of memory");
    w = tapir_writer_of(room, sizeof room);
    tcp_options();
    ipv4_options();
    ipv6_options();
    jumbo();
    sctp_chunks();
    sctp_parameters();
    sctp_causes();
    pppoe_tags();
    ndp_options();
    icmp_items();
    dns_records();
    tapir_builder_free(builder);
    if (tapir_sink_close(sink, &error) != TAPIR_OK)
        fail(argv[1], error.message);
    return 0;
}
