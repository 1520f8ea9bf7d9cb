import { isDeepStrictEqual } from "node:util";
import { type Frame, frameChains, frameJumps } from "../../firewall/compile/frame";
import type { Bridge, Trait } from "../../firewall/compile/templates";
import type { CompiledGuest, CompiledUnit } from "../../firewall/compile/unit";
import { type ChainPart, chainsIn, type Jump, type KernelSet, type Sets, TABLES, type Table, toolOf } from "../../firewall/model/kernel";
import { USER_CHAIN, vifChain } from "../../firewall/model/names";
import { type KernelPlan, planKernel } from "../../firewall/plan/plan";
import { setReferences } from "../../firewall/planes/xtables/sets";
import { lastMade, memo } from "../../firewall/values/memo";
import { activeTables, formatDialect, type HostFacts } from "../look/facts";
import { guestBridges } from "../look/ports";
import type { Snapshot } from "../look/snapshot";
import { FileChanges, type FilePlan, type SummedFile, summed } from "../records/file-changes";
import {
  digestOf,
  type FrameRecord,
  formatFrame,
  formatGuest,
  formatPorts,
  formatSet,
  formatUnit,
  formatVifs,
  formatZones,
  type GuestRecord,
  type GuestVif,
  type PortClaim,
  type Records,
  type SetRecord,
  type UnitRecord,
  vifsOf,
  type WaitingFrame,
} from "../records/records";
import { program } from "../remote/program";
import { compiledFrame, templatesFile } from "./compiled-frame";
import * as errors from "./errors";
import { portsOfVifs } from "./recorded-ports";

/**
 * What one resource wants of a host. Each replaces, as a whole, what the resource had there before. "new" is refused when somebody else
 * has it already; "held" is for a resource that is in the state of whoever asks, by creation or by import.
 */
export type Edit = { readonly claim: "new" | "held" } & EditOf;

type EditOf =
  | { readonly kind: "frame"; readonly frame: FrameRecord; readonly declaration: unknown }
  | { readonly kind: "no-frame" }
  | {
      readonly kind: "unit";
      readonly unit: CompiledUnit;
      readonly owner: string;
      readonly declaration: unknown;
      readonly guestDeclarations: ReadonlyMap<string, unknown>;
    }
  | { readonly kind: "no-unit"; readonly id: string }
  | { readonly kind: "set"; readonly name: string; readonly content: KernelSet; readonly owner: string; readonly declaration: unknown }
  | { readonly kind: "no-set"; readonly name: string };

export interface HostPlan {
  readonly kernel: KernelPlan;
  /** What the kernel holds once the plan is carried out, as far as the plan speaks for it. */
  readonly parts: readonly ChainPart[];
  readonly files: FilePlan;
}

/**
 * A host as its records say it is, changed edit by edit. An edit that may not be made throws and leaves the rest as it was, so that one
 * change among many that go together can be refused by itself.
 */
export class DesiredHost {
  private frame: FrameRecord | WaitingFrame | undefined;
  private readonly guests: Map<string, GuestRecord>;
  private readonly units: Map<string, UnitRecord>;
  private readonly setRecords: Map<string, SetRecord>;
  private readonly compiled = new Map<string, CompiledUnit>();
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
    this.frame = snapshot.records.frame ?? snapshot.records.waiting;
    this.guests = new Map(snapshot.records.guests);
    this.units = new Map(snapshot.records.units);
    this.setRecords = new Map(snapshot.records.sets);
    this.files = new FileChanges(snapshot.records.sums);
    this.vifs = snapshot.records.vifs;
  }

  edit(edit: Edit): void {
    switch (edit.kind) {
      case "frame":
        this.setFrame(edit);
        break;
      case "no-frame":
        this.removeFrame();
        break;
      case "unit":
        this.putUnit(edit);
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

  private setFrame(edit: Extract<Edit, { kind: "frame" }>): void {
    if (edit.claim === "new" && this.frame !== undefined && isOwned(this.frame) && this.frame.owner !== edit.frame.owner)
      throw errors.hostOwned(this.host, this.frame.owner);
    // What the host had before csp first came is what it gets back, not what csp itself put there.
    this.frame = this.frame === undefined ? edit.frame : { ...edit.frame, sysctls: { ...edit.frame.sysctls, ...this.frame.sysctls } };
    this.files.put("frame", formatFrame(this.frame, edit.declaration));
  }

  private removeFrame(): void {
    const left = [...this.guests.values()].map((guest) => guest.label);
    if (left.length > 0) throw errors.guestsLeft(this.host, left);
    const rules = [...this.units.values()].filter(({ jumps, chains, sets }) => jumps.length + chains.length + sets.length > 0);
    if (rules.length > 0)
      throw errors.rulesLeft(
        this.host,
        rules.map(({ id }) => id),
      );
    this.frame = undefined;
    for (const file of ["frame", "hook", "dialect", "templates", "zones"]) this.files.remove(file);
  }

  private putUnit({ claim, unit, owner, declaration, guestDeclarations }: Extract<Edit, { kind: "unit" }>): void {
    if (this.frame === undefined || !isOwned(this.frame)) throw errors.notAdopted(this.host);
    const holder = this.units.get(unit.id);
    if (claim === "new" && holder !== undefined && holder.owner !== owner) {
      const [guest] = unit.guests;
      // A GuestFirewall's unit is its guest: nobody outside knows it by the unit's name.
      if (guest !== undefined && unit.id === `guest/${guest.uuid}`)
        throw errors.guestClaimed(this.host, guest.label, guest.uuid, holder.owner);
      throw errors.unitOwned(this.host, unit.id, holder.owner);
    }
    for (const guest of unit.guests) {
      const claimed = this.guests.get(guest.uuid);
      if (claimed !== undefined && claimed.unit !== unit.id) throw errors.guestClaimed(this.host, guest.label, guest.uuid, claimed.owner);
    }
    this.checkPorts(unit, this.frame);
    this.checkSets(unit);

    const kept = new Set(unit.guests.map((guest) => guest.uuid));
    for (const guest of this.guestsOf(unit.id)) if (!kept.has(guest.uuid)) this.removeGuest(guest);
    for (const guest of unit.guests) {
      const file = guestFile(unit.id, guest, owner, guestDeclarations.get(guest.uuid));
      const there = this.guests.get(guest.uuid);
      // The digest is of all that a record says.
      if (file.digest !== undefined && there?.digest === file.digest) continue;
      if (there?.label !== guest.label || !isDeepStrictEqual(there.vifs, guest.vifs)) this.vifs = undefined;
      const { uuid, label, vifs } = guest;
      this.guests.set(uuid, { uuid, unit: unit.id, owner, label, vifs, digest: file.digest });
      this.files.put(`guests/${guest.uuid}`, file.text);
    }
    const chains = new Set(TABLES.flatMap((table) => [...chainsIn(unit.shared, table).keys()]));
    const text = formatUnit(unit, owner, declaration);
    const digest = digestOf(text);
    this.units.set(unit.id, { id: unit.id, owner, chains: [...chains], sets: [...unit.sets.keys()], jumps: unit.jumps ?? [], digest });
    if (digest !== holder?.digest) this.files.put(unitFile(unit.id), text);
    this.compiled.set(unit.id, unit);
  }

  /** Only ports that the frame sends to our chains can be anybody's, and each can be only one's. */
  private checkPorts(unit: CompiledUnit, frame: WaitingFrame): void {
    const pinned = new Map<string, string>();
    for (const guest of this.guests.values()) {
      if (guest.unit === unit.id) continue;
      for (const vif of guest.vifs) if (vif.port !== undefined) pinned.set(vif.port, guest.label);
    }
    for (const guest of unit.guests) {
      for (const { port } of guest.vifs) {
        if (port === undefined) continue;
        if (!frame.guestPorts.some((prefix) => port.startsWith(prefix)))
          throw errors.portNotGuests(this.host, guest.label, port, frame.guestPorts);
        const other = pinned.get(port);
        if (other !== undefined) throw errors.portTwice(this.host, guest.label, port, other);
        pinned.set(port, guest.label);
      }
    }
  }

  /** A rule may refer to an IpSet that the same transaction makes, or that is there; the kernel would refuse the whole table otherwise. */
  private checkSets(unit: CompiledUnit): void {
    for (const chains of [...unit.guests.map((guest) => guest.chains), unit.shared]) {
      for (const { name, family, rule } of setReferences(chains)) {
        if (unit.sets.has(name)) continue;
        const set = this.sets.get(name) ?? (this.removedSets.has(name) ? undefined : this.snapshot.sets.get(name));
        if (set === undefined) throw errors.setMissing(this.host, name, rule ?? unit.id);
        if (set.family !== undefined && set.family !== family) throw errors.setFamily(this.host, name, set.family, rule ?? unit.id);
      }
    }
  }

  private removeUnit(id: string): void {
    for (const guest of this.guestsOf(id)) this.removeGuest(guest);
    this.units.delete(id);
    this.compiled.delete(id);
    this.files.remove(unitFile(id));
  }

  private removeGuest({ uuid }: GuestRecord): void {
    this.guests.delete(uuid);
    this.vifs = undefined;
    this.files.remove(`guests/${uuid}`);
  }

  private putSet({ claim, name, content, owner, declaration }: Extract<Edit, { kind: "set" }>): void {
    const record = this.setRecords.get(name);
    if (claim === "new" && record !== undefined && record.owner !== owner) throw errors.setOwned(this.host, name, record.owner);
    // One that a state holds, and whose record is lost, is still its own.
    if (claim === "new" && record === undefined && this.snapshot.sets.has(name) && !this.snapshot.records.spoilt.includes(`sets/${name}`))
      throw errors.setForeign(this.host, name);
    this.setRecords.set(name, { name, owner });
    this.sets.set(name, content);
    this.removedSets.delete(name);
    this.files.put(`sets/${name}`, formatSet(name, owner, declaration, new Map([[name, content]])));
  }

  private removeSet(name: string): void {
    if (!this.setRecords.has(name)) return;
    this.setRecords.delete(name);
    this.sets.delete(name);
    this.removedSets.add(name);
    this.files.remove(`sets/${name}`);
  }

  /** What is to be done, against the snapshot this began with. */
  plan(): HostPlan {
    const all = this.claims();
    const claims = all.every((claim) => this.hasChains(claim)) ? all : all.filter((claim) => this.hasChains(claim));
    const frame = this.compiledFrame();
    const bridges = this.bridges(claims);
    const parts: ChainPart[] = frame === undefined ? [] : [frameChains(frame, claims, bridges)];
    const sets: Sets = new Map(this.sets);
    for (const unit of this.compiled.values()) {
      parts.push(unit.shared);
      for (const guest of unit.guests) parts.push(guest.chains);
      for (const [name, set] of unit.sets) sets.set(name, set);
    }
    const kernel = planKernel(
      {
        parts,
        tables: activeTables(this.facts),
        jumps: this.jumps(),
        sets,
        others: this.others(),
        removedSets: [...this.removedSets],
      },
      this.snapshot,
    );
    this.keepFiles(frame, claims, bridges);
    return { kernel, parts, files: this.files.plan() };
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

  /** The rules that lead from chains of others into ours: the frame's, and the units'. */
  jumps(): Jump[] {
    const tables = activeTables(this.facts);
    const frame = this.compiledFrame();
    const units = [...this.units.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
    return [
      ...(frame === undefined ? [] : frameJumps(frame)),
      ...units.flatMap((unit) => unit.jumps.filter((jump) => this.leads(unit, jump))),
    ].filter(({ table }) => tables.includes(table));
  }

  /** As with trees: a rule that leads to a chain that was lost would be refused with its whole table. */
  private leads(unit: UnitRecord, { table }: Jump): boolean {
    if (this.compiled.has(unit.id)) return true;
    return unit.chains.every((chain) => this.snapshot.tables[table].chains.has(chain));
  }

  private portsFile(claims: readonly PortClaim[], bridges: readonly Bridge[]): SummedFile {
    const { boot } = this.snapshot;
    const sites = bridges.map(({ name, mac, zone }) => `${name} ${mac} ${zone}`);
    return portsFiles(claims, [boot, ...sites], () => summed(formatPorts(claims, bridges, boot)));
  }

  /**
   * Whether there is something to lead a port to: a guest that this plan does not speak for may have lost its chains, after a boot for one,
   * and a tree that refers to them would be refused as a whole.
   */
  private hasChains({ uuid, vif, traits }: PortClaim): boolean {
    const unit = this.guests.get(uuid)?.unit;
    if (unit !== undefined && this.compiled.has(unit)) return true;
    return activeTables(this.facts).every((table) => {
      const { chains } = this.snapshot.tables[table];
      return vifChains(table, traits).every((chain) => chains.has(chain(vif)));
    });
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
  private others(): { chains: Set<string>; sets: Set<string> } {
    const chains = new Set<string>();
    const sets = new Set<string>();
    for (const guest of this.guests.values()) {
      if (this.compiled.has(guest.unit)) continue;
      for (const vif of guest.vifs) for (const chain of Object.values(vifChain)) chains.add(chain(vif.id));
    }
    for (const unit of this.units.values()) {
      if (this.compiled.has(unit.id)) continue;
      for (const chain of unit.chains) chains.add(chain);
      for (const set of unit.sets) sets.add(set);
    }
    for (const name of this.setRecords.keys()) if (!this.sets.has(name)) sets.add(name);
    // Of a rule set's name only its record says that it is csp's.
    const known = new Set([...this.snapshot.records.units.values(), ...this.units.values()].flatMap((unit) => unit.chains));
    for (const table of TABLES)
      for (const chain of this.snapshot.tables[table].chains.keys())
        if (chain.startsWith(USER_CHAIN) && !known.has(chain)) chains.add(chain);
    return { chains, sets };
  }

  private guestsOf(unit: string): GuestRecord[] {
    return [...this.guests.values()].filter((guest) => guest.unit === unit);
  }
}

const HOOK = summed(program("hook.sh"));

/** What a port's trees lead to in a table. */
function vifChains(table: Table, traits: readonly Trait[]): ((id: string) => string)[] {
  switch (toolOf(table)) {
    case "ebtables":
      return table === "ebtables.nat" ? [vifChain.layer2, ...(traits.includes("rcv") ? [vifChain.receive] : [])] : [];
    case "arptables":
      return [vifChain.layer2];
    case "nft":
      return [];
    default:
      if (table === "iptables.filter" || table === "ip6tables.filter") return [vifChain.egress, vifChain.ingress];
      return traits.includes("pin") ? [vifChain.pin] : [];
  }
}

// Ports and interfaces stay the same objects from one look to the next, for as long as they are the same.
const portsFiles = lastMade<readonly PortClaim[], SummedFile>();
const vifsFile = memo((vifs: readonly GuestVif[]) => summed(formatVifs(vifs)));

function isOwned(frame: FrameRecord | WaitingFrame): frame is FrameRecord {
  return "owner" in frame;
}

interface GuestFile {
  readonly owner: string;
  readonly declaration: unknown;
  readonly digest: string | undefined;
  readonly text: () => string;
}

const guestFiles = new WeakMap<CompiledGuest, GuestFile>();

/** A guest's record. Its text is kept no longer than it is needed: a thousand guests are megabytes. */
function guestFile(unit: string, guest: CompiledGuest, owner: string, declaration: unknown): GuestFile {
  const known = guestFiles.get(guest);
  if (known !== undefined && known.owner === owner && known.declaration === declaration) return known;
  const text = () => formatGuest(unit, guest, owner, declaration);
  const file = { owner, declaration, digest: digestOf(text()), text };
  guestFiles.set(guest, file);
  return file;
}

/** "guest/<uuid>" and "policy/<name>" as a file name. */
export function unitFile(id: string): string {
  return `units/${id.replace("/", ".")}`;
}
