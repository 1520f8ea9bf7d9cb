import { createHash } from "node:crypto";
import { type Hook, type HookPlace, type Sets, TOOLS, type Tool } from "../firewall/kernel";
import { setText } from "../firewall/restore";
import type { CompiledGuest, CompiledUnit } from "../firewall/unit";
import type { PortClaim } from "./ports";

/**
 * What csp keeps on a host, below {@link STATE_DIR}, in words that a POSIX shell and awk can read: the hook uses the same files.
 *
 * - `frame`: the host is a csp host; how guests' ports are named, and what to put back when it stops being one. Without an owner: an
 *   installation left it (hook/first-boot.ts), and it waits for a Host.
 * - `units/<id>`: what one resource owns besides its guests: its chains and sets, the rules that lead to them from chains that are not ours
 *   ("hook TOOL CHAIN PLACE RULE"), and its declaration.
 * - `guests/<uuid>`: one guest: who owns it, its interfaces, its declaration, its chains. No interface name of the host in it.
 * - `sets/<name>`: an IpSet resource.
 * - `vifs`: every guest's interfaces in one file, for whoever has to find their ports.
 * - `ports`: which guest's interface each port was when the dispatch trees in the kernel were last written, and in which boot.
 * - `hook`, `dialect`: the script that follows guests (hook/script.ts), and how this host's tools want to be spoken to.
 * - `failures`, `hook.log`: what the hook could not do, and what it did.
 * - `generation`: counts transactions, and the hook's changes.
 *
 * A `digest` line is of the rest of its file: what is there already need not be sent again.
 */
export const STATE_DIR = "/var/lib/csp";

export interface VifRecord {
  readonly device: number;
  readonly mac: string;
  readonly id: string;
  /** Pinned by the user. */
  readonly port?: string;
  readonly anyMac?: boolean;
}

/** An interface, and whose it is. */
export interface GuestVif extends VifRecord {
  readonly uuid: string;
  readonly label: string;
}

export interface GuestRecord {
  readonly uuid: string;
  readonly unit: string;
  readonly owner: string;
  readonly label: string;
  readonly vifs: readonly VifRecord[];
  /** Of the file; absent from files of earlier versions. */
  readonly digest?: string;
}

export interface UnitRecord {
  readonly id: string;
  readonly owner: string;
  readonly chains: readonly string[];
  readonly sets: readonly string[];
  readonly hooks: readonly Hook[];
  /** Of the file; absent from files of earlier versions. */
  readonly digest?: string;
}

export interface SetRecord {
  readonly name: string;
  readonly owner: string;
}

export interface FrameRecord {
  readonly owner: string;
  readonly guestPorts: readonly string[];
  /** Value of each sysctl before csp set it. */
  readonly sysctls: Readonly<Record<string, string>>;
  /** Who calls the hook (hook/callers.ts); none where there is no hook. */
  readonly callers: readonly string[];
}

/** A frame that no resource owns. */
export type WaitingFrame = Omit<FrameRecord, "owner">;

export interface Records {
  readonly frame?: FrameRecord;
  /** Instead of a frame: the one that an installation left, which is nobody's and stops all guests until a Host adopts it. */
  readonly waiting?: WaitingFrame;
  readonly guests: ReadonlyMap<string, GuestRecord>;
  /** Of all guests: the same array as in an earlier look, for as long as they say the same. */
  readonly vifs: readonly GuestVif[];
  readonly units: ReadonlyMap<string, UnitRecord>;
  readonly sets: ReadonlyMap<string, SetRecord>;
  /** MD5 of each file of the state directory that is compared as a whole, by its name; see {@link SUMMED}. */
  readonly sums: ReadonlyMap<string, string>;
}

/** Files that a transaction writes when they are not what they should be. */
export const SUMMED = ["ports", "vifs", "hook", "dialect"] as const;

/** First words of the lines that `grep` takes out of the files for a snapshot; everything behind `declaration` is for import and boot. */
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
  "hook",
  "ports",
  "sysctl",
  "callers",
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
    ...guest.vifs.map((vif) => `vif ${vif.device} ${vif.mac} ${vif.id} ${vif.port ?? "-"} ${vif.anyMac ? "any" : "mac"}`),
    // The declaration of a GuestFirewall is its unit's.
    ...(declaration === undefined ? [] : [`declaration ${JSON.stringify(declaration)}`]),
  ];
  for (const tool of TOOLS) {
    lines.push(`== ${tool}`);
    for (const [chain, rules] of guest.chains[tool]) {
      lines.push(`:${chain}`);
      for (const rule of rules) lines.push(`-A ${chain} ${rule.text}`);
    }
  }
  return withDigest("csp-guest 1", `${lines.join("\n")}\n`);
}

/** Which guest's interface each port is: "vif12.0 37 <uuid> 0 <vif id>", with the port's ifindex, or "-" where it is pinned. */
export function formatPorts(claims: readonly PortClaim[], boot: string): string {
  const lines = claims.map(({ port, ifindex, uuid, device, vif }) => `${port} ${ifindex ?? "-"} ${uuid} ${device} ${vif}\n`).sort();
  return `csp-ports 1\nboot ${boot}\n${lines.join("")}`;
}

/** Every interface on record: "<uuid> 0 <mac> <vif id> <port or -> <mac or any> <label>". */
export function formatVifs(vifs: readonly GuestVif[]): string {
  const lines = vifs.map(
    ({ uuid, device, mac, id, port, anyMac, label }) =>
      `${uuid} ${device} ${mac} ${id} ${port ?? "-"} ${anyMac ? "any" : "mac"} ${oneLine(label).replace(/\s+/g, "_") || "-"}\n`,
  );
  return `csp-vifs 1\n${lines.sort().join("")}`;
}

export function vifsOf(guests: Iterable<GuestRecord>): GuestVif[] {
  return [...guests].flatMap(({ uuid, label, vifs }) => vifs.map((vif) => ({ ...vif, uuid, label })));
}

/** As md5sum prints it. */
export function sumOf(text: string): string {
  return createHash("md5").update(text).digest("hex");
}

function withDigest(head: string, body: string): string {
  const digest = createHash("sha256").update(body).digest("hex").slice(0, 32);
  return `${head}\ndigest ${digest}\n${body}`;
}

/** The digest that a file of ours says it has. A copy: a part of a string keeps the whole of it in memory. */
export function digestOf(text: string): string | undefined {
  const digest = /^digest (\S+)$/m.exec(text)?.[1];
  return digest === undefined ? undefined : Buffer.from(digest).toString();
}

export function formatUnit(unit: CompiledUnit, owner: string, declaration: unknown): string {
  const chains = new Set(TOOLS.flatMap((tool) => [...unit.shared[tool].keys()]));
  const lines = [
    `unit ${unit.id}`,
    `owner ${oneLine(owner)}`,
    ...[...chains].map((chain) => `chain ${chain}`),
    ...[...unit.sets.keys()].map((set) => `set ${set}`),
    ...(unit.hooks ?? []).map(({ tool, chain, place = "frame", text }) => `hook ${tool} ${chain} ${place} ${text}`),
    `declaration ${JSON.stringify(declaration)}`,
    "== ipset",
    ...setLines(unit.sets),
  ];
  for (const tool of TOOLS) {
    lines.push(`== ${tool}`);
    for (const [chain, rules] of unit.shared[tool]) {
      lines.push(`:${chain}`);
      for (const rule of rules) lines.push(`-A ${chain} ${rule.text}`);
    }
  }
  return withDigest("csp-unit 1", `${lines.join("\n")}\n`);
}

export function formatSet(name: string, owner: string, declaration: unknown, content: Sets): string {
  return `${["csp-set 1", `set ${name}`, `owner ${oneLine(owner)}`, `declaration ${JSON.stringify(declaration)}`, "== ipset", ...setLines(content)].join("\n")}\n`;
}

export function formatFrame(frame: FrameRecord | WaitingFrame, declaration: unknown): string {
  return `${[
    "csp-frame 1",
    ...("owner" in frame ? [`owner ${oneLine(frame.owner)}`] : []),
    `ports ${frame.guestPorts.join(" ")}`,
    `callers ${frame.callers.join(" ")}`,
    ...Object.entries(frame.sysctls).map(([key, value]) => `sysctl ${key} ${value}`),
    ...(declaration === undefined ? [] : [`declaration ${JSON.stringify(declaration)}`]),
  ].join("\n")}\n`;
}

function setLines(sets: Sets): string[] {
  const { before } = setText([...sets].map(([name, after]) => ({ name, before: undefined, after, order: "add-first" as const })));
  return before === "" ? [] : before.trimEnd().split("\n");
}

/** The `declaration` line of a record, or undefined when it has none. */
export function parseDeclaration(text: string): unknown {
  const line = text.split("\n").find((candidate) => candidate.startsWith("declaration "));
  return line === undefined ? undefined : (JSON.parse(line.slice("declaration ".length)) as unknown);
}

/** Reads the index lines of all files, one file's after another's. `before`: an earlier look at the same host. */
export function parseIndex(text: string, sums: ReadonlyMap<string, string> = new Map(), before?: Records): Records {
  const guests = new Map<string, GuestRecord>();
  const units = new Map<string, UnitRecord>();
  const sets = new Map<string, SetRecord>();
  let frame: FrameRecord | undefined;
  let waiting: WaitingFrame | undefined;
  for (const file of splitFiles(text)) {
    const value = (word: string) => file.fields.find(([name]) => name === word)?.[1] ?? "";
    const values = (word: string) => file.fields.filter(([name]) => name === word).map(([, rest]) => rest);
    const owner = value("owner");
    if (file.kind === "csp-guest") {
      const uuid = value("uuid");
      const digest = value("digest");
      const vifs = values("vif").map(parseVif);
      guests.set(uuid, { uuid, unit: value("unit"), owner, label: value("label"), vifs, ...(digest === "" ? {} : { digest }) });
    } else if (file.kind === "csp-unit") {
      const id = value("unit");
      const digest = value("digest");
      const hooks = values("hook").map(parseHook);
      units.set(id, { id, owner, chains: values("chain"), sets: values("set"), hooks, ...(digest === "" ? {} : { digest }) });
    } else if (file.kind === "csp-set") {
      const name = value("set");
      sets.set(name, { name, owner });
    } else if (file.kind === "csp-frame") {
      const sysctls = Object.fromEntries(values("sysctl").map((line) => splitAt(line)));
      const record = { guestPorts: words(value("ports")), sysctls, callers: words(value("callers")) };
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
    sums,
  };
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
    a.anyMac === b.anyMac
  );
}

function words(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

interface RecordFile {
  readonly kind: string;
  readonly fields: (readonly [word: string, rest: string])[];
}

function splitFiles(text: string): RecordFile[] {
  const files: RecordFile[] = [];
  for (const line of text.split("\n")) {
    const [word, rest] = splitAt(line);
    if (word.startsWith("csp-")) files.push({ kind: word, fields: [] });
    else if (word !== "") files.at(-1)?.fields.push([word, rest]);
  }
  return files;
}

function splitAt(line: string): [string, string] {
  const space = line.indexOf(" ");
  return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
}

function parseHook(line: string): Hook {
  const [tool, rest] = splitAt(line);
  const [chain, behind] = splitAt(rest);
  const [place, text] = splitAt(behind);
  return { tool: tool as Tool, chain, place: place as HookPlace, text };
}

function parseVif(text: string): VifRecord {
  const [device = "0", mac = "", id = "", port = "-", check = "mac"] = text.split(" ");
  return { device: Number(device), mac, id, ...(port === "-" ? {} : { port }), ...(check === "any" ? { anyMac: true } : {}) };
}
