import { createLab } from "../../lab/netns";
import { BACKENDS } from "../support/backends";
import { describeWith } from "../support/needs";
import { mainJob, mainJobSpec } from "./main-job";
import { ownName, stackOn } from "./stack";

describeWith(["root", "pulumi", "plugin"], "the main job on a host of the network lab", () => {
  for (const backend of BACKENDS) {
    mainJob(`${backend} iptables`, async () =>
      stackOn("main-job", await createLab(mainJobSpec(ownName(`job-${backend}`), { backend }), { replace: true })),
    );
  }
});
