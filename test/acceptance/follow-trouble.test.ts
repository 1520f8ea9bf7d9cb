import type { LabHost } from "../../lab/netns";
import { describeWith } from "../support/needs";
import { floodKinds, type Kind, PATIENCE_MS } from "./floods";
import { driftOf, followLab, followProgram, noChanges } from "./followed";
import { hanging, release, sabotage } from "./sabotage";
import { declare, type LabStack } from "./stack";

/** Puts a tool that only prints an error in front of the real one. */
const breakTool = (host: LabHost, tool: string) =>
  host.run(`printf '#!/bin/sh\\necho "%s: no memory" >&2\\nexit 1\\n' ${tool} >/usr/local/sbin/${tool}; chmod 755 /usr/local/sbin/${tool}`);
const mendTool = (host: LabHost, tool: string) => host.run(`rm /usr/local/sbin/${tool}`);

describeWith(["root", "pulumi", "plugin"], "when a guest cannot be followed at once", () => {
  let work: LabStack;
  let host: LabHost;
  let kinds: Kind[];

  beforeAll(async () => {
    work = await followLab("trouble", "nft");
    host = work.lab.host("hv-01");
    kinds = floodKinds(work.lab, { guest: "web", peer: "peer", other: "far", client: "client" });
    work.declare(followProgram(work.lab));
    await work.stack.up();
  }, 90_000);
  afterAll(() => work?.end(), 60_000);

  /** How many packets of each forbidden kind arrived. */
  const wrong = (counts: readonly { readonly name: string; readonly received: Readonly<Record<string, number>> }[]) =>
    counts.filter(({ name, received }) => {
      const kind = kinds.find((each) => each.name === name);
      return !kind?.allowed && (kind?.deniedAt === undefined ? Object.keys(received).length > 0 : kind.deniedAt in received);
    });
  const allowed = () => kinds.filter((kind) => kind.allowed).map(({ name }) => name);

  test.each(["ebtables-restore", "ip6tables-restore"] as const)(
    "%s fails in the hook: the new port is dropped, refresh says so, and the next event repairs it",
    async (tool) => {
      await breakTool(host, tool);
      const flood = await work.lab.flood(kinds);
      await work.lab.guest("web").reboot();
      await host.run("udevadm settle");
      const { upAt } = work.lab.guest("web");
      const early = await Promise.all(allowed().map((name) => flood.arrival(name, upAt, 500)));
      expect(early).toEqual(early.map(() => undefined));
      await mendTool(host, tool);

      await work.stack.refresh();
      const drift = await driftOf(work);
      expect(drift["hv-01"]).toEqual(expect.arrayContaining([expect.stringMatching(new RegExp(`hook.*${tool.replace("-restore", "")}`))]));

      await work.lab.guest("peer").reboot();
      const since = Math.max(upAt, work.lab.guest("peer").upAt);
      for (const name of allowed()) expect([name, await flood.arrival(name, since, PATIENCE_MS)]).toEqual([name, expect.any(Number)]);
      expect(wrong(await flood.stop())).toEqual([]);
      await host.run("udevadm settle");
      await noChanges(work, host);
    },
    60_000,
  );

  test("a transaction is in flight: the event waits its turn, and both are done", async () => {
    work.declare(() => {
      followProgram(work.lab)();
      declare.ipSet("blocklist", { host: "hv-01", name: "blocklist", members: ["198.51.100.0/24"] });
    });
    await sabotage(host, { tool: "ipset", among: "restore", when: "before", deed: "hang" });
    const flood = await work.lab.flood(kinds);
    const up = work.stack.up();
    await hanging(host);
    const guest = work.lab.guest("web");
    const was = guest.upAt;
    await guest.crash();
    const start = guest.start();
    while (guest.upAt === was) await new Promise((resolve) => setTimeout(resolve, 20));
    const { upAt } = guest;
    expect(await flood.arrival("to it", upAt, 1000)).toBeUndefined();
    await release(host, "ipset");
    await Promise.all([up, start]);
    for (const name of allowed()) expect([name, await flood.arrival(name, upAt, PATIENCE_MS)]).toEqual([name, expect.any(Number)]);
    expect(wrong(await flood.stop())).toEqual([]);
    await host.run("udevadm settle");
    expect((await host.exec("cat /var/lib/csp/failures")).stdout).toBe("");
    await noChanges(work, host);
  }, 60_000);
});
