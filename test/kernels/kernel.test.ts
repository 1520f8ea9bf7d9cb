import { spawnSync } from "node:child_process";
import { release } from "node:os";
import { type KernelFeature, missingFeature } from "../../lab/netns/kernel";

const PACKAGED: readonly KernelFeature[] = [
  "VLAN filtering",
  "VLAN devices (8021q)",
  "bonds",
  "tables for iptables-legacy",
  "tables for ebtables-legacy",
  "tables for ebtables-nft",
];
const OWN: readonly KernelFeature[] = [
  ...PACKAGED,
  "tables for iptables-nft",
  "connection tracking zones",
  "nft's whole bridge family",
  "nft's netdev family",
];

/** Suites run by what the kernel has. This suite says what the second kernel must have, so that none of it is missing unnoticed. */
describe(`the second kernel, ${release()}`, () => {
  test.each(release().endsWith("-csp") ? OWN : PACKAGED)("has %s", (feature) => {
    expect(missingFeature(feature)).toBeUndefined();
  });

  test.each(["iptables", "ip6tables", "iptables-restore", "ip6tables-save"])("%s is the legacy one", (tool) => {
    expect(spawnSync(tool, ["-V"], { encoding: "utf8" }).stdout).toContain("(legacy)");
  });

  test.each(["ebtables", "arptables"])("%s is the legacy one", (tool) => {
    // Only the nft variants say what they are.
    expect(spawnSync(tool, ["-V"], { encoding: "utf8" }).stdout).not.toContain("nf_tables");
  });
});
