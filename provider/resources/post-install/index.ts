import { defineResource } from "../../core/define";
import { postInstallInputs, postInstallOutputs } from "./fields";
import { check, life } from "./life";

export const postInstall = defineResource({
  token: "csp:install:PostInstall",
  description:
    "A script that an installation runs: made from steps for the version and the stage that will run it, or brought along and checked. What became of it stands in /var/log/csp-post-install.log of the new host.",
  inputs: postInstallInputs,
  outputs: postInstallOutputs,
  importId: "<server>/<path>",
  live: true,
  crossCheck: check,
  ...life,
});
