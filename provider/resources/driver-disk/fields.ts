import { z } from "zod";
import { problem } from "../../schema/field";
import { target } from "../repository/fields";
import { ownConnection } from "../shared/connection";
import { drift } from "../shared/identity";
import { server, serverPath } from "../shared/server";

const NAME = /^[A-Za-z0-9_.-]+$/;
const word = (what: string) =>
  z.string().regex(NAME, problem(`the ${what} has a character that a pack must not have there`, 'use letters, digits, ".", "_" and "-"'));

const requirement = z
  .object({
    originator: word("originator").describe(
      'The originator of what is required: "xs". From 6.0 on there is also "xcp", whose main has the version of the platform (on 6.2: 1.8.0).',
    ),
    name: word("name").describe('The name of what is required: "main".'),
    test: z.enum(["eq", "ne", "lt", "gt", "le", "ge"]).default("eq").describe("How the installed version must compare with `version`."),
    version: z
      .string()
      .regex(/^\d+(\.\d+)*$/, problem("it is not a version", 'write it like "5.6.100"'))
      .describe('The version to compare with: "5.6.100".'),
    build: z
      .string()
      .optional()
      .describe('The build: "47101p". Only the installer of 5.6 checks it. Without the letter, it is another version there.'),
  })
  .meta({ token: "csp:ddk:Requirement", description: "What must be installed before a pack." });

export const driverDiskInputs = z.object({
  server,
  path: serverPath("The path of the image on the server. It ends in .iso. csp puts the checksums beside it.").refine(
    (path) => path.endsWith(".iso"),
    {
      error: problem("the path does not end in .iso", "name the image"),
    },
  ),
  target,
  rpms: z
    .array(z.string().min(1, problem("the path is empty", "name an RPM")))
    .min(1, problem("the list is empty", "name at least one RPM"))
    .meta({ unordered: true })
    .describe(
      "The paths of the RPMs, on the machine that csp runs on. For 5.6 to 6.2, give each driver for both kernels, xen and kdump. The kernels of later versions have no flavours.",
    ),
  vendorCode: word("vendor's code").describe('The vendor\'s name in versions and records: letters, digits, ".", "_" and "-".'),
  vendor: z.string().min(1, problem("the name is empty", "name the vendor")).describe("The vendor's name, as people read it."),
  label: word("label").describe("The pack's name."),
  text: z.string().min(1, problem("the text is empty", "say what the pack is")).describe("One sentence that says what the pack is."),
  version: z
    .string()
    .regex(/^\d+(\.\d+)*$/, problem("it is not a version", 'write it like "1.2.3"'))
    .describe('The pack\'s version: "1.2.3".'),
  build: z
    .string()
    .regex(/^\d+[A-Za-z]?$/, problem("it is not a build", 'write it like "50867p"'))
    .optional()
    .describe('The pack\'s build: "50867p". For 5.6, write the letter: without it, the number is part of the version.'),
  product: z.enum(["XenServer", "XCP"]).default("XenServer").describe("The product that the pack is made for. Only for 5.6 to 7.0."),
  requires: z.array(requirement).default([]).describe("What must be installed before the pack. Only for 5.6 to 7.0."),
  uuid: z
    .string()
    .regex(
      /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/,
      problem("it is not a UUID", "write it in lower case, as uuidgen does"),
    )
    .optional()
    .describe(
      "The pack's UUID, from 7.1 on. A host takes two packs with the same UUID for one pack. If you leave it out, csp makes it from the vendor's code, the label and the version.",
    ),
  driver: z
    .boolean()
    .default(true)
    .describe(
      "Whether the pack is a driver disk, which the installer of 7.1 and later loads itself. If false, it is a supplemental pack with other packages.",
    ),
  connection: ownConnection,
});

export const driverDiskOutputs = z.object({
  packages: z.record(z.string(), z.string()).describe("What the image contains, by package."),
  sha256: z.string().describe("The SHA-256 of the image."),
  packUuid: z.string().describe("The pack's UUID. Empty for 5.6 to 7.0, where packs have none."),
  drift,
});
