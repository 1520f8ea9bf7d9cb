import { z } from "zod";
import { defineFunction } from "../../core/define";
import { ownConnection } from "../shared/connection";
import { host } from "../shared/identity";

export const getHost = defineFunction({
  token: "csp:index:getHost",
  description: "What a host is: kernel, product, tools and their versions, network backend. Only reads from the host.",
  inputs: z.object({ host, connection: ownConnection }),
  outputs: z.object({ facts: z.record(z.string(), z.any()).describe("The host's facts.") }),
  invoke: async (context, inputs) => ({ facts: { ...(await context.hosts.get(inputs.host, inputs.connection).facts()) } }),
});
