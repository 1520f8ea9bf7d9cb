import { CspError } from "../../provider/errors";

/** Errors of the lab's hosts of other ages. */
export const eraErrors = {
  toolsFailed: (output: string) =>
    new CspError("lab-era-tools", "lab", `the stand-ins for old tools could not be built: ${output.trim()}`, "They need Go 1.21 or later"),
};
