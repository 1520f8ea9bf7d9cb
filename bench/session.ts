import { Client } from "ssh2";
import type { SshAccess } from "../lab/netns";

/** An open SSH session to a host, and nothing more. It shows what a bare `ssh host command <text` costs once it is connected. */
export class Session {
  private constructor(private readonly client: Client) {}

  static open(access: SshAccess): Promise<Session> {
    const client = new Client();
    return new Promise((resolve, reject) => {
      client.on("ready", () => {
        // Set as in csp's own connections, so that the kernel's delay is not part of the comparison.
        client.setNoDelay(true);
        resolve(new Session(client));
      });
      client.on("error", reject);
      client.connect({ host: access.address, port: access.port, username: access.user, privateKey: access.privateKey });
    });
  }

  /** Runs a command with `input` on its stdin. Returns its output; throws if it fails. */
  run(command: string, input = ""): Promise<string> {
    return new Promise((resolve, reject) => {
      this.client.exec(command, (error, channel) => {
        if (error) return reject(error);
        const output: Buffer[] = [];
        const complaints: Buffer[] = [];
        let code: number | null = null;
        channel.on("data", (chunk: Buffer) => output.push(chunk));
        channel.stderr.on("data", (chunk: Buffer) => complaints.push(chunk));
        channel.on("exit", (status: number | null) => {
          code = status;
        });
        channel.on("close", () => {
          if (code === 0) resolve(Buffer.concat(output).toString());
          else reject(new Error(`${command}: ${code}: ${Buffer.concat(complaints).toString().slice(0, 500)}`));
        });
        channel.end(input);
      });
    });
  }

  close(): void {
    this.client.end();
  }
}
