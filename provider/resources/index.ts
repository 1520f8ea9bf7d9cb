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

/** All resources, in the order of the documentation. A resource that is not listed here does not exist. */
export const resources: readonly AnyResource[] = [
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
];

export const functions: readonly AnyFunction[] = [getHost, getGuests, compilePolicy, explainPacket];
