/**
 * The pure parts: policies, rules, planes, plans, drift, traffic, and what may be on a host (`npm run test:pure`). No root, no kernel, no network.
 *
 * @type {import("jest").Config}
 */
module.exports = {
  ...require("./jest.config.js"),
  testMatch: [
    "firewall/!(kernel|neighbours)",
    "firewall/nft/{listings,print}",
    "host/{admission,desired,jumps,keeps,records,ports,expectation,group-commit}",
    "{resources,schema,core}/*",
    "{layers,printable}",
  ].map((suites) => `<rootDir>/test/${suites}.test.ts`),
};
