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
