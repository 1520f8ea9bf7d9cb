import type { Path } from "../../schema/field";
import { lintDocument } from "./lint";
import { type Rendered, renderAnswerfile } from "./render";
import type { PlacedFinding } from "./report";

/** A finding about a declaration, with the field that it is about. */
export interface FieldFinding {
  readonly rule: string;
  readonly severity: "error" | "warning";
  readonly field: Path;
  readonly message: string;
  readonly remedy: string;
}

/** Applies the rules for answerfiles to the file that a declaration would make. Each finding has the field that it comes from. */
export function checkDeclaration(given: Rendered): FieldFinding[] {
  return lintDocument(renderAnswerfile(given), given).map((finding) => {
    const { rule, severity, message, remedy } = finding;
    return { rule, severity, field: fieldOf(finding), message, remedy };
  });
}

/** The field that would make a missing element. A missing element cannot say which field it comes from. */
const MISSING: Readonly<Record<string, Path>> = {
  source: ["sources"],
  "primary-disk": ["primaryDisk"],
  "admin-interface": ["adminInterface"],
  "existing-installation": ["existingInstallation"],
  timezone: ["timezone"],
  "root-password": ["rootPassword"],
  "network-backend": ["networkBackend"],
  "install-failed-script": ["scripts"],
  ip: ["adminInterface", "ipv4", "address"],
  ipaddr: ["adminInterface", "ipv4", "address"],
  subnet: ["adminInterface", "ipv4", "netmask"],
  "subnet-mask": ["adminInterface", "ipv4", "netmask"],
  gateway: ["adminInterface", "ipv4", "gateway"],
  ipv6: ["adminInterface", "ipv6", "address"],
  gatewayv6: ["adminInterface", "ipv6", "gateway"],
};

function fieldOf({ place: { element, attribute, child } }: PlacedFinding): Path {
  if (child !== undefined) return MISSING[child] ?? [];
  if (attribute === undefined) return element.field ?? [];
  const field = element.attributeFields?.get(attribute);
  if (field !== undefined) return field;
  if (element.name === "admin-interface") return attribute === "protov6" ? ["adminInterface", "ipv6"] : ["adminInterface", "name"];
  return element.field ?? [];
}
