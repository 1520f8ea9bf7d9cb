import { readFileSync, statSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { asSentence } from "../provider/errors";
import { lintAnswerfile } from "../provider/install/answerfile/lint";
import { lintBoot } from "../provider/install/boot/lint";
import { type Finding, verdictOf } from "../provider/install/finding";
import { lintPostInstall, type Stage } from "../provider/install/post-install/lint";
import { lintRepository } from "../provider/install/repository/lint";
import { readMedia } from "../provider/install/repository/media";
import { TARGETS, type Target } from "../provider/install/targets";
import { complain, printJson, printLines } from "./print";

interface Options {
  readonly target: Target;
  readonly csp?: boolean;
  readonly json?: boolean;
  readonly stage?: Stage;
}

/** It could not be looked at, which is no verdict. */
const CANNOT_READ = 2;

/**
 * Adds `csp lint`: the checks of the install resources, for files that somebody already has. Exit status 0: no errors, 1: errors, 2: it could
 * not be read, or the command was not understood. What is printed with --json, and these numbers, stay as they are.
 */
export function lintCommand(csp: Command): void {
  const lint = csp.command("lint").description("check files that an installer will read, by the rules of its version");
  kind(lint, "answerfile", "an answerfile (XML)", (path, options) => lintAnswerfile(readBytes(path), options));
  kind(lint, "repository", "installation media, a pack, or both together: a folder, an image, an archive", async (path, { target, csp }) =>
    lintRepository(await readMedia(path), target, csp ?? false),
  );
  kind(lint, "boot", "a PXELINUX, GRUB or iPXE file that starts an installer", (path, options) => lintBoot(readBytes(path), options));
  kind(lint, "post-install", "a script that an installer runs", (path, options) => lintPostInstall(readBytes(path), options)).addOption(
    new Option("--stage <stage>", "when it runs").choices(STAGES).default("installation-complete" satisfies Stage),
  );
}

const STAGES: readonly Stage[] = ["installation-start", "packages-installed", "filesystem-populated", "installation-complete"];

type Check = (path: string, options: Options) => Finding[] | Promise<Finding[]>;

function kind(lint: Command, name: string, description: string, check: Check): Command {
  return (
    lint
      .command(name)
      .description(`check ${description}`)
      .argument("<path>", "the file or folder")
      .requiredOption("--target <version>", `whose installer reads it: ${TARGETS.join(", ")}`, parseTarget)
      .option("--csp", "also what only a CSP host demands")
      .option("--json", "print one JSON object: verdict and findings")
      // What was not understood has no verdict either.
      .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : CANNOT_READ))
      .action(async (path: string, options: Options) => {
        let findings: readonly Finding[];
        try {
          findings = await check(path, options);
        } catch (error) {
          const reason = error instanceof Error ? error.message : String(error);
          complain(`csp lint: ${path} cannot be read: ${asSentence(reason)}`);
          process.exitCode = CANNOT_READ;
          return;
        }
        const verdict = verdictOf(findings);
        if (options.json === true) printJson({ verdict, findings });
        else printLines(said(path, findings));
        process.exitCode = verdict === "errors" ? 1 : 0;
      })
  );
}

function said(path: string, findings: readonly Finding[]): string[] {
  if (findings.length === 0) return [`${path}: ok`];
  const lines = findings.map(({ rule, severity, line, path: where, message, remedy }) => {
    const place = line === undefined ? path : `${path}:${line}`;
    return `${place}: ${severity} ${rule}${where === "" ? "" : ` ${where}`}: ${message}. ${asSentence(remedy)}`;
  });
  const count = (severity: Finding["severity"]) => findings.filter((finding) => finding.severity === severity).length;
  const plural = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`;
  return [...lines, `${plural(count("error"), "error")}, ${plural(count("warning"), "warning")}`];
}

function readBytes(path: string): Buffer {
  if (statSync(path).isDirectory()) throw new Error("it is a folder, not a file");
  return readFileSync(path);
}

function parseTarget(text: string): Target {
  const target = TARGETS.find((each) => each === text);
  if (target === undefined) throw new InvalidArgumentError(`It is one of ${TARGETS.join(", ")}.`);
  return target;
}
