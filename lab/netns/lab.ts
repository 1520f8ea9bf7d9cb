/** Hosts and guests to try things on, as network namespaces: `createLab(spec)` and the lab that it returns. */
import * as fs from "node:fs";
import { prepareAges } from "../eras/prepare";
import { buildLab, prepareLab } from "./build";
import { attempt, type CommandResult } from "./command";
import { LabErrors } from "./errors";
import { Flooder, type FloodStream, type RunningFlood } from "./flood";
import { LabGuest } from "./guest";
import { LabHost } from "./host";
import { fitToKernel } from "./kernel";
import { withLock } from "./lock";
import { fabricNamespace, guestNamespace, hostNamespace, labDirectory, namespacePath, operatorNamespace, outsideNamespace } from "./names";
import { emulatedDevice } from "./ports";
import { rebootHost, reinstallHost } from "./power";
import { Probe } from "./probe";
import type { Product } from "./product";
import { Reboots } from "./reboots";
import { checkRequirements } from "./requirements";
import { isStale, type LabState, loadState, saveState } from "./state";
import { dismantle, sweepStaleLabs } from "./teardown";
import { type Guest, type LabSpec, resolveTopology, type Topology } from "./topology";
import { bridgeMac, OUTSIDE_CABLE, outsideDevice } from "./wiring";

export interface CreateOptions {
  /** True: the lab stays when this process ends. Default: the start of the next lab removes it after this process has ended. */
  readonly keep?: boolean;
  /** True: a running lab of this name is removed first. Default: an error. */
  readonly replace?: boolean;
}

/** Where a packet can come from or go to. */
export interface Endpoint {
  readonly name: string;
  readonly namespace: string;
  /** The device that has its addresses. */
  readonly device: string;
  /** The device through which its frames leave and come in. It differs from `device` if that is a VLAN device. */
  readonly cable: string;
  readonly mac: string;
  /** With prefix lengths. */
  readonly addresses: readonly string[];
  /** It is a host: it hears what its own IP stack receives after its filters, and its frames leave by its bridge. */
  readonly stack?: true;
}

/** Starts a lab, and returns it once every host answers on its SSH port. */
export async function createLab(spec: LabSpec, options: CreateOptions = {}): Promise<Lab> {
  const wanted = resolveTopology(spec);
  await checkRequirements();
  const topology = fitToKernel(wanted, spec);
  const program = await prepareAges(topology.hosts.map(({ era }) => era));
  const state = await withLock(async () => {
    await sweepStaleLabs();
    const running = loadState(topology.name);
    if (running !== undefined) {
      if (!options.replace) {
        throw LabErrors.exists(topology.name);
      }
      await dismantle(running.topology);
    }
    return prepareLab(topology, program);
  });
  try {
    await buildLab(state);
  } catch (error) {
    await dismantle(topology);
    throw error;
  }
  if (options.keep) {
    state.owner = undefined;
    saveState(state);
  }
  return new Lab(state);
}

/** A running lab, made by this or another process. */
export function openLab(name: string): Lab {
  const state = loadState(name);
  if (state === undefined || state.phase !== "up" || isStale(state)) {
    throw LabErrors.notUp(name);
  }
  return new Lab(state);
}

/** Removes a lab by name, whatever is left of it; false if nothing was left. */
export async function removeLab(name: string): Promise<boolean> {
  return withLock(async () => {
    const state = loadState(name);
    if (state !== undefined) {
      await dismantle(state.topology);
    }
    await sweepStaleLabs();
    return state !== undefined;
  });
}

export class Lab {
  readonly name: string;
  readonly hosts: readonly LabHost[];
  readonly guests: readonly LabGuest[];
  readonly endpoints: readonly Endpoint[];
  private readonly hostEndpoints: readonly Endpoint[];
  private packetProbe: Probe | undefined;
  private flooder: Flooder | undefined;

  constructor(readonly state: LabState) {
    const { topology } = state;
    this.name = topology.name;
    this.hosts = topology.hosts.map((host) => new LabHost(state, host));
    this.guests = topology.guests.map((guest) => new LabGuest(state, guest));
    this.hostEndpoints = hostEndpoints(topology);
    this.endpoints = [...topology.guests.flatMap((guest) => guestEndpoints(this.name, guest)), ...outsideEndpoints(topology)];
  }

  host(name: string): LabHost {
    return found("host", name, this.hosts);
  }

  guest(name: string): LabGuest {
    return found("guest", name, this.guests);
  }

  /**
   * An interface of a guest or of an outside endpoint: "web-1"; "web-1/1" for its second one; "web-1/0-emu" for the emulated card beside its first one.
   * Or a host's own end of its first bridge: "hv-01"; "hv-01/xenbr1" for another bridge.
   */
  endpoint(name: string): Endpoint {
    return found("endpoint", name, [...this.endpoints, ...this.hostEndpoints]);
  }

  /** The packet agent, started when it is first needed. It ends with this process or with {@link close}. */
  get probe(): Probe {
    this.packetProbe ??= new Probe((name) => this.endpoint(name));
    return this.packetProbe;
  }

  /**
   * Reboots a host: its kernel rules, sets, sysctls, domain ids and processes are gone, its files stay, and the enabled services run. Then, unless told
   * otherwise, the guests that ran before are started, all at once. boot-services.sh takes the place of an init.
   */
  async reboot(name: string, { autostart = true }: { readonly autostart?: boolean } = {}): Promise<void> {
    const host = this.host(name);
    const ran = this.guests.filter((guest) => guest.host === name && guest.domain !== undefined);
    await rebootHost(this.state, host.spec);
    if (autostart) {
      await Promise.all(ran.map((guest) => guest.start()));
    }
  }

  /** Installs another system on a host. It starts with the old host key; the guests that ran there no longer run. */
  async reinstall(name: string, product: Product): Promise<void> {
    await reinstallHost(this.state, this.host(name).spec, product);
  }

  /** Reboots a host with a product whenever something there calls `reboot`, until stopped. */
  obeyReboots(name: string): Reboots {
    return new Reboots(this.host(name), () => this.reboot(name));
  }

  /** Starts sending all of these at once, until stopped. */
  flood(streams: readonly FloodStream[]): Promise<RunningFlood> {
    this.flooder ??= new Flooder(this.endpoints);
    return this.flooder.start(streams);
  }

  /** Runs a command inside a guest, an outside endpoint, "operator" or "fabric": its network namespace, the machine's file system. */
  exec(place: string, argv: readonly string[], stdin?: string): Promise<CommandResult> {
    return attempt([...this.entry(place), ...argv], stdin);
  }

  /** The words to put before a command so that it runs inside `place`, as in {@link exec}. */
  entry(place: string): string[] {
    const fixed: Record<string, string> = { operator: operatorNamespace(this.name), fabric: fabricNamespace(this.name) };
    return ["nsenter", `--net=${namespacePath(fixed[place] ?? this.endpoint(place).namespace)}`];
  }

  /** Directory of keys and logs, readable by root. */
  get directory(): string {
    return labDirectory(this.name);
  }

  /** Ends the packet agent and leaves the lab up. */
  async close(): Promise<void> {
    await this.packetProbe?.close();
    this.packetProbe = undefined;
    await this.flooder?.close();
    this.flooder = undefined;
  }

  /** Removes the lab: afterwards nothing of it is left. */
  async down(): Promise<void> {
    await this.close();
    await dismantle(this.state.topology);
    if (fs.existsSync(this.directory)) {
      throw new Error(`${this.directory} is still there`);
    }
  }
}

function guestEndpoints(lab: string, guest: Guest): Endpoint[] {
  const namespace = guestNamespace(lab, guest.name);
  return (guest.bare ? [] : guest.interfaces).flatMap(({ mac, addresses }, device) => {
    const of = (suffix: string, cable: string, own: readonly string[]): Endpoint => ({
      name: `${guest.name}${suffix}`,
      namespace,
      device: cable,
      cable,
      mac,
      addresses: own,
    });
    return [
      of(device === 0 ? "" : `/${device}`, `eth${device}`, addresses),
      ...(guest.kind === "hvm" ? [of(`/${device}-emu`, emulatedDevice(device), [])] : []),
    ];
  });
}

function outsideEndpoints({ name, outside }: Topology): Endpoint[] {
  return outside.map((each) => ({
    name: each.name,
    namespace: outsideNamespace(name, each.name),
    device: outsideDevice(each),
    cable: OUTSIDE_CABLE,
    mac: each.interface.mac,
    addresses: each.interface.addresses,
  }));
}

function hostEndpoints({ name: lab, hosts }: Topology): Endpoint[] {
  return hosts.flatMap((host, index) =>
    host.bridges.map(({ name }, number): Endpoint => {
      const place = { namespace: hostNamespace(lab, host.name), device: name, cable: name, stack: true } as const;
      return { name: number === 0 ? host.name : `${host.name}/${name}`, ...place, mac: bridgeMac(index, number), addresses: [] };
    }),
  );
}

function found<T extends { readonly name: string }>(kind: string, name: string, all: readonly T[]): T {
  const match = all.find((each) => each.name === name);
  if (match === undefined) {
    throw LabErrors.unknown(
      kind,
      name,
      all.map((each) => each.name),
    );
  }
  return match;
}
