import type { GuestRecord } from "../records/guest";
import type { Records } from "../records/records";
import { program } from "../remote/program";
import type { Host } from "../session/host";

export interface Orphans {
  /** Toolstacks that say which guests exist. If there is none, csp does not know it. */
  readonly toolstacks: readonly string[];
  /** Guests on record that no toolstack knows. */
  readonly guests: readonly GuestRecord[];
}

/**
 * Guests that csp keeps rules for and that no longer exist. `withPort`: guests that claim a port, found or pinned. They
 * exist, whatever the toolstacks say.
 */
export async function findOrphans(host: Host, records: Records, withPort: ReadonlySet<string>): Promise<Orphans> {
  const lines = (await host.run(program("known-guests.sh"), "asking which guests there are")).split("\n").map((line) => line.trim());
  const toolstacks = lines.flatMap((line) => /^toolstack (.+)$/.exec(line)?.[1] ?? []);
  const listed = new Set(lines.map((line) => line.toLowerCase()));
  const isKnown = ({ uuid, vifs }: GuestRecord) => listed.has(uuid) || vifs.some(({ mac }) => listed.has(mac));
  const guests = [...records.guests.values()].filter((guest) => !isKnown(guest) && !withPort.has(guest.uuid));
  return { toolstacks, guests: toolstacks.length === 0 ? [] : guests };
}
