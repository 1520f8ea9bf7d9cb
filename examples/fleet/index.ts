import * as csp from "csp-iac";
import { groups } from "./groups";
import { guests } from "./guests";

/** Every host gets the policies of its own guests, and the groups that its rules refer to, wherever their members live. */
const fleet = new csp.Fleet("fleet", {
  hosts: { "hv-01": {}, "hv-02": {} },
  groups,
  sets: {
    // On the hosts whose rules refer to it. A change of its members changes no rule.
    partners: { members: ["203.0.113.0/24", "198.51.100.128/25"] },
  },
  guests,
});

/** What each host is, as found there. */
export const hosts = Object.values(fleet.hosts).map((host) => host.facts);
