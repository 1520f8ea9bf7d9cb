/** @type {import("jest").Config} What is run under a second kernel (`npm run test:kernels`): one file at a time, for that has one processor. */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: [
    "lab/{packets,bridges}",
    "firewall/kernel",
    "host/hook",
    "acceptance/{matrix,lifecycle,first-boot,drift}",
    "adversary/**/*",
  ].map((suites) => `<rootDir>/test/${suites}.test.ts`),
  testPathIgnorePatterns: [],
  maxWorkers: 1,
  testEnvironment: "<rootDir>/test/support/patient-environment.js",
  testEnvironmentOptions: { patience: 4 },
};
