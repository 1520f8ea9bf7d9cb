import { createXenLab } from "../../lab/xen";
import { mainJob, mainJobSpec } from "../acceptance/main-job";
import { ownName, stackOn } from "../acceptance/stack";
import { describeWith } from "../support/needs";

/** Debian's tools, and what a XenServer or XCP-ng dom0 has: the legacy variant of all four. */
const VARIANTS = [
  ["nft", "Debian's tools"],
  ["legacy", "XenServer's tools"],
] as const;

describeWith(["root", "pulumi", "plugin"], "the main job on real Xen", () => {
  for (const [variant, title] of VARIANTS)
    mainJob(title, async () => stackOn("main-job", await createXenLab(mainJobSpec(ownName("job"), { backend: variant }))));
});
