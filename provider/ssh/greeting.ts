import { KINDS, type Kind, type Offer } from "./algorithms";

const MSG_KEXINIT = 20;
const COOKIE = 16;
/** A version line and a KEXINIT are two thousand bytes; a host may send lines before them. What comes in single bytes is copied as often. */
const MOST = 32 * 1024;

/**
 * What a host says in the clear before keys are exchanged: its version, and the algorithms that it offers (RFC 4253, 4.2 and 7.1). ssh2 names
 * only the kind of algorithm at which it stopped.
 */
export class Greeting {
  private heard: Buffer | undefined = Buffer.alloc(0);
  private at = 0;
  /** "OpenSSH_4.3". */
  software: string | undefined;
  offer: Offer | undefined;

  /** Takes what comes from the host, in any pieces. What follows the offer is not looked at. */
  hear(chunk: Buffer): void {
    if (this.heard === undefined) return;
    this.heard = Buffer.concat([this.heard, chunk]);
    while (this.software === undefined && this.readLine());
    if (this.software !== undefined) this.offer = readOffer(this.heard.subarray(this.at));
    if (this.offer !== undefined || this.heard.length > MOST) this.heard = undefined;
  }

  /** False if there is no whole line yet. */
  private readLine(): boolean {
    const end = this.heard?.indexOf("\n", this.at) ?? -1;
    if (this.heard === undefined || end < 0) return false;
    this.software = /^SSH-[^-]+-(\S+)/.exec(this.heard.toString("latin1", this.at, end))?.[1];
    this.at = end + 1;
    return true;
  }
}

/** The lists of a packet that is a KEXINIT; undefined if it is not complete, or none. */
function readOffer(packet: Buffer): Offer | undefined {
  if (packet.length < 6) return undefined;
  const length = packet.readUInt32BE(0);
  if (packet.length < 4 + length || packet[5] !== MSG_KEXINIT) return undefined;
  const lists: string[][] = [];
  let at = 6 + COOKIE;
  while (lists.length < 6) {
    if (at + 4 > packet.length) return undefined;
    const size = packet.readUInt32BE(at);
    if (at + 4 + size > packet.length) return undefined;
    const names = packet.toString("latin1", at + 4, at + 4 + size);
    lists.push(names === "" ? [] : names.split(","));
    at += 4 + size;
  }
  // Of ciphers and MACs there is a list for each direction. They are the same in every server that csp knows of.
  const [kex = [], hostKey = [], cipher = [], , mac = []] = lists;
  return { kex: kex.filter((name) => !MARKERS.test(name)), hostKey, cipher, mac };
}

/** Not algorithms, but what a side says about itself in that list (RFC 8308; OpenSSH's PROTOCOL). */
const MARKERS = /^(ext-info-|kex-strict-)/;
/** Ciphers that need no MAC. */
const AUTHENTICATED = /gcm|poly1305/;

/** The kinds of which both sides have nothing in common. */
export function missingKinds(ours: Offer, theirs: Offer): Kind[] {
  const common = (kind: Kind) => ours[kind].find((name) => theirs[kind].includes(name));
  return KINDS.filter((kind) => common(kind) === undefined && !(kind === "mac" && AUTHENTICATED.test(common("cipher") ?? "")));
}
