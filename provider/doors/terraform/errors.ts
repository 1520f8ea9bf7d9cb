import { CspError } from "../../errors";

/** What can be wrong between Terraform and this door; what is wrong with a host or a declaration, the core says. */

export function bothSet(one: string, other: string): CspError {
  return new CspError("both-set", one, `\`${one}\` and \`${other}\` are both set`, "set one of them");
}

export function unknownType(type: string): CspError {
  return new CspError(
    "unknown-type",
    type,
    "this version of csp has no such resource or data source",
    "update the provider, or correct the name",
  );
}

export function notConfigured(type: string): CspError {
  return new CspError("not-configured", type, "the provider is not configured yet", "run it through Terraform, which configures it first");
}

export function importIdMalformed(type: string, id: string, form: string): CspError {
  return new CspError("import-id", type, `${JSON.stringify(id)} is not an ID of such a resource`, `write it as ${form}`);
}

export function stateFromLater(type: string, version: number, known: number): CspError {
  return new CspError(
    "state-from-later",
    type,
    `its state has form ${version}, and this version of csp knows ${known} and earlier`,
    "use the version of the provider that wrote it, or a later one",
  );
}

/** Why Terraform cannot work with this process; said on stderr before it ends. */
export const cannotServe = {
  protocol: (offered: string) =>
    new CspError(
      "protocol",
      "terraform-provider-csp",
      `it speaks version 6 of the provider protocol, and this client offers ${offered}`,
      "use Terraform 1.6 or later, or OpenTofu 1.6 or later",
    ),
  certificate: (why: string) =>
    new CspError(
      "client-certificate",
      "terraform-provider-csp",
      `PLUGIN_CLIENT_CERT is not a certificate (${why})`,
      "nothing but Terraform sets it: unset it, or start csp through Terraform",
    ),
};
