import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Zippable, zipSync } from "fflate";
import { version } from "../package.json";

/**
 * `npm run release:dry`: makes the files of a release of the Terraform provider in dist/release/terraform, with the names that the registries of
 * Terraform and OpenTofu expect (provider registry protocol). It uploads nothing. Whoever uploads them must sign the checksums
 * (`gpg --detach-sign`, into ..._SHA256SUMS.sig).
 *
 * The provider is JavaScript, so every archive has the same content. There is none for Windows, which cannot run a script with a shebang.
 */
const PLATFORMS = ["darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64"] as const;

const root = resolve(__dirname, "..");
const bin = join(root, "dist/bin");
const output = join(root, "dist/release/terraform");
const NAME = "terraform-provider-csp";
const MANIFEST = { version: 1, metadata: { protocol_versions: ["6.0"] } };

/** Makes the archive the same, byte by byte, at any time and place, because lock files contain its hash. */
const UNCHANGING = { mtime: new Date(1980, 0, 1), os: 3 } as const;
const unixMode = (mode: number) => (0o100000 | mode) << 16;

function archive(): Uint8Array {
  const file = (path: string, mode: number) => [readFileSync(path), { ...UNCHANGING, attrs: unixMode(mode) }] as const;
  const content = {
    [`${NAME}_v${version}`]: file(join(bin, NAME), 0o755),
    "csp-terraform-core.js": file(join(bin, "csp-terraform-core.js"), 0o644),
    LICENSE: file(join(root, "LICENSE"), 0o644),
  };
  return zipSync(content as unknown as Zippable, { level: 9 });
}

function main(): void {
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const zip = archive();
  const files = new Map<string, Uint8Array>(PLATFORMS.map((platform) => [`${NAME}_${version}_${platform}.zip`, zip]));
  files.set(`${NAME}_${version}_manifest.json`, Buffer.from(`${JSON.stringify(MANIFEST, null, 2)}\n`));
  const sums = [...files].map(([name, content]) => `${createHash("sha256").update(content).digest("hex")}  ${name}\n`).join("");
  files.set(`${NAME}_${version}_SHA256SUMS`, Buffer.from(sums));
  for (const [name, content] of files) writeFileSync(join(output, name), content);
  // A file in the root of the repository that a registry reads.
  writeFileSync(join(output, "terraform-registry-manifest.json"), `${JSON.stringify(MANIFEST, null, 2)}\n`);
  cpSync(join(root, "docs/terraform"), join(output, "docs"), { recursive: true, filter: (path) => !path.endsWith("/examples") });
  for (const name of files.keys()) console.log(`dist/release/terraform/${name}`);
  console.log("dist/release/terraform/docs");
}

main();
