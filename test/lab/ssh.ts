import { Client } from "ssh2";
import type { SshAccess } from "../../lab/netns";

/** A bare SSH client for the lab's own tests: they must not depend on the code that the lab is there to test. */
export function dialAs(access: SshAccess, user: string, by: "key" | "password"): Promise<Client> {
  const client = new Client();
  return new Promise((resolve, reject) => {
    client
      .on("ready", () => resolve(client))
      .on("error", reject)
      .on("close", () => reject(new Error("closed")))
      .connect({
        host: access.address,
        port: access.port,
        username: user,
        ...(by === "key" ? { privateKey: access.privateKey } : { password: access.password }),
        hostVerifier: (key: Buffer) => key.toString("base64") === access.hostKey.split(" ")[1],
      });
  });
}

/** Runs a command and returns its stdout. */
export function runOver(client: Client, command: string, stdin = ""): Promise<string> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, stream) => {
      if (error) {
        reject(error);
        return;
      }
      let text = "";
      stream.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.stderr.resume();
      stream.on("close", () => resolve(text));
      stream.end(stdin);
    });
  });
}
