import { createHosts as connect, type Hosts } from "../host/session/hosts";
import { RemoteHost } from "../host/session/remote-host";
import type { ProviderConfig } from "./provider-config";

/** The hosts of a provider configuration. Dials nothing before a host is asked for something. */
export function createHosts(config: ProviderConfig): Hosts {
  return connect({
    inventory: config.hosts ?? {},
    defaults: config.defaults,
    hostFactory: (...of) => new RemoteHost(...of),
  });
}
