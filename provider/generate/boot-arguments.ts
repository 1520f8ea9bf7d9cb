import { BOOT_ARGUMENTS, type BootArgument, NETWORK_KEYS } from "../install/boot/arguments";
import { isXcpNg, productOf } from "../install/targets";

/** The page that lists what installers read from the kernel's command line, from the table by which boot files are checked. */
export function bootArgumentsPage(): string {
  const parts = [
    "<!-- Made by `npm run generate` from provider/install/boot/arguments.ts; changes here are lost. -->",
    "# What installers read from the kernel's command line",
    "`csp lint boot` and `csp.install.NetworkBoot` check boot files by this table. An installer ignores what it does not read, without a message. If an argument is there twice, the last one counts, unless the table says that it may be repeated. The sources are files of host-installer.",
    table(
      ["argument", "value", "versions", "what it does", "source"],
      BOOT_ARGUMENTS.map((argument) => [
        `\`${argument.name}\``,
        nameOfValue(argument),
        versionsOf(argument),
        `${argument.effect}${argument.several === true ? ". It may be repeated" : ""}`,
        argument.source,
      ]),
    ),
    "## network_config",
    "`dhcp[:KEY=VALUE;...]` or `static:ip=ADDRESS;netmask=ADDRESS[;KEY=VALUE;...]`. An installer makes the whole value lower-case. It stops at a part without an equals sign, so no semicolon may be at the end. In a GRUB file the argument needs single quotes, because a semicolon ends a command.",
    table(
      ["key", "value", "versions", "with"],
      NETWORK_KEYS.map((key) => [
        `\`${key.name}\``,
        key.value,
        versionsOf(key),
        key.with === "either" ? "`dhcp`, `static`" : `\`static\`${key.required === true ? ", required" : ""}`,
      ]),
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}

function nameOfValue({ value = "", oneOf }: BootArgument): string {
  return oneOf === undefined ? value : oneOf.map((word) => `\`${word}\``).join(" ");
}

function versionsOf({ since, until }: Pick<BootArgument, "since" | "until">): string {
  const name = (target: NonNullable<typeof since>) => (isXcpNg(target) || !target.startsWith("xs") ? target : productOf(target));
  if (since !== undefined && since === until) return `only ${name(since)}`;
  if (until !== undefined) return `up to ${name(until)}`;
  return since === undefined || since === "5.6" ? "all" : `from ${name(since)} on`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`)
    .join("\n");
}
