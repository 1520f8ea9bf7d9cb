import * as errors from "../errors";
import type { HostPorts } from "./ports";

/** The bridge that two interfaces are ports of. */
export function bridgeOf(host: string, { all }: HostPorts, first: string, second: string): string {
  const bridge = (port: string) => {
    const found = all.find((one) => one.port === port)?.bridge;
    if (found === undefined) throw errors.portUnknown(host, port);
    return found;
  };
  if (bridge(first) !== bridge(second)) throw errors.portsApart(host, first, bridge(first), second, bridge(second));
  return bridge(first);
}
