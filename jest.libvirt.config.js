/** @type {import("jest").Config} The tests on a real libvirt (`npm run test:libvirt`): one file at a time, because their guests are emulated computers. */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/test/libvirt/**/*.test.ts"],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
  testTimeout: 300_000,
};
