import { CustomResource, type CustomResourceOptions, type Inputs, type Output } from "@pulumi/pulumi";
import { createLab, type Lab, type LabHost, type LabSpec } from "../../lab/netns";
import type { ConnectionFields } from "../../provider/ssh/inventory";
import { type Trial, trial } from "../doors/workspace";

/** A resource of the plugin by its token, as the engine has it, without what an SDK adds. */
export class Declared extends CustomResource {
  declare readonly host: Output<string>;
  declare readonly peer: Output<string>;
  declare readonly drift: Output<readonly string[]>;

  constructor(token: string, name: string, args: Inputs, options?: CustomResourceOptions) {
    super(token, name, { host: undefined, peer: undefined, policy: undefined, drift: undefined, uuid: undefined, ...args }, options);
  }
}

export const declare = {
  host: (name: string, args: Inputs = {}, options?: CustomResourceOptions) =>
    new Declared("csp:index:Host", name, { host: name, ...args }, options),
  ipSet: (name: string, args: Inputs, options?: CustomResourceOptions) => new Declared("csp:firewall:IpSet", name, args, options),
  guest: (name: string, args: Inputs, options?: CustomResourceOptions) => new Declared("csp:firewall:GuestFirewall", name, args, options),
  policy: (name: string, args: Inputs, options?: CustomResourceOptions) => new Declared("csp:firewall:HostPolicy", name, args, options),
};

/** The settings for a lab's host in Pulumi.yaml. */
export function entryOf(host: { readonly ssh: ConnectionFields }): ConnectionFields {
  const { address, port, user, hostKey, privateKey } = host.ssh;
  return { address, port, user, hostKey, privateKey };
}

/** What a stack needs from a lab: the network lab or the Xen lab. */
export interface StackLab {
  readonly hosts: readonly { readonly name: string; readonly ssh: ConnectionFields }[];
  down(): Promise<void>;
}

export interface LabStack<L extends StackLab = Lab> extends Trial {
  readonly lab: L;
  /** Sets how the provider reaches its hosts. At the start it reaches all hosts of the lab. */
  reach(hosts: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Promise<void>;
  /** The next run's program. */
  declare(program: () => void): void;
  /** Destroys nothing, because the lab is removed as a whole. */
  end(): Promise<void>;
}

/** A lab's name with this process's number, so that the same test in two checkouts does not remove the other's lab. At most 12 characters. */
export const ownName = (name: string): string => `${name}-${process.pid}`;

/** A network lab and a stack whose plugin, the built one, reaches the lab's hosts over SSH. The stack's project has the name given. */
export async function labStack(spec: LabSpec, plugin?: string): Promise<LabStack> {
  return stackOn(spec.name, await createLab({ ...spec, name: ownName(spec.name) }, { replace: true }), plugin);
}

/** The same on a lab that is up; the lab is removed with the stack. */
export async function stackOn<L extends StackLab>(project: string, lab: L, plugin?: string): Promise<LabStack<L>> {
  try {
    const engine = await trial(project, plugin === undefined ? {} : { plugins: [{ name: "csp", path: plugin }] });
    const reach: LabStack["reach"] = (hosts) => engine.stack.setConfig("csp:hosts", { value: JSON.stringify(hosts), secret: true });
    await reach(Object.fromEntries(lab.hosts.map((host) => [host.name, entryOf(host)])));
    return Object.assign(engine, {
      lab,
      reach,
      declare: (program: () => void) => {
        engine.program = async () => {
          program();
          return {};
        };
      },
      end: async () => {
        engine.dispose();
        await lab.down();
      },
    });
  } catch (error) {
    await lab.down();
    throw error;
  }
}

/** The error text of a run that must fail, as a user would read it. */
export async function failureOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the run succeeded, and should have failed");
}

/** How many transactions a host has seen. */
export async function generation(host: LabHost): Promise<number> {
  const { stdout } = await host.exec("cat /var/lib/csp/generation 2>/dev/null");
  return Number(stdout.trim() || "0");
}
