import { utils } from "ssh2";

/** A key pair in OpenSSH's text form. ssh2 drops a public key's leading zero byte, which spoils one pair in 256: those are thrown away. */
export function generateKeyPair(
  comment: string,
  type: "ed25519" | "rsa" = "ed25519",
): { readonly public: string; readonly private: string } {
  for (;;) {
    const pair =
      type === "rsa" ? utils.generateKeyPairSync("rsa", { bits: 2048, comment }) : utils.generateKeyPairSync("ed25519", { comment });
    if (!(utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
