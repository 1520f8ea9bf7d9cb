import { knownIn, type Row, type Values, vocabulary } from "../install/answerfile/vocabulary";
import { TARGETS, type Target } from "../install/targets";
import { SCHEMES } from "../install/url";

/** docs/answerfile-words.md: which version's installer reads which word of an answerfile, and what it takes it for. */
export function answerfileWordsPage(): string {
  const lines = vocabulary().map(row);
  return `# The words of an answerfile

Every element and attribute (\`element@attribute\`) that an installer reads, with the versions that read it. An installer skips all others
without a message; \`csp lint answerfile\` names them. The table is made from the one that csp itself works with. It is held to 719
answerfiles with the words of the real installers' parsers, of 5.6, 6.0, 6.1, 6.2, 6.5, 7.0, 7.1, 8.2, 8.3, XenServer 8 and XenServer 9.

"Yes or no": \`yes\` and \`true\` mean yes, in any case, and everything else means no.

| word | read by | values |
|---|---|---|
${lines.join("\n")}

Until XenServer 8, an installer stops at a character outside ASCII in any text that it reads. 5.6 and 6.0 take white space around a text for
a part of it, and read \`bootloader\`, \`hostname\`, \`keymap\` and \`network-backend\` only if there is exactly one.

## Schemes

By which schemes an installer fetches a script or an answerfile (\`type="url"\`), and installs from a source. They are written in small letters.
A script with \`type="nfs"\` is \`HOST:/PATH\`: 5.6 and 6.0 put \`nfs://\` before it whether it is there or not. Until 7.1, a source without a scheme
is taken for http.

| scheme | fetches | installs |
|---|---|---|
${SCHEMES.map(({ scheme, fetches, installs }) => `| \`${scheme}\` | ${since(fetches)} | ${installs === undefined ? "no version" : since(installs)} |`).join("\n")}
`;
}

function row({ name, takes, instead, ...rest }: Row): string {
  const values =
    takes === undefined ? "" : takes === "flag" ? "yes or no" : takes.map((each) => valuesCell(each, takes.length > 1)).join("; ");
  const other = instead === undefined ? "" : `. Before: \`${instead}\``;
  return `| \`${name}\` | ${named(knownIn({ ...rest }))}${other} | ${values} |`;
}

function valuesCell({ span, values, default: fallback, otherwise }: Values, several: boolean): string {
  const words = values.filter((value) => value !== "").map((value) => `\`${value}\``);
  const where = several ? `${named(knownIn({ span }))}: ` : "";
  const without = fallback === undefined || fallback === "" ? "" : `, without it \`${fallback}\``;
  return `${where}${words.join(", ")}${without}, another ${otherwise === "stops" ? "stops it" : "is ignored"}`;
}

function since(target: Target): string {
  return target === TARGETS[0] ? "all versions" : `${target} and later`;
}

function named(versions: string): string {
  return versions.replace("5.6 and later", "all versions").replace(/xs(\d)/g, "XenServer $1");
}
