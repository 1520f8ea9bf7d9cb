const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/**
 * How long to wait after the given failed attempt (1, 2, ...), in milliseconds. It is exponential, with full jitter, so that csp does not dial all
 * hosts of a fleet at the same moment when they come back together.
 */
export function backoffDelay(attempt: number, random: () => number = Math.random): number {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempt - 1));
}
