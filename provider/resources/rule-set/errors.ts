import { CspError } from "../../errors";
import { said } from "../../host/errors";

/** Errors of rules that a user wrote and that the host refuses. */

export function arptablesMissing(host: string, subject: string): CspError {
  return new CspError(
    "arptables-missing",
    `${subject} on host ${host}`,
    "the host has no arptables with a FORWARD chain",
    "install one (`apt-get install arptables`; `arptables-legacy` where the nft variant has no FORWARD), or write the rule for ebtables with `-p ARP`",
  );
}

/** `output`: what the tool says about it. */
export function tableMissing(host: string, subject: string, tool: string, table: string, output: string): CspError {
  return new CspError(
    "table-missing",
    `${subject} on host ${host}, table`,
    `the host's ${tool} has no table ${table} (${said(output)})`,
    `\`${tool} -t ${table} -L\` prints the same message on the host. Write the rules for another table, or give the host a kernel and a ${tool} that have this one`,
  );
}

/** `at`: the field, "rules[2]". */
export function ruleRefused(host: string, subject: string, at: string, tool: string, rule: string, output: string): CspError {
  return new CspError(
    "rule-refused",
    `${subject} on host ${host}, ${at}`,
    `${tool} does not take "${rule}" (${said(output)})`,
    `correct the rule; \`${tool} -A CHAIN\` followed by its text prints the same message on the host. If it does not know a match, the host lacks that module`,
  );
}
