const { eras } = require("./jest.tiers.js");

/** @type {import("jest").Config} Hosts of every age, with that age's tools, and logins of every kind (`npm run test:eras`): one file at a time. */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["eras/**/*", ...eras].map((suites) => `<rootDir>/test/${suites}.test.ts`),
  testPathIgnorePatterns: [],
  maxWorkers: 1,
  testTimeout: 300_000,
};
