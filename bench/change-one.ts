import { rmSync } from "node:fs";
import { join } from "node:path";
import { vifChain, vifId } from "../provider/firewall/model/names";
import { EngineCalls } from "./engine-call";
import { type Bench, median, worst } from "./figure";
import { type FleetGuest, fleetGuests, fleetPolicy } from "./fleet";
import { Bed, type Plane } from "./host";
import { interleave, timed } from "./interleave";
import { buildNoop } from "./noop";
import { Plugin } from "./plugin";
import { Session } from "./session";

const GUESTS = 1000;
const ROUNDS = 25;
const SSH_FROM = ["198.51.100.0/24"];

export const changeOne: Bench = {
  name: "change-one",
  what: "one rule of one guest among 1,000, from Update to confirmed, against a bare iptables-restore --noflush of the changed chain",
  aim: "<= 2",
  run: async (progress, planes) => {
    const parts: Record<string, number> = {};
    const samples: Record<string, number[]> = {};
    for (const plane of planes) {
      const taken = await changesOf(plane, GUESTS, ROUNDS, progress);
      for (const [series, values] of Object.entries(taken)) {
        samples[`${plane.name} ${series}`] = values;
        parts[`${plane.name} ${series}`] = median(values);
      }
      parts[`${plane.name} ratio of restore and call alone`] =
        (median(taken.restore) + median(taken["call alone"])) / median(taken.restore);
      parts[`${plane.name} ratio`] = median(taken.update) / median(taken.restore);
    }
    const ratios = planes.map((plane) => parts[`${plane.name} ratio`] ?? Number.NaN);
    return { ratio: worst(ratios, "<= 2"), parts, samples };
  },
};

/** Changes one rule of one guest in the middle, again and again, on a host with so many guests. In milliseconds, all in one run. */
export async function changesOf(
  plane: Plane,
  count: number,
  rounds: number,
  progress: (text: string) => void,
): Promise<Record<"update" | "restore" | "call alone" | "empty command", number[]>> {
  progress(`${plane.name}: a host with ${count} guests`);
  const guests = fleetGuests(count);
  const changed = guests[Math.ceil(count / 2) - 1] as FleetGuest;
  const bed = await Bed.make(`b-one-${plane.name}`, plane, guests);
  const session = await Session.open(bed.host.ssh);
  const noop = await buildNoop();
  const nothing = await Plugin.start(join(noop, "pulumi-resource-csp"));
  const [engine, engineOfNothing] = [await EngineCalls.start(bed.plugin.port, progress), await EngineCalls.start(nothing.port, progress)];
  try {
    await bed.adopt();
    const states = [fleetPolicy(guests), fleetPolicy(guests, { [changed.name]: SSH_FROM })] as const;
    const outputs = await bed.create(states[0]);
    const chain = vifChain.ingress(vifId(changed.uuid, 0));
    const text = async () => {
      const lines = (await bed.host.run(`iptables -S ${chain}`)).split("\n").filter((line) => line.startsWith("-A "));
      return `*filter\n:${chain} - [0:0]\n${lines.join("\n")}\nCOMMIT\n`;
    };
    const texts = [await text()];
    let now = 0;
    const read = async () => {
      await engine.call("Read", bed.readRequest(states[now] ?? {}, outputs));
    };
    const update = async () => {
      const request = bed.updateRequest(states[now] ?? {}, outputs, states[1 - now] ?? {});
      await read();
      const { took } = await engine.call("Update", request);
      now = 1 - now;
      return took;
    };
    await update();
    texts.push(await text());
    if (texts[0] === texts[1]) throw new Error("the update changed nothing on the host");

    progress(`${plane.name}: ${rounds} rounds of Update and of the bare restore`);
    return await interleave(
      {
        update,
        // It restores the present state: the same work for the tool, and what the provider knows stays true.
        restore: () => timed(() => session.run("iptables-restore --noflush", texts[now])),
        // What the engine's call costs if nothing is done: the policy goes to the plugin three times and back once.
        "call alone": async () =>
          (await engineOfNothing.call("Update", bed.updateRequest(states[now] ?? {}, outputs, states[1 - now] ?? {}))).took,
        "empty command": () => timed(() => session.run("true")),
      },
      rounds,
    );
  } finally {
    session.close();
    engine.stop();
    engineOfNothing.stop();
    await nothing.stop();
    rmSync(noop, { recursive: true, force: true });
    await bed.down();
  }
}
