import type { Era } from "../eras/ages";
import type { Backend, GuestSpec, LabSpec } from "./topology";

export interface DemoOptions {
  /** Default "demo". */
  readonly name?: string;
  /** Default nft, or what the age has. */
  readonly backend?: Backend;
  /** The age of the hosts. Default: this machine's. */
  readonly era?: Era;
  /** Hosts hv-01, hv-02, ... Default 2. */
  readonly hosts?: number;
  /** Default 6, the named ones; more are called guest-7, guest-8, ... */
  readonly guests?: number;
  /** The number of additional bare guests: crowd-1, crowd-2, ..., also spread over the hosts. Default: 0. */
  readonly crowd?: number;
  /** The hosts get this loopback port and those that follow. Default: free ones. */
  readonly sshPortBase?: number;
}

/** The demo's guests: a web tier and a database on two hosts each, a mail server, and one that misbehaves. */
const NAMES = ["web-1", "web-2", "db-1", "db-2", "mail-1", "rogue-1"];

/** The topology of `npm run demo`, of most tests, and of `npm run lab -- up`. Guest n has 10.20.x.y and fd20::n+10, and is on host (n mod hosts). */
export function demoTopology(options: DemoOptions = {}): LabSpec {
  const hostCount = options.hosts ?? 2;
  const hosts = Array.from({ length: hostCount }, (_, index) => ({
    name: `hv-${String(index + 1).padStart(2, "0")}`,
    era: options.era,
    backend: options.backend ?? (options.era === undefined ? ("nft" as const) : undefined),
    sshPort: options.sshPortBase === undefined ? undefined : options.sshPortBase + index,
  }));
  const insides = options.guests ?? NAMES.length;
  const guests = Array.from({ length: insides + (options.crowd ?? 0) }, (_, index): GuestSpec => {
    const number = index + 11;
    const hex = number.toString(16).padStart(4, "0");
    return {
      name: index >= insides ? `crowd-${index - insides + 1}` : (NAMES[index] ?? `guest-${index + 1}`),
      bare: index >= insides,
      host: hosts[index % hostCount]?.name ?? "hv-01",
      uuid: `6c1a0000-0000-4000-8000-00000000${hex}`,
      mac: `02:00:00:20:${hex.slice(0, 2)}:${hex.slice(2)}`,
      addresses: [`10.20.${Math.floor(number / 250)}.${(number % 250) + (number >= 250 ? 1 : 0)}/16`, `fd20::${number}/64`],
    };
  });
  return {
    name: options.name ?? "demo",
    hosts,
    guests,
    outside: [
      { name: "office", mac: "02:00:00:cb:00:07", addresses: ["203.0.113.7/24", "2001:db8:113::7/64"] },
      { name: "stranger", mac: "02:00:00:c6:00:09", addresses: ["198.51.100.9/24", "2001:db8:100::9/64"] },
    ],
  };
}
