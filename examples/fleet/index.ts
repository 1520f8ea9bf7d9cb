import * as pulumi from "@pulumi/pulumi";
import * as csp from "csp-iac";
import { groups } from "./groups";
import { guests } from "./guests";

/** Every host gets the policies of its own guests, and the groups that its rules refer to, wherever the groups' members are. */
const fleet = new csp.Fleet("fleet", {
  hosts: { "hv-01": {}, "hv-02": {} },
  groups,
  sets: {
    // This set is on the hosts whose rules refer to it. A change of its members changes no rule.
    partners: { members: ["203.0.113.0/24", "198.51.100.128/25"] },
  },
  guests,
});

/** The addresses that may reach the hosts themselves. A host undoes a change that shuts out the machine that makes the change. */
const operators = new pulumi.Config().getObject<string[]>("operators") ?? ["10.0.0.0/8"];

for (const [name, { host }] of Object.entries(fleet.hosts)) {
  new csp.firewall.HostFirewall(name, { host, ingress: [{ name: "ssh", protocol: "tcp", ports: ["22"], from: operators }] });
  // Rules in iptables' own words, for what a policy cannot express: packets that only scanners send.
  new csp.firewall.RuleSet(`${name}-scans`, {
    host,
    tool: "iptables",
    chain: "scans",
    rules: ["-p tcp --tcp-flags ALL NONE -j DROP", "-p tcp --tcp-flags SYN,FIN SYN,FIN -j DROP"],
    jumps: [{ from: "FORWARD", position: "beforeGuests" }],
  });
}

/** What csp found out about each host. */
export const hosts = Object.values(fleet.hosts).map((host) => host.facts);
