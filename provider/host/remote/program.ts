import { FIRST_ZONE } from "../../firewall/compile/frame";
import { TABLES } from "../../firewall/model/kernel";
import { OUR_CHAINS } from "../../firewall/model/names";
import { HOOKED, HOOKS_TEXT, MAPS_TEXT, SAME_OCTETS_TEXT } from "../../firewall/planes/nft/base";
import { fill, programsOf } from "../../shell/program";
import { STATE_DIR } from "../records/state-dir";
import { BRIDGE_SYSCTLS, SYSCTL_FILE } from "./sysctls";

/** What a program has in common with the core: a fact has one place, and that is not the program. */
const COMMON = {
  STATE_DIR,
  OUR_CHAINS,
  TABLES: TABLES.join(" "),
  NFT_HEADS: HOOKED.join(" "),
  NFT_SAME_OCTETS: SAME_OCTETS_TEXT,
  FIRST_ZONE: String(FIRST_ZONE),
  BRIDGE_SYSCTLS: BRIDGE_SYSCTLS.join(" "),
  SYSCTL_FILE,
  NFT_HOOKS: HOOKS_TEXT,
  NFT_MAPS: MAPS_TEXT,
};

/** A program of this folder as it runs on a host. */
export const program = programsOf("host/remote", COMMON);

/** The same of a text that is part of one. */
export function withCommon(text: string): string {
  return fill(text, COMMON);
}
