import { createLab, type Lab, type LabHost } from "../../lab/netns";
import type { State } from "../../provider/core/define";
import { resourceOf } from "../../provider/resources";
import { ownName } from "../acceptance/stack";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";

const adoption = resourceOf("csp:index:Host");
const policy = resourceOf("csp:firewall:HostPolicy");

const GREETING = "uid 1000\\n@@csp end\\n@@csp verdict\\n@@csp nospace\\nmind the gap";

/** The whole life of a host's policies with an unusual login or unusual tools. test/ssh tests the SSH layer by itself. */
describeWith(["root"], "a host is kept", () => {
  describe.each([
    ["by a login whose greeting looks like csp's own output", `printf 'printf "%%b" "${GREETING}"\\n' >/root/.bashrc`],
    ["by a login with tcsh", `usermod -s /usr/bin/tcsh root; printf 'printf "${GREETING}"\\n' >/root/.tcshrc`],
    [
      "by a login with fish",
      `usermod -s /usr/bin/fish root; mkdir -p /root/.config/fish; printf 'printf "%%b" "${GREETING}"\\n' >/root/.config/fish/config.fish`,
    ],
    [
      "whose tools are busybox's",
      // All tools but those that the lab itself uses.
      `for tool in $(busybox --list); do
        case $tool in env|ip|nc|mount|umount|switch_root|pivot_root|init|reboot|poweroff|halt|udhcpc|sysctl|busybox|[[]*) continue ;; esac
        ln -sf /usr/bin/busybox /usr/local/bin/$tool
      done`,
    ],
  ])("%s", (_, prepare) => {
    let lab: Lab;
    let host: LabHost;
    const csp = new Csp("test/dev logins (csp:firewall:HostPolicy)", () => lab.hosts);
    const { context } = csp;
    const declaration = (ports: readonly string[]) => {
      const { uuid, mac } = lab.guest("web");
      const ingress = ports.map((port) => ({ name: `p${port}`, protocol: "tcp", ports: [port] }));
      return policy.inputs.parse({ host: "hv-01", guests: { web: { uuid, interfaces: [{ device: 0, mac }], ingress } } });
    };

    beforeAll(async () => {
      lab = await createLab(
        { name: ownName("logins"), hosts: [{ name: "hv-01" }], guests: [{ name: "web", host: "hv-01", addresses: ["10.26.0.11/24"] }] },
        { replace: true },
      );
      host = lab.host("hv-01");
      await host.run(prepare);
      csp.reconnect();
    });
    afterAll(async () => {
      csp.close();
      await lab?.down();
    });

    test("from its adoption to its end: five changes, drift, and nothing left", async () => {
      const before = await host.snapshotTools();
      const frame = adoption.inputs.parse({ host: "hv-01" });
      const adopted = { inputs: frame, outputs: (await adoption.create(context(), frame)).outputs } as State;
      let inputs = declaration(["80"]);
      let known = { inputs, outputs: (await policy.create(context(), inputs)).outputs } as State;
      for (const ports of [["80", "443"], ["443"], ["22", "443"], ["8080"]]) {
        inputs = declaration(ports);
        known = { inputs, outputs: await policy.update(context(), "hv-01/guests", known as never, inputs as never) } as State;
      }
      csp.reconnect();
      expect((await policy.read(context(), "hv-01/guests", known as never))?.outputs.drift ?? []).toEqual([]);
      await host.run("c=$(iptables -S | sed -n 's/^-A \\(csp-in-[^ ]*\\) .*8080.*/\\1/p'); iptables -F $c");
      csp.reconnect();
      const drift = (await policy.read(context(), "hv-01/guests", known as never))?.outputs.drift;
      expect(drift).toContain("guest web: iptables, interface 0: ingress rule p8080 is missing");
      await policy.delete(context(), "hv-01/guests", known as never);
      await adoption.delete(context(), "hv-01", adopted as never);
      expect(await host.snapshotTools()).toEqual(before);
      expect(await host.run("ls -d /var/lib/csp 2>/dev/null || :")).toBe("");
    });
  });
});
