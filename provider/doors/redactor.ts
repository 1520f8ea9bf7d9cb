import { printable, printableLine, shortened } from "../printable";
import type { SecretPlaces } from "./secrets";

/** Secret values that this process has seen, to be blotted out of everything it says. */
export class Redactor {
  private readonly secrets = new Set<string>();
  private pattern: RegExp | undefined;

  learn(values: unknown, places: SecretPlaces): void {
    if (places === undefined || values === undefined || values === null) return;
    if (typeof values === "string") this.add(values);
    else if (typeof values === "number") this.add(String(values));
    else if (typeof values === "object") {
      for (const [key, entry] of Object.entries(values as Readonly<Record<string, unknown>>)) {
        this.learn(entry, places === true ? true : places.get(Array.isArray(values) ? Number(key) : key));
      }
    }
  }

  redact(text: string): string {
    if (this.secrets.size === 0) return text;
    this.pattern ??= new RegExp(
      [...this.secrets]
        .sort((a, b) => b.length - a.length)
        .map(literally)
        .join("|"),
      "g",
    );
    return text.replace(this.pattern, "[secret]");
  }

  /** Text on its way out: no secret, nothing that confuses a terminal, no more than anybody reads. */
  say(text: string): string {
    return shortened(printable(this.redact(text)));
  }

  private add(secret: string): void {
    // A key is printed a line at a time, JSON escapes what it quotes, and an error what would not be seen. Shorter than 4 it would blot out
    // ordinary words.
    const forms = [secret, JSON.stringify(secret).slice(1, -1), printable(secret), printableLine(secret), ...secret.split(/\r?\n/)];
    for (const form of forms) {
      if (form.trim().length < 4 || this.secrets.has(form)) continue;
      this.secrets.add(form);
      this.pattern = undefined;
    }
  }
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
