/** The firewall tools of a host's age: stand-ins in front of this machine's, which are built once, and put into a folder. */
import * as fs from "node:fs";
import * as path from "node:path";
import { cacheKey, cacheRoot, fillOnce } from "../../engines/cache";
import { goMissing } from "../../engines/go";
import { attempt } from "../netns/command";
import { eraErrors } from "./errors";

/** A version of each tool that there is a stand-in for. */
export interface ToolVersions {
  /** Also of ip6tables. */
  readonly iptables: "1.3.5" | "1.4.21";
  readonly ebtables: "2.0.9" | "2.0.10";
  readonly arptables: "0.0.3" | "0.0.4";
  readonly ipset: "4.5" | "6.14";
}

/** What a stand-in is called by. arptables' save and restore are not among them: they are the tool's own Perl scripts. */
export const STAND_INS = [
  ...["iptables", "ip6tables", "ebtables"].flatMap((tool) => ["", "-save", "-restore"].map((suffix) => `${tool}${suffix}`)),
  "arptables",
  "ipset",
];

/** The families of tools. */
export const TOOL_NAMES = ["iptables", "ip6tables", "ebtables", "arptables"];

const SOURCES = path.join(__dirname, "tools");

/** The program of all stand-ins, in the cache. Built in seconds, the first time. */
export async function buildTools(): Promise<string> {
  const missing = goMissing();
  if (missing !== undefined) throw eraErrors.toolsFailed(missing);
  const sources = fs.readdirSync(SOURCES).filter((name) => name.endsWith(".go") || name === "go.mod");
  const key = cacheKey(
    "tools",
    "1",
    sources.sort().map((name) => path.join(SOURCES, name)),
  );
  const folder = path.join(path.dirname(cacheRoot()), "eras", key);
  await fillOnce(folder, async (out) => {
    const build = ["go", "build", "-C", SOURCES, "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", path.join(out, "tools"), "."];
    const { code, stdout, stderr } = await attempt(["env", "CGO_ENABLED=0", ...build]);
    if (code !== 0) throw eraErrors.toolsFailed(stderr || stdout);
  });
  return path.join(folder, "tools");
}

export interface ToolsBelow {
  readonly ebtables: "nft" | "legacy";
}

/**
 * Puts the program (of {@link buildTools}) into `folder`, with what it reads: "versions", and "below" with copies of this machine's tools. It acts by
 * the name that it is called by, so each of {@link STAND_INS} is to be a symbolic link to `folder/tools`.
 */
export function putTools(program: string, folder: string, versions: ToolVersions, below: ToolsBelow): void {
  const own = path.join(folder, "below");
  fs.mkdirSync(own, { recursive: true });
  fs.copyFileSync(program, path.join(folder, "tools"));
  fs.chmodSync(path.join(folder, "tools"), 0o755);
  const ebtables = below.ebtables === "nft" ? "xtables-nft-multi" : "ebtables-legacy";
  const programs = {
    iptables: "xtables-legacy-multi",
    ip6tables: "xtables-legacy-multi",
    ebtables,
    arptables: "arptables-legacy",
    ipset: "ipset",
  };
  const all = { ...versions, ip6tables: versions.iptables };
  const lines = Object.entries(programs).map(([tool, name]) => `${tool} ${all[tool as keyof typeof all]} ${name}\n`);
  fs.writeFileSync(path.join(folder, "versions"), lines.join(""));
  const copies = [...Object.values(programs), ...(below.ebtables === "legacy" ? ["ebtables-legacy-restore"] : [])];
  for (const name of new Set(copies)) {
    const place = ["/usr/sbin", "/sbin"].map((each) => path.join(each, name)).find((file) => fs.existsSync(file)) ?? `/usr/sbin/${name}`;
    fs.copyFileSync(fs.realpathSync(place), path.join(own, name));
    fs.chmodSync(path.join(own, name), 0o755);
  }
}
