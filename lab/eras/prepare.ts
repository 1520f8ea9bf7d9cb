import { AGES, type Era } from "./ages";
import { prepareDebian } from "./debian";
import { buildTools } from "./tools";

/** Makes ready what hosts of these ages need, once for all labs. Returns the program of the stand-ins, if any host needs it. */
export async function prepareAges(eras: readonly (Era | undefined)[]): Promise<string | undefined> {
  const ages = [...new Set(eras)].flatMap((era) => (era === undefined ? [] : [AGES[era]]));
  for (const { debian } of ages) if (debian !== undefined) await prepareDebian(debian);
  return ages.some(({ tools }) => tools !== undefined) ? buildTools() : undefined;
}
