import type { Finding } from "../finding";
import { folderOf, type Tree } from "./tree";
import { parseUpdate } from "./yum-repository";

/**
 * A host takes two packs with the same UUID for one pack: it refuses the second one as already applied, or replaces the first one with it. UUIDs are
 * in update.xml of packs, and as PACK_UUID in the settings that XCP-ng's driver disks are built from.
 */
export function duplicatePackIds(tree: Tree): Finding[] {
  const owners = new Map<string, string>();
  const findings: Finding[] = [];
  for (const [path, { text }] of [...tree.files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const found = text === undefined ? undefined : packId(path, text);
    if (found === undefined) continue;
    const uuid = found.uuid.toLowerCase();
    const other = owners.get(uuid);
    if (other === undefined) owners.set(uuid, path);
    else
      findings.push({
        rule: "W17",
        severity: "warning",
        path,
        ...(found.line === undefined ? {} : { line: found.line }),
        message: `its UUID ${found.uuid} is also that of ${other}: a host takes only one of them`,
        remedy: "give each pack a UUID of its own (`uuidgen`), and build it again",
      });
  }
  return findings;
}

function packId(path: string, text: string): { readonly uuid: string; readonly line?: number } | undefined {
  if (path === "update.xml" || path.endsWith("/update.xml")) {
    const update = parseUpdate(text);
    return "problem" in update ? undefined : { uuid: update.uuid, line: 1 };
  }
  if (!path.endsWith(".cfg") || folderOf(path).split("/").includes("boot")) return undefined;
  const lines = text.split("\n");
  const index = lines.findIndex((line) => /^\s*PACK_UUID\s*=/.test(line));
  const uuid = /^\s*PACK_UUID\s*=\s*["']?([0-9A-Fa-f-]{36})["']?/.exec(lines[index] ?? "")?.[1];
  return uuid === undefined ? undefined : { uuid, line: index + 1 };
}
