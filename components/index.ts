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
