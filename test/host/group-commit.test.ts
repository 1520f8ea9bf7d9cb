import { setTimeout as sleep } from "node:timers/promises";
import { CspError } from "../../provider/errors";
import { GroupCommit, type Waiting } from "../../provider/host/transaction/group-commit";
import type { Change, Outcome } from "../../provider/host/transaction/transaction";

const change = (subject: string): Change => ({ subject, edits: () => [] });
const never = new AbortController().signal;

/** Transactions that take some milliseconds and keep a list of their changes. `refused`: the changes that the host refuses. */
function host(refused: ReadonlySet<string> = new Set()) {
  const transactions: string[][] = [];
  const sessions = { open: 0, dismissed: 0 };
  const commit = new GroupCommit(
    "hv-01",
    () => {
      sessions.open++;
      return { started: Promise.resolve(), dismiss: () => sessions.dismissed++ };
    },
    async (waiting: readonly Waiting[]) => {
      const subjects = waiting.map(({ change: { subject } }) => subject);
      transactions.push(subjects);
      await sleep(5);
      const bad = subjects.find((subject) => refused.has(subject));
      if (bad !== undefined) throw new CspError("apply-failed", "hv-01", `it does not take ${bad}`, "correct it");
      for (const { resolve } of waiting) resolve({ together: waiting.length, transaction: transactions.length } as Outcome);
    },
  );
  return { commit, transactions, sessions };
}

describe("changes of one host", () => {
  test("a single change goes at once", async () => {
    const { commit, transactions, sessions } = host();
    expect(await commit.submit(change("a"), { signal: never })).toMatchObject({ together: 1, transaction: 1 });
    expect(transactions).toEqual([["a"]]);
    await sleep(1);
    expect(sessions).toEqual({ open: 1, dismissed: 1 });
  });

  test("changes that come together go together; those that come meanwhile go together after them", async () => {
    const { commit, transactions } = host();
    const said: string[] = [];
    const first = [..."abc"].map((subject) => commit.submit(change(subject), { signal: never }));
    await first[0];
    const second = [..."de"].map((subject) => commit.submit(change(subject), { signal: never, status: (text) => said.push(text) }));
    await Promise.all([...first, ...second]);
    expect(transactions).toEqual([[..."abc"], [..."de"]]);
    expect(said).toContain("waiting for the transaction in flight on hv-01");
  });

  test("an expected change finds its session ready; if it does not come, no session is left", async () => {
    const { commit, sessions } = host();
    const come = commit.expect();
    expect(sessions.open).toBe(1);
    await commit.submit(change("a"), { signal: never });
    come();
    come();
    await sleep(1);
    expect(sessions).toEqual({ open: 1, dismissed: 1 });
    const [first, second] = [commit.expect(), commit.expect()];
    first();
    expect(sessions).toEqual({ open: 2, dismissed: 1 });
    second();
    expect(sessions).toEqual({ open: 2, dismissed: 2 });
  });

  test("if several are expected at once, the first does not go alone", async () => {
    const { commit, transactions } = host();
    const come = [..."abc"].map(() => commit.expect());
    const first = commit.submit(change("a"), { signal: never });
    await sleep(2);
    await Promise.all([first, commit.submit(change("b"), { signal: never }), commit.submit(change("c"), { signal: never })]);
    for (const one of come) one();
    expect(transactions).toEqual([[..."abc"]]);
  });

  test("one that the host refuses fails alone", async () => {
    const { commit, transactions, sessions } = host(new Set(["b"]));
    const results = await Promise.allSettled([..."abc"].map((subject) => commit.submit(change(subject), { signal: never })));
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(transactions).toEqual([[..."abc"], ["a"], ["b"], ["c"]]);
    await sleep(1);
    expect(sessions.dismissed).toBe(sessions.open);
  });

  test("a change that nobody waits for any more is not sent", async () => {
    const { commit, transactions } = host();
    const gone = new AbortController();
    const results = Promise.allSettled([
      commit.submit(change("a"), { signal: gone.signal }),
      commit.submit(change("b"), { signal: never }),
    ]);
    gone.abort(new Error("cancelled"));
    expect((await results).map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
    expect(transactions).toEqual([["b"]]);
  });

  test("when the host is released, waiting changes are rejected, and the running one is not", async () => {
    const { commit, transactions } = host();
    const first = commit.submit(change("a"), { signal: never });
    while (transactions.length === 0) await sleep(1);
    const second = commit.submit(change("b"), { signal: never });
    commit.refuse(new CspError("cancelled", "hv-01", "cancelled", "run it again"));
    await expect(second).rejects.toThrow(/cancelled/);
    await expect(first).resolves.toMatchObject({ together: 1 });
    expect(transactions).toEqual([["a"]]);
  });
});
