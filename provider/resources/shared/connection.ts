import { connectionFields } from "../../ssh/inventory";

/** The field for a host that is not in the inventory, because another resource has only just created it. */
export const ownConnection = connectionFields
  .optional()
  .describe(
    "How to reach the host, if the provider's `hosts` do not say it. The state keeps the credentials that you give here. Pulumi encrypts them; Terraform does not.",
  );
