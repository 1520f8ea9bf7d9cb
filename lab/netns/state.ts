/** A lab's state file. With it, another process can use the lab, or remove it if its owner died. */
import * as fs from "node:fs";
import * as path from "node:path";
import { LABS_DIRECTORY, labDirectory } from "./names";
import type { Topology } from "./topology";

export interface HostState {
  /** Pid, as the machine counts, of the process that keeps the host's namespaces. It changes with every boot. */
  pid: number;
  /** Pid of the process that keeps the host's disk, whether the host is on or off. */
  rackPid: number;
  sshPort: number;
  /** "ssh-ed25519 AAAA..." */
  readonly hostKey: string;
  /** The next domain id. As on Xen, it grows by one with every start of any guest. */
  nextDomain: number;
}

export interface GuestState {
  host: string;
  /** Undefined while stopped or saved. */
  domain?: number;
  /** Devices that were unplugged since the guest was started. */
  unplugged?: readonly number[];
  /** Frozen, with its ports in place. */
  paused?: boolean;
  /** Not running, but its inside still exists and waits for {@link LabGuest.restore}. */
  saved?: boolean;
}

export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot. They distinguish a process from a later one with the same pid. */
  readonly started: string;
}

export interface LabState {
  phase: "starting" | "up";
  /** The process with which the lab ends; undefined for a lab that stays (`npm run lab -- up`). */
  owner?: ProcessIdentity;
  readonly topology: Topology;
  readonly hosts: Record<string, HostState>;
  readonly guests: Record<string, GuestState>;
  readonly privateKey: string;
  readonly password: string;
}

export function saveState(state: LabState): void {
  const file = path.join(labDirectory(state.topology.name), "state.json");
  fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(state, null, 2), { mode: 0o600 });
  fs.renameSync(`${file}.${process.pid}`, file);
}

/** Undefined if there is no such lab, or if its process died before it wrote anything. */
export function loadState(lab: string): LabState | undefined {
  try {
    return JSON.parse(fs.readFileSync(path.join(labDirectory(lab), "state.json"), "utf8")) as LabState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

/** Reads what another process has done to the lab's guests since; does nothing if the lab is gone. */
export function refreshState(state: LabState): void {
  const stored = loadState(state.topology.name);
  if (stored === undefined || stored.phase !== "up") {
    return;
  }
  for (const [name, guest] of Object.entries(stored.guests)) {
    // Changed in place, so fields that it no longer has must be cleared.
    Object.assign(state.guests[name] ?? {}, { domain: undefined, unplugged: undefined, paused: undefined, saved: undefined, ...guest });
  }
  for (const [name, { pid, nextDomain }] of Object.entries(stored.hosts)) {
    Object.assign(state.hosts[name] ?? {}, { pid, nextDomain });
  }
}

/** Names of all labs that have something in the labs' directory. */
export function knownLabs(): string[] {
  return fs.existsSync(LABS_DIRECTORY) ? fs.readdirSync(LABS_DIRECTORY) : [];
}

export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name may contain spaces and parentheses, so the fields are counted from the last parenthesis. A zombie counts as dead.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : { pid, started: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}

export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.started === process.started;
}

/** True if nobody can use the lab any more, because its owner or one of its hosts died. */
export function isStale(state: LabState): boolean {
  if (state.owner !== undefined && !isAlive(state.owner)) {
    return true;
  }
  return state.phase === "up" && Object.values(state.hosts).some((host) => identify(host.rackPid) === undefined);
}
