import { type Bench, median, worst } from "./figure";
import { fleetGuests, guestFirewalls } from "./fleet";
import { Bed } from "./host";
import { timed } from "./interleave";

const GUESTS = 1000;
/** How many creates the engine runs at once: with `--parallel 1000`, and without the option on this number of cores. */
const AT_ONCE = 1000;
const BY_DEFAULT = 16;

export const guests: Bench = {
  name: "guests",
  what: "1,000 GuestFirewall resources created at once: transactions used on their host",
  aim: "<= 20",
  run: async (progress, backends) => {
    const parts: Record<string, number> = {};
    const samples: Record<string, number[]> = {};
    for (const backend of backends) {
      for (const [label, inFlight, count] of [
        ["at once", AT_ONCE, GUESTS],
        [`${BY_DEFAULT} in flight, of 160`, BY_DEFAULT, 160],
      ] as const) {
        progress(`${backend}: ${count} guests, ${label}`);
        const fleet = fleetGuests(count);
        const bed = await Bed.make(`bench-guests-${backend}`, backend, fleet);
        try {
          await bed.adopt();
          const before = await generation(bed);
          const took = await timed(() => bed.createGuests(guestFirewalls(fleet), inFlight));
          const transactions = (await generation(bed)) - before;
          parts[`${backend} ${label}: transactions`] = transactions;
          parts[`${backend} ${label}: seconds`] = took / 1000;
          samples[`${backend} ${label}`] = [transactions];
        } finally {
          await bed.down();
        }
      }
    }
    const figures = backends.map((backend) => median(samples[`${backend} at once`] ?? []));
    return { ratio: worst(figures, "<= 20"), parts, samples };
  },
};

/** The host's count of transactions: every transaction adds one. */
async function generation(bed: Bed): Promise<number> {
  return Number(await bed.host.run("cat /var/lib/csp/generation"));
}
