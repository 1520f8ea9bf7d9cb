import { existsSync } from "node:fs";
import { olderThan } from "../../engines/executables";
import { goMissing } from "../../engines/go";
import { findPulumi } from "../../engines/pulumi";
import { missingGenerator } from "../../engines/sdk";
import { findTerraform, type TerraformClient } from "../../engines/terraform";
import { isDebian12 } from "../../lab/eras/prepare";
import { missingForBoot } from "../../lab/installer";
import { missingForLibvirt } from "../../lab/libvirt";
import { type KernelFeature, missingFeature } from "../../lab/netns/kernel";

/** What a suite cannot do without: each gives the reason it is missing, or undefined. */
const NEEDS = {
  /** Linux and root: namespaces, kernel tables. */
  root: () => (process.platform === "linux" && process.getuid?.() === 0 ? undefined : "needs Linux and root"),
  /** A Pulumi CLI and its Node language host. */
  pulumi: () => (findPulumi() ? undefined : "needs a Pulumi CLI; `npm run engines` finds or builds one"),
  /** Pulumi's SDK generators, of the pinned version. */
  generator: () => missingGenerator(),
  /** The bundled plugin in dist/bin. */
  plugin: () => (existsSync("dist/bin/pulumi-resource-csp") ? undefined : "needs the built plugin; `npm run build:plugin` makes it"),
  /** The bundled Terraform provider in dist/bin. */
  provider: () => (existsSync("dist/bin/terraform-provider-csp") ? undefined : "needs the built provider; `npm run build:plugin` makes it"),
  /** Terraform or OpenTofu. */
  terraform: () => (findTerraform().length > 0 ? undefined : "needs terraform or tofu; `npm run engines` finds or builds one"),
  /** A client that passes write-only values on and keeps them nowhere. */
  writeOnly: () => (keepingNothing().length > 0 ? undefined : "needs Terraform or OpenTofu 1.11 or later; `npm run engines` builds one"),
  /** A kernel with tables for iptables-nft, and for iptables-legacy. */
  nft: () => lacking("tables for iptables-nft"),
  legacy: () => lacking("tables for iptables-legacy"),
  /** A kernel whose bridges tell VLANs apart, and with VLAN devices. */
  vlans: () => lacking("VLAN filtering") ?? lacking("VLAN devices (8021q)"),
  /** A kernel that tracks the connections of a bridge by itself, and can answer there for a packet that it refuses. */
  nftBridge: () => lacking("nft's whole bridge family"),
  /** Go, for the lab's installer and its old tools. */
  go: () => {
    const missing = goMissing();
    return missing === undefined ? undefined : `the lab's own programs cannot be built here: ${missing}`;
  },
  /** The release whose tools have been recorded. */
  debian12: () => (isDebian12() ? undefined : "needs Debian 12"),
  /** A computer that boots from the network: QEMU, loaders, and what its installer is built with. */
  netboot: () => {
    const missing = missingForBoot();
    return missing === undefined ? undefined : `a network boot cannot be tried here: ${missing}`;
  },
  /** Hosts with libvirtd and virtual machines. */
  libvirt: () => {
    const missing = missingForLibvirt();
    return missing === undefined ? undefined : `there is no libvirt lab here: ${missing}`;
  },
};

/** Only root can ask the kernel; without root, that is the reason. */
function lacking(feature: KernelFeature): string | undefined {
  const reason = process.getuid?.() === 0 ? missingFeature(feature) : undefined;
  return reason === undefined ? undefined : `needs a kernel with ${feature}: ${reason.split("\n")[0]}`;
}

/** The clients that know write-only attributes. */
export const keepingNothing = (): TerraformClient[] => findTerraform().filter(({ version }) => !olderThan(version, "1.11.0"));

export type Need = keyof typeof NEEDS;

/** A `describe` that is skipped, with the reason in its title for the reporter to announce, when something it needs is missing. */
export function describeWith(needs: readonly Need[], title: string, suite: () => void): void {
  const missing = needs.map((need) => NEEDS[need]()).filter((reason) => reason !== undefined);
  if (missing.length === 0) describe(title, suite);
  else describe.skip(`${title} [skipped: ${missing.join("; ")}]`, suite);
}
