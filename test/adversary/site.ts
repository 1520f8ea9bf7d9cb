import type { Era } from "../../lab/eras/ages";
import { createLab, frames, type GuestSpec, type InterfaceSpec, type Lab, type LabHost, type Shot } from "../../lab/netns";
import type { Plane } from "../../provider/firewall/model/kernel";
import { Csp } from "../support/csp";
import { ACTORS, type Actor, actor, db, gate, host, idle, office, type Place, secondCard, shut, trunk, twin, web } from "./actors";
import type { Attack, Sent } from "./attacks";
import type { Lesson } from "./learning";
import { markOf } from "./marks";
import type { Deed } from "./traces";

/** What a host consists of: its bridges and its tools. */
export interface SiteSpec {
  readonly name: string;
  readonly backend: "nft" | "legacy";
  readonly plane?: Plane;
  /** A VLAN-aware bridge has all guests as access ports of this VLAN, and its uplink tagged. */
  readonly vlan?: number;
  /** The host is of another age. */
  readonly era?: Era;
  /** "drop": the host's tools cannot filter IPv6. */
  readonly ipv6?: "drop";
  /** A second bridge, whose guests have the same addresses. */
  readonly twins?: true;
}

const HOST = "hv";

/** An address on the second bridge that the host routes to. */
const FAR = { ip: "10.71.0.13", ip6: "fd71::13" };

/** Names of the lab's endpoints. */
const ENDPOINTS: Readonly<Record<Place, string>> = {
  web: "web",
  "second card": "web/1",
  "emulated card": "web/0-emu",
  db: "db",
  shut: "shut",
  idle: "idle",
  gate: "gate",
  trunk: "trunk",
  uplink: "office",
  host: HOST,
  "web-b": "web-b",
  "db-b": "db-b",
  "shut-b": "shut-b",
  "uplink-b": "office-b",
};

/** Where a row's frame was seen, and its form there. */
export type Sightings = ReadonlyMap<Place, Buffer>;

/** A host with guests, an uplink and an endpoint at its far end; first without csp, then with csp. */
export class Site {
  /** Whether each bridge has its own table of connections, and its own fragments, as the adopted host's outputs say. */
  private apart = { connections: true, fragments: true };

  private constructor(
    readonly spec: SiteSpec,
    readonly lab: Lab,
    private readonly csp: Csp,
  ) {}

  static async build(spec: SiteSpec): Promise<Site> {
    const { vlan, twins } = spec;
    const card = ({ mac, ip, ip6 }: Actor): InterfaceSpec => ({ mac, addresses: [`${ip}/24`, `${ip6}/64`], ...(vlan ? { vlan } : {}) });
    const guest = (name: string, actor: Actor): GuestSpec => ({ name, host: HOST, ...card(actor) });
    const wire = ({ mac, ip, ip6 }: Actor): InterfaceSpec => ({ mac, addresses: [`${ip}/24`, `${ip6}/64`] });
    const bridge = "xenbr1";
    const lab = await createLab(
      {
        name: `${spec.name}-${process.pid}`,
        hosts: [
          {
            name: HOST,
            backend: spec.backend,
            ...(spec.era === undefined ? {} : { era: spec.era }),
            bridges: [{ name: "xenbr0", vlanAware: vlan !== undefined }, ...(twins ? [{ name: bridge }] : [])],
          },
        ],
        guests: [
          { ...guest("web", web), kind: "hvm", extraInterfaces: [card(secondCard)] },
          guest("db", db),
          guest("shut", shut),
          guest("idle", idle),
          guest("gate", gate),
          { ...guest("trunk", trunk), ...(vlan ? { vlans: [5] } : {}) },
          ...(twins ? (["web", "db", "shut"] as const).map((name) => ({ ...guest(`${name}-b`, twin(ACTORS[name])), bridge })) : []),
        ],
        outside: [{ name: "office", ...wire(office) }, ...(twins ? [{ name: "office-b", bridge, ...wire(twin(office)) }] : [])],
      },
      { replace: true },
    );
    const site = new Site(spec, lab, new Csp("adversary", () => lab.hosts));
    try {
      await site.prepare();
    } catch (error) {
      await site.down();
      throw error;
    }
    return site;
  }

  get host(): LabHost {
    return this.lab.host(HOST);
  }

  get places(): Place[] {
    return (Object.keys(ENDPOINTS) as Place[]).filter((place) => place.endsWith("-b") === false || this.spec.twins === true);
  }

  /** The guests' kernels send nothing by themselves: only the attacks' frames are on the wires, in their order. */
  private async prepare(): Promise<void> {
    const { vlan, twins } = this.spec;
    const { device } = this;
    const alone =
      vlan === undefined
        ? ""
        : `bridge vlan add dev xenbr0 vid ${vlan} self; ip link add link xenbr0 name ${device} type vlan id ${vlan}; ip link set ${device} up;`;
    const far = twin(db).mac;
    const routes = `ip addr add 10.71.0.10/24 dev xenbr1; ip addr add fd71::10/64 dev xenbr1 nodad
      ip neigh replace ${FAR.ip} lladdr ${far} dev xenbr1 nud permanent; ip neigh replace ${FAR.ip6} lladdr ${far} dev xenbr1 nud permanent
      for each in "${shut.ip} ${shut.mac}" "${idle.ip} ${idle.mac}"; do ip neigh replace \${each% *} lladdr \${each#* } dev xenbr0 nud permanent; done
      echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding`;
    await this.host.run(
      `${alone} ip addr add ${host.ip}/24 dev ${device}; ip addr add ${host.ip6}/64 dev ${device} nodad
      ${twins ? routes : ""}
      for each in all default; do echo 0 >/proc/sys/net/ipv4/conf/$each/rp_filter; done`,
    );
    const silence =
      "for each in $(ls /proc/sys/net/ipv6/conf); do echo 1 >/proc/sys/net/ipv6/conf/$each/disable_ipv6; done; ip addr flush scope global";
    const ends = this.places.filter((place) => !["host", "second card", "emulated card"].includes(place));
    await Promise.all(ends.map((place) => this.lab.exec(ENDPOINTS[place], ["sh", "-c", silence])));
  }

  /** Adopts the host and gives the guests their policies. */
  async adopt(): Promise<void> {
    const { limits } = await this.csp.create("csp:index:Host", { host: HOST, plane: this.spec.plane });
    const together = (words: string) => (limits as readonly string[]).some((limit) => limit.includes(words));
    const connections = !together("are in one table");
    this.apart = { connections, fragments: connections && !together("are put together in one place") };
    const all = [{ name: "all" }];
    const drop = this.spec.ipv6 === "drop";
    const card = (actor: Actor, device = 0, more: object = {}) => ({
      ...{ device, mac: actor.mac, addresses: drop ? [actor.ip] : [actor.ip, actor.ip6] },
      ...more,
    });
    const uuid = (name: string) => ({ uuid: this.lab.guest(name).uuid, ...(drop ? { ipv6: "drop" } : {}) });
    await this.csp.create("csp:firewall:HostPolicy", {
      host: HOST,
      guests: {
        web: { ...uuid("web"), interfaces: [card(web), card(secondCard, 1)], ingress: all },
        db: { ...uuid("db"), interfaces: [card(db)], ingress: all },
        shut: {
          ...uuid("shut"),
          interfaces: [card(shut)],
          egress: [{ name: "dns", protocol: "udp", ports: ["53"] }],
          egressDefault: "drop",
        },
        gate: { ...uuid("gate"), interfaces: [card(gate, 0, { dhcpServer: true, routerAdvertisements: true })], ingress: all },
        trunk: { ...uuid("trunk"), interfaces: [card(trunk, 0, { vlans: [5], etherTypes: ["0x88b5"] })], ingress: all },
        ...(this.spec.twins
          ? {
              "web-b": { ...uuid("web-b"), interfaces: [card(twin(web))], ingress: all },
              "db-b": {
                ...uuid("db-b"),
                interfaces: [{ ...card(twin(db)), addresses: drop ? [db.ip, FAR.ip] : [db.ip, db.ip6, FAR.ip, FAR.ip6] }],
                ingress: all,
              },
              "shut-b": { ...uuid("shut-b"), interfaces: [card(twin(shut))], ingress: all },
            }
          : {}),
      },
    });
  }

  /** Every endpoint announces itself, so that bridges and switches forget what earlier rows have taught them. */
  private announcements(places: readonly Place[]): Shot[] {
    return places.map((place) => this.shot(place, frames.gratuitousArp(ACTORS[place].mac, ACTORS[place].ip)));
  }

  private shot(place: Place, frame: Buffer, marker?: string): Shot {
    const { vlan } = this.spec;
    const tagged = vlan !== undefined && (place === "uplink" || place === "host") && frame.readUInt16BE(12) !== 0x8100;
    return {
      from: ENDPOINTS[place],
      frame: tagged ? frames.tagged(frame, vlan) : frame,
      // A frame without a place for a mark is recognized by its whole payload, under any tag.
      ...(marker === undefined ? {} : { marker: frame.includes(marker) ? marker : frame.subarray(14) }),
    };
  }

  private get heals(): Place[] {
    return this.places.filter((place) => place !== "emulated card" && place !== "host");
  }

  /**
   * Sends all rows in one volley; `numbered` says by what each is known. Where each was seen, of the places that it names: any frame of it, or with
   * `whole` all of them.
   */
  async send(rows: readonly Attack[], numbered: (row: Attack) => number, whole = false): Promise<Sightings[]> {
    const shots: Shot[] = this.announcements(this.heals);
    const own: number[][] = [];
    const silent = new Map<string, number>();
    for (const row of rows) {
      const mark = markOf(numbered(row));
      const of = (sent: Sent) => (Buffer.isBuffer(sent) ? { from: row.enters, frame: sent } : sent);
      for (const { from, frame } of (row.before?.(mark) ?? []).map(of)) shots.push(this.shot(from, frame));
      const made = row.frame(mark);
      const all = (Buffer.isBuffer(made) ? [made] : made).map(of);
      own.push(
        all.map(({ from, frame }) => {
          const shot = this.shot(from, frame, mark.text);
          const text = shot.frame.toString("hex");
          const before = silent.get(text);
          if (before !== undefined && before !== numbered(row)) throw new Error(`"${row.name}" sends what row ${before} sends`);
          silent.set(text, numbered(row));
          return shots.push(shot) - 1;
        }),
      );
      // If only some of a row's frames have its mark, their payload must not be seen.
      const marked = (own.at(-1) ?? []).filter((at) => shots[at]?.marker === mark.text);
      if (marked.length > 0 && !whole) own.splice(-1, 1, marked);
      const sources = all.map(({ frame }) => frame.subarray(6, 12).toString("hex"));
      const foreign = this.heals.filter((place) => place !== row.enters && sources.includes(ACTORS[place].mac.replace(/:/g, "")));
      shots.push(...this.announcements(foreign));
    }
    const watch = [...new Set(rows.flatMap(({ unseen }) => unseen))].filter((place) => this.places.includes(place));
    const { hits, heard } = await this.lab.probe.volley(
      shots,
      watch.map((place) => ENDPOINTS[place]),
      300,
    );
    return rows.map((row, index) => {
      const seen = new Map<Place, Buffer>();
      for (const place of row.unseen.filter((each) => watch.includes(each))) {
        const end = ENDPOINTS[place];
        const arrived = (own[index] ?? []).filter((at) => [...(hits[at]?.exact ?? []), ...(hits[at]?.marked ?? [])].includes(end));
        const shot = shots[arrived[0] ?? -1];
        if (shot === undefined || (whole && arrived.length < (own[index] ?? []).length)) continue;
        const found = heard[end]?.find((frame) => frame.equals(shot.frame) || (shot.marker && frame.includes(shot.marker)));
        seen.set(place, found ?? shot.frame);
      }
      return seen;
    });
  }

  /** Whether this host can keep apart what a row is about. */
  keepsApart({ zones }: Attack): boolean {
    return zones === undefined || (zones === "fragments" ? this.apart.fragments : this.apart.connections);
  }

  /** The bridge's port behind which somebody is. */
  /** The bridge's port behind which an endpoint is. */
  port(place: Place): string {
    const [guest = "", device] = (ENDPOINTS[place] ?? "").split("/");
    return place === "uplink" ? "eth1" : this.lab.guest(guest).port(Number(device ?? 0));
  }

  /** Sends all rows, and says behind which of the bridge's ports each row's somebody is taken to be; undefined where he is not known. */
  async teach(lessons: readonly Lesson[]): Promise<(string | undefined)[]> {
    const each = lessons.map((lesson, row) => ({ lesson, mark: markOf(row), who: actor(66, `02:00:00:72:00:${row + 10}`) }));
    await this.host.run("ip link set xenbr0 type bridge fdb_flush");
    const known = each.filter(({ lesson }) => lesson.new === undefined);
    const said = known.map(({ who }) => this.shot("uplink", frames.gratuitousArp(who.mac, who.ip)));
    await this.lab.probe.volley([...said, ...this.announcements(this.heals)], [], 30);
    const sent = each.map(({ lesson, mark, who }) => this.shot(lesson.enters, lesson.frame(mark, who)));
    await this.lab.probe.volley(sent, [], 30);
    const lines = (await this.host.run("bridge fdb show br xenbr0")).split("\n");
    return each.map(({ who }) => lines.find((line) => line.startsWith(who.mac))?.split(" ")[2]);
  }

  /** What the host's addresses are on. */
  get device(): string {
    return this.spec.vlan === undefined ? "xenbr0" : `xenbr0.${this.spec.vlan}`;
  }

  /** Runs one attack and says what it has left behind; undefined if nothing. */
  async undergo({ enters, frame, leaves }: Deed, row: number): Promise<string | undefined> {
    await leaves.prepare?.(this);
    await this.lab.probe.volley([this.shot(enters, frame(markOf(row)))], [], 20);
    return leaves.found(this);
  }

  async down(): Promise<void> {
    this.csp.close();
    await this.lab.down();
  }
}
