import { connectionFields } from "../../ssh/inventory";

/** The field a resource takes for a host that is in no inventory, because another resource has only just made it. */
export const ownConnection = connectionFields
  .optional()
  .describe(
    "How to reach the host, where the provider's `hosts` do not say. Credentials in here are kept in the state, which Pulumi encrypts and Terraform does not.",
  );
