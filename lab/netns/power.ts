/** A host's power: the process that keeps its disk, its boot, and its end. */
import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { firstLine, run } from "./command";
import { LabErrors } from "./errors";
import { fabricNamespace, hostNamespace, labDirectory, namespacePath } from "./names";
import { type Product, writeProduct } from "./product";
import { type HostState, type LabState, saveState } from "./state";
import { endProcesses } from "./teardown";
import type { Host } from "./topology";
import { cutCablesScript, hostCablesScript, hostScript, outsideScript } from "./wiring";
import { writeDomainZero } from "./xenstore";

/** Starts the process that keeps a host's disk. It is in the fabric's namespace, so the host's own namespace can end and come back. */
export async function startRack(state: LabState, host: Host): Promise<void> {
  const lab = state.topology.name;
  const place = path.join(labDirectory(lab), host.name);
  stateOf(state, host).rackPid = await startProcess(host, path.join(place, "rack.log"), [
    "nsenter",
    `--net=${namespacePath(fabricNamespace(lab))}`,
    ...["unshare", "--mount", "--propagation", "private"],
    ...["sh", path.join(__dirname, "rack.sh"), place, String(host.diskMb)],
  ]);
}

/** Starts a host's first process and waits until its services have run and its sshd listens. */
export async function bootHost(state: LabState, host: Host): Promise<void> {
  const lab = state.topology.name;
  const place = path.join(labDirectory(lab), host.name);
  const hostState = stateOf(state, host);
  hostState.pid = await startProcess(host, path.join(place, "start.log"), [
    "nsenter",
    `--net=${namespacePath(hostNamespace(lab, host.name))}`,
    `--mount=/proc/${hostState.rackPid}/ns/mnt`,
    ...["unshare", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "--propagation", "private"],
    ...["sh", path.join(__dirname, "hostroot.sh"), place, host.name, host.init, host.root?.join(":") ?? "/"],
  ]);
  if (host.hypervisor === "xen") {
    writeDomainZero(hostState.pid);
  }
}

/**
 * Switches a host off and on again. Its processes, kernel tables, sysctls, domain ids, xenstore, /run, /tmp and its guests are gone (no guest is started
 * here); its files are unchanged. Meanwhile, its cables are unplugged.
 */
export async function rebootHost(state: LabState, host: Host): Promise<void> {
  await powerCycle(state, host, async () => {});
}

/** The same, with another system on its disk. Only the host key stays, as after an installation whose script put it there. */
export async function reinstallHost(state: LabState, host: Host, product: Product): Promise<void> {
  const place = path.join(labDirectory(state.topology.name), host.name);
  await powerCycle(state, host, async () => {
    writeProduct(path.join(place, "seed"), product);
    const { rackPid } = stateOf(state, host);
    await run(["nsenter", `--mount=/proc/${rackPid}/ns/mnt`, "sh", "-c", `rm -rf ${place}/fs/*`]);
  });
}

/** `off`: what is done to it while it is off. */
async function powerCycle(state: LabState, host: Host, off: () => Promise<void>): Promise<void> {
  const { topology } = state;
  const lab = topology.name;
  const namespace = hostNamespace(lab, host.name);
  for (const guest of topology.guests) {
    const entry = state.guests[guest.name];
    if (entry?.host === host.name && entry.domain !== undefined) {
      Object.assign(entry, { domain: undefined, unplugged: undefined, paused: undefined });
    }
  }
  stateOf(state, host).nextDomain = 1;
  saveState(state);
  await endProcesses([namespace]);
  await run(["sh", "-s"], cutCablesScript(topology, host));
  await run(["ip", "-batch", "-"], `netns del ${namespace}\nnetns add ${namespace}\n`);
  await off();
  const outside = topology.outside.filter((each) => each.host === host.name);
  await run(
    ["sh", "-s"],
    hostCablesScript(topology, host) + hostScript(topology, host) + outside.map((each) => outsideScript(lab, each)).join(""),
  );
  await bootHost(state, host);
  saveState(state);
}

/** Starts a process that continues by itself. Returns the pid from its first line: "ready 1234". */
async function startProcess(host: Host, log: string, argv: readonly string[]): Promise<number> {
  const [file = "", ...args] = argv;
  const output = fs.openSync(log, "w");
  const child: ChildProcess = spawn(file, args, { detached: true, stdio: ["ignore", "pipe", output], cwd: "/" });
  fs.closeSync(output);
  const line = await firstLine(child);
  const pid = Number(line?.match(/^ready (\d+)$/)?.[1]);
  if (!pid) {
    throw LabErrors.hostFailed(host.name, fs.readFileSync(log, "utf8"));
  }
  child.stdout?.destroy();
  child.unref();
  return pid;
}

function stateOf(state: LabState, host: Host): HostState {
  const entry = state.hosts[host.name];
  if (entry === undefined) {
    throw LabErrors.unknown("host", host.name, Object.keys(state.hosts));
  }
  return entry;
}
