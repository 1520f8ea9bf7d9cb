import type * as csp from "csp-iac";

/** One interface, on the tenant's network. */
function vif(mac: string, ...addresses: string[]): csp.FleetInterface[] {
  return [{ device: 0, mac, addresses, network: "tenant-a" }];
}

/** Guests by a name that you choose. UUID and MAC come from the hypervisor (`xe vm-list`, `xe vif-list`, `virsh dumpxml`). */
export const guests: Record<string, csp.FleetGuest> = {
  "web-1": {
    host: "hv-01",
    uuid: "6c1a0000-0000-4000-8000-00000000000b",
    groups: ["web"],
    interfaces: vif("02:00:00:20:00:0b", "10.20.0.11", "fd20::11"),
  },
  "web-2": {
    host: "hv-02",
    uuid: "6c1a0000-0000-4000-8000-00000000000c",
    groups: ["web"],
    interfaces: vif("02:00:00:20:00:0c", "10.20.0.12", "fd20::12"),
  },
  "db-1": {
    host: "hv-01",
    uuid: "6c1a0000-0000-4000-8000-00000000000d",
    groups: ["db"],
    interfaces: vif("02:00:00:20:00:0d", "10.20.0.13", "fd20::13"),
    ingress: [{ name: "admin-ssh", protocol: "tcp", ports: ["22"], from: ["group:admins"], log: true }],
  },
  // Not ready to be filtered yet: the host logs what its rules would drop, and lets it pass.
  "legacy-1": {
    host: "hv-02",
    uuid: "6c1a0000-0000-4000-8000-00000000000e",
    interfaces: vif("02:00:00:20:00:0e", "10.20.0.14", "fd20::14"),
    enforce: "observe",
    ingress: [{ name: "app", protocol: "tcp", ports: ["8000:8080"], from: ["10.20.0.0/16"], maxConnections: 100 }],
  },
};
