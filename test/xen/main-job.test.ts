import { createXenLab, type XenLab } from "../../lab/xen";
import { mainJob, mainJobSpec } from "../acceptance/main-job";
import { ownName, stackOn } from "../acceptance/stack";
import { describeWith } from "../support/needs";

/** Debian's tools, and what a XenServer or XCP-ng dom0 has: the legacy variant of all four. */
const VARIANTS = [
  ["nft", "Debian's tools"],
  ["legacy", "XenServer's tools"],
] as const;

describeWith(["root", "pulumi", "plugin"], "the main job on real Xen", () => {
  let lab: XenLab;

  beforeAll(async () => {
    lab = await createXenLab(mainJobSpec(ownName("job"), "nft"));
    await lab.save("fresh");
  }, 900_000);
  afterAll(() => lab?.down(), 60_000);

  for (const [variant, title] of VARIANTS) {
    mainJob(title, async () => {
      await lab.load("fresh");
      await lab.host("hv-01").useTools(variant);
      // One machine does for both variants: it goes with this file, not with a stack.
      return stackOn("main-job", {
        hosts: lab.hosts,
        host: (name: string) => lab.host(name),
        guest: (name: string) => lab.guest(name),
        probe: lab.probe,
        down: async () => {},
      });
    });
  }
});
