import { frameTemplates } from "../../firewall/compile/frame";
import { program } from "../remote/program";

/** The settings of bridges and of guests' ports that the hook makes below /sys/class/net (firewall/compile/frame.ts). */
export const SETTINGS = frameTemplates({ guestPorts: [] }).settings;

/** As scripts take them, VALUE:FILE each. */
export function settingWords(settings: typeof SETTINGS): string {
  return settings.map(({ file, value }) => `${value}:${file}`).join(" ");
}

/** Puts back what the hook found, and what ports begin with. */
export const RESTORE_SETTINGS = program("restore-settings.sh", { PORT_SETTINGS: settingWords(SETTINGS.filter(({ of }) => of === "port")) });
