/* The default set of protocols: one line makes a protocol part of it. */
#ifndef TAPIR_PROTOCOLS_H
#define TAPIR_PROTOCOLS_H

#include "tapir/proto/arp.h"
#include "tapir/proto/dhcp.h"
#include "tapir/proto/dns.h"
#include "tapir/proto/ethernet.h"
#include "tapir/proto/gre.h"
#include "tapir/proto/icmp.h"
#include "tapir/proto/icmpv6.h"
#include "tapir/proto/ipv4.h"
#include "tapir/proto/ipv6.h"
#include "tapir/proto/ipv6_dstopts.h"
#include "tapir/proto/ipv6_fragment.h"
#include "tapir/proto/ipv6_hopopts.h"
#include "tapir/proto/ipv6_routing.h"
#include "tapir/proto/lcm.h"
#include "tapir/proto/mpls.h"
#include "tapir/proto/null.h"
#include "tapir/proto/ppp.h"
#include "tapir/proto/ppp_control.h"
#include "tapir/proto/pppoe.h"
#include "tapir/proto/pseudowire.h"
#include "tapir/proto/raw.h"
#include "tapir/proto/sctp.h"
#include "tapir/proto/sll.h"
#include "tapir/proto/sll2.h"
#include "tapir/proto/tcp.h"
#include "tapir/proto/udp.h"
#include "tapir/proto/vlan.h"
#include "tapir/proto/vxlan.h"

/* X(name) for every tapir_<name>_proto, outermost kinds first. */
#define TAPIR_PROTOCOLS(X)                                                                         \
    X(ethernet)                                                                                    \
    X(sll)                                                                                         \
    X(sll2)                                                                                        \
    X(null)                                                                                        \
    X(raw)                                                                                         \
    X(vlan)                                                                                        \
    X(vlan_service)                                                                                \
    X(pppoe_discovery)                                                                             \
    X(pppoe_session)                                                                               \
    X(ppp)                                                                                         \
    X(ppp_lcp)                                                                                     \
    X(ppp_ipcp)                                                                                    \
    X(ppp_ipv6cp)                                                                                  \
    X(ppp_pap)                                                                                     \
    X(ppp_chap)                                                                                    \
    X(mpls)                                                                                        \
    X(pw_ethernet)                                                                                 \
    X(pw_channel)                                                                                  \
    X(arp)                                                                                         \
    X(ipv4)                                                                                        \
    X(ipv6)                                                                                        \
    X(ipv6_hopopts)                                                                                \
    X(ipv6_routing)                                                                                \
    X(ipv6_fragment)                                                                               \
    X(ipv6_dstopts)                                                                                \
    X(gre)                                                                                         \
    X(icmp)                                                                                        \
    X(icmpv6)                                                                                      \
    X(tcp)                                                                                         \
    X(udp)                                                                                         \
    X(sctp)                                                                                        \
    X(vxlan)                                                                                       \
    X(dns)                                                                                         \
    X(mdns)                                                                                        \
    X(llmnr)                                                                                       \
    X(dhcp)                                                                                        \
    X(lcm)

#endif
