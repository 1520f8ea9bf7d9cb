import { program } from "../remote/program";
import type { Host } from "../session/host";

/** Puts aside what cannot be read of csp's records on a host, and loads the rest anew; what was done, a sentence each. */
export async function repair(host: Host): Promise<string[]> {
  const said = await host.run(program("repair.sh"), "repairing csp's records");
  return said.split("\n").filter((line) => line !== "");
}
