import { spawnSync } from "node:child_process";
import { CALLERS, callerFiles, installCallers, resolveCallers } from "../../provider/host/look/callers";
import { describeWith } from "../support/needs";

const facts = (...callers: string[]) => ({ callers }) as never;

test("no line of a unit is longer than systemd before 235 reads, whatever ports are called", () => {
  const prefixes = ["vif", "tap", "vnet", "fwpr", "veth", "cali", "lxc"];
  const units = callerFiles(CALLERS, prefixes).filter(({ path }) => path.endsWith(".service"));
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
  const scripts = callerFiles(CALLERS, ["vif", "tap"]).filter(({ mode }) => mode === "0755");
  test.each([
    ["the installation of all callers", installCallers(CALLERS, ["vif"])],
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
    const [rule] = callerFiles(["udev"], ["vif", "web-"]);
    expect(rule?.content).toContain('SUBSYSTEM=="net", ACTION=="add|remove|move", RUN+="/bin/sh /var/lib/csp/hook udev %k"');
  });

  test("a service that waits for nothing and reads no file of csp shuts guests' ports at boot", () => {
    const files = callerFiles(["systemd", "sysv"], ["vif", "tap"]);
    const unit = files.find(({ path }) => path.endsWith("csp-shut.service"))?.content ?? "";
    expect(unit).toContain("DefaultDependencies=no");
    expect(unit).not.toMatch(/^(After|Requires|RequiresMountsFor|Condition\w*|Assert\w*)=/m);
    const script = files.find(({ path }) => path.endsWith("init.d/csp-shut"))?.content ?? "";
    for (const text of [unit, script]) {
      expect(text).not.toContain("/var/lib/csp");
      for (const tool of ["iptables", "ip6tables", "ebtables", "arptables"]) expect(text).toContain(`${tool} `);
    }
  });
});
