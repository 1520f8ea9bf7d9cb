import { rpmLabel } from "./rpm";
import { type FileFacts, folderOf, join } from "./tree";

/**
 * A tree by package, so that diffs show packages: "packages.cloud-supp/ebtables" is "2.0.9-1.el5.1.xs.i386 sha256:0123456789ab". A file that is not
 * an RPM counts as its own package. All yum metadata counts as one, because it changes with every package.
 */
export function packagesOf(files: ReadonlyMap<string, Pick<FileFacts, "size" | "sha256" | "rpm">>): Record<string, string> {
  const entries = new Map<string, string>();
  for (const [path, { size, sha256, rpm }] of files) {
    const sum = `sha256:${sha256.slice(0, 12)}`;
    if (rpm === undefined) {
      const metadata = /^(.*\/)?repodata\//.exec(path);
      if (metadata === null) entries.set(path, `${size} bytes ${sum}`);
      else if (path.endsWith("/repomd.xml") || path === "repodata/repomd.xml") entries.set(`${metadata[1] ?? ""}repodata`, sum);
      continue;
    }
    const label = `${rpm.version}-${rpm.release}.${rpm.arch}`;
    const key = join(folderOf(path), rpm.name);
    // Two builds, or two architectures, of one package.
    entries.set(entries.has(key) ? join(folderOf(path), rpmLabel(rpm)) : key, `${label} ${sum}`);
  }
  return Object.fromEntries(entries);
}
