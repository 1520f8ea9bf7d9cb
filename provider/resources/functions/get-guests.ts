import { z } from "zod";
import { defineFunction } from "../../core/define";
import { ownConnection } from "../shared/connection";
import { host } from "../shared/identity";

const guest = z
  .object({
    uuid: z.string().describe("The guest's UUID."),
    name: z.string().describe("The guest's name in the toolstack."),
    interfaces: z
      .array(
        z
          .object({
            device: z.int().describe("The interface's device number."),
            mac: z.string().describe("The interface's MAC address in the toolstack."),
            port: z.string().describe("The interface's port on the host."),
          })
          .meta({ token: "csp:index:RunningInterface", description: "One interface of a running guest." }),
      )
      .describe("The guest's interfaces."),
  })
  .meta({ token: "csp:index:RunningGuest", description: "A running guest, as its host sees it." });

export const getGuests = defineFunction({
  token: "csp:index:getGuests",
  description: "The running guests of a host and their ports. Only reads from the host.",
  inputs: z.object({ host, connection: ownConnection }),
  outputs: z.object({ guests: z.array(guest).describe("The running guests.") }),
  invoke: async (context, inputs) => {
    const { ports } = await context.hosts.get(inputs.host, inputs.connection).snapshot({ signal: context.signal });
    const guests = new Map<string, z.output<typeof guest>>();
    for (const { uuid, name, device, mac, port } of ports) {
      // If only the MAC identifies a guest, it is not known yet which guest this is.
      if (uuid === "") continue;
      const found = guests.get(uuid) ?? { uuid, name, interfaces: [] };
      found.interfaces.push({ device, mac, port });
      guests.set(uuid, found);
    }
    return { guests: [...guests.values()] };
  },
});
