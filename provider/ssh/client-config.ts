import { readdirSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { basename, dirname, isAbsolute, join } from "node:path";
import type SSHConfigType from "ssh-config";
import { type AlgorithmOption, unknownNames } from "./algorithm-list";
import type { ConfiguredAlgorithms, Kind } from "./algorithms";
import * as errors from "./errors";
import type { ConnectionFields } from "./inventory";
import { isEncrypted } from "./private-key";

/** What an alias in ~/.ssh/config says about a host, in the inventory's words. */
export interface Alias {
  readonly fields: ConnectionFields & { readonly address: string };
  /** Used if nothing else says what to log in with. */
  readonly fallback: ConnectionFields;
  readonly knownHostsFiles: readonly string[] | undefined;
  readonly hostKeyAlias: string | undefined;
  readonly algorithms: ConfiguredAlgorithms | undefined;
  /** "user@host:port" or an alias each, nearest to us first. */
  readonly jumps: readonly string[];
}

export interface ClientConfigPlace {
  readonly path: string;
  readonly home: string;
  readonly environment?: NodeJS.ProcessEnv;
}

const ALIAS = /^[A-Za-z0-9_][\w.:@%+-]*$/;
const DEFAULT_KEYS = ["id_ed25519", "id_ecdsa", "id_rsa"];
const MOST_INCLUDES = 16;

/**
 * Looks up an alias as ssh does. Undefined if no `Host` line names it ("*" alone does not count). `Match exec` runs nothing and matches
 * nothing. StrictHostKeyChecking is ignored, so that it cannot weaken csp's checks.
 */
export function lookUpAlias(name: string, place: ClientConfigPlace): Alias | undefined {
  if (!ALIAS.test(name)) return undefined;
  const text = readWithIncludes(place.path, place, 0);
  if (text === undefined) return undefined;
  // Loaded here, because only names that are not in the inventory need it.
  const { default: SSHConfig, glob } = require("ssh-config") as {
    default: typeof SSHConfigType;
    glob: (patterns: string | string[], text: string) => boolean;
  };
  let config: SSHConfigType;
  try {
    config = SSHConfig.parse(text);
  } catch (error) {
    throw errors.sshConfigUnreadable(place.path, error);
  }
  if (!namesHost(config, name, glob)) return undefined;
  const options = config.compute(name, { ignoreCase: true, matchExec: false }) as Record<string, string | string[] | undefined>;
  return readOptions(name, new Options(options), place);
}

function namesHost(config: SSHConfigType, name: string, glob: (patterns: string | string[], text: string) => boolean): boolean {
  return config.some((line) => {
    if (!("param" in line) || line.param.toLowerCase() !== "host") return false;
    const patterns = typeof line.value === "string" ? [line.value] : line.value.map((word) => word.val);
    return glob(
      patterns.filter((pattern) => pattern !== "*"),
      name,
    );
  });
}

/** Computed options. Options that may be given more than once are lists. */
class Options {
  constructor(private readonly values: Record<string, string | string[] | undefined>) {}

  all(name: string): string[] {
    const value = this.values[name.toLowerCase()];
    return value === undefined ? [] : typeof value === "string" ? [value] : value;
  }

  one(name: string): string | undefined {
    return this.all(name)[0];
  }

  /** The value of the option that comes first in the file, of several that are names of the same one. */
  first(names: readonly string[]): string | undefined {
    const lower = names.map((name) => name.toLowerCase());
    const name = Object.keys(this.values).find((key) => lower.includes(key));
    return name === undefined ? undefined : this.one(name);
  }
}

function readOptions(name: string, options: Options, place: ClientConfigPlace): Alias {
  const environment = place.environment ?? process.env;
  const proxyCommand = options.one("ProxyCommand");
  if (proxyCommand !== undefined && proxyCommand.toLowerCase() !== "none") throw errors.proxyCommandUnsupported(name, place.path);
  const address = (options.one("HostName") ?? name).replace(/%[%h]/g, (token) => (token === "%%" ? "%" : name));
  const user = options.one("User");
  const expand = (path: string) => expandPath(path, { home: place.home, host: address, user: user ?? "" });
  const port = options.one("Port");
  const agent = readAgent(options.one("IdentityAgent"), environment, expand);
  const knownHosts = options.all("UserKnownHostsFile").flatMap((value) => value.split(/\s+/));
  const jumps = options.one("ProxyJump");
  const identities = options.all("IdentityFile").map(expand);
  return {
    fields: {
      address,
      ...(port === undefined ? {} : { port: Number(port) }),
      ...(user === undefined ? {} : { user }),
      ...identity(identities, agent),
    },
    fallback: {
      user: userInfo().username,
      ...(agent === undefined
        ? identity(
            DEFAULT_KEYS.map((key) => join(place.home, ".ssh", key)),
            undefined,
          )
        : { agentSocketPath: agent }),
    },
    knownHostsFiles:
      knownHosts.length === 0 ? undefined : [...knownHosts.filter((file) => file !== "none").map(expand), "/etc/ssh/ssh_known_hosts"],
    hostKeyAlias: options.one("HostKeyAlias"),
    algorithms: readAlgorithms(name, options, place.path),
    jumps: jumps === undefined || jumps.toLowerCase() === "none" ? [] : jumps.split(",").map((hop) => hop.trim()),
  };
}

const ALGORITHM_OPTIONS: readonly (readonly [kind: Kind | "userKey", option: AlgorithmOption, olderName?: string])[] = [
  ["kex", "KexAlgorithms"],
  ["hostKey", "HostKeyAlgorithms"],
  ["cipher", "Ciphers"],
  ["mac", "MACs"],
  ["userKey", "PubkeyAcceptedAlgorithms", "PubkeyAcceptedKeyTypes"],
];

/** Refuses, as ssh does, names that no OpenSSH knows: a misspelt name would otherwise change the list without a word. */
function readAlgorithms(name: string, options: Options, file: string): ConfiguredAlgorithms | undefined {
  const lists = ALGORITHM_OPTIONS.flatMap(([kind, option, olderName]) => {
    const list = options.first(olderName === undefined ? [option] : [option, olderName]);
    if (list === undefined) return [];
    const unknown = unknownNames(option, list);
    if (unknown.length > 0) throw errors.sshConfigAlgorithmUnknown(name, file, option, unknown);
    return [[kind, list] as const];
  });
  return lists.length === 0 ? undefined : { ...Object.fromEntries(lists), file };
}

/** The first key file that exists. For a key with a passphrase, csp asks the agent by the public half, as ssh does. */
function identity(files: readonly string[], agent: string | undefined): ConnectionFields {
  for (const file of files) {
    const text = readIfThere(file);
    if (text === undefined) continue;
    if (!isEncrypted(text) || agent === undefined) return { privateKey: text };
    const agentPublicKey = readIfThere(`${file}.pub`)?.trim();
    return { agentSocketPath: agent, ...(agentPublicKey === undefined ? {} : { agentPublicKey }) };
  }
  return {};
}

function readAgent(value: string | undefined, environment: NodeJS.ProcessEnv, expand: (path: string) => string): string | undefined {
  if (value === undefined || value === "SSH_AUTH_SOCK") return environment.SSH_AUTH_SOCK;
  if (value.toLowerCase() === "none") return undefined;
  return value.startsWith("$") ? environment[value.replace(/^\$\{?|\}$/g, "")] : expand(value);
}

interface Tokens {
  readonly home: string;
  readonly host: string;
  readonly user: string;
}

/** "~/x", and the tokens of ssh_config(5) that make sense before a connection. */
export function expandPath(path: string, tokens: Tokens): string {
  const values: Record<string, string> = { "%%": "%", "%d": tokens.home, "%h": tokens.host, "%r": tokens.user, "%u": userInfo().username };
  const expanded = path.replace(/%[%dhru]/g, (token) => values[token] ?? token);
  if (expanded === "~") return tokens.home;
  return expanded.startsWith("~/") ? join(tokens.home, expanded.slice(2)) : expanded;
}

/** The file's text, with each Include replaced by the included text. After it, the block around it continues. */
function readWithIncludes(path: string, place: ClientConfigPlace, depth: number): string | undefined {
  const text = readIfThere(path);
  if (text === undefined || depth > MOST_INCLUDES) return undefined;
  let block = "Host *";
  return text
    .split("\n")
    .flatMap((line) => {
      if (/^\s*(Host|Match)[\s=]/i.test(line)) block = line;
      const include = /^\s*Include[\s=]+(.*)$/i.exec(line)?.[1];
      if (include === undefined) return [line];
      const included = words(include)
        .flatMap((pattern) => matchingFiles(pattern, place))
        .map((file) => readWithIncludes(file, place, depth + 1) ?? "");
      return [...included, block];
    })
    .join("\n");
}

function words(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}

/** Expands wildcards in the last part of the path, where Include lines have them. */
function matchingFiles(pattern: string, place: ClientConfigPlace): string[] {
  const expanded = expandPath(pattern, { home: place.home, host: "", user: "" });
  const path = isAbsolute(expanded) ? expanded : join(place.home, ".ssh", expanded);
  if (!/[*?]/.test(path)) return [path];
  const source = basename(path)
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".");
  const last = new RegExp(`^${source}$`);
  try {
    return readdirSync(dirname(path))
      .filter((file) => last.test(file) && !file.startsWith("."))
      .sort()
      .map((file) => join(dirname(path), file));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw errors.sshConfigUnreadable(path, error);
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw errors.sshConfigUnreadable(path, error);
  }
}
