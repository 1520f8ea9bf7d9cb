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
  run: async (progress, planes) => {
    const parts: Record<string, number> = {};
    const samples: Record<string, number[]> = {};
    for (const plane of planes) {
      for (const [label, inFlight, count] of [
        ["at once", AT_ONCE, GUESTS],
        [`${BY_DEFAULT} in flight, of 160`, BY_DEFAULT, 160],
      ] as const) {
        progress(`${plane.name}: ${count} guests, ${label}`);
        const fleet = fleetGuests(count);
        const bed = await Bed.make(`b-guests-${plane.name}`, plane, fleet);
        try {
          await bed.adopt();
          const before = await generation(bed);
          const took = await timed(() => bed.createGuests(guestFirewalls(fleet), inFlight));
          const transactions = (await generation(bed)) - before;
          parts[`${plane.name} ${label}: transactions`] = transactions;
          parts[`${plane.name} ${label}: seconds`] = took / 1000;
          samples[`${plane.name} ${label}`] = [transactions];
        } finally {
          await bed.down();
        }
      }
    }
    const figures = planes.map((plane) => median(samples[`${plane.name} at once`] ?? []));
    return { ratio: worst(figures, "<= 20"), parts, samples };
  },
};

/** The host's count of transactions: every transaction adds one. */
async function generation(bed: Bed): Promise<number> {
  return Number(await bed.host.run("cat /var/lib/csp/generation"));
}
