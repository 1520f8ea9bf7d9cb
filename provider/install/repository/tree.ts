import type { RpmHeader } from "./rpm";

/** A folder of files as the rules see it: its content, but not its place. Paths are relative, with "/". */
export interface Tree {
  readonly files: ReadonlyMap<string, FileFacts>;
}

export interface FileFacts {
  /** Bytes. */
  readonly size: number;
  /** In hexadecimal. */
  readonly md5: string;
  readonly sha256: string;
  /** The content of a file that describes other files, unpacked if it is gzipped. */
  readonly text?: string;
  /** The header, if the file is an RPM. */
  readonly rpm?: RpmHeader;
}

/** Whether rules read the content of a file, not only its checksums: small files that describe other files. */
export function describesOthers(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return (
    /^(XS-REPOSITORY|XS-PACKAGES|XS-REPOSITORY-LIST|\.treeinfo|update\.xml|install\.sh|post-install\.sh)$/.test(name) ||
    /^[^/]*\.cfg$/.test(name) ||
    /(^|\/)repodata\/[^/]*\.xml(\.gz)?$/.test(path)
  );
}

/** The part of a tree that is below a folder; "" is all of it. */
export function below(tree: Tree, folder: string): Tree {
  if (folder === "") return tree;
  const files = new Map<string, FileFacts>();
  for (const [path, facts] of tree.files) if (path.startsWith(`${folder}/`)) files.set(path.slice(folder.length + 1), facts);
  return { files };
}

/** Joins two parts of a path. The first part may be empty. */
export function join(folder: string, path: string): string {
  return folder === "" ? path : `${folder}/${path}`;
}

/** The folder of a path; "" at the top. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}
