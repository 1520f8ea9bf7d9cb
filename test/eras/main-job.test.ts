import { ERAS } from "../../lab/eras/ages";
import { createLab } from "../../lab/netns";
import { mainJob, mainJobSpec } from "../acceptance/main-job";
import { ownName, stackOn } from "../acceptance/stack";
import { describeWith } from "../support/needs";

/** Hosts with CentOS 5: their tools cannot filter IPv6. */
const OLD: ReadonlySet<string> = new Set(["5.6", "6.x"]);

/** The ages that are not this machine's own, which acceptance/main-job.test.ts has. */
const OTHERS = ERAS.filter((era) => era !== "debian-12");

describeWith(["root", "pulumi", "plugin"], "the main job on a host of every age", () => {
  for (const era of OTHERS) {
    mainJob(
      era,
      async () => stackOn("main-job", await createLab(mainJobSpec(ownName(`e${ERAS.indexOf(era)}`), { era }), { replace: true })),
      {
        old: OLD.has(era),
      },
    );
  }
});
