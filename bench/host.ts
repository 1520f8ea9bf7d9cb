import { createLab, type Lab, type LabHost } from "../lab/netns";
import type { Backend } from "../lab/netns/topology";
import { decode, type Values } from "../provider/doors/pulumi/codec";
import { type FleetGuest, fleetLab } from "./fleet";
import { fieldOf, message, Plugin, struct } from "./plugin";

/** A way for csp to put rules into the kernel of a host. */
export interface Plane {
  readonly name: string;
  /** What iptables and ip6tables are on the host. */
  readonly backend: Backend;
  /** What a Host says to have it. */
  readonly inputs: Readonly<Record<string, string>>;
  /** The tools in which a packet meets csp's trees over the names of ports. */
  readonly trees: readonly ("ebtables" | "iptables")[];
}

/** All that is measured. A plane is a line. */
export const PLANES: readonly Plane[] = [
  { name: "nft", backend: "nft", inputs: {}, trees: ["ebtables", "iptables"] },
  { name: "legacy", backend: "legacy", inputs: {}, trees: ["ebtables", "iptables"] },
  { name: "nft-bridge", backend: "legacy", inputs: { plane: "nft-bridge" }, trees: ["iptables"] },
];

const URN = "urn:pulumi:dev::bench::csp:";
const HOST_URN = `${URN}index:Host::hv-01`;
const POLICY_URN = `${URN}firewall:HostPolicy::guests`;

/** The provider's `hosts` entry of a lab's host. */
export function inventory(host: LabHost): Record<string, unknown> {
  const { address, port, user, hostKey, privateKey } = host.ssh;
  return { [host.name]: { address, port, user, hostKey, privateKey } };
}

/** A lab with one host and one policy, and the plugin, called as the engine would call it. */
export class Bed {
  private constructor(
    readonly lab: Lab,
    readonly plugin: Plugin,
    private readonly plane: Plane,
  ) {}

  /** `inside`: the guests that can send and receive; the others are only ports. The lab's name has at most 20 characters. */
  static async make(name: string, plane: Plane, guests: readonly FleetGuest[], inside: readonly string[] = []): Promise<Bed> {
    const lab = await createLab(fleetLab(name, plane.backend, guests, inside), { replace: true });
    const plugin = await Plugin.start(process.env.CSP_BENCH_PLUGIN);
    const args = struct({ hosts: JSON.stringify(inventory(lab.host("hv-01"))) });
    await plugin.call("Configure", message({ 2: args }));
    return new Bed(lab, plugin, plane);
  }

  get host(): LabHost {
    return this.lab.host("hv-01");
  }

  /** Makes it a csp host. */
  async adopt(): Promise<void> {
    await this.plugin.call("Create", message({ 1: HOST_URN, 2: struct({ host: "hv-01", ...this.plane.inputs }) }));
  }

  /** Creates the policy. Returns the resource's outputs as a state contains them. */
  async create(policy: Values): Promise<Values> {
    const answer = await this.plugin.call("Create", message({ 1: POLICY_URN, 2: struct(policy) }));
    return outputsOf(fieldOf(answer, 2));
  }

  /** Creates GuestFirewalls, this many at once. Returns their outputs. */
  async createGuests(firewalls: readonly Values[], inFlight: number): Promise<Values[]> {
    const outputs: Values[] = [];
    const left = firewalls.map((inputs, index) => ({ request: message({ 1: guestUrn(inputs), 2: struct(inputs) }), index }));
    const worker = async () => {
      for (let next = left.shift(); next !== undefined; next = left.shift())
        outputs[next.index] = outputsOf(fieldOf(await this.plugin.call("Create", next.request), 2));
    };
    await Promise.all(Array.from({ length: inFlight }, worker));
    return outputs;
  }

  guestReadRequest(inputs: Values, outputs: Values): Buffer {
    return message({ 1: `hv-01/${guestOf(inputs)}`, 2: guestUrn(inputs), 3: struct(outputs), 4: struct(inputs) });
  }

  /** The request of a Read, which the engine makes before every update. */
  readRequest(policy: Values, outputs: Values): Buffer {
    return message({ 1: "hv-01/guests", 2: POLICY_URN, 3: struct(outputs), 4: struct(policy) });
  }

  updateRequest(before: Values, outputs: Values, after: Values): Buffer {
    return message({ 1: "hv-01/guests", 2: POLICY_URN, 3: struct(outputs), 4: struct(after), 8: struct(before) });
  }

  async down(): Promise<void> {
    await this.plugin.stop();
    await this.lab.down();
  }
}

function guestOf(inputs: Values): string {
  return (inputs as { readonly guest: { readonly uuid: string } }).guest.uuid;
}

function guestUrn(inputs: Values): string {
  return `${URN}firewall:GuestFirewall::${guestOf(inputs)}`;
}

function outputsOf(properties: Buffer): Values {
  return decode(properties).values;
}
