import type { Bridge, Trait } from "../../firewall/compile/templates";
import { formatTraits } from "./traits";

/** A port, and the guest's interface that claims it. */
export interface PortClaim {
  readonly port: string;
  readonly vif: string;
  readonly traits: readonly Trait[];
  readonly uuid: string;
  readonly device: number;
  /** Undefined if the user pinned the port. */
  readonly ifindex?: number;
  /** The bridge that it is a port of; undefined if it is on no bridge, or if there is no such port now. */
  readonly bridge?: string;
}

/**
 * Which guest's interface each port is: "port vif12.0 37 <uuid> 0 <vif id> rcv xenbr0", with the port's ifindex ("-" if it is pinned) and its
 * bridge ("-" if it has none); and the bridges.
 */
export function formatPorts(claims: readonly PortClaim[], bridges: readonly Bridge[], boot: string): string {
  const ports = [...claims]
    .sort((a, b) => (a.port < b.port ? -1 : 1))
    .map(
      ({ port, ifindex, uuid, device, vif, traits, bridge }) =>
        `port ${port} ${ifindex ?? "-"} ${uuid} ${device} ${vif} ${formatTraits(traits)} ${bridge ?? "-"}\n`,
    );
  const sites = bridges.map(({ name, mac, zone }) => `bridge ${name} ${mac} ${zone}\n`);
  return `csp-ports 2\nboot ${boot}\n${ports.join("")}${sites.join("")}end\n`;
}
