/** @type {import("jest").Config} Network boots of emulated computers (`npm run test:netboot`): one at a time. */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/test/install/netboot/**/*.test.ts"],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
};
