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

/** Adds `csp explain`: one packet, the verdict, the rule that decided, layer by layer. Exit status 0: it passes, 1: it does not, or nobody can say. */
export function explainCommand(csp: Command): void {
  csp
    .command("explain")
    .description("what a host's firewall does with one packet, and by which rule; nothing is sent")
    .argument("<host>", "a name in --hosts, or an alias of ~/.ssh/config")
    .requiredOption("--from <end>", "a guest's name or UUID, with /N for its interface N, or port:NAME for a port of the bridge")
    .requiredOption("--to <end>", "the same")
    .option("--protocol <name>", 'name or number, "arp", or an ethertype ("0x88cc")', "tcp")
    .option("--source <address>", "the sender's address")
    .option("--target <address>", "the receiver's address")
    .option("--target-port <port>", "of protocols that have ports")
    .option("--source-port <port>", "left out, one of those that systems choose")
    .option("--icmp-type <type>", "type, or type/code; left out, an echo request")
    .option("--state <state>", "what connection tracking says: new, established, related, invalid, untracked", "new")
    .option("--source-mac <mac>", "left out, the guest's own")
    .option("--target-mac <mac>", "left out, the guest's own")
    .addOption(new Option("--arp-operation <operation>", "of ARP").choices(["request", "reply"]))
    .option("--arp-sender-mac <mac>", "the MAC that an ARP message claims")
    .option("--declared", "ask the rules that csp has on record there, not those in the kernel")
    .option("--hosts <file>", "how hosts are reached: JSON as in the provider's `hosts` setting")
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
    const asked = await ask(functionOf("csp:index:explainPacket"), () => context, inputs, { asFound: true });
    if (asked.refused) throw errors.packetUnclear(asked.refused[0]);
    const { verdict, reason, layers, ...rest } = asked.answer;
    const lines = layers.flatMap(({ tool, chain, verdict: said, matched }) => [
      `${tool} ${chain}: ${said}`,
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
