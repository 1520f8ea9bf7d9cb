import * as fs from "node:fs";
import { run } from "./command";
import { LabErrors } from "./errors";
import { LabHost } from "./host";
import { guestNamespace, hostNamespace, portName } from "./names";
import { type GuestState, type LabState, refreshState, saveState } from "./state";
import type { Guest, Host } from "./topology";
import { endpointScript, inside, plugBatch, unplugBatch } from "./wiring";
import { removeGuest, vifUuid, writeGuest } from "./xenstore";

/** XAPI calls it after a port has joined its bridge and before one leaves. */
const HOTPLUG_HOOK = "/etc/xapi.d/vif-hotplug";

/** One guest: a namespace of its own behind ports on its host's bridge. */
export class LabGuest {
  readonly name: string;
  readonly uuid: string;

  constructor(
    private readonly state: LabState,
    readonly spec: Guest,
  ) {
    this.name = spec.name;
    this.uuid = spec.uuid;
  }

  /** Name of the host it is on, or was on last. */
  get host(): string {
    return this.entry.host;
  }

  /** Domain id; undefined while stopped. */
  get domain(): number | undefined {
    return this.entry.domain;
  }

  /** Name of the host's end of an interface: "vif7.0". Throws while stopped. */
  port(device = 0): string {
    if (this.domain === undefined) {
      throw LabErrors.guestState(this.name, "it is stopped, so it has no port", "Start it first");
    }
    return portName(this.hostSpec.hypervisor, this.domain, device);
  }

  get mac(): string {
    return this.spec.interfaces[0]?.mac ?? "";
  }

  /** The first address of a family, without its prefix length. */
  address(family: 4 | 6 = 4): string {
    const match = this.spec.interfaces[0]?.addresses.find((address) => address.includes(":") === (family === 6));
    return match?.split("/")[0] ?? "";
  }

  /** Starts it with the host's next domain id, as Xen does: ports on the bridge first, then its inside, then the hotplug hook. */
  async start(): Promise<void> {
    if (this.domain !== undefined) {
      throw LabErrors.guestState(this.name, `it runs already, as domain ${this.domain} of ${this.host}`, "Stop or reboot it");
    }
    const host = this.hostSpec;
    const hostState = this.hostState;
    const domain = hostState.nextDomain;
    this.note((entry) => {
      hostState.nextDomain += 1;
      entry.domain = domain;
    });
    if (host.hypervisor === "xen") {
      writeGuest(hostState.pid, this.spec, domain);
    }
    const lab = this.state.topology.name;
    const script =
      inside(hostNamespace(lab, host.name), {}, plugBatch(lab, host, this.spec, domain)) +
      (this.spec.bare ? "" : endpointScript(guestNamespace(lab, this.name), this.spec.interfaces));
    await run(["sh", "-s"], script);
    await this.callHook("online");
  }

  /** Stops it: its ports and its xenstore nodes are gone afterwards. */
  async stop(): Promise<void> {
    const { domain } = this;
    if (domain === undefined) {
      throw LabErrors.guestState(this.name, "it is stopped already", "Start it");
    }
    await this.callHook("remove");
    const host = this.hostSpec;
    await run(["sh", "-s"], inside(hostNamespace(this.state.topology.name, host.name), {}, unplugBatch(host, this.spec, domain)));
    if (host.hypervisor === "xen") {
      removeGuest(this.hostState.pid, this.spec, domain);
    }
    this.note((entry) => {
      entry.domain = undefined;
    });
  }

  /** Stops and starts it: the same guest with a new domain id. */
  async reboot(): Promise<void> {
    await this.stop();
    await this.start();
  }

  /** Moves it to another host, where it gets that host's next domain id. A stopped guest is moved and stays stopped. */
  async migrate(host: string): Promise<void> {
    if (this.state.hosts[host] === undefined) {
      throw LabErrors.unknown("host", host, Object.keys(this.state.hosts));
    }
    const running = this.domain !== undefined;
    if (running) {
      await this.stop();
    }
    this.note((entry) => {
      entry.host = host;
    });
    if (running) {
      await this.start();
    }
  }

  private note(change: (entry: GuestState) => void): void {
    change(this.entry);
    saveState(this.state);
  }

  private async callHook(action: "online" | "remove"): Promise<void> {
    const host = new LabHost(this.state, this.hostSpec);
    if (!fs.existsSync(host.file(HOTPLUG_HOOK))) {
      return;
    }
    const calls = this.spec.interfaces.map((_, device) => `-action ${action} -vifuuid ${vifUuid(this.spec, device)} -vmuuid ${this.uuid}`);
    // As XAPI: the hook's status is logged, and the guest goes on.
    await host.exec(calls.map((call) => `[ ! -x ${HOTPLUG_HOOK} ] || ${HOTPLUG_HOOK} ${call} >>/var/log/vif-hotplug.log 2>&1`).join("\n"));
  }

  private get entry(): GuestState {
    refreshState(this.state);
    return must(this.state.guests[this.name]);
  }

  private get hostSpec(): Host {
    return must(this.state.topology.hosts.find((host) => host.name === this.host));
  }

  private get hostState(): { pid: number; nextDomain: number } {
    return must(this.state.hosts[this.host]);
  }
}

function must<T>(value: T | undefined): T {
  if (value === undefined) {
    throw new Error("the lab's state does not hold what its topology names");
  }
  return value;
}
