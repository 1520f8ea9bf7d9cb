import { createLab, type Lab } from "../../lab/netns";
import { Csp, type Resource } from "../support/csp";
import { describeShot, type Shot, shotsOf } from "./corpus";
import type { Sent } from "./packets";
import { CARDS, GUESTS, IDLE, OUTSIDE, PLACES, type Place, SETS } from "./places";
import type { Plane } from "./planes";
import type { Policy } from "./policies";

const HOST = "hv-01";
const BRIDGE = "xenbr0";
/** How long nothing must arrive before what has not arrived counts as dropped; and when it is looked at again. Milliseconds. */
const QUIET = 60;
const QUIET_AGAIN = 1000;

/** A host of one plane in the network lab, with guests that say nothing by themselves. */
export class PlaneJudge {
  /** Packets that were sent, and for how many milliseconds; those of second looks not included. */
  sent = 0;
  took = 0;
  private policy: Resource | undefined;

  private constructor(
    readonly plane: Plane,
    private readonly lab: Lab,
    private readonly csp: Csp,
  ) {}

  static async build(plane: Plane): Promise<PlaneJudge> {
    const guests = [...Object.entries(GUESTS), ["idle", { uuid: IDLE.uuid, cards: [IDLE] }] as const];
    const lab = await createLab(
      {
        name: `planes-${process.pid}`,
        hosts: [{ name: HOST, bridges: [{ name: BRIDGE }], ...plane.host }],
        guests: guests.map(([name, { uuid, cards }]) => {
          const [first, ...more] = cards.map(({ mac }) => ({ mac }));
          return { name, host: HOST, uuid, ...first, extraInterfaces: more };
        }),
        outside: Object.entries(OUTSIDE).map(([name, { mac }]) => ({ name, host: HOST, mac })),
      },
      { replace: true },
    );
    const judge = new PlaneJudge(plane, lab, new Csp("corpus", () => lab.hosts));
    try {
      await judge.prepare();
    } catch (error) {
      await judge.down();
      throw error;
    }
    return judge;
  }

  private async prepare(): Promise<void> {
    const silence =
      "for each in $(ls /proc/sys/net/ipv6/conf); do echo 1 >/proc/sys/net/ipv6/conf/$each/disable_ipv6; done; ip addr flush scope global";
    await Promise.all(PLACES.filter((place) => place !== "c/1").map((place) => this.lab.exec(place, ["sh", "-c", silence])));
    await this.csp.create("csp:index:Host", { host: HOST, ...this.plane.adoption });
    for (const [name, { family, members }] of Object.entries(SETS))
      await this.csp.create("csp:firewall:IpSet", { host: HOST, name, type: "hash:net", family, members });
    // What somebody forges must not move others' MACs: where a frame goes is no question of the rules.
    const ports = PLACES.map((place) => `${this.ports[place]} ${CARDS[place].mac}`).join("\n");
    await this.lab.host(HOST).run(`ip link set ${BRIDGE} type bridge mcast_snooping 0
      while read -r port mac; do
        bridge link set dev $port learning off && bridge fdb replace $mac dev $port master static || exit 1
      done <<'END'\n${ports}\nEND\n`);
  }

  private get ports(): Readonly<Record<Place, string>> {
    const guest = (name: string, device = 0) => this.lab.guest(name).port(device);
    return { a: guest("a"), b: guest("b"), c: guest("c"), "c/1": guest("c", 1), idle: guest("idle"), office: "port0", depot: "port1" };
  }

  /** Puts the policy on the host, sends the packets, and says of which the kernel's verdict is not the evaluator's. */
  async disagreements(policy: Policy, sent: readonly Sent[]): Promise<string[]> {
    this.policy = await this.csp.put("csp:firewall:HostPolicy", policy, this.policy);
    const began = performance.now();
    const once = await this.look(policy, sent, QUIET);
    this.took += performance.now() - began;
    this.sent += once.shots.length;
    if (once.wrong.length === 0) return [];
    // What has arrived has arrived. What has not may be late, on a busy machine.
    if (once.wrong.some(({ unexpected }) => unexpected.length > 0)) return once.wrong.map(describe);
    return (await this.look(policy, sent, QUIET_AGAIN)).wrong.map(describe);
  }

  private async look(policy: Policy, sent: readonly Sent[], quiet: number) {
    const { ports, lab, plane } = this;
    await lab.probe.forget(HOST);
    const shots = shotsOf(policy, sent, { ports, bridge: BRIDGE, blind: plane.blind });
    const frames = shots.flatMap(({ from, wire: { frames, marker } }, index) => frames.map((frame) => ({ from, frame, marker, index })));
    const { hits } = await lab.probe.volley(frames, PLACES, quiet);
    const seen = shots.map(() => new Set<string>());
    for (const [at, { exact, marked }] of hits.entries()) {
      const { index = 0, marker } = frames[at] ?? {};
      for (const place of marker === undefined ? exact : marked) seen[index]?.add(place);
    }
    const wrong = shots.flatMap((shot, index) => {
      const arrived = seen[index] ?? new Set();
      const passes = (place: Place) => shot.judgements.get(place)?.verdict === "passes";
      const unexpected = PLACES.filter((place) => arrived.has(place) && !passes(place));
      const missing = PLACES.filter((place) => !arrived.has(place) && passes(place));
      return unexpected.length + missing.length === 0 ? [] : [{ shot, unexpected, missing }];
    });
    return { shots, wrong };
  }

  async down(): Promise<void> {
    this.csp.close();
    await this.lab.down();
  }
}

function describe({
  shot,
  unexpected,
  missing,
}: {
  readonly shot: Shot;
  readonly unexpected: readonly Place[];
  readonly missing: readonly Place[];
}) {
  return describeShot(shot, `the kernel: arrives at [${unexpected}] where it must not, not at [${missing}] where it must`);
}
