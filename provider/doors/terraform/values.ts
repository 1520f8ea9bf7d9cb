import { decode, Encoder, ExtensionCodec } from "@msgpack/msgpack";
import { isPlain } from "../../core/defaults";
import type { Values } from "../../core/define";
import { UNKNOWN } from "../../schema/field";
import type { Attribute, AttributeType, DynamicType } from "./attributes";
import { bothSet } from "./errors";
import { Keys } from "./keys";

/**
 * Terraform's values: msgpack, or JSON where a state file is read, of the type the schema says (docs/plugin-protocol,
 * object-wire-format.md). The core's are plain objects under the core's own names, without what is null; UNKNOWN where something is not
 * known yet.
 */
export type { Values } from "../../core/define";

/**
 * Any extension stands for something unknown; those with a code other than 0 also say what is known about it. Each goes back as it came: to
 * Terraform, what it knows more about is another value.
 */
class Unknown {
  constructor(
    readonly code: number,
    readonly data: Uint8Array,
  ) {}
}
const NOTHING_KNOWN = new Unknown(0, Uint8Array.of(0));
const extensions = new ExtensionCodec();
for (const type of [0, 12])
  extensions.register({
    type,
    encode: (value) => (value instanceof Unknown && value.code === type ? value.data : null),
    decode: (data) => new Unknown(type, data.slice()),
  });
const encoder = new Encoder({ extensionCodec: extensions });

/** A value of any type as it came: its type, in Terraform's notation, and itself. */
type Given = readonly [type: Uint8Array, value: unknown];

/**
 * By what the core has of it. Terraform takes a plan's value of any type for the configured one only where the types are the same too, a list
 * of texts being another one than a tuple of them, which is all one to the core.
 */
const asGiven = new WeakMap<object, Given>();

/** Undefined for null: no such object. `keys` is told of those that there are not. */
export function decodeValue(attributes: readonly Attribute[], bytes: Uint8Array, keys?: Keys): Values | undefined {
  return fromWire({ kind: "object", attributes }, decode(bytes, { extensionCodec: extensions }), keys) as Values | undefined;
}

/** As {@link decodeValue}, of a state file's JSON. */
export function decodeJsonState(attributes: readonly Attribute[], text: string, keys?: Keys): Values | undefined {
  return fromWire({ kind: "object", attributes }, JSON.parse(text), keys) as Values | undefined;
}

/**
 * Undefined gives null. Every attribute is there, null when there is nothing to say. `configured`, of the same resource: what is unknown in
 * both is as little known as there.
 */
export function encodeValue(attributes: readonly Attribute[], values: Values | undefined, configured?: Uint8Array): Uint8Array {
  const like = configured === undefined ? undefined : decode(configured, { extensionCodec: extensions });
  return encoder.encode(toWire({ kind: "object", attributes }, values, like));
}

function fromWire(type: AttributeType, value: unknown, keys?: Keys): unknown {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Unknown) return UNKNOWN;
  switch (type.kind) {
    case "object":
      return isPlain(value) ? object(type.attributes, value, keys) : value;
    case "list":
    case "set":
      return Array.isArray(value) ? value.map((element) => fromWire(type.element, element)) : value;
    case "map":
      return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fromWire(type.element, entry)])) : value;
    case "number":
      // Numbers that no binary form holds exactly come as text.
      return typeof value === "string" || typeof value === "bigint" ? Number(value) : value;
    case "dynamic":
      return fromDynamic(type, value, keys);
    default:
      return value;
  }
}

function object(attributes: readonly Attribute[], value: Values, keys?: Keys): Values {
  const fields: Record<string, unknown> = {};
  for (const { name, field, type, block } of attributes) {
    const given = value[name];
    const entry = keys === undefined || type.kind !== "dynamic" ? fromWire(type, given) : keys.at(field, () => fromWire(type, given, keys));
    // No blocks are an empty list.
    if (entry === undefined || (block && Array.isArray(entry) && entry.length === 0)) continue;
    if (field in fields) throw bothSet(name, attributes.find((other) => other.field === field)?.name ?? field);
    fields[field] = entry;
  }
  return fields;
}

/** A pair of type and value; in a state file an object of the two. */
function fromDynamic({ of }: DynamicType, pair: unknown, keys: Keys = new Keys([])): unknown {
  const [type, value] = Array.isArray(pair)
    ? (pair as [Uint8Array, unknown])
    : isPlain(pair)
      ? [new TextEncoder().encode(JSON.stringify(pair.type)), pair.value]
      : [undefined, pair];
  if (of === undefined) return plain(value);
  const own = fromGiven(of, value, keys);
  if (type !== undefined && typeof own === "object" && own !== null) asGiven.set(own, [type, value]);
  return own;
}

/** As {@link fromWire}, of a value that nobody has held to its type yet: what Terraform converts elsewhere is converted, and no key is left out. */
function fromGiven(type: AttributeType, value: unknown, keys: Keys): unknown {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Unknown) return UNKNOWN;
  switch (type.kind) {
    case "object":
      return isPlain(value)
        ? keys.object(type.attributes, value, () => {
            const fields: Record<string, unknown> = {};
            for (const { name, field, type: inner } of type.attributes) {
              const entry = Object.hasOwn(value, name) ? keys.at(field, () => fromGiven(inner, value[name], keys)) : undefined;
              if (entry === undefined) continue;
              if (field in fields) throw bothSet(name, type.attributes.find((other) => other.field === field)?.name ?? field);
              fields[field] = entry;
            }
            return fields;
          })
        : value;
    case "list":
    case "set":
      return Array.isArray(value) ? value.map((element, index) => keys.at(index, () => fromGiven(type.element, element, keys))) : value;
    case "map":
      return isPlain(value)
        ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, keys.at(key, () => fromGiven(type.element, entry, keys))]))
        : value;
    case "string":
      return typeof value === "number" || typeof value === "bigint" || typeof value === "boolean" ? String(value) : value;
    case "number":
      return typeof value === "bigint" || (typeof value === "string" && /^-?\d+(\.\d+)?$/.test(value)) ? Number(value) : value;
    case "bool":
      return value === "true" ? true : value === "false" ? false : value;
    case "dynamic":
      return plain(value);
  }
}

function plain(value: unknown): unknown {
  if (value === null) return undefined;
  if (value instanceof Unknown) return UNKNOWN;
  if (Array.isArray(value)) return value.map(plain);
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)])) : value;
}

function toWire(type: AttributeType, value: unknown, like: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (value === UNKNOWN) return isUnknown(like) ? like : NOTHING_KNOWN;
  switch (type.kind) {
    case "object": {
      const fields = isPlain(value) ? value : {};
      const likes = isPlain(like) ? like : {};
      return Object.fromEntries(
        type.attributes.map((attribute) => {
          const { name, type: inner, block } = attribute;
          const sent = toWire(inner, own(attribute, fields), likes[name]);
          return [name, block && sent === null && inner.kind === "list" ? [] : sent];
        }),
      );
    }
    case "list":
    case "set":
      return Array.isArray(value)
        ? value.map((element, index) => toWire(type.element, element, Array.isArray(like) ? like[index] : undefined))
        : null;
    case "map":
      return isPlain(value)
        ? Object.fromEntries(
            Object.entries(value).map(([key, entry]) => [key, toWire(type.element, entry, isPlain(like) ? like[key] : undefined)]),
          )
        : null;
    case "string":
      return typeof value === "string" ? value : String(value);
    case "dynamic": {
      const given = typeof value === "object" ? asGiven.get(value) : undefined;
      if (given !== undefined) return given;
      const named = type.of === undefined ? value : inNames(type.of, value);
      return [new TextEncoder().encode(JSON.stringify(typeOfValue(named))), bare(named)];
    }
    default:
      return value;
  }
}

/** Of a value of any type the type may be known before it is. */
function isUnknown(value: unknown): boolean {
  return (
    value instanceof Unknown || (Array.isArray(value) && value.length === 2 && ArrayBuffer.isView(value[0]) && value[1] instanceof Unknown)
  );
}

/** A value of any type under Terraform's names. */
function inNames(type: AttributeType, value: unknown): unknown {
  if (type.kind === "object" && isPlain(value))
    return Object.fromEntries(
      type.attributes.flatMap((attribute) => {
        const entry = own(attribute, value);
        return entry === undefined || entry === null ? [] : [[attribute.name, inNames(attribute.type, entry)]];
      }),
    );
  if ((type.kind === "list" || type.kind === "set") && Array.isArray(value)) return value.map((element) => inNames(type.element, element));
  if (type.kind === "map" && isPlain(value))
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, inNames(type.element, entry)]));
  return value;
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
  if (value === UNKNOWN) return NOTHING_KNOWN;
  if (Array.isArray(value)) return value.map(bare);
  return isPlain(value) ? Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, bare(entry)])) : value;
}
