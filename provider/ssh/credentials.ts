import type { AnyAuthMethod, AuthenticationType, BaseAgent, ParsedKey, SignCallback, SigningRequestOptions } from "ssh2";
import type { CspError } from "../errors";
import { acceptedUserKeys, keyTypeOf } from "./algorithms";
import type { SshTarget } from "./connection";
import * as errors from "./errors";
import { readPrivateKey } from "./private-key";
import { isPinned, keyOfBlob, parsePin } from "./public-key";

type Ssh2 = typeof import("ssh2");
type Method = { readonly said: string; readonly attempt: Record<string, unknown> & { readonly type: AuthenticationType } };

/** What to log in with, in the order in which csp tries it. */
export interface Credentials {
  /** ssh2 calls it for each next attempt; false if there is nothing left. */
  next(accepted: readonly string[] | null): AnyAuthMethod;
  /** "private key", "ssh-agent", "password": what was tried. */
  readonly tried: readonly string[];
  /** The methods that the host said it accepts. */
  readonly accepted: readonly string[];
  /** The types of the keys that csp showed to the host, or the agent did. */
  readonly keyTypes: readonly string[];
  /** Why csp did not sign with a key that the host had accepted. */
  readonly unsigned: CspError | undefined;
}

/**
 * Reads a target's credentials, and refuses bad ones before it dials. If there is a private key, it is the only key that csp tries. csp asks the
 * agent only without a private key, and by default only without a password as well.
 */
export async function loadCredentials(
  ssh2: Ssh2,
  target: SshTarget,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<() => Credentials> {
  const methods: Method[] = [];
  const username = target.user;
  const user = new UserKeys(target);
  if (target.privateKey !== undefined) {
    const key = user.guard(readPrivateKey(ssh2, target, target.privateKey));
    methods.push({ said: "private key", attempt: { type: "publickey", username, key } });
  } else {
    const socket = target.agentSocketPath ?? (target.password === undefined ? environment.SSH_AUTH_SOCK : undefined);
    if (socket !== undefined && socket !== "") {
      methods.push({ said: "ssh-agent", attempt: { type: "agent", username, agent: agentAt(ssh2, target, socket, user) } });
    }
  }
  const { password } = target;
  if (password !== undefined) {
    methods.push({ said: "password", attempt: { type: "password", username, password } });
    methods.push({ said: "password", attempt: { type: "keyboard-interactive", username, prompt: answerWith(password) } });
  }
  if (methods.length === 0) throw errors.noCredentials(target);
  return () => begin(methods, user);
}

function begin(methods: readonly Method[], user: UserKeys): Credentials {
  const left = [...methods];
  const tried = new Set<string>();
  let accepted: readonly string[] = [];
  return {
    next(offered) {
      if (offered !== null) accepted = offered;
      for (let method = left.shift(); method !== undefined; method = left.shift()) {
        const wire = method.attempt.type === "agent" ? "publickey" : method.attempt.type;
        tried.add(method.said);
        // Trying a method that the host does not accept costs one of its MaxAuthTries.
        if (accepted.length === 0 || accepted.includes(wire)) return method.attempt as unknown as AnyAuthMethod;
      }
      // ssh2 documents false for "nothing left"; its types do not know.
      return false as unknown as AnyAuthMethod;
    },
    get tried() {
      return [...tried];
    },
    get accepted() {
      return accepted;
    },
    get keyTypes() {
      return [...user.types];
    },
    get unsigned() {
      return user.unsigned;
    },
  };
}

/** PAM asks for the password in this way. A question with echo on (a code, a user name) is not for the password. */
function answerWith(password: string) {
  return (
    _name: string,
    _instructions: string,
    _lang: string,
    prompts: readonly { readonly echo?: boolean }[],
    finish: (answers: string[]) => void,
  ) => {
    finish(prompts.map((prompt) => (prompt.echo === true ? "" : password)));
  };
}

/** The keys that csp logs in with, and what PubkeyAcceptedAlgorithms allows them. */
class UserKeys {
  readonly types = new Set<string>();
  unsigned: CspError | undefined;
  private readonly accepted: readonly string[] | undefined;

  constructor(private readonly target: SshTarget) {
    this.accepted = acceptedUserKeys(target);
  }

  /** The key, which signs only by algorithms that are allowed. Throws if none of its own is. */
  guard(key: ParsedKey): ParsedKey {
    if (!this.allows(key.type)) throw errors.userKeyNotAccepted(this.target, [key.type]);
    this.types.add(key.type);
    const sign = key.sign.bind(key);
    // ssh2 also takes an error for the signature; its types do not say so.
    key.sign = (data, hash) => (this.refusal(key.type, hash) as unknown as Buffer | undefined) ?? sign(data, hash);
    return key;
  }

  allows(type: string): boolean {
    return this.accepted === undefined || this.accepted.some((algorithm) => keyTypeOf(algorithm) === type);
  }

  /** ssh2 chooses the algorithm of an RSA key by what the host says it takes: SHA-1 where it says nothing (OpenSSH before 7.2). */
  refusal(type: string, hash: string | undefined): Error | undefined {
    if (type !== "ssh-rsa" || this.accepted === undefined) return undefined;
    const algorithm = { sha256: "rsa-sha2-256", sha512: "rsa-sha2-512" }[hash ?? ""] ?? "ssh-rsa";
    if (this.accepted.includes(algorithm)) return undefined;
    this.unsigned = errors.userKeyNotAccepted(this.target, [algorithm]);
    return new Error(this.unsigned.problem);
  }
}

function agentAt(ssh2: Ssh2, target: SshTarget, socket: string, user: UserKeys): BaseAgent {
  const agent = ssh2.createAgent(socket);
  const wanted = target.agentPublicKey === undefined ? undefined : parsePin(target.agentPublicKey);
  const list: BaseAgent["getIdentities"] = (callback) =>
    agent.getIdentities((error, keys) => {
      if (error !== undefined && error !== null) return callback(errors.agentUnreachable(target, socket, error));
      const chosen = (keys ?? []).filter(
        (key) => target.agentPublicKey === undefined || (wanted !== undefined && isPinned(wanted, blobOf(key))),
      );
      if (chosen.length === 0 && target.agentPublicKey !== undefined)
        return callback(errors.agentKeyMissing(target, target.agentPublicKey));
      const types = chosen.map(typeOf);
      const allowed = chosen.filter((_, at) => user.allows(types[at] as string));
      if (allowed.length === 0 && chosen.length > 0) return callback(errors.userKeyNotAccepted(target, [...new Set(types)]));
      for (const key of allowed) user.types.add(typeOf(key));
      callback(undefined, allowed);
    });
  // ssh2 always gives the options. Its types allow to leave them out.
  const sign = ((key: Parameters<BaseAgent["sign"]>[0], data: Buffer, options: SigningRequestOptions, answer: SignCallback) => {
    const refusal = user.refusal(typeOf(key), options.hash);
    if (refusal === undefined) agent.sign(key, data, options, answer);
    else answer(refusal);
  }) as BaseAgent["sign"];
  class ChosenKeys extends ssh2.BaseAgent {
    override getIdentities = list;
    override sign = sign;
  }
  return new ChosenKeys() as BaseAgent;
}

function blobOf(key: unknown): Buffer {
  return key instanceof Buffer ? key : (key as ParsedKey).getPublicSSH();
}

function typeOf(key: unknown): string {
  return keyOfBlob(blobOf(key))?.type ?? "";
}
