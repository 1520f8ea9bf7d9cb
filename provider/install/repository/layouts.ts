import { TARGETS, type Target } from "../targets";

/**
 * What the installer of each version expects of a repository. Everything that depends on it asks here: rules, merging, packs and the docs. The
 * lab's installer has a table of its own (lab/installer/layout.go), and a test compares the two.
 */
export interface Layout {
  /** The versions, "5.6", or "7.1" to the newest. */
  readonly from: Target;
  readonly to: Target;
  /** What base media are: folders with XS-REPOSITORY and XS-PACKAGES, or a yum repository with .treeinfo. */
  readonly base: Form;
  /** What packs are: such folders too, which XS-REPOSITORY-LIST names, or yum repositories with update.xml, which the answerfile names. */
  readonly packs: Form;
  /**
   * What the installer does without XS-REPOSITORY-LIST: it finds the folders that it always reads ("silent"), it does so and logs the failure
   * ("logged"), or it stops ("stops"). "unread": no installer looks for it.
   */
  readonly withoutList: "silent" | "logged" | "stops" | "unread";
  /** The identifier of the main repository. */
  readonly main: "xs:main" | "xcp:main";
  /** The ends of the names of the kernels that drivers are for, of which each needs a driver of its own. Empty: the one kernel has none. */
  readonly flavours: readonly Flavour[];
  /** Where the facts come from. */
  readonly source: string;
}

export type Form = "folders" | "yum";
export type Flavour = "xen" | "kdump";

const FLAVOURS: readonly Flavour[] = ["xen", "kdump"];
const ONE: readonly Flavour[] = [];

export const LAYOUTS: readonly Layout[] = [
  {
    from: "5.6",
    to: "5.6",
    base: "folders",
    packs: "folders",
    withoutList: "silent",
    main: "xs:main",
    flavours: FLAVOURS,
    source: "host-installer, repository.py at a587fe2 (2011-01)",
  },
  {
    from: "6.0",
    to: "6.1",
    base: "folders",
    packs: "folders",
    withoutList: "stops",
    main: "xcp:main",
    flavours: FLAVOURS,
    source: "host-installer, 4e4060c (2011-05) for the list, d47363c for the name of main",
  },
  {
    from: "6.2",
    to: "6.2",
    base: "folders",
    packs: "folders",
    withoutList: "logged",
    main: "xcp:main",
    flavours: FLAVOURS,
    source: "6.2's own installer, run without the list",
  },
  {
    from: "6.5",
    to: "6.5",
    base: "folders",
    packs: "folders",
    withoutList: "logged",
    main: "xcp:main",
    flavours: ONE,
    source: "6.5's own installer, run without the list; kernels 3.10.0+N",
  },
  {
    from: "7.0",
    to: "7.0",
    base: "yum",
    packs: "folders",
    // Inferred: between 6.5's installer and the removal in 2016-09, nothing is known to have made it mandatory again.
    withoutList: "logged",
    main: "xcp:main",
    flavours: ONE,
    source: "7.0's media and packs; kernels 3.10.0+N",
  },
  {
    from: "7.1",
    to: "xs9",
    base: "yum",
    packs: "yum",
    withoutList: "unread",
    main: "xcp:main",
    flavours: ONE,
    source: "host-installer, 1c4605a (2016-09), which removed the folders",
  },
];

export function layoutOf(target: Target): Layout {
  const at = TARGETS.indexOf(target);
  const layout = LAYOUTS.find(({ from, to }) => TARGETS.indexOf(from) <= at && at <= TARGETS.indexOf(to));
  if (layout === undefined) throw new Error(`no layout for ${target}`);
  return layout;
}

/** The kernel's flavour, by the end of its name: "xen" of "2.6.32.43-0.4.1.xs1.8.0.835.170778xen". */
export function flavourOf(kernel: string): Flavour | undefined {
  return FLAVOURS.find((flavour) => kernel.endsWith(flavour));
}

export function otherFlavour(flavour: Flavour): Flavour {
  return flavour === "xen" ? "kdump" : "xen";
}
