import { frames, type Lab, type Verdict } from "../lab/netns";

/** One trial with real packets, and the result that the program in demo/index.ts should give. */
export interface Trial {
  readonly title: string;
  readonly expected: Verdict;
  run(lab: Lab): Promise<Verdict>;
}

/** A flow as a program would open it. Default: IPv4. */
function flow(expected: Verdict, from: string, to: string, proto: "tcp" | "udp" | "icmp", port?: number, family: 4 | 6 = 4): Trial {
  const what = `${proto}${port === undefined ? "" : ` ${port}`}`;
  return {
    title: `${from} to ${to}, ${what}${family === 6 ? " over IPv6" : ""}`,
    expected,
    run: (lab) => lab.probe.flow({ from, to, proto, port, family }),
  };
}

/** An Ethernet frame from rogue-1 that no honest guest sends. It has passed if mail-1 received exactly this one. */
function forged(title: string, frame: (between: { rogue: Ends; mail: Ends }) => Buffer): Trial {
  return {
    title: `rogue-1 ${title}`,
    expected: "blocked",
    run: async (lab) => {
      const bytes = frame({ rogue: ends(lab, "rogue-1"), mail: ends(lab, "mail-1") });
      const received = await lab.probe.inject(bytes, "rogue-1", ["mail-1"]);
      return received.length === 0 ? "blocked" : "passed";
    },
  };
}

interface Ends {
  readonly mac: string;
  readonly v4: string;
  readonly v6: string;
}

function ends(lab: Lab, name: string): Ends {
  const guest = lab.guest(name);
  return { mac: guest.mac, v4: guest.address(4), v6: guest.address(6) };
}

/** What the demo changes: who may submit mail. */
export const SUBMISSION = flow("blocked", "stranger", "mail-1", "tcp", 587);
/** What the demo breaks by hand: mail from anywhere. */
export const SMTP = flow("passed", "stranger", "mail-1", "tcp", 25);

const ROUTER = { v4: "10.20.0.1", v6: "fd20::1" };
const ANY_PORT = { sourcePort: 40_000, targetPort: 514, payload: "forged" };

export const TRIALS: readonly Trial[] = [
  flow("passed", "web-1", "db-1", "tcp", 5432),
  flow("passed", "web-2", "db-1", "tcp", 5432),
  flow("passed", "web-1", "db-2", "tcp", 5432, 6),
  flow("passed", "db-1", "db-2", "tcp", 5432),
  flow("blocked", "web-1", "db-1", "tcp", 22),
  flow("blocked", "mail-1", "db-1", "tcp", 5432),
  flow("blocked", "rogue-1", "db-1", "tcp", 5432),
  flow("blocked", "rogue-1", "db-2", "tcp", 5432, 6),
  flow("blocked", "office", "db-1", "tcp", 5432),
  flow("passed", "office", "db-2", "tcp", 5433),
  flow("blocked", "stranger", "db-2", "tcp", 5433),
  flow("passed", "stranger", "web-1", "tcp", 443),
  flow("passed", "stranger", "web-2", "tcp", 80, 6),
  flow("blocked", "stranger", "web-2", "tcp", 22),
  flow("passed", "office", "web-1", "icmp"),
  flow("passed", "office", "web-2", "icmp", undefined, 6),
  flow("blocked", "office", "db-1", "icmp"),
  flow("passed", "web-2", "mail-1", "udp", 514),
  flow("passed", "db-1", "mail-1", "udp", 514, 6),
  flow("blocked", "rogue-1", "mail-1", "udp", 514),
  flow("passed", "office", "mail-1", "tcp", 587),
  flow("passed", "office", "mail-1", "tcp", 587, 6),
  SUBMISSION,
  SMTP,
  flow("passed", "web-1", "stranger", "tcp", 443),
  flow("blocked", "web-1", "stranger", "tcp", 25),
  flow("passed", "mail-1", "stranger", "tcp", 25),
  forged("sends web-2's IPv4 address as its own", ({ rogue, mail }) =>
    frames.udp({ from: rogue.mac, to: mail.mac, sourceIp: "10.20.0.12", targetIp: mail.v4, ...ANY_PORT }),
  ),
  forged("sends web-2's IPv6 address as its own", ({ rogue, mail }) =>
    frames.udp({ from: rogue.mac, to: mail.mac, sourceIp: "fd20::12", targetIp: mail.v6, ...ANY_PORT }),
  ),
  forged("sends from a MAC address that is not its own", ({ rogue, mail }) =>
    frames.udp({ from: "02:00:00:20:00:99", to: mail.mac, sourceIp: rogue.v4, targetIp: mail.v4, ...ANY_PORT }),
  ),
  forged("says by ARP that it is the router", ({ rogue, mail }) =>
    frames.arp({
      ...{ from: rogue.mac, to: mail.mac, operation: "reply", senderMac: rogue.mac, senderIp: ROUTER.v4 },
      ...{ targetMac: mail.mac, targetIp: mail.v4 },
    }),
  ),
  forged("answers neighbour discovery from the router's address", ({ rogue, mail }) =>
    frames.neighbourAdvertisement({
      ...{ from: rogue.mac, to: mail.mac, sourceIp: ROUTER.v6, targetIp: mail.v6 },
      ...{ claimedIp: ROUTER.v6, claimedMac: rogue.mac },
    }),
  ),
  forged("offers itself as an IPv6 router to all", ({ rogue }) =>
    frames.routerAdvertisement({ from: rogue.mac, sourceIp: "fe80::ff:fe20:10", prefix: "2001:db8:bad::" }),
  ),
  forged("answers as a DHCP server", ({ rogue, mail }) =>
    frames.dhcp({
      ...{ kind: "offer", from: rogue.mac, to: mail.mac, clientMac: mail.mac, transaction: 1 },
      ...{ address: "10.20.9.9", serverIp: rogue.v4 },
    }),
  ),
];

/** Tries all, a few at a time, and returns the verdicts in their order. `progress` gets the number of finished ones. */
export async function tryAll(lab: Lab, trials: readonly Trial[], progress: (done: number) => void = () => {}): Promise<Verdict[]> {
  const verdicts: Verdict[] = new Array(trials.length);
  let next = 0;
  let done = 0;
  const lane = async (): Promise<void> => {
    while (next < trials.length) {
      const index = next++;
      verdicts[index] = await (trials[index] as Trial).run(lab);
      done += 1;
      progress(done);
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
  return verdicts;
}
