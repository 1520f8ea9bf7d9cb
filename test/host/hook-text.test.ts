import { spawnSync } from "node:child_process";
import { CALLERS, callerFiles, installCallers, resolveCallers } from "../../provider/host/hook/callers";
import { HOOK_SCRIPT } from "../../provider/host/hook/script";
import { PORTS_SCRIPT } from "../../provider/host/ports";
import { describeWith } from "../support/needs";

const facts = (...callers: string[]) => ({ callers }) as never;

describeWith(["root"], "what is put on hosts", () => {
  const scripts = callerFiles(CALLERS, ["vif", "tap"]).filter(({ mode }) => mode === "0755");
  const texts: [what: string, text: string][] = [
    ["the hook", HOOK_SCRIPT],
    ["the search for ports", PORTS_SCRIPT],
    ["the installation of all callers", installCallers(CALLERS, ["vif"])],
    ...scripts.map(({ path, content }): [string, string] => [path, content]),
  ];
  test.each(texts)("%s has nothing that shellcheck minds", (_, text) => {
    // SC2317, SC2329: functions for files that one host has and the next has not.
    const { stdout } = spawnSync("shellcheck", ["-s", "sh", "-e", "SC2317,SC2329", "-"], { input: text, encoding: "utf8" });
    expect(stdout).toBe("");
  });
});

describe("who calls the hook", () => {
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

  test("udev's rule is of the host's own ports", () => {
    const [rule] = callerFiles(["udev"], ["vif", "web-"]);
    expect(rule?.content).toContain('KERNEL=="vif*|web-*", RUN+="/var/lib/csp/hook udev %k"');
  });
});
