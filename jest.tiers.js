/** Suites in folders of `npm test` that have a tier of their own, because they take long: below test/, without ".test.ts". */
module.exports = {
  /** What goes wrong at work, and what comes in crowds. */
  faults: [
    "acceptance/faults",
    "acceptance/follow",
    "acceptance/follow-crowd",
    "acceptance/follow-migration",
    "acceptance/follow-trouble",
    "acceptance/host-backend",
    "acceptance/hostile-host",
    "acceptance/kill",
    "acceptance/many",
  ],
  /** Logins of every kind, besides test/eras. */
  eras: ["ssh/shells", "host/logins"],
};
