import { X509Certificate } from "node:crypto";
import { cannotServe } from "./errors";

/** How Terraform starts a provider: by go-plugin's handshake, whose first half is environment variables and whose second a line on stdout. */

/** Proves nothing; says that it is Terraform that starts this, and not a person. */
const COOKIE = { name: "TF_PLUGIN_MAGIC_COOKIE", value: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2" } as const;

export const PROTOCOL = 6;
const CORE_PROTOCOL = 1;

export function startedByTerraform(environment: NodeJS.ProcessEnv): boolean {
  return environment[COOKIE.name] === COOKIE.value;
}

/**
 * The certificate by which alone a client is let in; undefined when Terraform was told to do without TLS. Throws what is to be said where
 * client and provider cannot work together.
 */
export function clientCertificate(environment: NodeJS.ProcessEnv): string | undefined {
  const offered = environment.PLUGIN_PROTOCOL_VERSIONS;
  if (offered !== undefined && !offered.split(",").some((version) => Number(version) === PROTOCOL))
    throw cannotServe.protocol(offered === "" ? "none" : offered);
  const pem = environment.PLUGIN_CLIENT_CERT;
  if (pem === undefined || pem === "") return undefined;
  try {
    new X509Certificate(pem);
  } catch (error) {
    throw cannotServe.certificate(error instanceof Error ? error.message : String(error));
  }
  return pem;
}

/** The line Terraform waits for. The certificate is base64 of DER without padding, which is all that go-plugin reads. */
export function handshakeLine(socket: string, certificate: Buffer | undefined): string {
  return [CORE_PROTOCOL, PROTOCOL, "unix", socket, "grpc", certificate?.toString("base64").replace(/=+$/, "") ?? ""].join("|");
}
