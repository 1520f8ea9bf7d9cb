import * as pulumi from "@pulumi/pulumi";
import { HostPolicy } from "../sdk/nodejs/firewall/hostPolicy";
import { IpSet } from "../sdk/nodejs/firewall/ipSet";
import { Host } from "../sdk/nodejs/host";
import { type FleetDeclaration, planFleet } from "./fleet-plan";

export type FleetArgs = FleetDeclaration;

/**
 * Hosts, security groups and guests in one declaration: a Host and a HostPolicy for each host. Every host that needs a group knows all its
 * members, whatever hosts they are on.
 *
 * @example
 * new csp.Fleet("fleet", {
 *   hosts: { "hv-01": {}, "hv-02": {} },
 *   groups: {
 *     web: { ingress: [{ name: "https", protocol: "tcp", ports: ["443"] }] },
 *     db: { ingress: [{ name: "postgres", protocol: "tcp", ports: ["5432"], from: ["group:web"] }] },
 *   },
 *   guests: {
 *     "web-1": { host: "hv-01", uuid: "6c1a...", groups: ["web"], interfaces: [{ device: 0, mac: "02:...", addresses: ["10.0.0.11"] }] },
 *     "db-1": { host: "hv-02", uuid: "91fe...", groups: ["db"], interfaces: [{ device: 0, mac: "02:...", addresses: ["10.0.0.12"] }] },
 *   },
 * });
 */
export class Fleet extends pulumi.ComponentResource {
  /** By host. */
  readonly hosts: Readonly<Record<string, Host>>;
  /** By host. */
  readonly policies: Readonly<Record<string, HostPolicy>>;
  /** By host, then by set. */
  readonly sets: Readonly<Record<string, Readonly<Record<string, IpSet>>>>;

  /** Throws a CspError, before anything is registered, if a name refers to nothing or is used twice. */
  constructor(name: string, args: FleetArgs, options?: pulumi.ComponentResourceOptions) {
    const plan = planFleet(name, args);
    super("csp:components:Fleet", name, {}, options);
    const parent = { parent: this };
    const hosts: Record<string, Host> = {};
    const policies: Record<string, HostPolicy> = {};
    const sets: Record<string, Record<string, IpSet>> = {};
    for (const [key, planned] of plan) {
      const declared = args.hosts[key] ?? {};
      const host = new Host(`${name}-${key}`, { ...declared, host: key }, parent);
      // Uses the host's output, so that the host is adopted first and released last.
      const onHost = { host: host.host, ...(declared.connection === undefined ? {} : { connection: declared.connection }) };
      const hostSets = Object.fromEntries(
        planned.sets.map((set) => [set, new IpSet(`${name}-${key}-${set}`, { ...args.sets?.[set], ...onHost, name: set }, parent)]),
      );
      hosts[key] = host;
      sets[key] = hostSets;
      policies[key] = new HostPolicy(
        `${name}-${key}`,
        { ...onHost, groups: planned.groups, guests: planned.guests },
        { parent: this, dependsOn: Object.values(hostSets) },
      );
    }
    this.hosts = hosts;
    this.policies = policies;
    this.sets = sets;
    this.registerOutputs({
      hosts: pulumi.output(Object.fromEntries(Object.entries(policies).map(([key, policy]) => [key, policy.ports]))),
    });
  }
}
