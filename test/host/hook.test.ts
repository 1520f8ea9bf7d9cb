import { createLab, type Lab, type LabHost } from "../../lab/netns";
import type { State } from "../../provider/core/define";
import { resourceOf } from "../../provider/resources";
import { ownName } from "../acceptance/stack";
import { BACKENDS } from "../support/backends";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";

const adoption = resourceOf("csp:index:Host");
const policy = resourceOf("csp:firewall:HostPolicy");

/** The hook with real kernel tables; test/acceptance tests what guests can send meanwhile. */
describeWith(["root"], "the hook", () => {
  describe.each(BACKENDS)("on %s", (backend) => {
    let lab: Lab;
    let host: LabHost;
    let adopted: State<typeof adoption.inputs, typeof adoption.outputs>;
    let known: State;
    const csp = new Csp("test/dev hook (csp:firewall:HostPolicy)", () => lab.hosts);
    const { context } = csp;
    /** The findings of a refresh of the host and the guests. */
    const drift = async () => {
      csp.reconnect();
      const [frame, guests] = [
        await adoption.read(context(), "hv-01", adopted),
        await policy.read(context(), "hv-01/guests", known as never),
      ];
      return [...(frame?.outputs.drift ?? []), ...(guests?.outputs.drift ?? [])];
    };
    const ports = async () => (await host.run("sed 1,2d /var/lib/csp/ports")).trim();
    const log = async () => (await host.run("cat /var/lib/csp/hook.log")).trim().split("\n");
    const trees = async () => {
      const { ipset: _, ...tools } = await host.snapshotTools();
      return tools;
    };

    beforeAll(async () => {
      lab = await createLab(
        {
          name: ownName(`hook-${backend}`),
          hosts: [{ name: "hv-01", backend }],
          guests: ["web", "db", "mail"].map((name, index) => ({ name, host: "hv-01", addresses: [`10.24.0.${11 + index}/24`] })),
        },
        { replace: true },
      );
      host = lab.host("hv-01");
      csp.reconnect();
      const inputs = adoption.inputs.parse({ host: "hv-01" });
      adopted = { inputs, outputs: (await adoption.create(context(), inputs)).outputs };
      const guests = Object.fromEntries(
        lab.guests.map(({ name, uuid, mac }, index) => [
          name,
          {
            uuid,
            interfaces: [{ device: 0, mac, addresses: [`10.24.0.${11 + index}`] }],
            ingress: [{ name: "ping", protocol: "icmp" }],
          },
        ]),
      );
      const declared = policy.inputs.parse({ host: "hv-01", guests });
      known = { inputs: declared, outputs: (await policy.create(context(), declared)).outputs } as State;
    });
    afterAll(async () => {
      csp.close();
      await lab?.down();
    });

    test("after adoption and declaration, nothing is left to do", async () => {
      expect(await drift()).toEqual([]);
      const before = await trees();
      await host.run("/var/lib/csp/hook test");
      expect((await log()).at(-1)).toMatch(/\[test\] nothing to do$/);
      expect(await trees()).toEqual(before);
    });

    test("a guest that reboots claims its new port, and no longer the old one", async () => {
      const old = lab.guest("web").port();
      await lab.guest("web").reboot();
      const now = lab.guest("web").port();
      expect(now).not.toBe(old);
      expect(await ports()).toContain(`${now} `);
      expect(await ports()).not.toContain(`${old} `);
      expect(await drift()).toEqual([]);
    });

    /** Replaces a tool by another program until it is restored. */
    const spoil = (tool: string, script: string) =>
      host.run(["sh", "-c", `cat >/usr/local/sbin/${tool}; chmod 755 /usr/local/sbin/${tool}`], `#!/bin/sh\n${script}\n`);
    const mend = (tool: string) => host.run(`rm -f /usr/local/sbin/${tool}`);
    /** The guest restarts, and nobody calls the hook. */
    const rebootUnseen = async (guest: string) => {
      await host.run("chmod 644 /etc/xapi.d/vif-hotplug; mv /etc/udev/rules.d/85-csp.rules /root/; udevadm control --reload");
      await lab.guest(guest).reboot();
      await host.run("chmod 755 /etc/xapi.d/vif-hotplug; mv /root/85-csp.rules /etc/udev/rules.d/; udevadm control --reload");
    };
    const ping = (to: string) => lab.probe.flow({ from: "db", to, proto: "icmp" });
    const call = (shell: string, ...args: string[]) => host.exec([...shell.split(" "), "/var/lib/csp/hook", ...args]);

    test.each(["dash", "busybox sh", "bash --posix"])("%s runs it", async (shell) => {
      await rebootUnseen("web");
      expect(await ping("web")).toBe("blocked");
      expect(await call(shell, "test")).toMatchObject({ code: 0, stdout: "", stderr: "" });
      expect(await ports()).toContain(`${lab.guest("web").port()} `);
      expect(await ping("web")).toBe("passed");
      expect(await drift()).toEqual([]);
    });

    test("calls that arrive together are answered by one run, each with its line in the log", async () => {
      await rebootUnseen("web");
      const before = (await log()).length;
      await host.run(`exec 9>>/var/lib/csp/lock; flock 9
        for n in 1 2 3 4 5 6; do /var/lib/csp/hook "call $n" 9>&- & done
        until [ "$(ls /var/lib/csp/work | grep -c '^asked')" -eq 6 ]; do sleep 0.05; done
        exec 9>&-; wait`);
      const said = (await log()).slice(before).map((line) => line.replace(/^\S+ \[call \d\] /, ""));
      expect(said.filter((line) => /^ports /.test(line))).toHaveLength(1);
      expect(said.filter((line) => line === "another call has looked since")).toHaveLength(5);
      expect(await ping("web")).toBe("passed");
      expect(await host.run("ls /var/lib/csp/work | grep asked || :")).toBe("");
    });

    test("its arguments appear only in one line of its log", async () => {
      const before = (await log()).length;
      const hostile = [
        "$(touch /tmp/owned)",
        "`touch /tmp/owned`",
        "'; touch /tmp/owned; '",
        "a\nb\nport vif9.9 1 -",
        "*",
        "-e",
        "x".repeat(10_000),
      ];
      for (const argument of hostile) expect(await call("sh", argument, argument)).toMatchObject({ code: 0, stdout: "", stderr: "" });
      expect((await log()).length).toBe(before + hostile.length);
      expect((await log()).join("\n")).not.toMatch(/x{1001}/);
      expect(await host.run("ls /tmp")).not.toContain("owned");
    });

    test("it believes the toolstack only if the answer looks right", async () => {
      const guest = lab.guest("web");
      await rebootUnseen("web");
      const nodes = { vm: `local/domain/${guest.domain}/vm`, mac: `local/domain/0/backend/vif/${guest.domain}/0/mac` };
      const say = (node: string, value: string) => host.run(["sh", "-c", `cat >/run/xenstore/tree/${node}/.value`], value);
      for (const value of ["$(touch /tmp/owned)", `/vm/${guest.uuid} x`, "*", "", "y".repeat(10_000)]) {
        await say(nodes.vm, value);
        expect(await call("sh", "test")).toMatchObject({ code: 0, stderr: "" });
        expect(await ports()).not.toContain(`${guest.port()} `);
      }
      await say(nodes.vm, `/vm/${guest.uuid}`);
      for (const [value, said] of [
        ["02:00:00:00:66:66", "its MAC is 02:00:00:00:66:66"],
        ['"; touch /tmp/owned; "', "its MAC is unreadable"],
        [`${guest.mac} ${guest.mac}`, "its MAC is unreadable"],
        ["f".repeat(10_000), "its MAC is unreadable"],
      ] as const) {
        await say(nodes.mac, value);
        expect(await call("sh", "test")).toMatchObject({ code: 0, stderr: "" });
        expect(await ports()).not.toContain(`${guest.port()} `);
        expect(await host.run("cat /var/lib/csp/failures")).toMatch(
          new RegExp(`^\\S+ ${guest.port()} web ${said} and ${guest.mac} is declared\\n$`),
        );
        expect(await drift()).toContainEqual(
          expect.stringContaining(`guest web: port ${guest.port()} is not led to the guest's rules: ${said}`),
        );
      }
      await say(nodes.mac, guest.mac);
      await call("sh", "test");
      expect(await drift()).toEqual([]);
      expect(await host.run("ls /tmp; ls /var/lib/csp")).not.toMatch(/owned|failures/);
    });

    test.each(["arptables", "iptables-restore", "ip6tables-restore", "ebtables-restore", "mv"])(
      "killed at its %s, it leaves the port dropped, and the next event repairs it",
      async (tool) => {
        await rebootUnseen("web");
        // The first call reads the tables before anything is changed, and works.
        const asked = `case "$*" in *-nvL*) exec /usr/sbin/${tool} "$@" ;; esac\n`;
        await spoil(tool, `${asked}kill -9 "$(cat /run/hook.pid)"; exit 1`);
        await host.exec(["sh", "-c", "echo $$ >/run/hook.pid; exec /var/lib/csp/hook killed"]);
        await mend(tool);
        // If only the record of it is missing, the rules are there already.
        expect(await ping("web")).toBe(tool === "mv" ? "passed" : "blocked");
        await call("sh", "after");
        expect((await log()).at(-1)).toMatch(/\[after\] loaded anew/);
        expect(await ping("web")).toBe("passed");
        expect(await drift()).toEqual([]);
      },
    );

    test("if it is killed half-way, the next read of the host repairs it too", async () => {
      await rebootUnseen("web");
      await spoil("ip6tables-restore", 'kill -9 "$(cat /run/hook.pid)"; exit 1');
      await host.exec(["sh", "-c", "echo $$ >/run/hook.pid; exec /var/lib/csp/hook killed"]);
      await mend("ip6tables-restore");
      expect(await drift()).toEqual([]);
      expect(await ping("web")).toBe("passed");
    });

    test("a port that it cannot lead is dropped and reported, until it can", async () => {
      await rebootUnseen("web");
      await spoil("ip6tables-restore", "echo no such luck >&2; exit 2");
      expect((await call("sh", "test")).code).toBe(1);
      expect(await ping("web")).toBe("blocked");
      expect(await drift()).toContainEqual(expect.stringMatching(/^the hook failed at \S+Z: rules: ip6tables: no such luck$/));
      await mend("ip6tables-restore");
      await call("sh", "test");
      expect(await ping("web")).toBe("passed");
      expect(await drift()).toEqual([]);
    });

    test("a guest whose records the tools refuse is left out, and the others are not", async () => {
      const file = `/var/lib/csp/guests/${lab.guest("mail").uuid}`;
      await host.run(
        `cp ${file} /root/record; sed -i 's/^== iptables.filter$/&\\n-A csp-in-0 --nonsense/' ${file}; sed -i '2s/.*/boot x/' /var/lib/csp/ports`,
      );
      await call("sh", "test");
      expect([await ping("web"), await ping("mail")]).toEqual(["passed", "blocked"]);
      expect(await drift()).toContainEqual(expect.stringMatching(/^guest mail: the hook failed at \S+: rules: iptables: /));
      await host.run(`cp /root/record ${file}`);
      await call("sh", "test");
      expect([await ping("web"), await ping("mail")]).toEqual(["passed", "passed"]);
      expect(await drift()).toEqual([]);
    });

    test("it waits for a transaction's lock", async () => {
      await rebootUnseen("web");
      const holding = host.run("exec 9>>/var/lib/csp/lock; flock 9; touch /run/held; sleep 2; echo done >/run/order");
      await host.run("until [ -e /run/held ]; do sleep 0.05; done; /var/lib/csp/hook waits; cat /run/order");
      await holding;
      expect(await ping("web")).toBe("passed");
      await host.run("rm -f /run/held /run/order");
    });

    test("after a host's reboot, everything is as before", async () => {
      const before = await drift();
      await lab.reboot("hv-01");
      expect((await log()).some((line) => line.includes("[boot] loaded anew"))).toBe(true);
      expect(await drift()).toEqual(before);
    });

    test("a file that was there before runs after it, and is back when csp is gone", async () => {
      const theirs = "/etc/xapi.d/vif-hotplug";
      await policy.delete(context(), "hv-01/guests", known as never);
      await adoption.delete(context(), "hv-01", adopted);
      const etc = () =>
        host.run(
          "cd /etc && find . ! -type d ! -name '*~' -exec ls -ld --time-style=+ {} + | awk '{ print $1, $3, $4, $NF }' | sort; find . -type f -exec md5sum {} + | sort; find . -type d | sort",
        );
      await host.run(["sh", "-c", `cat >${theirs}; chmod 751 ${theirs}`], '#!/bin/sh\necho "$@" >>/run/theirs\n');
      const before = await etc();
      await adoption.create(context(), adoption.inputs.parse({ host: "hv-01" }));
      expect(await etc()).not.toBe(before);
      await lab.guest("web").reboot();
      expect(await host.run("cat /run/theirs")).toContain(`-action online -vifuuid`);
      expect((await log()).some((line) => line.includes(`[vif-hotplug -action online`))).toBe(true);
      csp.reconnect();
      const edited = async (by: string) => {
        await host.run(by);
        csp.reconnect();
        const found = (await adoption.read(context(), "hv-01", adopted))?.outputs.drift;
        csp.reconnect();
        await adoption.update(context(), "hv-01", adopted, adopted.inputs);
        return found;
      };
      expect(await edited(`echo >>${theirs}`)).toEqual([`the hook: ${theirs} is not what csp put there, or comes from another version`]);
      expect(await edited("rm /etc/udev/rules.d/85-csp.rules")).toEqual(["the hook: /etc/udev/rules.d/85-csp.rules is gone"]);
      expect(await edited("echo >>/var/lib/csp/hook")).toEqual([expect.stringContaining("/var/lib/csp/hook is not what csp put there")]);
      csp.reconnect();
      expect((await adoption.read(context(), "hv-01", adopted))?.outputs.drift).toEqual([]);
      await adoption.delete(context(), "hv-01", adopted);
      expect(await etc()).toBe(before);
      expect((await host.exec("ls /var/lib/csp")).code).not.toBe(0);
    });
  });
});
