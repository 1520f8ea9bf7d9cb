import { isDeepStrictEqual } from "node:util";
import type { z } from "zod";
import type { Life } from "../../core/define";
import { Incomplete, type PartiallyKnown, type Recorded, type State, UNKNOWN } from "../../core/define";
import { keptDeclaration } from "../../host/records/declaration";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import * as errors from "../../install/errors";
import { type PublishedRecord, PublishedTree } from "../../install/publish/publish";
import { readBack } from "../../install/publish/readback";
import { openServer } from "../../install/publish/server";
import { lintRepository } from "../../install/repository/lint";
import { readMedia } from "../../install/repository/media";
import { type Merged, merge } from "../../install/repository/merge";
import { packagesOf } from "../../install/repository/packages";
import { describesOthers } from "../../install/repository/tree";
import { productOf } from "../../install/targets";
import { splitId } from "../shared/identity";
import type { repositoryInputs, repositoryOutputs } from "./fields";

type Inputs = z.output<typeof repositoryInputs>;
type Outputs = z.output<typeof repositoryOutputs>;
type Known = State<typeof repositoryInputs, typeof repositoryOutputs>;

/** What the record on the server keeps beside sums: enough to name what is published without the media. */
interface Contents {
  readonly sources: readonly string[];
  readonly packages: Readonly<Record<string, string>>;
  /** Size of each file, and its place in `packages`. */
  readonly files: Readonly<Record<string, { readonly size: number; readonly package: string }>>;
}

async function collect(
  { base, packs, target }: Pick<Inputs, "base" | "packs" | "target">,
  status?: (message: string) => void,
): Promise<Merged> {
  const [media, ...others] = await Promise.all([base, ...packs].map((path) => readMedia(path, status)));
  if (media === undefined) throw new Error("there is always a base");
  return merge(media, others, target);
}

/** What the paths lead to, as far as they are known: so that a diff shows what changed in them. */
async function contents(inputs: PartiallyKnown): Promise<Pick<Outputs, "packages"> | { readonly packages: typeof UNKNOWN }> {
  const { base, packs, target } = inputs;
  if ([base, packs, target, ...(Array.isArray(packs) ? packs : [])].includes(UNKNOWN)) return { packages: UNKNOWN };
  return { packages: packagesOf((await collect(inputs)).files) };
}

/** The tree, when its rules have nothing against it. */
async function checked(context: Context, inputs: Inputs): Promise<Merged> {
  const merged = await collect(inputs, context.status);
  const findings = lintRepository(merged, inputs.target, inputs.csp);
  const refusals = findings.filter(({ severity }) => severity === "error");
  if (refusals.length > 0) throw errors.repositoryRefused(`repository ${inputs.path} (${productOf(inputs.target)})`, refusals);
  for (const { rule, path, message, remedy } of findings) context.warn(`${rule} ${path || "/"}: ${message}; ${remedy}`);
  return merged;
}

function treeOf(context: Context, inputs: Pick<Inputs, "server" | "path" | "connection">): PublishedTree {
  return new PublishedTree(openServer(context.hosts, inputs.server, inputs.connection), inputs.path);
}

async function preview(context: Context, inputs: Inputs, prior?: Known): Promise<Partial<Outputs>> {
  const { files, sources } = await checked(context, inputs);
  await treeOf(context, inputs).admit(context.owner, context.signal, prior === undefined);
  return { packages: packagesOf(files), sources: [...sources], drift: [] };
}

async function put(context: Context, inputs: Inputs, fresh: boolean): Promise<Outputs> {
  const merged = await checked(context, inputs);
  const tree = treeOf(context, inputs);
  await tree.admit(context.owner, context.signal, fresh);
  const outputs: Outputs = { packages: packagesOf(merged.files), sources: [...merged.sources], drift: [] };
  const sent = await tree.publish(
    context.owner,
    merged.files,
    { declaration: keptDeclaration(inputs), contents: contentsOf(merged, outputs.packages) },
    { signal: context.signal, status: context.status },
  );
  const current = await tree.current(context.signal);
  for (const url of inputs.verify ? inputs.urls : []) {
    const failure = await readBack(url, { files: merged.files, fresh: sent, current }, context.signal, context.status);
    if (failure === undefined) continue;
    const error = errors.notServed(failure.url, failure.problem, failure.remedy);
    throw new Incomplete(idOf(inputs), { ...outputs, drift: [error.message] }, error);
  }
  return outputs;
}

function contentsOf({ files, sources }: Merged, packages: Readonly<Record<string, string>>): Contents {
  const entries = [...files].map(([path, file]) => {
    const [own] = Object.keys(packagesOf(new Map([[path, file]])));
    return [path, { size: file.size, package: own ?? path }] as const;
  });
  return { sources, packages, files: Object.fromEntries(entries) };
}

function idOf({ server, path }: Pick<Inputs, "server" | "path">): string {
  return `${server}${path}`;
}

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return { id: idOf(inputs), outputs: await put(context, inputs, true) };
}

async function recall(context: Context, id: string, connection?: ConnectionFields): Promise<unknown> {
  const { host, rest } = splitId(id) ?? { host: "", rest: "" };
  const { record } = await treeOf(context, { server: host, path: `/${rest}`, connection }).look(context.signal);
  return record?.declaration;
}

async function read(
  context: Context,
  id: string,
  { inputs, outputs: before }: Recorded<typeof repositoryInputs, typeof repositoryOutputs>,
): Promise<Known | undefined> {
  const { host, rest } = splitId(id) ?? { host: "", rest: "" };
  const tree = treeOf(context, { server: host, path: `/${rest}`, connection: inputs.connection });
  const { record } = await tree.look(context.signal);
  if (record === undefined) return undefined;
  const recorded = record.contents as Contents;
  const actual = await tree.read(record, context.signal);
  const findings = differences(record, actual);
  // A tree that is not as published needs no word about how it is served.
  if (findings.length === 0 && inputs.verify) {
    const files = new Map(Object.entries(record.files).map(([file, sha256]) => [file, { sha256, size: recorded.files[file]?.size ?? 0 }]));
    const described = new Map([...files].filter(([file]) => describesOthers(file)));
    const current = await tree.current(context.signal);
    for (const url of inputs.urls) {
      const failure = await readBack(url, { files: described, fresh: new Set(), current }, context.signal);
      if (failure !== undefined) findings.push(`${failure.url}: ${failure.problem}`);
    }
  }
  const packages = findings.length === 0 ? { ...recorded.packages } : actualPackages(record, actual);
  const outputs = { packages, sources: [...recorded.sources], drift: findings };
  // What is published stands beside the inputs as well, where a diff looks for it.
  const same = isDeepStrictEqual(packages, before.packages);
  return { inputs: same ? inputs : Object.assign({}, inputs, { packages }), outputs };
}

function differences(record: PublishedRecord, actual: ReadonlyMap<string, string>): string[] {
  const missing = Object.keys(record.files).filter((path) => !actual.has(path));
  const changed = [...actual].filter(([path, sum]) => path in record.files && record.files[path] !== sum).map(([path]) => path);
  const added = [...actual.keys()].filter((path) => !(path in record.files));
  return [
    ...missing.map((path) => `${path} is gone`),
    ...changed.map((path) => `${path} has other content`),
    ...added.map((path) => `${path} was added by hand`),
  ];
}

function actualPackages(record: PublishedRecord, actual: ReadonlyMap<string, string>): Record<string, string> {
  const recorded = record.contents as Contents;
  const packages: Record<string, string> = { ...recorded.packages };
  for (const [path, sum] of Object.entries(record.files)) {
    const name = recorded.files[path]?.package ?? path;
    if (!actual.has(path)) delete packages[name];
    else if (actual.get(path) !== sum) packages[name] = `other content sha256:${actual.get(path)?.slice(0, 12)}`;
  }
  for (const [path, sum] of actual) if (!(path in record.files)) packages[path] = `added by hand sha256:${sum.slice(0, 12)}`;
  return packages;
}

async function update(context: Context, _id: string, _prior: Known, inputs: Inputs): Promise<Outputs> {
  return put(context, inputs, false);
}

async function remove(context: Context, _id: string, prior: Known): Promise<void> {
  await treeOf(context, prior.inputs).remove(context.signal);
}

export const life = { contents, preview, create, recall, read, update, delete: remove } satisfies Life<
  typeof repositoryInputs,
  typeof repositoryOutputs
>;
