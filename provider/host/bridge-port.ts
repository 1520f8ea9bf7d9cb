import * as errors from "./errors";
import type { Host } from "./host";

/** The bridge that two interfaces are ports of; `names` are no words of a user's but interface names. */
export async function bridgeOf(host: Host, ...names: readonly string[]): Promise<string> {
  const answer = await host.ask(
    names.map((name) => `b=$(readlink /sys/class/net/${name}/brport/bridge); echo "${name} \${b##*/}"\n`).join(""),
    "looking for the ports' bridge",
  );
  const bridges = new Map(
    answer
      .trim()
      .split("\n")
      .map((line) => line.split(" ") as [string, string | undefined]),
  );
  for (const name of names) if (!bridges.get(name)) throw errors.portUnknown(host.name, name);
  const [first = "", second = first] = names;
  const bridge = bridges.get(first) ?? "";
  if (bridges.get(second) !== bridge) throw errors.portsApart(host.name, first, bridge, second, bridges.get(second) ?? "");
  return bridge;
}
