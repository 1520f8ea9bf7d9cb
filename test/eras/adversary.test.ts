import { adversary } from "../adversary/suite";

/** One age of each set of tools. */
adversary("XenServer 5.6", { name: "adv-56", backend: "legacy", era: "5.6", ipv6: "drop" });
adversary("XCP-ng 8, two bridges", { name: "adv-8", backend: "legacy", era: "xcp-ng-8", twins: true });
adversary("Debian 11", { name: "adv-11", backend: "nft", era: "debian-11" });
adversary("Debian 13", { name: "adv-13", backend: "nft", era: "debian-13" });
