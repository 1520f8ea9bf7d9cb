/** @type {import("jest").Config} Hours of events at random (`npm run test:soak`). */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/test/soak/**/*.test.ts"],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
};
