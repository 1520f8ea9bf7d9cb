import { request } from "../request";
import { Writer } from "../wire";

/**
 * The messages of the provider protocol, by field number (pulumi/proto: provider.proto, engine.proto, plugin.proto; google.rpc.Status).
 * A `struct` stays bytes here: codec.ts reads it when it is asked for, so that a request's large parts that nobody looks at cost nothing.
 */
export const handshakeRequest = request({ engineAddress: [1, "string"] });
export const configureRequest = request({ variables: [1, "stringMap"], args: [2, "bytes"] });
export const getSchemaRequest = request({ version: [1, "uint"] });
export const checkRequest = request({
  urn: [1, "string"],
  olds: [2, "bytes"],
  news: [3, "bytes"],
  name: [6, "string"],
  type: [7, "string"],
});
export const diffRequest = request({
  id: [1, "string"],
  urn: [2, "string"],
  olds: [3, "bytes"],
  news: [4, "bytes"],
  ignoreChanges: [5, "strings"],
  oldInputs: [6, "bytes"],
});
export const createRequest = request({ urn: [1, "string"], properties: [2, "bytes"], timeout: [3, "double"], preview: [4, "bool"] });
export const readRequest = request({
  id: [1, "string"],
  urn: [2, "string"],
  properties: [3, "bytes"],
  inputs: [4, "bytes"],
  timeout: [10, "double"],
});
export const updateRequest = request({
  id: [1, "string"],
  urn: [2, "string"],
  olds: [3, "bytes"],
  news: [4, "bytes"],
  timeout: [5, "double"],
  ignoreChanges: [6, "strings"],
  preview: [7, "bool"],
  oldInputs: [8, "bytes"],
});
export const deleteRequest = request({
  id: [1, "string"],
  urn: [2, "string"],
  properties: [3, "bytes"],
  timeout: [4, "double"],
  oldInputs: [5, "bytes"],
});
export const invokeRequest = request({ token: [1, "string"], args: [2, "bytes"], preview: [7, "bool"] });
export const attachRequest = request({ address: [1, "string"] });
export const emptyRequest = request({});

/** Bytes of a struct, as codec.ts makes them. */
type Struct = Uint8Array | undefined;

function response(write: (writer: Writer) => void): Buffer {
  const writer = new Writer();
  write(writer);
  return writer.finish();
}

export const empty = (): Buffer => Buffer.alloc(0);

export const handshakeResponse = (value: { readonly acceptSecrets: boolean }): Buffer => response((w) => w.bool(1, value.acceptSecrets));

export const configureResponse = (value: { readonly acceptSecrets: boolean; readonly supportsPreview: boolean }): Buffer =>
  response((w) => {
    w.bool(1, value.acceptSecrets);
    w.bool(2, value.supportsPreview);
  });

export const getSchemaResponse = (schema: string): Buffer => response((w) => w.string(1, schema));

export const pluginInfo = (version: string): Buffer => response((w) => w.string(1, version));

export interface Failure {
  /** A top-level field: the engine looks it up by that name and prints its value. */
  readonly property: string;
  readonly reason: string;
}

function failures(w: Writer, field: number, list: readonly Failure[]): void {
  for (const failure of list) {
    w.message(field, () => {
      w.string(1, failure.property);
      w.string(2, failure.reason);
    });
  }
}

export const checkResponse = (value: { readonly inputs: Struct; readonly failures: readonly Failure[] }): Buffer =>
  response((w) => {
    if (value.inputs !== undefined) w.bytes(1, value.inputs);
    failures(w, 2, value.failures);
  });

export const invokeResponse = (value: { readonly result: Struct; readonly failures: readonly Failure[] }): Buffer =>
  response((w) => {
    if (value.result !== undefined) w.bytes(1, value.result);
    failures(w, 2, value.failures);
  });

export const DIFF_KINDS = { add: 0, addReplace: 1, delete: 2, deleteReplace: 3, update: 4, updateReplace: 5 } as const;

export interface DiffAnswer {
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
  /** Top-level fields. */
  readonly diffs: readonly string[];
  readonly detailed: readonly {
    readonly path: string;
    readonly kind: keyof typeof DIFF_KINDS;
    /** An output differs: the engine is to draw what the state holds against what the update will give. */
    readonly output?: boolean;
  }[];
}

export const diffResponse = (value: DiffAnswer): Buffer =>
  response((w) => {
    for (const field of value.replaces) w.presentString(1, field);
    w.bool(3, value.deleteBeforeReplace);
    w.uint(4, value.detailed.length === 0 ? 1 : 2); // DIFF_NONE, DIFF_SOME
    for (const field of value.diffs) w.presentString(5, field);
    for (const { path, kind, output } of value.detailed) {
      w.message(6, () => {
        w.presentString(1, path);
        w.message(2, () => {
          w.uint(1, DIFF_KINDS[kind]);
          // Between old and new inputs, not between old outputs and new inputs.
          w.bool(2, output !== true);
        });
      });
    }
    w.bool(7, true);
  });

export const createResponse = (value: {
  readonly id: string;
  readonly properties: Struct;
  readonly refreshBeforeUpdate: boolean;
}): Buffer =>
  response((w) => {
    w.string(1, value.id);
    if (value.properties !== undefined) w.bytes(2, value.properties);
    w.bool(3, value.refreshBeforeUpdate);
  });

/** Without an id the resource is gone. */
export const readResponse = (value: {
  readonly id: string;
  readonly properties?: Struct;
  readonly inputs?: Struct;
  readonly refreshBeforeUpdate: boolean;
}): Buffer =>
  response((w) => {
    w.string(1, value.id);
    if (value.properties !== undefined) w.bytes(2, value.properties);
    if (value.inputs !== undefined) w.bytes(3, value.inputs);
    w.bool(4, value.refreshBeforeUpdate);
  });

export const updateResponse = (value: { readonly properties: Struct; readonly refreshBeforeUpdate: boolean }): Buffer =>
  response((w) => {
    if (value.properties !== undefined) w.bytes(1, value.properties);
    w.bool(2, value.refreshBeforeUpdate);
  });

export interface InitFailed {
  readonly id: string;
  readonly properties: Struct;
  readonly inputs: Struct;
  readonly reasons: readonly string[];
  readonly refreshBeforeUpdate: boolean;
}

/** google.rpc.Status with an ErrorResourceInitFailed inside: what grpc-status-details-bin carries for a partial create or update. */
export const initFailedStatus = (code: number, message: string, value: InitFailed): Buffer =>
  response((w) => {
    w.uint(1, code);
    w.string(2, message);
    w.message(3, () => {
      w.string(1, "type.googleapis.com/pulumirpc.ErrorResourceInitFailed");
      w.message(2, () => {
        w.string(1, value.id);
        if (value.properties !== undefined) w.bytes(2, value.properties);
        for (const reason of value.reasons) w.presentString(3, reason);
        if (value.inputs !== undefined) w.bytes(4, value.inputs);
        w.bool(5, value.refreshBeforeUpdate);
      });
    });
  });

export const SEVERITIES = { debug: 0, info: 1, warning: 2, error: 3 } as const;

export interface LogEntry {
  readonly severity: keyof typeof SEVERITIES;
  readonly message: string;
  readonly urn: string;
  /** Shown as the resource's status line, and not kept. */
  readonly ephemeral: boolean;
}

export const logRequest = (value: LogEntry): Buffer =>
  response((w) => {
    w.uint(1, SEVERITIES[value.severity]);
    w.string(2, value.message);
    w.string(3, value.urn);
    w.bool(5, value.ephemeral);
  });
