/** Removes a lab, whatever state it is in, and removes labs whose owner died. */
import * as fs from "node:fs";
import * as path from "node:path";
import { attempt, run } from "./command";
import { LABS_DIRECTORY, labDirectory, namespacePath } from "./names";
import { identify, isStale, knownLabs, loadState } from "./state";
import type { Topology } from "./topology";
import { allNamespaces } from "./wiring";

/**
 * Ends every process inside the lab's namespaces, then removes these and the lab's directory. A process counts as the lab's only if the kernel says that
 * it is in one of the lab's network namespaces, so a reused pid is never ended.
 */
export async function dismantle(topology: Topology): Promise<void> {
  const namespaces = allNamespaces(topology).filter((namespace) => fs.existsSync(namespacePath(namespace)));
  await endProcesses(namespaces);
  await removeNamespaces(namespaces);
  fs.rmSync(labDirectory(topology.name), { recursive: true, force: true });
}

/** Removes every lab whose owner is gone; returns their names. */
export async function sweepStaleLabs(): Promise<string[]> {
  const swept: string[] = [];
  for (const entry of knownLabs()) {
    // Locks, and directories of labs that have no name yet; the last part is the pid of their maker.
    if (entry.startsWith(".")) {
      const maker = Number(entry.split(".").pop());
      if (!entry.startsWith(".lock") && identify(maker) === undefined) {
        fs.rmSync(path.join(LABS_DIRECTORY, entry), { recursive: true, force: true });
      }
      continue;
    }
    const state = loadState(entry);
    if (state !== undefined && isStale(state)) {
      await dismantle(state.topology);
      swept.push(entry);
    }
  }
  return swept;
}

/** Kills every process in these network namespaces, and returns when none is left. */
export async function endProcesses(namespaces: readonly string[]): Promise<void> {
  // It does not throw, because two processes may remove a lab at once.
  const inodes = new Set(namespaces.map((namespace) => fs.statSync(namespacePath(namespace), { throwIfNoEntry: false })?.ino ?? 0));
  const patience = Date.now() + 10_000;
  for (;;) {
    const pids = processesIn(inodes);
    if (pids.length === 0) {
      return;
    }
    if (Date.now() > patience) {
      throw new Error(`processes ${pids.join(", ")} of the lab do not end`);
    }
    for (const pid of pids) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") {
          throw error;
        }
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function processesIn(inodes: ReadonlySet<number>): number[] {
  return fs
    .readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        return inodes.has(fs.statSync(`/proc/${pid}/ns/net`).ino);
      } catch {
        // The process has ended meanwhile. A zombie has no namespaces either.
        return false;
      }
    });
}

async function removeNamespaces(namespaces: readonly string[]): Promise<void> {
  const batch = namespaces.map((namespace) => `netns del ${namespace}\n`).join("");
  const result = await attempt(["ip", "-force", "-batch", "-"], batch);
  const left = namespaces.filter((namespace) => fs.existsSync(namespacePath(namespace)));
  if (left.length > 0) {
    // Runs it again for a single one, so that the error says which one failed and why.
    await run(["ip", "netns", "del", left[0] ?? ""]).catch((error: Error) => {
      throw new Error(`${error.message} (${result.stderr.trim()})`);
    });
  }
}
