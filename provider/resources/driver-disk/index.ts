import { defineResource } from "../../core/define";
import { driverDiskInputs, driverDiskOutputs } from "./fields";
import { life } from "./life";

export const driverDisk = defineResource({
  token: "csp:ddk:DriverDisk",
  description:
    "Builds a driver disk or supplemental pack from RPMs, as an ISO image with its checksums, and puts it on a server. The image has the form of 5.6 to 7.0 (XS-REPOSITORY, XS-PACKAGES, install.sh) or that of 7.1 and later (update.xml, a control package, yum metadata with groups). The same packages give the same image. csp does not sign packs: if a host checks signatures, sign the RPMs first.",
  inputs: driverDiskInputs,
  outputs: driverDiskOutputs,
  importId: "<server>/<path>",
  live: true,
  ...life,
});
