import type { CompiledUnit } from "../../firewall/compile/unit";
import type { KernelSet, Printer } from "../../firewall/model/kernel";
import type { KeptDeclaration } from "../records/declaration";
import type { FrameRecord } from "../records/frame";

/** "new" is refused what somebody else has already; "held" is in the state of whoever asks, by creation or by import. */
export type Ownership = "new" | "held";

/** What one resource wants of a host. Each edit replaces, as a whole, what the resource had there before. */
export type Edit =
  | FrameEdit
  | { readonly kind: "no-frame" }
  | UnitEdit
  | MovedUnitEdit
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
  /** The same in other words, for a host that gets another plane in the same transaction. */
  readonly compile?: (print: Printer) => CompiledUnit;
  readonly owner: string;
  readonly declaration: KeptDeclaration;
  /** Of guests that have a declaration of their own, by UUID. */
  readonly guestDeclarations: ReadonlyMap<string, unknown>;
}

/** A unit whose resource has not changed, and whose host gets another plane. Nothing is done if the unit is not what it was when it was read. */
export interface MovedUnitEdit extends Omit<UnitEdit, "kind" | "ownership"> {
  readonly kind: "moved-unit";
  /** Its record's digest when it was read. */
  readonly digest: string;
}

export interface SetEdit {
  readonly kind: "set";
  readonly ownership: Ownership;
  readonly name: string;
  readonly content: KernelSet;
  readonly owner: string;
  readonly declaration: KeptDeclaration;
}
