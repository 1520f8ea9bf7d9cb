import type { Plane } from "../../firewall/model/kernel";
import { lacksOfIpv6 } from "../../firewall/planes/xtables/dialect";
import type { HostFacts } from "../look/facts";
import type { Zones } from "../records/frame";

/**
 * What a host's tools and kernel cannot see or keep apart, one sentence each, for the outputs of a Host. docs/security.md says what is the same
 * for all hosts.
 */
export function limitsOf({ dialect, bridges }: Pick<HostFacts, "dialect" | "bridges">, zones: Zones, plane: Plane): string[] {
  const limits: string[] = [];
  if (dialect.arptables === undefined && plane === "xtables")
    limits.push("ARP below a VLAN tag is not checked: there is no arptables with a FORWARD chain");
  if (dialect.zones === undefined) limits.push("connections of all bridges are in one table: the kernel cannot keep them apart by zones");
  else if (zones === "shared")
    limits.push(
      'connections of all bridges are in one table, as when this host was adopted: `conntrackZones: "by-bridge"` keeps them apart',
    );
  else if (dialect.zones === "raw" && !bridges.rawBeforeDefrag)
    limits.push(
      "fragments of all bridges are put together in one place, before their zone is known: nft, or iptable_raw with raw_before_defrag, would keep them apart",
    );
  if (bridges.learnsLinkLocal && !bridges.forwardsLinkLocal)
    limits.push("a bridge learns the source of a guest's link-local Ethernet frame (LLDP's group): the kernel is older than 4.15");
  const { lacks = [] } = dialect;
  const noIpv6 = lacksOfIpv6(lacks);
  if (noIpv6.length > 0) limits.push(`guests have no IPv6, all of it is dropped: ${noIpv6.join("; ")}`);
  if (lacks.includes("iptables.conntrack"))
    limits.push(
      'an ICMP error that a guest sends needs an egress rule where `egressDefault` is "drop": iptables does not see whose connection it is about',
    );
  if (plane === "xtables")
    limits.push(
      "the target that a neighbour advertisement claims is not compared with the sender's addresses: these tools do not see it",
      "IGMP queries about one group are not distinguished from reports: these tools do not see the type",
    );
  return limits;
}
