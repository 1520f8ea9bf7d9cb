import type { CompiledUnit } from "../../firewall/compile/unit";
import type { KernelSet } from "../../firewall/model/kernel";
import type { KeptDeclaration } from "../records/declaration";
import type { FrameRecord } from "../records/frame";

/** "new" is refused what somebody else has already; "held" is in the state of whoever asks, by creation or by import. */
export type Ownership = "new" | "held";

/** What one resource wants of a host. Each edit replaces, as a whole, what the resource had there before. */
export type Edit =
  | FrameEdit
  | { readonly kind: "no-frame" }
  | UnitEdit
  | { readonly kind: "no-unit"; readonly id: string }
  | SetEdit
  | { readonly kind: "no-set"; readonly name: string };

export interface FrameEdit {
  readonly kind: "frame";
  readonly ownership: Ownership;
  readonly frame: FrameRecord;
  readonly declaration: KeptDeclaration;
}

export interface UnitEdit {
  readonly kind: "unit";
  readonly ownership: Ownership;
  readonly unit: CompiledUnit;
  readonly owner: string;
  readonly declaration: KeptDeclaration;
  /** Of guests that have a declaration of their own, by UUID. */
  readonly guestDeclarations: ReadonlyMap<string, unknown>;
}

export interface SetEdit {
  readonly kind: "set";
  readonly ownership: Ownership;
  readonly name: string;
  readonly content: KernelSet;
  readonly owner: string;
  readonly declaration: KeptDeclaration;
}
