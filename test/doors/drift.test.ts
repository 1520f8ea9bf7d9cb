import { CustomResource, type CustomResourceOptions } from "@pulumi/pulumi";
import { type Serving, serve } from "../../provider/doors/pulumi/server";
import { describeWith } from "../support/needs";
import { journal, shelves, toyCatalog } from "./toy";
import { type Trial, trial } from "./workspace";

class Shelf extends CustomResource {
  constructor(name: string, args: Record<string, unknown>, options?: CustomResourceOptions) {
    super("csp:toy:Shelf", name, { count: undefined, label: undefined, ...args }, options);
  }
}

// Each test runs the engine several times, on machines that may be busy.
jest.setTimeout(180_000);

/** The real engine, attached to a server in this process whose resource changes behind the engine's back. */
describeWith(["pulumi"], "what lives outside the state", () => {
  let serving: Serving;
  let engine: Trial;
  const items = () => shelves.get("one")?.items ?? [];
  const written = [{ name: "a" }, { name: "b", size: "02" }, { name: "c" }];
  let behaviour: string | undefined;

  beforeAll(async () => {
    serving = await serve({ catalog: toyCatalog });
    engine = await trial("drift", { attachTo: serving.port });
    engine.program = async () => {
      new Shelf("one", { name: "one", items: written, behaviour });
      return {};
    };
    await engine.stack.up();
  });

  afterAll(async () => {
    await engine.stack.destroy();
    expect(shelves.size).toBe(0);
    engine.dispose();
    serving.stop();
  });

  test("a preview reads it back first and shows by name what is gone; an update repairs it without a refresh", async () => {
    items().splice(1, 1);
    const { stdout, changeSummary } = await engine.stack.preview({ diff: true });
    expect(changeSummary).toMatchObject({ update: 1 });
    expect(stdout.slice(stdout.indexOf("(update)"))).toMatch(
      /~ items: \[\n\s+\+ \[1\]: \{\n\s+\+ name: "b"\n\s+\+ size: "02"\n\s+\}\n\s+\]/,
    );
    await engine.stack.up();
    expect(items().map(({ name, size }) => `${name} ${size}`)).toEqual(["a 1", "b 2", "c 1"]);
    journal.length = 0;
    await engine.stack.up({ expectNoChanges: true });
    expect(journal).toEqual(["read one"]);
  });

  test("a refresh says what was changed and added by hand", async () => {
    items().splice(1, 1, { name: "b", size: "7" }, { name: "stray", size: "1" });
    const refresh = await engine.stack.refresh();
    expect(refresh.summary.resourceChanges).toMatchObject({ update: 1 });
    expect(refresh.stdout).toMatch(/warning: not as declared:\n\s+~ items\["b"\]\n\s+\+ items\["stray"\]/);
    const preview = await engine.stack.preview({ diff: true });
    expect(preview.stdout).toMatch(/~ \[1\]: \{\n\s+name: "b"\n\s+~ size: "7" => "02"/);
    expect(preview.stdout).toMatch(/- \[2\]: \{\n\s+- name: "stray"/);
    await engine.stack.up();
    expect(items().map(({ name, size }) => `${name} ${size}`)).toEqual(["a 1", "b 2", "c 1"]);
  });

  test("what is gone completely is created again", async () => {
    shelves.delete("one");
    expect((await engine.stack.preview()).changeSummary).toMatchObject({ create: 1 });
    await engine.stack.up();
    expect(items()).toHaveLength(3);
  });

  test("a create that stopped half-way is in the state, and the next update continues from there", async () => {
    engine.program = async () => {
      new Shelf("one", { name: "one", items: written });
      new Shelf("two", { name: "two", behaviour });
      return {};
    };
    behaviour = "half";
    const failed = await engine.stack.up().catch((error: Error) => error.message);
    expect(failed).toContain("shelf two: only half of it stands. Run the update again.");
    const state = (await engine.stack.exportStack()).deployment.resources as { id?: string; initErrors?: string[] }[];
    expect(state.find(({ id }) => id === "two")).toBeDefined();
    behaviour = undefined;
    journal.length = 0;
    await engine.stack.up();
    expect(journal).toContain("update two");
    await engine.stack.up({ expectNoChanges: true });
  });
});
