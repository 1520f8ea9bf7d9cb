import type { Values } from "../../core/define";
import { providerConfig } from "../../core/provider-config";
import { type Issue, validate } from "../../core/validate";
import { UNKNOWN } from "../../schema/field";
import type { SecretPlaces } from "../secrets";
import { type Decoded, decodeJson } from "./codec";

/** Settings the engine adds to a provider's own. */
const ENGINE_SETTINGS: ReadonlySet<string> = new Set(["version", "pluginDownloadURL", "pluginChecksums", "envVarMappings", "__internal"]);

export interface ReadConfig {
  readonly values: Values;
  readonly secrets: SecretPlaces;
  readonly issues: readonly Issue[];
}

/**
 * The settings as the engine passes them: an object or list comes as JSON text, with Pulumi's signs inside it where parts are secret or
 * unknown.
 */
export function readConfig(decoded: Decoded): ReadConfig {
  const values: Record<string, unknown> = {};
  const secrets = new Map<string, SecretPlaces>();
  const issues: Issue[] = [];
  for (const [key, value] of Object.entries(decoded.values)) {
    if (ENGINE_SETTINGS.has(key)) continue;
    const outer = decoded.secrets === true ? true : decoded.secrets?.get(key);
    if (typeof value !== "string") {
      values[key] = value;
      secrets.set(key, outer);
      continue;
    }
    try {
      const read = decodeJson(JSON.parse(value));
      values[key] = read.value;
      // A setting that holds one secret (`pulumi config set --secret --path`) comes as a secret whole. Fields that can be one are marked in
      // the schema; blotting out every address, port and user with them would leave no error anyone could read.
      secrets.set(key, read.secrets);
    } catch {
      issues.push({
        path: [key],
        cause: "it is text, and not JSON",
        remedy: `set it with \`pulumi config set --path 'csp:${key}.…'\`, or pass an object`,
      });
      values[key] = UNKNOWN;
    }
  }
  issues.push(...validate({ inputs: providerConfig }, values));
  return { values, secrets, issues };
}
