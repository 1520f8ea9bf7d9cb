import { z } from "zod";
import { TARGETS } from "../../install/targets";
import { problem } from "../../schema/field";
import { ownConnection } from "../shared/connection";
import { drift } from "../shared/identity";
import { server, serverPath } from "../shared/server";

export const target = z
  .enum(TARGETS)
  .describe(
    'The version that is installed: "5.6" is XenServer 5.6 SP2, "6.0" to "7.3" XenServer, "7.4" to "8.3" XCP-ng, "xs8" and "xs9" XenServer 8 and 9.',
  );

const localPath = z.string().min(1, problem("the path is empty", "name a folder, an .iso or a .tgz on the machine that csp runs on"));

export const repositoryInputs = z.object({
  server,
  path: serverPath(
    "The folder on the server in which csp publishes the repository. Its entries lead to the published tree, which changes as a whole. csp leaves alone what others put into this folder.",
  ),
  target,
  base: localPath.describe(
    "The installation media: a folder or an ISO image on the machine that csp runs on. If the folder has several images, csp reads them as one.",
  ),
  packs: z
    .array(localPath)
    .default([])
    .describe(
      "Supplemental packs to merge: folders, ISO images or tar archives on the machine that csp runs on. Their order does not matter.",
    ),
  csp: z
    .boolean()
    .default(true)
    .describe(
      "Whether the hosts are to be csp hosts. csp then refuses media without what these need (on 5.6 and 6.0 the Cloud Service Providers pack).",
    ),
  urls: z
    .array(
      z
        .string()
        .regex(
          /^(https?:\/\/[^\s/?#]+(\/[^\s?#]*)?|nfs:\/\/[^\s/?#]+\/[^\s?#]+(\?[^\s#]*)?)$/,
          problem("it is neither an HTTP nor an NFS URL", 'write it like "http://192.0.2.1/xs56" or "nfs://192.0.2.1/srv/www/xs56"'),
        ),
    )
    .default([])
    .meta({ unordered: true })
    .describe(
      "The HTTP and NFS URLs at which installers find the repository. After publishing, and at every refresh, csp reads it back from them as an installer does (over NFS with `nfs-cat` of libnfs).",
    ),
  verify: z
    .boolean()
    .default(true)
    .describe("Whether csp reads `urls` back. Turn it off if the machine that csp runs on cannot reach them."),
  connection: ownConnection,
});

export const repositoryOutputs = z.object({
  packages: z
    .record(z.string(), z.string())
    .describe(
      "What is published, by package: version, release and architecture (or the size, if it is not an RPM), and the beginning of its SHA-256.",
    ),
  sources: z
    .array(z.string())
    .describe(
      'What an answerfile names as sources, below the path: "" for the media, then the packs that are sources of their own (7.1 and later; the installers of 5.6 to 7.0 find packs through XS-REPOSITORY-LIST).',
    ),
  drift,
});
