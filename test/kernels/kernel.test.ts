import { spawnSync } from "node:child_process";
import { missingFeature } from "../../lab/netns/kernel";

/** Suites run by what the kernel has. This suite says what the second kernel must have, so that none of it is missing unnoticed. */
describe("the second kernel", () => {
  test.each(["VLAN filtering", "VLAN devices (8021q)", "bonds", "tables for iptables-legacy", "tables for ebtables-legacy"] as const)(
    "has %s",
    (feature) => {
      expect(missingFeature(feature)).toBeUndefined();
    },
  );

  test.each(["iptables", "ip6tables", "iptables-restore", "ip6tables-save"])("%s is the legacy one", (tool) => {
    expect(spawnSync(tool, ["-V"], { encoding: "utf8" }).stdout).toContain("(legacy)");
  });

  test.each(["ebtables", "arptables"])("%s is the legacy one", (tool) => {
    // Only the nft variants say what they are.
    expect(spawnSync(tool, ["-V"], { encoding: "utf8" }).stdout).not.toContain("nf_tables");
  });
});
