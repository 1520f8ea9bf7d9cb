import fc from "fast-check";
import { compileHostFirewall } from "../../provider/firewall/compile/host-firewall";
import { compileRuleSet, ruleSetId, type UserTool } from "../../provider/firewall/compile/rule-set";
import { compileUnit, guestUnit, policyUnit } from "../../provider/firewall/compile/unit";
import { type KernelSet, nameOf, type Sets, TABLES, type Table, toolOf } from "../../provider/firewall/model/kernel";
import { CURRENT } from "../../provider/firewall/planes/print";
import { EMPTY_TABLE, type SavedTable, tablesWith } from "../../provider/firewall/planes/xtables/saved";
import type { Dialect, HostFacts } from "../../provider/host/look/facts";
import { type HostPorts, parsePorts } from "../../provider/host/look/ports";
import { parseSnapshot, type Snapshot } from "../../provider/host/look/snapshot";
import { INDEX_WORDS, parseIndex } from "../../provider/host/records/records";
import { RECORD_FOLDERS } from "../../provider/host/records/state-dir";
import { SUMMED, sumOf } from "../../provider/host/records/sums";
import { parseZones } from "../../provider/host/records/zones";
import { DesiredHost, type HostPlan } from "../../provider/host/state/desired";
import type { Edit, Ownership } from "../../provider/host/state/edit";
import { memory } from "../../provider/memory";
import { policySchema } from "../firewall/arbitrary";

/** A host as maps of files, chains and sets, with its snapshot and with what a plan changes. */
export interface ModelHost {
  readonly dialect: Dialect;
  readonly network: HostPorts;
  /** Below csp's folder, by name. */
  readonly files: ReadonlyMap<string, string>;
  readonly tables: Readonly<Record<Table, SavedTable>>;
  readonly sets: Sets;
}

export const DIALECT: Dialect = { wait: true, arptables: "arptables", ebtables: "nft", zones: "nft", backend: "nft" };

export const factsOf = ({ dialect }: Pick<ModelHost, "dialect">) => ({ dialect }) as HostFacts;

/** Built-in chains and what others have in them, as a tool prints it. */
const FOREIGN: Partial<Record<Table, Readonly<Record<string, readonly string[]>>>> = {
  "arptables.filter": { INPUT: [], FORWARD: ["-j mark"] },
  "iptables.raw": { PREROUTING: [] },
  "iptables.mangle": { PREROUTING: [], INPUT: [], FORWARD: ["-j TOS --set-tos 0x10"], OUTPUT: [], POSTROUTING: [] },
  "iptables.nat": { PREROUTING: ["-j DOCKER"], INPUT: [], OUTPUT: [], POSTROUTING: [], DOCKER: ["-j RETURN"] },
  "iptables.filter": { INPUT: ["-i lo -j ACCEPT"], FORWARD: ["-j DOCKER-USER", "-j DROP"], OUTPUT: [], "DOCKER-USER": ["-j RETURN"] },
  "ip6tables.raw": { PREROUTING: [] },
  "ip6tables.mangle": { PREROUTING: [], INPUT: [], FORWARD: [], OUTPUT: [], POSTROUTING: [] },
  "ip6tables.nat": { PREROUTING: [], INPUT: [], OUTPUT: [], POSTROUTING: [] },
  "ip6tables.filter": { INPUT: [], FORWARD: [], OUTPUT: ["-o lo -j ACCEPT"] },
  "ebtables.broute": { BROUTING: ["-p IPv6 -j DROP"] },
  "ebtables.filter": { INPUT: [], FORWARD: [] },
  "ebtables.nat": { PREROUTING: ["-p 802_1Q -j ACCEPT"], OUTPUT: [], POSTROUTING: [] },
};

/** Two bridges; guests 0 and 1 run, on one each. */
const network = parsePorts(
  [
    "bridge xenbr0 fe:ff:ff:ff:ff:00 0",
    "bridge xenbr1 fe:ff:ff:ff:ff:01 0",
    "port eth0 2 00:16:3e:00:00:01 xenbr0",
    "port vif1.0 11 - xenbr0",
    "port vif2.0 12 - xenbr1",
    "port vif9.0 19 - xenbr1",
    `vm vif1.0 ${uuidOf(0)}`,
    "mac vif1.0 02:00:00:00:00:00",
    `vm vif2.0 ${uuidOf(1)}`,
    "mac vif2.0 02:00:00:00:00:01",
  ].join("\n"),
);

/** A host that csp has not changed yet; others have rules and a set there. */
export function untouchedHost(dialect: Dialect = DIALECT): ModelHost {
  const tables = Object.fromEntries(
    Object.entries(FOREIGN).map(([table, chains]) => [table, { ...EMPTY_TABLE, foreign: new Map(Object.entries(chains)) }]),
  );
  const sets: Sets = new Map([["theirs", { type: "hash:ip", family: "inet", maxElements: 1024, members: new Set(["192.0.2.1"]) }]]);
  return { dialect, network, files: new Map(), tables: tablesWith(tables), sets };
}

export function lookAt(host: ModelHost): Snapshot {
  const nothing = parseSnapshot("@@csp end\n", 0, host.dialect) as Snapshot;
  const isRecord = (name: string) => name === "frame" || RECORD_FOLDERS.some((folder) => name.startsWith(`${folder}/`));
  // In a random order: `grep -r` prints files in the order of the disk.
  const records = [...host.files].filter(([name]) => isRecord(name)).sort(([a], [b]) => (sumOf(a) < sumOf(b) ? -1 : 1));
  const index = records
    .flatMap(([, text]) => text.split("\n"))
    .filter((line) => INDEX_WORDS.some((word) => line === word || line.startsWith(`${word} `)))
    .join("\n");
  const sums = new Map(SUMMED.flatMap((name) => (host.files.has(name) ? [[name, sumOf(host.files.get(name) as string)] as const] : [])));
  return {
    ...nothing,
    boot: "the-boot",
    network: host.network,
    ports: host.network.found,
    records: parseIndex(index, { sums, zones: parseZones(host.files.get("zones") ?? "") }),
    tables: host.tables,
    sets: host.sets,
  };
}

export function desiredOf(host: ModelHost): DesiredHost {
  return new DesiredHost("hv-01", factsOf(host), lookAt(host));
}

/** The host after a plan was carried out, as the tools and the transaction's script do it. */
export function carryOut(host: ModelHost, { kernel, files: { put, remove } }: HostPlan): ModelHost {
  const tables = { ...host.tables };
  for (const table of TABLES) {
    const chains = new Map(tables[table].chains);
    for (const { chain, before, after } of kernel.tables[table].chains) {
      expect(chains.get(chain)).toEqual(before);
      if (after === undefined) chains.delete(chain);
      else chains.set(chain, after);
    }
    const foreign = new Map(tables[table].foreign);
    for (const { chain, before, after } of kernel.tables[table].jumps) {
      const rules = [...(foreign.get(chain) ?? [])];
      for (const { text, position } of [...before].reverse()) expect(rules.splice(position - 1, 1)).toEqual([text]);
      for (const { text, position } of after) rules.splice(position - 1, 0, text);
      foreign.set(chain, rules);
    }
    tables[table] = { ...tables[table], chains, foreign };
  }
  const sets = new Map(host.sets);
  for (const { name, after } of kernel.sets) {
    if (after === undefined) sets.delete(name);
    else sets.set(name, after);
  }
  const files = new Map(host.files);
  for (const name of remove) files.delete(name);
  for (const [name, content] of put) files.set(name, content());
  return { ...host, tables, sets, files };
}

/** A host that csp has adopted and that has no other resource. */
export const adoptedHost = memory.once(
  { name: "adopted hosts", reason: "tests" },
  (dialect: Dialect): ModelHost => together(untouchedHost(dialect), [edits.frame(MINE)]),
);

/** All edits in one transaction. */
export function together(host: ModelHost, edits: readonly Edit[]): ModelHost {
  const desired = desiredOf(host);
  for (const edit of edits) desired.edit(edit);
  return carryOut(host, desired.plan());
}

/** Each in a transaction of its own. */
export function oneByOne(host: ModelHost, edits: readonly Edit[]): ModelHost {
  return edits.reduce((before, edit) => together(before, [edit]), host);
}

/** Everything that can be seen of a host, sorted. */
export function contentOf({ files, tables, sets }: ModelHost) {
  const sorted = <V>(map: ReadonlyMap<string, V>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    files: sorted(files),
    tables: TABLES.map((table) => [table, sorted(tables[table].chains), sorted(tables[table].foreign)]),
    sets: sorted(sets).map(([name, { members, ...set }]) => [name, set, [...members].sort()]),
  };
}

export function uuidOf(guest: number): string {
  return `6c1a0000-0000-4000-8000-${String(guest).padStart(12, "0")}`;
}

export const labelOf = (guest: number) => `guest-${guest}`;

/** The parts of a guest's declaration that a resource may change. */
export interface GuestVariant {
  readonly port?: string;
  /** Ports that anybody may reach it on; those of one rule. */
  readonly open: readonly number[];
  /** A set that a rule of it refers to: "set:NAME", or "set6:NAME". */
  readonly peer?: string;
  readonly vlans?: readonly number[];
}

function declareGuest(guest: number, { port, open, peer, vlans = [] }: GuestVariant, groups: readonly string[]) {
  const policy = policySchema.parse({
    interfaces: [
      {
        device: 0,
        mac: `02:00:00:00:00:0${guest}`,
        addresses: [`10.0.0.${guest + 1}`],
        vlans: [...vlans],
        ...(port === undefined ? {} : { port }),
      },
    ],
    ingress: [
      ...open.map((one) => ({ name: `port-${one}`, protocol: "tcp", ports: [String(one)] })),
      ...(peer === undefined ? [] : [{ name: "peers", from: [peer] }]),
    ],
  });
  return { ...policy, label: labelOf(guest), uuid: uuidOf(guest), groups };
}

/** Rules that belong to no guest. */
const rulesOf = (ingress: readonly object[]) => policySchema.omit({ interfaces: true }).parse({ ingress });

export interface Terms {
  readonly owner: string;
  readonly ownership: Ownership;
}

export const MINE: Terms = { owner: "shop/dev web", ownership: "new" };
export const THEIRS: Terms = { owner: "other/prod web", ownership: "new" };

export const edits = {
  frame: ({ owner, ownership }: Terms, guestPorts: readonly string[] = ["vif", "tap"]): Edit => ({
    kind: "frame",
    ownership,
    frame: {
      owner,
      guestPorts,
      callers: ["udev"],
      sysctls: { "bridge-nf-call-iptables": "0" },
      plane: "xtables",
      zones: "by-bridge",
      besides: [],
    },
    declaration: { host: "hv-01", guestPorts },
  }),
  /** A GuestFirewall. */
  guest: ({ owner, ownership }: Terms, guest: number, variant: GuestVariant): Edit => ({
    kind: "unit",
    ownership,
    owner,
    unit: compileUnit(
      {
        id: guestUnit(uuidOf(guest)),
        groups: new Map(),
        guests: [declareGuest(guest, variant, [])],
        groupPeers: "inline",
      },
      CURRENT,
    ),
    declaration: { host: "hv-01", guest: { uuid: uuidOf(guest) }, variant },
    guestDeclarations: new Map(),
  }),
  /** A HostPolicy whose guests are in one group. */
  policy: ({ owner, ownership }: Terms, name: string, guests: ReadonlyMap<number, GuestVariant>): Edit => ({
    kind: "unit",
    ownership,
    owner,
    unit: compileUnit(
      {
        id: policyUnit(name),
        groups: new Map([["all", { ...rulesOf([{ name: "group", from: ["group:all"] }]), members: [] }]]),
        guests: [...guests].map(([guest, variant]) => declareGuest(guest, variant, ["all"])),
        groupPeers: "set",
      },
      CURRENT,
    ),
    declaration: { host: "hv-01", name },
    guestDeclarations: new Map([...guests].map(([guest, variant]) => [uuidOf(guest), { variant }])),
  }),
  hostFirewall: ({ owner, ownership }: Terms, open: readonly number[]): Edit => ({
    kind: "unit",
    ownership,
    owner,
    unit: compileHostFirewall(rulesOf(open.map((one) => ({ name: `port-${one}`, protocol: "tcp", ports: [String(one)] }))), CURRENT),
    declaration: { host: "hv-01", open },
    guestDeclarations: new Map(),
  }),
  ruleSet: (
    { owner, ownership }: Terms,
    at: Extract<Table, `${"iptables" | "ip6tables" | "ebtables"}.${string}`>,
    chain: string,
    rules: readonly string[],
    position: "beforeGuests" | "first" | "last",
  ): Edit => ({
    kind: "unit",
    ownership,
    owner,
    unit: compileRuleSet({
      ...{ tool: toolOf(at) as UserTool, table: nameOf(at), chain, rules },
      jumps: [{ from: at === "ebtables.broute" ? "BROUTING" : at.endsWith(".filter") ? "FORWARD" : "PREROUTING", position }],
    }),
    declaration: { host: "hv-01", at, chain, rules, position },
    guestDeclarations: new Map(),
  }),
  set: ({ owner, ownership }: Terms, name: string, members: readonly string[], family: "inet" | "inet6" = "inet"): Edit => ({
    kind: "set",
    ownership,
    owner,
    name,
    content: setOf(members, family),
    declaration: { host: "hv-01", name, members },
  }),
};

export function setOf(members: readonly string[], family: "inet" | "inet6" = "inet"): KernelSet {
  return { type: "hash:net", family, maxElements: 65536, members: new Set(members) };
}

/** The edit that takes away what another puts. */
export function removalOf(edit: Edit): Edit {
  switch (edit.kind) {
    case "frame":
      return { kind: "no-frame" };
    case "unit":
      return { kind: "no-unit", id: edit.unit.id };
    case "set":
      return { kind: "no-set", name: edit.name };
    default:
      return edit;
  }
}

/** An edit in the form that a failing property prints: its maker and the arguments. */
export type Spec =
  | { [K in keyof typeof edits]: readonly [make: K, ...args: Parameters<(typeof edits)[K]>] }[keyof typeof edits]
  | readonly ["remove", Edit];

export function editOf(spec: Spec): Edit {
  if (spec[0] === "remove") return spec[1];
  const [make, ...args] = spec;
  return (edits[make] as (...args: unknown[]) => Edit)(...args);
}

const openPorts = fc.subarray([22, 80, 443]);
const variant = (...ports: readonly string[]): fc.Arbitrary<GuestVariant> =>
  fc.record({ open: openPorts, port: fc.constantFrom(...ports), vlans: fc.constantFrom([7], [7, 8]) }, { requiredKeys: ["open"] });
const rules = fc.subarray(["-s 192.0.2.0/24 -j DROP", "-j LOG", "-j RETURN"]);
const position = fc.constantFrom("beforeGuests" as const, "first" as const, "last" as const);
/** Tables that only rule sets are in. */
const OTHER_TABLES = [...(["iptables.mangle", "iptables.nat", "ip6tables.mangle", "ip6tables.nat", "ebtables.broute"] as const)];
const behind = fc.constantFrom("first" as const, "last" as const);
const members = fc.subarray(["192.0.2.0/24", "198.51.100.0/24", "203.0.113.7"]);

/** Edits of resources that have nothing to do with each other: another guest, port, chain and set each. */
export function independentEdits(terms: Terms): fc.Arbitrary<Spec[]> {
  const one: fc.Arbitrary<Spec>[] = [
    fc.tuple(fc.constant("guest" as const), fc.constant(terms), fc.constant(0), variant("vif1.0", "vif7.0")),
    fc.tuple(fc.constant("guest" as const), fc.constant(terms), fc.constant(1), variant("vif2.0")),
    fc
      .tuple(fc.subarray([2, 3, 4]), variant("vif9.0"), fc.record({ open: openPorts }))
      .map(([guests, first, others]) => [
        "policy",
        terms,
        "tenants",
        new Map(guests.map((guest, at) => [guest, at === 0 ? first : others])),
      ]),
    fc.record({ open: openPorts }).map((guest) => ["policy", terms, "more", new Map([[5, guest]])]),
    openPorts.map((open) => ["hostFirewall", terms, open]),
    fc.tuple(rules, position).map(([texts, at]) => ["ruleSet", terms, "iptables.filter", "mail", texts, at]),
    fc.tuple(rules, position).map(([texts, at]) => ["ruleSet", terms, "iptables.filter", "abuse", texts, at]),
    // The same name as that of iptables above.
    fc.tuple(rules, position).map(([texts, at]) => ["ruleSet", terms, "ip6tables.filter", "mail", texts, at]),
    // And the same name in other tables of the same tool.
    ...OTHER_TABLES.map((table) => fc.tuple(rules, behind).map(([texts, at]): Spec => ["ruleSet", terms, table, "mail", texts, at])),
    position.map((at) => ["ruleSet", terms, "ebtables.nat", "storm", ["-p 0x88cc -j DROP"], at]),
    position.map((at) => ["ruleSet", terms, "ebtables.filter", "storm", ["-p 0x88cc -j DROP"], at]),
    members.map((all) => ["set", terms, "blocklist", all]),
    members.map((all) => ["set", terms, "scanners", all]),
  ];
  return fc.subarray(one).chain((chosen) => fc.tuple(...chosen));
}

/** Edits by any owner of anything: they conflict with each other. */
export function anyEdit(owners: readonly string[]): fc.Arbitrary<Spec> {
  const terms = fc.record({ owner: fc.constantFrom(...owners), ownership: fc.constantFrom("new" as const, "held" as const) });
  const guest = fc.nat(3);
  const anyVariant = fc.record(
    {
      open: openPorts,
      port: fc.constantFrom("vif1.0", "vif2.0", "vif9.0", "eth0"),
      peer: fc.constantFrom("set:blocklist", "set6:blocklist", "set:theirs", "set:nowhere"),
    },
    { requiredKeys: ["open"] },
  );
  const guests = fc.uniqueArray(fc.tuple(guest, anyVariant), { selector: ([which]) => which, maxLength: 3 });
  return fc.oneof<{ arbitrary: fc.Arbitrary<Spec>; weight: number }[]>(
    { weight: 4, arbitrary: fc.tuple(fc.constant("guest" as const), terms, guest, anyVariant) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(terms, fc.constantFrom("one", "two"), guests)
        .map(([by, name, variants]): Spec => ["policy", by, name, new Map(variants)]),
    },
    { weight: 2, arbitrary: fc.tuple(fc.constant("set" as const), terms, fc.constantFrom("blocklist", "theirs"), members) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(terms, fc.constantFrom("iptables.filter" as const, ...OTHER_TABLES), rules, behind)
        .map(([by, table, texts, at]): Spec => ["ruleSet", by, table, "mail", texts, at]),
    },
    { weight: 1, arbitrary: terms.map((by): Spec => ["frame", by]) },
    {
      weight: 3,
      arbitrary: fc
        .constantFrom<Edit>(
          ...[0, 1, 2, 3].map((which): Edit => ({ kind: "no-unit", id: guestUnit(uuidOf(which)) })),
          { kind: "no-unit", id: policyUnit("one") },
          { kind: "no-unit", id: ruleSetId({ tool: "iptables", table: "filter", chain: "mail" }) },
          { kind: "no-unit", id: ruleSetId({ tool: "iptables", table: "mangle", chain: "mail" }) },
          { kind: "no-unit", id: ruleSetId({ tool: "iptables", table: "nat", chain: "mail" }) },
          { kind: "no-set", name: "blocklist" },
          { kind: "no-frame" },
        )
        .map((edit): Spec => ["remove", edit]),
    },
  );
}

export const dialects: fc.Arbitrary<Dialect> = fc.constantFrom<Dialect>(
  DIALECT,
  { ...DIALECT, zones: "raw", backend: "legacy", ebtables: "legacy" },
  { wait: false, ebtables: "legacy", backend: "legacy" },
);
