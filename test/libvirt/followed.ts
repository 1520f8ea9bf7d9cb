import { setTimeout as sleep } from "node:timers/promises";
import { udp } from "../../lab/netns/frames";
import type { XenProbe } from "../../lab/xen";

/** A guest, as far as the floods need it. */
export interface Party {
  readonly mac: string;
  readonly address: string;
}

/** How long a flow may take until it arrives again. The guests are emulated and the machine may be busy, so this is no measurement of the hook. */
const PATIENCE_MS = 120_000;

/** A frame of UDP from one to another, which receivers count by its name. */
export function packet(name: string, from: Party, to: Party, targetPort: number, forged: Partial<Parameters<typeof udp>[0]> = {}): Buffer {
  return udp({
    ...{ from: from.mac, to: to.mac, sourceIp: from.address, targetIp: to.address, sourcePort: 4000, targetPort },
    ...{ payload: `csp[${name}]`, ...forged },
  });
}

/** What a guest sends from its boot on: its own, and what its policy forbids (UDP port 25, another's address, another's MAC). */
export const sent = (guest: Party, other: Party, to: Party, label = "") =>
  [
    { name: `${label}own`, frame: packet(`${label}own`, guest, to, 514) },
    { name: `${label}another-address`, frame: packet(`${label}another-address`, guest, to, 514, { sourceIp: other.address }) },
    { name: `${label}another-mac`, frame: packet(`${label}another-mac`, other, to, 514) },
    { name: `${label}egress-rule`, frame: packet(`${label}egress-rule`, guest, to, 25) },
  ].map((each) => ({ ...each, everyMs: 20 }));

/** How many of these frames have arrived somewhere. */
export async function counted(probe: XenProbe, at: string, names: readonly string[]): Promise<number> {
  const counts = await probe.counts(at);
  return names.reduce((total, name) => total + (counts.get(name) ?? 0), 0);
}

/** Waits until more than `than` frames of a kind have arrived somewhere; gives their number. */
export async function more(probe: XenProbe, at: string, name: string, than: number): Promise<number> {
  for (const end = Date.now() + PATIENCE_MS; ; await sleep(250)) {
    const count = await counted(probe, at, [name]);
    if (count > than) return count;
    if (Date.now() > end) throw new Error(`no ${name} has reached ${at} within ${PATIENCE_MS / 1000} s`);
  }
}
