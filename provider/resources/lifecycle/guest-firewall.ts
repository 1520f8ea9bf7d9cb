import type { z } from "zod";
import type { Context, State } from "../define";
import type { guestFirewallInputs, guestFirewallOutputs } from "../guest-firewall";
import { notImplemented } from "./stubs";

type Inputs = z.output<typeof guestFirewallInputs>;
type Outputs = z.output<typeof guestFirewallOutputs>;
type Known = State<typeof guestFirewallInputs, typeof guestFirewallOutputs>;

export async function preview(_context: Context, _inputs: Inputs, _prior?: Known): Promise<Partial<Outputs>> {
  return notImplemented("csp:firewall:GuestFirewall");
}

export async function create(_context: Context, _inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return notImplemented("csp:firewall:GuestFirewall");
}

export async function read(_context: Context, _id: string, _prior?: Known): Promise<Known | undefined> {
  return notImplemented("csp:firewall:GuestFirewall");
}

export async function update(_context: Context, _id: string, _prior: Known, _inputs: Inputs): Promise<Outputs> {
  return notImplemented("csp:firewall:GuestFirewall");
}

async function remove(_context: Context, _id: string, _prior: Known): Promise<void> {
  return notImplemented("csp:firewall:GuestFirewall");
}

export { remove as delete };
