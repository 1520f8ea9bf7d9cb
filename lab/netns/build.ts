/** Brings a lab up: namespaces, cables, hosts, guests, and the relay that leads to the hosts. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { AGES } from "../eras/ages";
import { firstLine, inParallel, run } from "./command";
import { LabErrors } from "./errors";
import { generateKeyPair } from "./keys";
import { LABS_DIRECTORY, labDirectory, namespacePath, operatorNamespace } from "./names";
import type { Plug } from "./ports";
import { bootHost, startRack } from "./power";
import { PYTHON } from "./requirements";
import { writeSeed } from "./seed";
import { identify, type LabState, saveState } from "./state";
import { defineGuest, takeDomain } from "./toolstack";
import type { Host, Topology } from "./topology";
import { allNamespaces, fabricScript, hostScript, insideScript, outsideScript, plugScript } from "./wiring";
import { writeGuest } from "./xenstore";

/** Starts a prepared lab. At the end, its state says that it is up. */
export async function buildLab(state: LabState): Promise<void> {
  const { topology } = state;
  const directory = labDirectory(topology.name);
  const { hosts } = topology;

  await run(
    ["ip", "-batch", "-"],
    allNamespaces(topology)
      .map((namespace) => `netns add ${namespace}\n`)
      .join(""),
  );
  await run(["sh", "-s"], fabricScript(topology));
  await inParallel(8, hosts, async (host) => {
    await run(["sh", "-s"], hostScript(topology, host));
    await startRack(state, host);
    await bootHost(state, host);
  });
  // From here on, the operator can connect. Meanwhile, the guests start.
  await Promise.all([startRelay(directory, topology, state), startGuests(topology, state)]);
  state.phase = "up";
  saveState(state);
}

/**
 * Makes the lab's directory with its keys. The state file is in it from the start, so that whoever finds an unfinished lab knows what to remove.
 * `program`: the stand-ins of hosts of another age.
 */
export function prepareLab(topology: Topology, program: string | undefined): LabState {
  const directory = labDirectory(topology.name);
  const draft = path.join(LABS_DIRECTORY, `.${topology.name}.${process.pid}`);
  fs.mkdirSync(draft, { mode: 0o700 });
  const keyType = ({ era }: Host) => (era === undefined ? undefined : AGES[era].ssh?.keyType) ?? "ed25519";
  // One key for all hosts, that each of them can read.
  const key = generateKeyPair(`csp-lab-${topology.name}`, topology.hosts.some((host) => keyType(host) === "rsa") ? "rsa" : "ed25519");
  const hostKeys = new Map(topology.hosts.map((host) => [host.name, generateKeyPair(host.name, keyType(host))]));
  const publicKey = (host: string): string => hostKeys.get(host)?.public.split(" ").slice(0, 2).join(" ") ?? "";
  const state: LabState = {
    phase: "starting",
    owner: identify(process.pid),
    topology,
    hosts: Object.fromEntries(
      topology.hosts.map(({ name }) => [name, { pid: 0, rackPid: 0, sshPort: 0, hostKey: publicKey(name), nextDomain: 1 }]),
    ),
    guests: Object.fromEntries(topology.guests.map((guest) => [guest.name, { host: guest.host }])),
    privateKey: key.private,
    password: randomBytes(12).toString("base64url"),
  };
  fs.writeFileSync(path.join(draft, "state.json"), JSON.stringify(state), { mode: 0o600 });
  try {
    fs.renameSync(draft, directory);
  } catch (error) {
    fs.rmSync(draft, { recursive: true });
    throw ["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "") ? LabErrors.exists(topology.name) : error;
  }
  fs.writeFileSync(path.join(directory, "id_lab"), key.private, { mode: 0o600 });
  fs.writeFileSync(path.join(directory, "id_lab.pub"), `${key.public}\n`);
  const passwordHash = hashPassword(state.password);
  for (const host of topology.hosts) {
    fs.mkdirSync(path.join(directory, host.name, "fs"), { recursive: true });
    writeSeed(path.join(directory, host.name, "seed"), {
      host,
      hosts: topology.hosts,
      hostPrivateKey: hostKeys.get(host.name)?.private ?? "",
      hostPublicKey: publicKey(host.name),
      authorizedKey: key.public,
      passwordHash,
      program,
    });
  }
  return state;
}

/** crypt(3). Node does not have it, but every Debian has perl. */
function hashPassword(password: string): string {
  const { execFileSync } = require("node:child_process") as typeof import("node:child_process");
  const salt = randomBytes(9).toString("base64").replace(/\+/g, ".");
  return execFileSync("perl", ["-e", 'print crypt(<STDIN>, "\\$6\\$rounds=1000\\$$ARGV[0]")', salt], { input: password }).toString();
}

async function startRelay(directory: string, topology: Topology, state: LabState): Promise<void> {
  const log = fs.openSync(path.join(directory, "relay.log"), "w");
  const child = spawn(PYTHON, ["-I", "-B", path.join(__dirname, "relay.py")], { detached: true, stdio: ["pipe", "pipe", log], cwd: "/" });
  fs.closeSync(log);
  const targets = topology.hosts.map((host) => ({ host: host.name, port: host.sshPort, address: host.managementAddress }));
  child.stdin?.end(JSON.stringify({ namespace: namespacePath(operatorNamespace(topology.name)), targets }));
  const line = await firstLine(child);
  if (line === undefined) {
    throw LabErrors.relayFailed(fs.readFileSync(path.join(directory, "relay.log"), "utf8"));
  }
  child.stdout?.destroy();
  child.unref();
  const reply = JSON.parse(line) as { ports?: Record<string, number>; error?: string; host?: string };
  if (reply.ports === undefined) {
    throw reply.host ? LabErrors.portTaken(reply.host, reply.error ?? "") : LabErrors.relayFailed(reply.error ?? "");
  }
  for (const [host, port] of Object.entries(reply.ports)) {
    const hostState = state.hosts[host];
    if (hostState !== undefined) {
      hostState.sshPort = port;
    }
  }
}

/** Starts all guests at once: one batch of ports for each host, then a few shells for the insides. */
async function startGuests(topology: Topology, state: LabState): Promise<void> {
  const { name } = topology;
  const running = topology.guests.filter((guest) => guest.running);
  for (const guest of topology.guests) {
    defineGuest(state, guest);
  }
  const plugged = topology.hosts.map((host) => ({
    host,
    plugs: running
      .filter((guest) => guest.host === host.name)
      .map((guest): Plug => {
        const domain = takeDomain(state, guest, host);
        state.guests[guest.name] = { host: host.name, domain };
        const plug = { guest, domain, devices: guest.interfaces.map((_, device) => device) };
        if (host.hypervisor === "xen") {
          writeGuest(state.hosts[host.name]?.pid ?? 0, host, plug);
        }
        return plug;
      }),
  }));
  await inParallel(2, plugged, async ({ host, plugs }) => {
    await run(["sh", "-s"], plugScript(name, host, plugs));
  });
  const insides = [
    ...plugged.flatMap(({ plugs }) => plugs.filter(({ guest }) => !guest.bare).map((plug) => insideScript(name, plug))),
    ...topology.outside.map((outside) => outsideScript(name, outside)),
  ];
  const lanes = [0, 1, 2, 3].map((lane) => insides.filter((_, index) => index % 4 === lane).join(""));
  await Promise.all(lanes.map((script) => run(["sh", "-s"], script)));
}
