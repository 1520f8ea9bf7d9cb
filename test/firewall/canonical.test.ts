import fc from "fast-check";
import type { Tool } from "../../provider/firewall/model/kernel";
import { canonicalRule, sameRule } from "../../provider/firewall/planes/same";
import { words } from "../../provider/firewall/planes/xtables/canonical";
import { quoteText } from "../../provider/firewall/planes/xtables/print";

/** Two ways in which tools of different ages print one rule. */
const SAME: readonly (readonly [Tool, string, string])[] = [
  ["iptables", "-p tcp -m tcp --dport 22:22 -j ACCEPT", "-p 6 -m tcp --dport 22 -j ACCEPT"],
  ["iptables", "-p tcp -m tcp --dport 0:65535 -j ACCEPT", "-p tcp -j ACCEPT"],
  ["iptables", "-p tcp --dport :1023 -j ACCEPT", "-p tcp -m tcp --dport 0:1023 -j ACCEPT"],
  ["iptables", "-p tcp --dport 1024: -j ACCEPT", "-p tcp --destination-port 1024:65535 -j ACCEPT"],
  ["iptables", "-s 10.0.0.5/24 -j DROP", "-s 10.0.0.0/255.255.255.0 -j DROP"],
  ["iptables", "-s 10.0.0.5 -j DROP", "--source 10.0.0.5/32 --jump DROP"],
  ["iptables", "-s 0.0.0.0/0 -p all -j DROP", "-j DROP"],
  ["iptables", "-s ! 10.0.0.0/8 -j DROP", "! -s 10.0.0.0/8 -j DROP"],
  ["iptables", "-m state --state ESTABLISHED,RELATED,NEW -j ACCEPT", "-m conntrack --ctstate NEW,RELATED,ESTABLISHED -j ACCEPT"],
  ["iptables", "-p 4 -j ACCEPT", "-p ipencap -j ACCEPT"],
  ["iptables", "-p ipencap -j ACCEPT", "-p ipv4 -j ACCEPT"],
  ["iptables", "-p 3 -j ACCEPT", "-p ggp -j ACCEPT"],
  [
    "iptables",
    "-m physdev --physdev-is-bridged --physdev-in vif1.0 -j DROP",
    "-m physdev --physdev-in vif1.0 --physdev-is-bridged -j DROP",
  ],
  ["iptables", "-m limit --limit 60/minute -j ACCEPT", "-m limit --limit 1/sec --limit-burst 5 -j ACCEPT"],
  ["iptables", "-p tcp --syn -j DROP", "-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP"],
  ["iptables", "-p tcp --tcp-flags SYN,FIN,RST,ACK SYN -j DROP", "-p tcp --tcp-flags FIN,SYN,RST,ACK SYN -j DROP"],
  ["iptables", "-j MARK --set-mark 1", "-j MARK --set-xmark 0x1/0xffffffff"],
  ["iptables", "-p udp -j REJECT", "-p udp -j REJECT --reject-with icmp-port-unreachable"],
  ["ip6tables", "-p udp -j REJECT", "-p udp -j REJECT --reject-with icmp6-port-unreachable"],
  ["iptables", "-m set --set web src -j ACCEPT", "-m set --match-set web src -j ACCEPT"],
  ["iptables", '-m comment --comment "http" -j ACCEPT', "-m comment --comment http -j ACCEPT"],
  ["iptables", "-p icmp --icmp-type echo-request -j ACCEPT", "-p icmp -m icmp --icmp-type 8 -j ACCEPT"],
  ["iptables", "-p icmp --icmp-type any -j ACCEPT", "-p icmp -j ACCEPT"],
  ["ip6tables", "-p icmpv6 --icmpv6-type 128 -j ACCEPT", "-p ipv6-icmp -m icmp6 --icmpv6-type echo-request -j ACCEPT"],
  [
    "iptables",
    "-m connlimit ! --connlimit-above 5 --connlimit-mask 32 -j ACCEPT",
    "-m connlimit --connlimit-upto 5 --connlimit-mask 32 --connlimit-saddr -j ACCEPT",
  ],
  ["iptables", "-p tcp -m multiport --dports 443,80 -j ACCEPT", "-p tcp -m multiport --dports 80,443 -j ACCEPT"],
  ["ip6tables", "-s ::102:304/128 -j DROP", "-s ::1.2.3.4/128 -j DROP"],
  ["ebtables", "-s ! 2:0:0:0:0:1 -j DROP", "-s ! 02:00:00:00:00:01 -j DROP"],
  ["ebtables", "-p IPv4 --ip-src 10.0.0.0/255.255.255.0 -j ACCEPT", "-p IPv4 --ip-source 10.0.0.0/24 -j ACCEPT"],
  ["ebtables", "-p 0x8863 -j ACCEPT", "-p PPP_DISC -j ACCEPT"],
  ["ebtables", "-p 0x0800 -j ACCEPT", "-p IPv4 -j ACCEPT"],
  ["ebtables", "-p ARP --arp-op Request -j ACCEPT", "-p ARP --arp-opcode 1 -j ACCEPT"],
  [
    "ebtables",
    "-p IPv6 --ip6-proto ipv6-icmp --ip6-icmp-type router-advertisement -j DROP",
    "-p IPv6 --ip6-proto 58 --ip6-icmp-type 134/0:255 -j DROP",
  ],
  ["arptables", "-j csp-to -i * -o * -s 10.0.0.5 --src-mac 2:0:0:0:0:1", "-s 10.0.0.5 --source-mac 02:00:00:00:00:01 -j csp-to"],
];

/** Rules that must never count as the same. */
const DIFFERENT: readonly (readonly [Tool, string, string])[] = [
  ["iptables", "-p tcp --dport 22 -j ACCEPT", "-p udp --dport 22 -j ACCEPT"],
  ["iptables", "-p tcp --dport 22 -j ACCEPT", "-p tcp --sport 22 -j ACCEPT"],
  ["iptables", "-p tcp --dport 22 -j ACCEPT", "-p tcp --dport 22 -j DROP"],
  ["iptables", "-p tcp --dport 22 -j ACCEPT", "-p tcp ! --dport 22 -j ACCEPT"],
  ["iptables", "-s 10.0.0.0/8 -j ACCEPT", "-d 10.0.0.0/8 -j ACCEPT"],
  ["iptables", "-s 10.0.0.0/8 -j ACCEPT", "! -s 10.0.0.0/8 -j ACCEPT"],
  ["iptables", "! -s 0.0.0.0/0 -j ACCEPT", "-j ACCEPT"],
  ["iptables", "! -p tcp -j ACCEPT", "-p tcp -j ACCEPT"],
  ["iptables", "-j csp-in", "-g csp-in"],
  ["iptables", "-m set --match-set web src -j ACCEPT", "-m set --match-set web dst -j ACCEPT"],
  ["iptables", "-m set ! --match-set web src -j ACCEPT", "-m set --match-set web src -j ACCEPT"],
  ["iptables", "-m comment --comment a -j ACCEPT", "-m comment --comment b -j ACCEPT"],
  ["iptables", '-m comment --comment "a -j DROP" -j ACCEPT', "-m comment --comment a -j DROP -j ACCEPT"],
  ["iptables", "-p 94 -j ACCEPT", "-p 4 -j ACCEPT"],
  ["iptables", "-p tcp -j REJECT", "-p tcp -j REJECT --reject-with tcp-reset"],
  ["iptables", "-m limit --limit 1/sec -j ACCEPT", "-m limit --limit 1/sec --limit-burst 6 -j ACCEPT"],
  ["iptables", "-m connlimit --connlimit-above 5 -j ACCEPT", "-m connlimit --connlimit-upto 5 -j ACCEPT"],
  ["iptables", "-p icmp --icmp-type 8 -j ACCEPT", "-p icmp --icmp-type 8/0 -j ACCEPT"],
  ["iptables", "-m mac --mac-source 02:00:00:00:00:01 -j ACCEPT", "-j ACCEPT"],
  ["iptables", "-m statistic --mode random --probability 0.5 -j DROP", "-j DROP"],
  ["iptables", "-m physdev --physdev-in vif1.0 -j DROP", "-m physdev --physdev-out vif1.0 -j DROP"],
  ["iptables", "-m physdev --physdev-in vif1.0 -j DROP", "-m physdev --physdev-in vif1.0 --physdev-is-bridged -j DROP"],
  ["ebtables", "-s 02:00:00:00:00:01 -j DROP", "-s ! 02:00:00:00:00:01 -j DROP"],
  ["ebtables", "-p IPv4 --ip-src 10.0.0.1 -j ACCEPT", "-p IPv4 --ip-dst 10.0.0.1 -j ACCEPT"],
  ["ebtables", "-p ARP --arp-op Request -j ACCEPT", "-p ARP --arp-op Reply -j ACCEPT"],
  ["arptables", "-j csp-to -s 10.0.0.5", "-j csp-to -s 10.0.0.6"],
  ["arptables", "-j csp-to -i vif1.0", "-j csp-to -o vif1.0"],
];

describe("rules of tools", () => {
  test.each(SAME)("%s: %s is %s", (tool, a, b) => {
    expect(canonicalRule(tool, a)).toBe(canonicalRule(tool, b));
    expect(sameRule(tool, a, b)).toBe(true);
  });

  test.each(DIFFERENT)("%s: %s is not %s", (tool, a, b) => {
    expect(sameRule(tool, a, b)).toBe(false);
  });

  test("quoted text is one word, whatever it contains", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(..."ab -!\"'\\;$`|.,") }), (text) => {
        expect(words(`-m comment --comment ${quoteText(text)} -j DROP`)).toEqual(["-m", "comment", "--comment", text, "-j", "DROP"]);
      }),
    );
  });
});
