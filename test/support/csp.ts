import type { LabHost } from "../../lab/netns";
import type { AnyResource, State } from "../../provider/core/define";
import { createHosts, type HostFactory, type Hosts } from "../../provider/host/session/hosts";
import { RemoteHost } from "../../provider/host/session/remote-host";
import type { Context } from "../../provider/host/session/task";
import { type ResourceToken, resourceOf } from "../../provider/resources";
import { entryOf } from "../acceptance/stack";

const connected: HostFactory = (...of) => new RemoteHost(...of);

/** A resource as its last operation left it. */
export interface Resource extends State {
  readonly id: string;
}

/** csp without an engine, over SSH on a lab's hosts: what the operations of resources take. */
export class Csp {
  readonly warnings: string[] = [];
  private made: Hosts | undefined;
  private factory: HostFactory = connected;

  /** `owner`: of all that it makes. `on`: the lab's hosts; it is called when csp connects, so the lab may start later. */
  constructor(
    private readonly owner: string,
    private readonly on: () => readonly LabHost[],
  ) {}

  get hosts(): Hosts {
    this.made ??= createHosts({
      inventory: Object.fromEntries(this.on().map((host) => [host.name, entryOf(host)])) as never,
      hostFactory: this.factory,
    });
    return this.made;
  }

  readonly context = (owner = this.owner): Context => ({
    hosts: this.hosts,
    owner,
    signal: new AbortController().signal,
    status: () => {},
    warn: (text) => this.warnings.push(text),
  });

  /** Ends all connections and forgets what csp knows of the hosts; the next use connects again, as a new process would. */
  reconnect(factory: HostFactory = connected): void {
    this.close();
    this.factory = factory;
  }

  async create(token: ResourceToken, args: object): Promise<Readonly<Record<string, unknown>>> {
    return (await this.put(token, args)).outputs as Record<string, unknown>;
  }

  /** Creates a resource, or updates it to these inputs if its last state is given. */
  async put(token: ResourceToken, args: object, before?: Resource): Promise<Resource> {
    const resource: AnyResource = resourceOf(token);
    const inputs = resource.inputs.parse(args);
    if (before === undefined || resource.update === undefined) {
      const { id, outputs } = await resource.create(this.context(), inputs);
      return { id, inputs, outputs } as Resource;
    }
    const outputs = await resource.update(this.context(), before.id, before as never, inputs);
    return { id: before.id, inputs, outputs } as Resource;
  }

  close(): void {
    this.made?.close();
    this.made = undefined;
  }
}
