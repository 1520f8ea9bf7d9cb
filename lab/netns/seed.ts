/** The files in which a lab host differs from the machine that it runs on: who may log in, which tools, which sysctls. */
import * as fs from "node:fs";
import * as path from "node:path";
import { AGES } from "../eras/ages";
import { writeDebian } from "../eras/debian";
import { sshdLines, writeAge } from "../eras/seed";
import { writeProduct } from "./product";
import type { Host } from "./topology";

const ASSETS = path.join(__dirname, "dom0");
const XL_ASSETS = path.join(__dirname, "xl");

export interface SeedOptions {
  readonly host: Host;
  readonly hosts: readonly Host[];
  /** OpenSSH text. */
  readonly hostPrivateKey: string;
  readonly hostPublicKey: string;
  /** The lab's key, which root and csp accept. */
  readonly authorizedKey: string;
  /** The password hash of root, csp and csp-sudo, as crypt(3) text. */
  readonly passwordHash: string;
  /** The stand-ins of hosts of another age; undefined if no host needs them. */
  readonly program?: string;
}

const SSHD_CONFIG = `Port 22
PidFile /run/sshd.pid
UsePAM no
UseDNS no
PermitRootLogin yes
PubkeyAuthentication yes
PasswordAuthentication yes
KbdInteractiveAuthentication no
AuthorizedKeysFile .ssh/authorized_keys
MaxStartups 500
MaxSessions 100
MaxAuthTries 20
LogLevel VERBOSE
PrintMotd no
Subsystem sftp internal-sftp
`;

/** Users of a lab host besides root: csp may use sudo without a password, csp-sudo with its own password. */
const USERS = [
  { name: "csp", id: 20001, sudo: "csp ALL=(ALL) NOPASSWD: ALL" },
  { name: "csp-sudo", id: 20002, sudo: "csp-sudo ALL=(ALL) ALL" },
];

/** Writes the files below `directory`; hostroot.sh copies them over the host's file system. */
export function writeSeed(directory: string, options: SeedOptions): void {
  const put = (file: string, text: string, mode = 0o644): void => {
    const place = path.join(directory, file);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    fs.writeFileSync(place, text, { mode });
  };
  const { host } = options;
  put("etc/hostname", `${host.name}\n`);
  put(
    "etc/hosts",
    `127.0.0.1 localhost\n::1 localhost\n${options.hosts.map((each) => `${each.managementAddress} ${each.name}\n`).join("")}`,
  );
  const age = host.era === undefined ? undefined : AGES[host.era];
  const hostKey = `etc/ssh/ssh_host_${age?.ssh?.keyType ?? "ed25519"}_key`;
  put("etc/ssh/sshd_config", `HostKey /${hostKey}\n${SSHD_CONFIG}${age?.ssh === undefined ? "" : sshdLines(age.ssh)}`);
  put(hostKey, options.hostPrivateKey, 0o600);
  put(`${hostKey}.pub`, `${options.hostPublicKey}\n`);
  put("etc/sysctl.d/90-net.conf", ["iptables", "ip6tables", "arptables"].map((key) => `net.bridge.bridge-nf-call-${key} = 0\n`).join(""));

  const lines = (file: string): string[] => fs.readFileSync(file, "utf8").split("\n").filter(Boolean);
  const others = (line: string): boolean => !USERS.some(({ name }) => line.startsWith(`${name}:`));
  const system = host.root?.at(-1) ?? "/";
  put(
    "etc/passwd",
    text([
      ...lines(path.join(system, "etc/passwd")).filter(others),
      ...USERS.map(({ name, id }) => `${name}:x:${id}:${id}::/home/${name}:/bin/bash`),
    ]),
  );
  put("etc/group", text([...lines(path.join(system, "etc/group")).filter(others), ...USERS.map(({ name, id }) => `${name}:x:${id}:`)]));
  // A lab host must not contain the password hash of anybody else.
  put(
    "etc/shadow",
    text(["root", ...USERS.map(({ name }) => name)].map((name) => `${name}:${options.passwordHash}:19000:0:99999:7:::`)),
    0o600,
  );
  for (const { name, id, sudo } of USERS) {
    put(`etc/sudoers.d/${name}`, `${sudo}\n`, 0o440);
    put(`home/${name}/.ssh/authorized_keys`, `${options.authorizedKey}\n`, 0o600);
    for (const place of [`home/${name}`, `home/${name}/.ssh`, `home/${name}/.ssh/authorized_keys`]) {
      fs.chownSync(path.join(directory, place), id, id);
    }
  }
  put("root/.ssh/authorized_keys", `${options.authorizedKey}\n`, 0o600);
  put("root/.bashrc", "PS1='\\[\\e[1m\\]\\h\\[\\e[0m\\]:\\w# '\n");
  fs.chmodSync(path.join(directory, "root"), 0o700);
  if (age?.tools !== undefined) writeAge(directory, age, options.program ?? "", { ebtables: host.ebtables ?? "nft" });
  else if (age?.debian !== undefined) writeDebian(directory, age.debian, host, age.releases);
  else chooseBackend(directory, host);
  for (const [file, content] of Object.entries(host.files ?? {})) {
    put(file, content);
  }
  put("usr/local/lib/csp-lab/boot-services.sh", fs.readFileSync(path.join(__dirname, "boot-services.sh"), "utf8"));
  if (host.product !== undefined) {
    writeProduct(directory, host.product);
  }
  // These places show what kind of host it is.
  const places = {
    xapi: ["etc/xapi.d"],
    xl: ["etc/xen/scripts/vif-post.d"],
    libvirt: ["etc/libvirt/hooks"],
    proxmox: ["etc/pve/qemu-server", "etc/pve/lxc"],
  };
  for (const place of places[host.toolstack]) {
    fs.mkdirSync(path.join(directory, place), { recursive: true });
  }
  if (host.toolstack === "xl") {
    put("etc/xen/xl.conf", "# Nothing is set: xl's own defaults.\n");
    put("etc/xen/scripts/vif-bridge", fs.readFileSync(path.join(XL_ASSETS, "vif-bridge"), "utf8"), 0o755);
  }
  if (host.hypervisor === "xen") {
    for (const file of fs.readdirSync(ASSETS)) {
      const library = file.endsWith(".sh");
      const place = library ? `usr/local/lib/csp-lab/${file}` : `usr/local/sbin/${file}`;
      put(place, fs.readFileSync(path.join(ASSETS, file), "utf8"), library ? 0o644 : 0o755);
    }
  }
}

/** Links the tools' usual names to the variant of this host's backend. */
function chooseBackend(directory: string, host: Host): void {
  const place = path.join(directory, "usr/sbin");
  fs.mkdirSync(place, { recursive: true });
  const variants = { iptables: host.backend, ip6tables: host.backend, ebtables: host.ebtables ?? "nft", arptables: "legacy" };
  for (const [tool, variant] of Object.entries(variants)) {
    for (const suffix of ["", "-save", "-restore"]) {
      fs.symlinkSync(`${tool}-${variant}${suffix}`, path.join(place, `${tool}${suffix}`));
    }
  }
}

const text = (lines: readonly string[]): string => `${lines.join("\n")}\n`;
