import { program } from "../remote/program";
import type { Host } from "../session/host";

/** Moves aside csp's records on a host that cannot be read, and loads the rest again. Says what it did, one sentence each. */
export async function repair(host: Host): Promise<string[]> {
  const output = await host.run(program("repair.sh"), "repairing csp's records");
  return output.split("\n").filter((line) => line !== "");
}
