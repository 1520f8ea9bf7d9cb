import type { z } from "zod";
import type { Context, State } from "../define";
import type { hostPolicyInputs, hostPolicyOutputs } from "../host-policy";
import { notImplemented } from "./stubs";

type Inputs = z.output<typeof hostPolicyInputs>;
type Outputs = z.output<typeof hostPolicyOutputs>;
type Known = State<typeof hostPolicyInputs, typeof hostPolicyOutputs>;

export async function preview(_context: Context, _inputs: Inputs, _prior?: Known): Promise<Partial<Outputs>> {
  return notImplemented("csp:firewall:HostPolicy");
}

export async function create(_context: Context, _inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return notImplemented("csp:firewall:HostPolicy");
}

export async function read(_context: Context, _id: string, _prior?: Known): Promise<Known | undefined> {
  return notImplemented("csp:firewall:HostPolicy");
}

export async function update(_context: Context, _id: string, _prior: Known, _inputs: Inputs): Promise<Outputs> {
  return notImplemented("csp:firewall:HostPolicy");
}

async function remove(_context: Context, _id: string, _prior: Known): Promise<void> {
  return notImplemented("csp:firewall:HostPolicy");
}

export { remove as delete };
