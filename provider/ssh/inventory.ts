import { isIPv6 } from "node:net";
import { z } from "zod";
import { problem } from "../schema/field";
import { parsePin } from "./public-key";

/**
 * How to reach a host, as a user writes it: an entry of the provider's `hosts`, its `defaults`, and a resource's own `connection`. These fields
 * are described here and nowhere else. None has a zod default: an entry that leaves a field out takes it from `defaults`, and only then
 * from {@link FALLBACKS}.
 */

export const FALLBACKS = { port: 22, user: "root", dialAttempts: 10, dialTimeoutSeconds: 15 } as const;

const HOST_NAME = /^[A-Za-z0-9_]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9_.])?$/;

const address = z
  .string()
  .refine((text) => HOST_NAME.test(text) || isIPv6(text), {
    error: problem(
      "the address is neither a host name nor an IP address",
      'write it like "hv-01.example.net", "192.0.2.10" or "2001:db8::10", without a user or a port',
    ),
  })
  .describe("Host name or IP address of the host's SSH server.");

const pin = (what: string) =>
  z.string().refine((text) => parsePin(text) !== undefined, {
    error: problem(
      `the ${what} is neither a public key nor a fingerprint`,
      'write "ssh-ed25519 AAAA..." (what `ssh-keyscan` prints) or "SHA256:..." or "MD5:..." (what `ssh-keygen -lf` prints)',
    ),
  });

const endpointFields = {
  address,
  port: z.int().min(1).max(65535).optional().describe(`TCP port of the SSH server. Default ${FALLBACKS.port}.`),
  user: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_.@\\-]{0,63}$/, problem("the user is not a login name", 'write a login name, like "root"'))
    .optional()
    .describe(`Login user. A user other than root runs commands through sudo. Default "${FALLBACKS.user}".`),
};

const credentialFields = {
  privateKey: z
    .string()
    .optional()
    .meta({ secret: true, description: "Text of the private key to log in with (OpenSSH or PEM). csp tries no other key." }),
  privateKeyFile: z
    .string()
    .min(1, problem("the path is empty", "name a file or leave the field out"))
    .optional()
    .describe('Path of the private key to log in with, instead of its text: "~/.ssh/id_ed25519".'),
  privateKeyPassword: z.string().optional().meta({ secret: true, description: "Passphrase of the private key." }),
  password: z
    .string()
    .optional()
    .meta({ secret: true, description: "Password of the login user. csp also gives it if the host asks for it interactively (PAM)." }),
  agentSocketPath: z
    .string()
    .optional()
    .describe("Socket of the ssh-agent to log in with. Without a key and a password, the default is SSH_AUTH_SOCK."),
  agentPublicKey: pin("agent key")
    .optional()
    .describe(
      "Which of the agent's keys csp offers, as a public key or fingerprint. Default: all of them, but a host ends the login after a few keys.",
    ),
  sudoPassword: z
    .string()
    .optional()
    .meta({ secret: true, description: "Password that sudo asks the login user for. Leave it out if sudo asks for none." }),
};

const hostKey = pin("host key")
  .optional()
  .describe(
    'The host\'s public key ("ssh-ed25519 AAAA...") or its fingerprint ("SHA256:..."). If you leave it out, ~/.ssh/known_hosts and /etc/ssh/ssh_known_hosts decide, and csp refuses an unknown host. An MD5 fingerprint ("MD5:3f:...", or "3f:...") does not pin a host: csp compares it, and the error has the key to pin.',
  );

const legacyAlgorithms = z
  .boolean()
  .optional()
  .describe(
    "Allows algorithms of this one host that OpenSSH has off by default: diffie-hellman-group1-sha1, ssh-dss, CBC ciphers, MACs by MD5 or of 96 bits. Whoever can change the traffic may then be able to read or forge it. If a host needs it, the error of the failed handshake says so. Default false.",
  );

const dialFields = {
  insecureIgnoreHostKey: z
    .boolean()
    .optional()
    .describe(
      "Accepts any host key if none is pinned. Whoever answers at the address then receives root's commands. Only for hosts that nobody else can reach.",
    ),
  dialAttempts: z
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe(`How often csp tries to reach a host, with growing, random pauses between the attempts. Default ${FALLBACKS.dialAttempts}.`),
  dialTimeoutSeconds: z
    .number()
    .min(0.1)
    .max(600)
    .optional()
    .describe(`How many seconds one attempt may take, login included. Default ${FALLBACKS.dialTimeoutSeconds}.`),
};

/** A bastion written where it is used, without a name of its own. */
export const inlineBastion = z.object({ ...endpointFields, ...credentialFields, hostKey, legacyAlgorithms, ...dialFields }).meta({
  token: "csp:index:Bastion",
  description: "A host that connections to other hosts go through. It must allow TCP forwarding; nothing runs on it.",
});

const bastion = z
  .union([z.string(), inlineBastion])
  .optional()
  .describe("The host to connect through: the name of another entry, an alias in ~/.ssh/config, or a connection of its own.");

/** One entry of the provider's `hosts`. */
export const hostEntry = z
  .object({ ...endpointFields, ...credentialFields, hostKey, legacyAlgorithms, ...dialFields, bastion })
  .meta({ token: "csp:index:HostEntry", description: "How to reach one host." });

/** The provider's `defaults`, for fields that entries leave out. Fields that identify a host have no default, nor has what weakens one host. */
export const hostDefaults = hostEntry
  .omit({ address: true, hostKey: true, legacyAlgorithms: true })
  .meta({ token: "csp:index:HostDefaults", description: "Fields that the entries of `hosts` leave out." });

/** A resource's own `connection`. Its fields replace those of the inventory's entry of that name, if there is one. */
export const connectionFields = z.object({ ...hostEntry.shape, address: address.optional().describe(address.description ?? "") }).meta({
  token: "csp:index:Connection",
  description: "How to reach a host that is not in the provider's inventory, because another resource has just created it.",
});

export type HostEntry = z.output<typeof hostEntry>;
export type HostDefaults = z.output<typeof hostDefaults>;
export type ConnectionFields = z.output<typeof connectionFields>;
