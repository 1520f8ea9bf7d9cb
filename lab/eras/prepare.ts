import { existsSync, readFileSync } from "node:fs";
import { AGES, type Era } from "./ages";
import { prepareDebian } from "./debian";
import { eraErrors } from "./errors";
import { buildTools } from "./tools";

/** A host of debian-12 has this machine's tools as they are. */
export const isDebian12 = (): boolean =>
  existsSync("/etc/os-release") && /^VERSION_ID="12"$/m.test(readFileSync("/etc/os-release", "utf8"));

/** Makes ready what hosts of these ages need, once for all labs. Returns the program of the stand-ins, if any host needs it. */
export async function prepareAges(eras: readonly (Era | undefined)[]): Promise<string | undefined> {
  const ages = [...new Set(eras)].flatMap((era) => (era === undefined ? [] : [AGES[era]]));
  if (eras.includes("debian-12") && !isDebian12()) throw eraErrors.notDebian12();
  for (const { debian } of ages) if (debian !== undefined) await prepareDebian(debian);
  return ages.some(({ tools }) => tools !== undefined) ? buildTools() : undefined;
}
