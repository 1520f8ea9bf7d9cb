import type { Plane } from "../../firewall/model/kernel";
import { shutLines } from "../../firewall/planes/shut";
import { STATE_DIR } from "../records/state-dir";
import { program } from "../remote/program";
import type { HostFacts } from "./facts";

/**
 * The callers of the hook. All of them may be there at once: the hook looks for itself what changed, so an extra call does no harm.
 *
 * - `xapi`: XenServer 6 and later, XCP-ng call /etc/xapi.d/vif-hotplug after a port has joined its bridge and before it leaves.
 * - `xl`: Xen's own scripts source /etc/xen/scripts/vif-post.d/*.hook at their end (xen-hotplug-common, 4.3+). `vif.default.script` would come
 *   earlier, but it is in a file of the user, and the frame drops what comes before us anyway.
 * - `libvirt`: /etc/libvirt/hooks/qemu.d (6.5+); before that hooks/qemu. libvirtd sees a new file there when it starts, and has no event for an
 *   interface that is plugged into a running guest: `udev` has.
 * - `udev`: works everywhere. It is the only way on XenServer 5.6, whose /etc/xensource/scripts/vif calls no other script, and on Proxmox, whose
 *   hookscripts are set for each guest.
 * - `systemd`, `sysv`: at boot, before the first guest.
 */
export const CALLERS = ["xapi", "xl", "libvirt", "libvirt-qemu", "udev", "systemd", "sysv"] as const;
export type Caller = (typeof CALLERS)[number];

/** The callers that a user can name; "boot" is systemd or SysV, whichever the host has. */
export type CallerChoice = "auto" | "xapi" | "xl" | "libvirt" | "udev" | "boot";

/** The callers that a declaration means on this host. Boot is always one of them. */
export function resolveCallers(choice: readonly CallerChoice[], facts: HostFacts): Caller[] {
  if (choice.length === 0) return [];
  const there = facts.callers.filter((caller): caller is Caller => (CALLERS as readonly string[]).includes(caller));
  if (choice.includes("auto")) return [...there];
  const libvirt: Caller = there.includes("libvirt-qemu") ? "libvirt-qemu" : "libvirt";
  const named = choice.flatMap((one): Caller[] => (one === "auto" || one === "boot" ? [] : [one === "libvirt" ? libvirt : one]));
  return CALLERS.filter((caller) => named.includes(caller) || ((caller === "systemd" || caller === "sysv") && there.includes(caller)));
}

export interface CallerFile {
  readonly path: string;
  readonly mode: "0755" | "0644";
  readonly content: string;
  /** Symbolic links to it that make an init start it; for SysV, those whose folder exists. */
  readonly links?: readonly string[];
}

/** A text in every file of ours. csp keeps a file without it, and puts that file back when it removes its own. */
const MARK = "Put here by csp.Host";
/** Started by a shell, so that it also runs if /var is mounted noexec, and with any file mode. */
const HOOK = `/bin/sh ${STATE_DIR}/hook`;

/** A script of an event. What was there before under the same name still gets its turn, with the arguments and input it would have had. */
function script(name: "caller-xapi.sh" | "caller-libvirt.sh", path: string): CallerFile {
  return { path, mode: "0755", content: program(name, { MARK, KEPT: `${STATE_DIR}/kept/${keptName(path)}` }) };
}

/** Services that load their own rules at boot, and may then replace whole tables. */
const RESTORERS =
  "netfilter-persistent.service iptables.service ip6tables.service ebtables.service arptables.service ipset.service nftables.service firewalld.service".split(
    " ",
  );

/**
 * One command for each layer, so that a layer that cannot be shut does not prevent the others. One command on each line, because systemd before
 * 235 (XCP-ng 8 has 219) reads only 2,047 characters of a line (LINE_MAX, config_parse) and joins lines that a backslash divides.
 */
const shutting = (word: string, { guestPorts, plane }: Shutting) =>
  shutLines(guestPorts, plane)
    .map((line) => `${word}=-/bin/sh -c '${line.replaceAll("; ", "; \\\n")}'\n`)
    .join("");

const BEFORE_GUESTS = `Before=network-pre.target shutdown.target
Before=xenstored.service xapi.service xenopsd-xc.service xendomains.service
Before=libvirtd.service virtqemud.service libvirt-guests.service pve-guests.service`;

/** What is shut at boot, and by which tools. */
export interface Shutting {
  readonly guestPorts: readonly string[];
  readonly plane: Plane;
}

const FILES: Readonly<Record<Caller, (shut: Shutting) => readonly CallerFile[]>> = {
  xapi: () => [script("caller-xapi.sh", "/etc/xapi.d/vif-hotplug")],
  xl: () => [{ path: "/etc/xen/scripts/vif-post.d/csp.hook", mode: "0755", content: program("caller-xl.sh", { MARK }) }],
  libvirt: () => [script("caller-libvirt.sh", "/etc/libvirt/hooks/qemu.d/csp")],
  "libvirt-qemu": () => [script("caller-libvirt.sh", "/etc/libvirt/hooks/qemu")],
  // Of every port: one whose name is not a guest's may be a declared guest's all the same.
  udev: () => [
    {
      path: "/etc/udev/rules.d/85-csp.rules",
      mode: "0644",
      content: `# ${MARK}, which also takes it away: tells csp's hook that ports come or go.
SUBSYSTEM=="net", ACTION=="add|remove|move", RUN+="${HOOK} udev %k"
`,
    },
  ],
  systemd: (shut) => [
    // Blocks everything that guests could send or receive, before csp's files are read, and only with the layers' own tools.
    {
      path: "/etc/systemd/system/csp-shut.service",
      mode: "0644",
      content: `# ${MARK}, which also takes it away.
[Unit]
Description=csp: guests' ports are shut until their firewall is there
DefaultDependencies=no
${BEFORE_GUESTS}
Before=csp.service
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
${shutting("ExecStart", shut)}TimeoutStartSec=120

[Install]
WantedBy=sysinit.target
`,
      links: ["/etc/systemd/system/sysinit.target.wants/csp-shut.service"],
    },
    // It runs after the services that restore other rules at boot: they may replace whole tables, so it shuts them again. No default dependencies:
    // network-pre.target is early.
    {
      path: "/etc/systemd/system/csp.service",
      mode: "0644",
      content: `# ${MARK}, which also takes it away.
[Unit]
Description=csp: the firewall of this host's guests, before the first of them starts
DefaultDependencies=no
RequiresMountsFor=${STATE_DIR}
After=local-fs.target systemd-modules-load.service systemd-sysctl.service
After=${RESTORERS.join(" ")}
${BEFORE_GUESTS}
Wants=network-pre.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
${shutting("ExecStartPre", shut)}ExecStart=${HOOK} boot
TimeoutStartSec=600

[Install]
WantedBy=multi-user.target
`,
      links: ["/etc/systemd/system/multi-user.target.wants/csp.service"],
    },
    // A service that loads its own rules again, or flushes all rules, removes csp's rules too.
    {
      path: "/etc/systemd/system/csp-follow.service",
      mode: "0644",
      content: `# ${MARK}, which also takes it away.
[Unit]
Description=csp: the firewall of this host's guests, after another service has loaded its rules
DefaultDependencies=no
After=csp.service ${RESTORERS.join(" ")}
Conflicts=shutdown.target

[Service]
Type=oneshot
ExecStart=${HOOK} follow
TimeoutStartSec=600

[Install]
WantedBy=${RESTORERS.join(" ")}
`,
      links: RESTORERS.map((service) => `/etc/systemd/system/${service}.wants/csp-follow.service`),
    },
  ],
  // Shutting comes first. The hook comes after iptables (S08 on Red Hat), before the network (S10) and every toolstack; on Debian, none of these comes
  // before S01.
  sysv: ({ guestPorts, plane }) => [
    {
      path: "/etc/init.d/csp-shut",
      mode: "0755",
      content: program("init-shut.sh", { MARK, SHUT: shutLines(guestPorts, plane).join("\n").replaceAll("; ", "\n") }),
      links: ["2", "3", "4", "5"].flatMap((level) => [`/etc/rc${level}.d/S00csp-shut`, `/etc/rc.d/rc${level}.d/S01csp-shut`]),
    },
    {
      path: "/etc/init.d/csp",
      mode: "0755",
      content: program("init.sh", { MARK }),
      links: ["2", "3", "4", "5"].flatMap((level) => [`/etc/rc${level}.d/S00csp`, `/etc/rc.d/rc${level}.d/S09csp`]),
    },
  ],
};

function keptName(path: string): string {
  return path.slice(1).replace(/\//g, "-");
}

export function callerFiles(callers: readonly string[], shut: Shutting): CallerFile[] {
  return CALLERS.filter((caller) => callers.includes(caller)).flatMap((caller) => FILES[caller](shut));
}

const NOTHING: Shutting = { guestPorts: [], plane: "xtables" };

/** Every file that any caller has. */
export const CALLER_PATHS: readonly string[] = callerFiles(CALLERS, NOTHING).map(({ path }) => path);

/** Every link by which an init starts one of them. */
export const CALLER_LINKS: readonly string[] = callerFiles(CALLERS, NOTHING).flatMap(({ links = [] }) => links);

/**
 * Makes the callers' files what they should be, and removes those of other callers. Without callers, it removes all of them. It works on the
 * host itself; `under` is the shell's word for the folder of another system that is not running, like `"$root"`.
 */
export function installCallers(callers: readonly string[], shut: Shutting, under = ""): string {
  const wanted = new Set(callerFiles(callers, shut).map(({ path }) => path));
  const steps = callerFiles(CALLERS, shut).flatMap(({ path, mode, content, links = [] }) => {
    if (!wanted.has(path)) return [`away ${[path, keptName(path), ...links].join(" ")}\n`];
    return [
      program("put-caller.sh", { PATH: path, KEPT: keptName(path), MODE: mode, CONTENT: content }),
      ...(links.length === 0 ? [] : [`link ${[path, ...links].join(" ")} || exit 1\n`]),
    ];
  });
  if (callers.length === 0) steps.push(program("leave-folders.sh"));
  return `r=${under}\n${program("callers.sh", { MARK, STEPS: steps.join("") })}`;
}
