import { z } from "zod";
import { problem } from "../../schema/field";
import { ownConnection } from "../shared/connection";
import { drift, host } from "../shared/identity";

const rpm = (flavour: string) =>
  z
    .string()
    .min(1, problem("the path is empty", `name the RPM of kernel-csp-${flavour}`))
    .describe(`The RPM of kernel-csp-${flavour}, from the pack's packages.cloud-supp; a path on the machine csp runs on.`);

export const developmentKitInputs = z.object({
  host,
  kernels: z
    .object({ xen: rpm("xen"), kdump: rpm("kdump") })
    .meta({ token: "csp:ddk:Kernels", description: "The two kernels of the Cloud Service Providers pack, of one build." })
    .describe("The two kernels of the Cloud Service Providers pack, of one build."),
  reboot: z
    .boolean()
    .default(true)
    .describe("Whether csp may reboot the kit into the csp kernel. Otherwise it stops there and says so, and goes on in the next run."),
  bootMinutes: z.int().min(1).max(120).default(10).describe("How long the kit may take to come back from a reboot."),
  connection: ownConnection,
});

export const developmentKitOutputs = z.object({
  version: z.string().describe('The kernels\' version without "csp" at its end: "2.6.32.12-0.7.1.xs5.6.100.307.170586".'),
  kernel: z.string().describe("What `uname -r` says on the kit; it ends in cspxen."),
  trees: z.array(z.string()).describe("The folders in /usr/src/kernels that drivers are built against."),
  drift,
});
