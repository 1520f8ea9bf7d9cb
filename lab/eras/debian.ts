/** Another Debian release's firewall tools: the real ones, run by their own loader with their own libraries. */
import * as fs from "node:fs";
import * as path from "node:path";
import { cacheKey, cacheRoot, fillOnce } from "../../engines/cache";
import { attempt } from "../netns/command";
import type { Host } from "../netns/topology";
import { eraErrors } from "./errors";
import { TOOL_NAMES } from "./tools";

export type Suite = "bullseye" | "trixie";

const SCRIPT = path.join(__dirname, "debian.sh");

/** Where a release's packages are unpacked, once {@link prepareDebian} is done. */
const unpacked = (suite: Suite): string => path.join(path.dirname(cacheRoot()), "eras", cacheKey("debian", suite, [SCRIPT]));

/** Fetches a release's packages from this machine's mirror, unless they are there. Half a minute, the first time. */
export async function prepareDebian(suite: Suite): Promise<void> {
  await fillOnce(unpacked(suite), async (out) => {
    fs.chmodSync(out, 0o755);
    const { code, stdout, stderr } = await attempt(["bash", SCRIPT, suite, out]);
    if (code !== 0) throw eraErrors.noPackages(suite, (stderr || stdout).slice(-2000));
  });
}

/** The release's tools by their usual names, in /usr/sbin below `directory`, as scripts that call them. On the host, the packages are in {@link PLACE}. */
export function writeDebian(
  directory: string,
  suite: Suite,
  host: Pick<Host, "backend" | "ebtables">,
  releases: Readonly<Record<string, string>> = {},
): void {
  fs.mkdirSync(path.join(directory, "etc"), { recursive: true });
  for (const [name, text] of Object.entries(releases)) fs.writeFileSync(path.join(directory, "etc", name), text);
  fs.mkdirSync(path.join(directory, "usr/local/lib/csp-lab"), { recursive: true });
  fs.writeFileSync(path.join(directory, "usr/local/lib/csp-lab/debian-root"), `${unpacked(suite)}\n`);
  putDebian(path.join(directory, "usr/sbin"), suite, host, PLACE);
}

const PLACE = "/usr/local/lib/csp-lab/debian";

/** The same in any folder, for packages that are at `place`. */
export function putDebian(
  folder: string,
  suite: Suite,
  { backend, ebtables }: Pick<Host, "backend" | "ebtables">,
  place = unpacked(suite),
): void {
  const root = unpacked(suite);
  const libraries = ["usr/lib/x86_64-linux-gnu", "lib/x86_64-linux-gnu"].filter((each) => fs.existsSync(path.join(root, each)));
  const loader = libraries
    .flatMap((each) => fs.readdirSync(path.join(root, each)).map((name) => path.join(each, name)))
    .find((file) => /\/ld-(?:linux-x86-64\.so\.2|2\.\d+\.so)$/.test(file) && !fs.lstatSync(path.join(root, file)).isSymbolicLink());
  if (loader === undefined) throw eraErrors.noPackages(suite, `there is no loader below ${root}`);
  const variants: Record<string, string> = { iptables: backend, ip6tables: backend, ebtables: ebtables ?? "nft", arptables: "legacy" };
  const named = TOOL_NAMES.flatMap((tool) => {
    const all = ["", "-save", "-restore"];
    return [
      ...all.map((suffix) => [`${tool}${suffix}`, `${tool}-${variants[tool]}${suffix}`]),
      ...["nft", "legacy"].flatMap((variant) => all.map((suffix) => [`${tool}-${variant}${suffix}`, `${tool}-${variant}${suffix}`])),
    ];
  });
  fs.mkdirSync(folder, { recursive: true });
  for (const [name = "", program = ""] of [...named, ["ipset", "ipset"], ["nft", "nft"]]) {
    const file = ["usr/sbin", "sbin"].map((each) => path.join(each, program)).find((each) => fs.existsSync(path.join(root, each)));
    if (file === undefined) continue;
    const script = fs.readFileSync(path.join(root, file)).subarray(0, 2).toString() === "#!";
    const environment = `XTABLES_LIBDIR=${place}/${libraries[0]}/xtables`;
    const run = script
      ? `exec perl ${place}/${file} "$@"`
      : `${environment} exec ${place}/${loader} --library-path ${libraries.map((each) => `${place}/${each}`).join(":")} ${place}/${file} "$@"`;
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\n${run}\n`, { mode: 0o755 });
  }
}
