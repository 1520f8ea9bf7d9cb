import * as csp from "csp-iac";

new csp.Fleet("prod", {
  hosts: { "hv-01": {}, "hv-02": {} },
  groups: {
    web: { ingress: [{ name: "http", protocol: "tcp", ports: ["80", "443"] }] },
    db: { ingress: [{ name: "postgres", protocol: "tcp", ports: ["5432"], from: ["group:web"] }] },
  },
  guests: {
    "web-1": {
      host: "hv-01",
      uuid: "6c1a0000-0000-4000-8000-00000000000b",
      groups: ["web"],
      interfaces: [{ device: 0, mac: "02:00:00:20:00:0b", addresses: ["10.20.0.11", "fd20::11"] }],
    },
    "db-2": {
      host: "hv-02",
      uuid: "6c1a0000-0000-4000-8000-00000000000e",
      groups: ["db"],
      interfaces: [{ device: 0, mac: "02:00:00:20:00:0e", addresses: ["10.20.0.14", "fd20::14"] }],
    },
  },
});
