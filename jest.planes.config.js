/** @type {import("jest").Config} The corpus of policies and packets, through every data plane (`npm run test:planes`): one plane at a time. */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/test/planes/**/*.test.ts"],
  testPathIgnorePatterns: [],
  maxWorkers: 1,
};
