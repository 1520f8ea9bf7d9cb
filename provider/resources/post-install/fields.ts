import { z } from "zod";
import { problem } from "../../schema/field";
import { ownConnection } from "../shared/connection";
import { drift } from "../shared/identity";
import { server, serverPath } from "../shared/server";
import { cspHost, target } from "../shared/target";

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

export const postInstallOutputs = z.object({
  published: z.record(z.string(), z.string()).meta({ fileText: true, description: "The script as it is published, by path." }),
  drift,
});
