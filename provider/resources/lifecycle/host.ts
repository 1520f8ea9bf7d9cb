import type { z } from "zod";
import type { Context, State } from "../define";
import type { hostInputs, hostOutputs } from "../host";
import { notImplemented } from "./stubs";

type Inputs = z.output<typeof hostInputs>;
type Outputs = z.output<typeof hostOutputs>;
type Known = State<typeof hostInputs, typeof hostOutputs>;

export async function preview(_context: Context, _inputs: Inputs, _prior?: Known): Promise<Partial<Outputs>> {
  return notImplemented("csp:index:Host");
}

export async function create(_context: Context, _inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return notImplemented("csp:index:Host");
}

export async function read(_context: Context, _id: string, _prior?: Known): Promise<Known | undefined> {
  return notImplemented("csp:index:Host");
}

export async function update(_context: Context, _id: string, _prior: Known, _inputs: Inputs): Promise<Outputs> {
  return notImplemented("csp:index:Host");
}

async function remove(_context: Context, _id: string, _prior: Known): Promise<void> {
  return notImplemented("csp:index:Host");
}

export { remove as delete };
