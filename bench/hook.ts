import type { LabHost } from "../lab/netns";
import { type Bench, median, worst } from "./figure";
import { fleetGuests, fleetPolicy } from "./fleet";
import { Bed } from "./host";
import { interleave } from "./interleave";

const GUESTS = 200;
const ROUNDS = 15;
const PLUGGED = "guest-0100";

/** The programs that the hook runs, by purpose. The rest of its time is the shell's own and the start of processes. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  lock: ["flock"],
  "finding the port": ["xenstore-read"],
  "trees (awk)": ["awk"],
  "iptables-restore": ["iptables-restore"],
  "ip6tables-restore": ["ip6tables-restore"],
  ebtables: ["ebtables-restore", "ebtables-save", "ebtables"],
  arptables: ["arptables"],
};
const TIMES = "/run/bench.times";

export const hook: Bench = {
  name: "hook",
  what: `the hook on a host of ${GUESTS} guests when one gets its port, against a bare iptables-restore of the host's whole filter table`,
  aim: "<= 100",
  run: async (progress, planes) => {
    const parts: Record<string, number> = {};
    const samples: Record<string, number[]> = {};
    for (const plane of planes) {
      progress(`${plane.name}: a host with ${GUESTS} guests`);
      const guests = fleetGuests(GUESTS);
      const bed = await Bed.make(`b-hook-${plane.name}`, plane, guests);
      try {
        await bed.adopt();
        await bed.create(fleetPolicy(guests));
        const { host } = bed;
        const guest = bed.lab.guest(PLUGGED);
        // The bench calls the hook by hand, so nobody else may call it meanwhile.
        await host.run("rm -f /etc/xapi.d/vif-hotplug /etc/udev/rules.d/*csp*; udevadm control --reload; udevadm settle");
        const restart = async () => {
          await guest.stop();
          await host.run("/var/lib/csp/hook bench");
          await guest.start();
        };
        // The first sample is from the warm-up round.
        const processor: number[] = [];
        const plug = async () => {
          await restart();
          const { took, processor: spent } = await timedOn(host, "/var/lib/csp/hook bench");
          const claimed = await host.exec(`grep -q '^port ${guest.port()} ' /var/lib/csp/ports`);
          if (claimed.code !== 0) throw new Error(`the hook did not claim ${guest.port()}`);
          processor.push(spent);
          return took;
        };
        const restore = async () => {
          await host.run("iptables-save -t filter >/run/bench.filter");
          return (await timedOn(host, "iptables-restore </run/bench.filter")).took;
        };

        progress(`${plane.name}: ${ROUNDS} plugs and bare restores`);
        const taken = await interleave({ plug, "bare iptables-restore": restore }, ROUNDS);
        progress(`${plane.name}: ${ROUNDS} plugs with every tool timed`);
        const tools = await partsOf(host, restart);

        for (const [series, values] of Object.entries({ ...taken, "plug, processor time": processor.slice(1), ...tools })) {
          samples[`${plane.name} ${series}`] = values;
          parts[`${plane.name} ${series}`] = median(values);
        }
        parts[`${plane.name} ratio`] = median(taken.plug) / median(taken["bare iptables-restore"]);
      } finally {
        await bed.down();
      }
    }
    const of = (part: string) =>
      worst(
        planes.map((plane) => parts[`${plane.name} ${part}`] ?? Number.NaN),
        "<= 100",
      );
    return { ratio: of("ratio"), milliseconds: of("plug"), parts, samples };
  },
};

interface Timed {
  /** Milliseconds by the clock. */
  readonly took: number;
  /** Milliseconds of processor time of all processes. Other work on the machine hardly changes it. */
  readonly processor: number;
}

/** How long a command takes on a host, by the host's own clock. Entering the host is not counted. */
async function timedOn(host: LabHost, command: string): Promise<Timed> {
  const said = await host.run([
    "bash",
    "-c",
    `exec 3>&2 2>/dev/null; TIMEFORMAT="@ %3R %3U %3S"; { time ${command} >/dev/null 2>&3; } 2>&1`,
  ]);
  const [real = 0, user = 0, system = 0] = said
    .slice(said.lastIndexOf("@") + 1)
    .trim()
    .split(" ")
    .map((text) => Number(text) * 1000);
  return { took: real, processor: user + system };
}

/** The times of each part. They are measured with separate plugs, because the clock before each tool also takes time. */
async function partsOf(host: LabHost, restart: () => Promise<void>): Promise<Record<string, number[]>> {
  const tools = Object.values(PARTS).flat();
  await host.run(
    tools
      .map(
        (tool) => `mkdir -p /run/bench; real=$(command -v ${tool})
cat >/run/bench/${tool} <<END
#!/bin/bash
a=\\$EPOCHREALTIME; $real "\\$@"; r=\\$?; echo "${tool} \\$a \\$EPOCHREALTIME" >>${TIMES}; exit \\$r
END
chmod 755 /run/bench/${tool}`,
      )
      .join("\n"),
  );
  const samples: Record<string, number[]> = Object.fromEntries(Object.keys(PARTS).map((part) => [part, []]));
  for (let round = 0; round < ROUNDS; round++) {
    await restart();
    await host.run(`: >${TIMES}; PATH=/run/bench:$PATH /var/lib/csp/hook bench`);
    const lines = (await host.run(`cat ${TIMES}`)).trim().split("\n");
    const spent = new Map<string, number>();
    for (const line of lines) {
      const [tool = "", began, ended] = line.split(" ");
      spent.set(tool, (spent.get(tool) ?? 0) + (Number(ended) - Number(began)) * 1000);
    }
    for (const [part, names] of Object.entries(PARTS)) samples[part]?.push(names.reduce((sum, name) => sum + (spent.get(name) ?? 0), 0));
  }
  return samples;
}
