import { defineResource } from "../../core/define";
import { crossCheck, hostInputs, hostOutputs } from "./fields";
import { life } from "./life";

export const hostResource = defineResource({
  token: "csp:index:Host",
  description:
    "Adopts a host: waits for it while it is being installed, checks that it is what was declared, switches it to the Linux bridge where that is allowed, turns on bridge filtering so that it survives a reboot, installs the frame that drops what no guest's policy claims, and the hook that follows guests and loads all of it at boot. Deleting it removes what it put there.",
  inputs: hostInputs,
  outputs: hostOutputs,
  importId: "<host>",
  live: true,
  crossCheck,
  ...life,
});
