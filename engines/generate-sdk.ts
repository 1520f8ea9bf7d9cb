import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { cp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { differingFiles, generateSdk } from "./sdk";

const ROOT = join(__dirname, "..");
const SCHEMA = join(ROOT, "provider", "schema.json");
const SDK = join(ROOT, "sdk", "nodejs");

/** `npm run generate:sdk`: writes sdk/nodejs from provider/schema.json. With --check, it only says which files differ, and ends with status 1. */
async function main(check: boolean): Promise<void> {
  const fresh = mkdtempSync(join(tmpdir(), "csp-sdk-"));
  try {
    await generateSdk(SCHEMA, "nodejs", fresh, (line) => process.stderr.write(`sdk: ${line}\n`));
    const stale = differingFiles(SDK, fresh);
    if (stale.length > 0 && check) {
      console.error(
        `not what provider/schema.json gives; run \`npm run generate\`:\n${stale.map((file) => `  sdk/nodejs/${file}`).join("\n")}`,
      );
      process.exitCode = 1;
    } else if (stale.length > 0) {
      await replace(SDK, fresh);
      console.log(`sdk/nodejs: ${stale.length} files written`);
    } else {
      console.log("sdk/nodejs: nothing to do");
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Replaces the whole folder at once, so that old files disappear too and an interruption leaves no mixture. */
async function replace(folder: string, fresh: string): Promise<void> {
  const next = `${folder}.next`;
  rmSync(next, { recursive: true, force: true });
  await cp(fresh, next, { recursive: true });
  rmSync(folder, { recursive: true, force: true });
  renameSync(next, folder);
}

main(process.argv.includes("--check")).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
