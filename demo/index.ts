import * as pulumi from "@pulumi/pulumi";
import * as csp from "csp-iac";

/**
 * The demo's program: who may talk to whom on two hosts. The stack's configuration (`csp:hosts`) says how to reach the hosts.
 */
const config = new pulumi.Config();

/** Who may submit mail: the one thing that the demo changes. */
const submitters = config.requireObject<string[]>("submitters");

/** Guest n of the lab has this UUID, MAC and addresses. */
function guest(number: number) {
  const hex = number.toString(16).padStart(4, "0");
  return {
    uuid: `6c1a0000-0000-4000-8000-00000000${hex}`,
    interfaces: [{ device: 0, mac: `02:00:00:20:${hex.slice(0, 2)}:${hex.slice(2)}`, addresses: [`10.20.0.${number}`, `fd20::${number}`] }],
  };
}

const ping = [
  { name: "ping", protocol: "icmp", icmpType: "8" },
  { name: "ping6", protocol: "icmpv6", icmpType: "128" },
];

new csp.Fleet("demo", {
  hosts: { "hv-01": {}, "hv-02": {} },

  groups: {
    web: {
      ingress: [{ name: "http", protocol: "tcp", ports: ["80", "443"] }, ...ping],
      egress: [{ name: "no-mail", action: "drop", protocol: "tcp", ports: ["25"], to: ["0.0.0.0/0", "::/0"] }],
    },
    db: {
      ingress: [
        { name: "postgres", protocol: "tcp", ports: ["5432"], from: ["group:web", "group:db"] },
        { name: "reports", protocol: "tcp", ports: ["5433"], from: ["set:partners"] },
      ],
    },
  },

  sets: { partners: { members: ["203.0.113.0/24"] } },

  guests: {
    "web-1": { host: "hv-01", groups: ["web"], ...guest(11) },
    "web-2": { host: "hv-02", groups: ["web"], ...guest(12) },
    "db-1": { host: "hv-01", groups: ["db"], ...guest(13) },
    "db-2": { host: "hv-02", groups: ["db"], ...guest(14) },
    "mail-1": {
      host: "hv-01",
      ...guest(15),
      ingress: [
        { name: "smtp", protocol: "tcp", ports: ["25"] },
        { name: "submission", protocol: "tcp", ports: ["587"], from: submitters },
        { name: "syslog", protocol: "udp", ports: ["514"], from: ["group:web", "group:db"] },
        ...ping,
      ],
    },
    // Without rules, it may open connections and receive answers, and nothing else.
    "rogue-1": { host: "hv-02", ...guest(16) },
  },
});
