import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { Command, Option } from "commander";
import { apply } from "./apply";
import { broadcast } from "./broadcast";
import { changeByGuests, packetsByGuests } from "./by-guests";
import { changeOne } from "./change-one";
import { commands } from "./commands";
import { type Bench, type Figure, isMet, rounded } from "./figure";
import { guests } from "./guests";
import { hook } from "./hook";
import { PLANES } from "./host";
import { latency } from "./latency";
import { memory } from "./memory";
import { packets } from "./packets";
import { writePlots } from "./plots";
import { refresh } from "./refresh";
import { start } from "./start";
import { terraformPlan, terraformStart } from "./terraform";

const BENCHES: readonly Bench[] = [
  apply,
  commands,
  changeOne,
  guests,
  refresh,
  packets,
  broadcast,
  latency,
  hook,
  start,
  memory,
  terraformStart,
  terraformPlan,
  packetsByGuests,
  changeByGuests,
];

interface Options {
  readonly json?: boolean;
  readonly list?: boolean;
  readonly plane?: string;
}

const program = new Command("npm run bench --")
  .description("The figures csp is held to, each measured beside what it is compared with. bench/README.md says how to read them.")
  .argument("[name]", "which figure; or `plots`, which draws docs/plots/*.svg from the results recorded there")
  .option("--json", "the result as JSON, alone on stdout")
  .option("--list", "what there is to measure")
  .addOption(
    new Option("--plane <plane>", "on this data plane alone (default: on all, and the worst one counts)").choices(
      PLANES.map((plane) => plane.name),
    ),
  )
  .action(async (name: string | undefined, { json, list, plane }: Options) => {
    if (name === "plots") {
      const files = await writePlots();
      for (const file of files) console.log(file);
      if (files.length === 0) console.error("bench: no result with points is recorded in docs/plots (bench/README.md says how)");
      process.exitCode = files.length === 0 ? 2 : 0;
      return;
    }
    if (list || name === undefined) {
      for (const { name: each, aim, what } of BENCHES) console.log(`${each.padEnd(17)}${(aim ?? "").padEnd(9)}${what}`);
      if (!list) process.exitCode = 2;
      return;
    }
    const bench = BENCHES.find((each) => each.name === name);
    if (bench === undefined) {
      console.error(`bench: there is no figure "${name}": ${BENCHES.map((each) => each.name).join(", ")}`);
      process.exitCode = 2;
      return;
    }
    buildPlugin();
    const planes = PLANES.filter(({ name: each }) => plane === undefined || each === plane);
    const result = await bench.run((text) => process.stderr.write(`bench: ${text}\n`), planes);
    const figure: Figure = { name: bench.name, aim: bench.aim, ...result };
    const met = isMet(figure.milliseconds ?? figure.ratio, figure.aim);
    if (json) console.log(JSON.stringify(machineReadable(figure, met)));
    else console.log(table(figure, met));
    process.exitCode = met ? 0 : 1;
  });

/** Builds the bundle, because the bench measures what users run. */
function buildPlugin(): void {
  const built = spawnSync(process.execPath, [join(__dirname, "../provider/bin/build.mjs")], { stdio: ["ignore", "ignore", "inherit"] });
  if (built.status !== 0) throw new Error("the plugin could not be built");
}

function machineReadable(figure: Figure, met: boolean): object {
  const each = (values: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, rounded(value)]));
  const samples = Object.fromEntries(Object.entries(figure.samples).map(([key, values]) => [key, values.map(rounded)]));
  const { name, ratio, milliseconds, aim, parts, points } = figure;
  const time = milliseconds === undefined ? {} : { milliseconds: rounded(milliseconds) };
  const drawn = points === undefined ? {} : { points: points.map((point) => ({ ...point, value: rounded(point.value) })) };
  return { name, ratio: rounded(ratio), ...time, aim, met, on: machine(), parts: each(parts), samples, ...drawn };
}

/** What a figure depends on beside csp: "Linux 6.1.0", "iptables v1.8.9", ... */
function machine(): string[] {
  const first = (...[tool = "", ...argv]: string[]) => spawnSync(tool, argv, { encoding: "utf8" }).stdout?.split("\n")[0]?.trim() ?? "";
  const tools = ["iptables", "nft", "ebtables"].map((tool) => first(tool, "-V").replace(/ \(.*/, ""));
  return [first("uname", "-sr"), ...tools].filter((line) => line !== "");
}

function table(figure: Figure, met: boolean): string {
  const width = Math.max(...Object.keys(figure.parts).map((part) => part.length));
  const rows = Object.entries(figure.parts).map(([part, value]) => `  ${part.padEnd(width)}  ${String(rounded(value)).padStart(8)}`);
  const { name, ratio, milliseconds, aim } = figure;
  const value = milliseconds === undefined ? rounded(ratio) : `${rounded(milliseconds)} ms (ratio ${rounded(ratio)})`;
  const asked = aim === undefined ? "no aim" : `aim ${aim}${milliseconds === undefined ? "" : " ms"}: ${met ? "met" : "MISSED"}`;
  return [`${name}: ${value}, ${asked}`, ...rows].join("\n");
}

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
