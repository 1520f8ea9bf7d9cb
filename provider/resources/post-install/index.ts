import { defineResource } from "../../core/define";
import { postInstallInputs, postInstallOutputs } from "./fields";
import { check, life } from "./life";

export const postInstall = defineResource({
  token: "csp:install:PostInstall",
  description:
    "A script that an installation runs. csp makes it from steps, for the version and the stage that will run it, or checks a script that you bring. The script writes what it did to /var/log/csp-post-install.log on the new host.",
  inputs: postInstallInputs,
  outputs: postInstallOutputs,
  importId: "<server>/<path>",
  live: true,
  crossCheck: check,
  ...life,
});
