/**
 * Names that tools print instead of numbers. They come from each host's own /etc/protocols and /etc/ethertypes, so all names that Debian,
 * CentOS and IANA have are here, and one number may have several.
 */

/** IP protocols by name, lower case: /etc/protocols of Debian and of CentOS, and the names inside iptables (xtables_chain_protos). */
export const PROTOCOL_NUMBERS: ReadonlyMap<string, number> = numbered(`
  icmp 1 igmp 2 ggp 3 ipencap 4 ipv4 4 st 5 tcp 6 cbt 7 egp 8 igp 9 bbn-rcc 10 nvp 11 pup 12 argus 13 emcon 14 xnet 15 chaos 16 udp 17
  mux 18 dcn 19 hmp 20 prm 21 xns-idp 22 trunk-1 23 trunk-2 24 leaf-1 25 leaf-2 26 rdp 27 irtp 28 iso-tp4 29 netblt 30 mfe-nsp 31
  merit-inp 32 dccp 33 3pc 34 idpr 35 xtp 36 ddp 37 idpr-cmtp 38 tp++ 39 il 40 ipv6 41 sdrp 42 ipv6-route 43 ipv6-frag 44 idrp 45 rsvp 46
  gre 47 dsr 48 bna 49 esp 50 ah 51 i-nlsp 52 swipe 53 narp 54 mobile 55 tlsp 56 skip 57 icmpv6 58 ipv6-icmp 58 ipv6-nonxt 59 ipv6-opts 60
  cftp 62 sat-expak 64 kryptolan 65 rvd 66 ippc 67 sat-mon 69 visa 70 ipcv 71 cpnx 72 cphb 73 rspf 73 wsn 74 pvp 75 br-sat-mon 76 sun-nd 77
  wb-mon 78 wb-expak 79 iso-ip 80 vmtp 81 secure-vmtp 82 vines 83 ttp 84 nsfnet-igp 85 dgp 86 tcf 87 eigrp 88 ospf 89 ospfigp 89
  sprite-rpc 90 larp 91 mtp 92 ax.25 93 ipip 94 micp 95 scc-sp 96 etherip 97 encap 98 gmtp 100 ifmp 101 pnni 102 pim 103 aris 104 scps 105
  qnx 106 a/n 107 ipcomp 108 snp 109 compaq-peer 110 ipx-in-ip 111 vrrp 112 carp 112 pgm 113 l2tp 115 ddx 116 iatp 117 stp 118 srp 119
  uti 120 smp 121 sm 122 ptp 123 isis 124 fire 125 crtp 126 crdup 127 crudp 127 sscopmce 128 iplt 129 sps 130 pipe 131 sctp 132 fc 133
  rsvp-e2e-ignore 134 mobility-header 135 ipv6-mh 135 mh 135 udplite 136 mpls-in-ip 137 manet 138 hip 139 shim6 140 wesp 141 rohc 142
  ethernet 143`);

/** Ethertypes by name, lower case: /etc/ethertypes of netbase, and of ebtables 2.0 before it. */
export const ETHERTYPE_NUMBERS: ReadonlyMap<string, number> = numbered(`
  ipv4 0x0800 ip 0x0800 x25 0x0805 arp 0x0806 fr_arp 0x0808 bpq 0x08ff trill 0x22f3 l2-is-is 0x22f4 dec 0x6000 dna_dl 0x6001 dna_rc 0x6002
  dna_rt 0x6003 lat 0x6004 diag 0x6005 cust 0x6006 sca 0x6007 teb 0x6558 raw_fr 0x6559 rarp 0x8035 aarp 0x80f3 atalk 0x809b 802_1q 0x8100
  ipx 0x8137 netbeui 0x8191 ipv6 0x86dd ppp 0x880b mpls 0x8847 mpls_multi 0x8848 atmmpoa 0x884c ppp_disc 0x8863 ppp_ses 0x8864
  atmfate 0x8884 eapol 0x888e s-tag 0x88a8 eap_preauth 0x88c7 lldp 0x88cc macsec 0x88e5 pbb 0x88e7 mvrp 0x88f5 ptp 0x88f7 fcoe 0x8906
  fip 0x8914 roce 0x8915 loop 0x9000 lowpan 0xa0ed`);

function numbered(table: string): Map<string, number> {
  const pairs = [...table.matchAll(/(\S+) (\S+)/g)];
  return new Map(pairs.map(([, name = "", number = ""]) => [name, Number(number)]));
}
