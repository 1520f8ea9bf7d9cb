import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * What real nft lists of what it was given (listings.tsv): rules by hand, as people write them, and rules of csp's. With CSP_RECORD=1,
 * recorded.test.ts writes what it says now; CSP_HAND names a file with the rules by hand, "TABLE\tRULE" a line.
 */
export const FILE = join(__dirname, "listings.tsv");

export interface Row {
  readonly table: string;
  readonly given: string;
  /** Of nft 1.0.6 and 1.1.3. */
  readonly listed: readonly string[];
}

export const ROWS: readonly Row[] = existsSync(FILE)
  ? readFileSync(FILE, "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .slice(1)
      .map((line) => {
        const [table = "", given = "", ...listed] = line.split("\t");
        return { table, given, listed };
      })
  : [];
