import { utils } from "ssh2";

/** An ed25519 key pair in OpenSSH's text form. ssh2 drops a public key's leading zero byte, which spoils one pair in 256: those are thrown away. */
export function generateKeyPair(comment: string): { readonly public: string; readonly private: string } {
  for (;;) {
    const pair = utils.generateKeyPairSync("ed25519", { comment });
    if (!(utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
