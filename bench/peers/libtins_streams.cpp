// libtins: StreamFollower. It follows no tunnels, and never steps over what is missing.
#include "found.h"
#include <memory>
#include <tins/tcp_ip/stream_follower.h>
#include <tins/tins.h>

using namespace Tins;
using TCPIP::Stream;
using TCPIP::StreamFollower;

namespace
{

// Both streams of a connection, for as long as its callbacks are there.
struct Pair {
    uint8_t client[16], server[16];
    size_t address_len;
    unsigned client_port, server_port;
    struct found way[2];

    explicit Pair(const Stream &stream)
        : address_len(stream.is_v6() ? 16 : 4), client_port(stream.client_port()),
          server_port(stream.server_port()), way()
    {
        if (stream.is_v6()) {
            stream.client_addr_v6().copy(client);
            stream.server_addr_v6().copy(server);
        } else {
            uint32_t from = stream.client_addr_v4(), to = stream.server_addr_v4();
            memcpy(client, &from, 4);
            memcpy(server, &to, 4);
        }
    }

    ~Pair()
    {
        found_stream(&way[0], client, server, address_len, client_port, server_port);
        found_stream(&way[1], server, client, address_len, server_port, client_port);
    }
};

void on_new_stream(Stream &stream)
{
    auto pair = std::make_shared<Pair>(stream);

    stream.client_data_callback([pair](Stream &of) {
        found_bytes(&pair->way[0], of.client_payload().data(), of.client_payload().size());
    });
    stream.server_data_callback([pair](Stream &of) {
        found_bytes(&pair->way[1], of.server_payload().data(), of.server_payload().size());
    });
}

size_t follow_file(const char *path)
{
    FileSniffer sniffer(path);
    StreamFollower follower;
    size_t packets = 0;

    follower.new_stream_callback(on_new_stream);
    while (Packet packet = sniffer.next_packet()) {
        follower.process_packet(packet);
        packets++;
    }
    return packets;
}

uint64_t follow_frames(const struct capture *capture, void *)
{
    found_begin(nullptr);
    {
        StreamFollower follower;
        follower.new_stream_callback(on_new_stream);
        for (size_t i = 0; i < capture->count; i++) {
            const struct frame *frame = &capture->frames[i];
            Packet packet(new EthernetII(frame->data, frame->len),
                std::chrono::microseconds(frame_time(frame) / 1000), Packet::own_pdu());
            follower.process_packet(packet);
        }
    }
    return all_found.sum;
}

} // namespace

int main(int argc, char **argv)
{
    crc_init();
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "file") == 0) {
        found_begin(argv[3]);
        double start = now_ns();
        size_t packets = follow_file(argv[2]);
        start = now_ns() - start;
        found_end();
        report(start, packets, all_found.sum);
    } else if (argc == 4 && strcmp(argv[1], "memory") == 0) {
        struct capture capture = load(argv[2]);
        measure(&capture, atoi(argv[3]), follow_frames, nullptr);
        found_end();
        putchar('\n');
        unload(&capture);
    } else {
        fail("usage", "libtins_streams file FILE [STREAMS] | libtins_streams memory FILE PASSES");
    }
    return 0;
}
