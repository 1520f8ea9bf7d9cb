import type { KernelSet } from "./kernel";

/** Changes of a kernel, as values: a plan, before a data plane prints it. */

export interface ChainChange {
  readonly chain: string;
  /** The rules as the tool printed them; undefined if there is no such chain. */
  readonly before: readonly string[] | undefined;
  /** Undefined if the chain is removed. */
  readonly after: readonly string[] | undefined;
}

/** A built-in chain in which jumps to our chains are missing, changed or in the wrong place. */
export interface JumpChange {
  readonly chain: string;
  /** Rules of this chain that lead to chains of ours, in order. */
  readonly before: readonly JumpRule[];
  readonly after: readonly JumpRule[];
}

export interface JumpRule {
  readonly text: string;
  /** 1 is the first of the chain. */
  readonly position: number;
}

export interface TablePlan {
  readonly chains: readonly ChainChange[];
  readonly jumps: readonly JumpChange[];
}

export interface SetChange {
  readonly name: string;
  readonly before: KernelSet | undefined;
  readonly after: KernelSet | undefined;
  /**
   * "add-first": a rule drops by the set, so while rules change, it holds the members of before and of after. Otherwise it holds only what
   * is in both. In this way, no moment lets through what neither the old nor the new policy allows.
   */
  readonly order: "add-first" | "remove-first";
}

export function isUntouched({ chains, jumps }: TablePlan): boolean {
  return chains.length === 0 && jumps.length === 0;
}

export function sameSet(a: KernelSet, b: KernelSet): boolean {
  return sameShape(a, b) && a.members.size === b.members.size && [...b.members].every((member) => a.members.has(member));
}

/** Whether adding and removing members can turn one set into the other. */
export function sameShape(a: KernelSet, b: KernelSet): boolean {
  return (
    a.type === b.type &&
    (b.family === undefined || a.family === undefined || a.family === b.family) &&
    (b.maxElements === undefined || a.maxElements === undefined || a.maxElements === b.maxElements) &&
    (b.range === undefined || a.range === undefined || a.range === b.range) &&
    a.mask === b.mask &&
    a.timeout === b.timeout &&
    Boolean(a.comment) === Boolean(b.comment)
  );
}
