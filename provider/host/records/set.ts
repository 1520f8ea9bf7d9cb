import type { Sets } from "../../firewall/model/kernel";
import { oneLine, type RecordLines, setLines } from "./lines";

/** The record of an IpSet resource. */
export interface SetRecord {
  readonly name: string;
  readonly owner: string;
}

export function formatSet(name: string, owner: string, declaration: unknown, content: Sets): string {
  return `${["csp-set 2", `set ${name}`, `owner ${oneLine(owner)}`, `declaration ${JSON.stringify(declaration)}`, "== ipset", ...setLines(content), "end"].join("\n")}\n`;
}

export function readSet(lines: RecordLines): SetRecord {
  return { name: lines.value("set"), owner: lines.value("owner") };
}
