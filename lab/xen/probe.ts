import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { DeclaredGuest } from "../netns/declared-guest";
import { arp, BROADCAST } from "../netns/frames";
import type { Flow, Verdict } from "../netns/probe";
import type { Outside } from "../netns/topology";
import { type Agent, OutsideAgent } from "./agent";
import { XenLabErrors } from "./errors";

/** Where a packet can come from or go to: a guest's first interface, or an endpoint outside. */
export interface XenEndpoint {
  readonly name: string;
  readonly mac: string;
  readonly device: string;
  /** With prefix lengths. */
  readonly addresses: readonly string[];
  readonly agent: Agent;
}

/** All endpoints of a lab. `namespaceOf`: the namespace that an endpoint outside is. */
export function endpointsOf(
  guests: readonly (DeclaredGuest & { readonly agent: Agent })[],
  outside: readonly Outside[],
  namespaceOf: (name: string) => string,
): XenEndpoint[] {
  const device = "eth0";
  return [
    ...guests.map(({ name, mac, agent, spec }) => ({ name, mac, agent, device, addresses: spec.interfaces[0]?.addresses ?? [] })),
    ...outside.map(({ name, interface: { mac, addresses } }) => ({
      ...{ name, mac, addresses, device },
      agent: new OutsideAgent(name, namespaceOf(name)),
    })),
  ];
}

/** How long an answer may take. An emulated guest is slow, and its first packet must wait for neighbour discovery. */
const PATIENCE_MS = 6000;

/** Sends real packets between the Xen lab's endpoints. It can do a part of what the network lab's probe can. */
export class XenProbe {
  constructor(private readonly find: (name: string) => XenEndpoint) {}

  /** "passed" if the answer came back; for udp, if the receiver saw the packet. What a firewall rejects is "blocked" too. */
  async flow(flow: Flow): Promise<Verdict> {
    const { from, to, family = 4, proto = "tcp", port = 0, timeoutMs = PATIENCE_MS } = flow;
    const [sender, receiver] = [this.find(from), this.find(to)];
    const source = flow.sourceAddress ?? addressOf(sender, family);
    const target = flow.targetAddress ?? addressOf(receiver, family);
    if (proto === "arp") return this.ask(sender, receiver, source, target, timeoutMs);
    if (typeof proto === "number") throw XenLabErrors.badSpec("flow", `protocol ${proto} cannot be sent`, "Use tcp, udp, icmp or arp");
    // Without a listener, a missing answer and a blocked packet would look the same.
    if (proto !== "icmp") await receiver.agent.ask("echo", proto, family, port);
    const name = `t${randomBytes(6).toString("hex")}`;
    const said = await sender.agent.ask("try", proto, source, target, port, timeoutMs, `csp[${name}]`);
    if (proto === "udp") return ((await this.counts(to)).get(name) ?? 0) > 0 ? "passed" : "blocked";
    return said === "replied" ? "passed" : "blocked";
  }

  private async ask(sender: XenEndpoint, receiver: XenEndpoint, source: string, target: string, timeoutMs: number): Promise<Verdict> {
    const question = {
      from: sender.mac,
      to: BROADCAST,
      operation: "request" as const,
      senderMac: sender.mac,
      senderIp: source,
      targetIp: target,
    };
    const answer = arp({
      ...question,
      ...{ from: receiver.mac, to: sender.mac, operation: "reply" as const },
      ...{ senderMac: receiver.mac, senderIp: target, targetMac: sender.mac, targetIp: source },
    });
    await sender.agent.ask("expect", answer.toString("hex"));
    await sender.agent.ask("send", sender.device, arp(question).toString("hex"));
    return (await this.arrived(sender, answer, timeoutMs)) ? "passed" : "blocked";
  }

  /** Tries the flows one after the other, in the given order. */
  async matrix(flows: readonly Flow[]): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (const flow of flows) verdicts.push(await this.flow(flow));
    return verdicts;
  }

  /** Sends an Ethernet frame unchanged from an endpoint, and says which of `watch` received exactly this one. */
  async inject(frame: Buffer, from: string, watch: readonly string[], timeoutMs = PATIENCE_MS): Promise<string[]> {
    const sender = this.find(from);
    for (const name of watch) await this.find(name).agent.ask("expect", frame.toString("hex"));
    await sender.agent.ask("send", sender.device, frame.toString("hex"));
    const received: string[] = [];
    for (const name of watch) if (await this.arrived(this.find(name), frame, timeoutMs)) received.push(name);
    return received;
  }

  private async arrived(at: XenEndpoint, frame: Buffer, timeoutMs: number): Promise<boolean> {
    for (const end = Date.now() + timeoutMs; ; await sleep(100)) {
      if ((await at.agent.ask("got", frame.toString("hex"))) !== "0") return true;
      if (Date.now() > end) return false;
    }
  }

  /** Sends an Ethernet frame at this interval until {@link stopFlood}. */
  async flood(name: string, from: string, everyMs: number, frame: Buffer): Promise<void> {
    const { agent, device } = this.find(from);
    await agent.ask("flood", name, device, everyMs, frame.toString("hex"));
  }

  /** Ends the flood. Returns how many it sent. */
  async stopFlood(name: string, from: string): Promise<number> {
    return Number(await this.find(from).agent.ask("stop", name));
  }

  /** Frames that an endpoint has received with "csp[name]" in them, by name, since its agent started: a guest's boot, an outside's first use. */
  async counts(at: string): Promise<Map<string, number>> {
    const text = await this.find(at).agent.ask("counts");
    return new Map(
      text
        .split(" ")
        .filter((word) => word !== "")
        .map((word) => [word.slice(0, word.lastIndexOf("=")), Number(word.slice(word.lastIndexOf("=") + 1))]),
    );
  }
}

function addressOf(endpoint: XenEndpoint, family: 4 | 6): string {
  const match = endpoint.addresses.find((address) => address.includes(":") === (family === 6));
  if (match === undefined) throw XenLabErrors.badSpec(`endpoint ${endpoint.name}`, `it has no IPv${family} address`, "Give it one");
  return match.split("/")[0] ?? "";
}
