import { type Command, Option } from "commander";
import { ask } from "../provider/core/ask";
import { functionOf } from "../provider/resources";
import * as errors from "./errors";
import { withHosts } from "./inventory";
import { printJson, printLines } from "./print";

interface Options {
  readonly from: string;
  readonly to: string;
  readonly hosts?: string;
  readonly declared?: boolean;
  readonly json?: boolean;
  readonly [field: string]: unknown;
}

/** Options that are fields of the packet, and whether they are numbers. */
const FIELDS = {
  protocol: false,
  source: false,
  target: false,
  sourcePort: true,
  targetPort: true,
  icmpType: false,
  state: false,
  sourceMac: false,
  targetMac: false,
  arpOperation: false,
  arpSenderMac: false,
} as const;

/** Adds `csp explain`: one packet, the verdict, the rule that decided, layer by layer. Exit status 0: it passes; 1: it does not pass, or csp cannot tell. */
export function explainCommand(csp: Command): void {
  csp
    .command("explain")
    .description("show what a host's firewall does with one packet, and which rule decides; csp sends nothing")
    .argument("<host>", "a name in --hosts, or an alias of ~/.ssh/config")
    .requiredOption(
      "--from <end>",
      "where the packet enters the bridge: a guest's name or UUID, with /N for its interface N, or port:NAME for a port of the bridge",
    )
    .requiredOption("--to <end>", "where the packet leaves the bridge, written like --from")
    .option("--protocol <name>", 'name or number, "arp", or an ethertype ("0x88cc")', "tcp")
    .option("--source <address>", "the sender's address")
    .option("--target <address>", "the receiver's address")
    .option("--target-port <port>", "the destination port; required for protocols that have ports")
    .option("--source-port <port>", "the source port; default: one of the ports that systems choose for themselves")
    .option("--icmp-type <type>", "type, or type/code; default: an echo request")
    .option(
      "--state <state>",
      "the state that connection tracking gives to the packet: new, established, related, invalid, untracked",
      "new",
    )
    .option("--source-mac <mac>", "the packet's source MAC; default: the guest's own")
    .option("--target-mac <mac>", "the packet's destination MAC; default: the guest's own")
    .addOption(new Option("--arp-operation <operation>", "whether an ARP message is a request or a reply").choices(["request", "reply"]))
    .option("--arp-sender-mac <mac>", "the MAC that an ARP message gives for its sender")
    .option("--declared", "evaluate the rules that csp has on record there, not those in the kernel")
    .option("--hosts <file>", "how csp reaches hosts: JSON as in the provider's `hosts` setting")
    .option("--json", "the whole answer as JSON")
    .action(explainOne);
}

async function explainOne(host: string, options: Options): Promise<void> {
  const fields = Object.entries(FIELDS).flatMap(([name, isNumber]) => {
    const value = options[name];
    return value === undefined ? [] : [[name, isNumber ? Number(value) : value] as const];
  });
  const inputs = {
    host,
    from: endOf(options.from),
    to: endOf(options.to),
    rules: options.declared ? "declared" : "kernel",
    ...Object.fromEntries(fields),
  };
  await withHosts(options.hosts, "csp explain", async (context) => {
    const result = await ask(functionOf("csp:index:explainPacket"), () => context, inputs, { asFound: true });
    if (result.refused) throw errors.packetUnclear(result.refused[0]);
    const { verdict, reason, layers, ...rest } = result.answer;
    const lines = layers.flatMap(({ tool, chain, verdict: ofLayer, matched }) => [
      `${tool} ${chain}: ${ofLayer}`,
      ...matched.map((rule) => `  ${rule}`),
    ]);
    if (options.json) printJson({ verdict, reason, ...rest, layers });
    else printLines([`${verdict}: ${reason}`, "", ...lines]);
    if (verdict !== "passes") process.exitCode = 1;
  });
}

/** "web-1", "web-1/1", "port:eth1". */
function endOf(text: string): { readonly guest?: string; readonly device?: number; readonly port?: string } {
  if (text.startsWith("port:")) return { port: text.slice("port:".length) };
  const [, guest = text, device] = /^(.*)\/(\d{1,3})$/.exec(text) ?? [];
  return { guest, ...(device === undefined ? {} : { device: Number(device) }) };
}
