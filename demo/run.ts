import { Command } from "commander";
import { resolvePulumi } from "../engines/pulumi";
import { createLab, demoTopology, type Lab, removeLab } from "../lab/netns";
import { CspError } from "../provider/errors";
import { build, buildIsStale } from "./build";
import { demoErrors } from "./errors";
import { DemoStack, removeStack } from "./stack";
import { tell } from "./story";
import { colour, say, working, workingLong } from "./terminal";

/** `npm run demo`: tells the whole story on its own lab. `npm run demo -- down`: removes all of it. */
const program = new Command("npm run demo --").description("csp on two hosts and six guests that start in a second, with real packets.");

program
  .command("up", { isDefault: true, hidden: true })
  .option("--name <name>", "name of the lab and the stack", "demo")
  .action(async ({ name }: { name: string }) => {
    const { lab, stack } = await prepare(name);
    try {
      const failures = await tell(lab, stack);
      if (failures === 0) say(`\n${colour.green("Everything was as expected.")}`);
      else say(`\n${colour.red(`${failures} expectation${failures === 1 ? " was" : "s were"} not met; see above.`)}`);
      process.exitCode = failures === 0 ? 0 : 1;
    } finally {
      await lab.close();
    }
  });

program
  .command("down")
  .description("remove the demo's lab and its state")
  .option("--name <name>", "name of the lab and the stack", "demo")
  .action(async ({ name }: { name: string }) => {
    const lab = await removeLab(name);
    const stack = removeStack(name);
    say(lab || stack ? `The demo is removed: its lab, its state and its settings are gone.` : `There was no demo ${name}.`);
  });

async function prepare(name: string): Promise<{ lab: Lab; stack: DemoStack }> {
  say(colour.bold("csp: who may talk to whom, on the hosts themselves, as a program.\n"));
  if (buildIsStale()) await working("Building the provider", async () => build());
  const engine = await workingLong("Looking for a Pulumi CLI", resolvePulumi);
  if ("missing" in engine) throw demoErrors.noEngine(engine.missing);
  if (await removeLab(name)) say("  An earlier demo was up; it is replaced.");
  const lab = await working("Starting the lab: two hosts, six guests", () => createLab(demoTopology({ name }), { keep: true }));
  const stack = new DemoStack(engine, engine.path, name);
  await working("Making a stack, with its state in a file here", () => stack.create(lab));
  return { lab, stack };
}

program.parseAsync().catch((error: unknown) => {
  console.error(`\n${error instanceof CspError ? error.message : error instanceof Error ? error.stack : String(error)}`);
  process.exitCode = 1;
});
