/** @type {import("jest").Config} Everything on a host that can fail, one after the other (`npm run test:failing`), with the nft tools and with the legacy ones. */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: ["<rootDir>/test/failing/**/*.test.ts"],
  testPathIgnorePatterns: [],
};
