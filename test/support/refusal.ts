import { CspError } from "../../provider/errors";

/** The error with which csp refuses something. Fails if it does not refuse it, or if the error is not csp's own. */
export function refusal(run: () => unknown): CspError {
  try {
    run();
  } catch (error) {
    return refused(error);
  }
  throw new Error("nothing was refused");
}

/** The same for what csp refuses later. */
export async function laterRefusal(run: () => unknown): Promise<CspError> {
  try {
    await run();
  } catch (error) {
    return refused(error);
  }
  throw new Error("nothing was refused");
}

function refused(error: unknown): CspError {
  if (error instanceof CspError) return error;
  throw error;
}
