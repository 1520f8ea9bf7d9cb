import { isPlain } from "../../core/defaults";
import type { Issue } from "../../core/validate";
import { TIMEOUTS_FIELD } from "./schema";
import type { Values } from "./values";

const SECONDS = { ms: 0.001, s: 1, m: 60, h: 3600 } as const;
const DURATION = /^(\d+(\.\d+)?(ms|s|m|h))+$/;

export type Operation = "create" | "read" | "update" | "delete";

/** Seconds an operation may take, by the resource's `timeouts` block; 0 when it does not say. */
export function timeoutOf(values: Values, operation: Operation): number {
  const timeouts = values[TIMEOUTS_FIELD];
  const text = isPlain(timeouts) ? timeouts[operation] : undefined;
  if (typeof text !== "string" || !DURATION.test(text)) return 0;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * SECONDS[unit as keyof typeof SECONDS],
    0,
  );
}

export function checkTimeouts(values: Values): Issue[] {
  const timeouts = values[TIMEOUTS_FIELD];
  if (!isPlain(timeouts)) return [];
  return Object.entries(timeouts)
    .filter(([, text]) => typeof text === "string" && !DURATION.test(text))
    .map(([operation, text]) => ({
      path: [TIMEOUTS_FIELD, operation],
      cause: `${JSON.stringify(text)} is not a duration`,
      remedy: 'write a number and a unit, like "30s", "10m" or "1h30m"',
    }));
}
