import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ssh2 from "ssh2";
import { inTerms } from "../../provider/doors/terraform/wording";
import type { CspError } from "../../provider/errors";
import type { SshTarget } from "../../provider/ssh/connection";
import { faultOf, readPrivateKey } from "../../provider/ssh/private-key";

const home = mkdtempSync(join(tmpdir(), "csp-keys-"));
afterAll(() => rmSync(home, { recursive: true }));

const PASSPHRASE = "open sesame";
let made = 0;

/** What ssh-keygen writes. */
function openssh(...args: string[]): string {
  const path = join(home, `key${made++}`);
  execFileSync("ssh-keygen", ["-q", "-N", "", "-C", "", "-f", path, ...args]);
  return readFileSync(path, "utf8");
}

/** What puttygen writes. */
function putty(type: string, version: 2 | 3, passphrase = ""): string {
  const [path, secret] = [join(home, `key${made++}.ppk`), join(home, "passphrase")];
  writeFileSync(secret, passphrase);
  execFileSync("puttygen", [
    "-q",
    "-t",
    type,
    "--new-passphrase",
    secret,
    "--ppk-param",
    `version=${version}`,
    "-O",
    "private",
    "-o",
    path,
  ]);
  return readFileSync(path, "utf8");
}

const target = (fields: Partial<SshTarget> = {}): SshTarget => ({ name: "hv-01", address: "192.0.2.1", port: 22, user: "root", ...fields });
const read = (text: string, fields: Partial<SshTarget> = {}) => readPrivateKey(ssh2, target(fields), text);
function refusal(text: string, fields: Partial<SshTarget> = {}): CspError {
  try {
    read(text, fields);
  } catch (error) {
    return error as CspError;
  }
  throw new Error("it was taken for a key");
}

const plain = openssh("-t", "ed25519");
const rsa = openssh("-t", "rsa", "-m", "PEM");
const pkcs8 = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const crlf = (text: string) => text.replace(/\n/g, "\r\n");

describe("keys that csp reads", () => {
  test.each<[string, string, string]>([
    ["OpenSSH's own format", plain, "ssh-ed25519"],
    ["PEM", rsa, "ssh-rsa"],
    ["OpenSSH's with the line ends of Windows", crlf(plain), "ssh-ed25519"],
    ["PEM with the line ends of Windows", crlf(rsa), "ssh-rsa"],
    ["without the last line end", plain.trimEnd(), "ssh-ed25519"],
    ["with empty lines and a byte order mark around it", `\uFEFF\n${plain}\n\n`, "ssh-ed25519"],
    ["PuTTY's version 2, RSA", putty("rsa", 2), "ssh-rsa"],
    ["PuTTY's version 2, with the line ends of Windows", crlf(putty("rsa", 2)), "ssh-rsa"],
  ])("%s", (_, text, type) => expect(read(text).type).toBe(type));

  test("PuTTY's version 2 with a passphrase: right, wrong, missing", () => {
    const locked = putty("rsa", 2, PASSPHRASE);
    expect(read(locked, { privateKeyPassword: PASSPHRASE }).type).toBe("ssh-rsa");
    expect(refusal(locked, { privateKeyPassword: "open rye" }).code).toBe("private-key-passphrase-wrong");
    expect(refusal(locked).code).toBe("private-key-encrypted");
  });
  test("a key that needs no passphrase does not mind one", () => {
    expect(read(plain, { privateKeyPassword: PASSPHRASE }).type).toBe("ssh-ed25519");
  });
});

describe("keys that it does not read, each with its own words", () => {
  const escaped = plain.replaceAll("\n", "\\n");
  const CASES: readonly (readonly [string, string, RegExp])[] = [
    ["with \\n for its line ends", escaped, /has the two characters \\n where its lines should end.*real line ends/],
    ["with \\r\\n for them", plain.replaceAll("\n", "\\r\\n"), /has the two characters \\n/],
    ["as a JSON string", JSON.stringify(plain), /has the two characters \\n/],
    ["in quotes", `"${plain.trim()}"`, /has quotes around it/],
    ["with its lines joined by spaces", plain.replaceAll("\n", " "), /its lines are joined into one/],
    ["indented, as in YAML", plain.replace(/^/gm, "    "), /its lines are indented/],
    ["cut off", plain.slice(0, 200), /it is cut off/],
    ["in base64 once more", Buffer.from(plain).toString("base64"), /in base64 once more/],
    ["a path below the home", "~/.ssh/id_ed25519", /the path of a file.*hosts\["hv-01"\]\.privateKeyFile/],
    ["an absolute path", "/etc/csp/deploy", /the path of a file/],
    ["a relative path", "./keys/deploy key", /the path of a file/],
    ["a path of Windows", "C:\\Users\\An Admin\\.ssh\\id_rsa", /the path of a file/],
    ["the name of a key file", "id_ed25519", /the path of a file/],
    ["an OpenSSH public key", readFileSync(join(home, "key0.pub"), "utf8"), /it is a public key.*without \.pub/],
    ["a PEM public key", pkcs8.publicKey, /it is a public key/],
    ["PuTTY's version 2, Ed25519", putty("ed25519", 2), /a format of PuTTY.*puttygen KEY\.ppk -O private-openssh -o KEY/],
    ["PuTTY's version 3, RSA", putty("rsa", 3), /a format of PuTTY/],
    ["PuTTY's version 3, Ed25519", putty("ed25519", 3), /a format of PuTTY/],
    ["PuTTY's version 3, with a passphrase", putty("rsa", 3, PASSPHRASE), /a format of PuTTY/],
    ["PuTTY's version 3, with the line ends of Windows", crlf(putty("rsa", 3)), /a format of PuTTY/],
    ["PuTTY's version 2, cut off", putty("rsa", 2).slice(0, 500), /it is cut off/],
    ["PKCS#8", pkcs8.privateKey, /PKCS#8.*ssh-keygen -p -f FILE/],
    ["UTF-16", Buffer.from(plain, "utf16le").toString("utf8"), /zero bytes, like a text in UTF-16/],
    ["nothing", " \n", /it is empty/],
  ];
  test.each(CASES)("%s", (_, text, words) => {
    const error = refusal(text, { privateKeyPassword: PASSPHRASE });
    expect(error).toMatchObject({ code: "private-key-unreadable", message: expect.stringMatching(words) });
    expect(error.message).toContain('hosts["hv-01"].privateKey is no private key');
    // It is a secret, whatever it is; and a setting may be misspelt.
    for (const line of text.split(/\\n|\n/)) if (line.length > 30) expect(error.message).not.toContain(line);
  });

  test("what is known of no text is said in the library's words", () => {
    expect(refusal("no key").message).toMatch(/cannot be used: Unsupported key format/);
    expect(faultOf("correct horse battery staple")).toBeUndefined();
  });

  test("puttygen's command turns what csp refuses into what it reads", () => {
    const path = join(home, "convert.ppk");
    writeFileSync(path, putty("ed25519", 3));
    execFileSync("puttygen", [path, "-O", "private-openssh", "-o", `${path}.openssh`]);
    expect(read(readFileSync(`${path}.openssh`, "utf8")).type).toBe("ssh-ed25519");
  });
  test("and ssh-keygen's does the same for PKCS#8", () => {
    const path = join(home, "pkcs8");
    writeFileSync(path, pkcs8.privateKey, { mode: 0o600 });
    execFileSync("ssh-keygen", ["-q", "-p", "-N", "", "-f", path]);
    expect(read(readFileSync(path, "utf8")).type).toBe("ssh-rsa");
  });

  test("a key from a file: the file is named, and the remedy does not ask for one", () => {
    const error = refusal(escaped, { privateKeyPath: "/root/id" });
    expect(error.message).toMatch(/the file \/root\/id \(hosts\["hv-01"\]\.privateKeyFile\) is no private key/);
    expect(error.remedy).not.toContain("name the key's file");
  });
  test("Terraform's readers are told its names", () => {
    expect(inTerms(refusal("~/.ssh/id").message)).toContain('hosts["hv-01"].private_key_file');
    expect(inTerms(refusal(openssh("-t", "rsa", "-N", PASSPHRASE)).message)).toContain('hosts["hv-01"].private_key_password');
  });
});
