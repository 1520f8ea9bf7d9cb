import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as csp from "csp-iac";
import { connectionOf, HostCommand } from "csp-iac/command";

const { host } = new csp.Host("hv-01", { host: "hv-01" });

const ingress = [
  { name: "http", protocol: "tcp", ports: ["80", "443"] },
  { name: "ssh", protocol: "tcp", ports: ["22"], from: ["203.0.113.0/24"] },
];
const web = new csp.firewall.GuestFirewall("web-1", {
  host,
  guest: { uuid: "6c1a0000-0000-4000-8000-00000000000b" },
  interfaces: [{ device: 0, mac: "02:00:00:20:00:0b", addresses: ["10.20.0.11"] }],
  ingress,
});

// Accepted connections pass before any rule is asked. When the rules have changed, they end, and have to be allowed anew.
new HostCommand(
  "web-1-connections",
  {
    host,
    command: "conntrack --delete --orig-dst 10.20.0.11 || [ $? -eq 1 ]", // 1: there were none
    triggers: [JSON.stringify(ingress)],
  },
  { dependsOn: web },
);

// A vendor's script, and the toolstack restarted after it: once, and again when the script's text changes.
const script = new pulumi.asset.FileAsset("vendor-setup.sh");
const copied = new command.remote.CopyToRemote("vendor-setup", {
  connection: connectionOf("hv-01"),
  source: script,
  remotePath: "vendor-setup.sh", // in the login user's home
});
const vendor = new HostCommand(
  "vendor-setup",
  { host, command: "sh ./vendor-setup.sh && xe-toolstack-restart", triggers: [script] },
  { dependsOn: copied },
);

/** What it printed. */
export const said = vendor.stdout;
