import { defineResource } from "../../core/define";
import { crossCheck, hostInputs, hostOutputs } from "./fields";
import { life } from "./life";

export const hostResource = defineResource({
  token: "csp:index:Host",
  description:
    "Adopts a host. csp waits for it while it is being installed, checks that it is what you declared, and switches it to the Linux bridge if you allow that. It turns on bridge filtering, now and at every boot. It installs the frame, which drops the packets of guest ports that no guest claims, and the hook, which follows guests and loads all rules at boot. When you delete the resource, csp removes everything that it installed.",
  inputs: hostInputs,
  outputs: hostOutputs,
  importId: "<host>",
  live: true,
  crossCheck,
  ...life,
});
