import type { z } from "zod";
import { CspError } from "../../errors";
import * as adoptErrors from "../../host/adopt/errors";
import { CSP_PACK_RPM, type Mismatch, mismatches, productMismatches, sentence } from "../../host/adopt/expectation";
import { type Adopted, becoming } from "../../host/adopt/upgrade";
import { standingOf, waitFor } from "../../host/adopt/waiting";
import * as errors from "../../host/errors";
import type { HostFacts } from "../../host/look/facts";
import { parseRpms, rpmScript } from "../../host/look/packs";
import type { Host } from "../../host/session/host";
import type { Context } from "../../host/session/task";
import type { hostInputs } from "./fields";

/** Waits for a host that is being installed, and checks that it is what was declared. */

type Inputs = z.output<typeof hostInputs>;
type Declared = Pick<Inputs, "expect" | "install">;

/**
 * Why the system that answers is not the new installation; undefined if it is. Without `replaces`, only another product or version distinguishes an
 * old system from the new one: a host that differs in these from the declaration then counts as not installed yet.
 */
export function notNew({ expect, install }: Declared, facts: HostFacts): string | undefined {
  if (install?.replaces !== undefined) {
    if (install.replaces.toLowerCase() === facts.installation.toLowerCase())
      return `the installation that is to be replaced is still there (${facts.product}, ${facts.installation})`;
  } else {
    const [other] = productMismatches(expect ?? {}, facts);
    if (other !== undefined) return `another system is still there (${sentence(other)})`;
  }
  return facts.firstBootOver ? undefined : "it is installed, but its first boot is not complete";
}

/** For a preview: what the host is; undefined, with a warning, if it is not installed yet. */
export async function foreseen(context: Context, host: Host, inputs: Inputs): Promise<HostFacts | undefined> {
  if (inputs.install === undefined) return host.look();
  let standing: string | undefined;
  try {
    const facts = await host.look({ fresh: true, signal: context.signal });
    standing = notNew(inputs, facts);
    if (standing === undefined) return facts;
  } catch (error) {
    context.signal.throwIfAborted();
    standing = error instanceof CspError ? standingOf(error) : undefined;
    if (standing === undefined) throw error;
  }
  context.warn(`host ${host.name}: ${standing}; csp will wait for its new installation, up to ${inputs.install.minutes} minutes`);
  return undefined;
}

/** What the host is. It waits for the installation, if one is declared. */
export async function arrived(context: Context, host: Host, inputs: Inputs): Promise<HostFacts> {
  if (inputs.install === undefined) return host.look();
  const { minutes } = inputs.install;
  let waited = false;
  const seen = await waitFor<HostFacts>(
    async (signal) => {
      const facts = await host.look({ fresh: true, signal });
      const standing = notNew(inputs, facts);
      return standing === undefined ? { found: facts } : { standing };
    },
    {
      minutes,
      signal: context.signal,
      status: (standing) => {
        waited = true;
        context.status(`waiting for the new installation of ${host.name}: ${standing}`);
      },
      standing: standingOf,
    },
  ).catch((error: unknown) => {
    throw context.signal.aborted && !(error instanceof CspError)
      ? errors.cancelled(host.name, "while it waited for the new installation")
      : error;
  });
  if ("standing" in seen) throw adoptErrors.notInstalled(host.name, minutes, seen.standing);
  if (!waited) return seen.found;
  // What csp knew about the old system does not apply to the new one.
  host.forget();
  return host.look({ signal: context.signal });
}

/** Refuses a host that is not what was declared, or that lacks the pack of its version after an upgrade in place. */
export async function verify(host: Host, inputs: Inputs, facts: HostFacts, before: Adopted | undefined): Promise<void> {
  if (becoming(before, facts) === "upgraded-without-pack")
    throw adoptErrors.upgradedWithoutPack(host.name, before?.product ?? "another version", facts.product);
  const found = await unexpected(host, inputs, facts);
  if (found.length > 0) throw adoptErrors.notAsExpected(host.name, found);
}

/** Every field of `expect` in which the host differs. */
export async function unexpected(host: Host, { expect }: Declared, facts: HostFacts): Promise<Mismatch[]> {
  if (expect === undefined) return [];
  const names = [...(expect.packs ?? []).map(({ name }) => name), ...(expect.kernel === undefined ? [] : [CSP_PACK_RPM])];
  const rpms = names.filter((name) => !name.includes(":"));
  return mismatches(expect, facts, rpms.length === 0 ? [] : parseRpms(await host.run(rpmScript(rpms), "asking for installed packages")));
}

/** How a host's system has changed since csp last set it up, as drift. */
export function becameOf(before: Adopted | undefined, facts: HostFacts): string[] {
  switch (becoming(before, facts)) {
    case "upgraded-without-pack":
      return [
        `it was upgraded in place from ${before?.product} to ${facts.product}, and the Cloud Service Providers pack of that version is missing`,
      ];
    case "upgraded":
      return [`it was upgraded in place from ${before?.product} to ${facts.product}`];
    default:
      return [];
  }
}
