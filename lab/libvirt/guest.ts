import { setTimeout as sleep } from "node:timers/promises";
import { DeclaredGuest } from "../netns/declared-guest";
import type { LabHost } from "../netns/host";
import { bridgeOf } from "../netns/ports";
import type { Guest } from "../netns/topology";
import type { BootFlood } from "../xen/guest";
import { ConsoleAgent } from "./agent";
import { LibvirtLabErrors } from "./errors";
import { GUEST_INITRD, GUEST_KERNEL } from "./image";

/** What a domain's interfaces have beside their MAC and bridge; {@link LibvirtGuest.define} writes it. */
export interface InterfaceSettings {
  /** A filter of nwfilter's, by name ("clean-traffic"). */
  readonly filter?: string;
  /** They are on this network of libvirt's ("default") and not on a bridge of the host. The guest then has to ask its agent for a lease. */
  readonly network?: string;
}

/** Its kernel and perl take 90. */
const MEMORY_MIB = 128;

/** How long a guest may take for what libvirt asks of it, under emulation on a busy machine. */
const PATIENCE_MS = 120_000;

/** A domain of libvirt's. */
export class LibvirtGuest extends DeclaredGuest {
  readonly agent: ConsoleAgent;
  /** The next {@link start} uses them. */
  floods: readonly BootFlood[] = [];
  settings: InterfaceSettings = {};
  private on: LabHost;

  constructor(
    private readonly hosts: readonly LabHost[],
    spec: Guest,
  ) {
    super(spec);
    this.on = this.hostNamed(spec.host);
    this.agent = new ConsoleAgent(this.name, () => this.on.file(this.socket));
  }

  /** Name of the host that it was last seen on. */
  get host(): string {
    return this.on.name;
  }

  /** Looks on which host it is defined now; another process may have moved it. */
  async find(): Promise<void> {
    for (const host of this.hosts) if ((await host.exec(["virsh", "-q", "dominfo", this.name])).code === 0) this.on = host;
  }

  /** Runs virsh on its host. */
  virsh(...words: readonly string[]): Promise<string> {
    return virsh(this.on, ...words);
  }

  /** Domain id; undefined while it does not run. */
  async domain(): Promise<number | undefined> {
    const id = Number((await this.virsh("domid", this.name)).trim());
    return Number.isNaN(id) ? undefined : id;
  }

  /** The host's end of each interface, by MAC. */
  async ports(): Promise<Map<string, string>> {
    const rows = (await this.virsh("domiflist", this.name)).split("\n").map((line) => line.trim().split(/\s+/));
    return new Map(rows.filter((row) => /^..:..:..:..:..:..$/.test(row[4] ?? "")).map(([port = "", , , , mac = ""]) => [mac, port]));
  }

  /** The host's end of an interface: "vnet0". */
  async port(device = 0): Promise<string> {
    const { mac = "" } = this.spec.interfaces[device] ?? {};
    const port = (await this.ports()).get(mac);
    if (port === undefined) throw LibvirtLabErrors.guestState(this.name, `its interface ${device} has no port`, "Start it, or plug it in");
    return port;
  }

  /** Writes its definition, which libvirt keeps. */
  async define(): Promise<void> {
    await this.on.run(`cat >/root/${this.name}.xml && virsh -q define /root/${this.name}.xml`, this.xml());
  }

  /** Defines and starts it; it has booted when the promise settles. */
  async start(): Promise<void> {
    await this.define();
    await this.virsh("start", this.name);
    await this.booted();
  }

  /** Its own kernel powers off. */
  async stop(): Promise<void> {
    await this.agent.ask("power", "off");
    await this.until(async () => (await this.domain()) === undefined, "it still runs");
  }

  /** Its own kernel restarts it: the same QEMU, the same port. */
  async reboot(): Promise<void> {
    await this.bootsAgain(() => this.agent.ask("power", "restart"));
  }

  /** As the button of a computer: the same QEMU, the same port. */
  async reset(): Promise<void> {
    await this.bootsAgain(() => this.virsh("reset", this.name));
  }

  /** libvirt ends its QEMU. */
  async destroy(): Promise<void> {
    await this.virsh("destroy", this.name);
  }

  /** Its QEMU dies. */
  async crash(): Promise<void> {
    await this.on.run(`kill -9 "$(cat /run/libvirt/qemu/${this.name}.pid)"`);
    await this.until(async () => (await this.domain()) === undefined, "it still runs");
  }

  /** To a file, from which {@link restore} starts it. */
  async save(): Promise<void> {
    await this.virsh("save", this.name, this.saved);
  }

  async restore(): Promise<void> {
    await this.virsh("restore", this.saved);
  }

  /** To a file of libvirt's own, from which {@link resume} starts it. */
  async managedSave(): Promise<void> {
    await this.virsh("managedsave", this.name);
  }

  async resume(): Promise<void> {
    await this.virsh("start", this.name);
  }

  async pause(): Promise<void> {
    await this.virsh("suspend", this.name);
  }

  async unpause(): Promise<void> {
    await this.virsh("resume", this.name);
  }

  /** Whether libvirtd starts it when the host boots. */
  async autostart(): Promise<void> {
    await this.virsh("autostart", this.name);
  }

  /** Takes one interface away from the running guest. */
  async unplug(device: number): Promise<void> {
    const { mac = "" } = this.spec.interfaces[device] ?? {};
    await this.device("detach-device", device);
    // libvirt asks the guest's kernel.
    await this.until(async () => !(await this.ports()).has(mac), `its interface ${device} does not go`);
  }

  /** Gives the running guest the interface back, and brings it up inside. */
  async plug(device: number): Promise<void> {
    await this.device("attach-device", device);
    await this.agent.ask("address", `eth${device}`, ...(this.spec.interfaces[device]?.addresses ?? []));
  }

  /** Moves it to another host while it runs; libvirt connects the two hosts by itself. */
  async migrate(to: string): Promise<void> {
    const target = this.hostNamed(to);
    await this.virsh(
      "migrate",
      "--live",
      "--persistent",
      "--undefinesource",
      this.name,
      `qemu+tcp://${target.spec.managementAddress}/system`,
    );
    this.on = target;
  }

  /** Settles once its agent answers. */
  async booted(): Promise<void> {
    await this.agent.ask("boot");
  }

  private async bootsAgain(act: () => Promise<unknown>): Promise<void> {
    const before = await this.agent.ask("boot");
    await act();
    await this.until(async () => (await this.agent.ask("boot")) !== before, "it has not booted again");
  }

  private async until(holds: () => Promise<boolean>, problem: string): Promise<void> {
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(200)) if (await holds()) return;
    throw LibvirtLabErrors.guestState(this.name, `${problem} after ${PATIENCE_MS / 1000} s`, "See lab/README.md");
  }

  private async device(command: string, device: number): Promise<void> {
    await this.on.run(`cat >/root/device.xml && virsh -q ${command} ${this.name} /root/device.xml --live`, this.interfaceXml(device));
  }

  private hostNamed(name: string): LabHost {
    const host = this.hosts.find((each) => each.name === name);
    if (host !== undefined) return host;
    const known = this.hosts.map((each) => each.name);
    throw LibvirtLabErrors.unknown("host", name, known);
  }

  private get socket(): string {
    return `/run/guest-${this.name}.sock`;
  }

  /** Where {@link save} puts it. */
  private get saved(): string {
    return `/var/lib/libvirt/${this.name}.save`;
  }

  private interfaceXml(device: number): string {
    const own = this.spec.interfaces[device];
    if (own === undefined) throw LibvirtLabErrors.unknown(`interface of ${this.name}`, String(device), Object.keys(this.spec.interfaces));
    const { filter, network } = this.settings;
    return [
      ...(network === undefined
        ? [`<interface type='bridge'><source bridge='${bridgeOf(this.on.spec, own).name}'/>`]
        : [`<interface type='network'><source network='${network}'/>`]),
      `<mac address='${own.mac}'/><model type='virtio'/>`,
      ...(own.port === undefined ? [] : [`<target dev='${own.port}'/>`]),
      ...(filter === undefined
        ? []
        : [
            `<filterref filter='${filter}'>`,
            ...own.addresses.map((address) => `<parameter name='IP' value='${address.split("/")[0]}'/>`).slice(0, 1),
            "</filterref>",
          ]),
      "</interface>",
    ].join("");
  }

  private xml(): string {
    const words = [
      "console=ttyS0 quiet mitigations=off panic=1",
      ...(this.settings.network === undefined ? this.spec.interfaces : []).map(
        ({ addresses }, device) => `lab.if=${[`eth${device}`, ...addresses].join(",")}`,
      ),
      ...this.floods.map(({ name, everyMs, frame }) => `lab.flood=${name},eth0,${everyMs},${frame.toString("hex")}`),
    ];
    const line = words.join(" ");
    // COMMAND_LINE_SIZE of x86.
    if (line.length > 2047)
      throw LibvirtLabErrors.badSpec(`guest ${this.name}`, "its floods do not fit into a kernel's command line", "Shorten them");
    return `<domain type='qemu'>
  <name>${this.name}</name>
  <uuid>${this.uuid}</uuid>
  <memory unit='MiB'>${MEMORY_MIB}</memory>
  <vcpu>1</vcpu>
  <os>
    <type arch='x86_64' machine='pc'>hvm</type>
    <kernel>${GUEST_KERNEL}</kernel>
    <initrd>${GUEST_INITRD}</initrd>
    <cmdline>${line}</cmdline>
  </os>
  <features><acpi/></features>
  <on_crash>restart</on_crash>
  <devices>
    ${this.spec.interfaces.map((_, device) => this.interfaceXml(device)).join("\n    ")}
    <console type='unix'><source mode='bind' path='${this.socket}'/><target type='virtio'/></console>
    <serial type='file'><source path='/var/log/guest-${this.name}.log'/></serial>
    <controller type='usb' model='none'/>
    <memballoon model='none'/>
  </devices>
</domain>
`;
  }
}

export async function virsh(host: LabHost, ...words: readonly string[]): Promise<string> {
  return host.run(["virsh", "-q", ...words]);
}
