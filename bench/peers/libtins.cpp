/* libtins: every packet made into its objects, the same values summed up. It follows no tunnels. */
#include "measure.h"
#include <tins/tins.h>

using namespace Tins;

static uint64_t sum_ipv6(const IPv6Address &address)
{
    uint64_t sum = 0;
    uint32_t word = 0;
    int n = 0;

    for (uint8_t byte : address) {
        word = word << 8 | byte;
        if (++n % 4 == 0)
            sum += word;
    }
    return sum;
}

static uint64_t host(const IPv4Address &address)
{
    return __builtin_bswap32(static_cast<uint32_t>(address));
}

static uint64_t payload_len(const PDU &pdu)
{
    return pdu.inner_pdu() ? pdu.inner_pdu()->size() : 0;
}

static uint64_t decode(const struct capture *capture, void *)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < capture->count; i++) {
        EthernetII frame(capture->frames[i].data, capture->frames[i].len);
        for (const PDU *pdu = frame.inner_pdu(); pdu; pdu = pdu->inner_pdu()) {
            switch (pdu->pdu_type()) {
            case PDU::ARP: {
                const ARP &arp = static_cast<const ARP &>(*pdu);
                sum += host(arp.sender_ip_addr()) + host(arp.target_ip_addr());
                break;
            }
            case PDU::IP: {
                const IP &ip = static_cast<const IP &>(*pdu);
                sum += host(ip.src_addr()) + host(ip.dst_addr());
                break;
            }
            case PDU::IPv6: {
                const IPv6 &ip = static_cast<const IPv6 &>(*pdu);
                sum += sum_ipv6(ip.src_addr()) + sum_ipv6(ip.dst_addr());
                break;
            }
            case PDU::TCP: {
                const TCP &tcp = static_cast<const TCP &>(*pdu);
                sum += uint64_t(tcp.sport()) + tcp.dport() + tcp.seq() + payload_len(tcp);
                break;
            }
            case PDU::UDP: {
                const UDP &udp = static_cast<const UDP &>(*pdu);
                sum += uint64_t(udp.sport()) + udp.dport() + payload_len(udp);
                break;
            }
            case PDU::ICMP: {
                const ICMP &icmp = static_cast<const ICMP &>(*pdu);
                sum += uint64_t(icmp.type()) << 8 | icmp.code();
                break;
            }
            case PDU::ICMPv6: {
                const ICMPv6 &icmp = static_cast<const ICMPv6 &>(*pdu);
                sum += uint64_t(icmp.type()) << 8 | icmp.code();
                break;
            }
            default:
                break;
            }
        }
    }
    return sum;
}

int main(int argc, char **argv)
{
    if (argc != 3)
        fail("usage", "libtins FILE PASSES");
    struct capture capture = load(argv[1]);
    measure(&capture, atoi(argv[2]), decode, NULL);
    unload(&capture);
    return 0;
}
