import { run } from "./command";
import { DeclaredGuest } from "./declared-guest";
import { LabErrors } from "./errors";
import { LabHost } from "./host";
import { hostNamespace } from "./names";
import { bridgeOf, interfaceOf, type Plug, portOf } from "./ports";
import { type GuestState, type HostState, type LabState, refreshState, saveState } from "./state";
import { announce, defineGuest, scriptBridges, takeDomain } from "./toolstack";
import type { Guest, Host } from "./topology";
import {
  announceScript,
  freezeScript,
  inside,
  insideScript,
  parkBatch,
  placeholderScript,
  plugScript,
  thawScript,
  unparkScript,
  unplugBatch,
} from "./wiring";
import { removeDevices, removeGuest, writeGuest } from "./xenstore";

export interface MigrateOptions {
  /** How many milliseconds the guest is paused once its port is on the target. Default: 30. */
  readonly pauseMs?: number;
}

/**
 * One guest: its own namespace behind ports on its host's bridge. Everything happens in the order of its host's toolstack, with the toolstack's calls
 * ({@link announce}). udev on the host sees by itself that ports come and go.
 */
export class LabGuest extends DeclaredGuest {
  /** When this object last started or woke up its inside, in Unix milliseconds. */
  upAt = 0;

  constructor(
    private readonly state: LabState,
    spec: Guest,
  ) {
    super(spec);
  }

  /** Name of the host it is on, or was on last. */
  get host(): string {
    return this.entry.host;
  }

  /** Domain id; undefined while stopped or saved. */
  get domain(): number | undefined {
    return this.entry.domain;
  }

  /** Name of the host's end of an interface: "vif7.0". Throws while stopped. */
  port(device = 0): string {
    return portOf(this.hostSpec, this.spec, this.running().domain, device);
  }

  /** Starts it with all its interfaces and the host's next domain id. */
  async start(): Promise<void> {
    this.refuse(this.domain !== undefined, `it runs already, as domain ${this.domain} of ${this.host}`, "Stop or reboot it");
    this.refuse(this.entry.saved === true, "it is saved", "Restore it");
    const plug = this.begin();
    await this.attach(plug, this.newPorts(plug), insideScript(this.lab, plug));
  }

  /** Shuts it down: its ports and its xenstore nodes are gone afterwards. */
  async stop(): Promise<void> {
    const plug = this.running();
    await this.thaw(plug);
    await this.detach(plug, unplugBatch(this.hostSpec, plug));
    this.end({ saved: false });
  }

  /** Shuts it down and starts it: the same guest with a new domain id. */
  async reboot(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /**
   * It crashes: domain, ports and xenstore nodes are gone at once, and the toolstack has not noticed yet. It may be started at once. The returned
   * function makes the toolstack's late call about the end of the old domain.
   */
  async crash(): Promise<() => Promise<void>> {
    const plug = this.running();
    const host = this.labHost;
    await this.thaw(plug);
    this.eraseDomain(plug);
    await run(["sh", "-s"], inside(this.hostNamespace, {}, unplugBatch(host.spec, plug)));
    this.end({ saved: false });
    return async () => {
      await announce(host, "leaving", plug);
      await announce(host, "gone", plug);
    };
  }

  /** Saves it to disk: no domain, no port. Its inside waits, including open connections. */
  async save(): Promise<void> {
    const plug = this.running();
    await this.thaw(plug);
    await this.detach(plug, parkBatch(this.state.topology, this.hostSpec, plug));
    this.end({ saved: true });
  }

  /** Wakes it up where it was saved, with another domain id. */
  async restore(): Promise<void> {
    this.refuse(this.entry.saved !== true, "it is not saved", "Save it first");
    const plug = this.begin(this.pluggedIn());
    await this.attach(plug, this.parkedPorts(plug), announceScript(this.lab, plug), "restore");
  }

  /** Freezes it: its ports stay, and it answers nothing. */
  async pause(): Promise<void> {
    this.refuse(this.entry.paused === true, "it is paused already", "Unpause it");
    await this.inGuest(freezeScript(this.lab, this.running()));
    this.note((entry) => {
      entry.paused = true;
    });
  }

  async unpause(): Promise<void> {
    this.refuse(this.entry.paused !== true, "it is not paused", "Pause it first");
    await this.thaw(this.running());
  }

  /** Takes one interface away from the running guest. */
  async unplug(device: number): Promise<void> {
    const plug = this.running();
    this.refuse(!plug.devices.includes(device), `its interface ${device} is not plugged in`, "Plug it in first");
    await this.detach({ ...plug, devices: [device] }, unplugBatch(this.hostSpec, { ...plug, devices: [device] }), "hot");
    this.note((entry) => {
      entry.unplugged = [...(entry.unplugged ?? []), device];
    });
  }

  /** Gives the running guest an interface back. The port has the same name, because the domain is the same. */
  async plug(device: number): Promise<void> {
    interfaceOf(this.spec, device);
    const { domain, devices } = this.running();
    this.refuse(devices.includes(device), `its interface ${device} is plugged in already`, "Unplug it first");
    this.note((entry) => {
      entry.unplugged = entry.unplugged?.filter((each) => each !== device);
    });
    const plug = { guest: this.spec, domain, devices: [device] };
    await this.attach(plug, this.newPorts(plug), insideScript(this.lab, plug), "hot");
  }

  /**
   * Moves it to another host, where it gets that host's next domain id. A running guest continues: it is paused, its port appears on the target and is
   * announced there, it runs again and says so by ARP, and only then the domain and port on the source are removed. A stopped or saved guest is moved
   * as it is.
   */
  async migrate(host: string, { pauseMs = 30 }: MigrateOptions = {}): Promise<void> {
    const target = this.state.topology.hosts.find(({ name }) => name === host);
    if (target === undefined) {
      throw LabErrors.unknown("host", host, Object.keys(this.state.hosts));
    }
    for (const each of this.spec.interfaces) {
      bridgeOf(target, each);
    }
    this.refuse(this.entry.paused === true, "it is paused", "Unpause it first");
    const source = this.labHost;
    const before = this.domain === undefined ? undefined : this.running();
    const sourceNamespace = this.hostNamespace;
    if (before !== undefined) {
      await this.inGuest(freezeScript(this.lab, before));
      const parked = inside(sourceNamespace, {}, parkBatch(this.state.topology, source.spec, before));
      await run(["sh", "-s"], parked + placeholderScript(this.lab, source.spec, before));
    }
    defineGuest(this.state, this.spec, false);
    this.note((entry) => {
      Object.assign(entry, { host, domain: undefined });
    });
    defineGuest(this.state, this.spec);
    if (before === undefined) {
      return;
    }
    const after = this.begin(before.devices);
    const there = this.labHost;
    await announce(there, "before", after, "migrate");
    await run(["sh", "-s"], this.parkedPorts(after));
    await announce(there, "there", after);
    const cleared = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      await this.inGuest(thawScript(this.lab, after) + announceScript(this.lab, after));
      this.upAt = Date.now();
      await announce(source, "leaving", before);
      await run(["sh", "-s"], inside(sourceNamespace, {}, unplugBatch(source.spec, before)));
      await announce(source, "gone", before);
      if (source.spec.hypervisor === "xen") {
        removeGuest(source.pid, this.spec, before.domain);
      }
    };
    // The guest runs again whether the target's hook has ended or not.
    await Promise.all([announce(there, "running", after), cleared()]);
  }

  /** Takes a domain id, for all interfaces or for these, and tells xenstore. */
  private begin(devices: readonly number[] = this.devices): Plug {
    const host = this.hostSpec;
    let domain = 0;
    this.note((entry) => {
      domain = takeDomain(this.state, this.spec, host);
      const unplugged = this.devices.filter((device) => !devices.includes(device));
      Object.assign(entry, { domain, unplugged, paused: undefined, saved: undefined });
    });
    const plug = { guest: this.spec, domain, devices };
    if (host.hypervisor === "xen") {
      writeGuest(this.hostState.pid, host, plug);
    }
    return plug;
  }

  private end({ saved }: { readonly saved: boolean }): void {
    this.note((entry) => {
      Object.assign(entry, { domain: undefined, paused: undefined, ...(saved ? { saved } : { unplugged: undefined }) });
    });
  }

  private newPorts(plug: Plug): string {
    return plugScript(this.lab, this.hostSpec, [plug], !scriptBridges(this.hostSpec));
  }

  private parkedPorts(plug: Plug): string {
    return unparkScript(this.state.topology, this.hostSpec, plug, !scriptBridges(this.hostSpec));
  }

  /** `ports` makes the ports on the host; `wake` is what the guest then does. */
  private async attach(plug: Plug, ports: string, wake: string, cause?: "hot" | "restore"): Promise<void> {
    const host = this.labHost;
    if (cause === "hot" && host.spec.hypervisor === "xen") {
      writeGuest(host.pid, host.spec, plug);
    }
    await announce(host, "before", plug, cause);
    await run(["sh", "-s"], ports);
    await announce(host, "there", plug, cause);
    await this.inGuest(wake);
    this.upAt = Date.now();
    await announce(host, "running", plug, cause);
  }

  private async detach(plug: Plug, batch: readonly string[], cause?: "hot"): Promise<void> {
    const host = this.labHost;
    await announce(host, "leaving", plug, cause);
    await run(["sh", "-s"], inside(this.hostNamespace, {}, batch));
    await announce(host, "gone", plug, cause);
    if (cause === "hot" && host.spec.hypervisor === "xen") {
      removeDevices(host.pid, plug);
    } else if (cause !== "hot") {
      this.eraseDomain(plug);
    }
  }

  private eraseDomain(plug: Plug): void {
    if (this.hostSpec.hypervisor === "xen") {
      removeGuest(this.hostState.pid, this.spec, plug.domain);
    }
  }

  private async thaw(plug: Plug): Promise<void> {
    if (this.entry.paused) {
      await this.inGuest(thawScript(this.lab, plug));
      this.upAt = Date.now();
      this.note((entry) => {
        entry.paused = undefined;
      });
    }
  }

  /** Its domain and the interfaces that are plugged in; throws while it is stopped. */
  private running(): Plug {
    const { domain } = this.entry;
    if (domain === undefined) {
      throw LabErrors.guestState(this.name, "it is stopped, so it has no port", "Start it first");
    }
    return { guest: this.spec, domain, devices: this.pluggedIn() };
  }

  private pluggedIn(): number[] {
    const { unplugged = [] } = this.entry;
    return this.devices.filter((device) => !unplugged.includes(device));
  }

  private get devices(): number[] {
    return this.spec.interfaces.map((_, device) => device);
  }

  private refuse(when: boolean, problem: string, remedy: string): void {
    if (when) {
      throw LabErrors.guestState(this.name, problem, remedy);
    }
  }

  private async inGuest(script: string): Promise<void> {
    if (!this.spec.bare && script !== "") {
      await run(["sh", "-s"], script);
    }
  }

  private note(change: (entry: GuestState) => void): void {
    change(this.entry);
    saveState(this.state);
  }

  private get lab(): string {
    return this.state.topology.name;
  }

  private get hostNamespace(): string {
    return hostNamespace(this.lab, this.host);
  }

  private get labHost(): LabHost {
    return new LabHost(this.state, this.hostSpec);
  }

  private get entry(): GuestState {
    refreshState(this.state);
    return must(this.state.guests[this.name]);
  }

  private get hostSpec(): Host {
    return must(this.state.topology.hosts.find((host) => host.name === this.host));
  }

  private get hostState(): HostState {
    return must(this.state.hosts[this.host]);
  }
}

function must<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error("the lab's state does not hold what its topology names");
  }
  return value;
}
