import { CspError } from "../provider/errors";

/** Errors of finding or building an engine. */
export const engineErrors = {
  unusable: (path: string, what: string, variable: string, cause: unknown) =>
    new CspError(
      "engine-unusable",
      path,
      `it does not run as a ${what}: ${text(cause)}`,
      `Repair or remove it, or name another one in ${variable}.`,
      { cause },
    ),
  goBuildFailed: (what: string, output: string) =>
    new CspError(
      "engine-build-failed",
      what,
      `go build failed:\n${output.trim()}\n`,
      "Correct what it names and try again; Go needs its module proxy and about 3 GB of disk.",
    ),
  generatorMissing: (reason: string) =>
    new CspError(
      "sdk-generator-missing",
      "sdk",
      `there is no SDK generator of the pinned version: ${reason}`,
      "Install Go 1.21 or later, which builds it, or the Pulumi CLI of that version.",
    ),
  generatorFailed: (output: string) =>
    new CspError(
      "sdk-generator-failed",
      "provider/schema.json",
      `the SDK generator refused it:\n${output.trim()}\n`,
      "Correct the resource definition that it names.",
    ),
};

function text(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
