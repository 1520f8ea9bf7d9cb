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

/** Every program here; the engine attaches to a server in this process. */
describeWith(["pulumi"], "what lives outside the state", () => {
  let serving: Serving;
  let engine: Trial;
  const items = [{ name: "a" }, { name: "b", size: "02" }, { name: "c" }];

  beforeAll(async () => {
    serving = await serve({ catalog: toyCatalog });
    engine = await trial("drift", { attachTo: serving.port });
    engine.program = async () => {
      new Shelf("one", { name: "one", items });
      return {};
    };
    await engine.stack.up();
  });

  afterAll(async () => {
    await engine.stack.destroy();
    engine.dispose();
    serving.stop();
  });

  test("a preview reads it back first and shows what differs, and an update repairs it, without a refresh", async () => {
    shelves.get("one")?.items.splice(1, 1);
    const preview = await engine.stack.preview({ diff: true });
    console.log(preview.stdout);
    const up = await engine.stack.up();
    console.log(up.stdout);
    expect(shelves.get("one")?.items).toHaveLength(3);
    const again = await engine.stack.up({ expectNoChanges: true });
    console.log(again.stdout, journal);
  });

  test("refresh shows it", async () => {
    shelves.get("one")?.items.splice(1, 1, { name: "b", size: "7" }, { name: "zz", size: "1" });
    const refresh = await engine.stack.refresh({});
    console.log(refresh.stdout);
    const up = await engine.stack.up({ diff: true } as never);
    console.log(up.stdout);
  });
  test("gone", async () => {
    shelves.delete("one");
    const refresh = await engine.stack.preview({ diff: true });
    console.log(refresh.stdout);
    const up = await engine.stack.up();
    console.log(up.stdout);
  });
});
