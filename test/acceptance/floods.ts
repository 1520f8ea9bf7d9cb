import { type FloodStream, FRESH_PORT, frames, type Lab, type RunningFlood, type StreamCount } from "../../lab/netns";

/** The port that the guests' policies open, and one in each direction that they do not. */
export const PORTS = { open: 9000, closedIn: 7777, closedOut: 2525 } as const;

/** A kind of packet, and whether the policies allow it. */
export interface Kind extends FloodStream {
  readonly allowed: boolean;
  /** Set if the receiver's policy denies it: a switch that does not know the receiver sends the packet everywhere, and that is no failure. */
  readonly deniedAt?: string;
}

/**
 * Who takes part: `guest` is the one that the events happen to, `peer` is another guest of its host, `other` sends nothing and has the addresses
 * that are forged, `client` has no policy.
 */
export interface Cast {
  readonly guest: string;
  readonly peer: string;
  readonly other: string;
  readonly client: string;
}

/**
 * What is sent without a pause while something happens to a guest, from it and to it: packets that must never arrive and packets that must. Forged
 * frames go where an honest frame would be let in, so that only their forgery stops them. `rate`: packets a second of each forbidden kind.
 */
export function floodKinds(lab: Lab, { guest, peer, other, client }: Cast, rate = 1000): Kind[] {
  const at = (name: string) => {
    const { mac, addresses } = lab.endpoint(name);
    const [ip = "", ip6 = ""] = [false, true].map((v6) => addresses.find((each) => each.includes(":") === v6)?.split("/")[0] ?? "");
    return { mac, ip, ip6 };
  };
  const [own, near, lent, outside] = [at(guest), at(peer), at(other), at(client)];
  type End = ReturnType<typeof at>;
  const udp = (from: End, to: End, port: number, family: 4 | 6, forged: Partial<End> = {}) => {
    const source = { ...from, ...forged };
    return (payload: Buffer) =>
      frames.udp({
        from: source.mac,
        to: to.mac,
        sourceIp: family === 4 ? source.ip : source.ip6,
        targetIp: family === 4 ? to.ip : to.ip6,
        sourcePort: FRESH_PORT,
        targetPort: port,
        payload,
      });
  };
  const arp = (sender: Partial<End>) => (tag: Buffer) =>
    Buffer.concat([
      frames.arp({
        from: own.mac,
        to: frames.BROADCAST,
        operation: "reply",
        senderMac: sender.mac ?? own.mac,
        senderIp: sender.ip ?? own.ip,
        targetIp: outside.ip,
      }),
      tag,
    ]);
  const never = (name: string, from: string, frame: FloodStream["frame"], fresh?: 4 | 6): Kind => ({
    name,
    from,
    frame,
    perSecond: rate,
    allowed: false,
    ...(fresh === undefined ? {} : { fresh }),
  });
  const allowed = (name: string, from: string, to: string, frame: FloodStream["frame"], fresh?: 4 | 6): Kind => ({
    ...never(name, from, frame, fresh),
    perSecond: 250,
    timedAt: to,
    allowed: true,
  });
  const open = PORTS.open;
  return [
    never("from it: IPv4 source of another", guest, udp(own, outside, open, 4, { ip: lent.ip }), 4),
    never("from it: IPv6 source of another", guest, udp(own, outside, open, 6, { ip6: lent.ip6 }), 6),
    never("from it: MAC of another", guest, udp(own, outside, open, 4, { mac: lent.mac }), 4),
    never("from it: ARP sender IP of another", guest, arp({ ip: lent.ip })),
    never("from it: ARP sender MAC of another", guest, arp({ mac: lent.mac })),
    never("from it: denied port", guest, udp(own, outside, PORTS.closedOut, 4), 4),
    { ...never("from it to its peer: denied port", guest, udp(own, near, PORTS.closedIn, 4), 4), deniedAt: peer.split("/")[0] ?? peer },
    never("to it: denied port", client, udp(outside, own, PORTS.closedIn, 4), 4),
    never("to it: denied port over IPv6", client, udp(outside, own, PORTS.closedIn, 6), 6),
    never("to it: forged by its peer", peer, udp(near, own, open, 4, { ip: outside.ip }), 4),
    allowed("to it", client, guest, udp(outside, own, open, 4)),
    allowed("to it, new flows", client, guest, udp(outside, own, open, 4), 4),
    allowed("to it over IPv6, new flows", client, guest, udp(outside, own, open, 6), 6),
    allowed("from it, new flows", guest, client, udp(own, outside, open, 4), 4),
  ];
}

/** One line of the table: what happened, what got through meanwhile, and how soon the allowed kinds were back. */
export interface Witnessed {
  readonly event: string;
  /** Of the kinds that must never pass: frames sent, and frames that arrived at anybody, by kind. */
  readonly sent: number;
  readonly wrong: Readonly<Record<string, number>>;
  /** Of the allowed kinds: sent, and arrived where they should. */
  readonly allowedSent: number;
  readonly allowedThrough: number;
  /** Milliseconds from the start of the guest until each allowed kind arrived; undefined if it did not arrive in time. */
  readonly backMs: Readonly<Record<string, number | undefined>>;
}

/** An allowed kind must be back within this time, on a machine that may be busy. The table shows the time that it took. */
export const PATIENCE_MS = 5_000;

/**
 * Floods while `happen` does; `upAt` gives the moment (Unix ms) from which on the guest could send and receive. Undefined: the allowed kinds are
 * not waited for.
 */
export async function underFlood(
  lab: Lab,
  kinds: readonly Kind[],
  event: string,
  happen: () => Promise<unknown>,
  upAt?: () => number,
): Promise<Witnessed> {
  const flood = await lab.flood(kinds);
  const backMs: Record<string, number | undefined> = {};
  let counts: StreamCount[];
  try {
    // All kinds are sent for a while before and after it.
    await pause(150);
    await happen();
    if (upAt !== undefined) Object.assign(backMs, await back(flood, kinds, upAt()));
    await pause(150);
  } finally {
    counts = await flood.stop();
  }
  const of = (allowed: boolean) => counts.filter((_, index) => kinds[index]?.allowed === allowed);
  const wrongly = ({ name, received }: StreamCount) => {
    const at = kinds.find((kind) => kind.name === name)?.deniedAt;
    return at === undefined ? Object.values(received).reduce((sum, count) => sum + count, 0) : (received[at] ?? 0);
  };
  const total = (some: readonly StreamCount[], value: (count: StreamCount) => number) => some.reduce((sum, count) => sum + value(count), 0);
  return {
    event,
    sent: total(of(false), ({ sent }) => sent),
    wrong: Object.fromEntries(of(false).flatMap((count) => (wrongly(count) > 0 ? [[count.name, wrongly(count)]] : []))),
    allowedSent: total(of(true), ({ sent }) => sent),
    allowedThrough: total(of(true), ({ receivedAt }) => receivedAt.length),
    backMs,
  };
}

async function back(flood: RunningFlood, kinds: readonly Kind[], since: number): Promise<Record<string, number | undefined>> {
  const waits = kinds
    .filter(({ allowed }) => allowed)
    .map(async ({ name }) => {
      const at = await flood.arrival(name, since, PATIENCE_MS);
      return [name, at === undefined ? undefined : Math.max(0, at - since)] as const;
    });
  return Object.fromEntries(await Promise.all(waits));
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The results as a table to print. "back" is the slowest of the allowed kinds. */
export function floodTable(title: string, rows: readonly Witnessed[]): string {
  const cells = rows.map((row) => [
    row.event,
    String(row.sent),
    String(Object.values(row.wrong).reduce((sum, count) => sum + count, 0)),
    `${row.allowedThrough}/${row.allowedSent}`,
    slowest(row),
  ]);
  const head = ["event", "must never pass", "passed", "allowed", "back after"];
  const widths = head.map((cell, column) => Math.max(cell.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join("  ");
  const wrong = rows.flatMap(({ event, wrong }) => Object.entries(wrong).map(([kind, count]) => `${event}: ${count} of "${kind}"`));
  return [title, line(head), ...cells.map(line), ...wrong].join("\n");
}

function slowest({ backMs }: Witnessed): string {
  const values = Object.values(backMs);
  if (values.length === 0) return "-";
  return values.includes(undefined) ? "never" : `${Math.round(Math.max(...values.map((value) => value ?? 0)))} ms`;
}
