import { assemble } from "../../provider/host/remote/assemble";
import { withValues } from "../../provider/host/remote/program";

/** A file of provider/host/remote as it runs on hosts: a shell's functions, or an awk's program. */
export function remotePart(file: string): string {
  return withValues(assemble(file));
}
