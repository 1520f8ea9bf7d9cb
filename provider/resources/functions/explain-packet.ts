import { z } from "zod";
import { defineFunction } from "../../core/define";
import type { Tool } from "../../firewall/model/kernel";
import { vifChain } from "../../firewall/model/names";
import { commentOf } from "../../firewall/planes/read";
import { STATES } from "../../firewall/traffic/packet";
import { type Explanation, explain, type Others, type Station, type Step } from "../../firewall/traffic/verdict";
import * as guestErrors from "../../host/keeps/errors";
import { bridgeOf } from "../../host/look/bridge-port";
import { activeTools, type HostFacts } from "../../host/look/facts";
import type { Snapshot } from "../../host/look/snapshot";
import { othersOn } from "../../host/look/surroundings";
import type { Records } from "../../host/records/records";
import { recordedKernel } from "../../host/state/recorded-kernel";
import { recordedPorts } from "../../host/state/recorded-ports";
import { problem } from "../../schema/field";
import { ownConnection } from "../shared/connection";
import { host } from "../shared/identity";
import * as packetErrors from "./errors";
import { type End, packetOf } from "./packet-of";

const macAddress = z
  .string()
  .regex(/^([0-9A-Fa-f]{1,2}[:-]){5}[0-9A-Fa-f]{1,2}$/, problem("it is not a MAC address", 'write six octets, like "02:16:3e:00:00:01"'));
const port = z.int().min(0).max(65535);

const end = z
  .object({
    guest: z.string().optional().describe("The guest: its UUID or its name. Give exactly one of `guest` and `port`."),
    device: z.int().min(0).max(255).default(0).describe("The device number of the guest's interface."),
    port: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,14}$/, problem("it is not an interface name", 'write a port of the bridge, like "eth0"'))
      .optional()
      .describe("A port of the host's bridge: an uplink (\"eth0\") or a guest's port."),
  })
  .meta({ token: "csp:index:PacketEnd", description: "Where a packet enters the bridge, or where it leaves it." });

const decision = z
  .object({
    tool: z.string().describe("iptables, ip6tables, ebtables or arptables."),
    table: z.string().describe("The tool's table."),
    chain: z.string().describe("The chain that the rule is in."),
    position: z.int().describe("The rule's position in the chain. 1 is the first rule, 0 is the policy of the chain."),
    rule: z.string().describe("The rule, as the tool prints it."),
    name: z
      .string()
      .optional()
      .describe('The rule of the guest\'s policy that it comes from: "ssh", or "web/http" for a rule of the group web.'),
    guest: z.string().optional().describe("The guest that the rule belongs to."),
  })
  .meta({ token: "csp:index:DecidingRule", description: "The rule that decided." });

const layer = z
  .object({
    tool: z.string().describe("The tool whose rules the packet met."),
    table: z.string().describe("The tool's table."),
    chain: z.string().describe("The built-in chain where these rules begin."),
    verdict: z.string().describe("What these rules decided: passes, dropped, rejected or undecided."),
    matched: z.array(z.string()).describe('The rules that matched, in order: "CHAIN 3: RULE".'),
  })
  .meta({ token: "csp:index:PacketLayer", description: "One layer on the packet's way." });

const explainInputs = z.object({
  host,
  from: end.describe("Where the packet enters the bridge."),
  to: end.describe("Where the packet leaves the bridge."),
  protocol: z.string().default("tcp").describe('Protocol name or number, "arp", or the ethertype of any other Ethernet frame ("0x88cc").'),
  source: z
    .string()
    .optional()
    .describe(
      "The sender's address; for ARP, the address that the message gives for the sender. It also says whether the packet is IPv4 or IPv6.",
    ),
  target: z.string().optional().describe("The receiver's address; for ARP, the address that the sender asks for."),
  sourcePort: port.optional().describe("The source port. Default: one of the ports that systems choose for themselves."),
  targetPort: port.optional().describe("The destination port. Required for protocols that have ports."),
  icmpType: z
    .string()
    .regex(/^\d{1,3}(\/\d{1,3})?$/, problem("it is not an ICMP type", 'write the type, or type/code, as numbers: "8"'))
    .optional()
    .describe("ICMP or ICMPv6 type, or type/code. Default: an echo request."),
  state: z.enum(STATES).default("new").describe("The state that connection tracking gives to the packet."),
  hopLimit: z
    .int()
    .min(0)
    .max(255)
    .optional()
    .describe(
      "TTL or hop limit. Default: what such a packet usually has: 255 for neighbour discovery, 1 for listener reports, 64 for all others.",
    ),
  length: z.int().min(20).max(65535).default(100).describe("The length of the IP packet in bytes."),
  vlan: z.int().min(0).max(4094).optional().describe("The VLAN of the packet's 802.1Q tag. Default: the packet has no tag."),
  sourceMac: macAddress.optional().describe("The packet's source MAC. Default: the guest's own."),
  targetMac: macAddress
    .optional()
    .describe("The packet's destination MAC. Default: the guest's own; for an ARP request, the broadcast address."),
  arpOperation: z.enum(["request", "reply"]).default("request").describe("Whether an ARP message is a request or a reply."),
  arpSenderMac: macAddress.optional().describe("The sender's MAC in an ARP message. Default: `sourceMac`."),
  rules: z
    .enum(["kernel", "declared"])
    .default("kernel")
    .meta({
      description: "Which rules csp evaluates.",
      values: {
        kernel: "the rules that are in the host's kernel now, csp's and everybody else's",
        declared: "the rules that csp has on record on the host, as if nobody had changed anything and nobody else had rules",
      },
    }),
  connection: ownConnection,
});

export const explainPacket = defineFunction({
  token: "csp:index:explainPacket",
  description:
    "What a host's firewall does with one bridged packet: the verdict and the rule that decided, layer by layer. csp sends nothing and changes nothing. It assumes that no rate is exceeded and that no limit of connections is reached. If there are rules on the packet's way that csp cannot read (in nft's own tables, or in the other backend of the tools), the result is undecided and names them.",
  inputs: explainInputs,
  outputs: z.object({
    verdict: z
      .enum(["passes", "dropped", "rejected", "undecided"])
      .describe("What happens to the packet. undecided: a rule on its way asks for something that csp cannot know."),
    reason: z.string().describe("The same in one sentence."),
    decidedBy: decision.optional().describe("The rule that decided. Absent if none did."),
    layers: z.array(layer).describe("The layers that the packet passed, in order."),
    besides: z
      .array(z.string())
      .describe(
        "Rules of others on the packet's way that csp does not read, one sentence each. csp does not know what they do with the packet.",
      ),
  }),
  invoke: async (context, inputs) => {
    const remote = context.hosts.get(inputs.host, inputs.connection);
    const facts = await remote.facts();
    const snapshot = await remote.snapshot({ signal: context.signal });
    const from = endOf(remote.name, "from", inputs.from, snapshot);
    const to = endOf(remote.name, "to", inputs.to, snapshot);
    const packet = packetOf(inputs, from, to, bridgeOf(remote.name, snapshot.network, from.port, to.port));
    const declared = inputs.rules === "declared";
    const kernel = declared ? await recordedKernel(remote, snapshot) : snapshot;
    const others: Others | undefined = declared ? undefined : await othersOn(remote, facts.dialect);
    const explanation = explain(
      packet,
      kernel,
      declared ? activeTools(facts, snapshot.records.frame?.plane) : filtering(facts, snapshot, inputs.vlan),
      others,
    );
    return answerOf(explanation, snapshot.records);
  },
});

/** The tools whose rules bridged packets meet now. Tagged packets meet them only if a sysctl says so. */
function filtering(facts: HostFacts, { sysctls }: Snapshot, vlan: number | undefined): Tool[] {
  const isOn = (name: string) => sysctls[`bridge-nf-${name}`] === "1";
  return activeTools(facts).filter(
    (tool) => tool === "ebtables" || (isOn(`call-${tool}`) && (vlan === undefined || isOn("filter-vlan-tagged"))),
  );
}

function endOf(hostName: string, field: "from" | "to", given: z.output<typeof end>, snapshot: Snapshot): End {
  const { guest, device } = given;
  const { ports, records } = snapshot;
  const { claims } = recordedPorts(snapshot);
  if ((guest === undefined) === (given.port === undefined))
    throw packetErrors.packetUnclear(
      field,
      "it must have exactly one of `guest` and `port`",
      "give a guest's UUID or name as `guest`, or a port of the bridge as `port`",
    );
  if (given.port !== undefined) {
    const claim = claims.find((one) => one.port === given.port);
    const found = ports.find((one) => one.port === given.port && one.uuid !== "");
    return withMac(given.port, macOf(records, claim?.uuid, claim?.device) ?? found?.mac);
  }
  const name = guest ?? "";
  const uuids = new Set([
    ...[...records.guests.values()].filter(({ uuid, label }) => uuid === name.toLowerCase() || label === name).map(({ uuid }) => uuid),
    ...ports.filter((one) => one.uuid === name.toLowerCase() || one.name === name).map(({ uuid }) => uuid),
  ]);
  if (uuids.size > 1) throw guestErrors.guestAmbiguous(hostName, name, [...uuids]);
  const [uuid] = uuids;
  if (uuid === undefined)
    throw guestErrors.guestUnknown(hostName, name, [...new Set([...records.guests.values()].map(({ label }) => label))].sort());
  const claim = claims.find((one) => one.uuid === uuid && one.device === device);
  const found = ports.find((one) => one.uuid === uuid && one.device === device);
  const at = claim?.port ?? found?.port;
  if (at === undefined) throw packetErrors.guestWithoutPort(hostName, name, device);
  return withMac(at, macOf(records, uuid, device) ?? found?.mac);
}

function macOf(records: Records, uuid: string | undefined, device: number | undefined): string | undefined {
  return records.guests.get(uuid ?? "")?.vifs.find((vif) => vif.device === device)?.mac;
}

function withMac(at: string, mac: string | undefined): End {
  return mac === undefined || mac === "" ? { port: at } : { port: at, mac };
}

const VERBS = { passes: "let through", dropped: "dropped", rejected: "rejected", undecided: "not decided" } as const;

function answerOf({ verdict, decidedBy, layers, besides = [] }: Explanation, records: Records) {
  const rule = decidedBy === undefined ? undefined : decidingRule(decidedBy, records);
  return {
    verdict,
    reason: besides.length > 0 ? `not decided: ${besides.join("; ")}` : reasonOf(verdict, rule),
    ...(rule === undefined ? {} : { decidedBy: rule }),
    layers: layers.map(({ tool, table, base, verdict: ofLayer, matched }) => ({
      tool,
      table,
      chain: base,
      verdict: ofLayer,
      matched: matched.map((step) => `${step.chain} ${step.position}: ${step.rule}`),
    })),
    besides: [...besides],
  };
}

function reasonOf(verdict: Explanation["verdict"], rule: z.output<typeof decision> | undefined): string {
  if (rule === undefined) return "no rule of csp or of others drops it";
  const whose = [rule.guest === undefined ? "" : ` of guest ${rule.guest}`, rule.name === undefined ? "" : ` (rule ${rule.name})`].join("");
  const which = rule.position === 0 ? "its policy" : `rule ${rule.position}`;
  return `${VERBS[verdict]} by ${rule.tool}, chain ${rule.chain}${whose}, ${which}: ${rule.rule}`;
}

function decidingRule({ tool, table, chain, position, rule }: Step & Station, records: Records): z.output<typeof decision> {
  const name = commentOf(tool, rule);
  const guest = [...records.guests.values()].find(({ vifs }) =>
    vifs.some(({ id }) => Object.values(vifChain).some((of) => of(id) === chain)),
  );
  return {
    tool,
    table,
    chain,
    position,
    rule,
    ...(name === undefined ? {} : { name }),
    ...(guest === undefined ? {} : { guest: guest.label }),
  };
}
