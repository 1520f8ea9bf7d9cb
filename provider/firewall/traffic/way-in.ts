import { HOST_CHAIN } from "../compile/host-firewall";
import type { CompiledUnit } from "../compile/unit";
import { chainsIn, type Sets } from "../model/kernel";
import { jump, rule } from "../model/rule";
import { printRule } from "../planes/print";
import { parseCidr } from "../values/spelling";
import { ETHERTYPE, type Packet, TCP } from "./packet";
import { stationOf, type Verdict, walkLayer } from "./verdict";

export interface Way {
  /** Addresses, and the port on the host. */
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

/** What a host's own firewall would do with the first packet of a new TCP connection to it, and which rule. */
export function newConnection(
  unit: CompiledUnit,
  sets: Sets,
  { from, to, port }: Way,
): { readonly verdict: Verdict; readonly rule: string } {
  const family = parseCidr(from)?.family ?? "inet";
  const tool = family === "inet" ? "iptables" : "ip6tables";
  const packet: Packet = {
    in: "",
    out: "",
    // No rule of the unit names this interface: they name only the host's loopback.
    bridge: "",
    sourceMac: "",
    targetMac: "",
    etherType: ETHERTYPE[family],
    ip: { family, source: from, target: to, protocol: TCP, sourcePort: 50_000, targetPort: port, state: "new" },
  };
  const chains = new Map(
    [...chainsIn(unit.shared, `${tool}.filter`)].map(([name, lines]) => [name, lines.map(({ text }) => text)] as const),
  );
  const table = { chains, foreign: new Map([["INPUT", [printRule(tool, rule([], jump(HOST_CHAIN.ingress)))]]]) };
  const { verdict, matched } = walkLayer(stationOf(`${tool}.filter`, "INPUT"), packet, table, new Map([...sets, ...unit.sets]));
  return { verdict, rule: matched.at(-1)?.rule ?? "" };
}
