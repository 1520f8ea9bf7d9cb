import { z } from "zod";
import { answerfileFields } from "../../install/answerfile/fields";
import { ownConnection } from "../shared/connection";
import { drift } from "../shared/identity";
import { server, serverPath } from "../shared/server";
import { cspHost, target } from "../shared/target";

export const answerfileInputs = z.object({
  server,
  path: serverPath("The path of the file on the server. The installer fetches the file from the program that serves this folder."),
  target,
  csp: cspHost,
  ...answerfileFields,
  connection: ownConnection,
});

export const answerfileOutputs = z.object({
  content: z.string().meta({ secret: true, fileText: true, description: "The published file." }),
  publishedPasswordHash: z.string().optional().meta({
    secret: true,
    description: "The hash of root's password, as it is in the file. Its salt stays the same until the password changes.",
  }),
  drift,
});
