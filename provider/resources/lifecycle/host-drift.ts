import { chainFindings } from "../../firewall/drift";
import { frameChains } from "../../firewall/frame";
import { TOOLS } from "../../firewall/kernel";
import { standsInPlace } from "../../firewall/plan";
import { DesiredHost } from "../../host/desired";
import { activeTools, formatDialect, type HostFacts } from "../../host/facts";
import { type CallerChoice, callerFiles, resolveCallers } from "../../host/hook/callers";
import { HOOK_SCRIPT } from "../../host/hook/script";
import { recordedPorts } from "../../host/recorded-ports";
import { STATE_DIR, sumOf } from "../../host/records";
import { BRIDGE_SYSCTLS, type Snapshot } from "../../host/snapshot";

/** What of the frame is not as it should be: sysctls, the rules that lead into our chains, the chains every host has. */
export function frameDrift(name: string, facts: HostFacts, snapshot: Snapshot): string[] {
  const { frame } = snapshot.records;
  if (frame === undefined) return [];
  const findings: string[] = BRIDGE_SYSCTLS.filter((key) => snapshot.sysctls[key] !== "1").map(
    (key) => `net.bridge.${key} is ${snapshot.sysctls[key] ?? "not there"} instead of 1`,
  );
  const tools = activeTools(facts);
  const hooks = new DesiredHost(name, facts, snapshot).hooks();
  const expected = frameChains(frame, recordedPorts(snapshot).claims);
  const unclaimed = frameChains(frame, []);
  for (const tool of TOOLS) {
    if (!tools.includes(tool)) continue;
    // A dispatch chain with guests' ports in it is reported by the guests it concerns.
    for (const chain of unclaimed[tool].keys()) {
      const desired = expected[tool].get(chain) ?? [];
      const actual = snapshot.tables[tool].chains.get(chain);
      const leads = desired.length !== (unclaimed[tool].get(chain) ?? []).length;
      if (!leads || actual === undefined || actual.at(-1) !== desired.at(-1)?.text)
        findings.push(...chainFindings({ tool, chain, where: "frame", desired, actual }));
    }
  }
  const out = hooks.filter(
    (hook) => hook.place === undefined && !standsInPlace(hook, hooks, snapshot.tables[hook.tool].foreign.get(hook.chain) ?? []),
  );
  for (const at of new Set(out.map(({ tool, chain }) => `${tool}: the rule that leads from ${chain}`)))
    findings.push(`${at} into the csp chains is missing or not in front`);
  return findings;
}

/** What of the hook is not as it should be, and what it could not do. */
export function hookDrift(choice: readonly CallerChoice[], facts: HostFacts, snapshot: Snapshot): string[] {
  const { frame, sums, guests } = snapshot.records;
  if (frame === undefined) return [];
  const callers = resolveCallers(choice, facts);
  const findings: string[] = [];
  const check = (what: string, is: string | undefined, text: string) => {
    if (is === undefined) findings.push(`the hook: ${what} is gone`);
    else if (is !== sumOf(text)) findings.push(`the hook: ${what} is not what csp put there, or of another version`);
  };
  if (callers.length > 0) {
    check(`${STATE_DIR}/hook`, sums.get("hook"), HOOK_SCRIPT);
    check(`${STATE_DIR}/dialect`, sums.get("dialect"), formatDialect(facts.dialect));
  }
  for (const { path, content } of callerFiles(callers, frame.guestPorts)) check(path, snapshot.callers.get(path), content);
  for (const { time, at, guest, cause } of snapshot.failures) {
    const who = guest === "-" ? "" : ` of guest ${guests.get(guest)?.label ?? guest}`;
    findings.push(`the hook failed at ${time}: ${at}${who}: ${cause}`);
  }
  return findings;
}
