import { Incomplete } from "../../provider/core/define";
import { readBack } from "../../provider/core/read-back";
import { shownFunction, shownResource } from "../../provider/core/shown";
import { CspError } from "../../provider/errors";
import type { Context } from "../../provider/host/session/task";
import { resources } from "../../provider/resources";
import { functions } from "../../provider/resources/index";

const resource = (token: string) => resources.find((one) => one.token === token) as (typeof resources)[number];
const context = {} as Context;
const EVIL = "a\u001b[2J\nb\u202e";
const SHOWN = "a\\u{1b}[2J\\u{a}b\\u{202e}";

describe("text from a host, as an output", () => {
  const host = resource("csp:index:Host");
  const saying = (outputs: object) =>
    shownResource({
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
    expect(await saying(outputs).create(context, {})).toEqual({ id: "hv-01", outputs: shown });
    expect(await saying(outputs).preview?.(context, {})).toEqual(shown);
    await expect(saying(outputs).update(context, "hv-01", { inputs: {}, outputs: {} }, {})).rejects.toMatchObject({
      id: "hv-01",
      outputs: shown,
    });
  });

  test("has a limited length: texts are cut, and drift is counted", async () => {
    const { outputs } = await saying({ drift: Array.from({ length: 5000 }, () => "x".repeat(20_000)), facts: {} }).create(context, {});
    const { drift } = outputs as unknown as { drift: string[] };
    expect([drift.length, drift.at(-1)]).toEqual([1001, "… and 4000 more"]);
    expect(drift[0]).toMatch(/^x+… \(12040 more characters\)$/);
  });

  test("files that csp made stay unchanged; a function that asks no host returns what it was given", async () => {
    const script = { ...resource("csp:install:PostInstall") };
    const files = { "/x.sh": "#!/bin/sh\n\techo \u200d\n" };
    const made = shownResource({ ...script, create: async () => ({ id: "x", outputs: { published: files, drift: [] } as never }) });
    expect((await made.create(context, {})).outputs).toEqual({ published: files, drift: [] });
    const asked = functions.filter((each) => shownFunction(each) !== each).map(({ token }) => token);
    expect(asked.sort()).toEqual(["csp:index:explainPacket", "csp:index:getGuests", "csp:index:getHost"]);
    const guests = functions.find(({ token }) => token === "csp:index:getGuests")!;
    expect(await shownFunction({ ...guests, invoke: async () => ({ guests: [{ name: EVIL }] }) as never }).invoke(context, {})).toEqual({
      guests: [{ name: SHOWN }],
    });
  });

  test("after a read: the user's own texts and those of the state stay, everything else is made printable", async () => {
    const read = (inputs: object, outputs: object) => ({ ...host, read: async () => ({ inputs, outputs }) as never });
    const known = { inputs: { host: "hv-01", note: "🏳️\u200d🌈" }, outputs: { facts: {} } };
    const found = await readBack(
      read({ host: "hv-01", note: "🏳️\u200d🌈", other: "x\u200d\n\ty" }, { facts: { hostname: EVIL }, drift: [EVIL] }),
      context,
      "hv-01",
      known,
      false,
    );
    expect(found?.state).toEqual({
      inputs: { host: "hv-01", note: "🏳️\u200d🌈", other: "x\\u{200d}\n\ty" },
      outputs: { facts: { hostname: SHOWN }, drift: [SHOWN] },
    });
    const plain = { host: "hv-01" };
    expect((await readBack(read(plain, { facts: {} }), context, "hv-01", known, false))?.state.inputs).toBe(plain);
  });
});
