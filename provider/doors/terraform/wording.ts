import { snakeCase } from "./names";

/** Commands that the core's sentences name, as a Pulumi user runs them, and what does the same for a user of Terraform. */
const COMMANDS: Readonly<Record<string, string>> = {
  "pulumi up": "terraform apply",
  "pulumi import": "terraform import",
  "pulumi refresh": "terraform plan",
  "pulumi preview": "terraform plan",
  "pulumi destroy": "terraform destroy",
};

/** One of the core's sentences for a reader of Terraform: what stands in backticks is a field's name or a command. */
export function inTerms(sentence: string): string {
  return sentence.replace(/`([^`]+)`/g, (quoted, text: string) => {
    if (COMMANDS[text] !== undefined) return `\`${COMMANDS[text]}\``;
    return /^[a-z][A-Za-z0-9]*$/.test(text) ? `\`${snakeCase(text)}\`` : quoted;
  });
}
