import { defineResource } from "../../core/define";
import { checkAnswerfile } from "./check";
import { answerfileInputs, answerfileOutputs } from "./fields";
import { life } from "./life";

export const answerfile = defineResource({
  token: "csp:install:Answerfile",
  description:
    "An answerfile: what an unattended installation is told. Written in the words of the version it is for, checked by every rule of that version's installer before anything is published, and put on a server as one file.",
  inputs: answerfileInputs,
  outputs: answerfileOutputs,
  importId: "<server>/<path>",
  live: true,
  crossCheck: checkAnswerfile,
  ...life,
});
