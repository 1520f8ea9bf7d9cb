import { z } from "zod";
import { problem } from "../../schema/field";
import { ownConnection } from "../shared/connection";
import { drift, host } from "../shared/identity";

const rpm = (flavour: string) =>
  z
    .string()
    .min(1, problem("the path is empty", `name the RPM of kernel-csp-${flavour}`))
    .describe(
      `The path of the RPM of kernel-csp-${flavour}, on the machine that csp runs on. The RPM comes from the pack's folder packages.cloud-supp.`,
    );

export const developmentKitInputs = z.object({
  host,
  kernels: z
    .object({ xen: rpm("xen"), kdump: rpm("kdump") })
    .meta({ token: "csp:ddk:Kernels", description: "The two kernels of the Cloud Service Providers pack, from one build." })
    .describe("The two kernels of the Cloud Service Providers pack, from one build."),
  boot: z
    .enum(["csp", "stock"])
    .default("csp")
    .meta({
      description: "Which kernel the kit runs. Drivers are built for the csp kernels in either case.",
      values: {
        csp: "the csp kernel for xen, in which a driver can be tried out as well",
        stock: "the kit's own kernel; the csp kernel stays in the boot menu, behind it",
      },
    }),
  reboot: z
    .boolean()
    .default(true)
    .describe(
      "Whether csp may reboot the kit into the kernel that `boot` names. If not, csp stops before the reboot and says so. The next run continues from there.",
    ),
  bootMinutes: z.int().min(1).max(120).default(10).describe("How many minutes the kit may take to come back after a reboot."),
  connection: ownConnection,
});

export const developmentKitOutputs = z.object({
  version: z.string().describe('The version of the kernels, without "csp" at its end: "2.6.32.12-0.7.1.xs5.6.100.307.170586".'),
  kernel: z.string().describe("What `uname -r` prints on the kit. The csp kernel's ends in cspxen."),
  trees: z.array(z.string()).describe("The folders in /usr/src/kernels against which drivers are built."),
  drift,
});
