import { z } from "zod";
import { name, securityGroupFields, securityGroupPolicy } from "../../firewall/policy/fields";

export const securityGroupInputs = z.object({
  name: name("group's name", 63).meta({ identity: true }).describe('The group\'s name. Rules refer to it as "group:NAME".'),
  ...securityGroupFields,
});

export const securityGroupOutputs = z.object({
  policy: securityGroupPolicy.describe("The group as a value, for the `groups` of a guest."),
});
