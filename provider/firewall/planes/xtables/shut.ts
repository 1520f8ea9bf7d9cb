import type { Table } from "../../model/kernel";
import { SHUT } from "../../model/names";

/**
 * What shuts guests' ports without anything else of csp's: single commands, in every layer that has a tool. A host does so first at each boot,
 * and the hook where a table does not take the frame. What is shut opens when the frame is seen to lead.
 */
export interface ShutCommand {
  readonly table: Table;
  readonly command: string;
}

/** Each may fail: the chain may be there, the tool may not. A jump goes before it comes, so that there are never two. */
export function shutCommands(guestPorts: readonly string[]): ShutCommand[] {
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
 * The same as shell command lines, one for each layer, that want no variable, no file and no other program than the layer's tool: for a unit that
 * a boot runs before anything else.
 */
export function shutLines(guestPorts: readonly string[]): string[] {
  const commands = shutCommands(guestPorts);
  // A jump that is not there yet: no news for a boot's log.
  const quiet = (command: string) => (/ -[ND] /.test(command) ? `${command} 2>/dev/null` : command);
  const text = (tool: string, change: (command: string) => string = (command) => command) => {
    const [make = "", ...rest] = commands.flatMap(({ command }) => (command.startsWith(`${tool} `) ? [quiet(change(command))] : []));
    // Where the chain is new there is no jump to take away: half the commands, of which a slow host makes few a second.
    const first = rest.filter((command) => !/ -D /.test(command));
    return `if ${make}; then ${first.join("; ")}; else ${rest.join("; ")}; fi`;
  };
  const waiting = (tool: string) => (command: string) => command.replace(tool, `${tool} -w 30`);
  return [
    // Bridged packets come to the layers above only then; where the kernel has it built in, there is nothing to load.
    "modprobe br_netfilter; echo 1 | tee /proc/sys/net/bridge/bridge-nf-call-* /proc/sys/net/bridge/bridge-nf-filter-* >/dev/null",
    ...["ebtables -t nat", "ebtables -t filter"].map((tool) => text(tool)),
    // Another program's lock is waited for, by tools that know how.
    ...["iptables", "ip6tables"].map(
      (tool) => `if ${tool} -w 30 -n -L INPUT >/dev/null; then ${text(tool, waiting(tool))}; el${text(tool)}`,
    ),
    // The variant whose tables see forwarded ARP.
    ...["arptables", "arptables-legacy"].map((tool) => text("arptables", (command) => command.replace("arptables", tool))),
  ];
}
