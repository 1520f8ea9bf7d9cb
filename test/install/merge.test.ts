import { generatedFile, type Media } from "../../provider/install/repository/media";
import { merge } from "../../provider/install/repository/merge";
import { TARGETS, type Target } from "../../provider/install/targets";

const media = (origin: string, files: Readonly<Record<string, string>>): Media => ({
  origin,
  files: new Map(Object.entries(files).map(([path, text]) => [path, generatedFile(text)])),
});
const of = (origin: string, target: Target, packs: readonly Media[] = []) => {
  const { files, sources } = merge(MEDIA[origin] as Media, packs, target);
  return { paths: [...files.keys()], list: files.get("XS-REPOSITORY-LIST")?.text, sources };
};

const repository = (name: string) =>
  `<repository originator="acme" name="${name}" product="XenServer" version="1"><description>${name}</description></repository>`;
const MEDIA: Readonly<Record<string, Media>> = {
  folders: media("folders", {
    "XS-REPOSITORY-LIST": "packages.more\n",
    "boot/xen.gz": "xen",
    "packages.main/XS-PACKAGES": "<packages/>",
    "packages.main/XS-REPOSITORY": repository("main"),
    "packages.more/XS-PACKAGES": "<packages/>",
    "packages.more/XS-REPOSITORY": repository("more"),
  }),
  yum: media("yum", { ".treeinfo": "x", "Packages/xen.rpm": "xen", "boot/xen.gz": "xen", "repodata/repomd.xml": "<repomd/>" }),
};
/** An image that is itself a repository. */
const FOLDER = media("acme.iso", { "XS-PACKAGES": "<packages/>", "XS-REPOSITORY": repository("nic"), "nic.rpm": "nic" });
const YUM = media("acme.iso", {
  "Packages/nic.rpm": "nic",
  "repodata/repomd.xml": "<repomd/>",
  "update.xml": '<update control="c" name-label="nic" uuid="u" version="1"/>',
});
const PACK_PATHS = ["packages.nic/XS-PACKAGES", "packages.nic/XS-REPOSITORY", "packages.nic/nic.rpm"];

describe("media with a pack, in the layout of each version", () => {
  test.each(["5.6", "6.0", "6.1", "6.2", "6.5"] as const)("%s: the repositories of both, and the list", (target) => {
    expect(of("folders", target, [FOLDER])).toEqual({
      paths: [
        "XS-REPOSITORY-LIST",
        ...[...(MEDIA.folders?.files.keys() ?? [])].filter((path) => path.startsWith("packages.")),
        ...PACK_PATHS,
      ].sort(),
      list: "packages.more\npackages.nic\n",
      sources: [""],
    });
  });

  test("7.0: all of the media, which are a yum repository, with the pack's folder and the list", () => {
    expect(of("yum", "7.0", [FOLDER])).toEqual({
      paths: [...(MEDIA.yum?.files.keys() ?? []), "XS-REPOSITORY-LIST", ...PACK_PATHS].sort(),
      list: "packages.nic\n",
      sources: [""],
    });
    expect(of("yum", "7.0")).toEqual({ paths: [...(MEDIA.yum?.files.keys() ?? [])].sort(), list: undefined, sources: [""] });
  });

  test.each(TARGETS.slice(TARGETS.indexOf("7.1")))("%s: all of the media, and the pack as a source of its own", (target) => {
    expect(of("yum", target, [YUM])).toEqual({
      paths: [...(MEDIA.yum?.files.keys() ?? []), ...[...YUM.files.keys()].map((path) => `packs/nic/${path}`)].sort(),
      list: undefined,
      sources: ["", "packs/nic"],
    });
  });

  test.each(TARGETS)("%s refuses a pack in the form of other versions", (target) => {
    const folders = TARGETS.indexOf(target) <= TARGETS.indexOf("7.0");
    const other = folders ? YUM : FOLDER;
    expect(() => merge(MEDIA.yum as Media, [other], target)).toThrow(
      folders
        ? /acme\.iso: it is a pack in the form of 7\.1 and later, and XenServer \d.* looks for packs with XS-REPOSITORY/
        : /acme\.iso: it is a pack in the form of 7\.0 and before, and (XCP-ng|XenServer) .* looks for packs with update\.xml/,
    );
    expect(() => merge(MEDIA.yum as Media, [media("empty", { README: "x" })], target)).toThrow("there is no supplemental pack in it");
  });
});

test("without a list, every repository of the media stays, for the rules to report", () => {
  const files = new Map(MEDIA.folders?.files);
  files.delete("XS-REPOSITORY-LIST");
  const { files: merged } = merge({ origin: "media", files }, [], "6.5");
  expect([...merged.keys()]).toEqual([...files.keys()].filter((path) => path.startsWith("packages.")).sort());
});
