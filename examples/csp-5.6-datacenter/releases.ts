import type * as csp from "csp-iac";

/** What differs between installations of the two products in the rack. */
export interface Release {
  readonly target: csp.types.enums.install.Target;
  /** The folder below the install server's root, and the last part of its URL. */
  readonly folder: string;
  readonly base: string;
  readonly packs: string[];
  /** Whether the pack has a script of its own, which makes the initrd and the boot entry for its kernel. */
  readonly packScript: boolean;
  /** What an installed host must be. Installed without the pack, a 5.6 has another kernel, and there is no way to add it. */
  readonly expect: csp.types.input.HostExpectationArgs;
}

export const releases: Readonly<Record<string, Release>> = {
  "5.6": {
    target: "5.6",
    folder: "xs56",
    base: "media/XenServer-5.6.100-SP2",
    packs: ["media/xenserver-cloud-supp.tgz"],
    packScript: true,
    expect: { product: "XenServer", version: "5.6.100", kernel: "csp" },
  },
  "8.3": {
    target: "8.3",
    folder: "xcp83",
    base: "media/xcp-ng-8.3.0.iso",
    packs: [],
    packScript: false,
    expect: { product: "XCP-ng", version: "8.3" },
  },
};
