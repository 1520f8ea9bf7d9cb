import { setTimeout as sleep } from "node:timers/promises";
import { DeclaredGuest } from "../netns/declared-guest";
import type { Guest } from "../netns/topology";
import { DEFAULT_BRIDGE } from "../netns/topology";
import { type Agent, GuestAgent } from "./agent";
import { XenLabErrors } from "./errors";
import type { XenHost } from "./host";

/** A frame that a guest sends from the moment its interface is up, at every boot. */
export interface BootFlood {
  readonly name: string;
  readonly everyMs: number;
  readonly frame: Buffer;
}

/** Its kernel alone takes 70; 96 is not enough for the agent. */
const MEMORY_MIB = 192;

/** How long a guest may take from `xl create` to its first answer, under emulation on a busy machine. */
const BOOT_MS = 180_000;

/** A paravirtual guest of the Xen host. */
export class XenGuest extends DeclaredGuest {
  readonly agent: Agent;
  /** The next {@link start} uses them; a reboot keeps those of the start. */
  floods: readonly BootFlood[] = [];

  constructor(
    private readonly on: XenHost,
    spec: Guest,
  ) {
    super(spec);
    this.agent = new GuestAgent(on, spec.name);
  }

  get host(): string {
    return this.on.name;
  }

  /** Domain id; undefined while it does not run. */
  async domain(): Promise<number | undefined> {
    const { code, stdout } = await this.on.exec(`xl domid ${this.name}`);
    return code === 0 ? Number(stdout) : undefined;
  }

  /** The host's end of an interface: "vif7.0". */
  async port(device = 0): Promise<string> {
    const domain = await this.domain();
    if (domain === undefined) throw XenLabErrors.unknown("running guest", this.name, []);
    return `vif${domain}.${device}`;
  }

  /** Writes its configuration and creates it; it has booted when the promise settles. */
  async start(): Promise<void> {
    await this.configure();
    await this.on.run(`xl create -q /etc/xen/${this.name}.cfg`);
    await this.booted();
  }

  /** The configuration as `xl create` and xendomains take it. */
  async configure(): Promise<void> {
    await this.on.run(`cat >/etc/xen/${this.name}.cfg`, this.configuration());
  }

  private configuration(): string {
    const vifs = this.spec.interfaces.map(({ mac }) => `"mac=${mac},bridge=${DEFAULT_BRIDGE.name}"`);
    const words = [
      "console=hvc0 quiet mitigations=off",
      ...this.spec.interfaces.map(({ addresses }, device) => `lab.if=${[`eth${device}`, ...addresses].join(",")}`),
      ...this.floods.map(({ name, everyMs, frame }) => `lab.flood=${name},eth0,${everyMs},${frame.toString("hex")}`),
    ];
    // Xen passes a guest 1,023 characters.
    const extra = words.join(" ");
    if (extra.length > 1000)
      throw XenLabErrors.badSpec(`guest ${this.name}`, "its floods do not fit into a kernel command line", "Shorten them");
    return [
      `name = "${this.name}"`,
      `uuid = "${this.uuid}"`,
      'type = "pv"',
      'kernel = "/srv/guest/vmlinux"',
      'ramdisk = "/srv/guest/initrd.gz"',
      `extra = "${extra}"`,
      `memory = ${MEMORY_MIB}`,
      "vcpus = 1",
      `vif = [ ${vifs.join(", ")} ]`,
      'on_poweroff = "destroy"',
      'on_reboot = "restart"',
      'on_crash = "restart"',
      "",
    ].join("\n");
  }

  /** Settles once its agent answers in a domain other than `not`. */
  async booted(not?: number): Promise<void> {
    for (const end = Date.now() + BOOT_MS; Date.now() < end; await sleep(200)) {
      const domain = await this.domain();
      if (domain !== undefined && domain !== not) {
        await this.agent.ask("counts");
        return;
      }
    }
    throw XenLabErrors.noAnswer(this.name, "boot", `it has no new domain after ${BOOT_MS / 1000} s`);
  }

  private async gone(): Promise<void> {
    for (const end = Date.now() + BOOT_MS; Date.now() < end; await sleep(200)) if ((await this.domain()) === undefined) return;
    throw XenLabErrors.noAnswer(this.name, "shutdown", "it is still there");
  }

  /** Reboots it as its administrator would: the guest's own kernel does it. */
  async reboot(): Promise<void> {
    const before = await this.domain();
    await this.on.run(`xl reboot ${this.name}`);
    await this.booted(before);
  }

  /** Its kernel panics; xl starts it again. */
  async crash(): Promise<void> {
    const before = await this.domain();
    await this.agent.ask("end");
    await this.booted(before);
  }

  /** Shuts it down: its own kernel powers off. */
  async stop(): Promise<void> {
    await this.on.run(`xl shutdown ${this.name}`);
    await this.gone();
  }

  /** Ends it at once. */
  async destroy(): Promise<void> {
    await this.on.run(`xl destroy ${this.name}`);
    await this.gone();
  }

  /** Saves it to disk: the domain is gone, and {@link restore} continues where it was. */
  async save(): Promise<void> {
    await this.on.run(`xl save ${this.name} /var/lib/xen/${this.name}.save >/dev/null 2>&1`);
    await this.gone();
  }

  async restore(): Promise<void> {
    await this.on.run(`xl restore /var/lib/xen/${this.name}.save >/dev/null 2>&1`);
    await this.booted();
  }

  async pause(): Promise<void> {
    await this.on.run(`xl pause ${this.name}`);
  }

  async unpause(): Promise<void> {
    await this.on.run(`xl unpause ${this.name}`);
  }

  /** Takes one interface away from the running guest. */
  async unplug(device: number): Promise<void> {
    await this.on.run(`xl network-detach ${this.name} ${device}`);
  }

  /** Gives the running guest the interface back, and brings it up inside. */
  async plug(device: number): Promise<void> {
    const each = this.spec.interfaces[device];
    if (each === undefined) throw XenLabErrors.unknown(`interface of ${this.name}`, String(device), Object.keys(this.spec.interfaces));
    await this.on.run(`xl network-attach ${this.name} mac=${each.mac} bridge=${DEFAULT_BRIDGE.name}`);
    await this.agent.ask("address", `eth${device}`, ...each.addresses);
  }
}
