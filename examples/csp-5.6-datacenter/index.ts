import * as pulumi from "@pulumi/pulumi";
import * as csp from "csp-iac";
import { network, rack } from "./rack";
import { releases } from "./releases";

const config = new pulumi.Config();
const release = releases[config.require("release")];
if (release === undefined) throw new Error(`release: one of ${Object.keys(releases).join(", ")}`);
const { target, folder, base, packs, packScript, expect } = release;
/** The install server, its folder that HTTP and TFTP serve as their root, and the folder's URL. */
const server = config.get("server") ?? "localhost";
const root = config.require("root");
const url = config.require("url");

/** Steps 1 to 3 of the pack's README, or the same for XCP-ng: media and packs as one tree that installers find by HTTP. */
const repository = new csp.install.Repository(folder, {
  server,
  path: `${root}/${folder}`,
  target,
  base,
  packs,
  urls: [`${url}/${folder}`],
  // Installers read it from there. csp does too, to see that it is all there, unless only the rack's network leads to the server.
  verify: config.getBoolean("verify") ?? true,
});

const operatorKey = config.get("operatorKey");

/**
 * What each new system gets before its first boot: the Linux bridge, the operator's key, and csp's hook. With the hook, no guest can send or
 * receive before `pulumi up` has adopted the server. The pack alone would leave every guest to itself until then.
 */
const postInstall = new csp.install.PostInstall("post-install", {
  server,
  path: `${root}/scripts/${folder}.sh`,
  target,
  networkBackend: "bridge",
  hook: true,
  authorizedKeys: operatorKey === undefined ? [] : [operatorKey],
});
const scripts = [
  { stage: "filesystem-populated" as const, url: `${url}/scripts/${folder}.sh` },
  ...(packScript ? [{ stage: "installation-complete" as const, url: `${url}/${folder}/post-install.sh` }] : []),
];

const boots = Object.entries(rack).map(([name, { mac, address, disk }]) => {
  // Step 4. It comes after what it refers to, because no host may install without that.
  const answerfile = new csp.install.Answerfile(
    name,
    {
      server,
      path: `${root}/answers/${name}.xml`,
      target,
      sources: [{ type: "url", address: `${url}/${folder}` }],
      scripts,
      primaryDisk: { device: disk },
      adminInterface: { mac, ipv4: { method: "static", address, netmask: network.netmask, gateway: network.gateway } },
      rootPassword: config.requireSecret("rootPassword"),
      hostname: name,
      timezone: "Etc/UTC",
      nameServers: network.nameServers,
      ntpServers: network.ntpServers,
      ...(target === "8.3" ? { ntpSource: "manual" as const } : {}),
    },
    { dependsOn: [repository, postInstall] },
  );
  // Step 5, when the host is powered on.
  return new csp.install.NetworkBoot(
    name,
    {
      server,
      root: `${root}/tftp`,
      mac,
      target,
      loaders: target === "8.3" ? ["pxelinux", "grub"] : ["pxelinux"],
      answerfile: `${url}/answers/${name}.xml`,
      tftpServer: new URL(url).hostname,
    },
    { dependsOn: [answerfile] },
  );
});

/** Hosts that are switched on. csp waits until they are installed; then a guest without a policy can neither send nor receive. */
const installed = config.getObject<string[]>("installed") ?? [];
if (installed.length > 0) {
  new csp.Fleet("rack", {
    hosts: Object.fromEntries(installed.map((name) => [name, { expect, install: { minutes: 90 }, reboot: "when-empty" }])),
    guests: {
      "web-1": {
        host: installed[0] as string,
        uuid: config.require("web1"),
        interfaces: [{ device: 0, mac: "02:00:00:20:00:0b", addresses: ["10.20.0.11"] }],
        // The tools of 5.6 cannot filter IPv6, so guests there have none.
        ...(target === "5.6" ? { ipv6: "drop" as const } : {}),
        ingress: [{ name: "https", protocol: "tcp", ports: ["443"] }],
      },
    },
  });
}

export const sources = repository.sources;
/** What the DHCP server must know of the rack: for dnsmasq, and for ISC's dhcpd. */
export const dnsmasq = pulumi.all(boots.map(({ dhcp }) => dhcp.dnsmasq)).apply((lines) => lines.join(""));
export const dhcpd = pulumi.all(boots.map(({ dhcp }) => dhcp.isc)).apply((lines) => lines.join(""));
