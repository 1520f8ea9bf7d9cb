import type { Inputs } from "@pulumi/pulumi";
import type { Backend, Lab, LabHost } from "../../lab/netns";
import { PORTS } from "./floods";
import { declare, generation, type LabStack, labStack } from "./stack";

/** Two hosts. On the first: the guest that the events happen to, and its peer, each with two interfaces. On the second: one guest. */
export function followLab(name: string, backend: Backend, hosts: Readonly<Record<string, unknown>> = {}): Promise<LabStack> {
  const guest = (name: string, host: string, n: number) => ({
    name,
    host,
    addresses: [`10.41.0.${n}/16`, `fd41::${n}/64`],
    extraInterfaces: [{ addresses: [`10.41.1.${n}/16`, `fd41::1:${n}/64`] }],
  });
  return labStack({
    name,
    hosts: [
      { name: "hv-01", backend, ...hosts },
      { name: "hv-02", backend, ...hosts },
    ],
    guests: [guest("web", "hv-01", 11), guest("peer", "hv-01", 12), guest("far", "hv-02", 13)],
    outside: [{ name: "client", addresses: ["10.41.0.9/16", "fd41::9/64"] }],
  });
}

/** Every guest's policy: its own addresses, one open port inwards, all ports but one outwards. `on`: the hosts of a guest that may be on several. */
export function followProgram(lab: Lab, on: Readonly<Record<string, readonly string[]>> = {}, host: () => Inputs = () => ({})): () => void {
  return () => {
    const hosts = new Map(lab.hosts.map(({ name }) => [name, declare.host(name, host())]));
    for (const guest of lab.guests) {
      const several = on[guest.name]?.map((name) => hosts.get(name)?.host);
      declare.guest(guest.name, {
        ...(several === undefined ? { host: hosts.get(guest.host)?.host } : { hosts: several }),
        guest: { uuid: guest.uuid },
        interfaces: guest.spec.interfaces.map(({ mac, addresses }, device) => ({
          device,
          mac,
          addresses: addresses.map((address) => address.split("/")[0]),
        })),
        ingress: [{ name: "open", protocol: "udp", ports: [String(PORTS.open)] }],
        egress: [{ name: "closed", action: "drop", protocol: "udp", ports: [String(PORTS.closedOut)] }],
      });
    }
  };
}

/** Checks the state after an event: `pulumi up --refresh` changes nothing, finds no drift, and sends no transaction. */
export async function noChanges(work: LabStack, host: LabHost): Promise<void> {
  const before = await generation(host);
  await work.stack.up({ refresh: true, expectNoChanges: true });
  expect(await driftOf(work)).toEqual({});
  expect(await generation(host)).toBe(before);
}

/** What the last refresh found, by resource. */
export async function driftOf(work: LabStack): Promise<Record<string, readonly string[]>> {
  const { deployment } = await work.stack.exportStack();
  const found: [string, readonly string[]][] = [];
  for (const { urn, outputs } of deployment.resources as { urn: string; outputs?: { drift?: readonly string[] } }[]) {
    if ((outputs?.drift?.length ?? 0) > 0) found.push([urn.split("::").at(-1) ?? urn, outputs?.drift ?? []]);
  }
  return Object.fromEntries(found);
}
