import type { Finding } from "../finding";
import { productOf, type Target } from "../targets";
import { identifierOf, parseRepositoryInfo } from "./folder-repository";
import type { RpmHeader } from "./rpm";
import { rpmMeets } from "./rpm-version";
import { type FileFacts, folderOf, type Tree } from "./tree";
import { parseTreeInfo } from "./yum-repository";

/**
 * RPMs that require another version of the product than these media have. The package that a pack is installed by has such a requirement
 * ("product-version = 8.2.1"); the release package of the media provides it. rpm and yum refuse the pack then, and the installation ends.
 */
export function productFindings(tree: Tree, target: Target): Finding[] {
  const rpms = [...tree.files].flatMap(([path, { rpm }]) => (rpm?.product === undefined ? [] : [{ path, product: rpm.product }]));
  const provisions = provided(tree, rpms);
  return rpms.flatMap(({ path, product }) =>
    product.requires.flatMap((required): Finding[] => {
      const versions = provisions.get(required.name);
      if (versions === undefined || versions.some((version) => rpmMeets(version, required))) return [];
      return [
        {
          rule: "E13",
          severity: "error",
          path,
          message: `it requires ${required.name} ${required.sign} ${required.version}, and these media of ${productOf(target)} have ${versions.join(", ")}`,
          remedy: "use the pack that was made for this version, or build it again for it",
        },
      ];
    }),
  );
}

/** What RPMs provide; else, what the media say of themselves. A name of which nothing is known is not in it. */
function provided(
  tree: Tree,
  rpms: readonly { readonly product: NonNullable<RpmHeader["product"]> }[],
): ReadonlyMap<string, readonly string[]> {
  const versions = new Map<string, string[]>();
  const add = (name: string, version: string | undefined) => {
    if (version !== undefined) versions.set(name, [...new Set([...(versions.get(name) ?? []), version])]);
  };
  for (const { product } of rpms) for (const { name, version } of product.provides) add(name, version);
  const info = parseTreeInfo(tree.files.get(".treeinfo")?.text ?? "");
  if (!versions.has("product-version")) add("product-version", info?.productVersion ?? mainVersion(tree));
  if (!versions.has("platform-version")) add("platform-version", info?.platformVersion);
  return versions;
}

/** The product's version before 7.0: that of xs:main. */
function mainVersion({ files }: Tree): string | undefined {
  for (const [path, { text }] of files as ReadonlyMap<string, FileFacts>) {
    if (!path.endsWith("/XS-REPOSITORY") || folderOf(path) === "") continue;
    const { value } = parseRepositoryInfo(text ?? "");
    if (value !== undefined && identifierOf(value) === "xs:main") return value.version;
  }
  return undefined;
}
