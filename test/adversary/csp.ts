import type { Lab } from "../../lab/netns";
import type { AnyResource, State } from "../../provider/core/define";
import { createHosts, type Hosts } from "../../provider/host/session/hosts";
import { RemoteHost } from "../../provider/host/session/remote-host";
import type { Context } from "../../provider/host/session/task";
import { type ResourceToken, resourceOf } from "../../provider/resources";
import { entryOf } from "../acceptance/stack";

/** A resource as its last operation left it. */
export interface Resource extends State {
  readonly id: string;
}

/** The provider without an engine, over SSH on a lab's hosts. */
export class Csp {
  private readonly hosts: Hosts;

  constructor(lab: Lab) {
    const inventory = Object.fromEntries(lab.hosts.map((host) => [host.name, entryOf(host)]));
    this.hosts = createHosts({ inventory: inventory as never, hostFactory: (...of) => new RemoteHost(...of) });
  }

  private get context(): Context {
    const silent = { status: () => {}, warn: () => {} };
    return { hosts: this.hosts, owner: "adversary", signal: new AbortController().signal, ...silent } as Context;
  }

  async create(token: ResourceToken, args: object): Promise<Readonly<Record<string, unknown>>> {
    return (await this.put(token, args)).outputs as Record<string, unknown>;
  }

  /** Creates a resource, or updates it to these inputs if its last state is given. */
  async put(token: ResourceToken, args: object, before?: Resource): Promise<Resource> {
    const resource: AnyResource = resourceOf(token);
    const inputs = resource.inputs.parse(args);
    if (before === undefined || resource.update === undefined) {
      const { id, outputs } = await resource.create(this.context, inputs);
      return { id, inputs, outputs } as Resource;
    }
    const outputs = await resource.update(this.context, before.id, before as never, inputs);
    return { id: before.id, inputs, outputs } as Resource;
  }

  close(): void {
    this.hosts.close();
  }
}
