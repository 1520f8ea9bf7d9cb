import { CspError } from "../../errors";
import type { EngineLog } from "./engine";
import { printable, type Refusal, refusal } from "./errors";
import type { Redactor } from "./secrets";

/** Any error as the engine takes it: a ready refusal as it is, others in words that may be shown. Our own faults leave their stack in the debug log. */
export function refuse(error: unknown, log: EngineLog, redactor: Redactor, cancelled: boolean): Refusal {
  if (isRefusal(error)) return error;
  const say = (text: string) => printable(redactor.redact(text));
  if (error instanceof Error && !(error instanceof CspError)) log.log("debug", error.stack ?? error.message);
  return refusal(error, say, cancelled);
}

function isRefusal(error: unknown): error is Refusal {
  return typeof error === "object" && error !== null && !(error instanceof Error) && "code" in error && "details" in error;
}
