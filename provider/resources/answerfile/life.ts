import type { z } from "zod";
import type { Life, Recorded, State } from "../../core/define";
import { keptDeclaration } from "../../host/records/declaration";
import type { ConnectionFields } from "../../host/session/hosts";
import type { Context } from "../../host/session/task";
import { checkDeclaration } from "../../install/answerfile/check";
import { type Rendered, renderAnswerfile } from "../../install/answerfile/render";
import { hashPassword, isHashOf } from "../../install/answerfile/sha512-crypt";
import { writeXml } from "../../install/answerfile/write";
import { firstDifference, PublishedFiles } from "../../install/publish/published-files";
import { openServer } from "../../install/publish/server";
import { formatPath } from "../../schema/field";
import { splitId } from "../shared/identity";
import type { answerfileInputs, answerfileOutputs } from "./fields";

type Inputs = z.output<typeof answerfileInputs>;
type Outputs = z.output<typeof answerfileOutputs>;
type Known = State<typeof answerfileInputs, typeof answerfileOutputs>;

function filesOf(context: Context, { server, path, connection }: Pick<Inputs, "server" | "path" | "connection">): PublishedFiles {
  return PublishedFiles.of(openServer(context.hosts, server, connection), path);
}

/** How root's password stands in the file. The hash that is published already stays while it is of this password, or this one is not given again. */
function passwordOf(inputs: Inputs, published: string | undefined, kept?: Context["kept"]): Rendered["password"] {
  const { rootPassword, rootPasswordHash, rootPasswordInClear } = inputs;
  if (published !== undefined && kept?.has("rootPassword")) return { type: "hash", text: published };
  if (rootPasswordHash !== undefined) return { type: "hash", text: rootPasswordHash };
  if (rootPassword === undefined) return undefined;
  if (rootPasswordInClear) return { type: "plaintext", text: rootPassword };
  return { type: "hash", text: published !== undefined && isHashOf(published, rootPassword) ? published : hashPassword(rootPassword) };
}

function given(inputs: Inputs, password: Rendered["password"]): Rendered {
  return { declaration: inputs, target: inputs.target, csp: inputs.csp, ...(password === undefined ? {} : { password }) };
}

function outputs(inputs: Inputs, password: Rendered["password"], drift: string[] = []): Outputs {
  return {
    content: writeXml(renderAnswerfile(given(inputs, password))),
    ...(password?.type === "hash" ? { publishedPasswordHash: password.text } : {}),
    drift,
  };
}

async function preview(context: Context, inputs: Inputs, prior?: Known): Promise<Partial<Outputs>> {
  const password = passwordOf(inputs, prior?.outputs.publishedPasswordHash, context.kept);
  for (const { rule, severity, field, message, remedy } of checkDeclaration(given(inputs, password)))
    if (severity === "warning") context.warn(`${rule} ${formatPath(field)}: ${message}; ${remedy}`);
  await filesOf(context, inputs).admit(context.owner, [inputs.path], prior === undefined, context.signal);
  return { drift: [] };
}

async function put(context: Context, inputs: Inputs, published: string | undefined, fresh: boolean): Promise<Outputs> {
  const files = filesOf(context, inputs);
  await files.admit(context.owner, [inputs.path], fresh, context.signal);
  const result = outputs(inputs, passwordOf(inputs, published, context.kept));
  const { rootPassword: _, ...declaration } = keptDeclaration(inputs);
  await files.put(context.owner, declaration, new Map([[inputs.path, { content: result.content }]]), context.signal);
  return result;
}

async function create(context: Context, inputs: Inputs): Promise<{ readonly id: string; readonly outputs: Outputs }> {
  return { id: `${inputs.server}${inputs.path}`, outputs: await put(context, inputs, undefined, true) };
}

function at(id: string, connection: ConnectionFields | undefined): Pick<Inputs, "server" | "path" | "connection"> {
  const { host, rest } = splitId(id) ?? { host: "", rest: "" };
  return { server: host, path: `/${rest}`, connection };
}

/** Without the password: nobody keeps that but the program. */
async function recall(context: Context, id: string, connection?: ConnectionFields, known?: Inputs): Promise<unknown> {
  const place = at(id, connection);
  const files = filesOf(context, place);
  // A resource that the state has and the server lacks is gone; an import says more.
  const record = known === undefined ? await files.find([place.path], context.signal) : await files.look(context.signal);
  return record?.declaration;
}

async function read(
  context: Context,
  id: string,
  { inputs, outputs: before }: Recorded<typeof answerfileInputs, typeof answerfileOutputs>,
): Promise<Known | undefined> {
  const place = at(id, inputs.connection);
  const files = filesOf(context, place);
  const record = await files.look(context.signal);
  if (record === undefined) return undefined;
  const actual = (await files.read(record, context.signal)).get(place.path);
  if (actual === undefined) return undefined;
  const published = passwordIn(actual);
  // Not always known: a client may keep no password, and the record has none. Its hash does as well, and after an import what is published.
  const hash = before.publishedPasswordHash ?? published;
  const password = passwordOf(inputs, hash) ?? (hash === undefined ? undefined : { type: "hash" as const, text: hash });
  const wanted = outputs(inputs, password);
  const difference = firstDifference(place.path, wanted.content, actual, (line) => line.includes("root-password"));
  return { inputs, outputs: { ...wanted, content: actual, drift: difference === undefined ? [] : [difference] } };
}

function passwordIn(content: string): string | undefined {
  return /<root-password type="hash">([^<]*)</.exec(content)?.[1];
}

async function update(context: Context, _id: string, prior: Known, inputs: Inputs): Promise<Outputs> {
  return put(context, inputs, prior.outputs.publishedPasswordHash, false);
}

async function remove(context: Context, id: string, prior: Known): Promise<void> {
  await filesOf(context, at(id, prior.inputs.connection)).remove(context.signal);
}

export const life = { preview, create, recall, read, update, delete: remove } satisfies Life<
  typeof answerfileInputs,
  typeof answerfileOutputs
>;
