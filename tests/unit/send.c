/* Sinks that send, as far as that goes without an interface: what frames they take, and what calls
 * they have. */
#include "capture.h"

#include "capture/send.h"

static void needs_an_interface_and_sense(void **state)
{
    static const struct {
        const char *interface;
        tapir_send_options options;
        tapir_status status;
        const char *says;
    } wrong[] = {
        {"", {0}, TAPIR_INVALID, "name an interface"},
        {"any", {0}, TAPIR_INVALID, "one interface"},
        {"afpacket:any", {0}, TAPIR_INVALID, "one interface"},
        {"lo", {.method = 9}, TAPIR_INVALID, "method number 9"},
        {"lo", {.ring = 100}, TAPIR_INVALID, "power of two"},
        {"lo", {.ring = 1 << 20}, TAPIR_INVALID, "power of two"},
        {"lo", {.copy = true, .zero_copy = true}, TAPIR_INVALID, "copied"},
        {"lo", {.timeout = -1}, TAPIR_INVALID, "negative"},
        {"no-such-one", {0}, TAPIR_NOT_FOUND, "no such interface"},
        {"pcap:no-such-one", {0}, TAPIR_NOT_FOUND, "no such interface"},
    };

    (void)state;
    for (size_t i = 0; i < TAPIR_COUNT(wrong); i++) {
        tapir_send_options options = wrong[i].options;
        tapir_error error;
        tapir_sink *sink;
        options.size = sizeof options;
        assert_int_equal(
            tapir_send_open(&sink, wrong[i].interface, &options, &error), wrong[i].status);
        assert_null(sink);
        assert_non_null(strstr(error.message, wrong[i].says));
    }
}

static void methods_have_names(void **state)
{
    (void)state;
    assert_string_equal(tapir_send_method_name(TAPIR_SEND_BEST), "best");
    assert_string_equal(tapir_send_method_name(TAPIR_SEND_AFPACKET), "afpacket");
    assert_string_equal(tapir_send_method_name((tapir_send_method)77), "best");
    assert_true(tapir_send_has(TAPIR_SEND_BEST) && tapir_send_has(TAPIR_SEND_PCAP));
    assert_false(tapir_send_has((tapir_send_method)77));
}

/* A sink that could send. */

static void complete(tapir__send *send)
{
    (void)send;
}

static tapir_status drain(tapir__send *send, int64_t deadline)
{
    (void)send;
    (void)deadline;
    return TAPIR_OK;
}

static const tapir__send_kind send_kind = {
    .method = TAPIR_SEND_PCAP, .complete = complete, .drain = drain};
static const tapir__sink_kind kind = {.packets = tapir__send_packets, .send = &send_kind};

static tapir__send ethernet(void)
{
    return (tapir__send){.sink = {.kind = &kind},
        .name = "eth9",
        .link_type = TAPIR_LINK_TYPE_ETHERNET,
        .header_len = 14,
        .longest = 1514,
        .takes_tags = true};
}

static const uint8_t content[2000] = {[12] = 0x08};

static tapir_frame frame_of(uint32_t len)
{
    return (tapir_frame){
        .data = content, .caplen = len, .len = len, .link_type = TAPIR_LINK_TYPE_ETHERNET};
}

static tapir_status take(tapir__send *send, tapir_frame frame, uint32_t *len)
{
    tapir__sendable out = {0};
    tapir_status status = tapir__send_take(send, &frame, &out);

    *len = out.len;
    return status;
}

static void takes_what_fits_the_interface(void **state)
{
    tapir__send send = ethernet();
    uint32_t len;

    (void)state;
    assert_int_equal(take(&send, frame_of(14), &len), TAPIR_OK);
    assert_int_equal(len, 14);
    assert_int_equal(take(&send, frame_of(1514), &len), TAPIR_OK);
    assert_int_equal(take(&send, frame_of(13), &len), TAPIR_INVALID);
    assert_int_equal(take(&send, frame_of(0), &len), TAPIR_INVALID);
    assert_int_equal(take(&send, frame_of(1515), &len), TAPIR_TOO_WIDE);
    assert_non_null(strstr(send.sink.error.message, "1515 bytes"));
    assert_int_equal(send.stats.too_long, 1);
    assert_int_equal(send.stats.wrong_link_type, 2);
}

static void a_tag_may_be_on_top(void **state)
{
    static const uint8_t tagged[2000] = {[12] = 0x81}, service[2000] = {[12] = 0x88, [13] = 0xa8};
    tapir__send send = ethernet();
    tapir_frame frame = frame_of(1518);
    uint32_t len;

    (void)state;
    frame.data = tagged;
    assert_int_equal(take(&send, frame, &len), TAPIR_OK);
    frame.caplen = frame.len = 1519;
    assert_int_equal(take(&send, frame, &len), TAPIR_TOO_WIDE);
    frame.caplen = frame.len = 1518;
    frame.data = service; /* the kernel's rule */
    assert_int_equal(take(&send, frame, &len), TAPIR_TOO_WIDE);
    /* The hardware took it off. */
    frame = frame_of(1514);
    frame.has_vlan = true;
    frame.vlan_tci = 42;
    assert_int_equal(take(&send, frame, &len), TAPIR_OK);
    assert_int_equal(len, 1518);
    assert_int_equal((uint8_t)send.tagged.data[15], 42);
    send.takes_tags = false;
    assert_int_equal(take(&send, frame, &len), TAPIR_TOO_WIDE);
    tapir_text_clear(&send.tagged);
}

static void cut_frames_are_for_those_who_want_them(void **state)
{
    tapir__send send = ethernet();
    tapir_frame frame = frame_of(100);
    uint32_t len;

    (void)state;
    frame.len = 5000;
    assert_int_equal(take(&send, frame, &len), TAPIR_TRUNCATED);
    assert_int_equal(send.stats.truncated, 1);
    send.options.truncated = true;
    assert_int_equal(take(&send, frame, &len), TAPIR_OK);
    assert_int_equal(len, 100);
}

static void check_sequences_are_left_out(void **state)
{
    tapir__send send = ethernet();
    tapir_frame frame = frame_of(1518);
    uint32_t len;

    (void)state;
    frame.fcs_len = 4;
    assert_int_equal(take(&send, frame, &len), TAPIR_OK);
    assert_int_equal(len, 1514);
    frame.caplen = 1514; /* all but the sequence was captured */
    assert_int_equal(take(&send, frame, &len), TAPIR_OK);
    assert_int_equal(len, 1514);
    frame.caplen = 1513;
    assert_int_equal(take(&send, frame, &len), TAPIR_TRUNCATED);
}

static void raw_interfaces_take_both_versions(void **state)
{
    tapir__send send = ethernet();
    tapir_frame frame = frame_of(20);
    uint32_t len;

    (void)state;
    assert_int_equal(take(&send, frame_of(20), &len), TAPIR_OK);
    send.link_type = TAPIR_LINK_TYPE_RAW;
    assert_int_equal(take(&send, frame_of(20), &len), TAPIR_INVALID);
    assert_non_null(strstr(send.sink.error.message, "tapir convert"));
    for (size_t i = 0; i < 3; i++) {
        frame.link_type =
            (uint16_t[]){TAPIR_LINK_TYPE_RAW, TAPIR_LINK_TYPE_IPV4, TAPIR_LINK_TYPE_IPV6}[i];
        assert_int_equal(take(&send, frame, &len), TAPIR_OK);
    }
}

static void calls_about_pcapng_are_not_there(void **state)
{
    const tapir_pcapng_list *options = (const tapir_pcapng_list *)(const void *)content;
    const tapir_interface interface = {.link_type = 1};
    const tapir_pcapng_block block = {.type = 6};
    tapir__send send = ethernet();
    tapir_sink *sink = &send.sink;
    const tapir_frame frame = frame_of(60);

    (void)state;
    assert_int_equal(tapir_sink_write_options(sink, &frame, options), TAPIR_UNSUPPORTED);
    assert_int_equal(tapir_sink_start_section(sink, NULL), TAPIR_UNSUPPORTED);
    assert_int_equal(tapir_sink_add_interface(sink, &interface, NULL), TAPIR_UNSUPPORTED);
    assert_int_equal(tapir_sink_add_names(sink, NULL, 0, NULL), TAPIR_UNSUPPORTED);
    assert_int_equal(tapir_sink_add_statistics(sink, 0, NULL, NULL), TAPIR_UNSUPPORTED);
    assert_int_equal(
        tapir_sink_add_secrets(sink, 0, tapir_span_of(content, 1), NULL), TAPIR_UNSUPPORTED);
    assert_int_equal(
        tapir_sink_add_custom(sink, 1, tapir_span_of(content, 1), true), TAPIR_UNSUPPORTED);
    assert_int_equal(tapir_sink_add_journal(sink, tapir_span_of(content, 1)), TAPIR_UNSUPPORTED);
    assert_int_equal(
        tapir_sink_add_block(sink, 99, tapir_span_of(content, 1), NULL), TAPIR_UNSUPPORTED);
    assert_int_equal(tapir_sink_copy_block(sink, &block, NULL), TAPIR_UNSUPPORTED);
    assert_int_equal(tapir_sink_rotate(sink), TAPIR_UNSUPPORTED);
    assert_non_null(strstr(tapir_sink_error(sink)->message, "pcapng"));
    assert_int_equal(tapir_sink_interface_count(sink), 1);
    assert_int_equal(tapir_sink_format_of(sink), TAPIR_FORMAT_PCAP);
    assert_null(tapir_sink_path(sink));
}

static void statistics_add_up(void **state)
{
    tapir__send send = ethernet();
    tapir_send_stats stats;

    (void)state;
    for (uint32_t i = 1; i <= 5; i++)
        tapir__send_accept(&send, i);
    tapir__send_done(&send, 1);
    send.stats.failed_packets = 1;
    tapir_send_stats_get(&send.sink, &stats);
    assert_int_equal(stats.packets, 5);
    assert_int_equal(stats.bytes, 15);
    assert_int_equal(stats.pending_packets, 3);
    assert_int_equal(tapir_sink_packets(&send.sink), 5);
    assert_int_equal(tapir_send_wait(&send.sink, 0), TAPIR_OK);
    assert_int_equal(tapir_send_link_type(&send.sink), TAPIR_LINK_TYPE_ETHERNET);
    assert_int_equal(tapir_send_longest(&send.sink), 1514);
    assert_int_equal(tapir_send_method_of(&send.sink), TAPIR_SEND_PCAP);
}

static void files_do_not_send(void **state)
{
    tapir_send_stats stats;
    tapir_error error;
    tapir_sink *sink;

    (void)state;
    assert_int_equal(tapir_sink_open_file(&sink, "/dev/null", NULL, &error), TAPIR_OK);
    tapir_send_stats_get(sink, &stats);
    assert_int_equal(stats.packets, 0);
    assert_int_equal(tapir_send_wait(sink, 0), TAPIR_INVALID);
    assert_int_equal(tapir_send_link_type(sink), TAPIR_LINK_TYPE_UNKNOWN);
    assert_int_equal(tapir_send_longest(sink), 0);
    assert_int_equal(tapir_send_method_of(sink), TAPIR_SEND_BEST);
    tapir_send_break(sink);
    assert_int_equal(tapir_sink_close(sink, &error), TAPIR_OK);
    assert_int_equal(tapir_sink_close(NULL, &error), TAPIR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(needs_an_interface_and_sense),
        cmocka_unit_test(methods_have_names),
        cmocka_unit_test(takes_what_fits_the_interface),
        cmocka_unit_test(a_tag_may_be_on_top),
        cmocka_unit_test(cut_frames_are_for_those_who_want_them),
        cmocka_unit_test(check_sequences_are_left_out),
        cmocka_unit_test(raw_interfaces_take_both_versions),
        cmocka_unit_test(calls_about_pcapng_are_not_there),
        cmocka_unit_test(statistics_add_up),
        cmocka_unit_test(files_do_not_send),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
