import { createLab, type Lab, type LabHost, type SavedTools } from "../../lab/netns";
import type { State } from "../../provider/core/define";
import { RemoteHost } from "../../provider/host/session/remote-host";
import { resourceOf } from "../../provider/resources";
import { ownName } from "../acceptance/stack";
import { BACKENDS } from "../support/backends";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";
import { laterRefusal } from "../support/refusal";

const adoption = resourceOf("csp:index:Host");
const firewall = resourceOf("csp:firewall:HostFirewall");

/** Rules of others, which csp must not change. */
const FOREIGN =
  "iptables -A INPUT -p tcp --dport 9 -j DROP; iptables -A OUTPUT -p tcp --dport 9 -j DROP; ip6tables -A INPUT -p tcp --dport 9 -j DROP";

describeWith(["root"], "a host's own firewall", () => {
  describe.each(BACKENDS)("on %s", (backend) => {
    let lab: Lab;
    let host: LabHost;
    let before: SavedTools;
    let adopted: State<typeof adoption.inputs, typeof adoption.outputs>;
    let known: State;
    const csp = new Csp("test/dev own (csp:firewall:HostFirewall)", () => lab.hosts);
    const { context, warnings } = csp;
    const parse = (args: object) => firewall.inputs.parse({ host: "hv-01", ...args });
    const update = async (args: object) => {
      const inputs = parse(args);
      known = { inputs, outputs: await firewall.update(context(), "hv-01", known as never, inputs) } as State;
    };
    const read = async () => {
      csp.reconnect();
      return firewall.read(context(), "hv-01", known as never);
    };
    /** Whether a new TCP connection from the operator's place gets an answer, be it a refusal. */
    const answers = async (address: string, port: number) => {
      const { code } = await lab.exec("operator", ["timeout", "1", "bash", "-c", `exec 3<>/dev/tcp/${address}/${port}`]);
      return code !== 124;
    };
    const SSH = { name: "ssh", protocol: "tcp", ports: ["22"], from: ["10.255.0.0/24"] };
    const GOOD = {
      ingress: [{ name: "https", protocol: "tcp", ports: ["443"], limit: { rate: "100/second" } }, SSH],
      egress: [{ name: "no-mail", action: "drop", protocol: "tcp", ports: ["25"] }],
    };

    beforeAll(async () => {
      lab = await createLab({ name: ownName(`own-${backend}`), hosts: [{ name: "hv-01", backend }] }, { replace: true });
      host = lab.host("hv-01");
      await host.run(FOREIGN);
      before = await host.snapshotTools();
      csp.reconnect();
      const inputs = adoption.inputs.parse({ host: "hv-01" });
      adopted = { inputs, outputs: (await adoption.create(context(), inputs)).outputs };
    });
    afterAll(async () => {
      csp.close();
      await lab?.down();
    });

    test("lets in what its rules allow, over IPv4 and IPv6, and nothing else", async () => {
      const [v4, v6] = [host.ssh.managementAddress, `fd55::${host.ssh.managementAddress.split(".")[3]}`];
      expect([await answers(v4, 22), await answers(v4, 2222), await answers(v6, 22)]).toEqual([true, true, true]);
      const inputs = parse(GOOD);
      await firewall.preview?.(context(), inputs);
      known = { inputs, outputs: (await firewall.create(context(), inputs)).outputs } as State;
      expect([await answers(v4, 22), await answers(v4, 2222), await answers(v6, 22)]).toEqual([true, false, false]);
      // What the host itself sends: a refused connection fails at once, a dropped one waits.
      const sends = async (port: number) => (await host.exec(["timeout", "1", "bash", "-c", `exec 3<>/dev/tcp/10.255.0.1/${port}`])).code;
      expect([await sends(25), await sends(26)]).toEqual([124, 1]);
      expect((await read())?.outputs.drift).toEqual([]);
      expect((await adoption.read(context(), "hv-01", adopted))?.outputs.drift).toEqual([]);
      expect(warnings).toEqual([]);
    });

    test("rules that would lock csp out are refused in the preview, with csp's address", async () => {
      const other = parse({ ingress: [{ ...SSH, from: ["192.0.2.0/24"] }] });
      const error = await laterRefusal(() => firewall.preview?.(context(), other, known as never));
      expect(error.code).toBe("would-lock-out");
      expect(error.message).toMatch(
        /^host hv-01: its rules would drop a new SSH connection from 10\.255\.0\.1, the address that csp connects from \(-j DROP\)/,
      );
      await firewall.preview?.(context(), parse({ enforce: "observe" }), known as never);
      expect(warnings).toEqual([]);
    });

    test("rules that do lock csp out are undone, and the error says so", async () => {
      const tools = await host.snapshotTools();
      const inputs = parse({ ingress: [], accessCheck: "warn" });
      await firewall.preview?.(context(), inputs, known as never);
      expect(warnings.splice(0)).toEqual([expect.stringContaining("would drop a new SSH connection from 10.255.0.1")]);
      const error = await laterRefusal(() => firewall.update(context(), "hv-01", known as never, inputs));
      expect(error.code).toBe("locked-out");
      expect(error.message).toMatch(/^host hv-01: with the new rules, csp could not connect any more/);
      expect(await host.snapshotTools()).toEqual(tools);
      expect((await read())?.outputs.drift).toEqual([]);
    }, 60_000);

    test("changes by hand show with the rules' names, and are repaired", async () => {
      await host.run("iptables -D csp-host-in -p tcp -m tcp --dport 443 -m limit --limit 100/sec -m comment --comment https -j ACCEPT");
      await host.run("ip6tables -D OUTPUT -j csp-host-out");
      const state = await read();
      expect(state?.inputs.ingress).toEqual(parse(GOOD).ingress.slice(1));
      expect(state?.outputs.drift).toEqual([
        "iptables, host: ingress rule https is missing",
        "ip6tables: the jump from OUTPUT is missing or not in front",
      ]);
      await update(GOOD);
      expect((await read())?.outputs.drift).toEqual([]);
    });

    test("a host has it at boot, before anybody asks", async () => {
      const tools = await host.snapshotTools();
      await lab.reboot("hv-01");
      expect((await read())?.outputs.drift).toEqual([]);
      await host.run(FOREIGN);
      expect(await host.snapshotTools()).toEqual(tools);
    });

    test("its declaration is kept on the host, for an import", async () => {
      const { connection: _, ...declaration } = parse(GOOD);
      expect(await firewall.recall(context(), "hv-01")).toEqual(declaration);
    });

    test("a host that receives no confirmation undoes it by itself", async () => {
      const tools = await host.snapshotTools();
      let between: SavedTools | undefined;
      // The last thing that csp does to this host.
      const cut = async (): Promise<never> => {
        between = await host.snapshotTools();
        await host.cutSsh();
        throw new Error("cut");
      };
      csp.reconnect((target, dial, hangUp) => new RemoteHost(target, dial, hangUp, cut));
      expect((await laterRefusal(() => update({ ingress: [] }))).code).toBe("locked-out");
      expect(between?.iptables).toContain("csp-host-in");
      expect(between).not.toEqual(tools);
      for (let tries = 0; (await host.run("ls /var/lib/csp")).includes("journal") && tries < 90; tries++)
        await new Promise((resolve) => setTimeout(resolve, 1000));
      expect(await host.snapshotTools()).toEqual(tools);
      expect((await read())?.outputs.drift).toEqual([]);
    }, 120_000);

    test("it is removed, and after the Host is deleted, everything is as before", async () => {
      await firewall.delete(context(), "hv-01", known as never);
      await adoption.delete(context(), "hv-01", adopted);
      expect(await host.snapshotTools()).toEqual(before);
    });
  });
});
