import { z } from "zod";
import { name } from "../../firewall/policy/fields";
import { THIS_MACHINE } from "../../install/publish/server";
import { problem } from "../../schema/field";

/** The fields of resources that put files on a server: which server, and where. */

export const server = name("server's name", 253)
  .default(THIS_MACHINE)
  .meta({ identity: true })
  .describe(
    `The server that csp puts files on: a key of the provider's \`hosts\` or, if it is not one, an alias in ~/.ssh/config. \`${THIS_MACHINE}\` is the machine that csp runs on. You set up what serves the files from there (nginx, an NFS export).`,
  );

/** An absolute path in one spelling, without hidden parts and without "..". */
export const serverPath = (what: string) =>
  z
    .string()
    .regex(
      /^(\/[A-Za-z0-9_@+%=:,~-][A-Za-z0-9_.@+%=:,~-]*){2,}$/,
      problem(
        "it is not an absolute path of at least two plain names",
        'write it like "/srv/www/xs56", without spaces, "..", hidden names or a slash at the end',
      ),
    )
    .max(200, problem("it is longer than 200 characters", "use a shorter path"))
    .meta({ identity: true })
    .describe(what);
