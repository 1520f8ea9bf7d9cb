import { frameChains } from "../firewall/frame";
import { addChains, emptyChains, type Line, TOOLS, type Tool } from "../firewall/kernel";
import { type ActualKernel, inOrder } from "../firewall/plan";
import { parseSets } from "../firewall/saved";
import type { DesiredHost } from "./desired";
import type { Host } from "./host";
import { recordedPorts } from "./recorded-ports";
import { STATE_DIR } from "./records";
import type { Snapshot } from "./snapshot";

/**
 * What a host's kernel would hold if it were as declared, and nobody else had rules: from the records that the hook loads at boot, and the
 * ports that are there now.
 */
export async function recordedKernel(host: Host, desired: DesiredHost, snapshot: Snapshot): Promise<ActualKernel> {
  const text = await host.ask(
    `cd ${STATE_DIR} 2>/dev/null || exit 0
for f in units/* guests/* sets/*; do [ ! -f "$f" ] || sed -n '/^== /,$p' "$f"; done`,
    "reading the records",
  );
  const { frame } = snapshot.records;
  const chains = emptyChains();
  if (frame !== undefined) addChains(chains, frameChains(frame, recordedPorts(snapshot).claims));
  const sections = new Map<string, string[]>();
  for (const piece of text.split(/^== /m)) {
    const [section = "", ...lines] = piece.split("\n");
    sections.set(section, [...(sections.get(section) ?? []), ...lines]);
  }
  for (const tool of TOOLS) {
    for (const line of sections.get(tool) ?? []) {
      const [, made] = /^:(\S+)$/.exec(line) ?? [];
      if (made !== undefined) chains[tool].set(made, []);
      const [, chain, rule] = /^-A (\S+) (.*)$/.exec(line) ?? [];
      if (chain !== undefined && rule !== undefined) (chains[tool].get(chain) as Line[] | undefined)?.push({ text: rule });
    }
  }
  const hooks = desired.hooks();
  const tables = Object.fromEntries(
    TOOLS.map((tool) => [
      tool,
      {
        chains: new Map([...chains[tool]].map(([name, lines]) => [name, lines.map((line) => line.text)])),
        foreign: new Map(
          [...new Set(hooks.filter((hook) => hook.tool === tool).map(({ chain }) => chain))].map((chain) => [
            chain,
            inOrder(hooks.filter((hook) => hook.tool === tool && hook.chain === chain)).map((hook) => hook.text),
          ]),
        ),
      },
    ]),
  ) as unknown as Record<Tool, ActualKernel["tables"][Tool]>;
  return { tables, sets: parseSets((sections.get("ipset") ?? []).join("\n")) };
}
