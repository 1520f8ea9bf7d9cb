import { memory } from "../../memory";
import type { WaitingFrame } from "../records/frame";
import type { PortClaim } from "../records/ports";
import { program } from "../remote/program";
import type { AskedHost } from "./asked";
import { claimPorts, type DeclaredVif } from "./ports";
import type { Snapshot } from "./snapshot";

/**
 * A port of a declared guest whose name does not begin with one of the frame's prefixes. The frame lets such ports through: until csp has found
 * the port, it has no rules and is not shut.
 */
export interface UnnamedPort {
  readonly uuid: string;
  readonly device: number;
  readonly mac: string;
  readonly port: string;
  readonly bridge?: string;
  /** Whether it leads to the guest's rules now; if not, only its MAC, which the bridge has seen, says which guest owns it. */
  readonly led: boolean;
}

/** Finds them among these interfaces, from the toolstack and from the ports' own MACs. */
export function unnamedPorts(snapshot: Snapshot, vifs: readonly DeclaredVif[]): UnnamedPort[] {
  return unnamedAmong(snapshot, vifs, claimPorts(snapshot.network, vifs).claims);
}

function unnamedAmong(snapshot: Snapshot, vifs: readonly DeclaredVif[], claims: readonly PortClaim[]): UnnamedPort[] {
  const isNamed = namesOf(snapshot);
  return claims.flatMap(({ uuid, device, port, bridge }) => {
    const vif = vifs.find((one) => one.uuid === uuid && one.device === device);
    if (isNamed(port) || vif === undefined) return [];
    return [{ ...whose(vif), port, ...(bridge === undefined ? {} : { bridge }), led: true }];
  });
}

/** The same, and also from the MACs that the bridges have seen. csp asks the host for these only if an interface has no port at all. */
export async function searchUnnamedPorts(host: AskedHost, snapshot: Snapshot, vifs: readonly DeclaredVif[]): Promise<UnnamedPort[]> {
  if (frameOf(snapshot) === undefined) return [];
  const { claims } = claimPorts(snapshot.network, vifs);
  const has = new Set(claims.map(({ uuid, device }) => `${uuid}/${device}`));
  const without = vifs.filter(({ uuid, device, anyMac }) => anyMac !== true && !has.has(`${uuid}/${device}`));
  const seen = without.length === 0 ? undefined : await macsSeen(host, snapshot);
  const isNamed = namesOf(snapshot);
  const strays = without.flatMap((vif) => {
    const at = seen?.get(vif.mac);
    return at === undefined || isNamed(at.port) ? [] : [{ ...whose(vif), ...at, led: false }];
  });
  return [...unnamedAmong(snapshot, vifs, claims), ...strays];
}

function frameOf({ records }: Snapshot): WaitingFrame | undefined {
  return records.frame ?? records.waiting;
}

/** Which ports the frame knows by their names; on a host without a frame, all. */
function namesOf(snapshot: Snapshot): (port: string) => boolean {
  const prefixes = frameOf(snapshot)?.guestPorts;
  return (port) => prefixes === undefined || prefixes.some((prefix) => port.startsWith(prefix));
}

const whose = ({ uuid, device, mac }: DeclaredVif) => ({ uuid, device, mac });

interface Place {
  readonly bridge: string;
  readonly port: string;
}

const macsOfHosts = memory.byObject<Snapshot, Promise<ReadonlyMap<string, Place>>>({
  name: "MACs that bridges have seen",
  reason: "a program may declare a thousand guests that do not run, and each would ask the host",
});

function macsSeen(host: AskedHost, snapshot: Snapshot): Promise<ReadonlyMap<string, Place>> {
  let answer = macsOfHosts.get(snapshot);
  if (answer === undefined) {
    answer = host.ask(program("macs.sh"), "looking for guests' MACs on its bridges").then(parseSeen);
    macsOfHosts.set(snapshot, answer);
  }
  return answer;
}

function parseSeen(text: string): ReadonlyMap<string, Place> {
  return new Map([...text.matchAll(/^seen (\S+) (\S+) (\S+)$/gm)].map(([, bridge = "", port = "", mac = ""]) => [mac, { bridge, port }]));
}
