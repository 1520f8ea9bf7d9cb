import { readdirSync, readFileSync } from "node:fs";

/** Processes that descend from this one, by a part of their command line: other suites' are left alone. */
export function descendants(part: string): number[] {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        return [{ pid: Number(name), parent, line: readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ") }];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
  const parents = new Map(processes.map(({ pid, parent }) => [pid, parent]));
  const ours = (pid: number): boolean => pid === process.pid || (pid > 1 && ours(parents.get(pid) ?? 0));
  return processes.filter(({ pid, line }) => line.includes(part) && ours(pid)).map(({ pid }) => pid);
}

/** Sends a signal to those processes; there must be one. */
export function signal(part: string, name: NodeJS.Signals): void {
  const pids = descendants(part);
  if (pids.length === 0) throw new Error(`no process runs ${part}`);
  for (const pid of pids) process.kill(pid, name);
}
