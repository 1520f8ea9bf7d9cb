const { faults, stories, eras } = require("./jest.tiers.js");

/** @type {import("jest").Config} */
module.exports = {
  // jest crawls only test/: sdk/ and examples/ have their own package.json files, which it would take for duplicates.
  roots: ["<rootDir>/test"],
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  // These are tiers of their own: jest.TIER.config.js.
  testPathIgnorePatterns: [
    ...["xen", "libvirt", "kernels", "failing", "install/netboot", "eras", "planes", "soak"].map((folder) => `<rootDir>/test/${folder}/`),
    ...[...faults, ...stories, ...eras].map((suite) => `<rootDir>/test/${suite}\\.test\\.ts`),
  ],
  testEnvironment: "node",
  transform: {
    "/sdk/nodejs/.+\\.ts$": "<rootDir>/test/support/typescript-transform.js",
    "^.+\\.[jt]s$": [
      "@swc/jest",
      { jsc: { parser: { syntax: "typescript" }, target: "es2022" }, module: { type: "commonjs", ignoreDynamic: false } },
    ],
  },
  // Built and installed code runs unchanged.
  transformIgnorePatterns: ["/node_modules/", "/dist/"],
  maxWorkers: 2,
  testTimeout: 60_000,
  reporters: ["default", "<rootDir>/test/support/reporter.js"],
};
