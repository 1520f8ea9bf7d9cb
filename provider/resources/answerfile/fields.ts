import { z } from "zod";
import { answerfileFields } from "../../install/answerfile/fields";
import { ownConnection } from "../shared/connection";
import { drift } from "../shared/identity";
import { server, serverPath } from "../shared/server";
import { cspHost, target } from "../shared/target";

export const answerfileInputs = z.object({
  server,
  path: serverPath("The file on the server. An installer fetches it from what serves that folder."),
  target,
  csp: cspHost,
  ...answerfileFields,
  connection: ownConnection,
});

export const answerfileOutputs = z.object({
  content: z.string().meta({ secret: true, fileText: true, description: "The file as it is published." }),
  publishedPasswordHash: z
    .string()
    .optional()
    .meta({ secret: true, description: "Root's password as it stands in the file. Its salt stays for as long as the password does." }),
  drift,
});
