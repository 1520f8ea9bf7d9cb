import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * Passwords as /etc/shadow has them: "$6$SALT$HASH" (U. Drepper, Unix crypt using SHA-256 and SHA-512, 2007), with the usual 5000 rounds.
 * glibc has it since 2.7, and CentOS 5's, which XenServer 5.6 is made of, since 5.2.
 */

const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ROUNDS = 5000;

/** A hash with a new salt of 16 characters. */
export function hashPassword(password: string): string {
  const salt = Array.from(randomBytes(16), (byte) => ALPHABET[byte % 64]).join("");
  return sha512Crypt(password, salt);
}

/** Whether a hash was made of this password by {@link sha512Crypt}; false of hashes of other kinds. */
export function isHashOf(hash: string, password: string): boolean {
  const salt = /^\$6\$([^$]{1,16})\$[./0-9A-Za-z]{86}$/.exec(hash)?.[1];
  return salt !== undefined && timingSafeEqual(Buffer.from(sha512Crypt(password, salt)), Buffer.from(hash));
}

/** The steps are numbered as in the specification. */
export function sha512Crypt(password: string, salt: string): string {
  const key = Buffer.from(password, "utf8");
  const grain = Buffer.from(salt, "utf8").subarray(0, 16);
  // 4-8: digest B.
  const b = sha512(key, grain, key);
  // 1-3, 9-12: digest A.
  const parts = [key, grain, repeated(b, key.length)];
  for (let bits = key.length; bits > 0; bits >>>= 1) parts.push(bits & 1 ? b : key);
  let digest = sha512(...parts);
  // 13-16: sequence P.
  const p = repeated(sha512(...Array.from({ length: key.length }, () => key)), key.length);
  // 17-20: sequence S.
  const s = repeated(sha512(...Array.from({ length: 16 + (digest[0] ?? 0) }, () => grain)), grain.length);
  // 21: the rounds.
  for (let round = 0; round < ROUNDS; round++) {
    const odd = round % 2 === 1;
    digest = sha512(odd ? p : digest, ...(round % 3 === 0 ? [] : [s]), ...(round % 7 === 0 ? [] : [p]), odd ? digest : p);
  }
  return `$6$${grain.toString("utf8")}$${encode(digest)}`;
}

function sha512(...parts: Buffer[]): Buffer {
  const hash = createHash("sha512");
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** A digest over and over, to a length. */
function repeated(digest: Buffer, length: number): Buffer {
  return Buffer.concat(Array.from({ length: Math.ceil(length / digest.length) }, () => digest)).subarray(0, length);
}

/** 22: three bytes at a time, in the specification's order, six bits a character, lowest first. */
function encode(digest: Buffer): string {
  let text = "";
  const at = (index: number) => digest[index] ?? 0;
  const put = (value: number, characters: number) => {
    for (let index = 0; index < characters; index++) text += ALPHABET[(value >>> (6 * index)) & 63];
  };
  for (let index = 0; index < 21; index++) {
    // The triple (i, i + 21, i + 42), turned by one place each time.
    const triple = [index, index + 21, index + 42];
    const [high = 0, middle = 0, low = 0] = [0, 1, 2].map((place) => triple[(place + index) % 3] ?? 0);
    put((at(high) << 16) | (at(middle) << 8) | at(low), 4);
  }
  put(at(63), 2);
  return text;
}
