/**
 * The tests that run under a second kernel (`npm run test:kernels`): those that send packets or use that kernel's tools. Only one file runs at a time,
 * because the kernel has one processor, and every test has more time, because the processor is slow. These are not here, although they send packets:
 * - tests of nft and of iptables-nft, and comparisons with them, because the kernel has no such tables;
 * - tests that pause, save or move guests (lab/bridges, lab/life), because the lab freezes guests with nft's netdev tables, which this kernel lacks;
 * - floods (acceptance/follow, kill, host-backend) and crowds (many), because it cannot handle a thousand packets a second, or a thousand guests;
 * - acceptance/drift, because its many rounds of refresh and up take too long on such a processor;
 * - tests of SSH, engines, installers and doors, because they do not depend on the kernel.
 */

// One generated policy of each kind, unless somebody asks for more.
process.env.CSP_RUNS ??= "1";

/** @type {import("jest").Config} */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["kernels/*", "lab/packets", "firewall/kernel", "host/hook", "acceptance/{matrix,lifecycle,first-boot}", "adversary/**/*"].map(
    (suites) => `<rootDir>/test/${suites}.test.ts`,
  ),
  testPathIgnorePatterns: [],
  maxWorkers: 1,
  testEnvironment: "<rootDir>/test/support/patient-environment.js",
  testEnvironmentOptions: { patience: 4 },
};
