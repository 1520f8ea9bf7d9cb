import { spawnSync } from "node:child_process";
import { PLANES } from "../../provider/firewall/model/kernel";
import { CALLERS, callerFiles, installCallers, resolveCallers } from "../../provider/host/look/callers";
import { describeWith } from "../support/needs";

const facts = (...callers: string[]) => ({ callers }) as never;

test.each(PLANES)("no line of a unit is longer than systemd before 235 reads, whatever ports are called: %s", (plane) => {
  const prefixes = ["vif", "tap", "vnet", "fwpr", "veth", "cali", "lxc"];
  const units = callerFiles(CALLERS, { guestPorts: prefixes, plane }).filter(({ path }) => path.endsWith(".service"));
  expect(units.length).toBeGreaterThan(2);
  for (const { path, content } of units)
    expect([
      path,
      content
        .split("\n")
        .filter((line) => line.length >= 2048)
        .map((line) => line.slice(0, 60)),
    ]).toEqual([path, []]);
});

describeWith(["root"], "shellcheck minds nothing", () => {
  const plane = "nft-bridge";
  const scripts = callerFiles(CALLERS, { guestPorts: ["vif", "tap"], plane }).filter(({ mode }) => mode === "0755");
  test.each([
    ["the installation of all callers", installCallers(CALLERS, { guestPorts: ["vif"], plane })],
    ...scripts.map(({ path, content }): [string, string] => [path, content]),
  ])("of %s", (_, text) => {
    // SC2154: variables of Xen's scripts. SC2317, SC2329: functions for files that one host has and the next has not.
    const { stdout } = spawnSync("shellcheck", ["-s", "sh", "-e", "SC2154,SC2317,SC2329", "-"], { input: text, encoding: "utf8" });
    expect(stdout).toBe("");
  });
});

describe("the callers of the hook", () => {
  test.each([
    [["auto"], ["xapi", "udev", "systemd"], ["xapi", "udev", "systemd"]],
    [["auto"], [], []],
    [["udev"], ["xapi", "udev", "systemd"], ["udev", "systemd"]],
    [["boot"], ["xapi", "udev", "sysv"], ["sysv"]],
    [["libvirt"], ["libvirt-qemu", "udev"], ["libvirt-qemu"]],
    [["libvirt", "xl"], ["udev"], ["xl", "libvirt"]],
    [[], ["xapi", "udev", "systemd"], []],
  ] as const)("%j on a host with %j: %j", (choice, there, expected) => {
    expect(resolveCallers(choice, facts(...there))).toEqual(expected);
  });

  test("udev reports every port, because a declared guest's port may have any name", () => {
    const [rule] = callerFiles(["udev"], { guestPorts: ["vif", "web-"], plane: "xtables" });
    expect(rule?.content).toContain('SUBSYSTEM=="net", ACTION=="add|remove|move", RUN+="/bin/sh /var/lib/csp/hook udev %k"');
  });

  test.each(PLANES)("a service that waits for nothing and reads no file of csp shuts guests' ports at boot: %s", (plane) => {
    const files = callerFiles(["systemd", "sysv"], { guestPorts: ["vif", "tap"], plane });
    const unit = files.find(({ path }) => path.endsWith("csp-shut.service"))?.content ?? "";
    expect(unit).toContain("DefaultDependencies=no");
    expect(unit).not.toMatch(/^(After|Requires|RequiresMountsFor|Condition\w*|Assert\w*)=/m);
    const script = files.find(({ path }) => path.endsWith("init.d/csp-shut"))?.content ?? "";
    for (const text of [unit, script]) {
      expect(text).not.toContain("/var/lib/csp");
      for (const tool of ["iptables", "ip6tables", "ebtables", "arptables", ...(plane === "xtables" ? [] : ["nft"])])
        expect(text).toContain(`${tool} `);
    }
  });
});
