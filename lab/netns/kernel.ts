/** What this machine's kernel can do, found out by doing it in a network namespace that goes again. */
import { spawnSync } from "node:child_process";
import { LabErrors } from "./errors";
import type { Host, LabSpec, Topology } from "./topology";

const TRIALS = {
  "VLAN filtering": "ip link add name probe type bridge vlan_filtering 1",
  "VLAN devices (8021q)": "ip link add name probe type veth peer name peer && ip link add link probe name probe.5 type vlan id 5",
  bonds: "ip link add name probe type bond",
  "tables for iptables-nft": "iptables-nft -N probe && ip6tables-nft -N probe",
  "tables for iptables-legacy": "iptables-legacy -N probe && ip6tables-legacy -N probe",
  "tables for ebtables-nft": "ebtables-nft -t nat -N probe && ebtables-nft -N probe",
  "tables for ebtables-legacy": "ebtables-legacy -t nat -N probe && ebtables-legacy -N probe",
  "connection tracking zones": "iptables-legacy -t raw -A PREROUTING -j CT --zone 1",
  "nft's whole bridge family": `nft 'table bridge probe {
    set counted { type ipv4_addr; size 65535; flags dynamic; }
    chain probe {
      type filter hook prerouting priority -200; policy accept
      ct zone set meta ibrname map { "probe" : 1 }
      ct state established accept
      add @counted { ip saddr ct count over 2 } reject
    }
  }'`,
  "nft's netdev family": "nft 'add table netdev probe; add chain netdev probe probe { type filter hook ingress device lo priority 0; }'",
} as const;

export type KernelFeature = keyof typeof TRIALS;

const answers = new Map<KernelFeature, string | undefined>();

/** Why a feature cannot be had, in the words of the tool that tried; undefined when it can. Asked once a process; needs root. */
export function missingFeature(feature: KernelFeature): string | undefined {
  if (!answers.has(feature)) {
    const { status, stdout, stderr, error } = spawnSync("unshare", ["--net", "sh", "-c", TRIALS[feature]], { encoding: "utf8" });
    answers.set(feature, status === 0 ? undefined : error?.message || `${stderr}${stdout}`.trim() || `status ${status}`);
  }
  return answers.get(feature);
}

/** Throws when a lab wants what the kernel has not; settles what depends on the kernel, where the lab's author left it open. */
export function fitToKernel(topology: Topology, spec: LabSpec): Topology {
  const needs = (subject: string, feature: KernelFeature): void => {
    const reason = missingFeature(feature);
    if (reason !== undefined) {
      throw LabErrors.kernelLacks(subject, feature, reason);
    }
  };
  const usual = missingFeature("tables for iptables-nft") === undefined ? "nft" : "legacy";
  const hosts = topology.hosts.map((resolved, index): Host => {
    const host = { ...resolved, backend: spec.hosts[index]?.backend ?? (resolved.backend === "legacy" ? "legacy" : usual) };
    const legacyEbtables = host.backend === "legacy" && missingFeature("tables for ebtables-legacy") === undefined;
    const ebtables = host.ebtables ?? (legacyEbtables ? "legacy" : "nft");
    needs(`host ${host.name}, backend`, `tables for iptables-${host.backend}`);
    needs(`host ${host.name}, ebtables`, `tables for ebtables-${ebtables}`);
    for (const { name } of host.bridges.filter(({ vlanAware }) => vlanAware)) {
      needs(`host ${host.name}, bridge ${name}, vlanAware`, "VLAN filtering");
    }
    return { ...host, ebtables };
  });
  for (const { name } of topology.outside.filter(({ network, interface: { vlan } }) => network !== undefined && vlan !== undefined)) {
    needs(`endpoint ${name}, vlan`, "VLAN devices (8021q)");
  }
  return { ...topology, hosts };
}
