/** One thing that is wrong, or looks wrong, in a file for an installer. */
export interface Finding {
  /** "E12", "W10". The number of a rule never changes. */
  readonly rule: string;
  /** An error stops an installation or spoils its result. */
  readonly severity: "error" | "warning";
  /** The line in the file, from 1, if there is one. */
  readonly line?: number;
  /** What it is about: an element ("installation/admin-interface/subnet"), or a file of the tree ("packages.main/XS-PACKAGES"). */
  readonly path: string;
  readonly message: string;
  readonly remedy: string;
}

export type Verdict = "ok" | "warnings" | "errors";

export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.some(({ severity }) => severity === "error")) return "errors";
  return findings.length > 0 ? "warnings" : "ok";
}

/** Sorted by line, errors before warnings of the same line. Findings without a line come first. */
export function inOrder<F extends Finding>(findings: readonly F[]): F[] {
  const weight = ({ severity }: Finding) => (severity === "error" ? 0 : 1);
  return [...findings].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || weight(a) - weight(b));
}
