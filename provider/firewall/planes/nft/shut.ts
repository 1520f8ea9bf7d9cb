import { SHUT } from "../../model/names";

/** A table of its own, so that it stands whatever is done to csp's. */
const TABLE = `bridge ${SHUT}`;

const CHAINS = [
  { chain: "from", hook: "prerouting priority -310", match: "iifname" },
  { chain: "in", hook: "input priority -310", match: "iifname" },
  { chain: "to", hook: "postrouting priority 310", match: "oifname" },
] as const;

/** Shuts guests' ports at layer 2, in one commit and whatever is there, as the words behind `nft`. */
export function shutWords(guestPorts: readonly string[]): string {
  return [
    ...[`add table ${TABLE}`, `delete table ${TABLE}`, `add table ${TABLE}`],
    ...CHAINS.flatMap(({ chain, hook, match }) => [
      `add chain ${TABLE} ${chain} { type filter hook ${hook} ; }`,
      ...guestPorts.map((prefix) => `add rule ${TABLE} ${chain} ${match} ${prefix}* drop`),
    ]),
  ].join(" ; ");
}
