import { createSign, generateKeyPairSync, randomBytes } from "node:crypto";

/**
 * A certificate for this process and this run alone: the client pins it, so it needs no authority, and its key is never written anywhere.
 * DER by hand (RFC 5280, X.690), because a library for it takes longer to load than everything else that happens before the handshake.
 */
export interface Certificate {
  readonly der: Buffer;
  readonly pem: string;
  readonly privateKeyPem: string;
}

const ECDSA_WITH_SHA256 = sequence(objectId(1, 2, 840, 10045, 4, 3, 2));
const COMMON_NAME = objectId(2, 5, 4, 3);
/** What go-plugin's client expects the other side to be called. */
const NAME = "localhost";

export function selfSigned(now = new Date()): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(set(sequence(COMMON_NAME, tagged(0x0c, Buffer.from(NAME)))));
  const validity = sequence(time(now.getTime() - 3_600_000), time(now.getTime() + 30 * 86_400_000));
  const key = publicKey.export({ type: "spki", format: "der" });
  const serial = tagged(0x02, Buffer.concat([Buffer.of(0x01), randomBytes(15)]));
  const version3 = tagged(0xa0, tagged(0x02, Buffer.of(2)));
  const body = sequence(version3, serial, ECDSA_WITH_SHA256, name, validity, name, key, tagged(0xa3, sequence(...extensions())));
  const signature = createSign("sha256").update(body).sign(privateKey);
  const der = sequence(body, ECDSA_WITH_SHA256, tagged(0x03, Buffer.concat([Buffer.of(0), signature])));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return {
    der,
    pem: `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`,
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

function extensions(): Buffer[] {
  const extension = (id: Buffer, critical: boolean, value: Buffer) =>
    sequence(id, ...(critical ? [tagged(0x01, Buffer.of(0xff))] : []), tagged(0x04, value));
  return [
    extension(objectId(2, 5, 29, 19), true, sequence(tagged(0x01, Buffer.of(0xff)))), // basicConstraints: its own authority
    extension(objectId(2, 5, 29, 15), true, tagged(0x03, Buffer.of(2, 0x84))), // keyUsage: digitalSignature, keyCertSign
    extension(objectId(2, 5, 29, 37), false, sequence(objectId(1, 3, 6, 1, 5, 5, 7, 3, 1), objectId(1, 3, 6, 1, 5, 5, 7, 3, 2))), // server and client
    extension(objectId(2, 5, 29, 17), false, sequence(tagged(0x82, Buffer.from(NAME)))), // subjectAltName
  ];
}

function tagged(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function set(...parts: readonly Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(parts));
}

function objectId(first: number, second: number, ...rest: readonly number[]): Buffer {
  const arcs = [first * 40 + second, ...rest].flatMap((arc) => {
    const digits = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80);
    return digits;
  });
  return tagged(0x06, Buffer.from(arcs));
}

/** UTCTime, good until 2049. */
function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]/g, "").slice(2, 14);
  return tagged(0x17, Buffer.from(`${text}Z`));
}
