import type { z } from "zod";
import type { Life } from "../../core/define";
import { Incomplete, type Recorded, type State } from "../../core/define";
import { CspError } from "../../errors";
import { TABLES } from "../../firewall/model/kernel";
import { FORWARD, isOurSet, PREFIX } from "../../firewall/model/names";
import { backendStands, backendSteps } from "../../host/adopt/backend";
import { clearOther } from "../../host/adopt/clear-other";
import * as errors from "../../host/adopt/errors";
import { sentence } from "../../host/adopt/expectation";
import { limitsOf } from "../../host/adopt/limits";
import { type Adopted, becoming } from "../../host/adopt/upgrade";
import { standingOf } from "../../host/adopt/waiting";
import { installCallers, resolveCallers } from "../../host/look/callers";
import type { HostFacts } from "../../host/look/facts";
import { RESTORE_SETTINGS } from "../../host/look/settings";
import type { Snapshot } from "../../host/look/snapshot";
import { lookAround, besides as othersBeside, overridingSysctls, strayRules } from "../../host/look/surroundings";
import { parseDeclaration, STATE_DIR, type Zones } from "../../host/records/records";
import { restoreSysctls, SET_SYSCTLS } from "../../host/remote/set-sysctls";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { DesiredHost, type Edit } from "../../host/state/desired";
import { arrived, becameOf, foreseen, unexpected, verify } from "./arrival";
import { announceBackend, isSwitchedByOther, joinByBridge, planBackend, unprepareBoot } from "./backend";
import { besideDrift, frameDrift, hookDrift } from "./drift";
import type { hostInputs, hostOutputs } from "./fields";

type Inputs = z.output<typeof hostInputs>;
type Outputs = z.output<typeof hostOutputs>;
type Known = State<typeof hostInputs, typeof hostOutputs>;

/** `adopted`: what it was when csp last put it in order; left out, what it is now. */
function outputs(facts: HostFacts, zones: Zones, drift: string[] = [], adopted: Adopted = facts): Outputs {
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
      iptables,
      ebtables,
      arptables,
      ipset,
    },
    adopted: { product: adopted.product, version: adopted.version, installation: adopted.installation },
    limits: limitsOf(facts, zones),
    drift,
  };
}

type FrameEdit = Extract<Edit, { kind: "frame" }>;

/** What of the host the frame depends on, besides its tools. */
interface Found {
  /** What they are before csp sets them. */
  readonly sysctls: Snapshot["sysctls"];
  readonly zones: Zones;
  readonly besides: readonly string[];
}

function frameEdit(context: Context, inputs: Inputs, facts: HostFacts, found: Found, claim: "new" | "held"): FrameEdit {
  const { connection: _, ...declaration } = inputs;
  return {
    kind: "frame",
    claim,
    frame: {
      owner: context.owner,
      guestPorts: [...new Set(inputs.guestPorts)],
      callers: resolveCallers(inputs.hook, facts),
      ...found,
    },
    declaration,
  };
}

/** How connections are to be kept apart: as declared, as it is on record, or by bridge on a host that csp has not been to. */
function zonesOf({ conntrackZones }: Inputs, { records, tables }: Snapshot): Zones {
  const record = records.frame ?? records.waiting;
  // Rules of csp's without a record: it was here, and has been cut off from what it knew.
  const before = record?.zones ?? (tables["iptables.filter"].chains.has(FORWARD) ? "shared" : undefined);
  return conntrackZones ?? before ?? "by-bridge";
}

async function preview(context: Context, inputs: Inputs, prior?: Known): Promise<Partial<Outputs>> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  const seen = await foreseen(context, host, inputs);
  if (seen === undefined) return {};
  await verify(host, inputs, seen, prior?.outputs.adopted);
  const claim = prior === undefined ? "new" : "held";
  const backend = await planBackend(host, inputs, seen, { owner: context.owner, claim });
  announceBackend(context, host.name, backend, seen);
  // What it is after a reboot is seen after the reboot.
  if (backend.steps.includes("reboot")) return {};
  const facts = await host.facts();
  const snapshot = await host.snapshot({ signal: context.signal });
  const around = await lookAround(host, facts.dialect);
  const besides = othersBeside(around, snapshot.tables, facts.dialect);
  const zones = zonesOf(inputs, snapshot);
  checkAdoption(host.name, inputs, facts, snapshot);
  new DesiredHost(host.name, facts, snapshot).edit(frameEdit(context, inputs, facts, { sysctls: snapshot.sysctls, zones, besides }, claim));
  announce(context, host.name, inputs, facts, snapshot, besides);
  for (const text of overridingSysctls(around)) context.warn(`host ${host.name}: ${text}`);
  for (const text of strayRules(around, facts.dialect)) context.warn(`host ${host.name}: ${text}; the update takes them away`);
  return outputs(facts, zones);
}

/** What csp will not take over. */
function checkAdoption(name: string, { conntrackZones }: Inputs, { dialect }: HostFacts, { records, tables, sets }: Snapshot): void {
  if (conntrackZones === "by-bridge" && dialect.zones === undefined) throw errors.zonesImpossible(name);
  if (records.frame !== undefined || records.waiting !== undefined) return;
  const chains = new Set(TABLES.flatMap((table) => [...tables[table].foreign.keys()].filter((chain) => chain.startsWith(PREFIX))));
  const foreign = [...sets.keys()].filter((set) => set.startsWith(PREFIX) && !isOurSet(set) && !records.sets.has(set));
  if (chains.size + foreign.length > 0) throw errors.foreignNames(name, [...chains, ...foreign]);
}

/** What becomes otherwise for those who are on the host now. */
function announce(
  context: Context,
  name: string,
  inputs: Inputs,
  { dialect }: HostFacts,
  { records, ports, network }: Snapshot,
  besides: readonly string[],
): void {
  const record = records.frame ?? records.waiting;
  const known = record?.besides ?? [];
  for (const text of besides.filter((one) => !known.includes(one)))
    context.warn(
      `host ${name}: ${text}. Bridged packets come by there from now on, those of containers and of ports that are nobody's guest too: see that it lets through what must pass`,
    );
  if (record === undefined) {
    const running = new Set(ports.filter(({ uuid }) => !records.guests.has(uuid)).map(({ uuid, port }) => (uuid === "" ? port : uuid)));
    if (running.size > 0)
      context.warn(
        `from now on a guest on ${name} passes traffic only by a policy; ${running.size} ${running.size === 1 ? "is" : "are"} running there now`,
      );
    const routed = network.all.filter(
      ({ port, bridge }) => bridge === undefined && inputs.guestPorts.some((prefix) => port.startsWith(prefix)),
    );
    if (routed.length > 0)
      context.warn(
        `host ${name}: ${routed.map(({ port }) => port).join(", ")} ${routed.length === 1 ? "is" : "are"} named like a guest's port and on no bridge: what the host routes from and to there is dropped from now on`,
      );
  } else if (record.zones === "shared" && inputs.conntrackZones === "by-bridge" && dialect.zones !== undefined)
    context.warn(
      `host ${name}: its bridges get connection tables of their own: established connections through them end, and are made anew`,
    );
}

/** What it could not do is in its failures, which the next read shows. */
const RUN_HOOK = `sh ${STATE_DIR}/hook up >/dev/null 2>&1 || :\n`;

/** `before`: what it was when csp last put it in order. */
async function put(context: Context, inputs: Inputs, claim: "new" | "held", before?: Adopted): Promise<Outputs> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  const seen = await arrived(context, host, inputs);
  await verify(host, inputs, seen, before);
  let prepared = false;
  const prepare = (found: HostFacts) => {
    prepared = true;
    return frameEdit(context, inputs, found, { sysctls: {}, zones: inputs.conntrackZones ?? "by-bridge", besides: [] }, claim);
  };
  await joinByBridge(context, host, inputs, seen, { owner: context.owner, claim }, prepare).catch((error: unknown) => {
    // What the next boot loads is there: it is on record, so that the next update goes on from it, and a destroy takes it away.
    throw prepared
      ? new Incomplete(inputs.host, outputs(seen, inputs.conntrackZones ?? "by-bridge", [unfinished(error)], before), asError(error))
      : error;
  });
  const facts = await host.facts();
  const around = await lookAround(host, facts.dialect);
  let zones: Zones = "shared";
  const edits = (snapshot: Snapshot) => {
    checkAdoption(host.name, inputs, facts, snapshot);
    zones = zonesOf(inputs, snapshot);
    const besides = othersBeside(around, snapshot.tables, facts.dialect);
    return [frameEdit(context, inputs, facts, { sysctls: snapshot.sysctls, zones, besides }, claim)];
  };
  // The frame first: from the moment bridged packets reach iptables, they meet it.
  await host.apply({ subject: `host ${inputs.host}`, edits }, { signal: context.signal, status: context.status });
  context.status(`sending bridged packets on ${inputs.host} through the firewall`);
  try {
    const answer = await host.run(SET_SYSCTLS, "setting the bridge's sysctls");
    if (answer.includes("missing")) throw errors.sysctlMissing(inputs.host);
    const callers = resolveCallers(inputs.hook, facts);
    context.status(`installing the hook on ${inputs.host}`);
    await host.run(installCallers(callers, inputs.guestPorts), "installing the hook");
    if (callers.length > 0) await host.run(RUN_HOOK, "running the hook");
    // What is no longer read goes when what replaces it is there.
    if (strayRules(around, facts.dialect).length > 0) await clearOther(host, facts.dialect);
  } catch (error) {
    // The frame is there: the next update goes on from it, and a destroy takes it away.
    throw new Incomplete(inputs.host, outputs(facts, zones, ["the bridge's sysctls or the hook are not installed"]), asError(error));
  }
  return outputs(facts, zones);
}

const asError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

const unfinished = (error: unknown): string =>
  `the switch to the Linux bridge did not come to its end${error instanceof CspError ? ` (${error.problem})` : ""}`;

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return { id: inputs.host, outputs: await put(context, inputs, "new") };
}

async function recall(context: Context, id: string, connection?: ConnectionFields, known?: Inputs): Promise<unknown> {
  try {
    const record = await context.hosts.get(id, connection).readState("frame");
    return record === undefined ? undefined : parseDeclaration(record);
  } catch (error) {
    // What was declared is as the state has it, then; whether it may be out of reach is the read's to say.
    if (known === undefined || !(error instanceof CspError) || standingOf(error) === undefined) throw error;
    return undefined;
  }
}

async function read(
  context: Context,
  id: string,
  { inputs, outputs: known }: Recorded<typeof hostInputs, typeof hostOutputs>,
): Promise<Known | undefined> {
  const host = context.hosts.get(id, inputs.connection);
  const before = known.adopted;
  let seen: HostFacts;
  try {
    seen = await host.look();
  } catch (error) {
    const standing = error instanceof CspError ? standingOf(error) : undefined;
    if (standing === undefined || !isComplete(known) || !isAwaited(inputs, known)) throw error;
    return { inputs, outputs: { ...known, drift: [`${AWAITED}${standing}`] } };
  }
  const drift = [
    ...becameOf(before, seen),
    ...(await unexpected(host, inputs, seen)).map(sentence),
    ...(isReplaced(inputs, seen) ? ["the installation that is to be replaced is still there"] : []),
    ...(backendSteps(seen).length > 0 ? [backendStands(seen)] : []),
  ];
  // An upgrade in place takes csp's records with it, and perhaps the tools that a look at the rules needs: the host is not gone, but another.
  const became = becoming(before, seen);
  const zonesKnown = inputs.conntrackZones ?? "by-bridge";
  if (became === "upgraded-without-pack") return { inputs, outputs: outputs(seen, zonesKnown, drift, before) };
  // Rules of the bridge mean nothing here, and a look at them would load its modules beside Open vSwitch.
  if (isSwitchedByOther(seen))
    return (await host.readState("frame")) === undefined ? undefined : { inputs, outputs: outputs(seen, zonesKnown, drift, before) };
  const facts = await host.facts();
  const snapshot = await host.snapshot({ signal: context.signal });
  const { frame } = snapshot.records;
  if (frame === undefined) {
    if (became === "upgraded") return { inputs, outputs: outputs(facts, zonesKnown, [...drift, "what csp had put there is gone"], before) };
    if (became === "reinstalled")
      context.warn(`host ${id} was installed anew (it is ${facts.product} now): what csp had put there is gone`);
    return undefined;
  }
  const around = await lookAround(host, facts.dialect);
  const findings = [
    ...drift,
    ...frameDrift(host.name, facts, snapshot),
    ...besideDrift(facts, snapshot, around),
    ...hookDrift(inputs.hook, facts, snapshot),
  ];
  const zones = inputs.conntrackZones === undefined ? {} : { conntrackZones: frame.zones };
  return {
    inputs: { ...inputs, guestPorts: [...frame.guestPorts], ...zones },
    outputs: outputs(facts, frame.zones, findings, before),
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

function isComplete(known: Partial<Outputs>): known is Outputs {
  return known.facts !== undefined && known.adopted !== undefined;
}

const WAITED_IN_VAIN = new Set(["install-not-up", "cancelled"]);

async function update(context: Context, id: string, prior: Known, inputs: Inputs): Promise<Outputs> {
  try {
    return await put(context, inputs, "held", prior.outputs.adopted);
  } catch (error) {
    const waited = error instanceof CspError && inputs.install !== undefined && WAITED_IN_VAIN.has(error.code);
    if (!waited || !isComplete(prior.outputs)) throw error;
    // On record, so that the next look at the host, which may be down by then, knows that it is waited for.
    throw new Incomplete(id, { ...prior.outputs, drift: [`${AWAITED}${error.problem}`] }, error);
  }
}

async function remove(context: Context, id: string, prior: Known): Promise<void> {
  const host = context.hosts.get(id, prior.inputs.connection);
  if (isSwitchedByOther(await host.look()) && (await host.readState("ports")) === undefined)
    return unprepareBoot(host, prior.inputs.guestPorts);
  const snapshot = await host.snapshot({ fresh: true, signal: context.signal });
  const frame = snapshot.records.frame ?? snapshot.records.waiting;
  const edit: Edit = { kind: "no-frame", claim: "held" };
  if (frame !== undefined) {
    new DesiredHost(host.name, await host.facts(), snapshot).edit(edit);
    // The frame goes last: its record knows what the sysctls were, should this have to be done again.
    await host.run(installCallers([], frame.guestPorts), "taking the hook away");
    await host.run(restoreSysctls(frame.sysctls), "restoring the bridge's sysctls");
    await host.run(RESTORE_SETTINGS, "restoring the bridges' settings");
    const { dialect } = await host.facts();
    if (strayRules(await lookAround(host, dialect), dialect).length > 0) await clearOther(host, dialect);
  }
  await host.apply({ subject: `host ${id}`, edits: () => [edit] }, { signal: context.signal, status: context.status });
}

export const life = { preview, create, recall, read, update, delete: remove } satisfies Life<typeof hostInputs, typeof hostOutputs>;
