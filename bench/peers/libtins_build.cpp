/* libtins: the same objects changed and serialized again and again. */
#include "packets.h"
#include <tins/tins.h>

using namespace Tins;

/* VXLAN, which libtins does not have, the way its users add a protocol. */
class Vxlan : public PDU
{
  public:
    static const PDUType pdu_flag = USER_DEFINED_PDU;

    explicit Vxlan(uint32_t vni) : vni_(vni)
    {
    }
    Vxlan *clone() const override
    {
        return new Vxlan(*this);
    }
    uint32_t header_size() const override
    {
        return 8;
    }
    PDUType pdu_type() const override
    {
        return pdu_flag;
    }
    void write_serialization(uint8_t *buffer, uint32_t) override
    {
        const uint8_t header[8] = {
            8, 0, 0, 0, uint8_t(vni_ >> 16), uint8_t(vni_ >> 8), uint8_t(vni_), 0};
        memcpy(buffer, header, sizeof header);
    }

  private:
    uint32_t vni_;
};

struct Stack {
    EthernetII frame;
    IP *ip = nullptr, *tunnel_ip = nullptr;
    IPv6 *ip6 = nullptr;
    TCP *tcp = nullptr;
    UDP *udp = nullptr;
    PDU::serialization_type bytes;
};

static IP make_ip(const uint8_t *src, const uint8_t *dst)
{
    IP ip;
    uint32_t word;

    memcpy(&word, src, 4);
    ip.src_addr(IPv4Address(word));
    memcpy(&word, dst, 4);
    ip.dst_addr(IPv4Address(word));
    ip.ttl(TTL);
    return ip;
}

static EthernetII make_tcp()
{
    uint8_t payload[TCP_PAYLOAD];
    TCP tcp(DST_PORT, SRC_PORT);

    make_payload(payload, sizeof payload);
    tcp.ack_seq(1);
    tcp.flags(TCP::PSH | TCP::ACK);
    tcp.window(65535);
    return EthernetII(dst_mac, src_mac) / make_ip(src_ip, dst_ip) / tcp /
           RawPDU(payload, sizeof payload);
}

static void find_tcp(Stack &stack, PDU *inside)
{
    stack.ip = &inside->rfind_pdu<IP>();
    stack.tcp = &inside->rfind_pdu<TCP>();
}

static void make_tcp_stack(Stack &stack)
{
    stack.frame = make_tcp();
    find_tcp(stack, &stack.frame);
}

static void make_vxlan_stack(Stack &stack)
{
    stack.frame = EthernetII(tunnel_dst_mac, tunnel_src_mac) /
                  make_ip(tunnel_src_ip, tunnel_dst_ip) / UDP(4789, TUNNEL_SRC_PORT) / Vxlan(VNI) /
                  make_tcp();
    stack.tunnel_ip = &stack.frame.rfind_pdu<IP>();
    find_tcp(stack, stack.frame.rfind_pdu<Vxlan>().inner_pdu());
}

static void make_udp6_stack(Stack &stack)
{
    uint8_t payload[UDP_PAYLOAD];
    IPv6 ip{IPv6Address(dst_ip6), IPv6Address(src_ip6)};

    make_payload(payload, sizeof payload);
    ip.hop_limit(TTL);
    stack.frame =
        EthernetII(dst_mac, src_mac) / ip / UDP(DST_PORT, 0) / RawPDU(payload, sizeof payload);
    stack.ip6 = &stack.frame.rfind_pdu<IPv6>();
    stack.udp = &stack.frame.rfind_pdu<UDP>();
}

static struct frame serialize(Stack *stack)
{
    stack->bytes = stack->frame.serialize();
    return {stack->bytes.data(), uint32_t(stack->bytes.size())};
}

static struct frame tcp_one(void *context, uint32_t number)
{
    Stack *stack = static_cast<Stack *>(context);

    stack->tcp->seq(number);
    stack->ip->id(uint16_t(number));
    return serialize(stack);
}

static struct frame vxlan_one(void *context, uint32_t number)
{
    static_cast<Stack *>(context)->tunnel_ip->id(uint16_t(number));
    return tcp_one(context, number);
}

static struct frame udp6_one(void *context, uint32_t number)
{
    Stack *stack = static_cast<Stack *>(context);

    stack->ip6->flow_label(number & FLOW_LABEL_MASK);
    stack->udp->sport(uint16_t(number));
    return serialize(stack);
}

static uint64_t tcp(const struct capture *capture, void *context)
{
    return build_all(capture->count, tcp_one, context);
}

static uint64_t vxlan(const struct capture *capture, void *context)
{
    return build_all(capture->count, vxlan_one, context);
}

static uint64_t udp6(const struct capture *capture, void *context)
{
    return build_all(capture->count, udp6_one, context);
}

static const struct {
    const char *name;
    void (*make)(Stack &);
    uint64_t (*pass)(const struct capture *, void *);
} modes[] = {{"tcp", make_tcp_stack, tcp}, {"vxlan", make_vxlan_stack, vxlan},
    {"udp6", make_udp6_stack, udp6}};

int main(int argc, char **argv)
{
    for (const auto &mode : modes)
        if (argc == 3 && strcmp(argv[1], mode.name) == 0) {
            Stack stack;
            mode.make(stack);
            measure_building(atoi(argv[2]), mode.pass, &stack);
            return 0;
        }
    fail("usage", "libtins_build tcp|vxlan|udp6 PASSES");
}
