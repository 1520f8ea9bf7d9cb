import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { CustomResource, type CustomResourceOptions, ProviderResource } from "@pulumi/pulumi";

import { createLab, type LabHost } from "../lab/netns";
import { parseSaved } from "../provider/firewall/saved";
import { type Bench, median, worst } from "./figure";
import { fleetGuests, fleetLab, fleetPolicy } from "./fleet";
import { inventory } from "./host";
import { interleave, timed } from "./interleave";
import { buildNoop } from "./noop";
import { PLUGIN } from "./plugin";
import { Session } from "./session";
import { Engine } from "./stack";

const GUESTS = 1000;
// A round takes minutes: arptables has no restore, and its thousands of commands are most of it on both sides.
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
  run: async (progress, backends) => {
    const parts: Record<string, number> = {};
    const samples: Record<string, number[]> = {};
    const noop = await buildNoop();
    try {
      for (const backend of backends) {
        progress(`${backend}: a lab with ${GUESTS} guests' ports`);
        const guests = fleetGuests(GUESTS);
        const lab = await createLab(fleetLab(`bench-apply-${backend}`, backend, guests), { replace: true });
        const host = lab.host("hv-01");
        const session = await Session.open(host.ssh);
        try {
          const up = (pluginFolder: string) => async () => {
            const engine = await Engine.make("apply", pluginFolder, program(host, fleetPolicy(guests)));
            try {
              return await timed(() => engine.stack.up());
            } finally {
              engine.dispose();
            }
          };
          progress(`${backend}: a first time, for the text to restore`);
          await up(dirname(PLUGIN))();
          const bare = await bareText(host);
          const empty = () => host.run(EMPTY);
          progress(`${backend}: ${ROUNDS} rounds`);
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
            samples[`${backend} ${series}`] = values;
            parts[`${backend} ${series}`] = median(values);
          }
          parts[`${backend} ratio`] = median(taken.csp) / (median(taken.nothing) + median(taken.bare));
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
        backends.map((backend) => parts[`${backend} ratio`] ?? Number.NaN),
        "<= 1.2",
      ),
      parts,
      samples,
    };
  },
};

/** The host's adoption and one policy for all its guests. */
function program(host: LabHost, policy: Record<string, unknown>): () => Promise<void> {
  return async () => {
    const provider = new Provider("csp", "lab", { hosts: JSON.stringify(inventory(host)) });
    const adopted = new Resource("csp:index:Host", "hv-01", { host: "hv-01" }, { provider });
    new Resource("csp:firewall:HostPolicy", "guests", policy, { provider, dependsOn: [adopted] });
  };
}

/** What csp put on the host, as the text that the tools' own restores take; arptables has none, and gets its commands. */
async function bareText(host: LabHost): Promise<[command: string, text: string][]> {
  const ours = (text: string) => /(^|[\s:])csp-/.test(text);
  const lines = async (command: string) => (await host.run(command)).split("\n");
  const table = async (save: string, name: string) => {
    const kept = (await lines(save)).filter((line) => ours(line) && !line.startsWith("#"));
    return `*${name}\n${kept.join("\n")}\nCOMMIT\n`;
  };
  const ebtables = await host.run("ebtables-save");
  const nat = parseSaved("ebtables", ebtables);
  const bridge = [
    ...[...nat.chains.keys()].map((chain) => `:${chain} ACCEPT`),
    ...[...nat.chains, ...nat.foreign].flatMap(([chain, rules]) => rules.map((rule) => `-A ${chain} ${rule}`)),
  ];
  const arp = parseSaved("arptables", await host.run("arptables -nL"));
  const arpCommands = [
    ...[...arp.chains.keys()].map((chain) => `arptables -N ${chain}`),
    ...[...arp.chains, ...arp.foreign].flatMap(([chain, rules]) => rules.map((rule) => `arptables -A ${chain} ${rule}`)),
  ];
  return [
    ["ipset restore", `${(await lines("ipset save")).filter(ours).join("\n")}\n`],
    ["sh", `${arpCommands.join("\n")}\n`],
    ["iptables-restore --noflush", await table("iptables-save -t filter", "filter")],
    ["ip6tables-restore --noflush", await table("ip6tables-save -t filter", "filter")],
    ["ebtables-restore --noflush", `*nat\n${bridge.join("\n")}\n`],
  ];
}

/** Takes everything of csp off a host. */
const EMPTY = `
rm -rf /var/lib/csp
for t in iptables ip6tables; do $t -F; $t -X; done
ebtables -t nat -F; ebtables -t nat -X
arptables -F; arptables -X
for n in $(ipset list -n); do case $n in csp-*) ipset destroy $n ;; esac; done
`;
