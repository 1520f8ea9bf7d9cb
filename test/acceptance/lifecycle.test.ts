import type { LabHost, SavedTools } from "../../lab/netns";
import { BACKENDS } from "../support/backends";
import { describeWith } from "../support/needs";
import { declare, failureOf, type LabStack, labStack } from "./stack";

/** What other programs on the host have in the same tools: rules before and after csp's, chains, sets, other tables. */
const FOREIGN = `set -e
ipset create foreign hash:net
ipset add foreign 192.0.2.0/24
for t in iptables ip6tables; do
  $t -N foreign-chain
  $t -A foreign-chain -p tcp --dport 9 -m comment --comment "kept as it is" -j DROP
  $t -A FORWARD -i eth9 -j foreign-chain
  $t -A INPUT -p udp --dport 9 -j DROP
  $t -t mangle -A PREROUTING -p tcp --dport 9 -j MARK --set-mark 9
done
iptables -A FORWARD -i eth9 -m set --match-set foreign src -j DROP
iptables -t nat -A POSTROUTING -s 192.0.2.0/24 -o eth9 -j MASQUERADE
ebtables -N foreign-chain
ebtables -A foreign-chain -p 0x0806 -j ACCEPT
ebtables -A FORWARD -i eth9 -j foreign-chain
ebtables -t nat -A PREROUTING -s 2:16:3e:0:0:9 -j DROP
ebtables -t nat -A POSTROUTING -o eth9 -j ACCEPT
arptables -A FORWARD -s 192.0.2.9 -j DROP
arptables -A INPUT -s 192.0.2.9 -j DROP
`;

/** The state of the tools without the lines that name something of csp's. */
async function foreignOf(host: LabHost): Promise<Record<string, string>> {
  const saved: SavedTools = await host.snapshotTools();
  const ours = /(^|[ :])(csp-|blocklist\b)/;
  return Object.fromEntries(
    Object.entries(saved).map(([tool, text]) => [
      tool,
      text
        .split("\n")
        .filter((line) => !ours.test(line))
        .join("\n"),
    ]),
  );
}

/** What else csp changes: sysctls, and the folders where its files may be. */
function settingsOf(host: LabHost): Promise<string> {
  return host.run(
    "sysctl net.bridge 2>/dev/null; ls -A /etc/sysctl.d /etc/modules-load.d /etc/xapi.d /var/lib/csp 2>/dev/null || :; cat /etc/sysctl.conf",
  );
}

const WEB = { uuid: "1ab00000-0000-4000-8000-00000000000b", mac: "02:00:00:20:01:0b", address: "10.22.0.11" };
const DB = { uuid: "1ab00000-0000-4000-8000-00000000000c", mac: "02:00:00:20:01:0c", address: "10.22.0.12" };
const BACKEND_OF = { "hv-nft": "nft", "hv-old": "legacy" } as const;
type HostName = keyof typeof BACKEND_OF;
/** A host for each backend that this kernel has. */
const HOSTS = (Object.keys(BACKEND_OF) as HostName[]).filter((name) => BACKENDS.includes(BACKEND_OF[name]));
const [FIRST = "hv-old"] = HOSTS;
/** The second host's guests are those of the first with one digit changed. */
const on = (host: HostName, guest: typeof WEB) => ({
  uuid: guest.uuid.replace(/^1/, host === "hv-nft" ? "1" : "2"),
  mac: guest.mac.replace("20:01", host === "hv-nft" ? "20:01" : "20:02"),
  address: guest.address.replace("22.0", host === "hv-nft" ? "22.0" : "22.1"),
});

interface Wanted {
  readonly host?: boolean;
  readonly guest?: boolean;
  /** Another resource for the guest web, which has a GuestFirewall already. */
  readonly rival?: "policy" | "guest";
}

function program(wanted: Wanted = {}): void {
  for (const name of HOSTS) {
    const hv = wanted.host === false ? undefined : declare.host(name);
    const host = hv?.host ?? name;
    const set = declare.ipSet(`${name}-blocklist`, { host, name: "blocklist", members: ["198.51.100.0/24", "203.0.113.7"] });
    const web = on(name, WEB);
    const db = on(name, DB);
    const nic = ({ mac, address }: typeof WEB) => [{ device: 0, mac, addresses: [address] }];
    const rules = {
      ingress: [
        { name: "http", protocol: "tcp", ports: ["80:80", "443"], from: ["0.0.0.0/0"] },
        { name: "ping", protocol: "ICMP", icmpType: "8" },
      ],
    };
    if (wanted.guest !== false) {
      declare.guest(`${name}-web`, {
        host,
        guest: { uuid: web.uuid },
        interfaces: nic(web),
        groups: [{ name: "ops", ingress: [{ name: "ssh", protocol: "tcp", ports: ["22"], from: ["10.22.0.0/15"] }] }],
        ingress: [{ name: "blocked", action: "drop", from: [set.peer] }, ...rules.ingress],
        egress: [{ name: "smtp", action: "reject", protocol: "tcp", ports: ["25"] }],
      });
    }
    declare.policy(`${name}-policy`, {
      host,
      name: "tier",
      groups: { db: { ingress: [{ name: "sql", protocol: "tcp", ports: ["5432"], from: ["group:db"] }] } },
      guests: {
        "db-1": { uuid: db.uuid, interfaces: nic(db), groups: ["db"], ...rules },
        ...(wanted.rival === "policy" ? { "web-1": { uuid: web.uuid, interfaces: nic(web) } } : {}),
      },
    });
    if (wanted.rival === "guest") declare.guest(`${name}-rival`, { host, guest: { uuid: web.uuid }, interfaces: nic(web) });
  }
}

const TYPES = { host: "csp:index:Host", set: "csp:firewall:IpSet", guest: "csp:firewall:GuestFirewall", policy: "csp:firewall:HostPolicy" };
const urn = (type: string, name: string) => `urn:pulumi:dev::lifecycle::${type}::${name}`;

describeWith(["root", "pulumi", "plugin"], "from the first up to destroy", () => {
  let work: LabStack;
  const before = new Map<string, { tools: SavedTools; foreign: unknown; settings: string }>();
  const host = (name: HostName) => work.lab.host(name);

  beforeAll(async () => {
    const guest = (name: string, on: HostName, { uuid, mac, address }: typeof WEB) => ({
      name,
      host: on,
      uuid,
      mac,
      addresses: [`${address}/15`],
    });
    work = await labStack({
      name: "lifecycle",
      hosts: HOSTS.map((name) => ({ name, backend: BACKEND_OF[name] })),
      guests: HOSTS.flatMap((name) => [guest(`web-${name}`, name, on(name, WEB)), guest(`db-${name}`, name, on(name, DB))]),
    });
    for (const name of HOSTS) {
      await host(name).run(FOREIGN);
      before.set(name, {
        tools: await host(name).snapshotTools(),
        foreign: await foreignOf(host(name)),
        settings: await settingsOf(host(name)),
      });
    }
  }, 120_000);
  afterAll(() => work?.end(), 60_000);

  const foreignIsUntouched = async () => {
    for (const name of HOSTS) expect(await foreignOf(host(name))).toEqual(before.get(name)?.foreign);
  };
  const up = (wanted?: Wanted, options?: Parameters<LabStack["stack"]["up"]>[0]) => {
    work.declare(() => program(wanted));
    return work.stack.up({ color: "never", ...options });
  };
  const preview = (wanted?: Wanted) => {
    work.declare(() => program(wanted));
    return work.stack.preview({ color: "never" });
  };
  const forget = async (...urns: string[]) => {
    const state = await work.stack.exportStack();
    const kept = (
      state.deployment.resources as { urn: string; dependencies?: string[]; propertyDependencies?: Record<string, string[]> }[]
    ).filter((each) => !urns.includes(each.urn));
    for (const each of kept) {
      each.dependencies = each.dependencies?.filter((one) => !urns.includes(one));
      for (const [key, from] of Object.entries(each.propertyDependencies ?? {}))
        (each.propertyDependencies as Record<string, string[]>)[key] = from.filter((one) => !urns.includes(one));
    }
    state.deployment.resources = kept;
    await work.stack.importStack(state);
  };

  test("one up adopts both hosts and creates sets before the rules that use them", async () => {
    const result = await up();
    expect(result.summary.resourceChanges?.create).toBe(1 + 4 * HOSTS.length);
    await up(undefined, { expectNoChanges: true });
    await foreignIsUntouched();
    const { deployment } = await work.stack.exportStack();
    for (const name of HOSTS) {
      const guest = deployment.resources.find((each: { urn: string }) => each.urn === urn(TYPES.guest, `${name}-web`));
      expect(guest.dependencies).toContain(urn(TYPES.host, name));
      expect(guest.dependencies).toContain(urn(TYPES.set, `${name}-blocklist`));
    }
  }, 120_000);

  test.each([
    ["policy", "policy"],
    ["GuestFirewall", "guest"],
  ] as const)(
    "a second owner of a guest, a %s, is refused with the first owner's name",
    async (_, rival) => {
      const failure = await failureOf(preview({ rival }));
      // csp asks both hosts; the first answer ends the preview.
      expect(failure).toMatch(
        /guest (web-1 \()?[12]ab00000-0000-4000-8000-00000000000b\)? on host hv-(nft|old): its firewall already belongs to/,
      );
      expect(failure).toMatch(/already belongs to lifecycle\/dev hv-(nft|old)-web \(csp:firewall:GuestFirewall\)/);
    },
    60_000,
  );

  test("a Host cannot be deleted while guests are on it", async () => {
    const tools = await host(FIRST).snapshotTools();
    // The state is forgotten and nothing is deleted: the engine no longer knows what is on the host.
    await forget(
      ...HOSTS.flatMap((name) => [
        urn(TYPES.guest, `${name}-web`),
        urn(TYPES.policy, `${name}-policy`),
        urn(TYPES.set, `${name}-blocklist`),
      ]),
    );
    work.declare(() => undefined);
    const failure = await failureOf(work.stack.up({ color: "never" }));
    expect(failure).toMatch(/host hv-(nft|old): it still has the firewalls of 2 guests/);
    expect(await host(FIRST).snapshotTools()).toEqual(tools);
    const { deployment } = await work.stack.exportStack();
    expect(deployment.resources.map((each: { urn: string }) => each.urn)).toContain(urn(TYPES.host, FIRST));
  }, 120_000);

  test("what the state forgot is imported, and the program that made it finds nothing to change", async () => {
    await forget(...HOSTS.map((name) => urn(TYPES.host, name)));
    await work.stack.import({
      protect: false,
      generateCode: false,
      resources: HOSTS.flatMap((name) => [
        { type: TYPES.host, name, id: name },
        { type: TYPES.set, name: `${name}-blocklist`, id: `${name}/blocklist` },
        { type: TYPES.guest, name: `${name}-web`, id: `${name}/${on(name, WEB).uuid}` },
        { type: TYPES.policy, name: `${name}-policy`, id: `${name}/tier` },
      ]),
    });
    const tools = await Promise.all(HOSTS.map((name) => host(name).snapshotTools()));
    await up(undefined, { expectNoChanges: true });
    expect(await Promise.all(HOSTS.map((name) => host(name).snapshotTools()))).toEqual(tools);
    await foreignIsUntouched();
  }, 120_000);

  test("an import of something that does not exist says so", async () => {
    const failure = await failureOf(
      work.stack.import({
        protect: false,
        generateCode: false,
        resources: [{ type: TYPES.guest, name: "nobody", id: `${FIRST}/00000000-0000-4000-8000-000000000000` }],
      }),
    );
    expect(failure).toMatch(/does not exist/);
  }, 60_000);

  test("a change while a guest reboots and while it is stopped, and a policy without it", async () => {
    await work.lab.guest(`web-${FIRST}`).stop();
    await up({ guest: false });
    await foreignIsUntouched();
    await work.lab.guest(`web-${FIRST}`).start();
    await up();
    await up(undefined, { expectNoChanges: true });
  }, 120_000);

  test("destroy leaves every host as it was, byte for byte", async () => {
    await work.stack.destroy({ color: "never" });
    for (const name of HOSTS) {
      expect(await host(name).snapshotTools()).toEqual(before.get(name)?.tools);
      expect(await settingsOf(host(name))).toBe(before.get(name)?.settings);
    }
  }, 120_000);
});
