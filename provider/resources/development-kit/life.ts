import { createReadStream } from "node:fs";
import { basename } from "node:path";
import type { z } from "zod";
import type { Life } from "../../core/define";
import { Incomplete, type PartiallyKnown, type Recorded, type State, UNKNOWN } from "../../core/define";
import * as errors from "../../ddk/errors";
import {
  FLAVOURS,
  type Flavour,
  type Kit,
  type Step,
  stepsLeft,
  stockSources,
  unameOf,
  undone,
  type Wanted,
  wantedKernel,
  wantedMenu,
} from "../../ddk/kit";
import { installScript, KIT_STATE, lookScript, MENU_SCRIPT, parseKit, removeScript, sourcesScript } from "../../ddk/kit-programs";
import { hasEntry } from "../../ddk/menu";
import { CspError } from "../../errors";
import { REBOOT_SCRIPT, waitFor } from "../../host/adopt/waiting";
import { keptDeclaration } from "../../host/records/declaration";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { readFile, type Server, sshServer, writeFile } from "../../install/publish/server";
import { readRpm } from "../../install/repository/media";
import { rpmLabel } from "../../install/repository/rpm";
import type { developmentKitInputs, developmentKitOutputs } from "./fields";

type Inputs = z.output<typeof developmentKitInputs>;
type Outputs = z.output<typeof developmentKitOutputs>;
type Known = State<typeof developmentKitInputs, typeof developmentKitOutputs>;

const RECORD = `${KIT_STATE}/declaration`;
const UPLOAD_MS = 900_000;
const COPY_MS = 600_000;

/** The version of the kernels, when both are what they must be and of one build. */
async function versionOf(kernels: Inputs["kernels"]): Promise<string> {
  const versions: string[] = [];
  for (const flavour of FLAVOURS) {
    const path = kernels[flavour];
    const rpm = await readRpm(path);
    if (rpm?.name !== `kernel-csp-${flavour}` || !rpm.release.endsWith("csp"))
      throw errors.notKernel(path, flavour, rpm === undefined ? "no RPM" : rpmLabel(rpm));
    versions.push(`${rpm.version}-${rpm.release}`.replace(/csp$/, ""));
  }
  const [xen = "", kdump = ""] = versions;
  if (xen !== kdump) throw errors.kernelsDiffer(xen, kdump);
  return xen;
}

async function contents({ kernels }: PartiallyKnown): Promise<{ readonly version: unknown }> {
  if (kernels === UNKNOWN || kernels.xen === UNKNOWN || kernels.kdump === UNKNOWN) return { version: UNKNOWN };
  return { version: await versionOf(kernels) };
}

function serverOf(context: Context, { host, connection }: Pick<Inputs, "host" | "connection">): Server {
  return sshServer(context.hosts.get(host, connection));
}

async function look(server: Server, version: string, signal: AbortSignal): Promise<Kit> {
  return parseKit(await server.run(lookScript(version), "looking at the development kit", { signal }));
}

async function wantedOf({ kernels, boot }: Pick<Inputs, "kernels" | "boot">): Promise<Wanted> {
  return { version: await versionOf(kernels), boot };
}

/** The kernel that the kit should run. It must have an entry in the menu; the csp kernel's package makes its own. */
function kernelOf(host: string, { menu }: Kit, wanted: Wanted): string {
  const kernel = wantedKernel(menu, wanted);
  if (kernel === undefined) throw errors.noStockEntry(host);
  return kernel;
}

async function preview(context: Context, inputs: Inputs): Promise<Partial<Outputs>> {
  const wanted = await wantedOf(inputs);
  const { version } = wanted;
  const kit = await look(serverOf(context, inputs), version, context.signal);
  const steps = stepsLeft(kit, wanted);
  checkSources(inputs.host, kit, version, steps);
  const kernel = kernelOf(inputs.host, kit, wanted);
  if (steps.some(({ kind }) => kind === "reboot") && inputs.reboot)
    context.warn(`development kit ${inputs.host} will be rebooted from ${kit.kernel} into ${kernel}`);
  return { version, kernel, trees: treesOf(version), drift: [] };
}

/** Without the stock sources the recipe cannot end well: better not to begin it. */
function checkSources(host: string, kit: Kit, version: string, steps: readonly Step[]): void {
  for (const step of steps) {
    if (step.kind !== "sources") continue;
    const wanted = stockSources(version, step.flavour);
    if (!kit.sources.includes(wanted)) throw errors.noSources(host, wanted, kit.sources);
  }
}

function treesOf(version: string): string[] {
  return FLAVOURS.map((flavour) => `/usr/src/kernels/${unameOf(version, flavour)}-i686`);
}

/** Takes the steps that are left, one after the other, looking anew after those that change what is left. */
async function put(context: Context, inputs: Inputs): Promise<Outputs> {
  const { signal } = context;
  const wanted = await wantedOf(inputs);
  const { version } = wanted;
  const server = serverOf(context, inputs);
  let kit = await look(server, version, signal);
  checkSources(inputs.host, kit, version, stepsLeft(kit, wanted));
  kernelOf(inputs.host, kit, wanted);
  await writeFile(server, RECORD, `${JSON.stringify({ declaration: keptDeclaration(inputs), version })}\n`, { mode: "600", signal });
  try {
    for (const step of stepsLeft(kit, wanted)) {
      context.status(undone(step, kit, wanted));
      await take(context, inputs, server, step, wanted);
      kit = await look(server, version, signal);
    }
    const left = stepsLeft(kit, wanted).map((step) => undone(step, kit, wanted));
    if (left.length > 0) throw errors.notFinished(inputs.host, left);
  } catch (error) {
    if (!(error instanceof CspError)) throw error;
    throw new Incomplete(inputs.host, { version, kernel: kit.kernel, trees: [], drift: [error.message] }, error);
  }
  return { version, kernel: kit.kernel, trees: treesOf(version), drift: [] };
}

async function take(context: Context, inputs: Inputs, server: Server, step: Step, wanted: Wanted): Promise<void> {
  const { signal } = context;
  const { version } = wanted;
  switch (step.kind) {
    case "install": {
      const path = inputs.kernels[step.flavour];
      await server.run(installScript(basename(path)), `installing ${basename(path)}`, {
        input: createReadStream(path),
        signal,
        deadlineMs: UPLOAD_MS,
      });
      return;
    }
    case "menu": {
      const kernel = unameOf(version, "xen");
      const { menu } = await look(server, version, signal);
      if (!hasEntry(menu, kernel)) throw errors.noMenuEntry(inputs.host, kernel);
      await server.run(MENU_SCRIPT, "writing the boot menu", { input: wantedMenu(menu, wanted), signal });
      return;
    }
    case "reboot": {
      const kernel = kernelOf(inputs.host, await look(server, version, signal), wanted);
      if (!inputs.reboot) throw errors.rebootNeeded(inputs.host, kernel);
      await server.run(REBOOT_SCRIPT, "rebooting", { signal });
      return comeBack(context, inputs, server, kernel);
    }
    case "sources":
      await server.run(sourcesScript(version, step.flavour), `making the sources of ${unameOf(version, step.flavour as Flavour)}`, {
        signal,
        deadlineMs: COPY_MS,
      });
  }
}

/** Waits until the kit runs the kernel. On its way down and up it refuses, cuts off and times out: all of that is waiting. */
async function comeBack(context: Context, { host, bootMinutes }: Inputs, server: Server, wanted: string): Promise<void> {
  const seen = await waitFor(
    async (signal) => {
      const kernel = (await server.run("uname -r", "asking for the kernel", { signal, deadlineMs: 30_000 })).trim();
      return kernel === wanted ? { found: kernel } : { standing: `it runs ${kernel}` };
    },
    {
      minutes: bootMinutes,
      signal: context.signal,
      status: (standing) => context.status(`waiting for ${host} to run ${wanted}: ${standing}`),
      standing: (error) => error.problem,
    },
  );
  if ("standing" in seen) throw errors.didNotBoot(host, wanted, bootMinutes, seen.standing);
}

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return { id: inputs.host, outputs: await put(context, inputs) };
}

interface Kept {
  readonly declaration: Inputs;
  readonly version: string;
}

async function kept(server: Server, signal: AbortSignal): Promise<Kept | undefined> {
  const text = await readFile(server, RECORD, signal);
  return text === undefined ? undefined : (JSON.parse(text) as Kept);
}

async function recall(context: Context, id: string, connection?: ConnectionFields): Promise<unknown> {
  return (await kept(serverOf(context, { host: id, connection }), context.signal))?.declaration;
}

async function read(
  context: Context,
  id: string,
  { inputs }: Recorded<typeof developmentKitInputs, typeof developmentKitOutputs>,
): Promise<Known | undefined> {
  const server = serverOf(context, { host: id, connection: inputs.connection });
  const record = await kept(server, context.signal);
  if (record === undefined) return undefined;
  const { version } = record;
  const kit = await look(server, version, context.signal);
  const wanted: Wanted = { version, boot: inputs.boot };
  const left = stepsLeft(kit, wanted);
  const trees = FLAVOURS.filter((flavour) => kit.trees[flavour]).map((flavour) => `/usr/src/kernels/${unameOf(version, flavour)}-i686`);
  return { inputs, outputs: { version, kernel: kit.kernel, trees, drift: left.map((step) => undone(step, kit, wanted)) } };
}

async function update(context: Context, _id: string, _prior: Known, inputs: Inputs): Promise<Outputs> {
  return put(context, inputs);
}

async function remove(context: Context, id: string, prior: Known): Promise<void> {
  const server = serverOf(context, { host: id, connection: prior.inputs.connection });
  const record = await kept(server, context.signal);
  if (record === undefined) return;
  const { kernel } = await look(server, record.version, context.signal);
  await server.run(removeScript(record.version), "removing the csp kernels", { signal: context.signal, deadlineMs: COPY_MS });
  if (kernel === unameOf(record.version, "xen"))
    context.warn(`development kit ${id} runs a csp kernel whose files are gone until its next reboot`);
}

export const life = { contents, preview, create, recall, read, update, delete: remove } satisfies Life<
  typeof developmentKitInputs,
  typeof developmentKitOutputs
>;
