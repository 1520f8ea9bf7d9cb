/** The zone of each bridge, one bridge on each line; also of bridges that are not there now, so that no bridge gets another's zone. */
export function formatZones(zones: ReadonlyMap<string, number>): string {
  return `csp-zones 1\n${[...zones].map(([bridge, zone]) => `${bridge} ${zone}\n`).join("")}`;
}

export function parseZones(text: string): Map<string, number> {
  return new Map(
    [...text.matchAll(/^(\S+) (\d+)$/gm)].filter(([, name]) => name !== "csp-zones").map(([, bridge = "", zone]) => [bridge, Number(zone)]),
  );
}
