import { frameChains } from "../../firewall/compile/frame";
import { chainFindings } from "../../firewall/drift/list";
import { chainsIn, toolOf } from "../../firewall/model/kernel";
import { SHUT } from "../../firewall/model/names";
import { standsInPlace } from "../../firewall/plan/plan";
import { type CallerChoice, type CallerFile, callerFiles, resolveCallers } from "../look/callers";
import { activeTables, formatDialect, type HostFacts } from "../look/facts";
import { SETTINGS } from "../look/settings";
import type { Snapshot } from "../look/snapshot";
import { besides, type Surroundings, strayRules } from "../look/surroundings";
import { STATE_DIR } from "../records/state-dir";
import { sumOf } from "../records/sums";
import { program } from "../remote/program";
import { BRIDGE_SYSCTLS } from "../remote/sysctls";
import { templatesFile } from "../state/compiled-frame";
import { recordedJumps } from "../state/jumps";
import { recordedBridges, recordedFrame, recordedPorts } from "../state/recorded-ports";

/** Differences in the frame: in the sysctls, in the rules that lead into our chains, in the chains that every host has. */
export function frameDrift(facts: HostFacts, snapshot: Snapshot): string[] {
  const frame = recordedFrame(snapshot);
  if (frame === undefined) return [];
  const findings: string[] = BRIDGE_SYSCTLS.filter((key) => snapshot.sysctls[key] !== "1").map((key) =>
    snapshot.sysctls[key] === undefined ? `net.bridge.${key} does not exist` : `net.bridge.${key} is ${snapshot.sysctls[key]} instead of 1`,
  );
  const tables = activeTables(facts, frame.print?.plane);
  const jumps = recordedJumps(facts, snapshot);
  const bridges = recordedBridges(snapshot);
  const expected = frameChains(frame, recordedPorts(snapshot).claims, bridges);
  const unclaimed = frameChains(frame, [], bridges);
  for (const table of tables) {
    if (snapshot.tables[table].chains.has(SHUT))
      findings.push(`${toolOf(table)}: guests' ports are shut (${SHUT}), because the hook could not load their firewall`);
    // The guests' own resources report a dispatch chain with guests' ports in it.
    for (const [chain, empty] of chainsIn(unclaimed, table)) {
      const desired = chainsIn(expected, table).get(chain) ?? [];
      const actual = snapshot.tables[table].chains.get(chain);
      const leads = desired.length !== empty.length;
      if (!leads || actual === undefined || actual.at(-1) !== desired.at(-1)?.text)
        findings.push(...chainFindings({ tool: toolOf(table), chain, where: "frame", desired, actual }));
    }
  }
  const out = jumps.filter(
    (jump) => jump.place === undefined && !standsInPlace(jump, jumps, snapshot.tables[jump.table].foreign.get(jump.chain) ?? []),
  );
  for (const at of new Set(out.map(({ table, chain }) => `${toolOf(table)}: the rule that leads from ${chain}`)))
    findings.push(`${at} into the csp chains is missing or not in front`);
  return [...findings, ...settingDrift(snapshot, frame.guestPorts)];
}

/** Differences in the settings of guests' ports and of their bridges, which only the hook makes. */
function settingDrift(snapshot: Snapshot, guestPorts: readonly string[]): string[] {
  const { network, unset, records } = snapshot;
  if (unset.size === 0 || records.frame?.callers.length === 0) return [];
  const claimed = new Set(recordedPorts(snapshot).claims.map(({ port }) => port));
  const names = {
    bridge: recordedBridges(snapshot).map((bridge) => bridge.name),
    port: network.all
      .filter(({ port, bridge }) => bridge !== undefined && (claimed.has(port) || guestPorts.some((prefix) => port.startsWith(prefix))))
      .map(({ port }) => port),
  };
  return SETTINGS.flatMap(({ of, file, value }) => {
    const wrong = names[of].filter((name) => unset.has(`${name}/${file}`));
    if (wrong.length === 0) return [];
    const some = `${wrong.slice(0, 4).join(", ")}${wrong.length > 4 ? ` and ${wrong.length - 4} more` : ""}`;
    return [`${of} ${some}: ${file} is not ${value}`];
  });
}

/** Rules of others that are new since csp last set the host up, and rules of csp that csp no longer reads. */
export function besideDrift({ dialect }: HostFacts, { records, tables }: Snapshot, around: Surroundings): string[] {
  const recorded = records.frame?.besides ?? [];
  return [...besides(around, tables, dialect).filter((text) => !recorded.includes(text)), ...strayRules(around, dialect)];
}

/** Differences in the hook's files, and what the hook could not do. */
export function hookDrift(choice: readonly CallerChoice[], facts: HostFacts, snapshot: Snapshot): string[] {
  const { frame, sums, guests, spoilt } = snapshot.records;
  const compiled = recordedFrame(snapshot);
  if (frame === undefined || compiled === undefined) return [];
  const callers = resolveCallers(choice, facts);
  const findings: string[] = [];
  const check = (path: string, sum: string | undefined, text: string) => {
    if (sum === undefined) findings.push(`the hook: ${path} is gone`);
    else if (sum !== sumOf(text)) findings.push(`the hook: ${path} is not what csp put there, or comes from another version`);
  };
  if (callers.length > 0) {
    check(`${STATE_DIR}/hook`, sums.get("hook"), program("hook.sh"));
    check(`${STATE_DIR}/templates`, sums.get("templates"), templatesFile(compiled, facts.dialect).text);
    check(`${STATE_DIR}/dialect`, sums.get("dialect"), formatDialect(facts.dialect));
    checkMode(`${STATE_DIR}/hook`, "0755", snapshot, findings);
  }
  for (const file of callerFiles(callers, frame)) {
    check(file.path, snapshot.callers.get(file.path), file.content);
    checkMode(file.path, file.mode, snapshot, findings);
    findings.push(...linkFindings(file, snapshot));
  }
  for (const path of spoilt) findings.push(`${STATE_DIR}/${path} is cut off or is not a file: a boot would load nothing from it`);
  for (const { time, at, guest, cause } of snapshot.failures) {
    const who = guest === "-" ? "" : ` of guest ${guests.get(guest)?.label ?? guest}`;
    findings.push(`the hook failed at ${time}: ${at}${who}: ${cause}`);
  }
  return findings;
}

function checkMode(path: string, mode: CallerFile["mode"], { modes }: Snapshot, findings: string[]): void {
  const actual = modes.get(path);
  const wanted = mode.replace(/^0/, "");
  if (actual !== undefined && actual !== wanted) findings.push(`the hook: ${path} has mode ${actual} instead of ${wanted}`);
}

/** Missing links by which an init starts a file: any of systemd's; for SysV, only if all are missing, because not every folder exists. */
function linkFindings({ path, links = [] }: CallerFile, snapshot: Snapshot): string[] {
  const missing = links.filter((link) => snapshot.links.get(link) !== path);
  const systemd = path.startsWith("/etc/systemd/");
  if (missing.length === 0 || (!systemd && missing.length < links.length)) return [];
  return [`the hook: ${path} is not started at boot: ${systemd ? missing.join(", ") : "no link in /etc/rc*.d"} is missing`];
}
