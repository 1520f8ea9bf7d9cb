import { z } from "zod";
import { ownConnection } from "./connection";
import { defineResource } from "./define";
import { host } from "./identity";
import * as lifecycle from "./lifecycle/host";

export const hostInputs = z.object({ host, connection: ownConnection });

export const hostOutputs = z.object({
  facts: z.record(z.string(), z.any()).describe("What the host is: kernel, product, tools and their versions, network backend."),
});

export const hostResource = defineResource({
  token: "csp:index:Host",
  description:
    "Adopts a host: checks what it is, turns on bridge filtering so that it survives a reboot, and installs the default-drop frame and the hook that protects guests as they start. Deleting it removes what it put there.",
  inputs: hostInputs,
  outputs: hostOutputs,
  importId: "<host>",
  live: true,
  ...lifecycle,
});
