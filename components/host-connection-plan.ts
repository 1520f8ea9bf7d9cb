import type { types } from "@pulumi/command";
import { quote } from "../provider/shell/quote";
import type { SshTarget } from "../provider/ssh/connection";
import { privateKeyEncrypted } from "../provider/ssh/errors";
import { FALLBACKS } from "../provider/ssh/inventory";
import { isEncrypted } from "../provider/ssh/private-key";
import { parsePin } from "../provider/ssh/public-key";
import { hostConnectionErrors } from "./errors";

/**
 * A host as csp reaches it, in the words of @pulumi/command. Pure.
 *
 * - Nothing is left to that plugin's defaults, which are not csp's: it tries eleven times, and takes any host key when it is given none.
 * - What it has no word for, and would change how the host is reached, is refused.
 * - It goes by what it is given and by SSH_AUTH_SOCK: it reads neither known_hosts nor ~/.ssh/config.
 */

export type PlannedConnection = types.output.remote.Connection;

/** Throws the first of {@link hostConnectionErrors} it meets. */
export function planConnection(target: SshTarget): PlannedConnection {
  const { bastion } = target;
  if (target.user !== "root" && target.sudoPassword !== undefined) throw hostConnectionErrors.sudoPassword(target);
  if (bastion?.bastion !== undefined) throw hostConnectionErrors.bastions(target, bastion);
  return { ...endpoint(target), ...(bastion === undefined ? {} : { proxy: endpoint(bastion) }) };
}

function endpoint(target: SshTarget): types.output.remote.ProxyConnection {
  const { agentPublicKey, agentSocketPath, password, privateKey } = target;
  if (target.legacyAlgorithms === true) throw hostConnectionErrors.legacyAlgorithms(target);
  // With a key the agent is not asked.
  if (agentPublicKey !== undefined && privateKey === undefined) throw hostConnectionErrors.agentPublicKey(target);
  const seconds = (target.dialTimeoutMs ?? FALLBACKS.dialTimeoutSeconds * 1000) / 1000;
  if (!Number.isInteger(seconds)) throw hostConnectionErrors.dialTimeout(target, seconds);
  return {
    host: target.address,
    port: target.port,
    user: target.user,
    ...pinned(target),
    ...(password === undefined ? {} : { password }),
    ...(privateKey === undefined ? {} : { privateKey, ...passphrase(target, privateKey) }),
    ...(agentSocketPath === undefined ? {} : { agentSocketPath }),
    // It counts the failures that it allows: with none it dials once.
    dialErrorLimit: (target.dialAttempts ?? FALLBACKS.dialAttempts) - 1,
    perDialTimeout: seconds,
  };
}

/** A key as it stands in authorized_keys, which is the form that is read: no host before it, no comment after it. */
function pinned(target: SshTarget): { readonly hostKey?: string } {
  const { hostKey } = target;
  if (hostKey === undefined) {
    if (target.insecureIgnoreHostKey === true) return {};
    throw hostConnectionErrors.notPinned(target);
  }
  const pin = parsePin(hostKey);
  if (pin?.kind !== "key") throw hostConnectionErrors.fingerprint(target);
  return { hostKey: `${pin.key.type} ${pin.key.blob.toString("base64")}` };
}

/** For a key that has none, a passphrase is an error there. */
function passphrase(target: SshTarget, privateKey: string): { readonly privateKeyPassword?: string } {
  if (!isEncrypted(privateKey)) return {};
  const { privateKeyPassword } = target;
  if (privateKeyPassword === undefined) throw privateKeyEncrypted(target);
  return { privateKeyPassword };
}

/** A command as the login shell is given it: run by sh, whatever that shell is, and as root. */
export function planCommand(user: string | undefined, command: string): string {
  const shell = `sh -c ${quote(command)}`;
  return user === "root" ? shell : `sudo -n ${shell}`;
}
