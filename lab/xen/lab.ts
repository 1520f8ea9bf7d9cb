/** A real Xen host to try things on, in an emulated computer: `createXenLab(spec)` and the lab that it returns. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { attempt, run } from "../netns/command";
import { generateKeyPair } from "../netns/keys";
import { isAlive, type ProcessIdentity } from "../netns/state";
import { DEFAULT_BRIDGE, type LabSpec, resolveTopology, type Topology } from "../netns/topology";
import { endpointScript } from "../netns/wiring";
import { XenLabErrors } from "./errors";
import { XenGuest } from "./guest";
import { XenHost } from "./host";
import { xenImage } from "./image";
import { type Cable, freePort, Machine } from "./machine";
import { endpointsOf, type XenEndpoint, XenProbe } from "./probe";

/** On disk, not in /run, because a machine's disk grows to some hundred megabytes. */
const LABS = "/var/tmp/csp-xen-lab";
const folderOf = (name: string): string => join(LABS, name);
const namespaceOf = (lab: string, outside: string): string => `csp-xen-${lab}-${outside}`;

interface XenLabState {
  readonly topology: Topology;
  readonly sshPort: number;
  readonly hostKey: string;
  readonly privateKey: string;
  readonly machine: ProcessIdentity;
}

export interface CreateXenOptions {
  /** True: the lab stays when this process ends. Default: its computer ends with this process, and the start of the next lab removes the rest. */
  readonly keep?: boolean;
}

/**
 * Boots a Xen host and its guests, and returns once all of them answer. The spec is the same as for the network lab, with one host and without bare
 * guests; the host's `backend` is the variant of all four firewall tools. There is room for five guests.
 */
export async function createXenLab(spec: LabSpec, options: CreateXenOptions = {}): Promise<XenLab> {
  const topology = resolveTopology(spec);
  const { name, hosts, guests, outside } = topology;
  const [host] = hosts;
  if (host === undefined || hosts.length > 1) throw XenLabErrors.badSpec("hosts", `${hosts.length} hosts given`, "Give one");
  if (guests.length > 5) throw XenLabErrors.badSpec("guests", `${guests.length} guests given`, "Its memory holds 5");
  if (JSON.stringify(host.bridges) !== JSON.stringify([DEFAULT_BRIDGE]))
    throw XenLabErrors.badSpec("hosts[0].bridges", "dom0 has one plain bridge", `It is ${DEFAULT_BRIDGE.name}: leave the field out`);
  for (const { name: guest, kind, interfaces } of guests)
    if (kind !== undefined || interfaces.some(({ port }) => port !== undefined))
      throw XenLabErrors.badSpec(`guest ${guest}`, "its kind and its ports' names are xl's here", "Leave kind and port out");
  if (outside.some(({ interface: { vlan } }) => vlan !== undefined))
    throw XenLabErrors.badSpec("outside", "no endpoint has a VLAN here", "Leave vlan out");
  await sweep();
  if (existsSync(folderOf(name))) throw XenLabErrors.exists(name);
  const image = await xenImage();

  const folder = folderOf(name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = generateKeyPair(`csp-xen-${name}`);
  writeFileSync(join(folder, "id_ed25519"), key.private, { mode: 0o600 });
  const cables = outside.map((_, index): Cable => ({ tap: tapOf(name, index), mac: `02:fd:00:00:00:0${index + 1}` }));
  const sshPort = host.sshPort || (await freePort());
  let machine: Machine | undefined;
  try {
    machine = await Machine.start({
      ...{ name, folder, image, sshPort, cables },
      publicKey: key.public.split(" ")[1] ?? "",
      keep: options.keep ?? false,
    });
    const state: XenLabState = { topology, sshPort, hostKey: image.hostKey, privateKey: key.private, machine: machine.process };
    writeFileSync(join(folder, "state.json"), JSON.stringify(state), { mode: 0o600 });
    const lab = new XenLab(state);
    await lab.plugOutside();
    await lab.reached();
    await lab.host(host.name).useTools(host.backend);
    // One after the other: two at once take as long altogether, and each of them takes longer.
    for (const guest of lab.guests) if (guest.spec.running) await guest.start();
    return lab;
  } catch (error) {
    await machine?.stop();
    await clear(name, topology);
    throw error;
  }
}

/** A running lab, made by this or another process. */
export function openXenLab(name: string): XenLab {
  const state = readState(name);
  if (state === undefined || !isAlive(state.machine)) throw XenLabErrors.notUp(name);
  return new XenLab(state);
}

/** Removes a lab by name, whatever is left of it; false if nothing was left. */
export async function removeXenLab(name: string): Promise<boolean> {
  const state = readState(name);
  if (state === undefined) return false;
  await new XenLab(state).down();
  return true;
}

export class XenLab {
  readonly name: string;
  readonly hosts: readonly XenHost[];
  readonly guests: readonly XenGuest[];
  readonly probe: XenProbe;
  private readonly machine: Machine;
  private readonly endpoints: readonly XenEndpoint[];

  constructor(readonly state: XenLabState) {
    const { topology, sshPort, hostKey, privateKey, machine } = state;
    this.name = topology.name;
    const folder = folderOf(this.name);
    const privateKeyPath = join(folder, "id_ed25519");
    const host = new XenHost(
      topology.hosts[0]?.name ?? "",
      { address: "127.0.0.1", port: sshPort, user: "root", privateKey, privateKeyPath, hostKey },
      folder,
    );
    this.hosts = [host];
    this.machine = new Machine(folder, machine);
    this.guests = topology.guests.map((guest) => new XenGuest(host, guest));
    this.endpoints = endpointsOf(this.guests, topology.outside, (outside) => namespaceOf(this.name, outside));
    this.probe = new XenProbe((name) => found("endpoint", name, this.endpoints));
  }

  host(name: string): XenHost {
    return found("host", name, this.hosts);
  }

  guest(name: string): XenGuest {
    return found("guest", name, this.guests);
  }

  /** Each outside endpoint is a namespace with the far end of its cable in it. */
  async plugOutside(): Promise<void> {
    for (const [index, { name, interface: each }] of this.state.topology.outside.entries()) {
      const namespace = namespaceOf(this.name, name);
      const tap = tapOf(this.name, index);
      await run(["ip", "netns", "add", namespace]);
      await run(["ip", "link", "set", tap, "netns", namespace]);
      await run(["ip", "-n", namespace, "link", "set", tap, "name", "eth0", "address", each.mac]);
      await run(["sh", "-s"], endpointScript(namespace, [each]));
    }
  }

  /** Waits for dom0. */
  async reached(notBoot?: string): Promise<void> {
    try {
      await this.hosts[0]?.reached(() => this.machine.running, notBoot);
    } catch (error) {
      throw XenLabErrors.bootFailed(this.name, (error as Error).message, this.machine.console());
    }
  }

  /** Reboots dom0, and with it Xen; settles when SSH answers. The host decides what happens to the guests (xendomains). */
  async reboot(name: string): Promise<void> {
    const host = this.host(name);
    const before = (await host.run("cat /proc/sys/kernel/random/boot_id")).trim();
    await host.run("(sleep 0.5; reboot) >/dev/null 2>&1 </dev/null &");
    await host.hangUp();
    await this.reached(before);
  }

  /** Ends the packet agents and leaves the lab up. */
  async close(): Promise<void> {
    for (const { agent } of this.endpoints) await agent.close();
    await this.hosts[0]?.hangUp();
  }

  /** Removes the lab: afterwards nothing of it is left. */
  async down(): Promise<void> {
    await this.close();
    await this.machine.stop();
    await clear(this.name, this.state.topology);
  }
}

/** A name that no other lab's tap has. It is needed only until the tap is in its namespace. */
function tapOf(lab: string, index: number): string {
  return `csx${index}${Buffer.from(lab).toString("hex").slice(-10)}`;
}

function readState(name: string): XenLabState | undefined {
  const file = join(folderOf(name), "state.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as XenLabState) : undefined;
}

/** Removes what is left of labs whose computer has ended. */
async function sweep(): Promise<void> {
  for (const name of existsSync(LABS) ? readdirSync(LABS) : []) {
    const state = readState(name);
    if (state !== undefined && !isAlive(state.machine)) await clear(name, state.topology);
  }
}

async function clear(name: string, topology: Topology): Promise<void> {
  for (const outside of topology.outside) await attempt(["ip", "netns", "del", namespaceOf(name, outside.name)]);
  rmSync(folderOf(name), { recursive: true, force: true });
}

function found<T extends { readonly name: string }>(kind: string, name: string, all: readonly T[]): T {
  const match = all.find((each) => each.name === name);
  if (match === undefined)
    throw XenLabErrors.unknown(
      kind,
      name,
      all.map((each) => each.name),
    );
  return match;
}
