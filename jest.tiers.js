/** Suites in folders of `npm test` that have a tier of their own, because they take long: below test/, without ".test.ts". */
module.exports = {
  /** What goes wrong at work, what somebody's hand changes, and what comes in crowds. */
  faults: [
    "acceptance/drift",
    "acceptance/faults",
    "acceptance/follow",
    "acceptance/follow-crowd",
    "acceptance/follow-migration",
    "acceptance/follow-trouble",
    "acceptance/hostile-host",
    "acceptance/kill",
    "acceptance/many",
    "host/hook",
  ],
  /** Long stories from a program to a host: through every door, an installation, the change of a backend, fleets. */
  stories: [
    "acceptance/doors",
    "acceptance/host-backend",
    "acceptance/host-install",
    "components/fleet-lab",
    "examples/datacenter",
    "examples/fleet",
  ],
  /** Logins of every kind, besides test/eras. */
  eras: ["ssh/shells", "host/logins"],
};
