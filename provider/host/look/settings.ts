import { frameTemplates } from "../../firewall/compile/frame";
import { STATE_DIR } from "../records/records";

/** The settings of bridges and of guests' ports that the hook makes below /sys/class/net (firewall/compile/frame.ts). */
export const SETTINGS = frameTemplates({ guestPorts: [] }).settings;

const PORT_FILES = SETTINGS.filter(({ of }) => of === "port");

/** Bridges get back what the hook found. For ports, nobody else makes these settings, and they begin with 0. */
export const RESTORE_SETTINGS = `
if [ -f ${STATE_DIR}/settings ]; then
  while read -r file value; do [ ! -e "/sys/class/net/$file" ] || echo "$value" >"/sys/class/net/$file" || exit 1; done <${STATE_DIR}/settings
  rm -f ${STATE_DIR}/settings
fi
${PORT_FILES.map(({ file, value }) => `for f in /sys/class/net/*/${file}; do { read -r v <"$f"; } 2>/dev/null && [ "$v" = ${value} ] && echo 0 >"$f"; done`).join("\n")}
exit 0
`;
