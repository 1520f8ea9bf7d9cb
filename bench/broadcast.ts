import { run } from "../lab/netns/command";
import { crowdNamespace } from "../lab/netns/names";
import { type Bench, median } from "./figure";
import { type FleetGuest, fleetGuests, fleetPolicy } from "./fleet";
import { Bed, type Plane } from "./host";
import { placesOf } from "./pair";
import { pump } from "./pump";

const GUESTS = 300;
const ROUNDS = 60;
const BURST = 3;

/** The aims for the cost of a frame: at most so many times that of a bridge without rules, and so many times less than a list by port. */
const AIMS = { unfiltered: 3, listed: 20 } as const;

const LANES = ["no rules", "csp", "a list by port"] as const;
/** A request for one guest's address, which csp leads to that guest alone; and one for the sender's own, which is for all. */
const KINDS = ["question", "announcement"] as const;
type Costs = Readonly<Record<(typeof LANES)[number], Readonly<Record<(typeof KINDS)[number], readonly number[]>>>>;

export const broadcast: Bench = {
  name: "broadcast",
  what: `an ARP broadcast on a bridge with ${GUESTS} guests, CPU per frame, against a bridge without rules (<= ${AIMS.unfiltered}) and against a list of rules by port (${AIMS.listed} times better): the worst of these, relative to its own aim`,
  aim: ">= 1",
  run: async (progress, planes) => {
    const parts: Record<string, number> = {};
    const samples: Record<string, readonly number[]> = {};
    let ratio = Number.POSITIVE_INFINITY;
    const guests = fleetGuests(GUESTS);
    for (const plane of planes) {
      const beds: Bed[] = [];
      try {
        for (const lane of LANES) {
          progress(`${plane.name}: a host with ${GUESTS} guests, ${lane}`);
          beds.push(await makeBed(`b-bc-${plane.name}-${beds.length}`, plane, guests, lane));
        }
        progress(`${plane.name}: ${ROUNDS} rounds of ${BURST} frames each`);
        const lanes = beds.map((bed, index) => laneOf(bed, guests, LANES[index] ?? ""));
        const before = await Promise.all(beds.map(heard));
        const costs = await pump<Costs>({ task: "broadcast", lanes, rounds: ROUNDS, burst: BURST });
        for (const [index, bed] of beds.entries()) {
          const copies = ((await heard(bed)) - (before[index] ?? 0)) / (ROUNDS * BURST);
          if (copies < GUESTS - 2) throw new Error(`${LANES[index]}: only ${Math.floor(copies)} guests hear an announcement`);
        }
        for (const kind of KINDS) {
          const cost = (lane: (typeof LANES)[number]) => median(costs[lane][kind]);
          for (const lane of LANES) {
            samples[`${plane.name} ${kind}, ${lane} (ns)`] = costs[lane][kind];
            parts[`${plane.name} ${kind}, ${lane} (microseconds a frame)`] = cost(lane) / 1000;
          }
          const more = cost("csp") / cost("no rules");
          const better = cost("a list by port") / cost("csp");
          parts[`${plane.name} ${kind}: times a bridge without rules (aim <= ${AIMS.unfiltered})`] = more;
          parts[`${plane.name} ${kind}: times better than a list by port (aim >= ${AIMS.listed})`] = better;
          parts[`${plane.name} ${kind}: times better than the list that no rules at all would be (the limit)`] = better * more;
          parts[`${plane.name} ${kind}: what the list's rules cost, times what csp's do`] =
            (cost("a list by port") - cost("no rules")) / (cost("csp") - cost("no rules"));
          ratio = Math.min(ratio, AIMS.unfiltered / more, better / AIMS.listed);
        }
      } finally {
        for (const bed of beds) await bed.down();
      }
    }
    return { ratio, parts, samples };
  },
};

async function makeBed(name: string, plane: Plane, guests: readonly FleetGuest[], lane: (typeof LANES)[number]): Promise<Bed> {
  const bed = await Bed.make(name, plane, guests, ends(guests));
  await plugIn(bed, guests);
  if (lane === "csp") {
    await bed.adopt();
    await bed.create(fleetPolicy(guests));
  }
  if (lane === "a list by port") await bed.host.run("ebtables-restore", listByPort(bed, guests));
  return bed;
}

/** Brings up what is behind the ports, for a bridge sends nothing where nobody listens. There is no IPv6 there, so that they are silent themselves. */
async function plugIn({ lab, host }: Bed, guests: readonly FleetGuest[]): Promise<void> {
  const batch = `ip -br link | while read -r device rest; do echo "link set \${device%@*} up"; done | ip -batch -`;
  await run(["ip", "netns", "exec", crowdNamespace(lab.name), "sh", "-c", `sysctl -qw net.ipv6.conf.all.disable_ipv6=1; ${batch}`]);
  await host.run(`until [ "$(cat /sys/class/net/*/brport/state | grep -cx 3)" -ge ${guests.length} ]; do sleep 0.2; done`);
}

/** How many packets those behind the ports have received, all together. */
async function heard({ lab }: Bed): Promise<number> {
  const lines = (await run(["ip", "netns", "exec", crowdNamespace(lab.name), "cat", "/proc/net/dev"])).split("\n");
  return lines.reduce((sum, line) => sum + Number(/:\s*\d+\s+(\d+)/.exec(line)?.[1] ?? 0), 0);
}

/** The sender, from the middle; and the guest whose port the bridge comes to last, for it goes from the newest port to the oldest. */
const ends = (guests: readonly FleetGuest[]): [sender: string, last: string] => [
  guests[Math.floor(guests.length / 2)]?.name ?? "",
  guests[0]?.name ?? "",
];

function laneOf(bed: Bed, guests: readonly FleetGuest[], name: string): object {
  const [sender, last] = ends(guests);
  const of = (guest: string) => guests.find((each) => each.name === guest);
  return { name, ...placesOf(bed, sender, last), mac: of(sender)?.mac, ip: [of(sender)?.addresses[0], of(last)?.addresses[0]] };
}

/**
 * What libvirt's nwfilter makes of its filter `clean-traffic`: in PREROUTING and POSTROUTING of ebtables' nat a rule for each port, which leads to chains
 * of its own. A frame walks the list up to its port, and a broadcast walks it for each port that it leaves by.
 */
function listByPort(bed: Bed, guests: readonly FleetGuest[]): string {
  const chains: string[] = [];
  const rules: string[] = [];
  for (const { name, mac, addresses } of guests) {
    const port = bed.lab.guest(name).port();
    const of = (way: "I" | "O", what: string) => `${way}-${port}-${what}`;
    const chain = (each: string, lines: readonly string[]) => {
      chains.push(`:${each} RETURN`);
      rules.push(...lines.map((line) => `-A ${each} ${line}`));
    };
    rules.push(`-A PREROUTING -i ${port} -j libvirt-I-${port}`, `-A POSTROUTING -o ${port} -j libvirt-O-${port}`);
    chain(`libvirt-I-${port}`, [
      `-j ${of("I", "mac")}`,
      `-p IPv4 -j ${of("I", "ipv4-ip")}`,
      "-p IPv4 -j ACCEPT",
      `-p ARP -j ${of("I", "arp-mac")}`,
      `-p ARP -j ${of("I", "arp-ip")}`,
      "-p ARP -j ACCEPT",
      "-p 0x8035 -j ACCEPT",
      "-j DROP",
    ]);
    chain(of("I", "mac"), [`-s ${mac} -j RETURN`, "-j DROP"]);
    chain(of("I", "ipv4-ip"), [`-p IPv4 --ip-src ${addresses[0]} -j RETURN`, "-j DROP"]);
    chain(of("I", "arp-mac"), [`-p ARP --arp-mac-src ${mac} -j RETURN`, "-j DROP"]);
    chain(of("I", "arp-ip"), [`-p ARP --arp-ip-src ${addresses[0]} -j RETURN`, "-j DROP"]);
    chain(`libvirt-O-${port}`, ["-p IPv4 -j ACCEPT", "-p ARP -j ACCEPT", "-p 0x8035 -j ACCEPT", "-j DROP"]);
  }
  return `${["*nat", ...chains, ...rules].join("\n")}\n`;
}
