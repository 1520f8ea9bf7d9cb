import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { type Alias, expandPath, lookUpAlias } from "./client-config";
import type { SshTarget } from "./connection";
import * as errors from "./errors";
import { defaultKnownHostsFiles } from "./host-key";
import { type ConnectionFields, FALLBACKS, type HostDefaults, type HostEntry } from "./inventory";

export interface TargetSources {
  /** The provider's `hosts`. */
  readonly inventory: Readonly<Record<string, HostEntry>>;
  /** The provider's `defaults`. */
  readonly defaults?: HostDefaults;
  /** Default: ~/.ssh/config. */
  readonly sshConfigPath?: string;
  /** The home directory for "~". Default: the user's. */
  readonly home?: string;
}

/** Turns names of hosts into targets: from the inventory, or else from ~/.ssh/config. A resource's own `connection` takes precedence over both. */
export class Targets {
  private readonly home: string;
  private readonly sshConfigPath: string;

  constructor(private readonly sources: TargetSources) {
    this.home = sources.home ?? homedir();
    this.sshConfigPath = sources.sshConfigPath ?? join(this.home, ".ssh", "config");
  }

  resolve(name: string, connection?: ConnectionFields): SshTarget {
    return this.host(name, connection ?? {}, []);
  }

  /** `trail`: the hosts that `name` is a bastion for, outermost first. */
  private host(name: string, connection: ConnectionFields, trail: readonly string[]): SshTarget {
    if (trail.includes(name)) throw errors.bastionLoop([...trail, name]);
    const path = [...trail, name];
    const entry = Object.hasOwn(this.sources.inventory, name) ? this.sources.inventory[name] : undefined;
    const alias = entry === undefined && connection.address === undefined ? this.alias(name) : undefined;
    const own = overlay(entry ?? alias?.fields ?? {}, connection);
    const { address } = own;
    if (address === undefined) throw errors.hostUnknown(name, Object.keys(this.sources.inventory), this.sshConfigPath);
    const fields = overlay(this.defaultsFor(name, trail), own);
    const given = alias === undefined ? fields : withFallback(fields, alias.fallback);
    const bastion =
      alias !== undefined && own.bastion === undefined && alias.jumps.length > 0
        ? this.jumps(alias.jumps, path)
        : this.bastion(given.bastion, path);
    return this.target(name, { ...given, address }, bastion, alias);
  }

  /** Bastions do not use the default bastion, because it would then have to go through itself. */
  private defaultsFor(name: string, trail: readonly string[]): ConnectionFields {
    const { bastion, ...rest } = this.sources.defaults ?? {};
    return trail.length > 0 || bastion === name ? rest : { ...rest, bastion };
  }

  private bastion(bastion: ConnectionFields["bastion"], path: readonly string[]): SshTarget | undefined {
    if (bastion === undefined || bastion === "") return undefined;
    if (typeof bastion === "string") return this.host(bastion, {}, path);
    const fields = overlay(this.defaultsFor("", path), bastion);
    return this.target(`bastion of ${path[path.length - 1]}`, { ...fields, address: bastion.address }, undefined, undefined);
  }

  /** ProxyJump: each hop goes through the one before it. */
  private jumps(hops: readonly string[], path: readonly string[]): SshTarget {
    const hop = hops[hops.length - 1] ?? "";
    const nearer = hops.length > 1 ? this.jumps(hops.slice(0, -1), path) : undefined;
    const match = /^(?:ssh:\/\/)?(?:([^@]+)@)?(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(hop);
    const host = (match?.[2] ?? hop).replace(/^\[|\]$/g, "");
    const given: ConnectionFields = {
      ...(match?.[1] === undefined ? {} : { user: match[1] }),
      ...(match?.[3] === undefined ? {} : { port: Number(match[3]) }),
    };
    const named = Object.hasOwn(this.sources.inventory, host) || this.alias(host) !== undefined;
    const target = this.host(host, named ? given : { ...given, address: host }, path);
    return nearer === undefined ? target : { ...target, bastion: nearer };
  }

  private alias(name: string): Alias | undefined {
    return lookUpAlias(name, { path: this.sshConfigPath, home: this.home });
  }

  private target(
    name: string,
    fields: ConnectionFields & { readonly address: string },
    bastion: SshTarget | undefined,
    alias: Alias | undefined,
  ): SshTarget {
    const { dialTimeoutSeconds, privateKeyFile, bastion: _, ...rest } = fields;
    const target: SshTarget = {
      ...rest,
      name,
      port: fields.port ?? FALLBACKS.port,
      user: fields.user ?? FALLBACKS.user,
      dialAttempts: fields.dialAttempts ?? FALLBACKS.dialAttempts,
      dialTimeoutMs: (dialTimeoutSeconds ?? FALLBACKS.dialTimeoutSeconds) * 1000,
      knownHostsFiles: alias?.knownHostsFiles ?? defaultKnownHostsFiles(this.home),
      ...(alias?.algorithms === undefined ? {} : { algorithms: alias.algorithms }),
      ...(alias?.hostKeyAlias === undefined ? {} : { hostKeyAlias: alias.hostKeyAlias }),
      ...(bastion === undefined ? {} : { bastion }),
    };
    if (privateKeyFile === undefined || target.privateKey !== undefined) return target;
    return { ...target, ...this.readKey(target, privateKeyFile) };
  }

  private readKey(target: SshTarget, file: string): Pick<SshTarget, "privateKey" | "privateKeyPath"> {
    const privateKeyPath = expandPath(file, { home: this.home, host: target.address, user: target.user });
    try {
      return { privateKey: readFileSync(privateKeyPath, "utf8"), privateKeyPath };
    } catch (error) {
      throw errors.privateKeyFileUnreadable(target, privateKeyPath, error);
    }
  }
}

/** Fields of `over` take precedence. A key as text replaces a key as a file, and the other way round. */
function overlay(base: ConnectionFields, over: ConnectionFields): ConnectionFields {
  const given = Object.fromEntries(Object.entries(over).filter(([, value]) => value !== undefined)) as ConnectionFields;
  const result = { ...base, ...given };
  if (given.privateKey !== undefined && given.privateKeyFile === undefined) delete result.privateKeyFile;
  if (given.privateKeyFile !== undefined && given.privateKey === undefined) delete result.privateKey;
  return result;
}

function withFallback(fields: ConnectionFields, fallback: ConnectionFields): ConnectionFields {
  const { user, ...credentials } = fallback;
  const has = fields.privateKey ?? fields.privateKeyFile ?? fields.password ?? fields.agentSocketPath;
  return overlay(has === undefined ? { user, ...credentials } : { user }, fields);
}
