import type { z } from "zod";
import { CspError } from "../../errors";
import { chainFindings } from "../../firewall/drift";
import { frameChains, frameHooks } from "../../firewall/frame";
import { TOOLS } from "../../firewall/kernel";
import { planKernel } from "../../firewall/plan";
import { backendStands, backendSteps } from "../../host/backend";
import { DesiredHost, type Edit } from "../../host/desired";
import * as errors from "../../host/errors";
import { sentence } from "../../host/expectation";
import { activeTools, formatDialect, type HostFacts } from "../../host/facts";
import { type CallerChoice, callerFiles, installCallers, resolveCallers } from "../../host/hook/callers";
import { HOOK_SCRIPT } from "../../host/hook/script";
import type { ConnectionFields } from "../../host/hosts";
import { parseDeclaration, STATE_DIR, sumOf } from "../../host/records";
import { BRIDGE_SYSCTLS, type Snapshot } from "../../host/snapshot";
import { PERSIST_SYSCTLS, restoreSysctls } from "../../host/sysctls";
import { type Adopted, becoming } from "../../host/upgrade";
import { standingOf } from "../../host/waiting";
import { type Context, Incomplete, type Recorded, type State } from "../define";
import type { hostInputs, hostOutputs } from "../host";
import { arrived, becameOf, foreseen, unexpected, verify } from "./host-arrival";
import { announceBackend, joinByBridge, planBackend } from "./host-backend";

type Inputs = z.output<typeof hostInputs>;
type Outputs = z.output<typeof hostOutputs>;
type Known = State<typeof hostInputs, typeof hostOutputs>;

/** `adopted`: what it was when csp last put it in order; left out, what it is now. */
function outputs(facts: HostFacts, drift: string[] = [], adopted: Adopted = facts): Outputs {
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
    drift,
  };
}

type FrameEdit = Extract<Edit, { kind: "frame" }>;

/** `sysctls`: what they are before csp sets them. */
function frameEdit(context: Context, inputs: Inputs, facts: HostFacts, sysctls: Snapshot["sysctls"], claim: "new" | "held"): FrameEdit {
  const { connection: _, ...declaration } = inputs;
  return {
    kind: "frame",
    claim,
    frame: {
      owner: context.owner,
      guestPorts: [...new Set(inputs.guestPorts)],
      sysctls,
      callers: resolveCallers(inputs.hook, facts),
    },
    declaration,
  };
}

export async function preview(context: Context, inputs: Inputs, prior?: Known): Promise<Partial<Outputs>> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  const seen = await foreseen(context, host, inputs);
  if (seen === undefined) return {};
  await verify(host, inputs, seen, prior?.outputs.adopted);
  const backend = await planBackend(host, inputs, seen);
  announceBackend(context, host.name, backend, seen);
  // What it is after a reboot is seen after the reboot.
  if (backend.steps.includes("reboot")) return {};
  const facts = await host.facts();
  const snapshot = await host.snapshot({ signal: context.signal });
  new DesiredHost(host.name, facts, snapshot).edit(
    frameEdit(context, inputs, facts, snapshot.sysctls, prior === undefined ? "new" : "held"),
  );
  if (prior === undefined && snapshot.records.frame === undefined) {
    const running = new Set(
      snapshot.ports.filter(({ uuid }) => !snapshot.records.guests.has(uuid)).map(({ uuid, port }) => (uuid === "" ? port : uuid)),
    );
    if (running.size > 0)
      context.warn(
        `from now on a guest on ${host.name} passes traffic only by a policy; ${running.size} ${running.size === 1 ? "is" : "are"} running there now`,
      );
  }
  return outputs(facts);
}

/** What it could not do is in its failures, which the next read shows. */
const RUN_HOOK = `${STATE_DIR}/hook up >/dev/null 2>&1 || :\n`;

/** `before`: what it was when csp last put it in order. */
async function put(context: Context, inputs: Inputs, claim: "new" | "held", before?: Adopted): Promise<Outputs> {
  const host = context.hosts.get(inputs.host, inputs.connection);
  const seen = await arrived(context, host, inputs);
  await verify(host, inputs, seen, before);
  await joinByBridge(context, host, inputs, seen, (found) => frameEdit(context, inputs, found, {}, claim));
  const facts = await host.facts();
  // The frame first: from the moment bridged packets reach iptables, they meet it.
  await host.apply(
    { subject: `host ${inputs.host}`, edits: ({ sysctls }) => [frameEdit(context, inputs, facts, sysctls, claim)] },
    { signal: context.signal, status: context.status },
  );
  context.status(`sending bridged packets on ${inputs.host} through the firewall`);
  try {
    const answer = await host.run(PERSIST_SYSCTLS, "setting the bridge's sysctls");
    if (answer.includes("missing")) throw errors.sysctlMissing(inputs.host);
    const callers = resolveCallers(inputs.hook, facts);
    context.status(`installing the hook on ${inputs.host}`);
    await host.run(installCallers(callers, inputs.guestPorts), "installing the hook");
    if (callers.length > 0) await host.run(RUN_HOOK, "running the hook");
  } catch (error) {
    // The frame is there: the next update goes on from it, and a destroy takes it away.
    throw new Incomplete(
      inputs.host,
      outputs(facts, ["the bridge's sysctls or the hook are not installed"]),
      error instanceof Error ? error : new Error(String(error)),
    );
  }
  return outputs(facts);
}

export async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return { id: inputs.host, outputs: await put(context, inputs, "new") };
}

export async function recall(context: Context, id: string, connection?: ConnectionFields, known?: Inputs): Promise<unknown> {
  try {
    const record = await context.hosts.get(id, connection).readState("frame");
    return record === undefined ? undefined : parseDeclaration(record);
  } catch (error) {
    // What was declared is as the state has it, then; whether it may be out of reach is the read's to say.
    if (known === undefined || !(error instanceof CspError) || standingOf(error) === undefined) throw error;
    return undefined;
  }
}

export async function read(
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
  if (became === "upgraded-without-pack") return { inputs, outputs: outputs(seen, drift, before) };
  const facts = await host.facts();
  const snapshot = await host.snapshot({ signal: context.signal });
  const { frame } = snapshot.records;
  if (frame === undefined) {
    if (became === "upgraded") return { inputs, outputs: outputs(facts, [...drift, "what csp had put there is gone"], before) };
    if (became === "reinstalled")
      context.warn(`host ${id} was installed anew (it is ${facts.product} now): what csp had put there is gone`);
    return undefined;
  }
  return {
    inputs: { ...inputs, guestPorts: [...frame.guestPorts] },
    outputs: outputs(facts, [...drift, ...frameDrift(host.name, facts, snapshot), ...hookDrift(inputs.hook, facts, snapshot)], before),
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

/** What of the frame is not as it should be: sysctls, the rules that lead into our chains, the chains every host has. */
function frameDrift(name: string, facts: HostFacts, snapshot: Snapshot): string[] {
  const { frame } = snapshot.records;
  if (frame === undefined) return [];
  const findings: string[] = BRIDGE_SYSCTLS.filter((key) => snapshot.sysctls[key] !== "1").map(
    (key) => `net.bridge.${key} is ${snapshot.sysctls[key] ?? "not there"} instead of 1`,
  );
  const tools = activeTools(facts);
  const hooks = frameHooks(frame).filter((hook) => tools.includes(hook.tool));
  const claims = new DesiredHost(name, facts, snapshot).claims();
  const expected = frameChains(frame, claims);
  const unclaimed = frameChains(frame, []);
  for (const tool of TOOLS) {
    if (!tools.includes(tool)) continue;
    // A dispatch chain with guests' ports in it is reported by the guests it concerns.
    for (const chain of unclaimed[tool].keys()) {
      const desired = expected[tool].get(chain) ?? [];
      const actual = snapshot.tables[tool].chains.get(chain);
      const leads = desired.length !== (unclaimed[tool].get(chain) ?? []).length;
      if (!leads || actual === undefined || actual.at(-1) !== desired.at(-1)?.text)
        findings.push(...chainFindings({ tool, chain, where: "frame", desired, actual }));
    }
  }
  const nothing = { chains: expected, hooks, sets: new Map(), others: { chains: new Set<string>(), sets: new Set<string>() } };
  const plan = planKernel(nothing, snapshot);
  for (const tool of TOOLS) {
    if (tools.includes(tool))
      findings.push(
        ...plan.tools[tool].hooks.map(
          ({ chain }) => `${tool}: the rule that leads from ${chain} into the csp chains is missing or not in front`,
        ),
      );
  }
  return findings;
}

/** What of the hook is not as it should be, and what it could not do. */
function hookDrift(choice: readonly CallerChoice[], facts: HostFacts, snapshot: Snapshot): string[] {
  const { frame, sums, guests } = snapshot.records;
  if (frame === undefined) return [];
  const callers = resolveCallers(choice, facts);
  const findings: string[] = [];
  const check = (what: string, is: string | undefined, text: string) => {
    if (is === undefined) findings.push(`the hook: ${what} is gone`);
    else if (is !== sumOf(text)) findings.push(`the hook: ${what} is not what csp put there, or of another version`);
  };
  if (callers.length > 0) {
    check(`${STATE_DIR}/hook`, sums.get("hook"), HOOK_SCRIPT);
    check(`${STATE_DIR}/dialect`, sums.get("dialect"), formatDialect(facts.dialect));
  }
  for (const { path, content } of callerFiles(callers, frame.guestPorts)) check(path, snapshot.callers.get(path), content);
  for (const { time, at, guest, cause } of snapshot.failures) {
    const who = guest === "-" ? "" : ` of guest ${guests.get(guest)?.label ?? guest}`;
    findings.push(`the hook failed at ${time}: ${at}${who}: ${cause}`);
  }
  return findings;
}

const WAITED_IN_VAIN = new Set(["install-not-up", "cancelled"]);

export async function update(context: Context, id: string, prior: Known, inputs: Inputs): Promise<Outputs> {
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
  const snapshot = await host.snapshot({ fresh: true, signal: context.signal });
  const { frame } = snapshot.records;
  const edit: Edit = { kind: "no-frame", claim: "held" };
  if (frame !== undefined) {
    new DesiredHost(host.name, await host.facts(), snapshot).edit(edit);
    // The frame goes last: its record knows what the sysctls were, should this have to be done again.
    await host.run(installCallers([], frame.guestPorts), "taking the hook away");
    await host.run(restoreSysctls(frame.sysctls), "restoring the bridge's sysctls");
  }
  await host.apply({ subject: `host ${id}`, edits: () => [edit] }, { signal: context.signal, status: context.status });
}

export { remove as delete };
