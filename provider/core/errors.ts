import { CspError } from "../errors";
import { formatPath } from "../schema/field";
import type { Issue } from "./validate";

/** What can be wrong before any resource is looked at. */

export function configInvalid({ path, cause, remedy }: Issue): CspError {
  return new CspError("config-invalid", `provider configuration: ${formatPath(path)}`, cause, remedy);
}
