import { defineResource } from "../../core/define";
import { networkBootInputs, networkBootOutputs } from "./fields";
import { check, life } from "./life";

export const networkBoot = defineResource({
  token: "csp:install:NetworkBoot",
  description:
    "A host's way from the network into its installer: the PXELINUX, GRUB and iPXE files that its MAC leads to, with the arguments its version takes. Loaders and images (pxelinux.0, mboot.c32, grubx64.efi, xen.gz, vmlinuz, install.img) are yours to put beside them.",
  inputs: networkBootInputs,
  outputs: networkBootOutputs,
  importId: "<server>/<root>/<mac>",
  live: true,
  crossCheck: check,
  ...life,
});
