import { ERAS, type Era } from "../../lab/eras/ages";
import { createLab, type HostSpec, type Lab, type LabHost } from "../../lab/netns";
import { ownName } from "../acceptance/stack";
import { describeWith } from "../support/needs";
import { remotePart } from "../support/remote";

/** What the real tools were recorded to refuse, or to do otherwise than today's (test/install/cases/dialects.tsv). */
const IPTABLES_1_3_5 = ["conntrack", "match-set", "connlimit-upto", "multiport-protocols", "list", "delete-both"];
const IP6TABLES_1_3_5 = [
  ...["goto", "comment", "conntrack", "match-set", "set", "connlimit-upto", "connlimit"],
  ...["multiport-ranges", "multiport-protocols", "list", "comment-quotes", "delete-both"],
];
const CENTOS_5 = [
  "ipset.words",
  ...IPTABLES_1_3_5.map((word) => `iptables.${word}`),
  ...IP6TABLES_1_3_5.map((word) => `ip6tables.${word}`),
  "ebtables.icmpv6",
];
const LACKS: Readonly<Partial<Record<Era, readonly string[]>>> = { "5.6": CENTOS_5, "6.x": CENTOS_5 };
const TRIED: readonly Era[] = ERAS.filter((era) => era !== "debian-12");

describeWith(["root"], "what a host's tools lack is found by trying", () => {
  let lab: Lab;
  const nameOf = (era: Era | "locked") => (era === "locked" ? era : `h-${TRIED.indexOf(era)}`);
  const host = (era: Era | "locked"): LabHost => lab.host(nameOf(era));
  beforeAll(async () => {
    const hosts = TRIED.map((era): HostSpec => ({ name: nameOf(era), era }));
    // Its legacy tools give up where the lock is held, unless they are told to wait.
    hosts.push({ name: "locked", era: "debian-11", backend: "legacy" });
    lab = await createLab({ name: ownName("lacks"), hosts, guests: [] }, { replace: true });
  }, 300_000);
  afterAll(() => lab?.down());

  /** `first`: shell lines that run before the trial. */
  const lacksOf = async (era: Era | "locked", first = "") => {
    const text = await host(era).run(`${remotePart("dialect.sh")}\n${first}\nprobe_dialect\necho "lacks: $lacks"`);
    return (/^lacks: (.*)$/m.exec(text)?.[1] ?? "no answer").split(" ").filter((word) => word !== "");
  };

  test.each(TRIED)("%s", async (era) => {
    const tools = await host(era).snapshotTools();
    expect(await lacksOf(era)).toEqual(LACKS[era] ?? []);
    // Nothing of the trial stays, where it had to be in the host's own tables.
    expect(await host(era).snapshotTools()).toEqual(tools);
  });

  /** Tools that refuse what has a word in it; each is tried by itself. */
  const without = (...refused: readonly string[]) =>
    `mkdir -p /tmp/less; for t in iptables ip6tables; do
       printf '#!/bin/sh\\ncase " $* " in ${refused.map((word) => `*" ${word} "*`).join("|")}) exit 2 ;; esac\\nexec %s "$@"\\n' "$(command -v $t)" >/tmp/less/$t
       chmod 755 /tmp/less/$t
     done
     PATH=/tmp/less:$PATH; try_all() { false; }`;
  const ofBoth = (...words: readonly string[]) => ["iptables", "ip6tables"].flatMap((tool) => words.map((word) => `${tool}.${word}`));
  const MULTIPORT = ofBoth("multiport", "multiport-ranges", "multiport-protocols");

  test.each<[string, readonly string[], readonly string[]]>([
    ["lists of ports", ["multiport"], MULTIPORT],
    ["hop limits", ["--ttl-eq", "--hl-eq"], ofBoth("hop-limit")],
    ["lengths", ["--length"], ofBoth("length")],
  ])("what no tool of these ages lacks: %s", async (_, refused, expected) => {
    expect(await lacksOf("xcp-ng-8", without(...refused))).toEqual(expected);
  });

  test("another program holds the tools' lock for a while, which all namespaces share", async () => {
    const holds = "(flock 9; sleep 3) 9>/run/xtables.lock >/dev/null 2>&1 & sleep 0.5; wait='-w 30'; probe_dialect() { probe_lacks; }";
    expect(await lacksOf("locked", `${holds}`)).toEqual([]);
    expect(await lacksOf("locked", `${without("multiport")}; ${holds}`)).toEqual(MULTIPORT);
  }, 120_000);

  test("a tool that takes not even the plainest rule teaches nothing", async () => {
    const broken =
      "mkdir -p /tmp/none; for t in iptables ip6tables ebtables; do printf '#!/bin/sh\\nexit 1\\n' >/tmp/none/$t; chmod 755 /tmp/none/$t; done";
    expect(await lacksOf("xcp-ng-8", `${broken}; PATH=/tmp/none:$PATH`)).toEqual([]);
  });
});
