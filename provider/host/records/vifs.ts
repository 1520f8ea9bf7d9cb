import type { GuestRecord, VifRecord } from "./guest";
import { oneLine } from "./lines";
import { formatTraits } from "./traits";

/** An interface and its guest. */
export interface GuestVif extends VifRecord {
  readonly uuid: string;
  readonly label: string;
}

export function vifsOf(guests: Iterable<GuestRecord>): GuestVif[] {
  return [...guests].flatMap(({ uuid, label, vifs }) => vifs.map((vif) => ({ ...vif, uuid, label })));
}

/** Every interface on record: "<uuid> 0 <mac> <vif id> <port or -> <mac or any> <label> <traits or ->". */
export function formatVifs(vifs: readonly GuestVif[]): string {
  const lines = vifs.map(
    ({ uuid, device, mac, id, port, anyMac, label, traits }) =>
      `${uuid} ${device} ${mac} ${id} ${port ?? "-"} ${anyMac ? "any" : "mac"} ${oneLine(label).replace(/\s+/g, "_") || "-"} ${formatTraits(traits)}\n`,
  );
  return `csp-vifs 2\n${lines.sort().join("")}end\n`;
}

export function sameVifs(some: readonly GuestVif[], others: readonly GuestVif[]): boolean {
  return some.length === others.length && some.every((vif, index) => sameVif(vif, others[index]));
}

function sameVif(a: GuestVif, b: GuestVif | undefined): boolean {
  return (
    a.uuid === b?.uuid &&
    a.label === b.label &&
    a.device === b.device &&
    a.mac === b.mac &&
    a.id === b.id &&
    a.port === b.port &&
    a.anyMac === b.anyMac &&
    a.network === b.network &&
    a.traits.join() === b.traits.join() &&
    a.addresses.join() === b.addresses.join()
  );
}
