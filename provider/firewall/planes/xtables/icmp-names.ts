/** Names ebtables and ip6tables print, by type (RFC 4443, RFC 4861). */
export const ICMPV6_NAMES: Readonly<Record<string, string>> = {
  "destination-unreachable": "1",
  "packet-too-big": "2",
  "time-exceeded": "3",
  "parameter-problem": "4",
  "echo-request": "128",
  "echo-reply": "129",
  "router-solicitation": "133",
  "router-advertisement": "134",
  "neighbour-solicitation": "135",
  "neighbor-solicitation": "135",
  "neighbour-advertisement": "136",
  "neighbor-advertisement": "136",
  redirect: "137",
};
export const ICMP_NAMES: Readonly<Record<string, string>> = {
  "echo-reply": "0",
  "destination-unreachable": "3",
  redirect: "5",
  "echo-request": "8",
  "time-exceeded": "11",
  "parameter-problem": "12",
};

/** ebtables' own spelling of each type. */
export const EBTABLES_ICMPV6: ReadonlyMap<string, string> = new Map(
  Object.entries(ICMPV6_NAMES)
    .filter(([name]) => !name.startsWith("neighbor"))
    .map(([name, type]) => [type, name]),
);
