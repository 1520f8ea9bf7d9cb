export * from "./bindings";
export { GuestGroup, type GuestGroupConfig, type GuestGroupGuest } from "./guest-group";
export { TenantNetwork, type TenantNetworkConfig } from "./tenant-network";
