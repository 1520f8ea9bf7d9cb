import type { z } from "zod";
import type { Life } from "../../core/define";
import { Incomplete, type Recorded, type State } from "../../core/define";
import { CspError } from "../../errors";
import type { Plane } from "../../firewall/model/kernel";
import { backendStands, backendSteps, isSwitchedByOther } from "../../host/adopt/backend";
import { sentence } from "../../host/adopt/expectation";
import { limitsOf } from "../../host/adopt/limits";
import { type Adopted, becoming } from "../../host/adopt/upgrade";
import { standingOf } from "../../host/adopt/waiting";
import { frame, type WantedFrame, type Zones } from "../../host/keeps/frame";
import type { Ownership } from "../../host/keeps/noun";
import type { HostFacts } from "../../host/look/facts";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { arrived, becameOf, foreseen, unexpected, verify } from "./arrival";
import { announceBackend, joinByBridge, planBackend } from "./backend";
import type { hostInputs, hostOutputs } from "./fields";
import { redeclare } from "./redeclare";

type Inputs = z.output<typeof hostInputs>;
type Outputs = z.output<typeof hostOutputs>;
type Current = State<typeof hostInputs, typeof hostOutputs>;

/** How the host's frame is made, besides what was declared. */
interface Kept {
  readonly zones: Zones;
  readonly plane: Plane;
}

/** `adopted`: what it was when csp last put it in order; left out, what it is now. */
function outputs(facts: HostFacts, { zones, plane }: Kept, drift: string[] = [], adopted: Adopted = facts): Outputs {
  const { hostname, kernel, kernelFlavour, product, networkBackend, installation, packs, tools, dialect } = facts;
  const { iptables = "", ebtables = "", arptables = "", ipset = "" } = tools;
  return {
    facts: {
      hostname,
      kernel,
      kernelFlavour,
      product,
      installation,
      packs: packs.map(({ name, version: its }) => `${name} ${its}`),
      networkBackend,
      backend: dialect.backend,
      plane,
      iptables,
      ebtables,
      arptables,
      ipset,
    },
    adopted: { product: adopted.product, version: adopted.version, installation: adopted.installation },
    limits: limitsOf(facts, zones, plane),
    drift,
  };
}

/** Of a host whose rules cannot be looked at. */
function keptUnseen({ conntrackZones = "by-bridge", plane }: Inputs): Kept {
  return { zones: conntrackZones, plane: plane === undefined || plane === "auto" ? "xtables" : plane };
}

function wantedFrame(inputs: Inputs): WantedFrame {
  return { guestPorts: inputs.guestPorts, callers: inputs.hook, zones: inputs.conntrackZones, plane: inputs.plane, redeclare, inputs };
}

async function preview(context: Context, inputs: Inputs, prior?: Current): Promise<Partial<Outputs>> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  const seen = await foreseen(context, host, inputs);
  if (seen === undefined) return {};
  await verify(host, inputs, seen, prior?.outputs.adopted);
  const ownership = prior === undefined ? "new" : "held";
  const backend = await planBackend(context, host, inputs, seen, ownership);
  announceBackend(context, host.name, backend, seen);
  // What it is after a reboot is seen after the reboot.
  if (backend.steps.includes("reboot")) return {};
  const kept = await frame.try(context, host, wantedFrame(inputs), ownership);
  return outputs(await host.facts(), kept);
}

/** `before`: what it was when csp last put it in order. */
async function put(context: Context, inputs: Inputs, ownership: Ownership, before?: Adopted): Promise<Outputs> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  const seen = await arrived(context, host, inputs);
  await verify(host, inputs, seen, before);
  let prepared = false;
  const prepare = (found: HostFacts) => {
    prepared = true;
    return frame.prepare(context, host, wantedFrame(inputs), found, ownership);
  };
  await joinByBridge(context, host, inputs, seen, ownership, prepare).catch((error: unknown) => {
    // What the next boot loads is there: it is on record, so that the next update goes on from it, and a destroy takes it away.
    throw prepared ? new Incomplete(inputs.host, outputs(seen, keptUnseen(inputs), [unfinished(error)], before), asError(error)) : error;
  });
  const framed = await frame.put(context, host, wantedFrame(inputs), ownership);
  const { facts } = framed;
  try {
    await frame.turnOn(context, host, wantedFrame(inputs), framed);
  } catch (error) {
    // The frame is there: the next update goes on from it, and a destroy takes it away.
    throw new Incomplete(inputs.host, outputs(facts, framed, ["the bridge's sysctls or the hook are not installed"]), asError(error));
  }
  return outputs(facts, framed);
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const unfinished = (error: unknown): string =>
  `the switch to the Linux bridge did not come to its end${error instanceof CspError ? ` (${error.problem})` : ""}`;

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return { id: inputs.host, outputs: await put(context, inputs, "new") };
}

async function recall(context: Context, id: string, connection?: ConnectionFields, inState?: Inputs): Promise<unknown> {
  try {
    return await frame.recall(context.hosts.get(id, connection));
  } catch (error) {
    // What was declared is as the state has it, then; whether it may be out of reach is the read's to say.
    if (inState === undefined || !(error instanceof CspError) || standingOf(error) === undefined) throw error;
    return undefined;
  }
}

async function read(
  context: Context,
  id: string,
  { inputs, outputs: last }: Recorded<typeof hostInputs, typeof hostOutputs>,
): Promise<Current | undefined> {
  const host = context.hosts.get(id, inputs.connection);
  const before = last.adopted;
  let seen: HostFacts;
  try {
    seen = await host.look();
  } catch (error) {
    const standing = error instanceof CspError ? standingOf(error) : undefined;
    if (standing === undefined || !isComplete(last) || !isAwaited(inputs, last)) throw error;
    return { inputs, outputs: { ...last, drift: [`${AWAITED}${standing}`] } };
  }
  const drift = [
    ...becameOf(before, seen),
    ...(await unexpected(host, inputs, seen)).map(sentence),
    ...(isReplaced(inputs, seen) ? ["the installation that is to be replaced is still there"] : []),
    ...(backendSteps(seen).length > 0 ? [backendStands(seen)] : []),
  ];
  // An upgrade in place takes csp's records with it, and perhaps the tools that a look at the rules needs: the host is not gone, but another.
  const became = becoming(before, seen);
  const declared = keptUnseen(inputs);
  if (became === "upgraded-without-pack") return { inputs, outputs: outputs(seen, declared, drift, before) };
  // Rules of the bridge mean nothing here, and a look at them would load its modules beside Open vSwitch.
  if (isSwitchedByOther(seen))
    return (await frame.isOnRecord(host)) ? { inputs, outputs: outputs(seen, declared, drift, before) } : undefined;
  const facts = await host.facts();
  const framed = await frame.look(context, host, wantedFrame(inputs));
  if (framed === undefined) {
    if (became === "upgraded") return { inputs, outputs: outputs(facts, declared, [...drift, "what csp had put there is gone"], before) };
    if (became === "reinstalled")
      context.warn(`host ${id} was installed anew (it is ${facts.product} now): what csp had put there is gone`);
    return undefined;
  }
  const { guestPorts, zones, plane, findings } = framed;
  return {
    inputs: {
      ...inputs,
      guestPorts: [...guestPorts],
      ...(inputs.conntrackZones === undefined ? {} : { conntrackZones: zones }),
      ...(inputs.plane === undefined || inputs.plane === "auto" ? {} : { plane }),
    },
    outputs: outputs(facts, framed, [...drift, ...findings], before),
  };
}

/**
 * Whether a host is being installed: that it does not answer then is no news, and no reason to stop a run that will wait for it. An engine may
 * keep the inputs of before when an update did not come to its end; what it came to is in the drift.
 */
function isAwaited({ install }: Inputs, { drift }: Outputs): boolean {
  return install !== undefined || drift.some((finding) => finding.startsWith(AWAITED));
}

const AWAITED = "it is waited for: ";

/** Whether this is the installation that the declaration wants to see replaced. */
function isReplaced({ install }: Inputs, { installation }: Pick<Adopted, "installation">): boolean {
  return install?.replaces !== undefined && install.replaces.toLowerCase() === installation.toLowerCase();
}

function isComplete(outputs: Partial<Outputs>): outputs is Outputs {
  return outputs.facts !== undefined && outputs.adopted !== undefined;
}

const WAITED_IN_VAIN = new Set(["install-not-up", "cancelled"]);

async function update(context: Context, id: string, prior: Current, inputs: Inputs): Promise<Outputs> {
  try {
    return await put(context, inputs, "held", prior.outputs.adopted);
  } catch (error) {
    const waited = error instanceof CspError && inputs.install !== undefined && WAITED_IN_VAIN.has(error.code);
    if (!waited || !isComplete(prior.outputs)) throw error;
    // On record, so that the next look at the host, which may be down by then, knows that it is waited for.
    throw new Incomplete(id, { ...prior.outputs, drift: [`${AWAITED}${error.problem}`] }, error);
  }
}

async function remove(context: Context, id: string, { inputs }: Current): Promise<void> {
  await frame.remove(context, context.hosts.get(id, inputs.connection), wantedFrame(inputs));
}

export const life = { preview, create, recall, read, update, delete: remove } satisfies Life<typeof hostInputs, typeof hostOutputs>;
