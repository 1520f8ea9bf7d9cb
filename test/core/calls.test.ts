import { z } from "zod";
import { create, expecting, remove, update } from "../../provider/core/apply";
import { ask } from "../../provider/core/ask";
import { check } from "../../provider/core/check";
import { defineFunction, defineResource, Incomplete, UNKNOWN, type Values } from "../../provider/core/define";
import { driftInWords, isDrifted } from "../../provider/core/drift";
import { failureOf, traceOf } from "../../provider/core/failure";
import { compare, foresee, isNone, oldGoesFirst } from "../../provider/core/plan";
import { readBack } from "../../provider/core/read-back";
import { outputNames, stateOf } from "../../provider/core/state";
import { CspError } from "../../provider/errors";
import type { Context } from "../../provider/host/session/task";

/** A resource's life without a door and without a host: each call receives plain values. */

const context = { owner: "test" } as Context;
const UNREADABLE = new CspError("no-file", "file missing", "it cannot be read", "make it");

interface Kept {
  readonly size: string;
}
/** What is on the shelf, by name, and what was done, in order. */
const kept = new Map<string, Kept>();
const journal: string[] = [];

const jar = defineResource({
  token: "csp:toy:Jar",
  description: "A jar.",
  inputs: z.object({
    name: z.string().meta({ identity: true }),
    size: z
      .string()
      .meta({ canonical: (text: string) => String(Number(text)) })
      .default("1"),
    label: z.string().optional(),
    connection: z.object({ address: z.string() }).optional(),
  }),
  outputs: z.object({ weight: z.int(), content: z.string(), drift: z.array(z.string()) }),
  importId: "<name>",
  live: true,
  crossCheck: ({ name, label }, report) => {
    if (name === label) report(["label"], "it is the name", "leave it out");
  },
  deleteBeforeReplace: (old, next) => old.size === next.size,
  contents: async ({ label }) => {
    if (label === "missing") throw UNREADABLE;
    return { content: label === UNKNOWN ? UNKNOWN : `of ${label}` };
  },
  preview: async (_context, { name, size }, prior) => {
    journal.push(`preview ${name} ${size} ${prior?.inputs.size ?? "new"}`);
    return { weight: 3 };
  },
  create: async (_context, { name, size, label }) => {
    const outputs = { weight: 3, content: "", drift: [] };
    if (label === "heavy") throw UNREADABLE;
    if (label === "cracked") throw new Incomplete(name, { ...outputs, drift: ["a crack\u001b[2J"] }, UNREADABLE);
    kept.set(name, { size });
    return { id: name, outputs };
  },
  recall: async (_context, id, connection, known) => {
    journal.push(`recall ${id} ${connection?.address} ${known?.size}`);
    const found = kept.get(id);
    return found === undefined ? undefined : { name: id, size: found.size };
  },
  read: async (_context, id, { inputs }) => {
    const found = kept.get(id);
    if (found === undefined) return undefined;
    const same = found.size === inputs.size;
    return {
      inputs: same ? inputs : { ...inputs, size: found.size },
      outputs: { weight: 3, content: "", drift: same ? [] : ["it is not the size"] },
    };
  },
  expect: (_context, id) => {
    journal.push(`expect ${id}`);
    return () => journal.push(`no more ${id}`);
  },
  update: async (_context, id, prior, { size }) => {
    journal.push(`update ${id} from ${prior.inputs.size} to ${size}`);
    return { weight: 3, content: "", drift: [] };
  },
  delete: async (_context, id) => void kept.delete(id),
});
const value = { ...jar, live: false };

const known = (written: Values, drifted = false) => ({ written, state: stateOf(jar, () => written, {}), drifted });

beforeEach(() => {
  kept.clear();
  journal.length = 0;
});

describe("check", () => {
  test.each<[string, Values, string[], Values]>([
    ["nothing is wrong", { name: "a", label: "b" }, [], { content: "of b" }],
    ["something is not known yet", { name: "a", label: UNKNOWN }, [], { content: UNKNOWN }],
    ["a field is wrong, and its file is not looked at", { name: 3, label: "missing" }, ["name"], {}],
    ["two fields do not go together", { name: "b", label: "b" }, ["label"], {}],
    ["a file cannot be read", { name: "a", label: "missing" }, ["file missing: it cannot be read"], {}],
  ])("%s", async (_what, inputs, said, contents) => {
    const checked = await check(jar, inputs);
    expect(checked.issues.map(({ path, cause }) => path.join(".") || cause)).toEqual(said);
    expect(checked.contents).toEqual(contents);
  });
});

describe("a plan", () => {
  const quiet = { drifted: false };

  test("has no difference in another spelling, a default, or an ignored field", () => {
    expect(isNone(compare(jar, { name: "a", size: "02" }, { name: "a", size: "2" }, quiet))).toBe(true);
    expect(isNone(compare(jar, { name: "a" }, { name: "a", size: "1" }, quiet))).toBe(true);
    expect(isNone(compare(jar, { name: "a" }, { name: "a", size: "2" }, { ...quiet, ignores: (path) => path === "size" }))).toBe(true);
  });

  test("sees what is behind a path that stayed the same", () => {
    const { differences } = compare(jar, { name: "a", content: "old" }, { name: "a", content: "new" }, quiet);
    expect(differences.map(({ path }) => path)).toEqual(["content"]);
  });

  test("is drift where no input differs; of what is on no host there is none", () => {
    const drift = { drifted: true };
    expect(isNone(compare(jar, { name: "a" }, { name: "a" }, drift))).toBe(false);
    expect(isNone(compare(value, { name: "a" }, { name: "a" }, drift))).toBe(true);
    expect(isNone(compare(jar, { name: "a" }, { name: "a" }, { ...drift, ignores: (path) => path === "drift" }))).toBe(true);
  });

  test("replaces when the identity is another, and then the definition says which goes first", () => {
    const [before, after] = [{ name: "a" }, { name: "b", size: "1" }];
    expect(compare(jar, before, after, quiet).replaces).toBe(true);
    expect(oldGoesFirst(jar, before, after)).toBe(true);
    expect(oldGoesFirst(jar, before, { ...after, size: "2" })).toBe(false);
  });

  test("knows the outputs that a preview knows; the host is asked when all is known and it can be reached", async () => {
    const prior = known({ name: "a", size: "7" }).state;
    const unknown = { weight: UNKNOWN, content: UNKNOWN, drift: UNKNOWN };
    expect(outputNames(jar)).toEqual(Object.keys(unknown));
    expect(await foresee(jar, () => context, { inputs: { name: UNKNOWN } })).toEqual(unknown);
    expect(await foresee(jar, undefined, { inputs: { name: "a" }, contents: { content: "c" } })).toEqual({ ...unknown, content: "c" });
    expect(journal).toEqual([]);
    expect(await foresee(jar, () => context, { inputs: { name: "a" } })).toEqual({ ...unknown, weight: 3 });
    expect(await foresee(jar, () => context, { inputs: { name: "a" }, prior })).toEqual({ ...unknown, weight: 3 });
    expect(journal).toEqual(["preview a 1 new", "preview a 1 7"]);
  });
});

describe("a change", () => {
  test("is given inputs with their defaults, and none that are unknown", async () => {
    expect(await create(jar, context, { name: "a" })).toEqual({ id: "a", outputs: { weight: 3, content: "", drift: [] } });
    await update(jar, context, "a", known({ name: "a" }).state, { name: "a", size: "2" });
    expect(journal).toEqual(["update a from 1 to 2"]);
    await expect(create(jar, context, { name: UNKNOWN })).rejects.toThrow("all must be known");
    await remove(jar, context, "a", known({ name: "a" }).state);
    expect(kept.size).toBe(0);
  });

  test("that came to half of it is a value: what there is, safe to show, and why", async () => {
    const applied = await create(jar, context, { name: "a", label: "cracked" });
    expect(applied).toEqual({ id: "a", outputs: { weight: 3, content: "", drift: ["a crack\\u{1b}[2J"] }, failure: UNREADABLE });
    const shown = await create(value, context, { name: "a", label: "cracked" });
    expect(shown.outputs.drift).toEqual(["a crack\u001b[2J"]);
  });

  test("that left nothing behind is thrown", async () => {
    await expect(create(jar, context, { name: "a", label: "heavy" })).rejects.toBe(UNREADABLE);
  });

  test("is expected while it is being read, and no more when that failed", async () => {
    const failing = expecting(jar, context, "a", async () => {
      journal.push("reading");
      throw UNREADABLE;
    });
    await expect(failing).rejects.toBe(UNREADABLE);
    expect(journal).toEqual(["expect a", "reading", "no more a"]);
    expect(await expecting({ ...jar, expect: undefined }, context, "a", async () => "read")).toBe("read");
  });
});

describe("what is read back", () => {
  test("is gone", async () => {
    expect(await readBack(jar, context, "a", known({ name: "a" }))).toBeUndefined();
    expect(await readBack(jar, context, "a")).toBeUndefined();
  });

  test("is what was written, the very object, where nothing is otherwise", async () => {
    kept.set("a", { size: "1" });
    const written = { name: "a" };
    const found = await readBack(jar, context, "a", known(written));
    expect(found).toEqual({ inputs: written, outputs: { weight: 3, content: "", drift: [] }, untouched: true });
    expect(found?.inputs).toBe(written);
    expect(journal).toEqual([]);
  });

  test("is in the user's words but for what is otherwise, and that is told", async () => {
    kept.set("a", { size: "2" });
    const written = { name: "a", label: "b" };
    const found = await readBack(jar, context, "a", known(written));
    expect(found).toMatchObject({ inputs: { name: "a", size: "2", label: "b" }, untouched: false });
    expect(isDrifted(found?.outputs ?? {})).toBe(true);
    expect(found && driftInWords(jar, written, found)).toEqual(["+ size", "it is not the size"]);
  });

  test("is without defaults after an import", async () => {
    kept.set("a", { size: "1" });
    expect((await readBack(jar, context, "a"))?.inputs).toEqual({ name: "a" });
    expect(journal).toEqual(["recall a undefined undefined"]);
  });

  test("is held against what the host has kept, where the state holds drift; the connection is the state's", async () => {
    kept.set("a", { size: "1" });
    const found = await readBack(jar, context, "a", known({ name: "a", size: "5", connection: { address: "x" } }, true));
    expect(found).toMatchObject({ inputs: { name: "a", connection: { address: "x" } }, outputs: { drift: [] }, untouched: false });
    expect(journal).toEqual(["recall a x 5"]);
  });
});

describe("a question", () => {
  const weigh = defineFunction({
    token: "csp:toy:weigh",
    description: "How much.",
    inputs: z.object({ host: z.string(), unit: z.string().default("g") }),
    outputs: z.object({ said: z.string() }),
    invoke: async (_context, { unit }) => ({ said: `3 ${unit}\u001b[2J` }),
  });

  test("that is wrong is asked of nobody", async () => {
    const nobody = () => {
      throw new Error("asked");
    };
    const asked = await ask(weigh, nobody, { hots: "a" });
    expect(asked.refused?.map(({ path }) => path)).toEqual([["hots"], ["host"]]);
  });

  test("is answered in a form that can be shown, or as it was found", async () => {
    expect(await ask(weigh, () => context, { host: "a" })).toEqual({ answer: { said: "3 g\\u{1b}[2J" } });
    expect(await ask(weigh, () => context, { host: "a" }, { asFound: true })).toEqual({ answer: { said: "3 g\u001b[2J" } });
  });
});

describe("a failure", () => {
  test.each([
    ["is understood, stopped or not", UNREADABLE, true, { kind: "refused", message: UNREADABLE.message }],
    ["is the user's stop", new Error("aborted"), true, { kind: "stopped" }],
    ["is a fault of ours", new TypeError("x is no jar"), false, { kind: "fault", message: expect.stringMatching(/x is no jar.*report/) }],
    ["is anything that was thrown", "why", false, { kind: "fault", message: expect.stringContaining("why") }],
  ])("%s", (_what, error, stopped, failure) => expect(failureOf(error, stopped)).toEqual(failure));

  test("leaves a trace where it is ours", () => {
    expect(traceOf(UNREADABLE)).toBeUndefined();
    expect(traceOf(new TypeError("x is no jar"))).toMatch(/x is no jar\n\s+at /);
  });
});
