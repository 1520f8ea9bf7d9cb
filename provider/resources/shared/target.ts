import { z } from "zod";
import { TARGETS } from "../../install/targets";

/** The version whose installer will read it. */
export const target = z
  .enum(TARGETS)
  .describe(
    'The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9.',
  );

/** The default is yes, because that is what this provider is for. */
export const cspHost = z
  .boolean()
  .default(true)
  .describe(
    "Whether the host is to be a csp host, whose guests are connected by the Linux bridge. csp then refuses what cannot become one.",
  );
