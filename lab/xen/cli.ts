/** `npm run lab:xen -- ...`: controls the Xen lab by hand. */
import { spawnSync } from "node:child_process";
import { Command, Option } from "commander";
import { CspError } from "../../provider/errors";
import { demoTopology } from "../netns/demo";
import { createXenLab, openXenLab, removeXenLab, type XenLab } from "./lab";

const program = new Command("npm run lab:xen --")
  .description("A real Xen 4.17 host with a Debian dom0 and paravirtual guests, in an emulated computer.")
  // "shell ls -l": the options after the command belong to it.
  .enablePositionalOptions();

interface Name {
  readonly name: string;
}

program
  .command("up")
  .description("boot a Xen host and its guests; the first time builds the image from Debian packages")
  .option("--name <name>", "name of the lab", "demo")
  .addOption(new Option("--guests <n>", "guests web-1, web-2, db-1, ...").default(2).argParser(Number))
  .addOption(
    new Option("--backend <variant>", "what iptables, ip6tables, ebtables and arptables are").choices(["nft", "legacy"]).default("nft"),
  )
  .addOption(new Option("--ssh-port <port>", "loopback port of its sshd (default: a free one)").argParser(Number))
  .action(async (options: Name & { guests: number; backend: "nft" | "legacy"; sshPort?: number }) => {
    const started = Date.now();
    const { guests, backend, sshPort, name } = options;
    const lab = await createXenLab(demoTopology({ name, hosts: 1, guests, backend, sshPortBase: sshPort }), { keep: true });
    console.log(`Xen lab ${lab.name} is up after ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
    console.log(await describe(lab));
    await lab.close();
  });

program
  .command("down")
  .description("take a lab down, whatever is left of it")
  .option("--name <name>", "name of the lab", "demo")
  .action(async ({ name }: Name) => {
    console.log((await removeXenLab(name)) ? `Xen lab ${name} is down.` : `Xen lab ${name} was not up.`);
  });

program
  .command("status")
  .description("SSH port, guests and their ports")
  .option("--name <name>", "name of the lab", "demo")
  .action(async ({ name }: Name) => {
    const lab = openXenLab(name);
    console.log(await describe(lab));
    await lab.close();
  });

program
  .command("shell")
  .description("a root shell on dom0")
  .argument("[command...]", "run this instead of a shell")
  .option("--name <name>", "name of the lab", "demo")
  .passThroughOptions()
  .action((command: string[], { name }: Name) => {
    const [ssh = "", ...args] = openXenLab(name).hosts[0]?.entryCommand(...(command.length === 0 ? ["-t"] : [])) ?? [];
    process.exitCode = spawnSync(ssh, [...args, ...command], { stdio: "inherit" }).status ?? 1;
  });

const ACTIONS = ["start", "stop", "destroy", "reboot", "crash", "save", "restore", "pause", "unpause"] as const;

program
  .command("guest")
  .description("what xl does to a guest; after all but pause it has another domain id and vif name")
  .argument("<action>", ACTIONS.join(", "))
  .argument("<guest>")
  .option("--name <name>", "name of the lab", "demo")
  .action(async (action: string, guestName: string, { name }: Name) => {
    const known = ACTIONS.find((one) => one === action);
    if (known === undefined) return program.error(`error: an action is one of ${ACTIONS.join(", ")}`);
    const lab = openXenLab(name);
    const guest = lab.guest(guestName);
    const state = async () => {
      const domain = await guest.domain();
      return domain === undefined ? "not running" : `domain ${domain} (vif${domain}.0)`;
    };
    const before = await state();
    await guest[known]();
    console.log(`${guestName}: ${before} -> ${await state()}`);
    await lab.close();
  });

async function describe(lab: XenLab): Promise<string> {
  const [host] = lab.hosts;
  const lines = [
    `dom0:    ssh -i ${host?.ssh.privateKeyPath} -p ${host?.ssh.port} root@127.0.0.1`,
    `console: /var/tmp/csp-xen-lab/${lab.name}/console.log`,
  ];
  for (const guest of lab.guests) {
    const domain = await guest.domain();
    const { addresses = [] } = guest.spec.interfaces[0] ?? {};
    lines.push(`${guest.name.padEnd(8)} ${(domain === undefined ? "-" : `vif${domain}.0`).padEnd(8)} ${guest.mac}  ${addresses.join(" ")}`);
  }
  for (const { name, interface: each } of lab.state.topology.outside)
    lines.push(`${name.padEnd(8)} ${"outside".padEnd(8)} ${each.mac}  ${each.addresses.join(" ")}`);
  return lines.join("\n");
}

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof CspError ? error.message : error);
  process.exitCode = 1;
});
