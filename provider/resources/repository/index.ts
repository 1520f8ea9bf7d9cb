import { defineResource } from "../../core/define";
import { repositoryInputs, repositoryOutputs } from "./fields";
import { life } from "./life";

export const repository = defineResource({
  token: "csp:install:Repository",
  description:
    "An installation repository: base media and supplemental packs, checked by every rule an installer would fail at, merged, and published on a server as one tree. An installer sees the old tree or the new one, never half of either. Only what changed is copied, and an interrupted copy goes on where it stopped.",
  inputs: repositoryInputs,
  outputs: repositoryOutputs,
  importId: "<server>/<path>",
  live: true,
  ...life,
});
