/** A lab's state file: enough for another process to use the lab, or to clear up after one that died. */
import * as fs from "node:fs";
import * as path from "node:path";
import { LABS_DIRECTORY, labDirectory } from "./names";
import type { Topology } from "./topology";

export interface HostState {
  /** Pid of the process that keeps the host's namespaces, as the machine counts; another one after every boot. */
  pid: number;
  /** Pid of the process that keeps the host's disk, whether the host is on or off. */
  rackPid: number;
  sshPort: number;
  /** "ssh-ed25519 AAAA..." */
  readonly hostKey: string;
  /** Next domain id: as on Xen, one higher with every start of any guest. */
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
  /** Not running, but its inside lives on and waits for {@link LabGuest.restore}. */
  saved?: boolean;
}

export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot: tells a process from a later one with the same pid. */
  readonly started: string;
}

export interface LabState {
  phase: "starting" | "up";
  /** Whose end is the lab's end; undefined for a lab that stays (`npm run lab -- up`). */
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

/** Undefined when there is no such lab, or when its process died before it wrote anything. */
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

/** Takes over what another process did to the lab's guests since; nothing when the lab is gone. */
export function refreshState(state: LabState): void {
  const stored = loadState(state.topology.name);
  if (stored === undefined || stored.phase !== "up") {
    return;
  }
  for (const [name, guest] of Object.entries(stored.guests)) {
    // In place, and without what it no longer has.
    Object.assign(state.guests[name] ?? {}, { domain: undefined, unplugged: undefined, paused: undefined, saved: undefined, ...guest });
  }
  for (const [name, { pid, nextDomain }] of Object.entries(stored.hosts)) {
    Object.assign(state.hosts[name] ?? {}, { pid, nextDomain });
  }
}

/** Names of all labs that left anything in the labs' directory. */
export function knownLabs(): string[] {
  return fs.existsSync(LABS_DIRECTORY) ? fs.readdirSync(LABS_DIRECTORY) : [];
}

export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command's name may hold spaces and parentheses; the fields after it are counted from the last one. A zombie is dead.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : { pid, started: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}

export function isAlive(process: ProcessIdentity): boolean {
  return identify(process.pid)?.started === process.started;
}

/** True when nobody can use the lab any more: its owner died, or one of its hosts did. */
export function isStale(state: LabState): boolean {
  if (state.owner !== undefined && !isAlive(state.owner)) {
    return true;
  }
  return state.phase === "up" && Object.values(state.hosts).some((host) => identify(host.rackPid) === undefined);
}
