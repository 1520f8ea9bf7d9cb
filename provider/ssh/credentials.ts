import type { AnyAuthMethod, AuthenticationType, BaseAgent, ParsedKey } from "ssh2";
import type { SshTarget } from "./connection";
import * as errors from "./errors";
import { fingerprint, type Pin, parsePin } from "./public-key";

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
  if (target.privateKey !== undefined) {
    const key = readPrivateKey(ssh2, target, target.privateKey);
    methods.push({ said: "private key", attempt: { type: "publickey", username, key } });
  } else {
    const socket = target.agentSocketPath ?? (target.password === undefined ? environment.SSH_AUTH_SOCK : undefined);
    if (socket !== undefined && socket !== "") {
      methods.push({ said: "ssh-agent", attempt: { type: "agent", username, agent: agentAt(ssh2, target, socket) } });
    }
  }
  const { password } = target;
  if (password !== undefined) {
    methods.push({ said: "password", attempt: { type: "password", username, password } });
    methods.push({ said: "password", attempt: { type: "keyboard-interactive", username, prompt: answerWith(password) } });
  }
  if (methods.length === 0) throw errors.noCredentials(target);
  return () => begin(methods);
}

function begin(methods: readonly Method[]): Credentials {
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
  };
}

function readPrivateKey(ssh2: Ssh2, target: SshTarget, text: string): ParsedKey {
  const plain = ssh2.utils.parseKey(text);
  if (!(plain instanceof Error)) return privatePart(target, plain);
  if (!isEncrypted(text)) throw errors.privateKeyUnreadable(target, plain);
  if (target.privateKeyPassword === undefined) throw errors.privateKeyEncrypted(target);
  const opened = ssh2.utils.parseKey(text, target.privateKeyPassword);
  if (opened instanceof Error) {
    if (/unsupported/i.test(opened.message)) throw errors.privateKeyUnreadable(target, opened);
    throw errors.privateKeyPassphraseWrong(target, opened);
  }
  return privatePart(target, opened);
}

function privatePart(target: SshTarget, parsed: ParsedKey | ParsedKey[]): ParsedKey {
  const key = Array.isArray(parsed) ? parsed[0] : parsed;
  if (key === undefined || !key.isPrivateKey()) throw errors.privateKeyUnreadable(target, new Error("it is a public key"));
  return key;
}

/** Whether a private key needs a passphrase. PEM says so in a header, OpenSSH's own format in the name of its cipher. */
export function isEncrypted(text: string): boolean {
  if (/ENCRYPTED/.test(text)) return true;
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\s\S]*?)-----END/.exec(text)?.[1];
  if (body === undefined) return false;
  const MAGIC = "openssh-key-v1\0";
  const blob = Buffer.from(body, "base64");
  if (blob.length < MAGIC.length + 4) return false;
  const length = blob.readUInt32BE(MAGIC.length);
  return blob.toString("latin1", MAGIC.length + 4, MAGIC.length + 4 + length) !== "none";
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

function agentAt(ssh2: Ssh2, target: SshTarget, socket: string): BaseAgent {
  const agent = ssh2.createAgent(socket);
  const wanted = target.agentPublicKey === undefined ? undefined : parsePin(target.agentPublicKey);
  const list: BaseAgent["getIdentities"] = (callback) =>
    agent.getIdentities((error, keys) => {
      if (error !== undefined && error !== null) return callback(errors.agentUnreachable(target, socket, error));
      if (target.agentPublicKey === undefined) return callback(undefined, keys);
      const chosen = (keys ?? []).filter((key) => wanted !== undefined && matches(key, wanted));
      if (chosen.length === 0) return callback(errors.agentKeyMissing(target, target.agentPublicKey));
      callback(undefined, chosen);
    });
  class ChosenKeys extends ssh2.BaseAgent {
    override getIdentities = list;
    override sign: BaseAgent["sign"] = agent.sign.bind(agent);
  }
  return new ChosenKeys() as BaseAgent;
}

function matches(key: unknown, wanted: Pin): boolean {
  const blob = key instanceof Buffer ? key : (key as ParsedKey).getPublicSSH();
  return fingerprint(blob) === (wanted.kind === "key" ? fingerprint(wanted.key.blob) : wanted.fingerprint);
}
