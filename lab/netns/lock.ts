import * as fs from "node:fs";
import * as path from "node:path";
import { LABS_DIRECTORY } from "./names";
import { identify, isAlive, type ProcessIdentity } from "./state";

const LOCK = path.join(LABS_DIRECTORY, ".lock");

/** Runs `work` while no other process does, so that nobody removes a lab that another process is making. It takes over the lock of a dead process. */
export async function withLock<T>(work: () => Promise<T>): Promise<T> {
  fs.mkdirSync(LABS_DIRECTORY, { recursive: true, mode: 0o700 });
  const draft = path.join(LABS_DIRECTORY, `.lock-${process.pid}-${Math.random().toString(36).slice(2)}`);
  fs.writeFileSync(draft, JSON.stringify(identify(process.pid)));
  try {
    while (!take(draft)) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    try {
      return await work();
    } finally {
      fs.rmSync(LOCK, { force: true });
    }
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

/** Links the complete file into place, so that nobody sees a lock without its holder. */
function take(draft: string): boolean {
  try {
    fs.linkSync(draft, LOCK);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") {
      throw error;
    }
  }
  try {
    const holder = JSON.parse(fs.readFileSync(LOCK, "utf8")) as ProcessIdentity;
    if (!isAlive(holder)) {
      fs.rmSync(LOCK, { force: true });
    }
  } catch (error) {
    // The lock was released at this moment.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      throw error;
    }
  }
  return false;
}
