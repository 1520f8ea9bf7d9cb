import { CspError } from "../errors";

/** Errors that both doors have. */

export function timedOut(seconds: number): CspError {
  return new CspError(
    "timeout",
    "timeout",
    `it is not done after ${seconds} s, which is all the time it was given`,
    "give it more time, or see what it waits for",
  );
}
