import type { Lab } from "../../lab/netns";
import type { AnyResource } from "../../provider/core/define";
import { createHosts, type Hosts } from "../../provider/host/session/hosts";
import { RemoteHost } from "../../provider/host/session/remote-host";
import type { Context } from "../../provider/host/session/task";
import { type ResourceToken, resourceOf } from "../../provider/resources";
import { entryOf } from "../acceptance/stack";

/** The provider without an engine, over SSH on a lab's hosts. */
export class Csp {
  private readonly hosts: Hosts;

  constructor(lab: Lab) {
    const inventory = Object.fromEntries(lab.hosts.map((host) => [host.name, entryOf(host)]));
    this.hosts = createHosts({ inventory: inventory as never, hostFactory: (...of) => new RemoteHost(...of) });
  }

  async create(token: ResourceToken, args: object): Promise<Readonly<Record<string, unknown>>> {
    const resource: AnyResource = resourceOf(token);
    const context = { hosts: this.hosts, owner: "adversary", signal: new AbortController().signal, status: () => {}, warn: () => {} };
    return (await resource.create(context as Context, resource.inputs.parse(args))).outputs as Record<string, unknown>;
  }

  close(): void {
    this.hosts.close();
  }
}
