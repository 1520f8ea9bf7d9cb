import { z } from "zod";
import { defineFunction } from "../../core/define";
import { ownConnection } from "../shared/connection";
import { host } from "../shared/identity";

const guest = z
  .object({
    uuid: z.string().describe("The guest's UUID."),
    name: z.string().describe("The guest's name, as the toolstack has it."),
    interfaces: z
      .array(
        z
          .object({
            device: z.int().describe("Device number."),
            mac: z.string().describe("The guest's MAC address, as the toolstack has it."),
            port: z.string().describe("The host-side interface."),
          })
          .meta({ token: "csp:index:RunningInterface", description: "One interface of a running guest." }),
      )
      .describe("Its interfaces."),
  })
  .meta({ token: "csp:index:RunningGuest", description: "A running guest, as its host sees it." });

export const getGuests = defineFunction({
  token: "csp:index:getGuests",
  description: "The guests of a host and their host-side interfaces. Reads only.",
  inputs: z.object({ host, connection: ownConnection }),
  outputs: z.object({ guests: z.array(guest).describe("The running guests.") }),
  invoke: async (context, inputs) => {
    const { ports } = await context.hosts.get(inputs.host, inputs.connection).snapshot({ signal: context.signal });
    const guests = new Map<string, z.output<typeof guest>>();
    for (const { uuid, name, device, mac, port } of ports) {
      // Where only a MAC tells guests apart, nobody has said yet whose it is.
      if (uuid === "") continue;
      const found = guests.get(uuid) ?? { uuid, name, interfaces: [] };
      found.interfaces.push({ device, mac, port });
      guests.set(uuid, found);
    }
    return { guests: [...guests.values()] };
  },
});
