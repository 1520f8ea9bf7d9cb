import { ERAS, type Era } from "../../lab/eras/ages";
import { createLab, type Lab, type LabHost } from "../../lab/netns";
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
const TRIED = ERAS.filter((era) => era !== "debian-12");

describeWith(["root"], "what a host's tools lack is found by trying", () => {
  let lab: Lab;
  const host = (era: Era): LabHost => lab.host(`h-${TRIED.indexOf(era)}`);
  beforeAll(async () => {
    const hosts = TRIED.map((era, n) => ({ name: `h-${n}`, era }));
    lab = await createLab({ name: ownName("lacks"), hosts, guests: [] }, { replace: true });
  }, 300_000);
  afterAll(() => lab?.down());

  /** `first`: shell lines that run before the trial. */
  const lacksOf = async (era: Era, first = "") => {
    const text = await host(era).run(`${remotePart("dialect.sh")}\n${first}\nprobe_dialect\necho "lacks: $lacks"`);
    return (/^lacks: (.*)$/m.exec(text)?.[1] ?? "no answer").split(" ").filter((word) => word !== "");
  };

  test.each(TRIED)("%s", async (era) => {
    const tools = await host(era).snapshotTools();
    expect(await lacksOf(era)).toEqual(LACKS[era] ?? []);
    // Nothing of the trial stays, where it had to be in the host's own tables.
    expect(await host(era).snapshotTools()).toEqual(tools);
  });

  test.each(["xcp-ng-8", "debian-11"] as const)("%s, while another program holds the tools' lock", async (era) => {
    const holds = "(flock 9; sleep 3) 9>/run/xtables.lock >/dev/null 2>&1 & sleep 0.5";
    expect(await lacksOf(era, holds)).toEqual([]);
    // Each by itself, as where all at once has failed.
    expect(await lacksOf(era, `try_all() { false; }\n${holds}`)).toEqual([]);
  });

  test("a tool that takes not even the plainest rule teaches nothing", async () => {
    const broken =
      "mkdir -p /tmp/none; for t in iptables ip6tables ebtables; do printf '#!/bin/sh\\nexit 1\\n' >/tmp/none/$t; chmod 755 /tmp/none/$t; done";
    expect(await lacksOf("xcp-ng-8", `${broken}; PATH=/tmp/none:$PATH`)).toEqual([]);
  });
});
