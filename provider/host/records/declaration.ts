/** A resource's declaration as it is kept where the resource lives: a type that what holds a `connection` does not fit. */
export type KeptDeclaration = Readonly<Record<string, unknown>> & { readonly connection?: never };

/**
 * What of a resource's inputs may be kept on a host: all but how the host is reached. Credentials are never written to one. The one place where
 * they are taken off.
 */
export function keptDeclaration<I extends { readonly connection?: unknown }>(inputs: I): Omit<I, "connection"> & KeptDeclaration {
  const { connection: _, ...declaration } = inputs;
  return declaration as Omit<I, "connection"> & KeptDeclaration;
}

/** The `declaration` line of a record; undefined if it has none. */
export function parseDeclaration(text: string): unknown {
  const line = text.split("\n").find((candidate) => candidate.startsWith("declaration "));
  return line === undefined ? undefined : (JSON.parse(line.slice("declaration ".length)) as unknown);
}

/** The declaration of each guest, by UUID, from the `uuid` and `declaration` lines of their records. */
export function parseGuestDeclarations(text: string): Map<string, unknown> {
  const declarations = new Map<string, unknown>();
  let uuid = "";
  for (const line of text.split("\n")) {
    if (line.startsWith("uuid ")) uuid = line.slice("uuid ".length);
    else if (line.startsWith("declaration ")) declarations.set(uuid, parseDeclaration(line));
  }
  return declarations;
}
