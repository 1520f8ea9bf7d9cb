import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type { z } from "zod";
import type { Life } from "../../core/define";
import { type PartiallyKnown, type Recorded, type Report, type State, UNKNOWN } from "../../core/define";
import { holdsUnknown } from "../../core/validate";
import { type KeptDeclaration, keptDeclaration } from "../../host/records/declaration";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import * as errors from "../../install/errors";
import { openServer, readFile, receiveFile, type Server, writeFile } from "../../install/publish/server";
import { isAscii } from "../../install/repository/folder-repository";
import { layoutOf } from "../../install/repository/layouts";
import { type BuiltPack, buildPack } from "../../install/repository/pack-build";
import { packagesOf } from "../../install/repository/packages";
import { parseVersion } from "../../install/repository/product-version";
import { productOf } from "../../install/targets";
import { quote } from "../../shell/quote";
import { splitId } from "../shared/identity";
import type { driverDiskInputs, driverDiskOutputs } from "./fields";

type Inputs = z.output<typeof driverDiskInputs>;
type Outputs = z.output<typeof driverDiskOutputs>;
type Known = State<typeof driverDiskInputs, typeof driverDiskOutputs>;

const UPLOAD_MS = 900_000;

/** What is kept beside the image: who it belongs to, and what it was made from. */
interface Record {
  readonly owner: string;
  readonly declaration: KeptDeclaration;
  readonly outputs: Outputs;
  readonly sums: Readonly<globalThis.Record<string, string>>;
}

function crossCheck(inputs: PartiallyKnown, report: Report): void {
  const { target, version, build, uuid, text } = inputs;
  if (target === UNKNOWN) return;
  if (layoutOf(target).packs === "yum") {
    if (build !== undefined && build !== UNKNOWN)
      report(["build"], `packs for ${target} have no build`, "leave it out, or make it part of `version`");
    return;
  }
  if (uuid !== undefined && uuid !== UNKNOWN) report(["uuid"], `packs for ${target} have no UUID`, "leave it out");
  if (text !== UNKNOWN && !isAscii(text))
    report(["text"], `the installer of ${productOf(target)} cannot read a description with characters outside ASCII`, "write it in ASCII");
  if ([version, build].includes(UNKNOWN)) return;
  if (parseVersion(version, build, target) === undefined)
    report(["build"], `the installer of ${productOf(target)} cannot read "${version}-${build}"`, 'write it like "50867p"');
}

async function build({ path, target, rpms, driver, ...rest }: Inputs): Promise<BuiltPack> {
  const { vendorCode, vendor, label, text, version, build, product, requires } = rest;
  const identity = {
    originator: vendorCode,
    vendor,
    label,
    text,
    version,
    ...(build === undefined ? {} : { build }),
    product,
    requires: requires.map(({ build: of, ...fields }) => ({ ...fields, ...(of === undefined ? {} : { build: of }) })),
  };
  return buildPack(nameOf(path), { target, identity, uuid: uuidOf({ target, ...rest }), driver, rpms });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** By name (RFC 9562, version 5): another version of a pack is another pack, and nobody else's is the same. */
function uuidOf({
  target,
  uuid,
  vendorCode,
  label,
  version,
}: Pick<Inputs, "target" | "uuid" | "vendorCode" | "label" | "version">): string {
  if (layoutOf(target).packs !== "yum") return "";
  if (uuid !== undefined) return uuid;
  const bytes = createHash("sha1").update(`csp pack ${vendorCode}/${label}/${version}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

async function contents(inputs: PartiallyKnown): Promise<{ readonly packages: unknown }> {
  const declaration: PartiallyKnown = keptDeclaration(inputs);
  if (holdsUnknown(declaration)) return { packages: UNKNOWN };
  return { packages: packagesOf((await build(declaration)).files) };
}

function outputsOf(inputs: Inputs, { iso, files }: BuiltPack): Outputs {
  return { packages: packagesOf(files), sha256: createHash("sha256").update(iso).digest("hex"), packUuid: uuidOf(inputs), drift: [] };
}

function serverOf(context: Context, { server, connection }: Pick<Inputs, "server" | "connection">): Server {
  return openServer(context.hosts, server, connection);
}

/** Hidden, so that nobody takes it for a pack. */
function recordPath(path: string): string {
  return path.replace(/[^/]*$/, (name) => `.${name}.csp`);
}

async function recordOf(server: Server, path: string, signal: AbortSignal): Promise<Record | undefined> {
  const text = await readFile(server, recordPath(path), signal);
  return text === undefined ? undefined : (JSON.parse(text) as Record);
}

async function admit(context: Context, inputs: Inputs, server: Server, fresh: boolean): Promise<void> {
  const record = await recordOf(server, inputs.path, context.signal);
  if (record === undefined) {
    const found = await server.run(`[ ! -e ${quote(inputs.path)} ] || echo there`, `looking at ${inputs.path}`, { signal: context.signal });
    if (found !== "") throw errors.pathTaken(server.name, inputs.path);
  } else if (fresh && record.owner !== context.owner) throw errors.treeOwned(server.name, inputs.path, record.owner);
}

async function preview(context: Context, inputs: Inputs, prior?: Known): Promise<Partial<Outputs>> {
  const outputs = outputsOf(inputs, await build(inputs));
  await admit(context, inputs, serverOf(context, inputs), prior === undefined);
  return outputs;
}

async function put(context: Context, inputs: Inputs, fresh: boolean): Promise<Outputs> {
  const { signal } = context;
  context.status("building the pack");
  const built = await build(inputs);
  const outputs = outputsOf(inputs, built);
  const server = serverOf(context, inputs);
  await admit(context, inputs, server, fresh);
  const record: Record = { owner: context.owner, declaration: keptDeclaration(inputs), outputs, sums: built.sums };
  await writeFile(server, recordPath(inputs.path), `${JSON.stringify(record)}\n`, { signal });
  context.status(`copying ${nameOf(inputs.path)} to ${server.name}`);
  await receiveFile(server, inputs.path, outputs.sha256, `copying ${nameOf(inputs.path)}`, {
    input: Readable.from(chunks(built.iso)),
    signal,
    deadlineMs: UPLOAD_MS,
  });
  for (const [name, text] of Object.entries(built.sums)) await writeFile(server, siblingOf(inputs.path, name), text, { signal });
  return outputs;
}

function* chunks(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1 << 18) yield bytes.subarray(at, at + (1 << 18));
}

function siblingOf(path: string, name: string): string {
  return path.replace(/[^/]*$/, name);
}

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return { id: `${inputs.server}${inputs.path}`, outputs: await put(context, inputs, true) };
}

function placeOf(
  context: Context,
  id: string,
  connection: ConnectionFields | undefined,
): { readonly server: Server; readonly path: string } {
  const { host, rest } = splitId(id) ?? { host: "", rest: "" };
  return { server: serverOf(context, { server: host, connection }), path: `/${rest}` };
}

async function recall(context: Context, id: string, connection?: ConnectionFields): Promise<unknown> {
  const { server, path } = placeOf(context, id, connection);
  return (await recordOf(server, path, context.signal))?.declaration;
}

async function read(
  context: Context,
  id: string,
  { inputs }: Recorded<typeof driverDiskInputs, typeof driverDiskOutputs>,
): Promise<Known | undefined> {
  const { server, path } = placeOf(context, id, inputs.connection);
  const record = await recordOf(server, path, context.signal);
  if (record === undefined) return undefined;
  const script = `[ ! -f ${quote(path)} ] || sha256sum <${quote(path)}`;
  const output = await server.run(script, `reading ${path}`, { signal: context.signal, deadlineMs: UPLOAD_MS });
  const drift = output === "" ? [`${path} is gone`] : output.startsWith(record.outputs.sha256) ? [] : [`${path} has other content`];
  for (const [name, text] of Object.entries(record.sums))
    if ((await readFile(server, siblingOf(path, name), context.signal)) !== text)
      drift.push(`${siblingOf(path, name)} is not as it was written`);
  return { inputs, outputs: { ...record.outputs, drift } };
}

async function update(context: Context, _id: string, _prior: Known, inputs: Inputs): Promise<Outputs> {
  return put(context, inputs, false);
}

async function remove(context: Context, id: string, prior: Known): Promise<void> {
  const { server, path } = placeOf(context, id, prior.inputs.connection);
  const record = await recordOf(server, path, context.signal);
  const files = [path, ...Object.keys(record?.sums ?? {}).map((name) => siblingOf(path, name)), recordPath(path)];
  await server.run(`rm -f ${files.map(quote).join(" ")}`, `removing ${path}`, { signal: context.signal });
}

export const life = { crossCheck, contents, preview, create, recall, read, update, delete: remove } satisfies Life<
  typeof driverDiskInputs,
  typeof driverDiskOutputs
>;
