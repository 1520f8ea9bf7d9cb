import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { findKnownHost, knownHostsName, matchesName, parseKnownHosts } from "../../provider/ssh/known-hosts";
import { keyOfBlob, parsePin, readPublicKey } from "../../provider/ssh/public-key";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

test.each([
  ["hv-01", "hv-01", true],
  ["hv-01", "hv-011", false],
  ["HV-01.Example.net", "hv-01.example.net", true],
  ["a,hv-01,b", "hv-01", true],
  ["hv-*", "hv-01", true],
  ["hv-?1", "hv-01", true],
  ["hv-?", "hv-01", false],
  ["hv.01", "hvx01", false],
  ["*,!hv-01", "hv-01", false],
  ["!hv-01,*", "hv-01", false],
  ["!hv-02", "hv-01", false],
  ["[hv-01]:2222", "[hv-01]:2222", true],
  ["[hv-01]:2222", "hv-01", false],
  ["[*]:2222", "[hv-01]:2222", true],
  ["2001:db8::1", "2001:db8::1", true],
  ["|1|bad", "hv-01", false],
])("%s for %s: %s", (names, name, expected) => {
  expect(matchesName(names, name)).toBe(expected);
});

test.each([
  ["hv-01", 22, "hv-01"],
  ["HV-01", 22, "hv-01"],
  ["hv-01", 2222, "[hv-01]:2222"],
  ["2001:db8::1", 22, "2001:db8::1"],
  ["2001:db8::1", 2222, "[2001:db8::1]:2222"],
])("%s port %d is filed under %s", (address, port, expected) => {
  expect(knownHostsName(address, port)).toBe(expected);
});

test("a file: markers, comments, sources; lines that are not entries are left out", () => {
  const file = [
    "# no",
    "",
    `hv-01 ${KEY} comment`,
    `@revoked hv-02 ${KEY}`,
    `@cert-authority *.net ${KEY}`,
    `@other x ${KEY}`,
    "hv-03",
    "hv-04 ssh-ed25519 AAAA",
    "hv-05 1024 35 12345",
  ];
  expect(parseKnownHosts(file.join("\r\n"), "f").map(({ marker, names, source }) => [marker, names, source])).toEqual([
    [undefined, "hv-01", "f:3"],
    ["@revoked", "hv-02", "f:4"],
    ["@cert-authority", "*.net", "f:5"],
  ]);
});

test("on other ports than 22, the plain name can only confirm", () => {
  const entries = parseKnownHosts(`hv-01 ${KEY}\n[hv-01]:2222 ${KEY}\n`, "f");
  expect(findKnownHost(entries, "hv-01", 2222)).toMatchObject({ exact: [{ source: "f:2" }], bare: [{ source: "f:1" }] });
  expect(findKnownHost(entries, "hv-01", 22)).toMatchObject({ exact: [{ source: "f:1" }], bare: [] });
});

test("hashed names are those ssh-keygen makes", () => {
  const directory = mkdtempSync(join(tmpdir(), "csp-known-"));
  const file = join(directory, "known_hosts");
  const names = ["hv-01", "[hv-01]:2222", "2001:db8::1", "192.0.2.1"];
  writeFileSync(file, names.map((name) => `${name} ${KEY}\n`).join(""));
  execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "ignore" });
  const entries = parseKnownHosts(readFileSync(file, "utf8"), "f");
  rmSync(directory, { recursive: true });
  expect(entries.every((entry) => entry.names.startsWith("|1|"))).toBe(true);
  for (const name of names) expect(entries.filter((entry) => matchesName(entry.names, name))).toHaveLength(1);
});

test.each([
  [KEY, "key"],
  [`${KEY} root@hv-01`, "key"],
  [`hv-01 ${KEY}`, "key"],
  ["SHA256:pVfRqyKXgRfF6HGCzRWSZSLuFuxGrK6vJy6VjKt0Fyk", "fingerprint"],
  ["SHA256:pVfRqyKXgRfF6HGCzRWSZSLuFuxGrK6vJy6VjKt0Fyk=", "fingerprint"],
  ["SHA256:short", undefined],
  ["MD5:00:11", undefined],
  ["MD5:1d:55:9d:a8:7c:0a:36:5c:81:9b:0f:1b:f2:9d:4c:11", "md5"],
  ["1D:55:9D:A8:7C:0A:36:5C:81:9B:0F:1B:F2:9D:4C:11", "md5"],
  ["1d:55:9d:a8:7c:0a:36:5c:81:9b:0f:1b:f2:9d:4c", undefined],
  ["ssh-ed25519", undefined],
  ["ssh-ed25519 !!!!", undefined],
  [KEY.replace("ssh-ed25519", "ssh-rsa"), undefined],
  ["", undefined],
])("the pin %j is a %s", (text, kind) => {
  expect(parsePin(text)?.kind).toBe(kind);
});

test("no bytes and no text break the readers", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => void keyOfBlob(Buffer.from(bytes))));
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void readPublicKey(text)));
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => void parseKnownHosts(text, "f")));
});
