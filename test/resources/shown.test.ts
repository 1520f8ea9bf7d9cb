import { create, update } from "../../provider/core/apply";
import { ask } from "../../provider/core/ask";
import { type AnyResource, Incomplete, UNKNOWN } from "../../provider/core/define";
import { foresee } from "../../provider/core/plan";
import { readBack } from "../../provider/core/read-back";
import { shownAnswer, shownState } from "../../provider/core/shown";
import { CspError } from "../../provider/errors";
import type { Context } from "../../provider/host/session/task";
import { functionOf, functions, resourceOf } from "../../provider/resources";

const context = {} as Context;
const EVIL = "a\u001b[2J\nb\u202e";
const SHOWN = "a\\u{1b}[2J\\u{a}b\\u{202e}";

describe("what a host says, as an output", () => {
  const host: AnyResource = resourceOf("csp:index:Host");
  const saying = (outputs: object): AnyResource => ({
    ...host,
    preview: async () => outputs as never,
    create: async () => ({ id: "hv-01", outputs: outputs as never }),
    update: async () => {
      throw new Incomplete("hv-01", outputs as never, new CspError("x", "hv-01", "no", "yes"));
    },
  });

  test("is printable after a create, in a preview and beside an error, names of fields too", async () => {
    const outputs = { facts: { hostname: EVIL, [EVIL]: [EVIL] }, drift: [EVIL], limits: ["plain"] };
    const shown = { facts: { hostname: SHOWN, [SHOWN]: [SHOWN] }, drift: [SHOWN], limits: ["plain"] };
    expect(await create(saying(outputs), context, {})).toEqual({ id: "hv-01", outputs: shown });
    const unknown = Object.fromEntries(Object.keys(host.outputs.shape).map((name) => [name, UNKNOWN]));
    expect(await foresee(saying(outputs), () => context, { inputs: {} })).toEqual({ ...unknown, ...shown });
    expect(await update(saying(outputs), context, "hv-01", { inputs: {}, outputs: {} }, {})).toEqual({
      id: "hv-01",
      outputs: shown,
      failure: expect.objectContaining({ code: "x" }),
    });
  });

  test("is no longer than a reader reads: texts are cut, and drift is counted", async () => {
    const { outputs } = await create(saying({ drift: Array.from({ length: 5000 }, () => "x".repeat(20_000)), facts: {} }), context, {});
    const { drift } = outputs as unknown as { drift: string[] };
    expect([drift.length, drift.at(-1)]).toEqual([1001, "… and 4000 more"]);
    expect(drift[0]).toMatch(/^x+… \(12040 more characters\)$/);
  });

  test("files that csp made stay as they are; a function that asks no host says what it was told", async () => {
    const files = { "/x.sh": "#!/bin/sh\n\techo \u200d\n" };
    const made: AnyResource = {
      ...resourceOf("csp:install:PostInstall"),
      create: async () => ({ id: "x", outputs: { published: files, drift: [] } as never }),
    };
    expect((await create(made, context, {})).outputs).toEqual({ published: files, drift: [] });
    const said = { name: EVIL };
    const asked = functions.filter((each) => shownAnswer(each, said) !== said).map(({ token }) => token);
    expect(asked.sort()).toEqual(["csp:index:explainPacket", "csp:index:getGuests", "csp:index:getHost"]);
    const guests = { ...functionOf("csp:index:getGuests"), invoke: async () => ({ guests: [{ name: EVIL }] }) as never };
    const question = { host: "hv-01" };
    expect(await ask(guests, () => context, question)).toEqual({ answer: { guests: [{ name: SHOWN }] } });
    expect(await ask(guests, () => context, question, { asFound: true })).toEqual({ answer: { guests: [{ name: EVIL }] } });
  });

  test("when it is read back: the user's own texts and those of the state stay, all else is printable", async () => {
    const read = (inputs: object, outputs: object): AnyResource => ({ ...host, read: async () => ({ inputs, outputs }) as never });
    const written = { host: "hv-01", note: "🏳️\u200d🌈" };
    const known = { written, state: { inputs: written, outputs: { facts: {} } }, drifted: false };
    const found = await readBack(
      read({ host: "hv-01", note: "🏳️\u200d🌈", other: "x\u200d\n\ty" }, { facts: { hostname: EVIL }, drift: [EVIL] }),
      context,
      "hv-01",
      known,
    );
    expect(found).toEqual({
      untouched: false,
      inputs: { host: "hv-01", note: "🏳️\u200d🌈", other: "x\\u{200d}\n\ty" },
      outputs: { facts: { hostname: SHOWN }, drift: [SHOWN] },
    });
    const untouched = await readBack(read(written, { facts: {} }), context, "hv-01", known);
    expect([untouched?.untouched, untouched?.inputs === written]).toEqual([true, true]);
    const plain = { host: "hv-01" };
    expect(shownState(host, { inputs: plain, outputs: { facts: {} } }, known.state).inputs).toBe(plain);
  });
});
