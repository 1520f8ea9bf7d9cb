import { request } from "../request";
import { BYTES, Reader, Writer } from "../wire";
import { type Attribute, type AttributeType, nestingOf, typeExpression } from "./attributes";

/**
 * The messages of Terraform's provider protocol, version 6, as much of it as csp speaks, by field number: what goes over the wire is an
 * interface, and this is a description of ours. Names are the protocol's (opentofu: docs/plugin-protocol).
 */

/** A value of the schema's type: msgpack, or JSON. */
export interface DynamicValue {
  readonly msgpack: Uint8Array | undefined;
  readonly json: string;
}

export const dynamicValue: (buffer: Buffer) => DynamicValue = request({ msgpack: [1, "bytes"], json: [2, "string"] });

export const emptyRequest = request({});
export const configRequest = request({ config: [1, "bytes"] });
export const configureRequest = request({ terraformVersion: [1, "string"], config: [2, "bytes"] });
export const validateRequest = request({ typeName: [1, "string"], config: [2, "bytes"] });
export const validateResourceRequest = request({ typeName: [1, "string"], config: [2, "bytes"], clientCapabilities: [3, "bytes"] });
/** What a client can do, sent from protocol 6.7 on. An older one sends nothing, and an empty message says as much. */
export const clientCapabilities = request({ writeOnlyAttributes: [2, "bool"] });
export const upgradeRequest = request({ typeName: [1, "string"], version: [2, "uint"], rawState: [3, "bytes"] });
export const readRequest = request({ typeName: [1, "string"], currentState: [2, "bytes"], private: [3, "bytes"] });
export const planRequest = request({
  typeName: [1, "string"],
  priorState: [2, "bytes"],
  proposedNewState: [3, "bytes"],
  config: [4, "bytes"],
  priorPrivate: [5, "bytes"],
});
export const applyRequest = request({
  typeName: [1, "string"],
  priorState: [2, "bytes"],
  plannedState: [3, "bytes"],
  config: [4, "bytes"],
  plannedPrivate: [5, "bytes"],
});
export const importRequest = request({ typeName: [1, "string"], id: [2, "string"] });

/** A state as a state file has it. */
export const rawState = (buffer: Buffer): string => {
  const reader = new Reader(buffer);
  while (!reader.done) {
    const { field, type } = reader.tag();
    if (field === 1 && type === BYTES) return reader.string();
    reader.skip(type);
  }
  return "null";
};

function response(write: (writer: Writer) => void): Buffer {
  const writer = new Writer();
  write(writer);
  return writer.finish();
}

export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly summary: string;
  readonly detail?: string;
  /** Names of attributes, keys of maps, indices of lists. */
  readonly attribute?: readonly Step[];
}

export type Step = { readonly attribute: string } | { readonly key: string } | { readonly index: number };

function writePath(w: Writer, field: number, steps: readonly Step[]): void {
  w.message(field, () => {
    for (const step of steps) {
      w.message(1, () => {
        if ("attribute" in step) w.presentString(1, step.attribute);
        else if ("key" in step) w.presentString(2, step.key);
        else w.presentUint(3, step.index);
      });
    }
  });
}

function writeDiagnostics(w: Writer, field: number, diagnostics: readonly Diagnostic[]): void {
  for (const { severity, summary, detail = "", attribute } of diagnostics) {
    w.message(field, () => {
      w.uint(1, severity === "error" ? 1 : 2);
      w.string(2, summary);
      w.string(3, detail);
      if (attribute !== undefined) writePath(w, 4, attribute);
    });
  }
}

function writeValue(w: Writer, field: number, msgpack: Uint8Array): void {
  w.message(field, () => w.bytes(1, msgpack));
}

/** The calls whose answer is diagnostics and nothing else; the protocol numbers them differently. */
export const diagnosticsResponse = (field: 1 | 2, diagnostics: readonly Diagnostic[]): Buffer =>
  response((w) => writeDiagnostics(w, field, diagnostics));

export const upgradeResponse = (state: Uint8Array | undefined, diagnostics: readonly Diagnostic[]): Buffer =>
  response((w) => {
    if (state !== undefined) writeValue(w, 1, state);
    writeDiagnostics(w, 2, diagnostics);
  });

export const readResponse = (state: Uint8Array, diagnostics: readonly Diagnostic[], privateBytes: Uint8Array | undefined): Buffer =>
  response((w) => {
    writeValue(w, 1, state);
    writeDiagnostics(w, 2, diagnostics);
    if (privateBytes !== undefined) w.bytes(3, privateBytes);
  });

export interface PlanAnswer {
  readonly state: Uint8Array | undefined;
  readonly requiresReplace: readonly (readonly Step[])[];
  readonly private: Uint8Array | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export const planResponse = ({ state, requiresReplace, private: privateBytes, diagnostics }: PlanAnswer): Buffer =>
  response((w) => {
    if (state !== undefined) writeValue(w, 1, state);
    for (const path of requiresReplace) writePath(w, 2, path);
    if (privateBytes !== undefined) w.bytes(3, privateBytes);
    writeDiagnostics(w, 4, diagnostics);
  });

export const applyResponse = (state: Uint8Array, diagnostics: readonly Diagnostic[], privateBytes: Uint8Array | undefined): Buffer =>
  response((w) => {
    writeValue(w, 1, state);
    if (privateBytes !== undefined) w.bytes(2, privateBytes);
    writeDiagnostics(w, 3, diagnostics);
  });

export const importResponse = (typeName: string, state: Uint8Array | undefined, diagnostics: readonly Diagnostic[]): Buffer =>
  response((w) => {
    if (state !== undefined) {
      w.message(1, () => {
        w.string(1, typeName);
        writeValue(w, 2, state);
      });
    }
    writeDiagnostics(w, 2, diagnostics);
  });

export const dataResponse = (state: Uint8Array | undefined, diagnostics: readonly Diagnostic[]): Buffer =>
  response((w) => {
    if (state !== undefined) writeValue(w, 1, state);
    writeDiagnostics(w, 2, diagnostics);
  });

/** An empty text is "stopped". */
export const stopResponse = (error: string): Buffer => response((w) => w.string(1, error));

/** What one type or the provider is made of. */
export interface Schema {
  readonly version: number;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

export interface ProviderSchema {
  readonly provider: Schema;
  readonly resources: ReadonlyMap<string, Schema>;
  readonly dataSources: ReadonlyMap<string, Schema>;
}

const NESTING = { single: 1, list: 2, map: 4 } as const;
const MARKDOWN = 1;

function writeAttribute(w: Writer, field: number, { name, description, mode, sensitive, writeOnly, type }: Attribute): void {
  w.message(field, () => {
    w.string(1, name);
    const nesting = nestingOf(type);
    if (nesting === undefined) w.bytes(2, Buffer.from(JSON.stringify(typeExpression(type as AttributeType))));
    w.string(3, description);
    w.bool(4, mode === "required");
    w.bool(5, mode === "optional");
    w.bool(6, mode === "computed");
    w.bool(7, sensitive);
    w.uint(8, MARKDOWN);
    if (nesting !== undefined) {
      w.message(10, () => {
        for (const inner of nesting.attributes) writeAttribute(w, 1, inner);
        w.uint(3, NESTING[nesting.nesting]);
      });
    }
    w.bool(11, writeOnly === true);
  });
}

/** `required`: of one block that it is there, of several that there is one. */
function writeBlock(w: Writer, field: number, { name, description, mode, type }: Attribute): void {
  const nesting = nestingOf(type);
  if (nesting === undefined) throw new Error(`${name}: a block is made of attributes`);
  w.message(field, () => {
    w.string(1, name);
    w.message(2, () => writeContent(w, nesting.attributes, description));
    w.uint(3, NESTING[nesting.nesting]);
    w.uint(4, mode === "required" ? 1 : 0);
    w.uint(5, mode === "required" && nesting.nesting === "single" ? 1 : 0);
  });
}

function writeContent(w: Writer, attributes: readonly Attribute[], description: string): void {
  for (const attribute of attributes) if (!attribute.block) writeAttribute(w, 2, attribute);
  for (const attribute of attributes) if (attribute.block) writeBlock(w, 3, attribute);
  w.string(4, description);
  w.uint(5, MARKDOWN);
}

function writeSchema(w: Writer, field: number, { version, description, attributes }: Schema): void {
  w.message(field, () => {
    w.uint(1, version);
    w.message(2, () => writeContent(w, attributes, description));
  });
}

/** plan_destroy, and get_provider_schema_optional: Terraform may use a schema it has. */
function writeCapabilities(w: Writer, field: number): void {
  w.message(field, () => {
    w.bool(1, true);
    w.bool(2, true);
  });
}

const EMPTY: Schema = { version: 0, description: "", attributes: [] };

export const schemaResponse = ({ provider, resources, dataSources }: ProviderSchema): Buffer =>
  response((w) => {
    writeSchema(w, 1, provider);
    for (const [field, schemas] of [
      [2, resources],
      [3, dataSources],
    ] as const) {
      for (const [name, schema] of schemas) {
        w.message(field, () => {
          w.string(1, name);
          writeSchema(w, 2, schema);
        });
      }
    }
    // A provider without it is asked for it again.
    writeSchema(w, 5, EMPTY);
    writeCapabilities(w, 6);
  });

export const metadataResponse = ({ resources, dataSources }: ProviderSchema): Buffer =>
  response((w) => {
    writeCapabilities(w, 1);
    for (const name of dataSources.keys()) w.message(3, () => w.string(1, name));
    for (const name of resources.keys()) w.message(4, () => w.string(1, name));
  });
