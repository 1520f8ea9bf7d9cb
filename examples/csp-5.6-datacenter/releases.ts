import type * as csp from "csp-iac";

/** What of an installation differs between the two products of the rack. */
export interface Release {
  readonly target: csp.types.enums.install.Target;
  /** The folder below the install server's root, and the last part of its URL. */
  readonly folder: string;
  readonly base: string;
  readonly packs: string[];
  /** The script that makes an installed host a csp host: a pack's own, or one made here. */
  readonly script: "pack" | "made";
}

export const releases: Readonly<Record<string, Release>> = {
  "5.6": {
    target: "5.6",
    folder: "xs56",
    base: "media/XenServer-5.6.100-SP2",
    packs: ["media/xenserver-cloud-supp.tgz"],
    // The pack's kernel gets its initrd and boot entry by it.
    script: "pack",
  },
  "8.3": { target: "8.3", folder: "xcp83", base: "media/xcp-ng-8.3.0.iso", packs: [], script: "made" },
};
