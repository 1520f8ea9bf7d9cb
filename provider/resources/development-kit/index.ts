import { defineResource } from "../../core/define";
import { developmentKitInputs, developmentKitOutputs } from "./fields";
import { life } from "./life";

export const developmentKit = defineResource({
  token: "csp:ddk:DevelopmentKit",
  description:
    "Turns a standard XenServer 5.6 SP2 driver development kit (DDK) into one for the kernels of the Cloud Service Providers pack, as the pack's README describes, and checks the result: the kernels are installed, the boot menu is rewritten, the kit has rebooted into the kernel that `boot` names, and both kernels have their sources and links. If it is interrupted, the next run continues from there. Deleting it restores the menu and removes kernels and sources.",
  inputs: developmentKitInputs,
  outputs: developmentKitOutputs,
  importId: "<host>",
  live: true,
  ...life,
});
