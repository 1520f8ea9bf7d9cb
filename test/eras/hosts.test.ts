import { ERAS, type Era } from "../../lab/eras/ages";
import { createLab, type Lab, type LabHost } from "../../lab/netns";
import { attempt, type CommandResult } from "../../lab/netns/command";
import { ownName } from "../acceptance/stack";
import { describeWith } from "../support/needs";

const nameOf = (era: Era): string => `h-${era.replaceAll(".", "-")}`;

/** The first lines of the tools' version output. */
const VERSIONS: Readonly<Record<Era, readonly string[]>> = {
  "5.6": ["iptables v1.3.5", "ip6tables v1.3.5", "ebtables v2.0.9-1 (June 2009)", "arptables v0.0.3-4", "ipset v4.5, protocol version 4."],
  "6.x": ["iptables v1.3.5", "ip6tables v1.3.5", "ebtables v2.0.9-1 (June 2009)", "arptables v0.0.3-4", "ipset v4.5, protocol version 4."],
  "7": [
    "iptables v1.4.21",
    "ip6tables v1.4.21",
    "ebtables v2.0.10-4 (December 2011)",
    "arptables v0.0.4",
    "ipset v6.14, protocol version: 6",
  ],
  "xcp-ng-8": [
    "iptables v1.4.21",
    "ip6tables v1.4.21",
    "ebtables v2.0.10-4 (December 2011)",
    "arptables v0.0.4",
    "ipset v6.14, protocol version: 6",
  ],
  "debian-11": [
    "iptables v1.8.7 (nf_tables)",
    "ip6tables v1.8.7 (nf_tables)",
    "ebtables 1.8.7 (nf_tables)",
    "arptables v0.0.5",
    "ipset v7.10, protocol version: 7",
  ],
  "debian-12": [
    "iptables v1.8.9 (nf_tables)",
    "ip6tables v1.8.9 (nf_tables)",
    "ebtables 1.8.9 (nf_tables)",
    "arptables v0.0.5",
    "ipset v7.17, protocol version: 7",
  ],
  "debian-13": [
    "iptables v1.8.11 (nf_tables)",
    "ip6tables v1.8.11 (nf_tables)",
    "ebtables v1.8.11 (nf_tables)",
    "arptables v0.0.5",
    "ipset v7.22, protocol version: 7",
  ],
};

/** Of the legacy tool on the second kernel (2.0.11, which says these as 2.0.9 does). */
const EBTABLES_WORDS = {
  "-N q": "Chain q already exists.",
  "-X q": "Can't delete the chain 'q', it's referenced in chain 'p', rule 0.",
  "-D p -i x -j DROP": "Sorry, rule does not exist.",
  "-D p 3": "Sorry, wrong rule numbers.",
  "-P INPUT RETURN": "Policy RETURN only allowed for user defined chains.",
  "-A INPUT -j RETURN": "Return target only for user defined chains.",
  "-L nosuch": "Chain 'nosuch' doesn't exist.",
  "-A nosuch -j DROP": "Chain 'nosuch' doesn't exist.",
  "-A p -j nosuch": "Illegal target name 'nosuch'.",
  "-t foo -L": "Bad table name 'foo'.",
};

const OLD: readonly Era[] = ["5.6", "6.x", "7", "xcp-ng-8"];
const OLDEST: readonly Era[] = ["5.6", "6.x"];

describeWith(["root", "go", "nft", "legacy", "debian12"], "hosts of every age", () => {
  let lab: Lab;
  const host = (era: Era): LabHost => lab.host(nameOf(era));
  beforeAll(async () => {
    lab = await createLab(
      {
        name: ownName("eras"),
        hosts: ERAS.map((era) => ({ name: nameOf(era), era })),
        guests: [
          { name: "web", host: nameOf("5.6"), addresses: ["10.33.0.11/24"] },
          { name: "db", host: nameOf("5.6"), addresses: ["10.33.0.12/24"] },
        ],
      },
      { replace: true },
    );
  }, 300_000);
  afterAll(() => lab?.down());

  /** Over SSH with this machine's client, as it comes or with what it no longer offers. */
  const ssh = (era: Era, command: string, options: readonly string[]): Promise<CommandResult> => {
    const { port, privateKeyPath } = host(era).ssh;
    const known = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes", ...options].flatMap((each) => ["-o", each]);
    return attempt(["ssh", "-v", ...known, "-i", privateKeyPath, "-p", String(port), "root@127.0.0.1", command]);
  };
  const LEGACY = ["KexAlgorithms=+diffie-hellman-group14-sha1", "HostKeyAlgorithms=+ssh-rsa", "PubkeyAcceptedAlgorithms=+ssh-rsa"];

  test.each(ERAS)("%s: its tools say their versions", async (era) => {
    const said = await host(era).run("for t in iptables ip6tables ebtables arptables ipset; do $t -V | head -n 1; done");
    expect(
      said
        .trim()
        .split("\n")
        .map((line) => line.trim()),
    ).toEqual(VERSIONS[era]);
  });

  test.each(ERAS)("%s: has the commands of its age and no others", async (era) => {
    const there = async (name: string) => (await host(era).exec(`command -v ${name}`)).code === 0;
    const names = ["nft", "iptables-nft", "iptables-legacy", "xtables-legacy-multi", "timeout", "unshare", "systemctl", "flock"];
    const found = await Promise.all(names.map(there));
    const has = Object.fromEntries(names.map((name, index) => [name, found[index]]));
    const old = OLD.includes(era);
    const oldest = OLDEST.includes(era);
    expect(has).toMatchObject({
      nft: !old,
      "iptables-nft": !old,
      "iptables-legacy": !old,
      timeout: !oldest,
      unshare: !oldest,
      flock: true,
    });
    if (old) expect(has["xtables-legacy-multi"]).toBe(false);
    if (oldest) expect(has.systemctl).toBe(false);
    expect((await host(era).exec("sync -f /var")).code).toBe(old ? 1 : 0);
    expect((await host(era).exec("sync")).code).toBe(0);
  });

  test("a host of a product says which, in its own files", async () => {
    expect(
      await host("5.6").run("grep VERSION /etc/xensource-inventory; uname -r; cat /etc/xensource/network.conf; ls /etc/os-release || :"),
    ).toBe("PRODUCT_VERSION='5.6.100'\n2.6.32.12-0.7.1.xs5.6.100.307.170586cspxen\nbridge\n");
    expect(await host("xcp-ng-8").run("grep VERSION /etc/xensource-inventory; sed -n s/^NAME=//p /etc/os-release")).toBe(
      "PRODUCT_VERSION='8.3.0'\n\"XCP-ng\"\n",
    );
    expect(await host("debian-11").run("sed -n s/^VERSION_ID=//p /etc/os-release")).toBe('"11"\n');
    expect((await host("5.6").exec("test -d /run/systemd/system")).code).toBe(1);
    expect((await host("7").exec("test -d /run/systemd/system")).code).toBe(0);
  });

  test.each(OLDEST)("%s: its sshd speaks its age, and says nothing of signatures", async (era) => {
    const today = await ssh(era, "true", []);
    expect(today.code).toBe(255);
    expect(today.stderr).toMatch(/no matching (?:host key type|key exchange method) found/);
    const then = await ssh(era, "echo in", LEGACY);
    expect(then.stdout).toBe("in\n");
    expect(then.stderr).toContain("remote software version OpenSSH_4.3");
    expect(then.stderr).not.toContain("server-sig-algs");
  });

  test.each(["7", "xcp-ng-8"] as const)("%s: its sshd is one of 2016", async (era) => {
    const { stdout, stderr } = await ssh(era, "echo in", []);
    expect(stdout).toBe("in\n");
    expect(stderr).toContain("remote software version OpenSSH_7.4");
    expect(stderr).toContain("server-sig-algs");
  });

  test("5.6: what its tools are told is what happens to packets", async () => {
    const old = host("5.6");
    await old.run("sysctl -q -w net.bridge.bridge-nf-call-iptables=1");
    expect(await lab.probe.flow({ from: "web", to: "db", port: 80 })).toBe("passed");
    await old.run("ipset -N bad iphash; ipset -A bad 10.33.0.11; iptables -A FORWARD -p tcp --dport 80 -m set --set bad src -j DROP");
    expect(await lab.probe.flow({ from: "web", to: "db", port: 80 })).toBe("blocked");
    expect(await lab.probe.flow({ from: "db", to: "web", port: 80 })).toBe("passed");
    await old.run("ipset -D bad 10.33.0.11; ebtables -A FORWARD -p IPv4 --ip-src 10.33.0.12 -j DROP");
    expect(await lab.probe.flow({ from: "db", to: "web", port: 80 })).toBe("blocked");
    await old.run("ebtables -F FORWARD");
    expect(await lab.probe.flow({ from: "web", to: "db", port: 80 })).toBe("passed");
  });

  describe("5.6: several things at once", () => {
    const saved = async () => (await host("5.6").run("iptables-save")).split("\n").filter((line) => /^(?::[a-z]|-A)/.test(line));
    const restore = (text: string, options = "--noflush") => host("5.6").exec(`iptables-restore ${options}`, text);
    beforeEach(() => host("5.6").run("for t in filter raw; do iptables -t $t -F; iptables -t $t -X; done; ipset -X"));

    test("a line that iptables-restore refuses: nothing of its table, but the tables before", async () => {
      const good = "*raw\n:r - [0:0]\nCOMMIT\n";
      const said = await restore(`${good}*filter\n:a - [0:0]\n-A a -j ACCEPT\n-A a -m conntrack --ctstat NEW --no-such -j DROP\nCOMMIT\n`);
      expect(said).toMatchObject({ code: 2 });
      expect(said.stderr).toContain("iptables-restore v1.3.5: Unknown arg `--no-such'");
      expect(said.stderr).toContain("Error occurred at line: 7\n");
      expect(await saved()).toEqual([":r - [0:0]"]);
    });

    test("what its kernel does not speak fails at COMMIT", async () => {
      expect(await restore("*filter\n:a - [0:0]\n-A a -m conntrack --ctstate NEW -j DROP\n-A a -j DROP\nCOMMIT\n")).toMatchObject({
        code: 1,
        stderr: "iptables-restore: line 5 failed\n",
      });
      expect(await saved()).toEqual([]);
    });

    test("--test does nothing; without --noflush, the table is new", async () => {
      expect((await restore("*filter\n:a - [0:0]\nCOMMIT\n", "--test --noflush")).code).toBe(0);
      expect(await saved()).toEqual([]);
      await restore("*filter\n:a - [0:0]\n-A a -j DROP\nCOMMIT\n");
      await restore("*filter\n:b - [0:0]\nCOMMIT\n");
      expect(await saved()).toEqual([":a - [0:0]", ":b - [0:0]", "-A a -j DROP"]);
      await restore("*filter\n:INPUT ACCEPT [0:0]\n:c - [0:0]\nCOMMIT\n", "");
      expect(await saved()).toEqual([":c - [0:0]"]);
    });

    test("a comment is printed in quotes, and a quote in it is kept with its backslash", async () => {
      await restore('*filter\n:a - [0:0]\n-A a -m comment --comment "say \\"no\\"" -j DROP\nCOMMIT\n');
      expect(await saved()).toEqual([":a - [0:0]", '-A a -m comment --comment "say \\"no\\"" -j DROP']);
    });

    test("ebtables says the policy of a chain, and why it cannot do what it is told", async () => {
      const old = host("5.6");
      await old.run(
        "ebtables -N p; ebtables -N q -P RETURN; ebtables -N r; ebtables -P r DROP; ebtables -A p -i vif1.0 -j q; ebtables -A p -j q",
      );
      const policies = (await old.run("ebtables -L | sed -n 's/^Bridge chain: //p'")).split("\n").filter((line) => /^[pqr],/.test(line));
      expect(policies).toEqual(["p, entries: 2, policy: ACCEPT", "q, entries: 0, policy: RETURN", "r, entries: 0, policy: DROP"]);
      expect(await old.run("ebtables -L p --Ln | grep -v '^Bridge' | grep .")).toBe("1. -i vif1.0 -j q \n2. -j q \n");
      for (const [command, words] of Object.entries(EBTABLES_WORDS)) {
        expect(await old.exec(`ebtables ${command}`)).toMatchObject({ code: 255, stderr: `${words}\n` });
      }
      await old.run("ebtables -F p; ebtables -X p; ebtables -X q; ebtables -X r");
    });

    test("ebtables restores whole tables and takes no options", async () => {
      const old = host("5.6");
      await old.run("ebtables -t nat -N x; ebtables -t nat -A x -j DROP");
      expect(await old.exec("ebtables-restore --noflush", "*nat\n")).toMatchObject({
        code: 255,
        stderr: "ebtables-restore: line 0: options are not supported.\n",
      });
      const said = await old.exec(
        "ebtables-restore",
        "*nat\n:PREROUTING ACCEPT\n:y RETURN\n*filter\n:z RETURN\n-A z -p IPv6 --ip6-icmp-type 1 -j DROP\n",
      );
      expect(said).toMatchObject({ code: 255, stderr: "Unknown argument: '--ip6-icmp-type'.\n" });
      const shown = await old.run("ebtables -t nat -L; ebtables -L");
      expect(shown).toContain("Bridge chain: y,");
      expect(shown).not.toMatch(/Bridge chain: [xz],/);
    });

    test("ipset restores sets that are not there, whole, or nothing", async () => {
      const old = host("5.6");
      await old.run("ipset -N a iphash");
      const text = "-N b nethash\n-A b 10.0.0.0/8\n-N a iphash\nCOMMIT\n";
      expect((await old.exec("ipset -R", text)).stderr).toContain("ipset v4.5: Set a is already defined, cannot be restored\n");
      expect((await old.exec("ipset -R", "-N b nethash\n")).stderr).toContain("ipset v4.5: Missing COMMIT line\n");
      expect((await old.exec("ipset -R", "-N b nethash\n-A b 10.0.0.0/32\nCOMMIT\n")).stderr).toContain(
        "Out of range cidr `10.0.0.0/32' specified",
      );
      expect((await old.exec("ipset -R", "-N b nethash\n-A b 10.0.0.0/8\n-A b 10.0.0.0/8\nCOMMIT\n")).stderr).toContain(
        "Committing restoring failed at line 3!",
      );
      expect(await old.run("ipset -S | grep -v '^#'")).toBe("-N a iphash --hashsize 1024 --probes 8 --resize 50\nCOMMIT\n");
      const whole = "-N b nethash --hashsize 128 --probes 4 --resize 50\n-A b 10.0.0.0/8\nCOMMIT\n";
      await old.run("ipset -X; ipset -R", whole);
      expect(await old.run("ipset -S | grep -v '^#'")).toBe(whole);
    });
  });

  test("after a boot, 5.6 has no rule and no set left", async () => {
    await host("5.6").run("ipset -N gone iphash; iptables -N gone");
    await lab.reboot(nameOf("5.6"));
    expect(await host("5.6").run("ipset -S | grep -v '^#'; iptables-save | grep gone || :")).toBe("COMMIT\n");
  });
});
