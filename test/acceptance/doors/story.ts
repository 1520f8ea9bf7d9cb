import type { Lab, LabHost } from "../../../lab/netns";
import { vifChain, vifId } from "../../../provider/firewall/model/names";
import { type Declaration, type Imported, Ref } from "./declaration";

/** One host with two guests, and what happens to them. The story is the same through every door and must end in the same kernel state. */

export const HOST = "hv-01";
export const WEB = { uuid: "d0000000-0000-4000-8000-00000000000b", mac: "02:00:00:20:0d:0b", address: "10.25.0.11" };
export const DB = { uuid: "d0000000-0000-4000-8000-00000000000c", mac: "02:00:00:20:0d:0c", address: "10.25.0.12" };

interface Wanted {
  /** Ports the web guest's "http" rule opens. */
  readonly http?: readonly string[];
  /** Another spelling of the same. */
  readonly respelled?: boolean;
  readonly rival?: boolean;
}

export function program({ http = ["80"], respelled = false, rival = false }: Wanted = {}): Declaration[] {
  const host = new Ref("hv", "host");
  const nic = ({ mac, address }: typeof WEB) => [{ device: 0, mac: respelled ? mac.toUpperCase() : mac, addresses: [address] }];
  return [
    { token: "csp:index:Host", name: "hv", args: { host: HOST } },
    { token: "csp:firewall:IpSet", name: "blocked", args: { host, name: "blocklist", members: ["198.51.100.0/24", "203.0.113.7"] } },
    {
      token: "csp:firewall:SecurityGroup",
      name: "ops",
      args: {
        name: "ops",
        ingress: [{ name: "ssh", protocol: "tcp", ports: ["22"], from: [respelled ? "10.25.0.9/24" : "10.25.0.0/24"] }],
      },
    },
    {
      token: "csp:firewall:GuestFirewall",
      name: "web",
      args: {
        host,
        guest: { uuid: respelled ? WEB.uuid.toUpperCase() : WEB.uuid },
        interfaces: nic(WEB),
        groups: [new Ref("ops", "policy")],
        ingress: [
          { name: "blocked", action: "drop", from: [new Ref("blocked", "peer")] },
          { name: "http", protocol: respelled ? "6" : "tcp", ports: http },
          { name: "https", protocol: "tcp", ports: ["443"] },
        ],
        egress: [{ name: "smtp", action: "drop", protocol: "tcp", ports: ["25"] }],
      },
    },
    {
      token: "csp:firewall:HostPolicy",
      name: "tier",
      args: {
        host,
        name: "tier",
        groups: { db: { ingress: [{ name: "sql", protocol: "tcp", ports: ["5432"], from: [WEB.address] }] } },
        guests: { "db-1": { uuid: DB.uuid, interfaces: nic(DB), groups: ["db"] } },
      },
    },
    {
      token: "csp:firewall:RuleSet",
      name: "lockdown",
      args: {
        host,
        tool: "iptables",
        chain: "lockdown",
        rules: ["-p tcp --dport 443 -j DROP"],
        jumps: [{ from: "FORWARD", position: "beforeGuests", match: `-d ${WEB.address}` }],
      },
    },
    {
      token: "csp:firewall:HostFirewall",
      name: "own",
      args: { host, ingress: [{ name: "ssh", protocol: respelled ? "TCP" : "tcp", ports: ["22"] }] },
    },
    ...(rival
      ? [
          {
            token: "csp:firewall:GuestFirewall",
            name: "rival",
            args: { host, guest: { uuid: DB.uuid }, interfaces: nic(DB) },
          } as const,
        ]
      : []),
  ];
}

export const IDS: readonly Imported[] = [
  { name: "hv", id: HOST },
  { name: "blocked", id: `${HOST}/blocklist` },
  { name: "web", id: `${HOST}/${WEB.uuid}` },
  { name: "tier", id: `${HOST}/tier` },
  { name: "lockdown", id: `${HOST}/iptables/filter/lockdown` },
  { name: "own", id: HOST },
];

const ingressOfWeb = vifChain.ingress(vifId(WEB.uuid, 0));

/** A step: what is declared or done, what the plan says, and which packets pass after it was applied. */
export interface Step {
  readonly what: string;
  readonly wanted?: Wanted;
  /** Changes the host without the door. */
  readonly byHand?: (lab: Lab, host: LabHost) => Promise<unknown>;
  /** Names of resources, sorted. */
  readonly changes: readonly string[];
  /** Lines of flows.ts's tables. */
  readonly flows?: string;
}

const OPEN_80 = `
  db web tcp:80 pass
  db web tcp:8080 block
  db web tcp:22 pass
  db web tcp:443 block
  web db tcp:5432 pass
  web db tcp:22 block
  web db tcp:25 block`;

export const STEPS: readonly Step[] = [
  { what: "everything is created", changes: ["blocked", "hv", "lockdown", "ops", "own", "tier", "web"], flows: OPEN_80 },
  {
    what: "one rule changes",
    wanted: { http: ["8080"] },
    changes: ["web"],
    flows: OPEN_80.replace("tcp:80 pass", "tcp:80 block").replace("tcp:8080 block", "tcp:8080 pass"),
  },
  { what: "and back", changes: ["web"], flows: OPEN_80 },
  {
    what: "a rule is lost",
    byHand: (_lab, host) => host.run(`iptables -F ${ingressOfWeb}`),
    changes: ["web"],
    flows: OPEN_80,
  },
  {
    what: "a member is taken out of a set, and another put in",
    byHand: (_lab, host) => host.run("ipset del blocklist 203.0.113.7 && ipset add blocklist 10.25.0.0/24"),
    changes: ["blocked"],
    flows: OPEN_80,
  },
  {
    what: "a rule set's rule is lost, and the jump to it",
    byHand: (_lab, host) => host.run(`iptables -F csp-user-lockdown && iptables -D FORWARD -d ${WEB.address} -j csp-user-lockdown`),
    changes: ["lockdown"],
    flows: OPEN_80,
  },
  {
    what: "a rule of the host's own firewall is lost",
    byHand: (_lab, host) => host.run("iptables -F csp-host-in"),
    changes: ["own"],
    flows: OPEN_80,
  },
  {
    what: "a rule of the frame is lost",
    byHand: (_lab, host) => host.run("ip6tables -F csp-forward"),
    changes: ["hv"],
    flows: OPEN_80,
  },
];
