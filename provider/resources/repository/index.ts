import { defineResource } from "../../core/define";
import { repositoryInputs, repositoryOutputs } from "./fields";
import { life } from "./life";

export const repository = defineResource({
  token: "csp:install:Repository",
  description:
    "An installation repository: base media and supplemental packs. csp checks them by every rule that an installer would fail at, merges them, and publishes them on a server as one tree. An installer sees the old tree or the new one, never a mixture. csp copies only what changed, and continues an interrupted copy where it stopped.",
  inputs: repositoryInputs,
  outputs: repositoryOutputs,
  importId: "<server>/<path>",
  live: true,
  ...life,
});
