import type { LabHost } from "../lab/netns";
import { parseSaved } from "../provider/firewall/saved";

/** What csp put on the host, as the text that the tools' own restores take; arptables has none, and gets its commands. */
export async function bareText(host: LabHost): Promise<[command: string, text: string][]> {
  const ours = (text: string) => /(^|[\s:])csp-/.test(text);
  const lines = async (command: string) => (await host.run(command)).split("\n");
  const table = async (save: string, name: string) => {
    const kept = (await lines(save)).filter((line) => ours(line) && !line.startsWith("#"));
    return `*${name}\n${kept.join("\n")}\nCOMMIT\n`;
  };
  const ebtables = await host.run("ebtables-save");
  const nat = parseSaved("ebtables", ebtables);
  const bridge = [
    ...[...nat.chains.keys()].map((chain) => `:${chain} ACCEPT`),
    ...[...nat.chains, ...nat.foreign].flatMap(([chain, rules]) => rules.map((rule) => `-A ${chain} ${rule}`)),
  ];
  const arp = parseSaved("arptables", await host.run("arptables -nL"));
  const arpCommands = [
    ...[...arp.chains.keys()].map((chain) => `arptables -N ${chain}`),
    ...[...arp.chains, ...arp.foreign].flatMap(([chain, rules]) => rules.map((rule) => `arptables -A ${chain} ${rule}`)),
  ];
  return [
    ["ipset restore", `${(await lines("ipset save")).filter(ours).join("\n")}\n`],
    ["sh", `${arpCommands.join("\n")}\n`],
    ["iptables-restore --noflush", await table("iptables-save -t filter", "filter")],
    ["ip6tables-restore --noflush", await table("ip6tables-save -t filter", "filter")],
    ["ebtables-restore --noflush", `*nat\n${bridge.join("\n")}\n`],
  ];
}

/** Takes everything of csp off a host. */
export const EMPTY = `
rm -rf /var/lib/csp
for t in iptables ip6tables; do $t -F; $t -X; done
ebtables -t nat -F; ebtables -t nat -X
arptables -F; arptables -X
for n in $(ipset list -n); do case $n in csp-*) ipset destroy $n ;; esac; done
`;
