import { once } from "node:events";
import { connect } from "node:http2";
import type { ServiceError } from "@grpc/grpc-js";
import { FLOW_WINDOW } from "../../provider/doors/flow-window";
import { type Serving, serve } from "../../provider/doors/pulumi/server";
import { EngineSide, listeningEngine, partOf, secret, UNKNOWN_TEXT, urn } from "./client";
import { hostsClosed, journal, shelves, toyCatalog } from "./toy";

const SHELF = "csp:toy:Shelf";

/** The door onto toys, from the engine's side of the wire. */
describe("the provider protocol", () => {
  let serving: Serving;
  let engine: EngineSide;
  let log: Awaited<ReturnType<typeof listeningEngine>>;
  const failure = (work: Promise<unknown>): Promise<ServiceError> =>
    work.then(
      () => Promise.reject(new Error("it did not fail")),
      (error) => error,
    );

  beforeEach(async () => {
    shelves.clear();
    journal.length = 0;
    log = await listeningEngine();
    serving = await serve({ catalog: toyCatalog });
    engine = new EngineSide(serving.port);
    await engine.handshake(log.address);
    await engine.configure();
  });

  afterEach(() => {
    engine.close();
    serving.stop();
    log.close();
  });

  test("a create in a preview changes nothing and gives what is known", async () => {
    expect(await engine.create(SHELF, { name: "a" }, { preview: true })).toEqual({
      id: "",
      properties: { name: "a", label: "shelf a", count: UNKNOWN_TEXT },
      refreshBeforeUpdate: true,
    });
    expect((await engine.create(SHELF, { name: UNKNOWN_TEXT }, { preview: true })).properties).toEqual({
      name: UNKNOWN_TEXT,
      label: UNKNOWN_TEXT,
      count: UNKNOWN_TEXT,
    });
    expect(journal).toEqual([]);
  });

  test("a create says who the owner is", async () => {
    expect(await engine.create(SHELF, { name: "a", items: [{ name: "x" }] })).toEqual({
      id: "a",
      properties: { name: "a", items: [{ name: "x" }], count: 1, label: "shelf a" },
      refreshBeforeUpdate: true,
    });
    expect(journal).toEqual(["create a for shop/dev one (csp:toy:Shelf)"]);
  });

  test("an input that can be long is not among the outputs", async () => {
    const inputs = { name: "a", history: ["made of oak"], items: [{ name: "x" }] };
    const outputs = { name: "a", items: [{ name: "x" }], count: 1, label: "shelf a" };
    expect((await engine.create(SHELF, inputs)).properties).toEqual(outputs);
    const known = await engine.read(SHELF, "a", inputs, outputs);
    expect([known.inputs, known.properties]).toEqual([inputs, outputs]);
    expect(await engine.update(SHELF, "a", inputs, { ...inputs, history: ["made of ash"] })).toEqual(outputs);
    // The engine shows what a refresh found as inputs compared with outputs, all of them.
    shelves.get("a")?.items.push({ name: "y", size: "1" });
    const drifted = await engine.read(SHELF, "a", inputs, outputs);
    expect(drifted.properties).toMatchObject({ history: inputs.history, items: [{ name: "x" }, { name: "y" }] });
    // If a state has it from such a refresh, its removal would look like a change.
    shelves.get("a")?.items.pop();
    expect((await engine.read(SHELF, "a", inputs, { ...outputs, history: inputs.history })).properties).toEqual({ ...outputs, ...inputs });
    // The same if something is secret: then the bytes that came are not the bytes that are sent.
    expect((await engine.create(SHELF, { ...inputs, password: secret("hunter2") })).properties).toEqual({
      ...outputs,
      password: secret("hunter2"),
    });
  });

  test("what the schema marks as secret, and what came in as secret, goes out as secret", async () => {
    const checked = await engine.check(SHELF, { name: "a", password: "hunter2" });
    expect(checked.inputs).toEqual({ name: "a", password: secret("hunter2") });
    const { properties } = await engine.create(SHELF, { name: "a", items: secret([{ name: "x" }]) });
    // Outputs that follow from a secret are secret as well.
    expect(properties).toEqual({ name: "a", items: secret([{ name: "x" }]), count: secret(1), label: secret("shelf a") });
    shelves.get("a")?.items.push({ name: "y", size: "1" });
    const read = await engine.read(SHELF, "a", { name: "a", items: [{ name: secret("x") }] }, { count: 1, label: "l" });
    expect(read.inputs).toEqual({ name: "a", items: secret([{ name: "x" }, { name: "y" }]) });
  });

  test("a secret is in no error and no message", async () => {
    const failed = await failure(engine.create(SHELF, { name: "a", password: "hunter2", behaviour: "fails" }));
    expect(failed.details).toBe("shelf a: there is no room for [secret]. Build another.");
    await engine.create(SHELF, { name: "a", password: "hunter2", behaviour: "talks" });
    expect(log.said.filter(({ ephemeral }) => !ephemeral)).toEqual([
      { severity: 2, message: "the shelf creaks under [secret]", urn: urn(SHELF), ephemeral: false },
    ]);
    expect(JSON.stringify(log.said)).not.toContain("hunter2");
  });

  test("status lines come in order, the last one always; a flood of them is thinned out", async () => {
    await engine.create(SHELF, { name: "a", behaviour: "talks" });
    const lines = log.said.filter(({ ephemeral }) => ephemeral).map(({ message }) => message);
    expect(lines[0]).toBe("1/100 items");
    expect(lines.at(-1)).toBe("100/100 items");
    expect(lines.length).toBeLessThan(100);
  });

  test("nothing that could act on a terminal is logged", async () => {
    await engine.create(SHELF, { name: "a", behaviour: "shouts" });
    expect(log.said.map(({ message }) => message)).toEqual(
      expect.arrayContaining(["\\u{1b}[2Jall is well", "\\u{202e}all is well\\u{9b}"]),
    );
  });

  test("an expected error is FAILED_PRECONDITION; an error in csp is INTERNAL, with its stack in the debug log", async () => {
    expect((await failure(engine.create(SHELF, { name: "a", behaviour: "fails", password: "pppp" }))).code).toBe(9);
    const fault = await failure(engine.create(SHELF, { name: "a", behaviour: "broken" }));
    expect(fault).toMatchObject({ code: 13, details: expect.stringMatching(/undefined is not a shelf.*report/) });
    expect(log.said).toContainEqual({
      severity: 0,
      message: expect.stringMatching(/TypeError: undefined is not a shelf\n\s+at /),
      urn: "",
      ephemeral: false,
    });
    expect((await failure(engine.create("csp:toy:Nothing", {}))).details).toMatch(
      /csp:toy:Nothing: this version of csp has no such resource/,
    );
  });

  test("a create that stopped half-way is recorded as such", async () => {
    const half = await failure(engine.create(SHELF, { name: "a", behaviour: "half" }));
    expect(partOf(half)).toEqual({
      id: "a",
      properties: { name: "a", behaviour: "half", count: 0, label: "half" },
      inputs: { name: "a", behaviour: "half" },
      reasons: ["shelf a: only half of it stands. Run the update again."],
    });
  });

  test("Cancel stops running operations and releases the hosts", async () => {
    const closed = hostsClosed.times;
    const running = failure(engine.create(SHELF, { name: "a", behaviour: "slow" }));
    while (journal.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await engine.cancel();
    expect(await running).toMatchObject({ code: 1, details: "shelf: stopped. Run again." });
    expect(hostsClosed.times).toBe(closed + 1);
  });

  test("the resource's own timeout stops it", async () => {
    expect((await failure(engine.create(SHELF, { name: "a", behaviour: "slow" }, { timeout: 0.05 }))).details).toMatch(/stopped/);
  });

  test("work after the answer is not stopped by the end of the call", async () => {
    await engine.create(SHELF, { name: "a", behaviour: "lingers" });
    // By the time of the next answer, the first call is over on both sides.
    await engine.create(SHELF, { name: "b" });
    expect(journal).not.toContain("stopped a");
    await engine.cancel();
    expect(journal).toContain("stopped a");
  });

  test("an engine may send megabytes at once", async () => {
    const session = connect(`http://127.0.0.1:${serving.port}`);
    try {
      while (session.remoteSettings?.initialWindowSize !== FLOW_WINDOW) await once(session, "remoteSettings");
      while ((session.state.remoteWindowSize ?? 0) < FLOW_WINDOW) await new Promise((resolve) => setTimeout(resolve, 5));
    } finally {
      session.destroy();
    }
  });

  test("a server in attach mode serves the next run after a Cancel", async () => {
    await engine.cancel();
    await engine.handshake(log.address);
    await engine.configure();
    expect((await engine.create(SHELF, { name: "a" })).id).toBe("a");
  });

  test("read: gone, as it was written, and for an import", async () => {
    expect((await engine.read(SHELF, "a", { name: "a" })).id).toBe("");
    shelves.set("a", { items: [{ name: "x", size: "2" }] });
    const written = { name: "a", items: [{ name: "x", size: "002", note: "n" }] };
    expect((await engine.read(SHELF, "a", written)).inputs).toEqual(written);
    expect((await engine.read(SHELF, "a")).inputs).toEqual({ name: "a", items: [{ name: "x", size: "2" }] });
  });

  test("diff: by name, with the whole fields beside the paths", async () => {
    const items = (...names: string[]) => ({ name: "a", items: names.map((name) => ({ name })) });
    expect(await engine.diff(SHELF, items("x", "z"), items("x", "y", "z"))).toMatchObject({
      changes: 2,
      diffsList: ["items"],
      replacesList: [],
      detaileddiffMap: [["items[1]", { kind: 0, inputdiff: true }]],
      hasdetaileddiff: true,
    });
    expect(await engine.diff(SHELF, { name: "a" }, { name: "b" })).toMatchObject({
      replacesList: ["name"],
      detaileddiffMap: [["name", { kind: 5, inputdiff: true }]],
    });
    expect(await engine.diff(SHELF, items("x"), { name: "a", items: [{ name: "x", size: "01" }] })).toMatchObject({
      changes: 1,
      detaileddiffMap: [],
    });
    expect(await engine.diff(SHELF, items("x"), items("x", "y"), ["items[*]"])).toMatchObject({ changes: 1 });
    expect(await engine.diff(SHELF, items("x"), items("x", "y"), ["items"])).toMatchObject({ changes: 1 });
    expect(await engine.diff(SHELF, items("x"), items("x", "y"), ["item"])).toMatchObject({ changes: 2 });
  });

  test("update and delete", async () => {
    await engine.create(SHELF, { name: "a" });
    expect(await engine.update(SHELF, "a", { name: "a" }, { name: "a", items: [{ name: "x" }] })).toEqual({
      name: "a",
      items: [{ name: "x" }],
      count: 1,
      label: "shelf a",
    });
    await engine.delete(SHELF, "a", { name: "a" });
    expect(shelves.has("a")).toBe(false);
  });

  test("a function", async () => {
    shelves.set("a", { items: [{ name: "x", size: "1" }] });
    expect(await engine.invoke("csp:toy:count", { name: "a" })).toEqual({ result: { count: 1 }, failures: [] });
    expect((await engine.invoke("csp:toy:count", { nam: "a" })).failures.map(({ reason }) => reason)).toContain(
      'nam: there is no field "nam" here. Did you mean `name`?',
    );
    expect((await failure(engine.invoke("csp:toy:none", {}))).details).toMatch(/no such function/);
  });
});
