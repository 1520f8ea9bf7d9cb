import { bareText, EMPTY } from "./bare";
import { type Bench, worst } from "./figure";
import { fleetGuests, fleetPolicy } from "./fleet";
import { Bed } from "./host";
import { timed } from "./interleave";
import { Session } from "./session";

/** A script's time grows faster than the number of its rules; for a thousand guests, it takes half an hour. */
const GUESTS = 100;
const AIM = ">= 50";

export const commands: Bench = {
  name: "commands",
  what: `the rules of ${GUESTS} guests put on an empty host with one command a rule over an open SSH session, against csp`,
  aim: AIM,
  run: async (progress, planes) => {
    const parts: Record<string, number> = {};
    for (const plane of planes) {
      const guests = fleetGuests(GUESTS);
      const bed = await Bed.make(`b-cmds-${plane.name}`, plane, guests);
      const session = await Session.open(bed.host.ssh);
      try {
        progress(`${plane.name}: csp, ${GUESTS} guests`);
        parts[`${plane.name} csp`] = await timed(async () => {
          await bed.adopt();
          await bed.create(fleetPolicy(guests));
        });
        const each = (await bareText(bed.host)).flatMap(([command, text]) => oneByOne(command, text));
        await bed.host.run(EMPTY);
        progress(`${plane.name}: ${each.length} commands`);
        parts[`${plane.name} one by one`] = await timed(async () => {
          for (const command of each) await session.run(command);
        });
        parts[`${plane.name} commands (count)`] = each.length;
        parts[`${plane.name} ratio`] = (parts[`${plane.name} one by one`] ?? 0) / (parts[`${plane.name} csp`] ?? 0);
      } finally {
        session.close();
        await bed.down();
      }
    }
    const ratios = planes.map((plane) => parts[`${plane.name} ratio`] ?? Number.NaN);
    return { ratio: worst(ratios, AIM), parts, samples: { ratio: ratios } };
  },
};

/** The commands that a script would run for a restore's text. */
function oneByOne(restore: string, text: string): string[] {
  const lines = text.split("\n").filter((line) => line !== "");
  const [tool = ""] = restore.split(/[ -]/);
  switch (tool) {
    case "sh":
      return lines;
    case "ipset":
      return lines.map((line) => `ipset ${line}`);
    case "nft":
      return nftCommands(lines);
    default: {
      const table = `${tool} -t ${lines[0]?.slice(1)}`;
      return lines.flatMap((line) => {
        if (line.startsWith(":")) return [`${table} -N ${line.slice(1).split(" ")[0]}`];
        return line.startsWith("-A ") ? [`${table} ${line}`] : [];
      });
    }
  }
}

/** Commands for a table as nft lists it. */
function nftCommands(lines: readonly string[]): string[] {
  const [, table = ""] = /^table (.*) \{$/.exec(lines[0] ?? "") ?? [];
  let chain = "";
  return [
    `nft add table ${table}`,
    ...lines.slice(1).flatMap((line) => {
      const text = line.trim();
      if (text === "}") return [];
      if (text.startsWith("chain ")) {
        chain = text.split(" ")[1] ?? "";
        return [];
      }
      return text.startsWith("type ") ? [`nft 'add chain ${table} ${chain} { ${text} }'`] : [`nft 'add rule ${table} ${chain} ${text}'`];
    }),
  ];
}
