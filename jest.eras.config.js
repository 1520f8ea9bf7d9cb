/** @type {import("jest").Config} Hosts of every age, with that age's tools (`npm run test:eras`): one file at a time. */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/test/eras/**/*.test.ts"],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
  testTimeout: 300_000,
};
