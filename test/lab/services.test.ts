import { createLab, type Lab } from "../../lab/netns";
import { describeWith } from "../support/needs";

/** The lab's stand-in for an init, on hosts of either kind. */
describeWith(["root"], "services of a host", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await createLab({ name: `services-${process.pid}`, hosts: [{ name: "new" }, { name: "old", init: "sysv" }] }, { replace: true });
  });
  afterAll(async () => {
    await lab?.down();
  });

  /** Writes units that note what runs; `wants` are folders with links: "multi-user.target" or another unit. */
  async function units(
    all: Readonly<Record<string, readonly string[]>>,
    wants: Readonly<Record<string, readonly string[]>>,
  ): Promise<void> {
    const host = lab.host("new");
    await host.run("rm -rf /etc/systemd/system/* /var/log/ran; mkdir -p /etc/systemd/system");
    for (const [name, lines] of Object.entries(all))
      await host.run(
        ["sh", "-c", `cat >/etc/systemd/system/${name}.service`],
        `[Unit]\nDescription=${name}\n[Service]\nType=oneshot\n${lines.join("\n")}\n`,
      );
    for (const [unit, wanted] of Object.entries(wants))
      await host.run(
        `mkdir -p /etc/systemd/system/${unit}.wants; for each in ${wanted.join(" ")}; do ln -s ../$each.service /etc/systemd/system/${unit}.wants/; done`,
      );
  }
  const note = (word: string) => `/bin/sh -c "echo ${word} >>/var/log/ran"`;
  const ran = async () => (await lab.host("new").run("cat /var/log/ran 2>/dev/null; rm -f /var/log/ran")).trim().split("\n");

  it("start in the order of targets, each once, with all their commands", async () => {
    await units(
      {
        early: [`ExecStart=${note("early")}`],
        // By its name it would come first.
        a: [`ExecStartPost=${note("a-post")}`, `ExecStart=${note("a-1")}`, `ExecStart=${note("a-2")}`, `ExecStartPre=${note("a-pre")}`],
        reset: [`ExecStart=${note("gone")}`, "ExecStart=", `ExecStart=/bin/sh -c \\`, `  "echo reset >>/var/log/ran"`],
        bare: ["# ExecStart is a word here only."],
      },
      { "multi-user.target": ["a", "early", "reset", "bare"], "sysinit.target": ["early"] },
    );
    await lab.reboot("new");
    expect(await ran()).toEqual(["early", "a-pre", "a-1", "a-2", "a-post", "reset"]);
  });

  it("stop at a command that fails, unless it may fail; others continue", async () => {
    await units(
      {
        a: ["ExecStartPre=/bin/false", `ExecStart=${note("never")}`],
        b: [
          "ExecStartPre=-/bin/false",
          `ExecStart=${note("b")}`,
          "ExecStart=-/no/such/program",
          `ExecStart=${note("b-2")}`,
          "ExecStart=/bin/false",
          `ExecStart=${note("never")}`,
        ],
        c: [`ExecStart=${note("c")}`],
      },
      { "multi-user.target": ["a", "b", "c"] },
    );
    await lab.reboot("new");
    expect(await ran()).toEqual(["b", "b-2", "c"]);
    expect(await lab.host("new").run("cat /var/log/boot.log")).toMatch(/boot: a\.service ended with status 1/);
  });

  it("start what they want after themselves, and again when they restart, unless it is still active", async () => {
    await units(
      {
        iptables: [`ExecStart=${note("iptables")}`, `ExecStop=${note("stop")}`, "RemainAfterExit=yes"],
        again: [`ExecStart=${note("again")}`],
        lasting: [`ExecStart=${note("lasting")}`, "RemainAfterExit=yes"],
        part: [`ExecStart=${note("part")}`, `ExecStop=${note("part-stop")}`, "RemainAfterExit=yes"],
      },
      { "multi-user.target": ["iptables", "part"], "iptables.service": ["again", "lasting"] },
    );
    await lab.host("new").run("sed -i 's/^Description.*/PartOf=other.service iptables.service/' /etc/systemd/system/part.service");
    await lab.reboot("new");
    expect(await ran()).toEqual(["iptables", "again", "lasting", "part"]);
    await lab.host("new").restartService("iptables");
    expect(await ran()).toEqual(["stop", "part-stop", "iptables", "again", "part"]);
    await lab.host("new").restartService("iptables");
    expect(await ran()).toEqual(["stop", "part-stop", "iptables", "again", "part"]);
  });

  it("restart even if they are not enabled, fail if their commands fail, and differ from those that do not exist", async () => {
    await units(
      { loose: [`ExecStart=${note("loose")}`], bad: ["ExecStart=/bin/false"], after: [`ExecStart=${note("after")}`] },
      { "foreign.service": ["after"] },
    );
    const host = lab.host("new");
    await host.restartService("loose");
    // A unit that others bring, which csp's is linked to.
    await host.restartService("foreign");
    expect(await ran()).toEqual(["loose", "after"]);
    await expect(host.restartService("bad")).rejects.toThrow(/status 1/);
    await expect(host.restartService("nobody")).rejects.toThrow(/there is no service nobody/);
  });

  it("restart through their script on a host with SysV's init", async () => {
    const host = lab.host("old");
    await host.run(
      `printf '#!/bin/sh\\necho "$1" >>/var/log/ran\\n' >/etc/init.d/firewall; chmod 755 /etc/init.d/firewall; ln -s ../init.d/firewall /etc/rc3.d/S08firewall`,
    );
    await lab.reboot("old");
    await host.restartService("firewall");
    expect(await host.run("cat /var/log/ran")).toBe("start\nrestart\n");
  });
});
