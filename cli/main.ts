#!/usr/bin/env node
import { Command } from "commander";
import { CspError } from "../provider/errors";
import { doctorCommand } from "./doctor";
import { explainCommand } from "./explain";
import { lintCommand } from "./lint";
import { complain } from "./print";
import { schemaCommand } from "./schema";
import { version, versionCommand } from "./version";

/** The `csp` command. One file a subcommand; each exports a function that adds itself. */
export function program(): Command {
  const csp = new Command("csp")
    .description("Infrastructure as code for the virtualization hosts of cloud service providers")
    .version(version(), "-V, --version")
    .showHelpAfterError("(`csp --help` lists the commands and options)")
    .showSuggestionAfterError();
  versionCommand(csp);
  schemaCommand(csp);
  lintCommand(csp);
  doctorCommand(csp);
  explainCommand(csp);
  return csp;
}

if (require.main === module) {
  program()
    .parseAsync()
    .catch((error: unknown) => {
      // A CspError says all there is to say; anything else is a fault of ours, and its stack is what helps.
      complain(`csp: ${error instanceof CspError ? error.message : error instanceof Error ? error.stack : String(error)}`);
      process.exitCode = 1;
    });
}
