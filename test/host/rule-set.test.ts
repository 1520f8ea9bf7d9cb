import { createLab, type Lab, type LabHost, type SavedTools } from "../../lab/netns";
import type { State } from "../../provider/core/define";
import { resourceOf } from "../../provider/resources";
import { generation, ownName } from "../acceptance/stack";
import { BACKENDS } from "../support/backends";
import { Csp } from "../support/csp";
import { describeWith } from "../support/needs";
import { laterRefusal } from "../support/refusal";

const adoption = resourceOf("csp:index:Host");
const ruleSet = resourceOf("csp:firewall:RuleSet");

/** What other programs have there, before csp comes and after it goes. */
const FOREIGN = `
iptables -N THEIRS; iptables -A THEIRS -j RETURN
iptables -A INPUT -p tcp --dport 9 -j THEIRS
iptables -A FORWARD -i nosuch0 -j DROP; iptables -A FORWARD -o nosuch0 -j THEIRS
ebtables -t nat -A PREROUTING -i nosuch0 -j DROP
iptables -t mangle -A INPUT -i nosuch0 -j MARK --set-mark 9; iptables -t mangle -A FORWARD -i nosuch0 -j DROP
iptables -t nat -A PREROUTING -i nosuch0 -j ACCEPT
`;

describeWith(["root"], "rule sets on a host", () => {
  describe.each(BACKENDS)("on %s", (backend) => {
    let lab: Lab;
    let host: LabHost;
    let before: SavedTools;
    let adopted: State<typeof adoption.inputs, typeof adoption.outputs>;
    const known = new Map<string, State>();
    const csp = new Csp("", () => lab.hosts);
    const context = (owner = "test/dev") => csp.context(`${owner} rules (csp:firewall:RuleSet)`);
    const parse = (args: object) => ruleSet.inputs.parse({ host: "hv-01", ...args });
    const create = async (args: object) => {
      const inputs = parse(args);
      await ruleSet.preview?.(context(), inputs);
      const { id, outputs } = await ruleSet.create(context(), inputs);
      known.set(id, { inputs, outputs } as State);
      return id;
    };
    const read = async (id: string) => {
      csp.reconnect();
      return ruleSet.read(context(), id, known.get(id) as never);
    };
    const chain = async (tool: string, name: string, table = "filter") =>
      (await host.run(`${tool} -t ${table} -S ${name}`)).split("\n").filter((line) => line.startsWith("-A "));

    const MAIL = {
      tool: "iptables",
      chain: "mail",
      rules: ["-p 6 --dport 25:25 -s 10.9.0.0/255.255.0.0 -j DROP", '-p tcp --syn -m comment --comment "two words" -j RETURN', "-j LOG"],
      jumps: [
        { from: "FORWARD", position: "beforeGuests" },
        { from: "INPUT", position: "last", match: "-i lo" },
      ],
    };

    /** Rule sets in every table where the frame has no rules, or none in these chains. Two have the name of a rule set in another table. */
    const ELSEWHERE = {
      mangle: {
        tool: "iptables",
        table: "mangle",
        chain: "mail",
        rules: ["-p tcp --dport ssh -j MARK --set-mark 7", "-d 127.0.0.9 -p tcp -j DROP"],
        jumps: [{ from: "INPUT", position: "last" }, { from: "FORWARD" }],
      },
      nat: {
        tool: "iptables",
        table: "nat",
        chain: "mail",
        rules: ["-p tcp --dport 8080 -j REDIRECT --to-port 80", "-j RETURN"],
        jumps: [{ from: "PREROUTING", match: "-i nosuch1" }, { from: "OUTPUT" }],
      },
      raw: {
        tool: "iptables",
        table: "raw",
        chain: "untracked",
        rules: ["-p udp --dport domain -j NOTRACK"],
        jumps: [{ from: "PREROUTING", position: "last" }, { from: "OUTPUT" }],
      },
      mangle6: {
        tool: "ip6tables",
        table: "mangle",
        chain: "tos",
        rules: ["-p tcp --dport smtp -j TOS --set-tos Minimize-Delay"],
        jumps: [{ from: "POSTROUTING" }],
      },
      bridge: {
        tool: "ebtables",
        table: "filter",
        chain: "frames",
        rules: ["-p IPv4 --ip-proto tcp --ip-dport 25 -j DROP"],
        jumps: [{ from: "FORWARD", position: "beforeGuests" }],
      },
    };
    const idOf = ({ tool, table, chain: name }: { tool: string; table: string; chain: string }) => `hv-01/${tool}/${table}/${name}`;
    /** 124: nothing answered, 1: refused. */
    const connecting = async () => (await host.run("timeout 2 bash -c ': >/dev/tcp/127.0.0.9/9' 2>/dev/null; echo $?")).trim();

    beforeAll(async () => {
      lab = await createLab({ name: ownName(`rules-${backend}`), hosts: [{ name: "hv-01", backend }] }, { replace: true });
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

    test("a rule set is where its jumps say, and reads as it was written", async () => {
      const id = await create(MAIL);
      expect(id).toBe("hv-01/iptables/filter/mail");
      expect(await chain("iptables", "FORWARD")).toEqual([
        "-A FORWARD -j csp-user-mail",
        "-A FORWARD -m physdev --physdev-is-bridged -j csp-forward",
        "-A FORWARD -j csp-rest",
        "-A FORWARD -i nosuch0 -j DROP",
        "-A FORWARD -o nosuch0 -j THEIRS",
      ]);
      expect((await chain("iptables", "INPUT")).at(-1)).toBe("-A INPUT -i lo -j csp-user-mail");
      expect(await read(id)).toMatchObject({ inputs: parse(MAIL), outputs: { target: "csp-user-mail", drift: [] } });
      expect((await adoption.read(context(), "hv-01", adopted))?.outputs.drift).toEqual([]);
    });

    test("several share a built-in chain, and each tool has its own", async () => {
      await create({ tool: "iptables", chain: "audit", rules: ["-j csp-user-mail"], jumps: [{ from: "FORWARD" }] });
      await create({
        tool: "ip6tables",
        chain: "mail",
        rules: ["-p tcp --dport 25 -j REJECT"],
        jumps: [{ from: "FORWARD", position: "last" }],
      });
      await create({
        tool: "ebtables",
        table: "nat",
        chain: "frames",
        rules: ["-p 0x88cc -d 1:80:c2:0:0:e -j DROP", "-p IPv4 --ip-proto tcp --ip-dport 25 -j DROP"],
        jumps: [{ from: "PREROUTING", position: "last", match: "-i nosuch0" }],
      });
      await create({ tool: "arptables", chain: "arp", rules: ["-s 10.0.0.1/32 -j DROP"], jumps: [{ from: "FORWARD" }, { from: "INPUT" }] });
      expect((await chain("iptables", "FORWARD")).slice(0, 4)).toEqual([
        "-A FORWARD -j csp-user-mail",
        "-A FORWARD -m physdev --physdev-is-bridged -j csp-forward",
        "-A FORWARD -j csp-rest",
        "-A FORWARD -j csp-user-audit",
      ]);
      for (const id of known.keys()) expect((await read(id))?.outputs.drift).toEqual([]);
    });

    test("to look at a host, or to preview a rule set, makes no table there", async () => {
      const loaded = () => host.run(backend === "legacy" ? "cat /proc/net/ip6_tables_names" : "nft list tables");
      const tables = await loaded();
      expect(tables).not.toMatch(/\bnat\b.*ip6|ip6 nat/);
      csp.reconnect();
      await ruleSet.preview?.(
        context(),
        parse({ tool: "ip6tables", table: "nat", chain: "none", rules: ["-j RETURN"], jumps: [{ from: "OUTPUT" }] }),
      );
      expect(await loaded()).toBe(tables);
    });

    test("every table of a tool may have some, and a packet meets them there", async () => {
      expect(await connecting()).toBe("1");
      for (const one of Object.values(ELSEWHERE)) {
        const id = await create(one);
        expect(id).toBe(idOf(one));
        const { connection: _, host: name, ...declared } = parse(one);
        expect(await read(id)).toMatchObject({ inputs: declared, outputs: { target: `csp-user-${one.chain}`, drift: [] } });
        expect(await ruleSet.recall(context(), id)).toEqual({ host: name, ...declared });
      }
      expect(await connecting()).toBe("124");
      expect(await chain("iptables", "INPUT", "mangle")).toEqual([
        "-A INPUT -i nosuch0 -j MARK --set-xmark 0x9/0xffffffff",
        "-A INPUT -j csp-user-mail",
      ]);
      expect((await chain("iptables", "FORWARD", "mangle")).at(0)).toBe("-A FORWARD -j csp-user-mail");
      expect((await chain("iptables", "PREROUTING", "nat")).at(0)).toBe("-A PREROUTING -i nosuch1 -j csp-user-mail");
      expect((await read("hv-01/iptables/filter/mail"))?.outputs.drift).toEqual([]);
      expect((await adoption.read(context(), "hv-01", adopted))?.outputs.drift).toEqual([]);
    });

    test("a table that the host does not have is refused by its name", async () => {
      const broute = {
        tool: "ebtables",
        table: "broute",
        chain: "routed",
        rules: ["-p IPv6 -i nosuch0 -j DROP"],
        jumps: [{ from: "BROUTING" }],
      };
      const has = (await host.run("ebtables -t broute -L >/dev/null 2>&1 && echo yes || echo no")).trim() === "yes";
      if (has) {
        expect((await read(await create(broute)))?.outputs.drift).toEqual([]);
        return;
      }
      const tools = await host.snapshotTools();
      const error = await laterRefusal(() => create(broute));
      expect(error.code).toBe("table-missing");
      expect(error.message).toMatch(
        /^rule set routed of ebtables broute on host hv-01, table: the host's ebtables has no table broute \(it said: /,
      );
      expect(await host.snapshotTools()).toEqual(tools);
    });

    test("a change by hand in such a table shows with the table's name, and is repaired", async () => {
      const id = idOf(ELSEWHERE.mangle);
      await host.run(`
        iptables -t mangle -D csp-user-mail 2; iptables -t mangle -A csp-user-mail -p udp -j DROP
        iptables -t mangle -D FORWARD -j csp-user-mail`);
      const state = await read(id);
      expect(state?.inputs).toMatchObject({ rules: [ELSEWHERE.mangle.rules[0], "-p udp -j DROP"], jumps: [{ from: "INPUT" }] });
      expect(state?.outputs.drift).toEqual([
        "iptables, table mangle, rule set mail: rule is missing from csp-user-mail: -d 127.0.0.9/32 -p tcp -j DROP",
        "iptables, table mangle, rule set mail: rule added by hand to csp-user-mail: -p udp -j DROP",
        "iptables mangle: the jump from FORWARD is missing or not in its place",
      ]);
      expect((await read("hv-01/iptables/filter/mail"))?.outputs.drift).toEqual([]);
      expect(await connecting()).toBe("1");
      await ruleSet.update(context(), id, state as never, known.get(id)?.inputs as never);
      expect((await read(id))?.outputs.drift).toEqual([]);
      expect(await connecting()).toBe("124");
    });

    test("what was flushed of such tables is there again when the hook loads everything", async () => {
      const tools = await host.snapshotTools();
      await host.run(`
        iptables -t mangle -D INPUT -j csp-user-mail; iptables -t mangle -D FORWARD -j csp-user-mail
        iptables -t mangle -F csp-user-mail; iptables -t mangle -X csp-user-mail
        iptables -t nat -F csp-user-mail; iptables -t nat -D OUTPUT -j csp-user-mail; iptables -t raw -D OUTPUT -j csp-user-untracked
        ip6tables -t mangle -F POSTROUTING; ebtables -t filter -D FORWARD -j csp-user-frames
        rm /var/lib/csp/ports; /var/lib/csp/hook test`);
      expect(await host.snapshotTools()).toEqual(tools);
      expect(await host.run("cat /var/lib/csp/failures 2>/dev/null || :")).toBe("");
    });

    test("if the tool prints other words than the user's, that is no change, and drift is shown in the user's words", async () => {
      const SPELT = [
        {
          tool: "iptables",
          chain: "spelt",
          rules: [
            "-p tcp --dport ssh -j DROP",
            "-m multiport -p udp --dports domain,ntp -j DROP",
            "--source 10.0.0.7/24 --jump DROP",
            "-m limit --limit 60/minute -j LOG --log-level warning",
            "-m state --state ESTABLISHED,RELATED -j RETURN",
            "-m mac --mac-source 2:0:0:0:0:a -m comment --comment word -j DROP",
            "-p icmp --icmp-type ping -j RETURN",
          ],
          jumps: [{ from: "FORWARD", position: "last", match: "-p tcp --dport smtp" }],
        },
        {
          tool: "ip6tables",
          chain: "spelt",
          rules: ["-p ipv6-icmp --icmpv6-type ping -j RETURN", "-d 2001:DB8:0:0::1 -p tcp --dport https -j DROP"],
        },
        {
          tool: "ebtables",
          table: "nat",
          chain: "spelt",
          rules: ["-p IPv4 --ip-proto udp --ip-dport domain -j DROP", "-p ARP --arp-op Request -j DROP"],
        },
        { tool: "arptables", chain: "spelt", rules: ["--opcode Request --source-mac 2:0:0:0:0:a -j DROP"] },
      ];
      for (const one of SPELT) {
        const id = await create(one);
        expect((await read(id))?.outputs.drift).toEqual([]);
        expect((await read(id))?.inputs).toMatchObject({ rules: one.rules, jumps: one.jumps ?? [] });
      }
      const id = "hv-01/iptables/filter/spelt";
      await host.run("iptables -D csp-user-spelt 1; iptables -A csp-user-spelt -j DROP");
      const state = await read(id);
      expect(state?.inputs.rules).toEqual([...(SPELT[0]?.rules.slice(1) ?? []), "-j DROP"]);
      expect(state?.outputs.drift).toHaveLength(2);
      await ruleSet.update(context(), id, state as never, known.get(id)?.inputs as never);
      expect((await read(id))?.outputs.drift).toEqual([]);
      for (const one of SPELT) {
        const own = `hv-01/${one.tool}/${one.tool === "ebtables" ? "nat" : "filter"}/spelt`;
        await ruleSet.delete(context(), own, known.get(own) as never);
        known.delete(own);
      }
    });

    test("a packet that a chain does not decide about returns to the caller", async () => {
      const policy = () =>
        host.run("ebtables -t nat -L csp-user-frames | sed -n 's/^Bridge chain: csp-user-frames, entries: [0-9]*, policy: //p'");
      expect((await policy()).trim()).toBe("RETURN");
      await host.run("rm /var/lib/csp/ports; /var/lib/csp/hook test");
      expect((await policy()).trim()).toBe("RETURN");
    });

    test("a host has them at boot, before anybody asks", async () => {
      const tools = await host.snapshotTools();
      await lab.reboot("hv-01");
      expect(await host.run("cat /var/lib/csp/failures 2>/dev/null || :")).toBe("");
      for (const id of known.keys()) expect((await read(id))?.outputs.drift).toEqual([]);
      // A rule that others add later comes after the last one of csp's.
      await host.run(FOREIGN);
      expect((await read("hv-01/ip6tables/filter/mail"))?.outputs.drift).toEqual([]);
      expect((await read("hv-01/iptables/filter/mail"))?.outputs.drift).toEqual([
        "iptables: the jump from INPUT is missing or not in its place",
      ]);
      for (const [id, { inputs, outputs }] of known) await ruleSet.update(context(), id, { inputs, outputs } as never, inputs as never);
      expect(await host.snapshotTools()).toEqual(tools);
    });

    test("when the hook loads everything, it puts missing jumps into their place", async () => {
      const tools = await host.snapshotTools();
      await host.run(`
        iptables -D FORWARD -j csp-user-mail; iptables -D FORWARD -j csp-user-audit; iptables -D INPUT -i lo -j csp-user-mail
        ip6tables -D FORWARD -j csp-user-mail; ebtables -t nat -D PREROUTING -i nosuch0 -j csp-user-frames
        ${backend === "legacy" ? "arptables" : "arptables-legacy"} -D FORWARD -j csp-user-arp
        rm /var/lib/csp/ports; /var/lib/csp/hook test`);
      expect(await host.snapshotTools()).toEqual(tools);
    });

    test("changes by hand show, in the user's own words if these still apply, and are repaired", async () => {
      const id = "hv-01/iptables/filter/mail";
      await host.run("iptables -D csp-user-mail 2; iptables -I csp-user-mail 1 -p udp -j ACCEPT; iptables -D INPUT -i lo -j csp-user-mail");
      const state = await read(id);
      expect(state?.inputs).toMatchObject({ rules: ["-p udp -j ACCEPT", MAIL.rules[0], MAIL.rules[2]], jumps: [{ from: "FORWARD" }] });
      expect(state?.outputs.drift).toEqual([
        expect.stringContaining("rule is missing from csp-user-mail"),
        "iptables, rule set mail: rule added by hand to csp-user-mail: -p udp -j ACCEPT",
        "iptables: the jump from INPUT is missing or not in its place",
      ]);
      const inputs = parse(MAIL);
      await ruleSet.update(context(), id, state as never, inputs);
      expect((await read(id))?.outputs.drift).toEqual([]);
      expect((await chain("iptables", "INPUT")).at(-1)).toBe("-A INPUT -i lo -j csp-user-mail");
    });

    test("what one stack removes, another puts in the same transaction: a set, and rules that refer to it", async () => {
      const set = resourceOf("csp:firewall:IpSet");
      const theirs = () => context("other/prod");
      const listed = (member: string) => set.inputs.parse({ host: "hv-01", name: "listed", members: [member] }) as never;
      const dropping = (port: string) =>
        parse({ tool: "iptables", chain: "listed", rules: [`-p tcp --dport ${port} -m set --match-set listed src -j DROP`] });
      const made = { inputs: listed("192.0.2.1"), ...(await set.create(context(), listed("192.0.2.1"))) };
      const rules = { inputs: dropping("25"), ...(await ruleSet.create(context(), dropping("25"))) };
      const before = await generation(host);
      const [, , taken, retaken] = await Promise.all([
        ruleSet.delete(context(), rules.id, rules as never),
        set.delete(context(), made.id, made as never),
        set.create(theirs(), listed("192.0.2.2")),
        ruleSet.create(theirs(), dropping("26")),
      ]);
      expect(await generation(host)).toBe(before + 1);
      expect(await host.run("ipset list listed | sed -n '/^Members/,$p'")).toBe("Members:\n192.0.2.2\n");
      expect(await chain("iptables", "csp-user-listed")).toEqual([expect.stringContaining("--dport 26")]);
      expect(await host.run("grep -h ^owner /var/lib/csp/sets/listed /var/lib/csp/units/*listed*")).toBe(
        `owner ${theirs().owner}\n`.repeat(2),
      );
      csp.reconnect();
      expect((await set.read(theirs(), taken.id, { inputs: listed("192.0.2.2"), ...taken } as never))?.outputs.drift).toEqual([]);
      await ruleSet.delete(theirs(), retaken.id, { inputs: dropping("26"), ...retaken } as never);
      await set.delete(theirs(), taken.id, { inputs: listed("192.0.2.2"), ...taken } as never);
    });

    test("its declaration is kept on the host, for an import", async () => {
      const { connection: _, host: name, ...rest } = parse(MAIL);
      expect(await ruleSet.recall(context(), "hv-01/iptables/filter/mail")).toEqual({ host: name, ...rest });
    });

    test("what the host's tool refuses is refused in the preview, with its place", async () => {
      const tools = await host.snapshotTools();
      const bad = parse({ tool: "iptables", chain: "bad", rules: ["-j DROP", "-p tcp --dport ninety -j DROP"] });
      const error = await laterRefusal(() => ruleSet.preview?.(context(), bad));
      expect(error.code).toBe("rule-refused");
      expect(error.message).toMatch(
        /^rule set bad of iptables on host hv-01, rules\[1\]: iptables does not take "-p tcp --dport ninety -j DROP"/,
      );
      const set = parse({ tool: "iptables", chain: "bad", rules: ["-m set --match-set nosuch src -j DROP"] });
      await ruleSet.preview?.(context(), set);
      expect((await laterRefusal(() => ruleSet.create(context(), set))).code).toBe("set-missing");
      expect(await host.snapshotTools()).toEqual(tools);
    });

    test("a second owner is refused, with the first owner's name", async () => {
      const error = await laterRefusal(() => ruleSet.preview?.(context("other/prod"), parse(MAIL)));
      expect(error.message).toContain("it already belongs to test/dev rules (csp:firewall:RuleSet)");
    });

    test("the host does not go before them", async () => {
      const error = await laterRefusal(() => adoption.delete(context(), "hv-01", adopted));
      expect(error.code).toBe("rules-left");
    });

    test("they are removed, and after the Host is deleted, everything is as before", async () => {
      for (const [id, state] of [...known].reverse()) await ruleSet.delete(context(), id, state as never);
      await adoption.delete(context(), "hv-01", adopted);
      expect(await host.snapshotTools()).toEqual(before);
    });
  });
});
