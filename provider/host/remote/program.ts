import { FIRST_ZONE } from "../../firewall/compile/frame";
import { TABLES } from "../../firewall/model/kernel";
import { OUR_CHAINS } from "../../firewall/model/names";
import { STATE_DIR } from "../records/records";
import type { Program } from "./assemble";
import { BRIDGE_SYSCTLS } from "./sysctls";
import { TEXTS } from "./texts";

/** What a program has in common with the core: a fact has one place, and that is not the program. */
const COMMON: Readonly<Record<string, string>> = {
  STATE_DIR,
  OUR_CHAINS,
  TABLES: TABLES.join(" "),
  FIRST_ZONE: String(FIRST_ZONE),
  BRIDGE_SYSCTLS: BRIDGE_SYSCTLS.join(" "),
};

/** A program as it runs on a host; `%NAME%` in its file stands for a value. */
export function program(name: Program, values: Readonly<Record<string, string>> = {}): string {
  return withValues(TEXTS[name], values);
}

export function withValues(text: string, values: Readonly<Record<string, string>> = {}): string {
  return text.replace(/%([A-Z_]+)%/g, (whole, key: string) => values[key] ?? COMMON[key] ?? whole);
}
