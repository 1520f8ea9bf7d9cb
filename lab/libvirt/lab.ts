/** Hosts with a real libvirtd and real virtual machines: `createLibvirtLab(spec)` and the lab that it returns. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createLab, type Lab, type LabHost, openLab, removeLab } from "../netns";
import { labDirectory, outsideNamespace } from "../netns/names";
import { type HostSpec, type LabSpec, resolveTopology, type Topology } from "../netns/topology";
import { endpointsOf, type XenEndpoint, XenProbe } from "../xen/probe";
import { LibvirtLabErrors } from "./errors";
import { LibvirtGuest } from "./guest";
import { hostRoot } from "./image";

/** The bridge of a host whose spec names none. */
export const BRIDGE = "br0";

export interface CreateLibvirtOptions {
  /** True: the lab stays when this process ends. Default: the start of the next lab removes it after this process has ended. */
  readonly keep?: boolean;
}

/**
 * Starts the hosts, and the guests one after the other, and returns once all of them answer. The spec is the network lab's; all hosts are libvirt's, and
 * a guest is a virtual machine.
 */
export async function createLibvirtLab(spec: LabSpec, options: CreateLibvirtOptions = {}): Promise<LibvirtLab> {
  const root = await hostRoot();
  const hosts = spec.hosts.map(
    (host): HostSpec => ({ bridges: [{ name: BRIDGE }], diskMb: 2048, ...host, hypervisor: "kvm", root, files: files(host.name) }),
  );
  const topology = resolveTopology({ ...spec, hosts });
  for (const { name, kind, bare } of topology.guests)
    if (kind !== undefined || bare)
      throw LibvirtLabErrors.badSpec(`guest ${name}`, "every guest is a virtual machine here", "Leave kind and bare out");
  const under = await createLab({ ...spec, hosts, guests: [] }, { keep: options.keep, replace: true });
  writeFileSync(stateFile(spec.name), JSON.stringify(topology), { mode: 0o600 });
  const lab = new LibvirtLab(under, topology);
  try {
    for (const host of lab.hosts) await answers(host);
    // One after the other: two at once take as long altogether, and each of them takes longer.
    for (const guest of lab.guests) await (guest.spec.running ? guest.start() : guest.define());
  } catch (error) {
    await lab.down();
    throw error;
  }
  return lab;
}

/** A running lab, made by this or another process. */
export function openLibvirtLab(name: string): LibvirtLab {
  if (!existsSync(stateFile(name))) throw LibvirtLabErrors.notUp(name);
  return new LibvirtLab(openLab(name), JSON.parse(readFileSync(stateFile(name), "utf8")) as Topology);
}

/** Removes a lab by name, whatever is left of it; false if nothing was left. */
export const removeLibvirtLab = (name: string): Promise<boolean> => removeLab(name);

export class LibvirtLab {
  readonly name: string;
  readonly guests: readonly LibvirtGuest[];
  readonly probe: XenProbe;
  private readonly endpoints: readonly XenEndpoint[];

  constructor(
    /** The network lab that has the hosts and what is outside. */
    readonly under: Lab,
    readonly topology: Topology,
  ) {
    this.name = topology.name;
    this.guests = topology.guests.map((guest) => new LibvirtGuest(under.hosts, guest));
    this.endpoints = endpointsOf(this.guests, topology.outside, (outside) => outsideNamespace(this.name, outside));
    this.probe = new XenProbe((name) => found("endpoint", name, this.endpoints));
  }

  get hosts(): readonly LabHost[] {
    return this.under.hosts;
  }

  host(name: string): LabHost {
    return this.under.host(name);
  }

  guest(name: string): LibvirtGuest {
    return found("guest", name, this.guests);
  }

  /** Cuts a host's power and switches it on again; settles when its libvirtd answers. That starts the guests with autostart, and no others. */
  async reboot(name: string): Promise<void> {
    await this.under.reboot(name);
    await answers(this.host(name));
  }

  /** Ends libvirtd and starts it again; guests run on. */
  async restartLibvirtd(name: string): Promise<void> {
    await this.host(name).restartService("libvirtd");
    await answers(this.host(name));
  }

  /** Ends the packet agents and leaves the lab up. */
  async close(): Promise<void> {
    for (const { agent } of this.endpoints) await agent.close();
    await this.under.close();
  }

  /** Removes the lab: afterwards nothing of it is left. */
  async down(): Promise<void> {
    await this.close();
    await this.under.down();
  }
}

const stateFile = (name: string): string => join(labDirectory(name), "libvirt.json");

/** libvirtd without systemd, cgroups, namespaces of its own and a log daemon; other hosts may connect, so that guests can move. */
function files(host: string): Record<string, string> {
  const hash = createHash("sha256").update(host).digest("hex");
  return {
    "etc/systemd/system/libvirtd.service": `[Unit]
Description=libvirtd, in the background: no systemd waits for it

[Service]
Type=forking
RemainAfterExit=yes
ExecStart=/usr/sbin/libvirtd --daemon --listen
ExecStop=/bin/sh -c 'pid=$(cat /run/libvirtd.pid) && kill $pid && while kill -0 $pid 2>/dev/null; do sleep 0.1; done'
`,
    // Enabled: boot-services.sh looks for a file of that name.
    "etc/systemd/system/multi-user.target.wants/libvirtd.service": "",
    "etc/libvirt/libvirtd.conf": `listen_tls = 0
listen_tcp = 1
auth_tcp = "none"
auth_unix_rw = "none"
host_uuid = "${hash.slice(0, 8)}-${hash.slice(8, 12)}-4${hash.slice(13, 16)}-8${hash.slice(17, 20)}-${hash.slice(20, 32)}"
`,
    "etc/libvirt/qemu.conf": `user = "root"
group = "root"
dynamic_ownership = 0
remember_owner = 0
security_driver = "none"
namespaces = []
cgroup_controllers = []
stdio_handler = "file"
`,
  };
}

async function answers(host: LabHost): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await sleep(200)) if ((await host.exec("virsh -q list")).code === 0) return;
  throw LibvirtLabErrors.noLibvirtd(host.name, (await host.exec("virsh -q list; tail -n 20 /var/log/boot.log")).stdout);
}

function found<T extends { readonly name: string }>(kind: string, name: string, all: readonly T[]): T {
  const match = all.find((each) => each.name === name);
  if (match === undefined) {
    const known = all.map((each) => each.name);
    throw LibvirtLabErrors.unknown(kind, name, known);
  }
  return match;
}
