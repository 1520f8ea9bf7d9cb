/**
 * What is run under a second kernel (`npm run test:kernels`): what sends packets, and what speaks to that kernel by its tools. One file at a time,
 * for it has one processor; and every test with more time, for that is slow. Two such kernels run beside each other, each with a half
 * (scripts/test-kernels.ts); without CSP_HALF, one has all. Debian's packaged kernel, where the lab's own cannot be built, has no iptables-nft
 * and no whole bridge family of nft: what needs these is then skipped. Not here, though they send packets:
 * - what pauses, saves or moves guests (lab/bridges, lab/life): it passes here too, but this machine's kernel shows the same in less time;
 * - floods (acceptance/follow, kill, host-backend) and crowds (many): a thousand packets a second, or guests, are more than it does;
 * - acceptance/drift: its many rounds of refresh and up take such a processor too long;
 * - what is about SSH, engines, installers, doors: the kernel has no part in it.
 */

// One generated policy of each kind, unless somebody asks for more.
process.env.CSP_RUNS ??= "1";

/** Halves that take about as long as each other. */
const HALVES = [
  ["host/hook", "acceptance/matrix", "firewall/kernel", "lab/packets", "adversary/attacks"],
  ["acceptance/{lifecycle,first-boot}", "kernels/*", "adversary/{right-traffic,traces}"],
];
const half = process.env.CSP_HALF;

/** @type {import("jest").Config} */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: (half === undefined ? HALVES.flat() : HALVES[half]).map((suites) => `<rootDir>/test/${suites}.test.ts`),
  testPathIgnorePatterns: [],
  maxWorkers: 1,
  testEnvironment: "<rootDir>/test/support/patient-environment.js",
  testEnvironmentOptions: { patience: 4 },
};
