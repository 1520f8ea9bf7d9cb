import { createHash } from "node:crypto";
import { type Sets, TOOLS } from "../firewall/kernel";
import { setText } from "../firewall/restore";
import type { CompiledGuest, CompiledUnit } from "../firewall/unit";

/**
 * What csp keeps on a host, below {@link STATE_DIR}, in words that a POSIX shell and awk can read: the hook uses the same files.
 *
 * - `frame`: the host is a csp host; how guests' ports are named, and what to put back when it stops being one.
 * - `units/<hash>`: what one resource owns besides its guests: its groups' chains and sets, and its declaration.
 * - `guests/<uuid>`: one guest: who owns it, its interfaces, its declaration, its chains. No interface name of the host in it.
 * - `sets/<name>`: an IpSet resource.
 * - `ports`: which guest's interface each port was last found to be.
 *
 * A `digest` line is of the rest of its file: what is there already need not be sent again.
 * - `generation`: counts transactions.
 */
export const STATE_DIR = "/var/lib/csp";

export interface VifRecord {
  readonly device: number;
  readonly mac: string;
  readonly id: string;
  /** Pinned by the user. */
  readonly port?: string;
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
}

export interface Records {
  readonly frame?: FrameRecord;
  readonly guests: ReadonlyMap<string, GuestRecord>;
  readonly units: ReadonlyMap<string, UnitRecord>;
  readonly sets: ReadonlyMap<string, SetRecord>;
  /** Of the `ports` file. */
  readonly portsDigest?: string;
}

/** First words of the lines that `grep` takes out of the files for a snapshot; everything behind `declaration` is for import and boot. */
export const INDEX_WORDS = [
  "csp-frame",
  "csp-guest",
  "csp-unit",
  "csp-set",
  "csp-ports",
  "digest",
  "owner",
  "label",
  "uuid",
  "unit",
  "vif",
  "chain",
  "set",
  "ports",
  "sysctl",
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
    ...guest.vifs.map((vif) => `vif ${vif.device} ${vif.mac} ${vif.id} ${vif.port ?? "-"}`),
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

/** Which guest's interface each port is: "vif12.0 <uuid> 0". */
export function formatPorts(claims: readonly { readonly port: string; readonly uuid: string; readonly device: number }[]): string {
  const lines = claims.map((claim) => `${claim.port} ${claim.uuid} ${claim.device}\n`).sort();
  return withDigest("csp-ports 1", lines.join(""));
}

function withDigest(head: string, body: string): string {
  const digest = createHash("sha256").update(body).digest("hex").slice(0, 32);
  return `${head}\ndigest ${digest}\n${body}`;
}

/** The digest that a file of ours says it has. */
export function digestOf(text: string): string | undefined {
  return /^digest (\S+)$/m.exec(text)?.[1];
}

export function formatUnit(unit: CompiledUnit, owner: string, declaration: unknown): string {
  const chains = new Set(TOOLS.flatMap((tool) => [...unit.shared[tool].keys()]));
  const lines = [
    "csp-unit 1",
    `unit ${unit.id}`,
    `owner ${oneLine(owner)}`,
    ...[...chains].map((chain) => `chain ${chain}`),
    ...[...unit.sets.keys()].map((set) => `set ${set}`),
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
  return `${lines.join("\n")}\n`;
}

export function formatSet(name: string, owner: string, declaration: unknown, content: Sets): string {
  return `${["csp-set 1", `set ${name}`, `owner ${oneLine(owner)}`, `declaration ${JSON.stringify(declaration)}`, "== ipset", ...setLines(content)].join("\n")}\n`;
}

export function formatFrame(frame: FrameRecord, declaration: unknown): string {
  return `${[
    "csp-frame 1",
    `owner ${oneLine(frame.owner)}`,
    `ports ${frame.guestPorts.join(" ")}`,
    ...Object.entries(frame.sysctls).map(([key, value]) => `sysctl ${key} ${value}`),
    `declaration ${JSON.stringify(declaration)}`,
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

/** Reads the index lines of all files, one file's after another's. */
export function parseIndex(text: string): Records {
  const guests = new Map<string, GuestRecord>();
  const units = new Map<string, UnitRecord>();
  const sets = new Map<string, SetRecord>();
  let frame: FrameRecord | undefined;
  let portsDigest = "";
  for (const file of splitFiles(text)) {
    const value = (word: string) => file.fields.find(([name]) => name === word)?.[1] ?? "";
    const values = (word: string) => file.fields.filter(([name]) => name === word).map(([, rest]) => rest);
    const owner = value("owner");
    if (file.kind === "csp-guest") {
      const uuid = value("uuid");
      const digest = value("digest");
      const vifs = values("vif").map(parseVif);
      guests.set(uuid, { uuid, unit: value("unit"), owner, label: value("label"), vifs, ...(digest === "" ? {} : { digest }) });
    } else if (file.kind === "csp-ports") {
      portsDigest = value("digest");
    } else if (file.kind === "csp-unit") {
      const id = value("unit");
      units.set(id, { id, owner, chains: values("chain"), sets: values("set") });
    } else if (file.kind === "csp-set") {
      const name = value("set");
      sets.set(name, { name, owner });
    } else if (file.kind === "csp-frame") {
      const sysctls = Object.fromEntries(values("sysctl").map((line) => splitAt(line)));
      frame = {
        owner,
        guestPorts: value("ports")
          .split(" ")
          .filter((port) => port !== ""),
        sysctls,
      };
    }
  }
  return { ...(frame === undefined ? {} : { frame }), guests, units, sets, ...(portsDigest === "" ? {} : { portsDigest }) };
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

function parseVif(text: string): VifRecord {
  const [device = "0", mac = "", id = "", port = "-"] = text.split(" ");
  return { device: Number(device), mac, id, ...(port === "-" ? {} : { port }) };
}
