import { programsOf } from "../../shell/program";

/** A program of this folder, as it runs on a server. */
export const program = programsOf("install/publish");
