import type { Issue } from "../provider/core/validate";
import { CspError } from "../provider/errors";
import { formatPath } from "../provider/schema/field";

/** Errors of the `csp` command's own options. */

export function hostsFile(file: string, cause: string): CspError {
  return new CspError("hosts-file", file, cause, 'write {"hv-01": {"address": "hv-01.example.net", ...}}, like the provider\'s `hosts`');
}

export function packetUnclear({ path, cause, remedy }: Issue): CspError {
  return new CspError("packet-unclear", `the packet's \`${formatPath(path)}\``, cause, remedy);
}
