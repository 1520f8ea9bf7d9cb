import type { RpmHeader } from "./rpm";

/** A folder of files as rules look at it: what is in it, without where it is. Paths are relative, with "/". */
export interface Tree {
  readonly files: ReadonlyMap<string, FileFacts>;
}

export interface FileFacts {
  /** Bytes. */
  readonly size: number;
  /** In hexadecimal. */
  readonly md5: string;
  readonly sha256: string;
  /** Content of a file that describes others, unpacked where it is gzipped. */
  readonly text?: string;
  /** The header, where the file is an RPM. */
  readonly rpm?: RpmHeader;
}

/** Whether the content of a file is looked at, beyond its sums: small, and about others. */
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

/** Two parts of a path, the first of which may be empty. */
export function join(folder: string, path: string): string {
  return folder === "" ? path : `${folder}/${path}`;
}

/** The folder of a path; "" at the top. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}
