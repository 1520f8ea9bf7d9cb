import type { z } from "zod";
import type { Context, State } from "../define";
import type { ipSetInputs, ipSetOutputs } from "../ip-set";
import { notImplemented } from "./stubs";

type Inputs = z.output<typeof ipSetInputs>;
type Outputs = z.output<typeof ipSetOutputs>;
type Known = State<typeof ipSetInputs, typeof ipSetOutputs>;

export async function preview(_context: Context, _inputs: Inputs, _prior?: Known): Promise<Partial<Outputs>> {
  return notImplemented("csp:firewall:IpSet");
}

export async function create(_context: Context, _inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return notImplemented("csp:firewall:IpSet");
}

export async function read(_context: Context, _id: string, _prior?: Known): Promise<Known | undefined> {
  return notImplemented("csp:firewall:IpSet");
}

export async function update(_context: Context, _id: string, _prior: Known, _inputs: Inputs): Promise<Outputs> {
  return notImplemented("csp:firewall:IpSet");
}

async function remove(_context: Context, _id: string, _prior: Known): Promise<void> {
  return notImplemented("csp:firewall:IpSet");
}

export { remove as delete };
