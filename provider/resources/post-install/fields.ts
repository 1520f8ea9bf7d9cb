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
      .regex(/^(\/[^/\0]+)+$/, problem("it is not the absolute path of a file", 'write it like "/etc/motd"'))
      .describe("The file's path on the new host."),
    content: z.string().describe("The file's text."),
    mode: z
      .string()
      .regex(/^[0-7]{3,4}$/, problem("it is not an octal mode", 'write it like "644"'))
      .default("644")
      .describe("The file's mode, as chmod takes it."),
  })
  .meta({ token: "csp:install:InstalledFile", description: "A file on the new host." });

export const postInstallInputs = z.object({
  server,
  path: serverPath("The path of the script on the server. The `scripts` of an answerfile name its URL."),
  target,
  csp: cspHost,
  stage: z
    .enum(["filesystem-populated", "installation-complete"])
    .default("filesystem-populated")
    .meta({
      description: "When the installer runs the script.",
      values: {
        "filesystem-populated": "when the new root is complete, before the installer unmounts it",
        "installation-complete": "at the end; the script finds and mounts the new root itself, and does nothing if the installation failed",
      },
    }),
  networkBackend: z.literal("bridge").optional().describe("Makes the Linux bridge the host's network backend, if the answerfile did not."),
  sysctls: z
    .record(
      z.string().regex(/^[A-Za-z0-9_.*/-]+$/, problem("it is not the name of a sysctl", 'write it like "net.ipv4.ip_forward"')),
      line("value"),
    )
    .default({})
    .describe(
      "Kernel settings that survive reboots. The script puts them into a file that this version reads last. For settings of the bridge, it also loads the module that they need.",
    ),
  modules: z
    .array(z.string().regex(/^[A-Za-z0-9_-]+$/, problem("it is not the name of a module", 'write it like "br_netfilter"')))
    .default([])
    .describe("Modules that the host loads at every boot."),
  authorizedKeys: z.array(line("key")).default([]).describe("Public keys that may log in as root."),
  files: z.array(file).default([]).describe("Files that the script puts on the host."),
  hook: z
    .boolean()
    .optional()
    .describe(
      "Puts csp's hook and an empty frame on the new host. Its first boot loads them: no guest can send or receive until a `Host` adopts the machine and policies are declared. Also sets the kernel settings of the bridge. Only for hosts with the Linux bridge.",
    ),
  packScripts: z
    .array(z.string())
    .default([])
    .describe(
      "Scripts of supplemental packs (post-install.sh), as text. They get the argument that the installer gives, so choose the `stage` that they were written for.",
    ),
  script: z.string().optional().describe("Your own shell lines, which run at the end. `$root` is the folder of the new root."),
  content: z
    .string()
    .optional()
    .describe("A whole script of your own, in place of all fields above. csp checks it and publishes it unchanged."),
  connection: ownConnection,
});

export const postInstallOutputs = z.object({
  published: z.record(z.string(), z.string()).meta({ fileText: true, description: "The published script, by path." }),
  drift,
});
