import { type Dialect, formatDialect } from "../look/facts";
import { program } from "../remote/program";
import type { Host } from "../session/host";

/** Removes what csp has in the tables of the other backend. */
export async function clearOther(host: Host, dialect: Dialect): Promise<void> {
  await host.run(`${formatDialect(dialect)}${program("clear-other.sh")}`, "taking csp's rules out of the other backend's tables");
}
