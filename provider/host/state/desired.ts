import { isDeepStrictEqual } from "node:util";
import { type Frame, frameChains } from "../../firewall/compile/frame";
import { ruleSetOf, ruleSetTable } from "../../firewall/compile/rule-set";
import type { Bridge } from "../../firewall/compile/templates";
import type { CompiledGuest, CompiledUnit } from "../../firewall/compile/unit";
import { type ChainPart, chainsIn, type Sets, TABLES, type Table } from "../../firewall/model/kernel";
import { USER_CHAIN, vifChain } from "../../firewall/model/names";
import { type DesiredKernel, type KernelPlan, planKernel } from "../../firewall/plan/plan";
import { memory } from "../../memory";
import { activeTables, formatDialect, type HostFacts, printerFor } from "../look/facts";
import { guestBridges } from "../look/ports";
import type { Snapshot } from "../look/snapshot";
import { FileChanges, type FilePlan, type SummedFile, summed } from "../records/file-changes";
import { type FrameRecord, formatFrame, isOwned, type WaitingFrame } from "../records/frame";
import { formatGuest, type GuestRecord } from "../records/guest";
import { digestOf } from "../records/lines";
import { formatPorts, type PortClaim } from "../records/ports";
import type { Records } from "../records/records";
import { formatSet, type SetRecord } from "../records/set";
import { recordFile } from "../records/state-dir";
import { formatUnit, type UnitRecord } from "../records/unit";
import { formatVifs, type GuestVif, vifsOf } from "../records/vifs";
import { formatZones } from "../records/zones";
import { program } from "../remote/program";
import { admit, type Holdings, recordedHoldings } from "./admission";
import { compiledFrame, templatesFile } from "./compiled-frame";
import type { Edit, FrameEdit, MovedUnitEdit, SetEdit, UnitEdit } from "./edit";
import { desiredJumps } from "./jumps";
import { ledPorts } from "./led-ports";
import { portsOfVifs } from "./recorded-ports";

export interface HostPlan {
  readonly kernel: KernelPlan;
  /** What the kernel holds once the plan is carried out, as far as the plan speaks for it. */
  readonly parts: readonly ChainPart[];
  readonly files: FilePlan;
}

/**
 * What should be on a host: what its records say, changed edit by edit, as records, kernel and files. An edit that is not admitted throws and
 * leaves the rest as it was, so that one change among many that go together can be refused by itself.
 */
export class DesiredHost {
  /** What there was before any edit. */
  private readonly recorded: Holdings;
  private frame: FrameRecord | WaitingFrame | undefined;
  private readonly guests: Map<string, GuestRecord>;
  private readonly units: Map<string, UnitRecord>;
  private readonly setRecords: Map<string, SetRecord>;
  private readonly compiled = new Map<string, CompiledUnit>();
  /** The last edit of each unit: a plane that comes after it has it compiled anew. */
  private readonly unitEdits = new Map<string, UnitEdit | MovedUnitEdit>();
  private readonly sets: Sets = new Map();
  private readonly removedSets = new Set<string>();
  private readonly files: FileChanges;
  /** Every interface on record; undefined when an edit has changed that. */
  private vifs: readonly GuestVif[] | undefined;

  constructor(
    private readonly host: string,
    private readonly facts: HostFacts,
    private readonly snapshot: Snapshot,
  ) {
    this.recorded = recordedHoldings(snapshot);
    const { frame, guests, units, sets } = this.recorded;
    this.frame = frame;
    this.guests = new Map(guests);
    this.units = new Map(units);
    this.setRecords = new Map(sets);
    this.files = new FileChanges(snapshot.records.sums);
    this.vifs = snapshot.records.vifs;
  }

  edit(edit: Edit): void {
    admit(this.host, edit, this.holdings());
    switch (edit.kind) {
      case "frame":
        this.putFrame(edit);
        break;
      case "no-frame":
        this.removeFrame();
        break;
      case "unit":
        this.putUnit(edit);
        break;
      case "moved-unit":
        if (!this.unitEdits.has(edit.unit.id) && this.units.get(edit.unit.id)?.digest === edit.digest) this.putUnit(edit);
        break;
      case "no-unit":
        this.removeUnit(edit.id);
        break;
      case "set":
        this.putSet(edit);
        break;
      case "no-set":
        this.removeSet(edit.name);
        break;
    }
  }

  private holdings(): Holdings {
    return {
      ...this.recorded,
      frame: this.frame,
      guests: this.guests,
      units: this.units,
      sets: this.setRecords,
      kernelSet: (name) => this.sets.get(name) ?? (this.removedSets.has(name) ? undefined : this.recorded.kernelSet(name)),
    };
  }

  private putFrame({ frame, declaration }: FrameEdit): void {
    // What the host had before csp first came is what it gets back, not what csp itself put there.
    this.frame = this.frame === undefined ? frame : { ...frame, sysctls: { ...frame.sysctls, ...this.frame.sysctls } };
    this.files.put(recordFile.frame, formatFrame(this.frame, declaration));
    for (const edit of this.unitEdits.values()) this.putUnit(edit);
  }

  private removeFrame(): void {
    this.frame = undefined;
    for (const file of [recordFile.frame, "hook", "dialect", "templates", "zones"]) this.files.remove(file);
  }

  private putUnit(edit: UnitEdit | MovedUnitEdit): void {
    const { owner, declaration, guestDeclarations } = edit;
    const unit = edit.compile?.(printerFor(this.facts.dialect, this.frame?.plane)) ?? edit.unit;
    this.unitEdits.set(unit.id, edit);
    const kept = new Set(unit.guests.map((guest) => guest.uuid));
    for (const guest of this.guestsOf(unit.id)) if (!kept.has(guest.uuid)) this.removeGuest(guest);
    for (const guest of unit.guests) {
      const file = guestFile(unit.id, guest, owner, guestDeclarations.get(guest.uuid));
      const before = this.guests.get(guest.uuid);
      // The digest is of all that a record says.
      if (file.digest !== undefined && before?.digest === file.digest) continue;
      if (before?.label !== guest.label || !isDeepStrictEqual(before.vifs, guest.vifs)) this.vifs = undefined;
      const { uuid, label, vifs } = guest;
      this.guests.set(uuid, { uuid, unit: unit.id, owner, label, vifs, digest: file.digest });
      this.files.put(recordFile.guest(uuid), file.text);
    }
    const chains = new Set(TABLES.flatMap((table) => [...chainsIn(unit.shared, table).keys()]));
    const text = formatUnit(unit, owner, declaration);
    const digest = digestOf(text);
    if (digest !== this.units.get(unit.id)?.digest) this.files.put(recordFile.unit(unit.id), text);
    this.units.set(unit.id, { id: unit.id, owner, chains: [...chains], sets: [...unit.sets.keys()], jumps: unit.jumps ?? [], digest });
    this.compiled.set(unit.id, unit);
  }

  private removeUnit(id: string): void {
    for (const guest of this.guestsOf(id)) this.removeGuest(guest);
    this.units.delete(id);
    this.compiled.delete(id);
    this.unitEdits.delete(id);
    this.files.remove(recordFile.unit(id));
  }

  private removeGuest({ uuid }: GuestRecord): void {
    this.guests.delete(uuid);
    this.vifs = undefined;
    this.files.remove(recordFile.guest(uuid));
  }

  private putSet({ name, content, owner, declaration }: SetEdit): void {
    this.setRecords.set(name, { name, owner });
    this.sets.set(name, content);
    this.removedSets.delete(name);
    this.files.put(recordFile.set(name), formatSet(name, owner, declaration, new Map([[name, content]])));
  }

  private removeSet(name: string): void {
    if (!this.setRecords.has(name)) return;
    this.setRecords.delete(name);
    this.sets.delete(name);
    this.removedSets.add(name);
    this.files.remove(recordFile.set(name));
  }

  /** What is to be done, against the snapshot this began with. */
  plan(): HostPlan {
    const tables = activeTables(this.facts, this.frame?.plane);
    const actual = this.snapshot.tables;
    const claims = ledPorts(this.claims(), { isWritten: (uuid) => this.isWritten(uuid), tables, actual });
    const frame = this.compiledFrame();
    const bridges = this.bridges(claims);
    const parts: ChainPart[] = frame === undefined ? [] : [frameChains(frame, claims, bridges)];
    const sets: Sets = new Map(this.sets);
    for (const unit of this.compiled.values()) {
      parts.push(unit.shared);
      for (const guest of unit.guests) parts.push(guest.chains);
      for (const [name, set] of unit.sets) sets.set(name, set);
    }
    const jumps = desiredJumps({ frame, units: this.units.values(), written: this.compiled, tables, actual });
    const kernel = planKernel({ parts, tables, jumps, sets, others: this.others(), removedSets: [...this.removedSets] }, this.snapshot);
    this.keepFiles(frame, claims, bridges);
    return { kernel, parts, files: this.files.plan() };
  }

  private isWritten(uuid: string): boolean {
    const unit = this.guests.get(uuid)?.unit;
    return unit !== undefined && this.compiled.has(unit);
  }

  /**
   * What the hook works with is of the version that wrote the rules: its templates are what the plan's chains were made from, whichever resource it
   * is that changes.
   */
  private keepFiles(frame: Frame | undefined, claims: readonly PortClaim[], bridges: readonly Bridge[]): void {
    const keep = (file: string, content: () => SummedFile) => this.files.keep(file, frame === undefined ? undefined : content());
    keep("ports", () => this.portsFile(claims, bridges));
    keep("vifs", () => vifsFile(this.allVifs()));
    if (frame === undefined) return;
    this.files.keep("zones", summed(formatZones(this.zones(bridges))));
    const hooked = (this.frame?.callers.length ?? 0) > 0;
    this.files.keep("templates", hooked ? templatesFile(frame, this.facts.dialect) : undefined);
    this.files.keep("hook", hooked ? HOOK : undefined);
    this.files.keep("dialect", hooked ? summed(formatDialect(this.facts.dialect)) : undefined);
  }

  /** The frame as the compiler takes it. */
  private compiledFrame(): Frame | undefined {
    return this.frame === undefined ? undefined : compiledFrame(this.frame, this.facts.dialect, this.allVifs());
  }

  private bridges(claims: readonly PortClaim[]): Bridge[] {
    const { network, records } = this.snapshot;
    return this.frame === undefined ? [] : guestBridges(network, claims, this.frame.guestPorts, records.zones);
  }

  private zones(bridges: readonly Bridge[]): ReadonlyMap<string, number> {
    return new Map([...this.snapshot.records.zones, ...bridges.map(({ name, zone }) => [name, zone] as const)]);
  }

  private portsFile(claims: readonly PortClaim[], bridges: readonly Bridge[]): SummedFile {
    const { boot } = this.snapshot;
    const sites = bridges.map(({ name, mac, zone }) => `${name} ${mac} ${zone}`);
    return portsFiles(claims, [boot, ...sites], () => summed(formatPorts(claims, bridges, boot)));
  }

  /** The host's records once the plan is committed. */
  records(): Records {
    const written = new Set(this.files.plan().put.keys());
    return {
      ...(this.frame === undefined ? {} : isOwned(this.frame) ? { frame: this.frame } : { waiting: this.frame }),
      guests: this.guests,
      vifs: this.allVifs(),
      units: this.units,
      sets: this.setRecords,
      spoilt: this.snapshot.records.spoilt.filter((path) => !written.has(path) && !this.files.isRemoved(path)),
      zones: this.zones(this.bridges(this.claims())),
      sums: this.files.sums,
    };
  }

  /** Every port of every guest on record: pinned, or found on the host. */
  private claims(): readonly PortClaim[] {
    return portsOfVifs(this.snapshot.network, this.allVifs()).claims;
  }

  private allVifs(): readonly GuestVif[] {
    this.vifs ??= vifsOf(this.guests.values());
    return this.vifs;
  }

  /** Chains and sets of resources that this plan does not speak for. */
  private others(): DesiredKernel["others"] {
    const chains = new Set<string>();
    const chainsOf = Object.fromEntries(TABLES.map((table) => [table, new Set<string>()])) as Record<Table, Set<string>>;
    const sets = new Set<string>();
    for (const guest of this.guests.values()) {
      if (this.compiled.has(guest.unit)) continue;
      for (const vif of guest.vifs) for (const chain of Object.values(vifChain)) chains.add(chain(vif.id));
    }
    for (const unit of this.units.values()) {
      if (this.compiled.has(unit.id)) continue;
      // A rule set of the same name in another tool has a chain of the same name.
      const table = tableOf(unit.id);
      const own = table === undefined ? chains : chainsOf[table];
      for (const chain of unit.chains) own.add(chain);
      for (const set of unit.sets) sets.add(set);
    }
    for (const name of this.setRecords.keys()) if (!this.sets.has(name)) sets.add(name);
    // Of a rule set's name only its record says that it is csp's.
    const recorded = new Set(
      [...this.snapshot.records.units.values(), ...this.units.values()].flatMap((unit) =>
        unit.chains.map((chain) => `${tableOf(unit.id)} ${chain}`),
      ),
    );
    for (const table of TABLES)
      for (const chain of this.snapshot.tables[table].chains.keys())
        if (chain.startsWith(USER_CHAIN) && !recorded.has(`${table} ${chain}`)) chainsOf[table].add(chain);
    return { chains, chainsOf, sets };
  }

  private guestsOf(unit: string): GuestRecord[] {
    return [...this.guests.values()].filter((guest) => guest.unit === unit);
  }
}

/** The table of a rule set; a unit of another kind has chains in several. */
function tableOf(unit: string): Table | undefined {
  const ruleSet = ruleSetOf(unit);
  return ruleSet === undefined ? undefined : ruleSetTable(ruleSet);
}

const HOOK = summed(program("hook.sh"));

// Ports and interfaces stay the same objects from one look to the next, for as long as they are the same.
const FILES = { name: "files of a host", reason: "the text of a thousand ports and its sum are compared in every plan" };
const portsFiles = memory.last<readonly PortClaim[], SummedFile>(FILES);
const vifsFile = memory.once(FILES, (vifs: readonly GuestVif[]) => summed(formatVifs(vifs)));

interface GuestFile {
  readonly owner: string;
  readonly declaration: unknown;
  readonly digest: string | undefined;
  readonly text: () => string;
}

const guestFiles = memory.byObject<CompiledGuest, GuestFile>({
  name: "digests of guests' records",
  reason: "each plan compares the record of each of a thousand guests",
});

/** A guest's record. Its text is kept no longer than it is needed: a thousand guests are megabytes. */
function guestFile(unit: string, guest: CompiledGuest, owner: string, declaration: unknown): GuestFile {
  const last = guestFiles.get(guest);
  if (last !== undefined && last.owner === owner && last.declaration === declaration) return last;
  const text = () => formatGuest(unit, guest, owner, declaration);
  const file = { owner, declaration, digest: digestOf(text()), text };
  guestFiles.set(guest, file);
  return file;
}
