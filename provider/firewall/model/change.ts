import type { KernelSet } from "./kernel";

/** What is to change in a kernel, as values: a plan, before a data plane writes it down. */

export interface ChainChange {
  readonly chain: string;
  /** The rules as the tool printed them; undefined when there is no such chain. */
  readonly before: readonly string[] | undefined;
  /** Undefined when the chain goes. */
  readonly after: readonly string[] | undefined;
}

/** A built-in chain whose rules that lead into ours are missing, changed or not where they should be. */
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
   * "add-first": the set is used to drop, so while rules change it holds the members of before and after. Otherwise it holds only what
   * is in both. Either way no moment lets through what neither the old nor the new policy would.
   */
  readonly order: "add-first" | "remove-first";
}

export function isUntouched({ chains, jumps }: TablePlan): boolean {
  return chains.length === 0 && jumps.length === 0;
}

export function sameSet(a: KernelSet, b: KernelSet): boolean {
  return sameShape(a, b) && a.members.size === b.members.size && [...b.members].every((member) => a.members.has(member));
}

/** Whether a set can become the other by adding and removing members. */
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
