import { createLab, type Lab, type LabHost } from "../../lab/netns";
import { parseSnapshot } from "../../provider/host/look/snapshot";
import { BRIDGE_SYSCTLS } from "../../provider/host/remote/sysctls";
import { createHosts } from "../../provider/host/session/hosts";
import { RemoteHost } from "../../provider/host/session/remote-host";
import { entryOf, ownName } from "../acceptance/stack";
import { describeWith } from "../support/needs";

test("an incomplete listing, or one in which a tool failed, is refused", () => {
  const parse = (text: string) => parseSnapshot(text, 0, { wait: true, ebtables: "nft", backend: "nft" });
  expect(parse("@@csp state\n")).toBeUndefined();
  expect(parse("@@csp state\n@@csp failed ip6tables\n@@csp end\n")).toBeUndefined();
  expect(parse("@@csp state\n@@csp end\n")).toBeDefined();
});

test.each([
  ["7", "7"],
  ["", ""],
  ["7'; reboot; '", "0"],
  ["$(reboot)", "0"],
  ["9".repeat(100_000), "0"],
])("the count of changes goes into the next script, so it must be a number or nothing: %s", (line, generation) => {
  const text = `@@csp state\n${line}\n@@csp end\n`;
  expect(parseSnapshot(text, 0, { wait: true, ebtables: "nft", backend: "nft" })?.generation).toBe(generation);
});

/** csp reads the two halves of a snapshot at the same time. A failure in either must not look like an empty table. */
describeWith(["root"], "a look at a host", () => {
  let lab: Lab;
  let host: LabHost;
  const look = () => {
    const hosts = createHosts({ inventory: { "hv-01": entryOf(host) } as never, hostFactory: (...of) => new RemoteHost(...of) });
    return hosts
      .get("hv-01")
      .snapshot()
      .finally(() => hosts.close());
  };

  beforeAll(async () => {
    lab = await createLab(
      { name: ownName("look"), hosts: [{ name: "hv-01" }], guests: [{ name: "web", host: "hv-01", addresses: ["10.24.0.11/24"] }] },
      { replace: true },
    );
    host = lab.host("hv-01");
    await host.run("iptables -N mine; ip6tables -N mine; ipset create csp-one hash:ip");
  });
  afterAll(() => lab.down());

  test("has both halves", async () => {
    const { tables, sets, ports, sysctls } = await look();
    expect([...tables["iptables.filter"].foreign.keys()]).toContain("mine");
    expect([...tables["ip6tables.filter"].foreign.keys()]).toContain("mine");
    expect([...sets.keys()]).toEqual(["csp-one"]);
    expect(ports.map(({ uuid }) => uuid)).toEqual([lab.guest("web").uuid]);
    expect(Object.keys(sysctls)).toHaveLength(BRIDGE_SYSCTLS.length);
  });

  test.each(["iptables-save", "ip6tables-save", "ebtables-save", "arptables", "ipset"])("says that %s failed", async (tool) => {
    const path = `/usr/local/sbin/${tool}`;
    // The tool still works while csp finds out what the host has.
    const real = (await host.run(`command -v ${tool}`)).trim();
    const script = `#!/bin/sh\ncase "$*" in -V|--version|"-nL FORWARD") exec ${real} "$@" ;; esac\necho "out of memory" >&2\nexit 1\n`;
    await host.run(`cat >${path} <<'END'\n${script}END\nchmod 755 ${path}`);
    try {
      await expect(look()).rejects.toMatchObject({
        code: "snapshot-failed",
        message: expect.stringMatching(/^host hv-01: .*out of memory/s),
      });
    } finally {
      await host.run(`rm ${path}`);
    }
  });
});
