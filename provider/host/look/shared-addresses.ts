import { type Cidr, canonicalCidr, covers, isSingle, parseCidr } from "../../firewall/values/spelling";
import { memory } from "../../memory";
import type { GuestVif } from "../records/vifs";
import { claimPorts, type DeclaredVif } from "./ports";
import type { Snapshot } from "./snapshot";

/** An interface and the addresses and ranges that it may use. */
export interface Holder extends DeclaredVif {
  readonly label: string;
  readonly network?: string;
  readonly addresses: readonly string[];
}

/** Two interfaces of one host, and the addresses that both may use. */
export interface Shared {
  readonly one: Holder;
  readonly other: Holder;
  /** The address of one, and of the other. */
  readonly address: string;
  readonly others: string;
}

/**
 * Addresses that another guest on another network also has, if both use one connection table. `apart`: each bridge of the host has its own table.
 * Tenants often have the same addresses, but with one table, a connection of one guest can let packets to the other guest pass.
 */
export function addressesInOneTable(
  snapshot: Snapshot,
  own: readonly Holder[],
  apart: boolean,
): readonly (Shared & { readonly where: string })[] {
  const pairs = pairsOf(snapshot, own);
  if (pairs.length === 0) return [];
  const bridgeOf = bridges(snapshot, own);
  return pairs.flatMap((pair) => {
    const { one, other } = pair;
    const [here, there] = [bridgeOf(one), bridgeOf(other)];
    if (here !== undefined && there !== undefined && here !== there) return apart ? [] : [{ ...pair, where: `on ${here} and on ${there}` }];
    if (one.network === other.network) return [];
    const networks = `on ${one.network ?? "a network without a name"} and on ${other.network ?? "one without a name"}`;
    if (here !== undefined && here === there) return [{ ...pair, where: `${networks}, both behind bridge ${here}` }];
    return apart ? [] : [{ ...pair, where: networks }];
  });
}

/** Addresses that two guests have. Each is looked up by its text, so that a thousand guests cost only a thousand look-ups. */
function pairsOf({ records }: Snapshot, own: readonly Holder[]): Shared[] {
  const mine = new Set(own.map(({ uuid }) => uuid));
  const recorded = byAddress(records.vifs);
  const declared = new Map<string, Holder[]>();
  return own.flatMap((one) =>
    one.addresses.filter(isSingle).flatMap((text) => {
      const address = canonicalCidr(text);
      const before = declared.get(address) ?? [];
      declared.set(address, [...before, one]);
      return [
        ...(recorded.get(address) ?? []).filter(({ uuid }) => !mine.has(uuid)),
        ...before.filter(({ uuid }) => uuid !== one.uuid),
      ].map((other) => ({ one, other, address, others: address }));
    }),
  );
}

/** The first range that contains an address of another guest on record on the same network, or that lies in one of its ranges. */
export function rangeOverOthers(snapshot: Snapshot, own: readonly Holder[]): Shared | undefined {
  const others = othersThan(own, snapshot);
  const ranges = rangesOf(snapshot.records.vifs).filter(({ vif }) => others.has(vif.uuid));
  let bridgeOf: ((vif: Holder) => string | undefined) | undefined;
  const meets = (one: Holder, other: Holder) => {
    if (one.uuid === other.uuid || one.network !== other.network) return false;
    bridgeOf ??= bridges(snapshot, own);
    const [here, there] = [bridgeOf(one), bridgeOf(other)];
    return here === undefined || there === undefined || here === there;
  };
  for (const one of own) {
    for (const address of one.addresses) {
      const cidr = parseCidr(address);
      if (cidr === undefined) continue;
      for (const { vif, cidr: range, text } of ranges)
        if (covers(range, cidr) && meets(one, vif)) return { one, other: vif, address, others: text };
      if (isSingle(address)) continue;
      for (const vif of snapshot.records.vifs) {
        if (!others.has(vif.uuid)) continue;
        const covered = vif.addresses.find((text) => coversText(cidr, text));
        if (covered !== undefined && meets(one, vif)) return { one, other: vif, address, others: covered };
      }
    }
  }
  return undefined;
}

/** UUIDs of guests on record that are not declared here. */
function othersThan(own: readonly Holder[], { records }: Snapshot): ReadonlySet<string> {
  const mine = new Set(own.map(({ uuid }) => uuid));
  return new Set([...records.guests.keys()].filter((uuid) => !mine.has(uuid)));
}

const byAddress = memory.once(
  { name: "guests by address", reason: "each of a thousand guests is compared with all others" },
  (vifs: readonly GuestVif[]) => {
    const found = new Map<string, GuestVif[]>();
    for (const vif of vifs) {
      for (const address of vif.addresses) {
        if (!isSingle(address)) continue;
        const key = canonicalCidr(address);
        const earlier = found.get(key);
        if (earlier === undefined) found.set(key, [vif]);
        else earlier.push(vif);
      }
    }
    return found;
  },
);

const rangesOf = memory.once(
  { name: "ranges of guests", reason: "each of a thousand guests is compared with all others" },
  (vifs: readonly GuestVif[]) =>
    vifs.flatMap((vif) =>
      vif.addresses.flatMap((text) => {
        const cidr = isSingle(text) ? undefined : parseCidr(text);
        return cidr === undefined ? [] : [{ vif, cidr, text }];
      }),
    ),
);

function coversText(range: Cidr, text: string): boolean {
  const cidr = parseCidr(text);
  return cidr !== undefined && covers(range, cidr);
}

/** The bridge that an interface is on now; undefined while its guest does not run. */
function bridges(snapshot: Snapshot, own: readonly Holder[]): (vif: Holder) => string | undefined {
  const mine = new Set(own.map(({ uuid }) => uuid));
  const all = [...own, ...snapshot.records.vifs.filter(({ uuid }) => !mine.has(uuid))];
  const at = new Map(claimPorts(snapshot.network, all).claims.map(({ uuid, device, bridge }) => [`${uuid}/${device}`, bridge]));
  return ({ uuid, device }) => at.get(`${uuid}/${device}`);
}
