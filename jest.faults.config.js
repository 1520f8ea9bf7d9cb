const { faults } = require("./jest.tiers.js");

/** @type {import("jest").Config} What goes wrong at work: csp is killed at every point, tools fail, guests come in crowds (`npm run test:faults`). */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: faults.map((suite) => `<rootDir>/test/${suite}.test.ts`),
  testPathIgnorePatterns: [],
};
