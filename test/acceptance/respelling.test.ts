import { nearest } from "../support/backends";
import { describeWith } from "../support/needs";
import { NAMES, SETS, SPELLINGS } from "./spellings";
import { declare, type LabStack, labStack } from "./stack";

describeWith(["root", "pulumi", "plugin"], "spellings", () => {
  let work: LabStack;
  const HOSTS = ["hv-01", "hv-02"];

  beforeAll(async () => {
    const guest = (n: number) => ({
      name: `guest-${n}`,
      host: HOSTS[n - 1]!,
      mac: `02:00:00:0a:0b:0${n}`,
      addresses: [`10.20.0.${n}/16`],
      extraInterfaces: [{ mac: `02:00:00:0a:0c:0${n}` }],
    });
    work = await labStack({
      name: "respelling",
      hosts: [
        { name: "hv-01", backend: nearest("nft") },
        { name: "hv-02", backend: "legacy" },
      ],
      guests: [guest(1), guest(2)],
    });
  }, 120_000);
  afterAll(() => work?.end(), 120_000);

  function program(how: "plain" | "other"): () => void {
    const other = how === "other";
    return () => {
      for (const [index, name] of HOSTS.entries()) {
        const host = declare.host(name);
        const sets = SETS.filter(({ type }) => type !== "list:set").map(({ plain: _, other: __, ...set }) =>
          declare.ipSet(`${name}-${set.name}`, { host: host.host, ...set, members: SETS.find((one) => one.name === set.name)?.[how] }),
        );
        const lists = SETS.filter(({ type }) => type === "list:set").map((set) =>
          declare.ipSet(`${name}-${set.name}`, { host: host.host, name: set.name, type: set.type, members: set[how] }, { dependsOn: sets }),
        );
        const rules = (list: "ingress" | "egress") =>
          SPELLINGS.flatMap((spelling, at) =>
            (spelling.list ?? "ingress") === list
              ? [{ name: `r${at}-${spelling.what.replace(/[^a-z]+/gi, ".").slice(0, 20)}`, ...spelling[how] }]
              : [],
          );
        const { uuid } = work.lab.guest(`guest-${index + 1}`);
        declare.policy(
          name,
          {
            host: name,
            groups: {
              peers: {
                members: other ? ["9.9.9.9/0", "2001:DB8::1/32"] : ["0.0.0.0/0", "2001:db8::/32"],
                ingress: NAMES.map((rule) => ({ name: rule, protocol: other ? "6" : "tcp", ports: ["22"], log: rule.length > 5 })),
              },
              none: { members: [] },
            },
            guests: {
              [`guest-${index + 1}`]: {
                uuid: other ? uuid.toUpperCase() : uuid,
                groups: ["none", "peers"],
                interfaces: [
                  {
                    device: 0,
                    mac: other ? `2-0-0-A-B-${index + 1}` : `02:00:00:0a:0b:0${index + 1}`,
                    addresses: other ? ["2001:DB9:0::7/128", `10.20.0.${index + 1}/32`] : [`10.20.0.${index + 1}`, "2001:db9::7"],
                    addressRanges: other ? ["2001:DB8:0::/64", "10.30.0.0/24"] : ["10.30.0.0/24", "2001:db8::/64"],
                    etherTypes: other ? ["0x88CC", "0x8863", "0x8864", "0x88B5"] : ["0x8863", "0x8864", "0x88cc", "0x88b5"],
                    ...(other ? { antiSpoofing: "strict", dhcp: true, dhcpServer: false } : {}),
                  },
                  {
                    device: 1,
                    mac: `02:00:00:0a:0c:0${index + 1}`,
                    antiSpoofing: index === 0 ? "mac" : "off",
                    dhcpServer: true,
                    routerAdvertisements: true,
                  },
                ],
                ingress: rules("ingress"),
                egress: rules("egress"),
                egressDefault: "drop",
              },
            },
          },
          { dependsOn: [...sets, ...lists] },
        );
        declare.policy(
          `${name}-watched`,
          {
            host: host.host,
            name: "watched",
            guests: {
              watched: {
                uuid: `5afe0000-0000-4000-8000-00000000000${index}`,
                enforce: "observe",
                interfaces: [{ device: 0, mac: `02:00:00:0a:0d:0${index}`, addresses: ["10.20.7.7"] }],
                ingress: NAMES.map((rule) => ({ name: rule, action: "reject", protocol: other ? "all" : "any" })),
                egress: NAMES.map((rule) => ({ name: rule, action: "drop", ...(other ? { log: false } : {}) })),
              },
            },
          },
          { dependsOn: lists },
        );
      }
    };
  }

  /** The drift in the state of every resource. */
  async function drift(): Promise<Record<string, unknown>> {
    const { deployment } = await work.stack.exportStack();
    const resources = deployment.resources as { urn: string; outputs?: { drift?: unknown } }[];
    return Object.fromEntries(
      resources.filter(({ outputs }) => outputs?.drift !== undefined).map(({ urn, outputs }) => [urn.split("::").at(-1), outputs?.drift]),
    );
  }

  const nothing = () =>
    Object.fromEntries(
      HOSTS.flatMap((host) => [host, `${host}-watched`, ...SETS.map(({ name }) => `${host}-${name}`)]).map((name) => [name, []]),
    );

  test("each is accepted as written, and reading it back finds no change", async () => {
    work.declare(program("plain"));
    await work.stack.up();
    await work.stack.refresh();
    expect(await drift()).toEqual(nothing());
    await work.stack.up({ expectNoChanges: true });
  }, 120_000);

  test("the same in other words is no change", async () => {
    work.declare(program("other"));
    await work.stack.up({ expectNoChanges: true });
    await work.stack.refresh({ expectNoChanges: true });
  }, 120_000);

  test("on an empty host, the other spelling leads to the same kernel", async () => {
    const plain = await Promise.all(work.lab.hosts.map((host) => host.snapshotTools()));
    await work.stack.destroy();
    await work.stack.up();
    await work.stack.refresh({ expectNoChanges: true });
    expect(await drift()).toEqual(nothing());
    const other = await Promise.all(work.lab.hosts.map((host) => host.snapshotTools()));
    const lines = (all: typeof plain) =>
      all.map((tools) => Object.fromEntries(Object.entries(tools).map(([tool, text]) => [tool, text.split("\n").sort()])));
    expect(lines(other)).toEqual(lines(plain));
  }, 120_000);
});
