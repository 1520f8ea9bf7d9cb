import type { Dial, SshTarget } from "../../ssh/connection";
import { connect, connectGateway } from "../../ssh/dial";
import type { ConnectionFields } from "../../ssh/inventory";
import { LazyConnection } from "../../ssh/lazy";
import type { Gateway } from "../../ssh/multiplexed";
import { type TargetSources, Targets } from "../../ssh/targets";
import { closing } from "../errors";
import type { Host } from "./host";

export type { ConnectionFields } from "../../ssh/inventory";

/** The hosts of one process: for each, one {@link Host} and so one connection, made when it is first needed. */
export interface Hosts {
  /** Finds a host by its inventory key, or else by an alias in ~/.ssh/config. `connection` (a resource's own) takes precedence. */
  get(name: string, connection?: ConnectionFields): Host;
  /** The host of this name, if it has been asked for before. */
  known(name: string): Host | undefined;
  /** Stops dialling and ends every connection. */
  close(): void;
}

/** `hangUp` ends the connection; the next dial makes a new one. `dialAnew` makes a new connection each time, which belongs to the caller. */
export type HostFactory = (target: SshTarget, dial: Dial, hangUp: () => void, dialAnew: Dial) => Host;

export interface HostsOptions extends TargetSources {
  readonly hostFactory: HostFactory;
}

export function createHosts(options: HostsOptions): Hosts {
  return new ConnectedHosts(new Targets(options), options.hostFactory);
}

class ConnectedHosts implements Hosts {
  private readonly hosts = new Map<string, { readonly host: Host; readonly connection: LazyConnection }>();
  private readonly named = new Map<string, Host>();
  private closed = false;
  private readonly gateways = new Map<string, LazyConnection<Gateway>>();

  constructor(
    private readonly targets: Targets,
    private readonly hostFactory: HostFactory,
  ) {}

  get(name: string, connection?: ConnectionFields): Host {
    if (this.closed) throw closing(name);
    // A thousand resources ask only by name, and the files are read for the first of them.
    const named = connection === undefined ? this.named.get(name) : undefined;
    if (named !== undefined) return named;
    const host = this.of(this.targets.resolve(name, connection));
    if (connection === undefined) this.named.set(name, host);
    return host;
  }

  known(name: string): Host | undefined {
    return this.named.get(name);
  }

  close(): void {
    this.closed = true;
    for (const { host, connection } of this.hosts.values()) {
      host.close();
      connection.close();
    }
    for (const gateway of this.gateways.values()) gateway.close();
    this.hosts.clear();
    this.gateways.clear();
  }

  private of(target: SshTarget): Host {
    const key = JSON.stringify(target);
    const entry = this.hosts.get(key);
    if (entry !== undefined) return entry.host;
    const dial: Dial = (signal) => connect(target, { signal, bastions: (bastion) => this.gateway(bastion) });
    const lazy = new LazyConnection(target, dial);
    const host = this.hostFactory(
      target,
      (signal) => lazy.get(signal),
      () => lazy.hangUp(),
      dial,
    );
    this.hosts.set(key, { host, connection: lazy });
    return host;
  }

  /** All hosts behind a bastion share one connection to it. */
  private gateway(bastion: SshTarget): LazyConnection<Gateway> {
    // An inline bastion has the name of the host that it was written for; the connection is the same.
    const key = JSON.stringify({ ...bastion, name: "" });
    let gateway = this.gateways.get(key);
    if (gateway === undefined) {
      gateway = new LazyConnection<Gateway>(bastion, (signal) =>
        connectGateway(bastion, { signal, bastions: (further) => this.gateway(further) }),
      );
      this.gateways.set(key, gateway);
    }
    return gateway;
  }
}
