import type * as csp from "csp-iac";

const ping: csp.FleetIngressRule[] = [
  { name: "ping", protocol: "icmp", icmpType: "8" },
  { name: "ping6", protocol: "icmpv6", icmpType: "128" },
];

/** Who may reach a guest because of what it is. A guest's own rules come first. */
export const groups: Record<string, csp.FleetGroup> = {
  web: {
    ingress: [{ name: "http", protocol: "tcp", ports: ["80", "443"] }, ...ping],
    // A web server that sends mail has probably been taken over.
    egress: [{ name: "no-mail", action: "reject", protocol: "tcp", ports: ["25", "465", "587"] }],
  },
  db: {
    ingress: [
      { name: "postgres", protocol: "tcp", ports: ["5432"], from: ["group:web"] },
      { name: "replication", protocol: "tcp", ports: ["5432"], from: ["group:db"] },
      { name: "reports", protocol: "tcp", ports: ["5433"], from: ["set:partners"] },
    ],
  },
  admins: {
    // These are not guests of the fleet, but addresses that rules can refer to by name.
    members: ["203.0.113.7", "2001:db8:113::7"],
  },
};
