/** What a host's toolstack does around a guest's ports: which number the guest gets, and which of the host's own scripts are called when. */
import * as fs from "node:fs";
import type { LabHost } from "./host";
import { bridgeOf, type Plug, portsOf } from "./ports";
import type { LabState } from "./state";
import type { Guest, Host, Interface } from "./topology";
import { vifUuid } from "./xenstore";

/**
 * A moment in the life of a guest's ports.
 *
 * - `before`: the ports do not exist yet.
 * - `there`: they exist. Nothing is sent, because the guest does not run yet. With xl, they are not on the bridge: its script does that now.
 * - `running`: the guest runs and sends.
 * - `leaving`: the guest has ended or is ending; its ports are still there.
 * - `gone`: the ports are gone.
 */
export type Moment = "before" | "there" | "running" | "leaving" | "gone";

/** What else than a start or an end it is: a running guest gets or loses an interface; a guest comes from a file, or from another host. */
export type Cause = "hot" | "restore" | "migrate";

/** Calls the scripts that the host's toolstack calls at this moment. */
export async function announce(host: LabHost, moment: Moment, plug: Plug, cause?: Cause): Promise<void> {
  switch (host.spec.toolstack) {
    case "xapi":
      return xapi(host, moment, plug);
    case "xl":
      return xl(host, moment, plug);
    case "libvirt":
      // libvirt calls nothing when an interface is attached or detached.
      return cause === "hot" ? undefined : libvirt(host, moment, plug, cause);
    case "proxmox":
      // Proxmox's hookscripts are set for single guests; udev sees every port.
      return undefined;
  }
}

/** Whether the toolstack's own script puts a new port on the bridge; otherwise the toolstack does it before it calls anything. */
export const scriptBridges = (host: Host): boolean => host.toolstack === "xl";

const XAPI_HOOK = "/etc/xapi.d/vif-hotplug";

/**
 * /etc/xensource/scripts/vif of XenServer 6 and later: called once the port is on the bridge and up and the guest may send, and again before the port
 * is removed. The status of the called script is logged, and the guest continues. Read from xapi-project/xen-api (6122b96, of 2011; today's vif-real
 * makes the same call), because no XAPI can be had here.
 */
async function xapi(host: LabHost, moment: Moment, { guest, devices }: Plug): Promise<void> {
  const action = ({ running: "online", leaving: "remove" } as Partial<Record<Moment, string>>)[moment];
  if (action === undefined || !fs.existsSync(host.file(XAPI_HOOK))) {
    return;
  }
  const calls = devices.map((device) => `-action ${action} -vifuuid ${vifUuid(guest, device)} -vmuuid ${guest.uuid}`);
  await host.exec(calls.map((call) => `[ ! -x ${XAPI_HOOK} ] || ${XAPI_HOOK} ${call} ${LOG}`).join("\n"));
}

/**
 * The script that xl.conf names, or else vif-bridge, with the environment that libxl gives it. It is called once more for an emulated card. If the script
 * fails, the domain is not started.
 */
async function xl(host: LabHost, moment: Moment, plug: Plug): Promise<void> {
  const words = ({ there: ["online", "add"], gone: ["offline", "remove"] } as Partial<Record<Moment, [string, string]>>)[moment];
  if (words === undefined) {
    return;
  }
  const calls = plug.devices.flatMap((device) => {
    const [port, emulated] = portsOf(host.spec, { ...plug, devices: [device] });
    const backend = `XENBUS_TYPE=vif XENBUS_PATH=backend/vif/${plug.domain}/${device} XENBUS_BASE_PATH=backend netdev=`;
    const call = (variables: string, word: string): string =>
      `env script="$script" ${backend} ${variables} "$script" ${word} ${LOG} || exit`;
    return [
      call(`vif=${port?.name}`, `${words[0]} type_if=vif`),
      ...(emulated === undefined ? [] : [call(`vif=${port?.name} INTERFACE=${emulated.name}`, `${words[1]} type_if=tap`)]),
    ];
  });
  await host.run(
    `script=$(sed -n 's/^[[:space:]]*vif\\.default\\.script[[:space:]]*=[[:space:]]*"\\{0,1\\}\\([^"]*\\)"\\{0,1\\}.*/\\1/p' /etc/xen/xl.conf | tail -n 1)
    script=\${script:-vif-bridge}
    case $script in /*) ;; *) script=/etc/xen/scripts/$script ;; esac
    ${calls.join("\n")}`,
  );
}

/**
 * /etc/libvirt/hooks/qemu, then what is in qemu.d (6.5.0 and later): the domain's XML on stdin. The guest's processors run from "started" on. The calls
 * and their order are those of libvirt 9.0 (lab/libvirt).
 */
async function libvirt(host: LabHost, moment: Moment, plug: Plug, cause?: "restore" | "migrate"): Promise<void> {
  const operations: Record<Moment, readonly string[]> = {
    before: [...(cause === undefined ? [] : [`${cause} begin`]), "prepare begin"],
    there: ["start begin"],
    running: ["started begin"],
    leaving: [],
    gone: ["stopped end", "release end"],
  };
  for (const operation of operations[moment]) {
    await host.exec(
      `xml=$(cat)
      for hook in /etc/libvirt/hooks/qemu /etc/libvirt/hooks/qemu.d/*; do
        if [ -f "$hook" ] && [ -x "$hook" ]; then printf '%s\\n' "$xml" | "$hook" ${plug.guest.name} ${operation} - ${LOG}; fi
      done`,
      domainXml(host.spec, plug),
    );
  }
}

const LOG = ">>/var/log/vif-hotplug.log 2>&1";

function domainXml(host: Host, plug: Plug): string {
  const { guest, domain } = plug;
  const interfaces = portsOf(host, plug).map((port) => {
    const { mac, vlan, vlans } = port.interface;
    const tags = [
      ...(vlan === undefined ? [] : [`<tag id='${vlan}'${vlans.length > 0 ? " nativeMode='untagged'" : ""}/>`]),
      ...vlans.map((each) => `<tag id='${each}'/>`),
    ];
    return (
      `<interface type='bridge'><mac address='${mac}'/><source bridge='${port.bridge.name}'/>` +
      (tags.length === 0 ? "" : `<vlan${vlans.length > 0 ? " trunk='yes'" : ""}>${tags.join("")}</vlan>`) +
      `<target dev='${port.name}'/></interface>`
    );
  });
  return `<domain type='kvm' id='${domain}'><name>${guest.name}</name><uuid>${guest.uuid}</uuid><devices>${interfaces.join("")}</devices></domain>\n`;
}

/** Takes the number that a starting guest gets on its host. */
export function takeDomain(state: LabState, guest: Guest, host: Host): number {
  const entry = state.hosts[host.name];
  if (host.toolstack === "proxmox" || entry === undefined) {
    return vmid(state, guest);
  }
  return entry.nextDomain++;
}

/** A Proxmox guest's number, without the hundred that {@link portName} adds. It never changes. */
function vmid(state: LabState, guest: Guest): number {
  const proxmox = new Set(state.topology.hosts.filter((host) => host.toolstack === "proxmox").map((host) => host.name));
  return state.topology.guests.filter((each) => proxmox.has(each.host)).indexOf(guest) + 1;
}

/** Writes the toolstack's record of a guest on its host, whether it runs or not; `present` false: removes it. */
export function defineGuest(state: LabState, guest: Guest, present = true): void {
  const name = state.guests[guest.name]?.host;
  const host = state.topology.hosts.find((each) => each.name === name);
  if (host?.toolstack !== "proxmox") {
    return;
  }
  const folder = guest.kind === "container" ? "lxc" : "qemu-server";
  const file = `/proc/${state.hosts[host.name]?.pid}/root/etc/pve/${folder}/${100 + vmid(state, guest)}.conf`;
  if (!present) {
    fs.rmSync(file, { force: true });
    return;
  }
  fs.writeFileSync(file, `${(guest.kind === "container" ? containerConfig : machineConfig)(host, guest).join("\n")}\n`);
}

/**
 * /etc/pve/qemu-server/<vmid>.conf and /etc/pve/lxc/<vmid>.conf: the fields that csp reads, in the form of qm.conf(5) and pct.conf(5). No Proxmox can be
 * had here, and no source of it was read.
 */
function machineConfig(host: Host, guest: Guest): string[] {
  const nets = guest.interfaces.map((each, device) => `net${device}: virtio=${each.mac.toUpperCase()},${portConfig(host, each)}`);
  return [`name: ${guest.name}`, ...nets, `smbios1: uuid=${guest.uuid}`];
}

/** A container has no uuid. */
function containerConfig(host: Host, guest: Guest): string[] {
  const nets = guest.interfaces.map(
    (each, device) => `net${device}: name=eth${device},${portConfig(host, each)},hwaddr=${each.mac.toUpperCase()},type=veth`,
  );
  return ["arch: amd64", `hostname: ${guest.name}`, ...nets, "ostype: debian"];
}

function portConfig(host: Host, own: Interface): string {
  const { vlan, vlans } = own;
  return [
    `bridge=${bridgeOf(host, own).name}`,
    ...(vlan === undefined ? [] : [`tag=${vlan}`]),
    ...(vlans.length === 0 ? [] : [`trunks=${vlans.join(";")}`]),
  ].join(",");
}
