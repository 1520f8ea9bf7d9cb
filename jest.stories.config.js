const { stories } = require("./jest.tiers.js");

/** @type {import("jest").Config} Long stories from a program to a host, through every door (`npm run test:stories`). */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: stories.map((suite) => `<rootDir>/test/${suite}.test.ts`),
  testPathIgnorePatterns: [],
};
