/**
 * Terraform's log: a line of JSON on stderr for each message, as go-hclog writes it, shown with TF_LOG. The timestamp needs six digits of a
 * second, or Terraform prints the line as it is.
 */
export class Log {
  debug(message: string): void {
    this.write("debug", message);
  }

  error(message: string): void {
    this.write("error", message);
  }

  private write(level: string, message: string): void {
    const timestamp = new Date().toISOString().replace("Z", "000Z");
    process.stderr.write(`${JSON.stringify({ "@level": level, "@message": message, "@module": "csp", "@timestamp": timestamp })}\n`);
  }
}
