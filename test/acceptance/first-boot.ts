import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Flow, HostSpec } from "../../lab/netns";
import { describeWith } from "../support/needs";
import { noChanges } from "./followed";
import { Declared, declare, failureOf, type LabStack, labStack } from "./stack";

jest.setTimeout(60_000);

/** A kind of host that an installation makes. */
export interface Installed {
  readonly target: string;
  readonly lab: Pick<HostSpec, "product" | "backend" | "init" | "era">;
  readonly folders: string;
  /** Bridge sysctls of a system that has no csp. */
  readonly sysctl: "0" | "1";
  /** Its tools do not take the frame before csp has looked at them. Until then csp-shut closes the guests' ports. */
  readonly old?: true;
}

/** Every file and link outside of /proc and the like that has to do with csp. */
const TRACES = `find /etc /var/lib/csp \\( -name '*csp*' -o -path '/etc/xapi.d*' -o -path '/var/lib/csp/*' \\) 2>/dev/null | sort
grep -n csp /etc/sysctl.conf || :`;

/** From an installation to destroy: hosts of each kind are shut from their first boot on. */
export function firstBoot<Name extends string>(title: string, SYSTEMS: Readonly<Record<Name, Installed>>): void {
  const NAMES = Object.keys(SYSTEMS) as Name[];
  describeWith(["root", "pulumi", "plugin"], title, () => {
    let site: LabStack;
    const folder = mkdtempSync(join(tmpdir(), "csp-first-boot-"));
    const script = (name: Name) => join(folder, `${name}.sh`);
    const traces = new Map<Name, string>();

    const scripts = () => {
      for (const name of NAMES)
        new Declared("csp:install:PostInstall", `install-${name}`, { path: script(name), target: SYSTEMS[name].target, hook: true });
    };
    const guests = (hostOf: (name: Name) => unknown) => {
      for (const name of NAMES) {
        const { uuid, mac, spec } = site.lab.guest(`web-${name}`);
        declare.guest(`web-${name}`, {
          host: hostOf(name),
          guest: { uuid },
          ...(SYSTEMS[name].old ? { ipv6: "drop" } : {}),
          interfaces: [{ device: 0, mac, addresses: spec.interfaces[0]?.addresses.map((address) => address.split("/")[0]) }],
          ingress: [{ name: "http", protocol: "tcp", ports: ["80"] }],
        });
      }
    };
    const flows = (name: Name): Flow[] => [
      { from: `web-${name}`, to: "client", port: 80 },
      { from: "client", to: `web-${name}`, port: 80 },
      { from: "client", to: `web-${name}`, port: 22 },
      { from: `web-${name}`, to: "client", proto: "arp" },
    ];
    const verdicts = async () =>
      Object.fromEntries(await Promise.all(NAMES.map(async (name) => [name, await site.lab.probe.matrix(flows(name))])));
    const everywhere = (passed: readonly boolean[]) =>
      Object.fromEntries(NAMES.map((name) => [name, passed.map((one) => (one ? "passed" : "blocked"))]));
    const OPEN = everywhere([true, true, true, true]);
    const SHUT = everywhere([false, false, false, false]);
    const chains = async (name: Name) => {
      const { iptables, ip6tables, ebtables, arptables } = await site.lab.host(name).snapshotTools();
      return [iptables, ip6tables, ebtables, arptables].map((text) => (text ?? "").includes("csp-"));
    };

    beforeAll(async () => {
      site = await labStack({
        name: "firstboot",
        hosts: NAMES.map((name) => ({ name, ...SYSTEMS[name].lab })),
        guests: NAMES.map((name, n) => ({ name: `web-${name}`, host: name, addresses: [`10.44.0.1${n}/16`] })),
        outside: [{ name: "client", addresses: ["10.44.0.9/16"] }],
      });
      for (const name of NAMES) traces.set(name, await site.lab.host(name).run(TRACES));
    });
    afterAll(async () => {
      rmSync(folder, { recursive: true, force: true });
      await site?.end();
    });

    test("the published script puts it into a new root, whose first boot blocks guests before they start", async () => {
      site.declare(scripts);
      await site.stack.up();
      expect(await verdicts()).toEqual(OPEN);
      for (const name of NAMES) {
        const host = site.lab.host(name);
        await host.run(
          `mkdir -p /root/new && cd /root/new && mkdir -p ${SYSTEMS[name].folders} && cat >/root/stage.sh`,
          readFileSync(script(name), "utf8"),
        );
        await host.run("sh /root/stage.sh /root/new && cp -a /root/new/. / && rm -rf /root/new /root/stage.sh");
        // Nothing of it runs in the installer.
        expect(await chains(name)).toEqual([false, false, false, false]);
        await site.lab.reboot(name, { autostart: false });
        expect(await chains(name)).toEqual([true, true, true, true]);
        if (SYSTEMS[name].old) expect(await host.run("iptables-save; ip6tables-save")).toMatch(/-j csp-shut/);
        else {
          expect(await host.run("cat /var/lib/csp/hook.log")).toMatch(/^\S+ \[boot\] loaded anew, 0 ports\n$/);
          expect(await host.run("ls /var/lib/csp")).not.toMatch(/failures|dialect/);
        }
        await site.lab.guest(`web-${name}`).start();
      }
      expect(await verdicts()).toEqual(SHUT);
    });

    test("until it is adopted, no guest's policy is accepted, and another resource's change leaves it shut", async () => {
      site.declare(() => {
        scripts();
        guests((name) => name);
      });
      expect(await failureOf(site.stack.up({ color: "never" }))).toMatch(/host hv-\w+.*not a csp host/);
      site.declare(() => {
        scripts();
        for (const name of NAMES) declare.ipSet(`${name}-set`, { host: name, name: "blocklist", members: ["198.51.100.0/24"] });
      });
      await site.stack.up();
      for (const name of NAMES) expect(await chains(name)).toEqual([true, true, true, true]);
      expect(await verdicts()).toEqual(SHUT);
    });

    test("Host adopts it, a policy lets its guest's traffic through, and nothing is left to do", async () => {
      site.declare(() => {
        scripts();
        const hosts = new Map(NAMES.map((name) => [name, declare.host(name).host]));
        guests((name) => hosts.get(name));
      });
      await site.stack.up();
      expect(await verdicts()).toEqual(everywhere([true, true, false, true]));
      for (const name of NAMES) await noChanges(site, site.lab.host(name));
    });

    test("destroyed, it leaves nothing", async () => {
      site.declare(scripts);
      await site.stack.up();
      for (const name of NAMES) {
        expect([name, await chains(name)]).toEqual([name, [false, false, false, false]]);
        expect([name, await site.lab.host(name).run(TRACES)]).toEqual([name, traces.get(name)]);
        expect([name, (await site.lab.host(name).run("cat /proc/sys/net/bridge/bridge-nf-call-iptables")).trim()]).toEqual([
          name,
          SYSTEMS[name].sysctl,
        ]);
      }
      expect(await verdicts()).toEqual(OPEN);
      await site.stack.destroy();
      expect(NAMES.map((name) => existsSync(script(name)))).toEqual(NAMES.map(() => false));
    });
  });
}
