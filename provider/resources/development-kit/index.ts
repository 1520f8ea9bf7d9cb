import { defineResource } from "../../core/define";
import { developmentKitInputs, developmentKitOutputs } from "./fields";
import { life } from "./life";

export const developmentKit = defineResource({
  token: "csp:ddk:DevelopmentKit",
  description:
    "Turns a standard XenServer 5.6 SP2 driver development kit (DDK) into one for the kernels of the Cloud Service Providers pack, by the recipe of the pack's README, and proves it: kernels installed, boot menu rewritten, rebooted into cspxen, sources and links for both kernels. Interrupted anywhere, it goes on from there. Deleting it puts the menu back and removes kernels and sources.",
  inputs: developmentKitInputs,
  outputs: developmentKitOutputs,
  importId: "<host>",
  live: true,
  ...life,
});
