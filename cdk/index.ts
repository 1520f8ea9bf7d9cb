export * from "./bindings";
export { GuestGroup, type GuestGroupConfig, type GuestGroupGuest } from "./guest-group";
export { InstallServer, type InstallServerAnswers, type InstallServerConfig, type InstallServerHost } from "./install-server";
export { TenantNetwork, type TenantNetworkConfig } from "./tenant-network";
