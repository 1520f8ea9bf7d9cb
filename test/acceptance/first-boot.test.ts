import type { Product } from "../../lab/netns";
import { nearest } from "../support/backends";
import { firstBoot } from "./first-boot";

jest.setTimeout(60_000);

const installed = (brand: string, version: string, n: number): Product => ({
  brand,
  version,
  installation: `5b1c0a53-6f1c-4a57-9c7e-0c7bb6c2f10${n}`,
  backend: "bridge",
});

/** Two systems that differ in all that the hook has to do with: who calls it, where sysctls stand, how the tools want to be spoken to. */
firstBoot("a host whose installation installed the hook", {
  "hv-new": {
    target: "8.3",
    lab: { product: installed("XCP-ng", "8.3.0", 1), backend: nearest("nft"), init: "systemd" },
    folders: "etc/xapi.d etc/systemd/system etc/sysctl.d etc/modules-load.d",
    // Bridge sysctls of a system that has no csp: XCP-ng's 90-net.conf.
    sysctl: "0",
  },
  "hv-old": {
    target: "5.6",
    lab: { product: installed("XenServer", "5.6.100", 2), backend: "legacy", init: "sysv" },
    folders: "etc/init.d etc/rc3.d",
    sysctl: "1",
  },
});
