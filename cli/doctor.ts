import type { Command } from "commander";
import { driftOf } from "../provider/core/drift";
import { readBack } from "../provider/core/read-back";
import { CspError } from "../provider/errors";
import { guestUnit } from "../provider/firewall/compile/unit";
import { findOrphans } from "../provider/host/adopt/orphans";
import { repair } from "../provider/host/adopt/repair";
import { units } from "../provider/host/keeps/units";
import type { Context } from "../provider/host/session/task";
import { recordedPorts } from "../provider/host/state/recorded-ports";
import { resourceOf } from "../provider/resources";
import { resourcesOnRecord } from "../provider/resources/on-record";
import { withHosts } from "./inventory";
import { printLines } from "./print";

interface Options {
  readonly hosts?: string;
  readonly removeOrphans?: boolean;
  readonly repair?: boolean;
}

/**
 * Adds `csp doctor`: what a refresh would find on one host, without a program or a state, from what the host keeps of each declaration; and
 * guests that no longer exist. Exit status 0: no problems found, 1: problems found.
 */
export function doctorCommand(csp: Command): void {
  csp
    .command("doctor")
    .description("check a host: its firewall against what was declared, its hook, and guests that no longer exist")
    .argument("<host>", "a name in --hosts, or an alias of ~/.ssh/config")
    .option("--hosts <file>", "how hosts are reached: JSON as in the provider's `hosts` setting")
    .option("--repair", "move aside csp's records that cannot be read, load the others again, then check the host")
    .option("--remove-orphans", "remove the rules of guests that the toolstack no longer knows")
    .action(doctor);
}

async function doctor(name: string, options: Options): Promise<void> {
  await withHosts(options.hosts, "csp doctor", async (context) => {
    // First: nothing can be looked at while a record stands in the way.
    const repaired = options.repair ? await repair(context.hosts.get(name)) : [];
    process.stdout.write(repaired.map((line) => `${name}: ${line}\n`).join(""));
    const findings = await examine(context, name);
    const orphans = await orphansOf(context, name, options.removeOrphans ?? false);
    const all = [...findings, ...orphans.findings];
    printLines([...all, ...orphans.notes]);
    if (all.length === 0) printLines([`${name}: no problems found`]);
    else process.exitCode = 1;
  });
}

/** What each resource on record would say of itself at a refresh. */
async function examine(context: Context, name: string): Promise<string[]> {
  const { records } = await context.hosts.get(name).snapshot({ fresh: true });
  if (records.frame === undefined)
    return [
      records.guests.size + records.spoilt.length === 0
        ? `${name} is not a csp host`
        : `${name}: csp's record of the host is gone or cut off; those of ${records.guests.size} guests are there. Its guests are shut from the next boot on: \`pulumi up\` puts the record back`,
    ];
  const findings: string[] = [];
  for (const { token, id } of resourcesOnRecord(name, records)) {
    // A guest that moves is looked for on its other hosts too, which may be out of reach from here.
    const found = await readBack(resourceOf(token), context, id).catch((error: unknown) => {
      if (!(error instanceof CspError)) throw error;
      findings.push(`${token} ${id}: not looked at: ${error.message}`);
      return undefined;
    });
    findings.push(...driftOf(found?.outputs ?? {}).map((text) => `${token} ${id}: ${text}`));
  }
  return [...new Set(findings)];
}

/** Guests that are no more, and what was done about them. */
async function orphansOf(context: Context, name: string, remove: boolean): Promise<{ findings: string[]; notes: string[] }> {
  const host = context.hosts.get(name);
  const snapshot = await host.snapshot();
  if (snapshot.records.frame === undefined) return { findings: [], notes: [] };
  const withPort = new Set(recordedPorts(snapshot).claims.map(({ uuid }) => uuid));
  const { toolstacks, guests } = await findOrphans(host, snapshot.records, withPort);
  if (toolstacks.length === 0)
    return {
      findings: [],
      notes: ["whether guests on record are no more is not known: no toolstack here lists guests that are not running"],
    };
  const findings: string[] = [];
  const notes: string[] = [];
  for (const { uuid, label, unit, owner } of guests) {
    const who = label === uuid ? uuid : `${label} (${uuid})`;
    const what = `guest ${who} is not known to ${toolstacks.join(" or ")} any more, and its rules are still here, of ${owner}`;
    if (unit !== guestUnit(uuid)) findings.push(`${what}: take it out of the program, it is one of several in ${unit}`);
    else if (remove) {
      await units.remove(context, host, { id: unit, subject: `guest ${label}` });
      notes.push(`guest ${who}: its rules are removed; take it out of the program of ${owner}, or the next \`pulumi up\` puts them back`);
    } else findings.push(`${what}: take it out of the program, or --remove-orphans`);
  }
  return { findings, notes };
}
