import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, median, worst } from "./figure";
import { fleetGuests, fleetPolicy, guestFirewalls } from "./fleet";
import { Bed } from "./host";
import { interleave, timed } from "./interleave";
import { Session } from "./session";

const GUESTS = 1000;
const ROUNDS = 7;
/** Longer than the time for which a snapshot of a host serves other readers (remote-host.ts). */
const LOOK_ANEW_MS = 2_100;
/** What a snapshot reads, without csp's own records and ports. */
const FIVE_TOOLS = "iptables-save -t filter; ip6tables-save -t filter; ebtables-save; arptables -nL; ipset save";

export const refresh: Bench = {
  name: "refresh",
  what: "re-check of 1,000 guests where nothing has changed, as one HostPolicy and as 1,000 GuestFirewalls, against the five tools' own listings over SSH",
  aim: "<= 2",
  run: async (progress, planes) => {
    const parts: Record<string, number> = {};
    const samples: Record<string, number[]> = {};
    const ratios: number[] = [];
    const fleet = fleetGuests(GUESTS);
    for (const plane of planes) {
      for (const kind of ["policy", "guests"] as const) {
        progress(`${plane.name}: a host with ${GUESTS} guests, as ${kind === "policy" ? "one policy" : "resources of their own"}`);
        const bed = await Bed.make(`b-refresh-${plane.name}`, plane, fleet);
        const session = await Session.open(bed.host.ssh);
        try {
          await bed.adopt();
          const read = kind === "policy" ? await policyReader(bed) : await guestsReader(bed);
          progress(`${plane.name}: ${ROUNDS} rounds`);
          const taken = await interleave(
            {
              [kind]: async () => {
                await sleep(LOOK_ANEW_MS);
                return timed(read);
              },
              listings: () => timed(() => session.run(FIVE_TOOLS)),
            },
            ROUNDS,
          );
          for (const [series, values] of Object.entries(taken)) {
            const name = series === "listings" ? `${plane.name} ${kind}: listings` : `${plane.name} ${kind}`;
            samples[name] = values;
            parts[name] = median(values);
          }
          const ratio = median(taken[kind] ?? []) / median(taken.listings ?? []);
          parts[`${plane.name} ${kind} ratio`] = ratio;
          ratios.push(ratio);
        } finally {
          session.close();
          await bed.down();
        }
      }
    }
    return { ratio: worst(ratios, "<= 2"), parts, samples };
  },
};

async function policyReader(bed: Bed): Promise<() => Promise<unknown>> {
  const policy = fleetPolicy(fleetGuests(GUESTS));
  const outputs = await bed.create(policy);
  const request = bed.readRequest(policy, outputs);
  return () => bed.plugin.call("Read", request);
}

async function guestsReader(bed: Bed): Promise<() => Promise<unknown>> {
  const firewalls = guestFirewalls(fleetGuests(GUESTS));
  const outputs = await bed.createGuests(firewalls, GUESTS);
  const requests = firewalls.map((inputs, index) => bed.guestReadRequest(inputs, outputs[index] ?? {}));
  return () => Promise.all(requests.map((request) => bed.plugin.call("Read", request)));
}
