import { snakeCase } from "./names";

/** Commands that the core's sentences name, as a Pulumi user runs them, and what does the same for a user of Terraform. */
const COMMANDS: Readonly<Record<string, string>> = {
  "pulumi up": "terraform apply",
  "pulumi import": "terraform import",
  "pulumi refresh": "terraform plan",
  "pulumi preview": "terraform plan",
  "pulumi destroy": "terraform destroy",
};

/** A setting of a host with a value or without: `hosts["hv-01"].privateKeyFile`, `hosts["hv-01"].legacyAlgorithms: true`. */
const SETTING = /(hosts\["(?:[^"\\]|\\.)*"\])\.([a-z][A-Za-z0-9]*)(: )?/g;

/** One of the core's sentences for a reader of Terraform: what stands in backticks is a field's name or a command. */
export function inTerms(sentence: string): string {
  const settings = sentence.replace(
    SETTING,
    (_, host: string, field: string, value?: string) => `${host}.${snakeCase(field)}${value === undefined ? "" : " = "}`,
  );
  return settings.replace(/`([^`]+)`/g, (quoted, text: string) => {
    if (COMMANDS[text] !== undefined) return `\`${COMMANDS[text]}\``;
    return /^[a-z][A-Za-z0-9]*$/.test(text) ? `\`${snakeCase(text)}\`` : quoted;
  });
}
