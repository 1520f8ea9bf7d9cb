import { BYTES, Reader } from "./wire";

/** Reading of protocol buffer messages by a table of their fields. */
type FieldType = "string" | "strings" | "bool" | "uint" | "double" | "bytes" | "stringMap";

export type Fields = Readonly<Record<string, readonly [number: number, type: FieldType]>>;

type Value<T extends FieldType> = T extends "string"
  ? string
  : T extends "strings"
    ? readonly string[]
    : T extends "bool"
      ? boolean
      : T extends "uint" | "double"
        ? number
        : T extends "stringMap"
          ? ReadonlyMap<string, string>
          : Buffer | undefined;

export type Message<F extends Fields> = { readonly [K in keyof F]: Value<F[K][1]> };

/** Reads a request; absent fields have their zero value, as the protocol has it. */
export function request<F extends Fields>(fields: F): (buffer: Buffer) => Message<F> {
  const byNumber = new Map(Object.entries(fields).map(([name, [number, type]]) => [number, { name, type }]));
  return (buffer) => {
    const message: Record<string, unknown> = {};
    for (const [name, [, type]] of Object.entries(fields)) message[name] = zero(type);
    const reader = new Reader(buffer);
    while (!reader.done) {
      const { field, type: wireType } = reader.tag();
      const known = byNumber.get(field);
      if (known === undefined) {
        reader.skip(wireType);
        continue;
      }
      const { name, type } = known;
      if (type === "string") message[name] = reader.string();
      else if (type === "strings") (message[name] as string[]).push(reader.string());
      else if (type === "bool") message[name] = reader.varint() !== 0;
      else if (type === "uint") message[name] = reader.varint();
      else if (type === "double") message[name] = reader.double();
      else if (type === "stringMap") readEntry(reader.message(), message[name] as Map<string, string>);
      else message[name] = reader.bytes();
    }
    return message as Message<F>;
  };
}

function zero(type: FieldType): unknown {
  switch (type) {
    case "string":
      return "";
    case "strings":
      return [];
    case "bool":
      return false;
    case "uint":
    case "double":
      return 0;
    case "stringMap":
      return new Map();
    case "bytes":
      return undefined;
  }
}

function readEntry(reader: Reader, into: Map<string, string>): void {
  let key = "";
  let value = "";
  while (!reader.done) {
    const { field, type } = reader.tag();
    if (field === 1 && type === BYTES) key = reader.string();
    else if (field === 2 && type === BYTES) value = reader.string();
    else reader.skip(type);
  }
  into.set(key, value);
}
