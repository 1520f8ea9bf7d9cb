import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createLab, type Lab } from "../../lab/netns";
import type { AnyResource } from "../../provider/core/define";
import { resourceOf } from "../../provider/resources";
import { floodKinds, PORTS, underFlood } from "../acceptance/floods";
import { ownName } from "../acceptance/stack";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";

const { files } = JSON.parse(readFileSync(join(__dirname, "records-1.json"), "utf8")) as {
  readonly files: Readonly<Record<string, string>>;
};

/**
 * A host that a version before adopted: its records and its hook as that version left them (records-1.json), in force by that hook. Guests are
 * called as they were there, so that their UUIDs and MACs are the same.
 */
describeWith(["root"], "a host of a version with records of form 1", () => {
  describe.each([["nft"], ["legacy"]] as const)("on %s", (backend) => {
    let lab: Lab;
    const csp = new Csp("old/dev", () => lab.hosts);
    const { context, warnings } = csp;
    /** The declaration of each resource on record, as an import would find it. */
    const declared = () =>
      Promise.all(
        (
          [
            ["csp:index:Host", "hv-01"],
            ["csp:firewall:IpSet", "hv-01/blocklist"],
            ["csp:firewall:HostPolicy", "hv-01/guests"],
            ["csp:firewall:RuleSet", "hv-01/iptables/filter/mail"],
            ["csp:firewall:HostFirewall", "hv-01"],
          ] as const
        ).map(async ([token, id]) => {
          const definition: AnyResource = resourceOf(token);
          return {
            definition,
            id,
            inputs: definition.inputs.parse({ host: "hv-01", ...((await definition.recall(context(), id)) as object) }),
          };
        }),
      );
    const outputs = { uuids: {} as Record<string, string> };
    const read = ({ definition, id, inputs }: Awaited<ReturnType<typeof declared>>[number]) => {
      csp.hosts.get("hv-01").forget();
      return definition.read(context(), id, { inputs, outputs } as never);
    };

    beforeAll(async () => {
      lab = await createLab(
        {
          name: ownName(`old-${backend}`),
          hosts: [{ name: "hv-01", backend }],
          guests: ["web", "db", "mail"].map((name, n) => ({
            name,
            host: "hv-01",
            addresses: [`10.24.0.${11 + n}/24`, `fd24::${11 + n}/64`],
          })),
          outside: [{ name: "client", addresses: ["10.24.0.9/24", "fd24::9/64"] }],
        },
        { replace: true },
      );
      outputs.uuids = Object.fromEntries(lab.guests.map(({ name, uuid }) => [name, uuid]));
      const host = lab.host("hv-01");
      for (const [path, text] of Object.entries(files)) {
        const own = path === "dialect" && backend === "legacy" ? text.replace("wait=''", "wait='-w 30'") : text;
        await host.run(["sh", "-c", `f=/var/lib/csp/${path}; mkdir -p "\${f%/*}" && cat >"$f"`], own);
      }
      await host.run(
        "chmod 755 /var/lib/csp/hook && /var/lib/csp/hook boot && sysctl -qw net.bridge.bridge-nf-call-iptables=1 net.bridge.bridge-nf-call-ip6tables=1 net.bridge.bridge-nf-call-arptables=1",
      );
    });
    afterAll(async () => {
      csp.close();
      await lab?.down();
    });

    test("is brought up to date, and meanwhile only allowed packets pass", async () => {
      const kinds = floodKinds(lab, { guest: "web", peer: "db", other: "mail", client: "client" }, 200);
      const row = await underFlood(lab, kinds, "the first update", async () => {
        for (const one of await declared()) {
          const found = await read(one);
          expect([one.id, found === undefined]).toEqual([one.id, false]);
          await one.definition.update(context(), one.id, found as never, one.inputs as never);
        }
      });
      expect(row).toMatchObject({ wrong: {} });
      // All but the packets that were on their way when the counting ended.
      expect(row.allowedThrough).toBeGreaterThan(row.allowedSent * 0.95);
      for (const one of await declared()) expect([one.id, (await read(one))?.outputs.drift]).toEqual([one.id, []]);
    }, 120_000);

    test("keeps one connection table, and says so, until it is told otherwise", async () => {
      expect(await lab.host("hv-01").run("cat /var/lib/csp/frame")).toContain("\nzones shared\n");
      const [frame] = await declared();
      expect((await read(frame as never))?.outputs.limits).toContainEqual(expect.stringContaining("conntrackZones"));
      expect(warnings.filter((text) => text.includes("established connections"))).toEqual([]);
    });

    test("boots into the same, and its guests are found", async () => {
      await lab.reboot("hv-01");
      expect(await lab.probe.flow({ from: "db", to: "web", proto: "udp", port: PORTS.open })).toBe("passed");
      expect(await lab.probe.flow({ from: "db", to: "web", proto: "udp", port: PORTS.closedIn })).toBe("blocked");
    });
  });
});
