import { withArguments } from "../../shell/program";
import { program } from "./program";
import { BRIDGE_SYSCTLS } from "./sysctls";

/** Sets them now and for every boot; says "missing" where the kernel has none. */
export const SET_SYSCTLS = program("set-sysctls.sh");

/** For every boot from the next on; the kernel that runs now is left alone. `under`: the shell's word for the folder of another system. */
export function sysctlsAtBoot(under = ""): string {
  return `r=${under}\n${program("sysctls-at-boot.sh")}`;
}

/** Puts back what was there before, and takes our files away. */
export function restoreSysctls(before: Readonly<Record<string, string>>): string {
  const values = Object.entries(before).filter(([key, value]) => BRIDGE_SYSCTLS.some((known) => known === key) && /^\d+$/.test(value));
  return withArguments(program("restore-sysctls.sh"), ...values.map(([key, value]) => `${key}=${value}`));
}
