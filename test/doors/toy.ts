import { z } from "zod";
import { defineFunction, defineResource, Incomplete } from "../../provider/core/define";
import type { Catalog } from "../../provider/doors/catalog";
import { CspError } from "../../provider/errors";
import type { Hosts } from "../../provider/host/session/hosts";

/** What a toy shelf holds, by shelf; tests change it behind the engine's back. */
export const shelves = new Map<string, { items: { name: string; size: string }[] }>();
/** What was done, in order. */
export const journal: string[] = [];

const item = z.object({
  name: z.string(),
  size: z
    .string()
    .meta({ canonical: (text: string) => String(Number(text)) })
    .default("1"),
  note: z.string().optional(),
});

/** A resource that lives outside the state, like a host's rules, without a host. */
export const shelf = defineResource({
  token: "csp:toy:Shelf",
  description: "A shelf.",
  inputs: z.object({
    name: z.string().meta({ identity: true }),
    items: z.array(item).default([]).meta({ keyedBy: "name" }),
    password: z.string().optional().meta({ secret: true }),
    history: z.array(z.string()).optional().meta({ inputOnly: true }),
    behaviour: z.enum(["good", "fails", "half", "slow", "broken", "talks", "shouts", "lingers"]).default("good"),
  }),
  outputs: z.object({ count: z.int(), label: z.string() }),
  importId: "<name>",
  live: true,
  preview: async (_context, inputs) => ({ label: `shelf ${inputs.name}` }),
  create: async (context, inputs) => {
    journal.push(`create ${inputs.name} for ${context.owner}`);
    if (inputs.behaviour === "fails")
      throw new CspError("shelf-full", `shelf ${inputs.name}`, `there is no room for ${inputs.password}`, "Build another");
    if (inputs.behaviour === "broken") throw new TypeError("undefined is not a shelf");
    if (inputs.behaviour === "slow")
      await new Promise((_, reject) =>
        context.signal.addEventListener("abort", () => reject(new CspError("cancelled", "shelf", "stopped", "run again"))),
      );
    // Like a host that is still moving files after csp has its answer.
    if (inputs.behaviour === "lingers") context.signal.addEventListener("abort", () => journal.push(`stopped ${inputs.name}`));
    if (inputs.behaviour === "talks") {
      for (let i = 1; i <= 100; i++) context.status(`${i}/100 items`);
      context.warn(`the shelf creaks under ${inputs.password}`);
    }
    if (inputs.behaviour === "shouts") {
      context.status("\u001b[2Jall is well");
      context.warn("\u202eall is well\u009b");
    }
    shelves.set(inputs.name, { items: inputs.items.map(({ name, size }) => ({ name, size: String(Number(size)) })) });
    if (inputs.behaviour === "half")
      throw new Incomplete(
        inputs.name,
        { count: 0, label: "half" },
        new CspError("half", `shelf ${inputs.name}`, "only half of it stands", "Run the update again"),
      );
    return { id: inputs.name, outputs: { count: inputs.items.length, label: `shelf ${inputs.name}` } };
  },
  recall: async (_context, id) => {
    const found = shelves.get(id);
    return found === undefined ? undefined : { name: id, items: found.items };
  },
  read: async (_context, id, prior) => {
    journal.push(`read ${id}`);
    const found = shelves.get(id);
    if (found === undefined) return undefined;
    const notes = new Map(prior?.inputs.items.map(({ name, note }) => [name, note]));
    const items = found.items.map(({ name, size }) => ({
      name,
      size,
      ...(notes.get(name) === undefined ? {} : { note: notes.get(name) }),
    }));
    return {
      inputs: { ...prior?.inputs, behaviour: prior?.inputs.behaviour ?? "good", name: id, items },
      outputs: { count: items.length, label: `shelf ${id}` },
    };
  },
  update: async (_context, id, _prior, inputs) => {
    journal.push(`update ${id}`);
    shelves.set(id, { items: inputs.items.map(({ name, size }) => ({ name, size: String(Number(size)) })) });
    return { count: inputs.items.length, label: `shelf ${id}` };
  },
  delete: async (_context, id) => {
    journal.push(`delete ${id}`);
    shelves.delete(id);
  },
});

export const count = defineFunction({
  token: "csp:toy:count",
  description: "How many items a shelf holds.",
  inputs: z.object({ name: z.string() }),
  outputs: z.object({ count: z.int() }),
  invoke: async (_context, { name }) => ({ count: shelves.get(name)?.items.length ?? 0 }),
});

export const hostsClosed = { times: 0 };
const noHosts: Hosts = {
  get: (name) => {
    throw new CspError("no-host", name, "toys have no hosts", "");
  },
  known: () => undefined,
  close: () => {
    hostsClosed.times++;
  },
};

export async function toyCatalog(): Promise<Catalog> {
  return { resources: [shelf], functions: [count], createHosts: () => noHosts };
}
