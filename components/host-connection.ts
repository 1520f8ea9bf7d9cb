import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { type ProviderConfig, providerConfig } from "../provider/core/provider-config";
import { validate } from "../provider/core/validate";
import { Redactor } from "../provider/doors/redactor";
import { marked } from "../provider/doors/secrets";
import { formatPath } from "../provider/schema/field";
import { objectShape } from "../provider/schema/shape";
import { type ConnectionFields, connectionFields } from "../provider/ssh/inventory";
import { Targets } from "../provider/ssh/targets";
import type { ConnectionArgs, HostDefaultsArgs, HostEntryArgs } from "../sdk/nodejs/types/input";
import { hostConnectionErrors } from "./errors";
import { type PlannedConnection, planConnection } from "./host-connection-plan";

/** Where hosts are looked up. */
export interface HostConnectionSources {
  /** The fleet, as a `csp.Provider` takes it. Default: the stack's `csp:hosts`. */
  hosts?: pulumi.Input<Record<string, pulumi.Input<HostEntryArgs>>>;
  /** What entries of `hosts` leave out. Default: the stack's `csp:defaults`, unless `hosts` is given. */
  defaults?: pulumi.Input<HostDefaultsArgs>;
  /** Laid over the host's entry, as in every resource: for a host that another resource has just created. */
  connection?: pulumi.Input<ConnectionArgs>;
}

const SETTINGS = z.object({ ...providerConfig.shape, connection: connectionFields.optional() });

type Settings = ProviderConfig & { readonly connection?: ConnectionFields };

/**
 * The connection of a host in csp's inventory, for `remote.Command` and `remote.CopyToRemote` of @pulumi/command: host key pinned, bastion as
 * its proxy, the whole of it a secret.
 *
 * Throws a CspError for what such a connection cannot say; where something of it is known only later, the output fails instead.
 *
 * @example
 * new command.remote.CopyToRemote("driver", {
 *   connection: connectionOf("hv-01"),
 *   source: new pulumi.asset.FileAsset("driver.rpm"),
 *   remotePath: "/root/driver.rpm",
 * });
 */
export function connectionOf(host: pulumi.Input<string>, sources: HostConnectionSources = {}): pulumi.Output<PlannedConnection> {
  const { hosts, defaults, connection } = sources;
  const settings =
    hosts === undefined
      ? { hosts: ofStack("hosts"), defaults: defaults ?? ofStack("defaults"), connection }
      : { hosts, defaults, connection };
  if (typeof host === "string" && isKnown(settings)) return pulumi.secret(connect(host, settings as Settings));
  return pulumi.secret(pulumi.all([host, settings]).apply(([name, known]) => connect(name, known as Settings)));
}

function connect(host: string, { hosts = {}, defaults, connection }: Settings): PlannedConnection {
  const settings = { hosts, defaults, connection };
  const [issue] = validate({ inputs: SETTINGS }, settings);
  if (issue !== undefined) {
    const redactor = new Redactor();
    redactor.learn(settings, marked(objectShape(SETTINGS), settings));
    throw hostConnectionErrors.settings(host, formatPath(issue.path), redactor.redact(issue.cause), issue.remedy);
  }
  return planConnection(new Targets({ inventory: hosts, defaults }).resolve(host, connection));
}

/** A setting of the default provider. Not by `pulumi.Config`, which warns of settings that are secret: the connection is one anyway. */
function ofStack(field: "hosts" | "defaults"): unknown {
  const text = pulumi.runtime.getConfig(`csp:${field}`);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw hostConnectionErrors.notText(field);
  }
}

/** Whether all of a value stands in the program. */
function isKnown(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return !pulumi.Output.isInstance(value) && !(value instanceof Promise) && Object.values(value).every(isKnown);
}
