import { z } from "zod";
import { answerfileFields } from "../install/answerfile/fields";
import { checkAnswerfile } from "./answerfile-check";
import { ownConnection } from "./connection";
import { defineResource } from "./define";
import { drift } from "./identity";
import * as lifecycle from "./lifecycle/answerfile";
import { server, serverPath } from "./server";
import { cspHost, target } from "./target";

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

export const answerfile = defineResource({
  token: "csp:install:Answerfile",
  description:
    "An answerfile: what an unattended installation is told. Written in the words of the version it is for, checked by every rule of that version's installer before anything is published, and put on a server as one file.",
  inputs: answerfileInputs,
  outputs: answerfileOutputs,
  importId: "<server>/<path>",
  live: true,
  crossCheck: checkAnswerfile,
  ...lifecycle,
});
