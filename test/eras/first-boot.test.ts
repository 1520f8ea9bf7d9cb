import { AGES } from "../../lab/eras/ages";
import { firstBoot } from "../acceptance/first-boot";

jest.setTimeout(300_000);

firstBoot("a XenServer 5.6 whose installation installed the hook", {
  "hv-56": {
    target: "5.6",
    lab: { era: "5.6", backend: "legacy", init: AGES["5.6"].init },
    folders: "etc/init.d etc/rc3.d",
    sysctl: "1",
    old: true,
  },
});
