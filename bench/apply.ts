import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { CustomResource, type CustomResourceOptions, ProviderResource } from "@pulumi/pulumi";
import { createLab, type LabHost } from "../lab/netns";
import { bareText, EMPTY } from "./bare";
import { type Bench, median, worst } from "./figure";
import { fleetGuests, fleetLab, fleetPolicy } from "./fleet";
import { inventory, type Plane } from "./host";
import { interleave, timed } from "./interleave";
import { buildNoop } from "./noop";
import { PLUGIN } from "./plugin";
import { Session } from "./session";
import { Engine } from "./stack";

const GUESTS = 1000;
// A round takes minutes, because arptables has no restore and its thousands of commands take most of the time on both sides.
const ROUNDS = 2;

class Resource extends CustomResource {
  constructor(token: string, name: string, args: Record<string, unknown>, options?: CustomResourceOptions) {
    super(token, name, args, options);
  }
}

class Provider extends ProviderResource {}

export const apply: Bench = {
  name: "apply",
  what: "1,000 guests x 20 rules onto an empty host by `pulumi up`, against the same with a provider that does nothing plus bare restores",
  aim: "<= 1.2",
  run: async (progress, planes) => {
    const parts: Record<string, number> = {};
    const samples: Record<string, number[]> = {};
    const noop = await buildNoop();
    try {
      for (const plane of planes) {
        progress(`${plane.name}: a lab with ${GUESTS} guests' ports`);
        const guests = fleetGuests(GUESTS);
        const lab = await createLab(fleetLab(`b-apply-${plane.name}`, plane.backend, guests), { replace: true });
        const host = lab.host("hv-01");
        const session = await Session.open(host.ssh);
        try {
          const up = (pluginFolder: string) => async () => {
            const engine = await Engine.make("apply", pluginFolder, program(host, plane, fleetPolicy(guests)));
            try {
              return await timed(() => engine.stack.up());
            } finally {
              engine.dispose();
            }
          };
          progress(`${plane.name}: a first time, for the text to restore`);
          await up(dirname(PLUGIN))();
          const bare = await bareText(host);
          const empty = () => host.run(EMPTY);
          progress(`${plane.name}: ${ROUNDS} rounds`);
          const taken = await interleave(
            {
              csp: async () => {
                await empty();
                return up(dirname(PLUGIN))();
              },
              nothing: up(noop),
              bare: async () => {
                await empty();
                return timed(async () => {
                  for (const [command, text] of bare) await session.run(command, text);
                });
              },
            },
            ROUNDS,
            { warmUp: false },
          );
          for (const [series, values] of Object.entries(taken)) {
            samples[`${plane.name} ${series}`] = values;
            parts[`${plane.name} ${series}`] = median(values);
          }
          parts[`${plane.name} ratio`] = median(taken.csp) / (median(taken.nothing) + median(taken.bare));
        } finally {
          session.close();
          await lab.down();
        }
      }
    } finally {
      rmSync(noop, { recursive: true, force: true });
    }
    return {
      ratio: worst(
        planes.map((plane) => parts[`${plane.name} ratio`] ?? Number.NaN),
        "<= 1.2",
      ),
      parts,
      samples,
    };
  },
};

/** The host's adoption and one policy for all its guests. */
function program(host: LabHost, plane: Plane, policy: Record<string, unknown>): () => Promise<void> {
  return async () => {
    const provider = new Provider("csp", "lab", { hosts: JSON.stringify(inventory(host)) });
    const adopted = new Resource("csp:index:Host", "hv-01", { host: "hv-01", ...plane.inputs }, { provider });
    new Resource("csp:firewall:HostPolicy", "guests", policy, { provider, dependsOn: [adopted] });
  };
}
