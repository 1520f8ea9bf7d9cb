import { posix } from "node:path";
import { z } from "zod";
import { leaveFirstBoot } from "../host/adopt/first-boot";
import { BRIDGE_SYSCTLS } from "../host/sysctls";
import { lintPostInstall } from "../install/post-install/lint";
import { postInstallScript } from "../install/post-install/script";
import { atLeast, isTarget, isXcpNg, type Target } from "../install/targets";
import { problem } from "../schema/field";
import { ownConnection } from "./connection";
import { defineResource, type PartiallyKnown, type Report } from "./define";
import { hostInputs } from "./host";
import { drift, splitId } from "./identity";
import { published } from "./lifecycle/published";
import { server, serverPath } from "./server";
import { cspHost, target } from "./target";
import { holdsUnknown } from "./validate";

const line = (what: string) =>
  z
    .string()
    .min(1, problem(`the ${what} is empty`, "write it, or leave it out"))
    .regex(/^[^\p{Cc}]*$/u, problem(`the ${what} has a line break or a control character`, "write it on one line"));

const file = z
  .object({
    path: z
      .string()
      .regex(/^(\/[^/\0]+)+$/, problem("it is not an absolute path of a file", 'write it like "/etc/motd"'))
      .describe("On the new host."),
    content: z.string().describe("Its text."),
    mode: z
      .string()
      .regex(/^[0-7]{3,4}$/, problem("it is not an octal mode", 'write it like "644"'))
      .default("644")
      .describe("As chmod takes it."),
  })
  .meta({ token: "csp:install:InstalledFile", description: "A file of the new host." });

export const postInstallInputs = z.object({
  server,
  path: serverPath("The script on the server. An answerfile's `scripts` name its URL."),
  target,
  csp: cspHost,
  stage: z
    .enum(["filesystem-populated", "installation-complete"])
    .default("filesystem-populated")
    .meta({
      description: "When the installer runs it.",
      values: {
        "filesystem-populated": "on the new root, before it is unmounted",
        "installation-complete":
          "at the end; the script finds and mounts the new root itself, and does nothing after a failed installation",
      },
    }),
  networkBackend: z
    .literal("bridge")
    .optional()
    .describe("Makes the Linux bridge the host's network backend, where an answerfile did not."),
  sysctls: z
    .record(
      z.string().regex(/^[A-Za-z0-9_.*/-]+$/, problem("it is no sysctl's name", 'write it like "net.ipv4.ip_forward"')),
      line("value"),
    )
    .default({})
    .describe(
      "Kernel settings that survive reboots, in a file that this version reads last. Those of the bridge bring the module they need.",
    ),
  modules: z
    .array(z.string().regex(/^[A-Za-z0-9_-]+$/, problem("it is no module's name", 'write it like "br_netfilter"')))
    .default([])
    .describe("Modules loaded at every boot."),
  authorizedKeys: z.array(line("key")).default([]).describe("Public keys that may log in as root."),
  files: z.array(file).default([]).describe("Files put on the host."),
  hook: z
    .boolean()
    .optional()
    .describe(
      "Puts csp's hook and an empty frame on the new host, which its first boot loads: until a `Host` adopts it and policies are declared, no guest passes traffic. Brings the bridge's kernel settings. Only on the Linux bridge.",
    ),
  packScripts: z
    .array(z.string())
    .default([])
    .describe(
      "Scripts of supplemental packs (post-install.sh), as text: run with the argument the installer gave, which wants the stage they were written for.",
    ),
  script: z.string().optional().describe("Shell lines of your own, at the end; the new root's folder is in `$root`."),
  content: z.string().optional().describe("A whole script of your own in place of all this: checked, and published as it is."),
  connection: ownConnection,
});

const outputs = z.object({
  published: z.record(z.string(), z.string()).meta({ fileText: true, description: "The script as it is published, by path." }),
  drift,
});

type Inputs = z.output<typeof postInstallInputs>;

function scriptOf({ hook, ...inputs }: Inputs): string {
  return inputs.content ?? postInstallScript({ ...inputs, ...(hook === true ? { hook: hookFor(inputs.target) } : {}) });
}

/** What calls the hook on this version (hook/callers.ts); and XCP-ng 8's 90-net.conf, without which the sysctls are the kernel's own 1. */
function hookFor(target: Target): string {
  return leaveFirstBoot({
    callers: [atLeast(target, "6.0") ? "xapi" : "udev", atLeast(target, "7.0") ? "systemd" : "sysv"],
    guestPorts: hostInputs.shape.guestPorts.parse(undefined),
    sysctls: isXcpNg(target) && atLeast(target, "8.0") ? Object.fromEntries(BRIDGE_SYSCTLS.map((key) => [key, "0"])) : {},
  });
}

function findings(inputs: Inputs) {
  const { target, csp, stage } = inputs;
  return lintPostInstall(Buffer.from(scriptOf(inputs)), { target, csp, stage });
}

const STEPS = ["networkBackend", "sysctls", "modules", "authorizedKeys", "files", "hook", "packScripts", "script"] as const;

/** Both a script of one's own and steps; and what its rules refuse. */
function check(inputs: PartiallyKnown, report: Report): void {
  if (inputs.content !== undefined) {
    for (const step of STEPS) {
      const value = inputs[step];
      if (value !== undefined && value !== false && (typeof value !== "object" || Object.keys(value).length > 0))
        report(
          [step],
          "there is a whole script in `content`, beside which no steps are made",
          "put it into that script, or leave `content` out",
        );
    }
  }
  if (inputs.hook === true && inputs.csp !== true && inputs.target === "xs9")
    report(
      ["hook"],
      "XenServer 9 has Open vSwitch only: no hook follows its guests",
      "leave `hook` out, or install XCP-ng 8.3 or XenServer 8",
    );
  if (inputs.csp === true && inputs.target === "xs9")
    report(
      ["target"],
      "XenServer 9 has Open vSwitch only: it cannot be a csp host",
      "install XCP-ng 8.3 or XenServer 8, or set `csp: false`",
    );
  else if (isTarget(inputs.target) && !holdsUnknown(inputs)) {
    for (const { severity, message, remedy } of findings(inputs))
      if (severity === "error") report([inputs.content === undefined ? "script" : "content"], message, remedy);
  }
}

export const postInstall = defineResource({
  token: "csp:install:PostInstall",
  description:
    "A script that an installation runs: made from steps for the version and the stage that will run it, or brought along and checked. What became of it stands in /var/log/csp-post-install.log of the new host.",
  inputs: postInstallInputs,
  outputs,
  importId: "<server>/<path>",
  live: true,
  crossCheck: check,
  ...published<typeof postInstallInputs, typeof outputs>({
    id: ({ server, path }) => `${server}${path}`,
    place: (id) => {
      const { host, rest } = splitId(id) ?? { host: "", rest: "" };
      const path = posix.join("/", rest);
      return { server: host, record: posix.join(posix.dirname(path), `.${posix.basename(path)}.csp`), paths: [path] };
    },
    files: (inputs) => new Map([[inputs.path, { content: scriptOf(inputs) }]]),
    output: "published",
    findings,
  }),
});
