import fc from "fast-check";
import type { Backend } from "../../lab/netns";
import { GUEST_EVENTS } from "../acceptance/events";
import { floodKinds, type Kind, PORTS, underFlood, type Witnessed } from "../acceptance/floods";
import { driftOf, followLab, followProgram, noChanges } from "../acceptance/followed";
import type { LabStack } from "../acceptance/stack";
import { describeWith } from "../support/needs";

const MINUTES = Number(process.env.CSP_SOAK_MINUTES ?? 20);
const SEED = Number(process.env.CSP_SOAK_SEED ?? Date.now() % 2 ** 31);
const BACKENDS: readonly Backend[] = ["nft", "legacy"];

/** A line for each hook that was killed. */
const KILLED = "/var/log/soak-killed";

/** What people and accidents do to a host besides. After each, the host is as declared again. */
const DEEDS: Readonly<Record<string, (work: LabStack) => Promise<unknown>>> = {
  "a rule is pulled out, and repaired": async (work) => {
    const host = work.lab.host("hv-01");
    // A rule that lets something in: until it is back, too little passes and not too much.
    await host.run(`iptables -D $(iptables -S | sed -n 's/^-A \\(csp-in-.* --dport ${PORTS.open} .*\\)/\\1/p' | tr -d '"' | head -n 1)`);
    await work.stack.up({ refresh: true });
  },
  "somebody else's rule comes and goes": async (work) => {
    const host = work.lab.host("hv-01");
    await host.run("iptables -I FORWARD -s 192.0.2.99 -j DROP");
    await work.stack.up();
    await host.run("iptables -D FORWARD -s 192.0.2.99 -j DROP");
  },
  "a hook is killed in the middle": async ({ lab }) => {
    const host = lab.host("hv-01");
    await lab.guest("peer").stop();
    await host.run(`(for try in $(seq 400); do for p in /proc/[0-9]*; do
        if tr '\\0' ' ' <"$p/cmdline" 2>/dev/null | grep -q '^[^ ]*sh /var/lib/csp/hook'; then kill -9 "\${p#/proc/}" && echo x >>${KILLED}; exit; fi
      done; sleep 0.01; done) >/dev/null 2>&1 & :`);
    await lab.guest("peer").start();
    // The next event repairs what this one left.
    await lab.guest("peer").reboot();
  },
};

describe.each(BACKENDS)("random events, for as long as wanted (%s)", (backend) => {
  describeWith(["root", "pulumi", "plugin"], `seed ${SEED}`, () => {
    let work: LabStack;
    let kinds: Kind[];
    const rows: Witnessed[] = [];
    const tally = new Map<string, number>();

    beforeAll(async () => {
      work = await followLab(`soak-${backend}`, backend);
      kinds = floodKinds(work.lab, { guest: "web", peer: "peer", other: "far", client: "client" });
      work.declare(followProgram(work.lab));
      await work.stack.up();
    }, 120_000);
    afterAll(async () => {
      const killed = Number(await work?.lab.host("hv-01").run(`cat ${KILLED} 2>/dev/null | wc -l`));
      const sent = rows.reduce((sum, row) => sum + row.sent, 0);
      const slowest = Math.max(0, ...rows.flatMap(({ backMs }) => Object.values(backMs).map((ms) => ms ?? 0)));
      const wrong = rows.flatMap((row) => Object.values(row.wrong)).reduce((sum, count) => sum + count, 0);
      process.stdout.write(
        `\n${backend}: seed ${SEED}, ${rows.length} rounds (${[...tally].map(([event, n]) => `${n} x ${event}`).join("; ")})\n` +
          `${sent} packets that must never pass, ${wrong} passed; what is allowed was back after ${Math.round(slowest)} ms at the latest; ${killed} hooks killed\n`,
      );
      await work?.end();
    }, 120_000);

    test(
      `${MINUTES / BACKENDS.length} minutes`,
      async () => {
        const happenings = { ...GUEST_EVENTS, ...DEEDS };
        const end = Date.now() + (MINUTES * 60_000) / BACKENDS.length;
        const draw = fc.sample(fc.constantFrom(...Object.keys(happenings)), { seed: SEED, numRuns: 100_000 });
        const host = work.lab.host("hv-01");
        for (let round = 0; Date.now() < end; round++) {
          const event = draw[round % draw.length] ?? "reboot";
          const happen = happenings[event];
          if (happen === undefined) throw new Error(event);
          const began = Date.now();
          const row = await underFlood(
            work.lab,
            kinds,
            event,
            () => happen(work),
            () => Math.max(began, work.lab.guest("web").upAt),
          );
          rows.push(row);
          tally.set(event, (tally.get(event) ?? 0) + 1);
          expect([round, event, row.wrong]).toEqual([round, event, {}]);
          expect([round, event, Object.entries(row.backMs).filter(([, ms]) => ms === undefined)]).toEqual([round, event, []]);
          if (round % 5 === 4) await noChanges(work, host);
        }
        expect(await driftOf(work)).toEqual({});
        expect(rows.length).toBeGreaterThan(0);
        // Nothing piles up on the host.
        expect(await host.run("cd /var/lib/csp && ls -d tx.* journal commit work/asked.* failures 2>/dev/null || :")).toBe("");
        expect(Number(await host.run("wc -c </var/lib/csp/hook.log"))).toBeLessThan(200_000);
      },
      MINUTES * 60_000 + 120_000,
    );
  });
});
