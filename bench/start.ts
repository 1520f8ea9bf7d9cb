import { spawnSync } from "node:child_process";
import { type Bench, median } from "./figure";
import { interleave, timed } from "./interleave";
import { Plugin } from "./plugin";

const ROUNDS = 20;

export const start: Bench = {
  name: "start",
  what: "the Pulumi plugin, from its start to its first reply, against `node -e 0`",
  aim: "<= 2",
  run: async (progress) => {
    progress(`${ROUNDS} rounds of both`);
    const samples = await interleave(
      {
        start: async () => {
          let plugin: Plugin | undefined;
          const took = await timed(async () => {
            plugin = await Plugin.start();
            await plugin.call("Handshake", Buffer.alloc(0));
          });
          await plugin?.stop();
          return took;
        },
        node: () => timed(async () => void spawnSync(process.execPath, ["-e", "0"])),
      },
      ROUNDS,
    );
    const [own, node] = [median(samples.start), median(samples.node)];
    return { ratio: own / node, parts: { "start to first reply": own, "node -e 0": node }, samples };
  },
};
