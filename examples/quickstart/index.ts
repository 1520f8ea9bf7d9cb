import * as csp from "csp-iac";

// Makes hv-01 a csp host. From then on, a guest without a policy can neither send nor receive.
const host = new csp.Host("hv-01", { host: "hv-01" });

// The guest can send only from its own addresses, and receives only what a rule allows.
new csp.firewall.GuestFirewall("web-1", {
  host: host.host,
  guest: { uuid: "6c1a0000-0000-4000-8000-00000000000b" },
  interfaces: [{ device: 0, mac: "02:00:00:20:00:0b", addresses: ["10.20.0.11", "fd20::11"] }],
  ingress: [
    { name: "http", protocol: "tcp", ports: ["80", "443"] },
    { name: "ssh", protocol: "tcp", ports: ["22"], from: ["203.0.113.0/24"] },
    { name: "ping", protocol: "icmp", icmpType: "8" },
  ],
});
