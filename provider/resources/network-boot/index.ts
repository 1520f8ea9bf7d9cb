import { defineResource } from "../../core/define";
import { networkBootInputs, networkBootOutputs } from "./fields";
import { check, life } from "./life";

export const networkBoot = defineResource({
  token: "csp:install:NetworkBoot",
  description:
    "What a host needs to boot from the network into its installer: the PXELINUX, GRUB and iPXE files that its MAC leads to, with the arguments that its version takes. You put the loaders and images (pxelinux.0, mboot.c32, grubx64.efi, xen.gz, vmlinuz, install.img) beside them.",
  inputs: networkBootInputs,
  outputs: networkBootOutputs,
  importId: "<server>/<root>/<mac>",
  live: true,
  crossCheck: check,
  ...life,
});
