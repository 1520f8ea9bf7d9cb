import { decode, Encoder, ExtensionCodec } from "@msgpack/msgpack";
import { isPlain } from "../../resources/defaults";
import { UNKNOWN } from "../../schema/field";
import type { Attribute, AttributeType } from "./attributes";
import { bothSet } from "./errors";

/**
 * Terraform's values: msgpack, or JSON where a state file is read, of the type the schema says (docs/plugin-protocol,
 * object-wire-format.md). The core's are plain objects under the core's own names, without what is null; UNKNOWN where something is not
 * known yet.
 */
export type Values = Readonly<Record<string, unknown>>;

/** Any extension stands for something unknown; those with a code other than 0 also say what is known about it. */
class Unknown {}
const UNKNOWN_SIGN = new Unknown();
const extensions = new ExtensionCodec();
extensions.register({ type: 0, encode: (value) => (value instanceof Unknown ? Uint8Array.of(0) : null), decode: () => UNKNOWN_SIGN });
extensions.register({ type: 12, encode: () => null, decode: () => UNKNOWN_SIGN });
const encoder = new Encoder({ extensionCodec: extensions });

/** Undefined for null: no such object. */
export function decodeValue(attributes: readonly Attribute[], bytes: Uint8Array): Values | undefined {
  return fromWire({ kind: "object", attributes }, decode(bytes, { extensionCodec: extensions })) as Values | undefined;
}

/** As {@link decodeValue}, of a state file's JSON. */
export function decodeJsonState(attributes: readonly Attribute[], text: string): Values | undefined {
  return fromWire({ kind: "object", attributes }, JSON.parse(text)) as Values | undefined;
}

/** Undefined gives null. Every attribute is there, null when there is nothing to say. */
export function encodeValue(attributes: readonly Attribute[], values: Values | undefined): Uint8Array {
  return encoder.encode(toWire({ kind: "object", attributes }, values));
}

function fromWire(type: AttributeType, value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Unknown) return UNKNOWN;
  switch (type.kind) {
    case "object":
      return isPlain(value) ? object(type.attributes, value) : value;
    case "list":
    case "set":
      return Array.isArray(value) ? value.map((element) => fromWire(type.element, element)) : value;
    case "map":
      return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fromWire(type.element, entry)])) : value;
    case "number":
      // Numbers that no binary form holds exactly come as text.
      return typeof value === "string" || typeof value === "bigint" ? Number(value) : value;
    case "dynamic":
      // A pair of type and value; in a state file an object of the two.
      return plain(Array.isArray(value) ? value[1] : isPlain(value) ? value.value : value);
    default:
      return value;
  }
}

function object(attributes: readonly Attribute[], value: Values): Values {
  const fields: Record<string, unknown> = {};
  for (const { name, field, type } of attributes) {
    const entry = fromWire(type, value[name]);
    if (entry === undefined) continue;
    if (field in fields) throw bothSet(name, attributes.find((other) => other.field === field)?.name ?? field);
    fields[field] = entry;
  }
  return fields;
}

function plain(value: unknown): unknown {
  if (value === null) return undefined;
  if (value instanceof Unknown) return UNKNOWN;
  if (Array.isArray(value)) return value.map(plain);
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)])) : value;
}

function toWire(type: AttributeType, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (value === UNKNOWN) return UNKNOWN_SIGN;
  switch (type.kind) {
    case "object": {
      const fields = isPlain(value) ? value : {};
      return Object.fromEntries(type.attributes.map((attribute) => [attribute.name, toWire(attribute.type, own(attribute, fields))]));
    }
    case "list":
    case "set":
      return Array.isArray(value) ? value.map((element) => toWire(type.element, element)) : null;
    case "map":
      return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, toWire(type.element, entry)])) : null;
    case "string":
      return typeof value === "string" ? value : String(value);
    case "dynamic":
      return [new TextEncoder().encode(JSON.stringify(typeOfValue(value))), bare(value)];
    default:
      return value;
  }
}

/** A field's value, where this attribute is the one of its field that is for such values, and one that may be sent at all. */
function own({ field, takes, writeOnly }: Attribute, fields: Values): unknown {
  if (writeOnly) return undefined;
  const value = fields[field];
  if (takes === undefined || value === undefined || value === UNKNOWN) return value;
  return (takes === "object") === isPlain(value) ? value : undefined;
}

/** The type of a value that has none in the schema. */
function typeOfValue(value: unknown): unknown {
  if (typeof value === "string") return "string";
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "bool";
  if (Array.isArray(value)) return ["tuple", value.map(typeOfValue)];
  if (isPlain(value)) return ["object", Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, typeOfValue(entry)]))];
  return "dynamic";
}

function bare(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (value === UNKNOWN) return UNKNOWN_SIGN;
  if (Array.isArray(value)) return value.map(bare);
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, bare(entry)])) : value;
}
