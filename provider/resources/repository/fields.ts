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

const localPath = z.string().min(1, problem("the path is empty", "name a folder, an .iso or a .tgz on the machine csp runs on"));

export const repositoryInputs = z.object({
  server,
  path: serverPath(
    "The folder it is published in on the server. What is in it leads to the published tree, which changes as a whole; what others put beside it is left alone.",
  ),
  target,
  base: localPath.describe(
    "The installation media: a folder or an ISO image on the machine csp runs on. Several images in one folder are one.",
  ),
  packs: z
    .array(localPath)
    .default([])
    .describe("Supplemental packs to merge: folders, ISO images or tar archives on the machine csp runs on. Their order does not matter."),
  csp: z
    .boolean()
    .default(true)
    .describe(
      "Whether the hosts are to be csp hosts: then media that lack what these need (on 5.6 and 6.0 the Cloud Service Providers pack) are refused.",
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
      "Where installers find the path: HTTP and NFS URLs. After publishing, and at every refresh, it is read back from them as an installer reads it (NFS by libnfs's `nfs-cat`).",
    ),
  verify: z
    .boolean()
    .default(true)
    .describe("Whether `urls` are read back. Turn it off where they cannot be reached from the machine csp runs on."),
  connection: ownConnection,
});

export const repositoryOutputs = z.object({
  packages: z
    .record(z.string(), z.string())
    .describe(
      "What is published, by package: version, release and architecture (of what is no RPM the size), and the beginning of its SHA-256.",
    ),
  sources: z
    .array(z.string())
    .describe(
      'What an answerfile names as sources, below the path: "" for the media, then the packs where they are sources of their own (7.1 and later; earlier packs are found by XS-REPOSITORY-LIST).',
    ),
  drift,
});
