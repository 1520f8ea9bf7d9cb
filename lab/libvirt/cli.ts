/** `npm run lab:libvirt -- ...`: controls the libvirt lab by hand. */
import { spawnSync } from "node:child_process";
import { Argument, Command, Option } from "commander";
import { CspError } from "../../provider/errors";
import { demoTopology } from "../netns/demo";
import type { LibvirtGuest } from "./guest";
import { createLibvirtLab, type LibvirtLab, openLibvirtLab, removeLibvirtLab } from "./lab";

const program = new Command("npm run lab:libvirt --")
  .description("Hosts with Debian's libvirtd, and guests that are virtual machines (emulated, no KVM needed).")
  // "shell hv-01 ls -l": the options after the place belong to the command.
  .enablePositionalOptions();

interface Name {
  readonly name: string;
}

program
  .command("up")
  .description("start hosts and their guests; the first time builds the hosts' root from Debian packages")
  .option("--name <name>", "name of the lab", "demo-kvm")
  .addOption(new Option("--hosts <n>", "hosts hv-01, hv-02, ...").default(1).argParser(Number))
  .addOption(new Option("--guests <n>", "guests web-1, web-2, db-1, ...").default(2).argParser(Number))
  .addOption(new Option("--backend <variant>", "what iptables and ip6tables are").choices(["nft", "legacy"]).default("nft"))
  .action(async ({ name, hosts, guests, backend }: Name & { hosts: number; guests: number; backend: "nft" | "legacy" }) => {
    const started = Date.now();
    const lab = await createLibvirtLab(demoTopology({ name, hosts, guests, backend }), { keep: true });
    console.log(`libvirt lab ${lab.name} is up after ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
    console.log(await describe(lab));
    await lab.close();
  });

program
  .command("down")
  .description("take a lab down, whatever is left of it")
  .option("--name <name>", "name of the lab", "demo-kvm")
  .action(async ({ name }: Name) => {
    console.log((await removeLibvirtLab(name)) ? `libvirt lab ${name} is down.` : `libvirt lab ${name} was not up.`);
  });

program
  .command("status")
  .description("hosts, SSH ports, guests and their ports")
  .option("--name <name>", "name of the lab", "demo-kvm")
  .action(async ({ name }: Name) => {
    const lab = openLibvirtLab(name);
    console.log(await describe(lab));
    await lab.close();
  });

program
  .command("shell")
  .description("a root shell on a host")
  .argument("<host>")
  .argument("[command...]", "run this instead of a shell")
  .option("--name <name>", "name of the lab", "demo-kvm")
  .passThroughOptions()
  .action((host: string, command: string[], { name }: Name) => {
    const [file = "", ...args] = openLibvirtLab(name).host(host).entryCommand();
    process.exitCode = spawnSync(file, [...args, ...(command.length === 0 ? ["bash"] : command)], { stdio: "inherit" }).status ?? 1;
  });

const ACTIONS = [
  "start",
  "stop",
  "destroy",
  "reboot",
  "reset",
  "crash",
  "save",
  "restore",
  "managedSave",
  "resume",
  "pause",
  "unpause",
] as const;

program
  .command("guest")
  .description("what libvirt does to a guest; after all but reboot, reset and pause it has another domain id and port")
  .addArgument(new Argument("<action>").choices([...ACTIONS, "plug", "unplug", "migrate"]))
  .argument("<guest>")
  .argument("[place]", "where to migrate to, or the number of the interface to plug or unplug")
  .option("--name <name>", "name of the lab", "demo-kvm")
  .action(async (action: (typeof ACTIONS)[number] | "plug" | "unplug" | "migrate", guestName: string, place = "", { name }: Name) => {
    const lab = openLibvirtLab(name);
    const guest = await whereIs(lab, guestName);
    const before = await stateOf(guest);
    if (action === "migrate") await guest.migrate(place);
    else if (action === "plug" || action === "unplug") await guest[action](Number(place));
    else await guest[action]();
    console.log(`${guestName}: ${before} -> ${await stateOf(guest)}`);
    await lab.close();
  });

/** A guest on the host that it is on now: another process may have moved it. */
async function whereIs(lab: LibvirtLab, name: string): Promise<LibvirtGuest> {
  const guest = lab.guest(name);
  await guest.find();
  return guest;
}

async function stateOf(guest: LibvirtGuest): Promise<string> {
  const domain = await guest.domain();
  return domain === undefined ? "not running" : `domain ${domain} on ${guest.host} (${[...(await guest.ports()).values()].join(", ")})`;
}

async function describe(lab: LibvirtLab): Promise<string> {
  const lines = lab.hosts.map(({ name, ssh }) => `${name.padEnd(8)} ssh -i ${ssh.privateKeyPath} -p ${ssh.port} root@127.0.0.1`);
  for (const { name } of lab.guests) {
    const guest = await whereIs(lab, name);
    const { addresses = [] } = guest.spec.interfaces[0] ?? {};
    lines.push(`${name.padEnd(8)} ${await stateOf(guest)}  ${guest.mac}  ${addresses.join(" ")}`);
  }
  for (const { name, interface: each } of lab.topology.outside)
    lines.push(`${name.padEnd(8)} outside  ${each.mac}  ${each.addresses.join(" ")}`);
  return lines.join("\n");
}

program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof CspError ? error.message : error);
  process.exitCode = 1;
});
