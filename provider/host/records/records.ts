import { createHash } from "node:crypto";
import type { Bridge, Trait } from "../../firewall/compile/templates";
import type { CompiledGuest, CompiledUnit } from "../../firewall/compile/unit";
import {
  chainsIn,
  isTable,
  type Jump,
  type JumpPlace,
  PLANES,
  type Plane,
  type Sets,
  TABLES,
  type Table,
  type Tool,
  UNNAMED_TABLE,
} from "../../firewall/model/kernel";
import { ruleLine, setText } from "../../firewall/planes/xtables/restore";

/**
 * What csp keeps on a host, below {@link STATE_DIR}, in words that a POSIX shell and awk can read: the hook uses the same files.
 *
 * - `frame`: the host is a csp host. It says how the names of guests' ports begin, and what csp must restore when it leaves the host. A frame
 *   without an owner comes from an installation (adopt/first-boot.ts) and waits for a Host.
 * - `templates`: what leads from ports to guests' chains (firewall/compile/templates.ts).
 * - `units/<id>`: what one resource owns besides its guests: its chains and sets, the rules that lead to them from chains that are not ours
 *   ("jump TABLE CHAIN PLACE RULE"), and its declaration.
 * - `guests/<uuid>`: one guest: its owner, its interfaces, its declaration, its chains. It contains no interface name of the host.
 * - `sets/<name>`: an IpSet resource.
 * - `vifs`: the interfaces of all guests in one file, for finding their ports.
 * - `ports`: which guest's interface each port was, which bridges there were and which boot it was when the kernel's chains were last written.
 * - `zones`: which connection tracking zone each bridge has.
 * - `hook`, `dialect`: the script that follows guests (remote/hook.sh), and how it must call this host's tools.
 * - `failures`, `hook.log`: what the hook could not do, and what it did.
 * - `generation`: counts transactions, and the hook's changes.
 *
 * Files end in a line `end`. A file without it was cut off and does not count.
 * A `digest` line is the digest of the rest of its file, so that csp need not send again what is there already.
 */
export const STATE_DIR = "/var/lib/csp";

/** "guest/<uuid>" or "policy/<name>" as the name of a file; the hook's failures call a unit by it. */
export function unitRecord(id: string): string {
  return id.replace("/", ".");
}

/** Each record's file, below {@link STATE_DIR}. */
export const recordFile = {
  frame: "frame",
  guest: (uuid: string) => `guests/${uuid}`,
  unit: (id: string) => `units/${unitRecord(id)}`,
  set: (name: string) => `sets/${name}`,
} as const;

/** Where records of which there may be several are. */
export const RECORD_FOLDERS = ["guests", "units", "sets"] as const;

export interface VifRecord {
  readonly device: number;
  readonly mac: string;
  readonly id: string;
  /** Pinned by the user. */
  readonly port?: string;
  readonly anyMac?: boolean;
  /** Which chains it has besides those that every interface has. Records of earlier versions have none. */
  readonly traits: readonly Trait[];
  /** Addresses and ranges that it may use. */
  readonly addresses: readonly string[];
  readonly network?: string;
}

/** An interface and its guest. */
export interface GuestVif extends VifRecord {
  readonly uuid: string;
  readonly label: string;
}

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

export interface GuestRecord {
  readonly uuid: string;
  readonly unit: string;
  readonly owner: string;
  readonly label: string;
  readonly vifs: readonly VifRecord[];
  /** The file's digest; absent from files of earlier versions. */
  readonly digest?: string;
}

export interface UnitRecord {
  readonly id: string;
  readonly owner: string;
  readonly chains: readonly string[];
  readonly sets: readonly string[];
  readonly jumps: readonly Jump[];
  /** The file's digest; absent from files of earlier versions. */
  readonly digest?: string;
}

export interface SetRecord {
  readonly name: string;
  readonly owner: string;
}

export interface FrameRecord {
  readonly owner: string;
  readonly guestPorts: readonly string[];
  /** The value of each sysctl before csp set it. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** The callers of the hook (look/callers.ts); none if there is no hook. */
  readonly callers: readonly string[];
  /** Whether each bridge has its own connection table. Records of earlier versions do not say; these hosts share one table until a Host changes it. */
  readonly zones: Zones;
  /** What else decided about bridged packets when csp last set the host up (surroundings.ts). What comes later is drift. */
  readonly besides: readonly string[];
  /** Records of earlier versions do not say. */
  readonly plane: Plane;
}

export type Zones = "by-bridge" | "shared";

/** A frame that no resource owns. */
export type WaitingFrame = Omit<FrameRecord, "owner">;

export function isOwned(frame: FrameRecord | WaitingFrame): frame is FrameRecord {
  return "owner" in frame;
}

export interface Records {
  readonly frame?: FrameRecord;
  /** In place of a frame: the one that an installation left. It has no owner and stops all guests until a Host adopts it. */
  readonly waiting?: WaitingFrame;
  readonly guests: ReadonlyMap<string, GuestRecord>;
  /** The interfaces of all guests. It is the same array as in an earlier snapshot if nothing changed. */
  readonly vifs: readonly GuestVif[];
  readonly units: ReadonlyMap<string, UnitRecord>;
  readonly sets: ReadonlyMap<string, SetRecord>;
  /** Records that are cut off or are not files: "guests/<uuid>". They count as missing. */
  readonly spoilt: readonly string[];
  /** Bridge to zone. */
  readonly zones: ReadonlyMap<string, number>;
  /** MD5 of each file of the state directory that is compared as a whole, by its name; see {@link SUMMED}. */
  readonly sums: ReadonlyMap<string, string>;
}

/** Files that a transaction writes if they are not what they should be. */
export const SUMMED = ["ports", "vifs", "templates", "zones", "hook", "dialect"] as const;

/** First words of the lines that `grep` takes from the files for a snapshot. Everything after `declaration` is for import and boot. */
export const INDEX_WORDS = [
  "csp-frame",
  "csp-guest",
  "csp-unit",
  "csp-set",
  "digest",
  "owner",
  "label",
  "uuid",
  "unit",
  "vif",
  "chain",
  "set",
  "jump",
  "hook",
  "address",
  "network",
  "ports",
  "sysctl",
  "callers",
  "zones",
  "plane",
  "beside",
  "end",
];

/** One line of text: a record has one value a line. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}

export function formatGuest(unit: string, guest: CompiledGuest, owner: string, declaration: unknown): string {
  const lines = [
    `uuid ${guest.uuid}`,
    `unit ${unit}`,
    `owner ${oneLine(owner)}`,
    `label ${oneLine(guest.label)}`,
    ...guest.vifs.flatMap((vif) => [
      `vif ${vif.device} ${vif.mac} ${vif.id} ${vif.port ?? "-"} ${vif.anyMac ? "any" : "mac"} ${formatTraits(vif.traits)}`,
      ...vif.addresses.map((address) => `address ${vif.device} ${address}`),
      ...(vif.network === undefined ? [] : [`network ${vif.device} ${oneLine(vif.network)}`]),
    ]),
    // The declaration of a GuestFirewall is in its unit's record.
    ...(declaration === undefined ? [] : [`declaration ${JSON.stringify(declaration)}`]),
    ...chainLines(guest.chains),
  ];
  return withDigest("csp-guest 2", lines);
}

function formatTraits(traits: readonly Trait[]): string {
  return traits.length === 0 ? "-" : traits.join(",");
}

function chainLines(part: CompiledGuest["chains"]): string[] {
  const lines: string[] = [];
  for (const table of TABLES) {
    const chains = chainsIn(part, table);
    if (chains.size === 0) continue;
    lines.push(`== ${table}`);
    for (const [chain, rules] of chains) {
      lines.push(`:${chain}`);
      for (const rule of rules) lines.push(ruleLine(chain, rule.text));
    }
  }
  return lines;
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

/** Every interface on record: "<uuid> 0 <mac> <vif id> <port or -> <mac or any> <label> <traits or ->". */
export function formatVifs(vifs: readonly GuestVif[]): string {
  const lines = vifs.map(
    ({ uuid, device, mac, id, port, anyMac, label, traits }) =>
      `${uuid} ${device} ${mac} ${id} ${port ?? "-"} ${anyMac ? "any" : "mac"} ${oneLine(label).replace(/\s+/g, "_") || "-"} ${formatTraits(traits)}\n`,
  );
  return `csp-vifs 2\n${lines.sort().join("")}end\n`;
}

/** The zone of each bridge, one bridge on each line; also of bridges that are not there now, so that no bridge gets another's zone. */
export function formatZones(zones: ReadonlyMap<string, number>): string {
  return `csp-zones 1\n${[...zones].map(([bridge, zone]) => `${bridge} ${zone}\n`).join("")}`;
}

export function parseZones(text: string): Map<string, number> {
  return new Map(
    [...text.matchAll(/^(\S+) (\d+)$/gm)].filter(([, name]) => name !== "csp-zones").map(([, bridge = "", zone]) => [bridge, Number(zone)]),
  );
}

export function vifsOf(guests: Iterable<GuestRecord>): GuestVif[] {
  return [...guests].flatMap(({ uuid, label, vifs }) => vifs.map((vif) => ({ ...vif, uuid, label })));
}

/** As md5sum prints it. */
export function sumOf(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

function withDigest(head: string, lines: readonly string[]): string {
  const body = `${lines.join("\n")}\nend\n`;
  const digest = createHash("sha256").update(body).digest("hex").slice(0, 32);
  return `${head}\ndigest ${digest}\n${body}`;
}

/** The digest that a file of ours says it has. A copy, because a part of a string keeps the whole string in memory. */
export function digestOf(text: string): string | undefined {
  const digest = /^digest (\S+)$/m.exec(text)?.[1];
  return digest === undefined ? undefined : Buffer.from(digest).toString();
}

export function formatUnit(unit: CompiledUnit, owner: string, declaration: unknown): string {
  const chains = new Set(TABLES.flatMap((table) => [...chainsIn(unit.shared, table).keys()]));
  return withDigest("csp-unit 2", [
    `unit ${unit.id}`,
    `owner ${oneLine(owner)}`,
    ...[...chains].map((chain) => `chain ${chain}`),
    ...[...unit.sets.keys()].map((set) => `set ${set}`),
    ...(unit.jumps ?? []).map(({ table, chain, place = "frame", text }) => `jump ${table} ${chain} ${place} ${text}`),
    `declaration ${JSON.stringify(declaration)}`,
    "== ipset",
    ...setLines(unit.sets),
    ...chainLines(unit.shared),
  ]);
}

export function formatSet(name: string, owner: string, declaration: unknown, content: Sets): string {
  return `${["csp-set 2", `set ${name}`, `owner ${oneLine(owner)}`, `declaration ${JSON.stringify(declaration)}`, "== ipset", ...setLines(content), "end"].join("\n")}\n`;
}

export function formatFrame(frame: FrameRecord | WaitingFrame, declaration: unknown): string {
  return `${[
    "csp-frame 2",
    ...(isOwned(frame) ? [`owner ${oneLine(frame.owner)}`] : []),
    `ports ${frame.guestPorts.join(" ")}`,
    `callers ${frame.callers.join(" ")}`,
    `zones ${frame.zones}`,
    ...(frame.plane === "xtables" ? [] : [`plane ${frame.plane}`]),
    ...frame.besides.map((text) => `beside ${oneLine(text)}`),
    ...Object.entries(frame.sysctls).map(([key, value]) => `sysctl ${key} ${value}`),
    ...(declaration === undefined ? [] : [`declaration ${JSON.stringify(declaration)}`]),
    "end",
  ].join("\n")}\n`;
}

function setLines(sets: Sets): string[] {
  const { before } = setText([...sets].map(([name, after]) => ({ name, before: undefined, after, order: "add-first" as const })));
  return before === "" ? [] : before.trimEnd().split("\n");
}

/** The `declaration` line of a record; undefined if it has none. */
export function parseDeclaration(text: string): unknown {
  const line = text.split("\n").find((candidate) => candidate.startsWith("declaration "));
  return line === undefined ? undefined : (JSON.parse(line.slice("declaration ".length)) as unknown);
}

/** The declaration of each guest, by UUID, from the `uuid` and `declaration` lines of their records. */
export function parseGuestDeclarations(text: string): Map<string, unknown> {
  const declarations = new Map<string, unknown>();
  let uuid = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("uuid ")) uuid = line.slice("uuid ".length);
    else if (line.startsWith("declaration ")) declarations.set(uuid, parseDeclaration(line));
  }
  return declarations;
}

/** A unit of guests as a host has it on record. */
export interface RecordedUnit {
  readonly id: string;
  readonly owner: string;
  readonly digest: string;
  readonly declaration: unknown;
  /** Declarations of guests that have one of their own, by UUID. */
  readonly guests: ReadonlyMap<string, unknown>;
  /** UUID to label. */
  readonly labels: ReadonlyMap<string, string>;
}

/** Reads what host/remote/recorded-units.sh prints: a digest is the first line of each record. */
export function parseRecordedUnits(text: string): RecordedUnit[] {
  const units = new Map<string, RecordedUnit>();
  const guests: { uuid: string; unit: string; label: string; declaration: unknown }[] = [];
  for (const piece of text.split(/^(?=digest )/m)) {
    const value = (word: string) => new RegExp(`^${word} (.*)$`, "m").exec(piece)?.[1];
    const [id, uuid, declaration] = [value("unit"), value("uuid"), parseDeclaration(piece)];
    if (id === undefined) continue;
    if (uuid !== undefined) guests.push({ uuid, unit: id, label: value("label") ?? uuid, declaration });
    else
      units.set(id, { id, owner: value("owner") ?? "", digest: value("digest") ?? "", declaration, guests: new Map(), labels: new Map() });
  }
  for (const { uuid, unit, label, declaration } of guests) {
    const record = units.get(unit);
    if (record === undefined) continue;
    if (declaration !== undefined) (record.guests as Map<string, unknown>).set(uuid, declaration);
    (record.labels as Map<string, string>).set(uuid, label);
  }
  return [...units.values()];
}

/** Reads the index lines of all files, one file's after another's. `before`: an earlier look at the same host. */
export function parseIndex(
  text: string,
  { sums = new Map(), odd = [], zones = new Map() }: Partial<Pick<Records, "sums" | "zones">> & { readonly odd?: readonly string[] } = {},
  before?: Records,
): Records {
  const guests = new Map<string, GuestRecord>();
  const units = new Map<string, UnitRecord>();
  const sets = new Map<string, SetRecord>();
  const spoilt = [...odd];
  let frame: FrameRecord | undefined;
  let waiting: WaitingFrame | undefined;
  for (const file of splitFiles(text)) {
    const value = (word: string) => file.fields.find(([name]) => name === word)?.[1] ?? "";
    const values = (word: string) => file.fields.filter(([name]) => name === word).map(([, rest]) => rest);
    const owner = value("owner");
    if (!file.whole) spoilt.push(nameOfRecord(file.kind, value));
    else if (file.kind === "csp-guest") {
      const uuid = value("uuid");
      const digest = value("digest");
      const vifs = values("vif").map((line) => parseVif(line, values("address"), values("network")));
      guests.set(uuid, { uuid, unit: value("unit"), owner, label: value("label"), vifs, ...(digest === "" ? {} : { digest }) });
    } else if (file.kind === "csp-unit") {
      const id = value("unit");
      const digest = value("digest");
      const jumps = [...values("jump").map(parseJump), ...values("hook").map((line) => parseJump(withTable(line)))];
      units.set(id, { id, owner, chains: values("chain"), sets: values("set"), jumps, ...(digest === "" ? {} : { digest }) });
    } else if (file.kind === "csp-set") {
      const name = value("set");
      sets.set(name, { name, owner });
    } else if (file.kind === "csp-frame") {
      const sysctls = Object.fromEntries(values("sysctl").map((line) => splitAt(line)));
      const kept: Zones = value("zones") === "by-bridge" ? "by-bridge" : "shared";
      const record = {
        guestPorts: words(value("ports")),
        sysctls,
        callers: words(value("callers")),
        zones: kept,
        besides: values("beside"),
        plane: PLANES.find((plane) => plane === value("plane")) ?? "xtables",
      };
      if (file.fields.some(([word]) => word === "owner")) frame = { owner, ...record };
      else waiting = record;
    }
  }
  return {
    ...(frame === undefined ? {} : { frame }),
    ...(waiting === undefined ? {} : { waiting }),
    guests,
    vifs: asBefore(vifsOf(guests.values()), before?.vifs),
    units,
    sets,
    spoilt,
    zones,
    sums,
  };
}

/** The file that a record comes from, as far as the rest of the record says it. */
function nameOfRecord(kind: string, value: (word: string) => string): string {
  switch (kind) {
    case "csp-guest":
      return recordFile.guest(value("uuid"));
    case "csp-unit":
      return recordFile.unit(value("unit"));
    case "csp-set":
      return recordFile.set(value("set"));
    default:
      return kind.replace("csp-", "");
  }
}

function asBefore(vifs: readonly GuestVif[], before: readonly GuestVif[] | undefined): readonly GuestVif[] {
  return before?.length === vifs.length && before.every((vif, index) => sameVif(vif, vifs[index])) ? before : vifs;
}

function sameVif(a: GuestVif, b: GuestVif | undefined): boolean {
  return (
    a.uuid === b?.uuid &&
    a.label === b.label &&
    a.device === b.device &&
    a.mac === b.mac &&
    a.id === b.id &&
    a.port === b.port &&
    a.anyMac === b.anyMac &&
    a.network === b.network &&
    a.traits.join() === b.traits.join() &&
    a.addresses.join() === b.addresses.join()
  );
}

function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

interface RecordFile {
  readonly kind: string;
  /** Whether it has its last line; files of earlier versions have none. */
  whole: boolean;
  readonly fields: (readonly [word: string, rest: string])[];
}

function splitFiles(text: string): RecordFile[] {
  const files: RecordFile[] = [];
  for (const line of text.split("\n")) {
    const [word, rest] = splitAt(line);
    const file = files.at(-1);
    if (word.startsWith("csp-")) files.push({ kind: word, whole: rest === "1", fields: [] });
    else if (word === "end" && file !== undefined) file.whole = true;
    else if (word !== "") file?.fields.push([word, rest]);
  }
  return files;
}

function splitAt(line: string): [string, string] {
  const space = line.indexOf(" ");
  return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
}

/** Reads "TOOL CHAIN PLACE RULE", from versions in which tables had no names. */
function withTable(line: string): string {
  const [tool, rest] = splitAt(line);
  return `${UNNAMED_TABLE[tool as Tool] ?? tool} ${rest}`;
}

function parseJump(line: string): Jump {
  const [table, rest] = splitAt(line);
  const [chain, behind] = splitAt(rest);
  const [place, text] = splitAt(behind);
  return { table: (isTable(table) ? table : "iptables.filter") as Table, chain, place: place as JumpPlace, text };
}

function parseVif(text: string, addresses: readonly string[], networks: readonly string[]): VifRecord {
  const [device = "0", mac = "", id = "", port = "-", check = "mac", traits = "-"] = text.split(" ");
  const own = (lines: readonly string[]) => lines.flatMap((line) => (line.startsWith(`${device} `) ? [line.slice(device.length + 1)] : []));
  const [network] = own(networks);
  return {
    device: Number(device),
    mac,
    id,
    ...(port === "-" ? {} : { port }),
    ...(check === "any" ? { anyMac: true } : {}),
    traits: traits === "-" ? [] : (traits.split(",") as Trait[]),
    addresses: own(addresses),
    ...(network === undefined ? {} : { network }),
  };
}
