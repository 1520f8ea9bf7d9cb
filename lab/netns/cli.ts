/** `npm run lab -- ...`: controls the netns lab by hand. */
import { spawnSync } from "node:child_process";
import { Argument, Command, InvalidArgumentError, Option } from "commander";
import { CspError } from "../../provider/errors";
import { ERAS } from "../eras/ages";
import { type DemoOptions, demoTopology } from "./demo";
import type { LabGuest } from "./guest";
import { createLab, type Lab, openLab, removeLab } from "./lab";
import { checkRequirements } from "./requirements";
import type { Backend } from "./topology";

const count = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError("a whole number from 1 on.");
  }
  return value;
};

const backend = (text: string): Backend => {
  if (text !== "nft" && text !== "legacy") {
    throw new InvalidArgumentError('"nft" or "legacy".');
  }
  return text;
};

const program = new Command("npm run lab --")
  .description("Hosts and guests to try csp on: network namespaces with real sshd, bridges and firewall tools.")
  // "shell hv-01 ls -l": the options after the place belong to the command.
  .enablePositionalOptions();

interface Name {
  readonly name: string;
}

program
  .command("up")
  .description("start a lab")
  .option("--name <name>", "name of the lab", "demo")
  .option("--hosts <n>", "hosts hv-01, hv-02, ...", count, 2)
  .option("--guests <n>", "guests, spread over the hosts", count, 6)
  .option("--crowd <n>", "so many guests more, with nothing behind their ports", count)
  .option("--backend <nft|legacy>", "what iptables and ip6tables are on the hosts (default: nft, or what the age has)", backend)
  .addOption(new Option("--era <era>", "the age of the hosts' tools, sshd, init and product (default: this machine's)").choices(ERAS))
  .option("--ssh-port-base <port>", "loopback port of hv-01; the other hosts get those that follow (default: free ports)", count)
  .action(async (options: DemoOptions & Name) => {
    const started = Date.now();
    const lab = await createLab(demoTopology(options), { keep: true });
    console.log(`Lab ${lab.name} is up after ${((Date.now() - started) / 1000).toFixed(1)} s.\n`);
    console.log(describeLab(lab));
    const [host] = lab.hosts;
    if (host !== undefined) {
      const { port, privateKeyPath } = host.ssh;
      console.log(`\nLook around: npm run lab -- shell ${host.name}`);
      console.log(`Log in:      ssh -i ${privateKeyPath} -p ${port} root@127.0.0.1`);
    }
  });

program
  .command("down")
  .description("take a lab down, whatever is left of it")
  .option("--name <name>", "name of the lab", "demo")
  .action(async ({ name }: Name) => {
    await checkRequirements();
    console.log((await removeLab(name)) ? `Lab ${name} is down.` : `Lab ${name} was not up.`);
  });

program
  .command("status")
  .description("hosts, SSH ports, guests and their ports")
  .option("--name <name>", "name of the lab", "demo")
  .option("--json", "for programs: also keys and the lab's password")
  .action(({ name, json }: Name & { json?: boolean }) => {
    const lab = openLab(name);
    console.log(json ? JSON.stringify(statusOf(lab), null, 2) : describeLab(lab));
  });

program
  .command("shell")
  .description("a root shell on a host, or inside a guest's or outside endpoint's network")
  .argument("<place>", "hv-01, web-1, office, operator or fabric")
  .argument("[command...]", "run this instead of a shell")
  .option("--name <name>", "name of the lab", "demo")
  .passThroughOptions()
  .action((place: string, command: string[], { name }: Name) => {
    const lab = openLab(name);
    const host = lab.hosts.find((each) => each.name === place);
    const entry = host?.entryCommand() ?? ["env", `PS1=${place}# `, ...lab.entry(place)];
    const [file = "", ...args] = [...entry, ...(command.length > 0 ? command : host ? ["bash"] : ["bash", "--norc"])];
    process.exitCode = spawnSync(file, args, { stdio: "inherit" }).status ?? 1;
  });

const GUEST_ACTIONS = ["start", "stop", "reboot", "crash", "save", "restore", "pause", "unpause", "plug", "unplug", "migrate"] as const;

program
  .command("guest")
  .description("what happens to guests: a start, reboot, restore or migration gives them a new domain id and vif name")
  .addArgument(new Argument("<action>").choices(GUEST_ACTIONS))
  .argument("<guest>", "its name")
  .argument("[place]", "where to migrate to, or the number of the interface to plug or unplug")
  .option("--name <name>", "name of the lab", "demo")
  .action(async (action: (typeof GUEST_ACTIONS)[number], name: string, place: string | undefined, options: Name) => {
    const guest = openLab(options.name).guest(name);
    const where = (): string => place ?? program.error(`error: say where: guest ${action} ${name} ${action === "migrate" ? "HOST" : "0"}`);
    const before = whereabouts(guest);
    switch (action) {
      case "migrate":
        await guest.migrate(where());
        break;
      case "plug":
      case "unplug":
        await guest[action](Number(where()));
        break;
      case "crash":
        await (await guest.crash())();
        break;
      default:
        await guest[action]();
    }
    console.log(`${name}: ${before} -> ${whereabouts(guest)}`);
  });

program
  .command("host")
  .description("reboot a host: kernel rules, sysctls and domain ids are gone, files stay, then its guests start")
  .addArgument(new Argument("<action>").choices(["reboot"]))
  .argument("<host>", "its name")
  .option("--name <name>", "name of the lab", "demo")
  .action(async (_: string, name: string, options: Name) => {
    const started = Date.now();
    const lab = openLab(options.name);
    await lab.reboot(name);
    console.log(`${name} is up again after ${((Date.now() - started) / 1000).toFixed(1)} s.\n\n${describeLab(lab)}`);
  });

function whereabouts(guest: LabGuest): string {
  return guest.domain === undefined ? "stopped" : `domain ${guest.domain} (${guest.port()}) on ${guest.host}`;
}

function statusOf(lab: Lab): object {
  return {
    name: lab.name,
    hosts: lab.hosts.map((host) => ({
      name: host.name,
      era: host.spec.era,
      backend: host.spec.backend,
      hypervisor: host.spec.hypervisor,
      ssh: host.ssh,
    })),
    guests: lab.guests.map((guest) => ({
      name: guest.name,
      uuid: guest.uuid,
      host: guest.host,
      domain: guest.domain,
      interfaces: guest.spec.interfaces.map((each, device) => ({
        ...each,
        port: guest.domain === undefined ? undefined : guest.port(device),
      })),
    })),
    outside: lab.state.topology.outside,
  };
}

function describeLab(lab: Lab): string {
  const hosts = lab.hosts.map((host) => [
    host.name,
    host.spec.era ?? "-",
    host.spec.backend,
    `127.0.0.1:${host.ssh.port}`,
    host.ssh.managementAddress,
  ]);
  const guests = lab.guests.flatMap((guest) =>
    guest.spec.interfaces.map((each, device) => [
      device === 0 ? guest.name : `${guest.name}/${device}`,
      guest.host,
      guest.domain === undefined ? "stopped" : guest.port(device),
      each.mac,
      each.addresses.map((address) => address.split("/")[0]).join(" "),
    ]),
  );
  const outside = lab.state.topology.outside.map((each) => [
    each.name,
    each.host ?? "fabric",
    "-",
    each.interface.mac,
    each.interface.addresses.map((address) => address.split("/")[0]).join(" "),
  ]);
  return `${table(["HOST", "ERA", "IPTABLES", "SSH", "MANAGEMENT"], hosts)}\n\n${table(["GUEST", "HOST", "PORT", "MAC", "ADDRESSES"], [...guests, ...outside])}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CspError) {
    console.error(error.message);
  } else {
    console.error(error);
  }
  process.exitCode = 1;
});
