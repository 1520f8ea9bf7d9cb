import type { Plane, Table } from "../model/kernel";
import { SHUT } from "../model/names";
import { shutWords } from "./nft/shut";

/**
 * Shuts guests' ports without anything else of csp: single commands, in every layer that has a tool. A host runs them first at each boot, and
 * the hook runs them if a table refuses the frame. The hook opens the ports again when it sees that the frame is in place.
 */
export interface ShutCommand {
  readonly table: Table;
  readonly command: string;
}

/**
 * Each command may fail: the chain may exist, the tool may be missing. A jump is removed before it is added, so that there are never two. Where
 * layer 2 is nft's, ebtables' commands are for when nft does not do its work.
 */
export function shutCommands(guestPorts: readonly string[], plane: Plane): ShutCommand[] {
  const nft: ShutCommand[] = plane === "nft-bridge" ? [{ table: "nft.bridge", command: `nft ${shutWords(guestPorts)}` }] : [];
  return [...nft, ...xtablesCommands(guestPorts)];
}

function xtablesCommands(guestPorts: readonly string[]): ShutCommand[] {
  return LAYERS.flatMap(({ table, tool, jumps }) => {
    const command = (text: string): ShutCommand => ({ table, command: `${tool} ${text}` });
    const leading = guestPorts.flatMap((prefix) =>
      jumps.map(([chain, match]) => `${chain} ${match.replace("@", `${prefix}+`)} -j ${SHUT}`),
    );
    return [
      command(`-N ${SHUT}`),
      command(`-A ${SHUT} -j DROP`),
      ...leading.flatMap((jump) => [command(`-D ${jump}`), command(`-I ${jump}`)]),
    ];
  });
}

const IP: readonly (readonly [chain: string, match: string])[] = [
  ["INPUT", "-i @"],
  ["INPUT", "-m physdev --physdev-in @"],
  ["FORWARD", "-i @"],
  ["FORWARD", "-m physdev --physdev-in @"],
  ["FORWARD", "-m physdev --physdev-is-bridged --physdev-out @"],
];

const LAYERS: readonly { readonly table: Table; readonly tool: string; readonly jumps: typeof IP }[] = [
  {
    table: "ebtables.nat",
    tool: "ebtables -t nat",
    jumps: [
      ["PREROUTING", "-i @"],
      ["POSTROUTING", "-o @"],
    ],
  },
  { table: "ebtables.filter", tool: "ebtables -t filter", jumps: [["INPUT", "-i @"]] },
  { table: "iptables.filter", tool: "iptables", jumps: IP },
  { table: "ip6tables.filter", tool: "ip6tables", jumps: IP },
  {
    table: "arptables.filter",
    tool: "arptables",
    jumps: [
      ["INPUT", "-i @"],
      ["FORWARD", "-i @"],
      ["FORWARD", "-o @"],
    ],
  },
];

/**
 * The same as shell command lines, one for each layer. They need no variable, no file and no program but the layer's tool, because a service
 * runs them at boot before anything else.
 */
export function shutLines(guestPorts: readonly string[], plane: Plane): string[] {
  const commands = xtablesCommands(guestPorts);
  // A missing jump is normal here and need not be in the boot log.
  const quiet = (command: string) => (/ -[ND] /.test(command) ? `${command} 2>/dev/null` : command);
  const text = (tool: string, change: (command: string) => string = (command) => command) => {
    const [make = "", ...rest] = commands.flatMap(({ command }) => (command.startsWith(`${tool} `) ? [quiet(change(command))] : []));
    // A new chain has no jump to remove. This saves half of the commands, of which a slow host runs only a few per second.
    const first = rest.filter((command) => !/ -D /.test(command));
    return `if ${make}; then ${first.join("; ")}; else ${rest.join("; ")}; fi`;
  };
  const bridge = ["ebtables -t nat", "ebtables -t filter"].map((tool) => text(tool));
  const waiting = (tool: string) => (command: string) => command.replace(tool, `${tool} -w 30`);
  return [
    // Only with this do bridged packets reach the layers above. If it is built into the kernel, there is nothing to load.
    "modprobe br_netfilter; echo 1 | tee /proc/sys/net/bridge/bridge-nf-call-* /proc/sys/net/bridge/bridge-nf-filter-* >/dev/null",
    ...(plane === "nft-bridge" ? [`nft "${shutWords(guestPorts).replaceAll(" ; ", "; ")}" || { ${bridge.join("; ")}; }`] : bridge),
    // Tools that can wait for another program's lock do so.
    ...["iptables", "ip6tables"].map(
      (tool) => `if ${tool} -w 30 -n -L INPUT >/dev/null; then ${text(tool, waiting(tool))}; el${text(tool)}`,
    ),
    // The variant whose tables see forwarded ARP.
    ...["arptables", "arptables-legacy"].map((tool) => text("arptables", (command) => command.replace("arptables", tool))),
  ];
}
