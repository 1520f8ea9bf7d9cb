const { writeFileSync, writeSync } = require("node:fs");

/**
 * Ends a run with what was skipped and why, then one line alone: `N passed, N failed, N skipped`. A suite that could not even be loaded
 * counts as one failure. With CSP_TEST_RESULT set, the counts go to that file instead and whoever set it prints the line.
 */
class Reporter {
  onRunComplete(_contexts, results) {
    for (const [reason, count] of skipReasons(results)) process.stdout.write(`\nSKIPPED ${count} test(s): ${reason}\n`);
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites + (results.numTotalTestSuites === 0 ? 1 : 0),
      skipped: results.numPendingTests + results.numTodoTests,
    };
    if (process.env.CSP_TEST_RESULT) writeFileSync(process.env.CSP_TEST_RESULT, JSON.stringify(counts));
    // At exit, because jest writes its own summary after every reporter has had its turn.
    else process.once("exit", () => writeSync(1, `\n${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`));
  }
}

/** Why tests were skipped, from the block titles that test/support/needs.ts makes, with how many each. */
function skipReasons(results) {
  const reasons = new Map();
  for (const file of results.testResults) {
    for (const test of file.testResults) {
      if (test.status !== "pending" && test.status !== "todo") continue;
      const stated = test.ancestorTitles.map((title) => /\[skipped: (.*)\]$/.exec(title)?.[1]).find(Boolean);
      const reason = stated ?? `no reason given (${test.fullName})`;
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  return reasons;
}

module.exports = Reporter;
