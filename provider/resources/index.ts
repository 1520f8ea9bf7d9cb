import type { AnyFunction, AnyResource } from "../core/define";
import { answerfile } from "./answerfile";
import { developmentKit } from "./development-kit";
import { driverDisk } from "./driver-disk";
import { compilePolicy } from "./functions/compile-policy";
import { explainPacket } from "./functions/explain-packet";
import { getGuests } from "./functions/get-guests";
import { getHost } from "./functions/get-host";
import { guestFirewall } from "./guest-firewall";
import { hostResource } from "./host";
import { hostFirewall } from "./host-firewall";
import { hostPolicy } from "./host-policy";
import { ipSet } from "./ip-set";
import { networkBoot } from "./network-boot";
import { postInstall } from "./post-install";
import { repository } from "./repository";
import { ruleSet } from "./rule-set";
import { securityGroup } from "./security-group";

/** Every resource there is, in the order of the documentation. A resource not listed here does not exist. */
export const resources = [
  hostResource,
  ipSet,
  securityGroup,
  guestFirewall,
  hostPolicy,
  hostFirewall,
  ruleSet,
  repository,
  developmentKit,
  driverDisk,
  answerfile,
  postInstall,
  networkBoot,
] as const satisfies readonly AnyResource[];

export const functions = [getHost, getGuests, compilePolicy, explainPacket] as const satisfies readonly AnyFunction[];

type Listed = (typeof resources)[number];
type ListedFunction = (typeof functions)[number];

/** The token of any resource there is. */
export type ResourceToken = Listed["token"];
export type FunctionToken = ListedFunction["token"];

/** The resource of this token; one that there is not does not compile. */
export function resourceOf<T extends ResourceToken>(token: T): Extract<Listed, { readonly token: T }> {
  return resources.find((one) => one.token === token) as Extract<Listed, { readonly token: T }>;
}

/** The same of a function. */
export function functionOf<T extends FunctionToken>(token: T): Extract<ListedFunction, { readonly token: T }> {
  return functions.find((one) => one.token === token) as Extract<ListedFunction, { readonly token: T }>;
}
