/** @type {import("jest").Config} The tests on real Xen (`npm run test:xen`): one file at a time, because each emulates a whole computer. */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/test/xen/**/*.test.ts"],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
  testTimeout: 300_000,
};
