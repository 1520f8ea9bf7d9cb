import { defineResource } from "../../core/define";
import { checkAnswerfile } from "./check";
import { answerfileInputs, answerfileOutputs } from "./fields";
import { life } from "./life";

export const answerfile = defineResource({
  token: "csp:install:Answerfile",
  description:
    "An answerfile: the file that answers the questions of an unattended installation. csp writes it in the words of the version that it is for, checks it by every rule of that version's installer, and then puts it on a server as one file.",
  inputs: answerfileInputs,
  outputs: answerfileOutputs,
  importId: "<server>/<path>",
  live: true,
  crossCheck: checkAnswerfile,
  ...life,
});
