export { Fleet, type FleetArgs } from "./fleet";
export type {
  FleetDeclaration,
  FleetEgressRule,
  FleetGroup,
  FleetGuest,
  FleetHost,
  FleetIngressRule,
  FleetInterface,
  FleetSet,
} from "./fleet-plan";
export { GuestGroup, type GuestGroupArgs, type GuestGroupGuest, type GuestGroupInterface } from "./guest-group";
export { InstallServer, type InstallServerAnswers, type InstallServerArgs, type InstallServerHost } from "./install-server";
export { TenantNetwork, type TenantNetworkArgs } from "./tenant-network";
