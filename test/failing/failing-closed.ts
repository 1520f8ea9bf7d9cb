import { type Backend, createLab, type Lab, type LabHost } from "../../lab/netns";
import { Incomplete, type State } from "../../provider/core/define";
import { CspError } from "../../provider/errors";
import { repair } from "../../provider/host/adopt/repair";
import { createHosts, type Hosts } from "../../provider/host/session/hosts";
import { RemoteHost } from "../../provider/host/session/remote-host";
import type { Context } from "../../provider/host/session/task";
import { resourceOf } from "../../provider/resources";
import { floodKinds, type Kind, PORTS, underFlood } from "../acceptance/floods";
import { entryOf, ownName } from "../acceptance/stack";
import { describeWith } from "../support/needs";
import { FAILURES, type Failure, relieve, strike } from "./failures";

const ADOPTION = resourceOf("csp:index:Host");
const SET = resourceOf("csp:firewall:IpSet");
const POLICY = resourceOf("csp:firewall:HostPolicy");

/** How long an `up` may take while something fails. After that its user interrupts it. */
const PATIENCE_MS = 8_000;

/** What meets a failure. */
const DEEDS = ["boot", "event", "up"] as const;

/**
 * One thing fails, then a host boots, a guest restarts or an `up` runs. Meanwhile packets are sent that neither the old policy nor the new one lets
 * through. None may arrive, and the next `up` after the failure puts everything right.
 */
export function failingClosed(backend: Backend): void {
  describeWith(["root"], `whatever fails, guests are shut, on ${backend}`, () => {
    let site: Site;
    beforeAll(async () => {
      site = await Site.open(backend);
    }, 120_000);
    afterAll(() => site?.close());

    // The failures take turns on the two hosts: the same programs read a file on both, and neighbours in the table are alike.
    const own = FAILURES.filter((_, n) => n % 2 === (backend === "nft" ? 0 : 1));
    test.each(own.map((failure) => [`${failure.what} ${failure.how}`, failure] as const))(
      "%s",
      async (title, failure) => {
        for (const deed of DEEDS) {
          const { sent, wrong } = await underFlood(site.lab, site.forbidden, `${title}, ${deed}`, () => site.meet(failure, deed));
          expect([deed, sent > 0, wrong]).toEqual([deed, true, {}]);
        }
        await site.up();
        expect(await site.drift()).toEqual([]);
        expect(await site.lab.probe.flow({ from: "db", to: "web", proto: "udp", port: PORTS.open })).toBe("passed");
      },
      90_000,
    );
  });
}

class Site {
  private hosts: Hosts | undefined;
  private readonly known = new Map<string, State>();
  /** The policy has two forms, which forbid the same packets. */
  private turn = 0;

  readonly forbidden: readonly Kind[];

  private constructor(
    readonly lab: Lab,
    private readonly host: LabHost,
  ) {
    const cast = { guest: "web", peer: "db", other: "mail", client: "client" };
    this.forbidden = floodKinds(lab, cast, 100).filter(({ allowed }) => !allowed);
  }

  static async open(backend: Backend): Promise<Site> {
    const lab = await createLab(
      {
        name: ownName(`failing-${backend}`),
        hosts: [{ name: "hv-01", backend }],
        guests: ["web", "db", "mail"].map((name, n) => ({
          name,
          host: "hv-01",
          addresses: [`10.44.0.${11 + n}/24`, `fd44::${11 + n}/64`],
        })),
        outside: [{ name: "client", addresses: ["10.44.0.9/24", "fd44::9/64"] }],
      },
      { replace: true },
    );
    const site = new Site(lab, lab.host("hv-01"));
    // The control: before there is a policy, each of these packets arrives.
    const { sent, wrong } = await underFlood(lab, site.forbidden, "no policy", async () => {});
    expect([sent > 0, Object.keys(wrong).sort()]).toEqual([true, site.forbidden.map(({ name }) => name).sort()]);
    await site.up();
    return site;
  }

  async close(): Promise<void> {
    this.hosts?.close();
    await this.lab.down();
  }

  async meet(failure: Failure, deed: (typeof DEEDS)[number]): Promise<void> {
    await strike(this.host, failure);
    try {
      await this.does(deed);
    } finally {
      await relieve(this.host, failure);
    }
  }

  private async does(deed: (typeof DEEDS)[number]): Promise<void> {
    if (deed === "boot") await this.lab.reboot("hv-01");
    else if (deed === "event") await this.lab.guest("web").reboot();
    else
      await this.up(AbortSignal.timeout(PATIENCE_MS)).catch((error: unknown) => {
        // Every error says where it happened and what to do.
        const cause = error instanceof Incomplete ? error.cause : error;
        expect(cause).toBeInstanceOf(CspError);
        expect((cause as CspError).message).toContain("hv-01");
      });
  }

  /** Does what `pulumi up --refresh` does, and what its user does if it says that csp's records need a repair. */
  async up(signal: AbortSignal = new AbortController().signal): Promise<void> {
    this.turn++;
    try {
      await this.put(signal);
    } catch (error) {
      if (!(error instanceof CspError) || !error.message.includes("csp doctor hv-01 --repair") || signal.aborted) throw error;
      this.connect();
      await repair(this.context(signal).hosts.get("hv-01"));
      await this.put(signal);
    }
  }

  private async put(signal: AbortSignal): Promise<void> {
    this.connect();
    for (const { definition, id, inputs } of this.declared()) {
      const before = this.known.get(id);
      const context = this.context(signal);
      const found = before === undefined ? undefined : ((await definition.read(context, id, before as never)) as State | undefined);
      const outputs =
        found === undefined
          ? (await definition.create(context, inputs as never)).outputs
          : await definition.update(context, id, found as never, inputs as never);
      this.known.set(id, { inputs, outputs } as State);
    }
  }

  /** What a refresh finds. */
  async drift(): Promise<string[]> {
    this.connect();
    const found: string[] = [];
    for (const { definition, id } of this.declared()) {
      const state = (await definition.read(this.context(), id, this.known.get(id) as never)) as State | undefined;
      found.push(...((state?.outputs.drift as readonly string[] | undefined) ?? [`${id} is gone`]));
    }
    return found;
  }

  private declared() {
    const guests = Object.fromEntries(
      this.lab.guests.map(({ name, uuid, spec }) => [
        name,
        {
          uuid,
          interfaces: spec.interfaces.map(({ mac, addresses }, device) => ({
            device,
            mac,
            addresses: addresses.map((address) => address.split("/")[0]),
          })),
          ingress: [
            { name: "open", protocol: "udp", ports: [String(PORTS.open)] },
            { name: "other", protocol: "tcp", ports: [this.turn % 2 === 0 ? "80" : "81"], from: ["set:blocklist"] },
          ],
          egress: [{ name: "closed", action: "drop", protocol: "udp", ports: [String(PORTS.closedOut)] }],
        },
      ]),
    );
    return [
      { definition: ADOPTION, id: "hv-01", inputs: ADOPTION.inputs.parse({ host: "hv-01" }) },
      { definition: SET, id: "hv-01/blocklist", inputs: SET.inputs.parse({ host: "hv-01", name: "blocklist", members: ["192.0.2.1"] }) },
      { definition: POLICY, id: "hv-01/guests", inputs: POLICY.inputs.parse({ host: "hv-01", guests }) },
    ];
  }

  private connect(): void {
    this.hosts?.close();
    this.hosts = createHosts({ inventory: { "hv-01": entryOf(this.host) } as never, hostFactory: (...of) => new RemoteHost(...of) });
  }

  private context(signal: AbortSignal = new AbortController().signal): Context {
    if (this.hosts === undefined) this.connect();
    return { hosts: this.hosts as Hosts, owner: "failing/dev guests (csp:firewall:HostPolicy)", signal, status: () => {}, warn: () => {} };
  }
}
