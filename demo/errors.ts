import { CspError } from "../provider/errors";

/** What can stop the demo. */
export const demoErrors = {
  noEngine: (missing: string) =>
    new CspError(
      "demo-no-engine",
      "demo",
      `there is no Pulumi CLI: ${missing}`,
      "Install one (https://www.pulumi.com/docs/install/) or Go 1.21 or later, which builds it, and try again",
    ),

  buildFailed: (output: string) =>
    new CspError("demo-build-failed", "demo", `npm run build failed:\n${output.trim()}\n`, "Correct what it names and try again"),

  pulumiFailed: (command: string, output: string) =>
    new CspError(
      "demo-pulumi-failed",
      `pulumi ${command}`,
      `it failed:\n${output.trim()}\n`,
      "The lab is still up: look around with `npm run lab -- shell hv-01`, take it down with `npm run demo -- down`",
    ),
};
