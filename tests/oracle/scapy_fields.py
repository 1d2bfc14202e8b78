"""What tapir calls the fields of scapy's layers."""

# A class of scapy's: our layer, and our names of its fields; "-" where there is none. A class that
# begins with "+" goes on in the layer before.
TABLE = """
Ether eth dst=eth.dst src=eth.src type=eth.type
Dot3 eth dst=eth.dst src=eth.src len=eth.len
Dot1Q vlan prio=vlan.priority id=vlan.dei vlan=vlan.id type=vlan.etype
Dot1AD ieee8021ad prio=ieee8021ad.priority id=ieee8021ad.dei vlan=ieee8021ad.id type=ieee8021ah.etype
CookedLinux sll pkttype=sll.pkttype lladdrtype=sll.hatype lladdrlen=sll.halen src=* proto=sll.etype
CookedLinuxV2 sll2 proto=sll.etype reserved=sll.reserved ifindex=sll.ifindex lladdrtype=sll.hatype
    pkttype=sll.pkttype lladdrlen=sll.halen src=*
Loopback null type=null.family
ARP arp hwtype=arp.hw.type ptype=arp.proto.type hwlen=arp.hw.size plen=arp.proto.size op=arp.opcode
    hwsrc=arp.src.hw_mac psrc=arp.src.proto_ipv4 hwdst=arp.dst.hw_mac pdst=arp.dst.proto_ipv4
MPLS mpls label=mpls.label cos=mpls.exp s=mpls.bottom ttl=mpls.ttl
EoMCW pwethcw zero=- reserved=pweth.cw.reserved seq=pweth.cw.sequence_number

PPPoED pppoed version=pppoe.version type=pppoe.type code=pppoe.code sessionid=pppoe.session_id
    len=pppoe.payload_length
PPPoED_Tags +pppoed
PPPoETag +pppoed tag_type=* tag_len=* tag_value=*
PPPoE pppoes version=pppoe.version type=pppoe.type code=pppoe.code sessionid=pppoe.session_id
    len=pppoe.payload_length
HDLC ppp address=ppp.address control=ppp.control
PPP ppp proto=ppp.protocol
PPP_LCP lcp code=ppp.code id=ppp.identifier len=ppp.length data=lcp.data
PPP_LCP_Configure lcp code=ppp.code id=ppp.identifier len=ppp.length
PPP_LCP_Terminate lcp code=ppp.code id=ppp.identifier len=ppp.length data=lcp.data
PPP_LCP_Echo lcp code=ppp.code id=ppp.identifier len=ppp.length magic_number=lcp.magic_number data=lcp.data
PPP_LCP_Discard_Request lcp code=ppp.code id=ppp.identifier len=ppp.length
    magic_number=lcp.magic_number data=lcp.data
PPP_LCP_Protocol_Reject lcp code=ppp.code id=ppp.identifier len=ppp.length
    rejected_protocol=lcp.rej_proto rejected_information=*
PPP_LCP_Code_Reject lcp code=ppp.code id=ppp.identifier len=ppp.length rejected_packet=*
PPP_LCP_Option lcp type=lcp.opt.type len=lcp.opt.length data=lcp.opt.data
PPP_LCP_MRU_Option lcp type=lcp.opt.type len=lcp.opt.length max_recv_unit=lcp.opt.mru
PPP_LCP_ACCM_Option lcp type=lcp.opt.type len=lcp.opt.length accm=lcp.opt.asyncmap
PPP_LCP_Auth_Protocol_Option lcp type=lcp.opt.type len=lcp.opt.length auth_protocol=lcp.opt.auth_protocol
    data=lcp.opt.data algorithm=lcp.opt.algorithm
PPP_LCP_Quality_Protocol_Option lcp type=lcp.opt.type len=lcp.opt.length
    quality_protocol=lcp.opt.quality_protocol data=lcp.opt.data
PPP_LCP_Magic_Number_Option lcp type=lcp.opt.type len=lcp.opt.length magic_number=lcp.opt.magic_number
PPP_LCP_Callback_Option lcp type=lcp.opt.type len=lcp.opt.length operation=lcp.opt.operation
    message=lcp.opt.data
PPP_IPCP ipcp code=ppp.code id=ppp.identifier len=ppp.length
PPP_IPCP_Option ipcp type=ipcp.opt.type len=ipcp.opt.length data=ipcp.data
PPP_IPCP_Option_IPAddress ipcp type=ipcp.opt.type len=ipcp.opt.length data=ipcp.opt.ip_address garbage=-
PPP_IPCP_Option_DNS1 ipcp type=ipcp.opt.type len=ipcp.opt.length data=ipcp.opt.pri_dns_address garbage=-
PPP_IPCP_Option_DNS2 ipcp type=ipcp.opt.type len=ipcp.opt.length data=ipcp.opt.sec_dns_address garbage=-
PPP_IPCP_Option_NBNS1 ipcp type=ipcp.opt.type len=ipcp.opt.length data=ipcp.opt.pri_nbns_address garbage=-
PPP_IPCP_Option_NBNS2 ipcp type=ipcp.opt.type len=ipcp.opt.length data=ipcp.opt.sec_nbns_address garbage=-
PPP_PAP pap code=pap.code id=pap.identifier len=pap.length data=pap.stuff
PPP_PAP_Request pap code=pap.code id=pap.identifier len=pap.length username_len=pap.peer_id.length
    username=pap.peer_id passwd_len=pap.password.length password=pap.password
PPP_PAP_Response pap code=pap.code id=pap.identifier len=pap.length msg_len=pap.message.length
    message=pap.message
PPP_CHAP chap code=chap.code id=chap.identifier len=chap.length data=chap.message
PPP_CHAP_ChallengeResponse chap code=chap.code id=chap.identifier len=chap.length
    value_size=chap.value_size value=chap.value optional_name=chap.name

IP ip version=ip.version ihl=* tos=ip.dsfield len=ip.len id=ip.id flags=ip.flags frag=ip.frag_offset
    ttl=ip.ttl proto=ip.proto chksum=ip.checksum src=ip.src dst=*
IPOption ip copy_flag=ip.opt.type.copy optclass=ip.opt.type.class option=ip.opt.type.number length=-
    value=-
IPOption_EOL ip copy_flag=ip.opt.type.copy optclass=ip.opt.type.class option=ip.opt.type.number
IPOption_NOP ip copy_flag=ip.opt.type.copy optclass=ip.opt.type.class option=ip.opt.type.number
IPOption_RR ip copy_flag=ip.opt.type.copy optclass=ip.opt.type.class option=ip.opt.type.number
    length=ip.opt.len pointer=ip.opt.ptr routers=*
IPOption_LSRR ip copy_flag=ip.opt.type.copy optclass=ip.opt.type.class option=ip.opt.type.number
    length=ip.opt.len pointer=ip.opt.ptr routers=*
IPOption_SSRR ip copy_flag=ip.opt.type.copy optclass=ip.opt.type.class option=ip.opt.type.number
    length=ip.opt.len pointer=ip.opt.ptr routers=*
IPOption_MTU_Probe ip copy_flag=ip.opt.type.copy optclass=ip.opt.type.class option=ip.opt.type.number
    length=ip.opt.len mtu=ip.opt.mtu
IPOption_MTU_Reply ip copy_flag=ip.opt.type.copy optclass=ip.opt.type.class option=ip.opt.type.number
    length=ip.opt.len mtu=ip.opt.mtu
IPOption_Router_Alert ip copy_flag=ip.opt.type.copy optclass=ip.opt.type.class option=ip.opt.type.number
    length=ip.opt.len alert=ip.opt.ra
IPOption_SDBM ip copy_flag=ip.opt.type.copy optclass=ip.opt.type.class option=ip.opt.type.number
    length=ip.opt.len addresses=ip.opt.addr
IPOption_Security ip copy_flag=ip.opt.type.copy optclass=ip.opt.type.class option=ip.opt.type.number
    length=ip.opt.len security=ip.opt.sec_rfc791_sec compartment=ip.opt.sec_rfc791_comp
    handling_restrictions=* transmission_control_code=ip.opt.sec_rfc791_tcc
IPOption_Stream_Id ip copy_flag=ip.opt.type.copy optclass=ip.opt.type.class option=ip.opt.type.number
    length=ip.opt.len security=ip.opt.sid
IPOption_Timestamp ip copy_flag=ip.opt.type.copy optclass=ip.opt.type.class option=ip.opt.type.number
    length=ip.opt.len pointer=ip.opt.ptr oflw=ip.opt.overflow flg=ip.opt.flag
    internet_address=ip.opt.time_stamp_addr timestamp=ip.opt.time_stamp
IPOption_Traceroute ip copy_flag=ip.opt.type.copy optclass=ip.opt.type.class option=ip.opt.type.number
    length=ip.opt.len id=ip.opt.id_number outbound_hops=ip.opt.ohc return_hops=ip.opt.rhc
    originator_ip=ip.opt.originator
ICMP icmp type=icmp.type code=icmp.code chksum=icmp.checksum id=icmp.ident seq=icmp.seq
    ts_ori=icmp.originate_timestamp ts_rx=icmp.receive_timestamp ts_tx=icmp.transmit_timestamp
    gw=icmp.redir_gw ptr=icmp.pointer reserved=* length=* addr_mask=icmp.address_mask
    nexthopmtu=* unused=*

IPv6 ipv6 version=ipv6.version tc=ipv6.tclass fl=ipv6.flow plen=ipv6.plen nh=ipv6.nxt hlim=ipv6.hlim
    src=ipv6.src dst=ipv6.dst
IPv6ExtHdrHopByHop ipv6.hopopts nh=ipv6.hopopts.nxt len=ipv6.hopopts.len autopad=-
IPv6ExtHdrDestOpt ipv6.dstopts nh=ipv6.dstopts.nxt len=ipv6.dstopts.len autopad=-
Pad1 + otype=ipv6.opt.type
PadN + otype=ipv6.opt.type optlen=ipv6.opt.length optdata=ipv6.opt.padn
HBHOptUnknown + otype=ipv6.opt.type optlen=ipv6.opt.length optdata=ipv6.opt.unknown
RouterAlert + otype=ipv6.opt.type optlen=ipv6.opt.length value=ipv6.opt.router_alert
Jumbo + otype=ipv6.opt.type optlen=ipv6.opt.length jumboplen=ipv6.opt.jumbo
HAO + otype=ipv6.opt.type optlen=ipv6.opt.length hoa=ipv6.opt.mipv6.home_address
IPv6ExtHdrRouting ipv6.routing nh=ipv6.routing.nxt len=ipv6.routing.len type=ipv6.routing.type
    segleft=ipv6.routing.segleft reserved=* addresses=*
IPv6ExtHdrSegmentRouting ipv6.routing nh=ipv6.routing.nxt len=ipv6.routing.len type=ipv6.routing.type
    segleft=ipv6.routing.segleft lastentry=ipv6.routing.srh.last_entry unused1=* protected=- oam=-
    alert=- hmac=- unused2=- tag=ipv6.routing.srh.tag addresses=ipv6.routing.srh.addr
IPv6ExtHdrSegmentRoutingTLV ipv6.routing type=ipv6.routing.srh.tlv.type len=ipv6.routing.srh.tlv.length
    value=ipv6.routing.srh.tlv.value
IPv6ExtHdrSegmentRoutingTLVPadN ipv6.routing type=ipv6.routing.srh.tlv.type
    len=ipv6.routing.srh.tlv.length padding=*
IPv6ExtHdrSegmentRoutingTLVPad1 ipv6.routing type=ipv6.routing.srh.tlv.type len=- padding=-
IPv6ExtHdrSegmentRoutingTLVIngressNode ipv6.routing type=ipv6.routing.srh.tlv.type
    len=ipv6.routing.srh.tlv.length reserved=* flags=- ingress_node=-
IPv6ExtHdrSegmentRoutingTLVEgressNode ipv6.routing type=ipv6.routing.srh.tlv.type
    len=ipv6.routing.srh.tlv.length reserved=* flags=- egress_node=-
IPv6ExtHdrFragment ipv6.fraghdr nh=ipv6.fraghdr.nxt res1=ipv6.fraghdr.reserved_octet
    offset=ipv6.fraghdr.offset res2=ipv6.fraghdr.reserved_bits m=ipv6.fraghdr.more id=ipv6.fraghdr.ident

ICMPv6DestUnreach icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum length=* unused=*
ICMPv6TimeExceeded icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum length=* unused=*
ICMPv6PacketTooBig icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum mtu=icmpv6.mtu
ICMPv6ParamProblem icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum ptr=icmpv6.pointer
ICMPv6EchoRequest icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum
    id=icmpv6.echo.identifier seq=icmpv6.echo.sequence_number data=-
ICMPv6EchoReply icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum
    id=icmpv6.echo.identifier seq=icmpv6.echo.sequence_number data=-
ICMPv6MLQuery icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum
    mrd=icmpv6.mld.maximum_response_delay reserved=icmpv6.reserved mladdr=icmpv6.mld.multicast_address
ICMPv6MLReport icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum
    mrd=icmpv6.mld.maximum_response_delay reserved=icmpv6.reserved mladdr=icmpv6.mld.multicast_address
ICMPv6MLDone icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum
    mrd=icmpv6.mld.maximum_response_delay reserved=icmpv6.reserved mladdr=icmpv6.mld.multicast_address
ICMPv6MLQuery2 icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum
    mrd=* reserved=icmpv6.reserved mladdr=icmpv6.mld.multicast_address
    Resv=icmpv6.mld.flag.reserved S=icmpv6.mld.flag.s QRV=icmpv6.mld.flag.qrv QQIC=*
    sources_number=icmpv6.mld.nb_sources sources=icmpv6.mld.source_address
ICMPv6MLReport2 icmpv6 type=icmpv6.type res=icmpv6.code cksum=icmpv6.checksum reserved=icmpv6.reserved
    records_number=icmpv6.mldr.nb_mcast_records
ICMPv6MLDMultAddrRec icmpv6 rtype=icmpv6.mldr.mar.record_type auxdata_len=icmpv6.mldr.mar.aux_data_len
    sources_number=icmpv6.mldr.mar.nb_sources dst=icmpv6.mldr.mar.multicast_address
    sources=icmpv6.mldr.mar.source_address auxdata=icmpv6.mldr.mar.auxiliary_data
ICMPv6MRD_Advertisement icmpv6 type=icmpv6.type advinter=icmpv6.code cksum=icmpv6.checksum
    queryint=icmpv6.mcast_ra.query_interval robustness=icmpv6.mcast_ra.robustness_variable
ICMPv6MRD_Solicitation icmpv6 type=icmpv6.type res=icmpv6.code cksum=icmpv6.checksum
ICMPv6MRD_Termination icmpv6 type=icmpv6.type res=icmpv6.code cksum=icmpv6.checksum
ICMPv6HAADRequest icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum
    id=icmpv6.mip6.identifier R=- res=-
ICMPv6HAADReply icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum
    id=icmpv6.mip6.identifier R=- res=- addresses=icmpv6.mip6.home_agent_address
ICMPv6MPSol icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum id=icmpv6.mip6.identifier res=*
ICMPv6MPAdv icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum id=icmpv6.mip6.identifier
    flags=* res=*
ICMPv6ND_RS icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum res=icmpv6.reserved
ICMPv6ND_RA icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum
    chlim=icmpv6.nd.ra.cur_hop_limit M=icmpv6.nd.ra.flag.m O=icmpv6.nd.ra.flag.o H=icmpv6.nd.ra.flag.h
    prf=icmpv6.nd.ra.flag.prf P=icmpv6.nd.ra.flag.p res=icmpv6.nd.ra.flag.rsv
    routerlifetime=icmpv6.nd.ra.router_lifetime reachabletime=icmpv6.nd.ra.reachable_time
    retranstimer=icmpv6.nd.ra.retrans_timer
ICMPv6ND_NS icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum res=icmpv6.reserved
    tgt=icmpv6.nd.ns.target_address
ICMPv6ND_NA icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum R=icmpv6.nd.na.flag.r
    S=icmpv6.nd.na.flag.s O=icmpv6.nd.na.flag.o res=icmpv6.nd.na.flag.rsv
    tgt=icmpv6.nd.na.target_address
ICMPv6ND_Redirect icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum res=icmpv6.reserved
    tgt=icmpv6.nd.rd.target_address dst=icmpv6.rd.na.destination_address
ICMPv6ND_INDSol icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum reserved=icmpv6.reserved
ICMPv6ND_INDAdv icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum reserved=icmpv6.reserved
ICMPv6NDOptSrcLLAddr +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length lladdr=icmpv6.opt.src_linkaddr
ICMPv6NDOptDstLLAddr +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length lladdr=icmpv6.opt.target_linkaddr
ICMPv6NDOptPrefixInfo +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length
    prefixlen=icmpv6.opt.prefix.length L=icmpv6.opt.prefix.flag.l A=icmpv6.opt.prefix.flag.a
    R=icmpv6.opt.prefix.flag.r res1=icmpv6.opt.prefix.flag.reserved
    validlifetime=icmpv6.opt.prefix.valid_lifetime
    preferredlifetime=icmpv6.opt.prefix.preferred_lifetime res2=icmpv6.opt.rsv prefix=icmpv6.opt.prefix
ICMPv6NDOptRedirectedHdr +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length res=icmpv6.opt.rsv pkt=*
ICMPv6NDOptMTU +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length res=icmpv6.opt.rsv mtu=icmpv6.opt.mtu
ICMPv6NDOptShortcutLimit +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length
    shortcutlim=icmpv6.opt.nbma.shortcut_limit res1=* res2=-
ICMPv6NDOptAdvInterval +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length res=icmpv6.opt.rsv
    advint=icmpv6.opt.advertisement_interval
ICMPv6NDOptHAInfo +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length res=icmpv6.opt.rsv
    pref=icmpv6.opt.home_agent_preference lifetime=icmpv6.opt.home_agent_lifetime
ICMPv6NDOptSrcAddrList +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length res=icmpv6.opt.rsv
    addrlist=icmpv6.opt.ipv6_address
ICMPv6NDOptTgtAddrList +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length res=icmpv6.opt.rsv
    addrlist=icmpv6.opt.ipv6_address
ICMPv6NDOptIPAddr +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length optcode=icmpv6.opt.ipa.option_code
    plen=icmpv6.opt.ipa.prefix_len res=icmpv6.opt.rsv addr=icmpv6.opt.ipa.ipv6_address
ICMPv6NDOptNewRtrPrefix +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length
    optcode=icmpv6.opt.nrpi.option_code plen=icmpv6.opt.nrpi.prefix_len res=icmpv6.opt.rsv
    prefix=icmpv6.opt.nrpi.prefix
ICMPv6NDOptLLA +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length optcode=icmpv6.opt.lla.option_code
    lla=-
ICMPv6NDOptMAP +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length dist=icmpv6.opt.map.distance
    pref=icmpv6.opt.map.preference R=icmpv6.opt.map.flag.r res=icmpv6.opt.map.flag.reserved
    validlifetime=icmpv6.opt.map.valid_lifetime addr=icmpv6.opt.map.global_address
ICMPv6NDOptRouteInfo +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length plen=icmpv6.opt.prefix.length
    res1=* prf=icmpv6.opt.route_info.flag.route_preference res2=-
    rtlifetime=icmpv6.opt.route_lifetime prefix=icmpv6.opt.prefix
ICMPv6NDOptRDNSS +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length res=icmpv6.opt.rsv
    lifetime=icmpv6.opt.rdnss.lifetime dns=icmpv6.opt.rdnss
ICMPv6NDOptDNSSL +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length res=icmpv6.opt.rsv
    lifetime=icmpv6.opt.dnssl.lifetime searchlist=icmpv6.opt.dnssl
ICMPv6NDOptEFA +icmpv6 type=icmpv6.opt.type len=icmpv6.opt.length res=*
ICMPv6NIQueryNOOP icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum qtype=icmpv6.ni.qtype
    unused=* flags=- nonce=icmpv6.ni.nonce data=-
ICMPv6NIQueryName icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum qtype=icmpv6.ni.qtype
    unused=* flags=- nonce=icmpv6.ni.nonce data=*
ICMPv6NIQueryIPv6 icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum qtype=icmpv6.ni.qtype
    unused=* flags=- nonce=icmpv6.ni.nonce data=*
ICMPv6NIQueryIPv4 icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum qtype=icmpv6.ni.qtype
    unused=* flags=- nonce=icmpv6.ni.nonce data=*
ICMPv6NIReplyNOOP icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum qtype=icmpv6.ni.qtype
    unused=* flags=- nonce=icmpv6.ni.nonce data=-
ICMPv6NIReplyName icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum qtype=icmpv6.ni.qtype
    unused=* flags=- nonce=icmpv6.ni.nonce data=-
ICMPv6NIReplyIPv6 icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum qtype=icmpv6.ni.qtype
    unused=* flags=- nonce=icmpv6.ni.nonce data=*
ICMPv6NIReplyIPv4 icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum qtype=icmpv6.ni.qtype
    unused=* flags=- nonce=icmpv6.ni.nonce data=*
ICMPv6NIReplyRefuse icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum qtype=icmpv6.ni.qtype
    unused=* flags=- nonce=icmpv6.ni.nonce data=-
ICMPv6NIReplyUnknown icmpv6 type=icmpv6.type code=icmpv6.code cksum=icmpv6.checksum qtype=icmpv6.ni.qtype
    unused=* flags=- nonce=icmpv6.ni.nonce data=-

TCP tcp sport=tcp.srcport dport=tcp.dstport seq=tcp.seq ack=tcp.ack dataofs=* reserved=- flags=*
    window=tcp.window_size_value chksum=tcp.checksum urgptr=tcp.urgent_pointer options=*
UDP udp sport=udp.srcport dport=udp.dstport len=udp.length chksum=udp.checksum
SCTP sctp sport=sctp.srcport dport=sctp.dstport tag=sctp.verification_tag chksum=sctp.checksum
SCTPChunkData +sctp type=sctp.chunk_type reserved=* delay_sack=sctp.data_i_bit unordered=sctp.data_u_bit
    beginning=sctp.data_b_bit ending=sctp.data_e_bit len=sctp.chunk_length tsn=sctp.data_tsn_raw
    stream_id=sctp.data_sid stream_seq=sctp.data_ssn proto_id=sctp.data_payload_proto_id data=-
SCTPChunkInit +sctp type=sctp.chunk_type flags=sctp.chunk_flags len=sctp.chunk_length
    init_tag=sctp.init_initiate_tag a_rwnd=sctp.init_credit n_out_streams=sctp.init_nr_out_streams
    n_in_streams=sctp.init_nr_in_streams init_tsn=sctp.init_initial_tsn
SCTPChunkInitAck +sctp type=sctp.chunk_type flags=sctp.chunk_flags len=sctp.chunk_length
    init_tag=sctp.initack_initiate_tag a_rwnd=sctp.initack_credit
    n_out_streams=sctp.initack_nr_out_streams n_in_streams=sctp.initack_nr_in_streams
    init_tsn=sctp.initack_initial_tsn
SCTPChunkSACK +sctp type=sctp.chunk_type flags=sctp.chunk_flags len=sctp.chunk_length
    cumul_tsn_ack=sctp.sack_cumulative_tsn_ack_raw a_rwnd=sctp.sack_a_rwnd
    n_gap_ack=sctp.sack_number_of_gap_blocks n_dup_tsn=sctp.sack_number_of_duplicated_tsns
    gap_ack_list=* dup_tsn_list=sctp.sack_duplicate_tsn
SCTPChunkHeartbeatReq +sctp type=sctp.chunk_type flags=sctp.chunk_flags len=sctp.chunk_length
SCTPChunkHeartbeatAck +sctp type=sctp.chunk_type flags=sctp.chunk_flags len=sctp.chunk_length
SCTPChunkAbort +sctp type=sctp.chunk_type reserved=* TCB=sctp.abort_t_bit len=sctp.chunk_length
    error_causes=-
SCTPChunkShutdown +sctp type=sctp.chunk_type flags=sctp.chunk_flags len=sctp.chunk_length
    cumul_tsn_ack=sctp.shutdown_cumulative_tsn_ack
SCTPChunkShutdownAck +sctp type=sctp.chunk_type flags=sctp.chunk_flags len=sctp.chunk_length
SCTPChunkError +sctp type=sctp.chunk_type flags=sctp.chunk_flags len=sctp.chunk_length error_causes=-
SCTPChunkCookieEcho +sctp type=sctp.chunk_type flags=sctp.chunk_flags len=sctp.chunk_length
    cookie=sctp.cookie
SCTPChunkCookieAck +sctp type=sctp.chunk_type flags=sctp.chunk_flags len=sctp.chunk_length
SCTPChunkShutdownComplete +sctp type=sctp.chunk_type reserved=* TCB=sctp.shutdown_complete_t_bit
    len=sctp.chunk_length
SCTPChunkAuthentication +sctp type=sctp.chunk_type flags=sctp.chunk_flags len=sctp.chunk_length
    shared_key_id=sctp.shared_key_id HMAC_function=sctp.hmac_id HMAC=sctp.hmac
SCTPChunkAddressConf +sctp type=sctp.chunk_type flags=sctp.chunk_flags len=sctp.chunk_length
    seq=sctp.asconf_seq_nr_number
SCTPChunkAddressConfAck +sctp type=sctp.chunk_type flags=sctp.chunk_flags len=sctp.chunk_length
    seq=sctp.asconf_ack_seq_nr_number
SCTPChunkParamHeartbeatInfo sctp type=sctp.parameter_type len=sctp.parameter_length
    data=sctp.parameter_heartbeat_information
SCTPChunkParamIPv4Addr sctp type=sctp.parameter_type len=sctp.parameter_length
    addr=sctp.parameter_ipv4_address
SCTPChunkParamIPv6Addr sctp type=sctp.parameter_type len=sctp.parameter_length
    addr=sctp.parameter_ipv6_address
SCTPChunkParamStateCookie sctp type=sctp.parameter_type len=sctp.parameter_length
    cookie=sctp.parameter_state_cookie
SCTPChunkParamCookiePreservative sctp type=sctp.parameter_type len=sctp.parameter_length
    sug_cookie_inc=sctp.parameter_cookie_preservative_incr
SCTPChunkParamHostname sctp type=sctp.parameter_type len=sctp.parameter_length
    hostname=sctp.parameter_hostname
SCTPChunkParamSupportedAddrTypes sctp type=sctp.parameter_type len=sctp.parameter_length
    addr_type_list=sctp.parameter_supported_address_type
SCTPChunkParamECNCapable sctp type=sctp.parameter_type len=sctp.parameter_length
SCTPChunkParamFwdTSN sctp type=sctp.parameter_type len=sctp.parameter_length
SCTPChunkParamRandom sctp type=sctp.parameter_type len=sctp.parameter_length random=sctp.random_number
SCTPChunkParamChunkList sctp type=sctp.parameter_type len=sctp.parameter_length
    chunk_list=sctp.chunk_type_to_auth
SCTPChunkParamRequestedHMACFunctions sctp type=sctp.parameter_type len=sctp.parameter_length
    HMAC_functions_list=sctp.hmac_id
SCTPChunkParamSupportedExtensions sctp type=sctp.parameter_type len=sctp.parameter_length
    supported_extensions=sctp.supported_chunk_type
SCTPChunkParamAddIPAddr sctp type=sctp.parameter_type len=sctp.parameter_length
    correlation_id=sctp.correlation_id addr_type=sctp.parameter_type addr_len=sctp.parameter_length addr=*
SCTPChunkParamDelIPAddr sctp type=sctp.parameter_type len=sctp.parameter_length
    correlation_id=sctp.correlation_id addr_type=sctp.parameter_type addr_len=sctp.parameter_length addr=*
SCTPChunkParamSetPrimaryAddr sctp type=sctp.parameter_type len=sctp.parameter_length
    correlation_id=sctp.correlation_id addr_type=sctp.parameter_type addr_len=sctp.parameter_length addr=*
SCTPChunkParamSuccessIndication sctp type=sctp.parameter_type len=sctp.parameter_length
    correlation_id=sctp.correlation_id
SCTPChunkParamErrorIndication sctp type=sctp.parameter_type len=sctp.parameter_length
    correlation_id=sctp.correlation_id error_causes=-
SCTPChunkParamAdaptationLayer sctp type=sctp.parameter_type len=sctp.parameter_length
    indication=sctp.adaptation_layer_indication

GRE gre chksum_present=gre.flags.checksum routing_present=gre.flags.routing key_present=gre.flags.key
    seqnum_present=gre.flags.sequence_number strict_route_source=gre.flags.strict_source_route
    recursion_control=gre.flags.recursion_control flags=gre.flags.reserved version=gre.flags.version
    proto=gre.proto chksum=gre.checksum offset=gre.offset key=gre.key sequence_number=gre.sequence_number
GRErouting +gre address_family=gre.routing.address_family SRE_offset=gre.routing.sre_offset
    SRE_len=gre.routing.src_length routing_info=gre.routing.information
GRE_PPTP gre chksum_present=gre.flags.checksum routing_present=gre.flags.routing
    key_present=gre.flags.key seqnum_present=gre.flags.sequence_number
    strict_route_source=gre.flags.strict_source_route recursion_control=gre.flags.recursion_control
    acknum_present=gre.flags.ack flags=gre.flags.reserved version=gre.flags.version proto=gre.proto
    payload_len=gre.key.payload_length call_id=gre.key.call_id sequence_number=gre.sequence_number
    ack_number=gre.ack_number
VXLAN vxlan flags=* reserved0=- NextProtocol=- reserved1=- gpflags=- gpid=- vni=vxlan.vni
    reserved2=vxlan.reserved8

DNS dns length=dns.length id=dns.id qr=dns.flags.response opcode=dns.flags.opcode
    aa=* tc=dns.flags.truncated rd=dns.flags.recdesired ra=*
    z=dns.flags.z ad=* cd=dns.flags.checkdisable rcode=*
    qdcount=dns.count.queries ancount=dns.count.answers nscount=dns.count.auth_rr
    arcount=dns.count.add_rr
LLMNRQuery llmnr id=dns.id qr=dns.flags.response opcode=dns.flags.opcode c=dns.flags.conflict
    tc=* z=- rcode=* qdcount=dns.count.queries ancount=dns.count.answers
    nscount=dns.count.auth_rr arcount=dns.count.add_rr
LLMNRResponse llmnr id=dns.id qr=dns.flags.response opcode=dns.flags.opcode c=dns.flags.conflict
    tc=* z=- rcode=* qdcount=dns.count.queries ancount=dns.count.answers
    nscount=dns.count.auth_rr arcount=dns.count.add_rr
DNSQR dns qname=dns.qry.name qtype=dns.qry.type qclass=dns.qry.class
DNSRR dns rrname=dns.resp.name type=dns.resp.type rclass=dns.resp.class ttl=dns.resp.ttl
    rdlen=dns.resp.len rdata=*
DNSRRSOA dns rrname=dns.resp.name type=dns.resp.type rclass=dns.resp.class ttl=dns.resp.ttl
    rdlen=dns.resp.len mname=dns.soa.mname rname=dns.soa.rname serial=dns.soa.serial_number
    refresh=dns.soa.refresh_interval retry=dns.soa.retry_interval expire=dns.soa.expire_limit
    minimum=dns.soa.minimum_ttl
DNSRRMX dns rrname=dns.resp.name type=dns.resp.type rclass=dns.resp.class ttl=dns.resp.ttl
    rdlen=dns.resp.len preference=dns.mx.preference exchange=dns.mx.mail_exchange
DNSRRSRV dns rrname=- type=dns.resp.type rclass=dns.resp.class ttl=dns.resp.ttl
    rdlen=dns.resp.len priority=dns.srv.priority weight=dns.srv.weight port=dns.srv.port
    target=dns.srv.target
DNSRRDS dns rrname=dns.resp.name type=dns.resp.type rclass=dns.resp.class ttl=dns.resp.ttl
    rdlen=dns.resp.len keytag=dns.ds.key_id algorithm=dns.ds.algorithm digesttype=dns.ds.digest_type
    digest=dns.ds.digest
DNSRRDLV dns rrname=dns.resp.name type=dns.resp.type rclass=dns.resp.class ttl=dns.resp.ttl
    rdlen=dns.resp.len keytag=dns.ds.key_id algorithm=dns.ds.algorithm digesttype=dns.ds.digest_type
    digest=dns.ds.digest
DNSRRDNSKEY dns rrname=dns.resp.name type=dns.resp.type rclass=dns.resp.class ttl=dns.resp.ttl
    rdlen=dns.resp.len flags=dns.dnskey.flags protocol=dns.dnskey.protocol
    algorithm=dns.dnskey.algorithm publickey=dns.dnskey.public_key
DNSRRRSIG dns rrname=dns.resp.name type=dns.resp.type rclass=dns.resp.class ttl=dns.resp.ttl
    rdlen=dns.resp.len typecovered=dns.rrsig.type_covered algorithm=dns.rrsig.algorithm
    labels=dns.rrsig.labels originalttl=dns.rrsig.original_ttl
    expiration=dns.rrsig.signature_expiration inception=dns.rrsig.signature_inception
    keytag=dns.rrsig.key_tag signersname=dns.rrsig.signers_name signature=dns.rrsig.signature
DNSRRNSEC dns rrname=dns.resp.name type=dns.resp.type rclass=dns.resp.class ttl=dns.resp.ttl
    rdlen=dns.resp.len nextname=dns.nsec.next_domain_name typebitmaps=*
DNSRRNSEC3 dns rrname=dns.resp.name type=dns.resp.type rclass=dns.resp.class ttl=dns.resp.ttl
    rdlen=dns.resp.len hashalg=dns.nsec3.algo flags=dns.nsec3.flags iterations=dns.nsec3.iterations
    saltlength=dns.nsec3.salt_length salt=dns.nsec3.salt_value hashlength=dns.nsec3.hash_length
    nexthashedownername=* typebitmaps=*
DNSRRNSEC3PARAM dns rrname=dns.resp.name type=dns.resp.type rclass=dns.resp.class ttl=dns.resp.ttl
    rdlen=dns.resp.len hashalg=dns.nsec3.algo flags=dns.nsec3.flags iterations=dns.nsec3.iterations
    saltlength=dns.nsec3.salt_length salt=dns.nsec3.salt_value
DNSRRTSIG dns rrname=dns.resp.name type=dns.resp.type rclass=dns.resp.class ttl=dns.resp.ttl
    rdlen=dns.resp.len algo_name=dns.tsig.algorithm_name time_signed=dns.tsig.time_signed
    fudge=dns.tsig.fudge mac_len=dns.tsig.mac_size mac_data=dns.tsig.mac_data
    original_id=dns.tsig.original_id error=dns.tsig.error other_len=dns.tsig.other_len
    other_data=dns.tsig.other_data
DNSRROPT dns rrname=dns.resp.name type=dns.resp.type rclass=dns.rr.udp_payload_size
    extrcode=dns.resp.ext_rcode version=dns.resp.edns0_version z=dns.resp.z rdlen=dns.resp.len
EDNS0TLV dns optcode=dns.opt.code optlen=dns.opt.len optdata=*
EDNS0ClientSubnet dns optcode=dns.opt.code optlen=dns.opt.len family=dns.opt.client.family
    source_plen=dns.opt.client.netmask scope_plen=dns.opt.client.scope address=*

BOOTP dhcp op=dhcp.type htype=dhcp.hw.type hlen=dhcp.hw.len hops=dhcp.hops xid=dhcp.id secs=dhcp.secs
    flags=dhcp.flags ciaddr=dhcp.ip.client yiaddr=dhcp.ip.your siaddr=dhcp.ip.server
    giaddr=dhcp.ip.relay chaddr=* sname=* file=* options=*
DHCP +dhcp options=*
"""

SAME_AS = {"IPerror": "IP", "IPerror6": "IPv6", "UDPerror": "UDP", "TCPerror": "TCP", "ICMPerror": "ICMP"}


def parsed(table):
    """By class: our layer, and our name of each field."""
    layers = {}
    for entry in table.replace("\n    ", " ").split("\n"):
        if entry:
            name, layer, *fields = entry.split()
            layers[name] = layer, dict(field.split("=") for field in fields)
    layers.update((name, layers[same]) for name, same in SAME_AS.items())
    return layers


LAYERS = parsed(TABLE)
