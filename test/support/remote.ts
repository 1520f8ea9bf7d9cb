import { withCommon } from "../../provider/host/remote/program";
import { assemble } from "../../provider/shell/assemble";

/** A file of provider/host/remote as it runs on hosts: a shell's functions, or an awk's program. */
export function remotePart(file: string): string {
  return withCommon(assemble(`host/remote/${file}`));
}
