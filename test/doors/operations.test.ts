import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Operations } from "../../provider/doors/operations";

test("a deadline comes even after a garbage collection", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const signal = new Operations().signal(0.2, new AbortController().signal);
  await sleep(20);
  collect();
  await sleep(500);
  expect(signal.reason).toMatchObject({ code: "timeout" });
});

test("the first one to cancel ends it", () => {
  const operations = new Operations();
  const caller = new AbortController();
  const [one, other] = [operations.signal(0, caller.signal), operations.signal(0)];
  caller.abort();
  expect([one.aborted, other.aborted]).toEqual([true, false]);
  operations.cancel();
  expect([other.aborted, operations.cancelled]).toEqual([true, true]);
});
