import type { Lab } from "../lab/netns";
import { SMTP, SUBMISSION, TRIALS, type Trial, tryAll } from "./flows";
import type { DemoStack } from "./stack";
import { colour, heading, quoted, say, table, typed, verdict, working } from "./terminal";

/** Tells the story and returns the number of expectations that were not met. */
export async function tell(lab: Lab, stack: DemoStack): Promise<number> {
  const story = new Story(lab, stack);
  await story.withoutFirewall();
  await story.firstUp();
  await story.packets();
  await story.nothingToDo();
  await story.changeOneRule();
  await story.driftAndRepair();
  await story.reboot();
  story.goodbye();
  return story.failures;
}

class Story {
  failures = 0;

  constructor(
    private readonly lab: Lab,
    private readonly stack: DemoStack,
  ) {}

  async withoutFirewall(): Promise<void> {
    heading("A cloud without a firewall");
    say(
      "The lab's hosts are network namespaces with an sshd, a Linux bridge and the real iptables, ip6tables, ebtables, arptables and ipset. " +
        "Guests are behind vif ports, as on Xen; `office` and `stranger` are outside.\n",
    );
    const rows = this.lab.guests.map((guest) => [guest.name, guest.host, guest.port(), guest.address(4), guest.address(6), guest.mac]);
    table(["GUEST", "HOST", "PORT", "IPV4", "IPV6", "MAC"], rows, (cell) => cell);
    console.log();
    const got = await this.send("Sending packets of every kind");
    const open = got.filter((each) => each === "passed").length;
    this.expect(open === TRIALS.length, `${open} of ${TRIALS.length} flows get through, including forged packets`);
  }

  async firstUp(): Promise<void> {
    heading("pulumi up");
    say("demo/index.ts says who may talk to whom. The stack's settings say where each host is, and which host key it must have:\n");
    quoted(this.stack.configuration.replace(/^encryptionsalt.*\n/m, ""));
    const output = await this.run(["up", "--yes", "--skip-preview"]);
    this.expect(/\+ 8 created/.test(plain(output)), "two hosts are adopted, two policies and two sets are created");
  }

  async packets(): Promise<void> {
    heading("The same packets again");
    say("");
    const got = await this.send("Sending them");
    const rows = TRIALS.map((trial, index) => [trial.title, trial.expected, got[index] ?? ""]);
    table(["FLOW", "EXPECTED", "GOT"], rows, (cell, row) => {
      const word = cell.trim();
      if (word !== "passed" && word !== "blocked") return cell;
      return rows[row]?.[1] === rows[row]?.[2] ? (word === "passed" ? colour.green(cell) : colour.yellow(cell)) : colour.red(cell);
    });
    console.log();
    const right = rows.filter(([, expected, verdictGot]) => expected === verdictGot).length;
    this.expect(right === rows.length, `${right} of ${rows.length} flows as expected`);
  }

  async nothingToDo(): Promise<void> {
    heading("Once more, with nothing changed");
    say("Every run reads what is in the hosts' kernels and compares it with the program.");
    const output = await this.run(["up", "--yes", "--skip-preview", "--expect-no-changes"]);
    this.expect(/8 unchanged/.test(plain(output)), "nothing to do");
  }

  async changeOneRule(): Promise<void> {
    heading("Changing one rule");
    say("`stranger` is to be allowed to submit mail: its network is added to the rule `submission` of mail-1.");
    const networks = ["203.0.113.0/24", "2001:db8:113::/64", "198.51.100.0/24"];
    for (const [index, network] of networks.entries())
      await this.stack.pulumi(["config", "set", "--path", `submitters[${index}]`, network]);
    const preview = await this.run(["preview", "--diff"], "whole");
    const rules = ["http", "ping", "no-mail", "postgres", "reports", "smtp", "submission", "syslog", "ping6"];
    const named = rules.filter((rule) => plain(preview).includes(`"${rule}"`));
    this.expect(named.length === 1 && named[0] === "submission", `the preview names ${named.join(", ") || "no rule"} and no other rule`);
    this.expect(/~ 1 to update/.test(plain(preview)), "one resource will be updated");
    await this.flow(SUBMISSION, "blocked", "before");
    await this.run(["up", "--yes", "--skip-preview"]);
    await this.flow(SUBMISSION, "passed", "now");
  }

  async driftAndRepair(): Promise<void> {
    heading("Somebody removes a rule by hand");
    const host = this.lab.host("hv-01");
    const rule = (await host.run("iptables-save")).split("\n").find((line) => /^-A csp-in-.*--comment smtp /.test(line)) ?? "";
    if (!this.expect(rule !== "", "the rule `smtp` of mail-1 is in the kernel of hv-01")) return;
    const command = `iptables ${rule.replace(/^-A/, "-D")}`;
    typed(`${command}      # on hv-01`);
    await host.run(command);
    await this.flow(SMTP, "blocked", "now");
    say("\nA refresh says which rule is missing, of which guest:");
    const refresh = await this.run(["refresh", "--yes", "--skip-preview", "--diff"], "whole");
    this.expect(/guest mail-1: .*\bsmtp is missing/.test(plain(refresh)), "the refresh names guest and rule");
    say("\nAnd `pulumi up` puts it back:");
    await this.run(["up", "--yes", "--skip-preview"]);
    await this.flow(SMTP, "passed", "again");
  }

  async reboot(): Promise<void> {
    heading("A guest reboots");
    const guest = this.lab.guest("mail-1");
    const before = guest.port();
    await working("mail-1 shuts down and starts again", () => guest.reboot());
    say(
      `It is a new domain now: its port was ${before} and is ${guest.port()}. Nobody runs Pulumi: the hook on the host follows the guest.\n`,
    );
    await this.flow(SMTP, "passed", "at once");
    const rows = await this.send("Sending the other packets");
    const right = TRIALS.filter((trial, index) => (trial.title === SUBMISSION.title ? "passed" : trial.expected) === rows[index]).length;
    this.expect(right === TRIALS.length, `${right} of ${TRIALS.length} flows as before`);
  }

  goodbye(): void {
    const { name } = this.lab;
    const option = name === "demo" ? "" : ` --name ${name}`;
    heading("Yours");
    const lines = [
      "The lab stays up.",
      `  Look around on a host:       npm run lab -- shell${option} hv-01`,
      `  ... or inside a guest:       npm run lab -- shell${option} web-1`,
      `  Reboot a guest:              npm run lab -- guest${option} reboot web-1`,
      `  Change demo/index.ts, then:  . ${this.stack.environmentFile} && pulumi up --stack ${name}`,
      `  Take it down:                npm run demo -- down${option}`,
    ];
    console.log(lines.join("\n"));
  }

  private send(text: string): Promise<string[]> {
    return working(text, (progress) => tryAll(this.lab, TRIALS, (done) => progress(`${done}/${TRIALS.length}`)));
  }

  /** Runs `pulumi ARGS` and shows the result: everything, or only what was done to which resource. */
  private async run(args: readonly string[], show: "outcome" | "whole" = "outcome"): Promise<string> {
    typed(`pulumi ${args.join(" ")}`);
    const output = await working(`pulumi ${args[0]}`, (progress) => this.stack.pulumi(args, (line) => progress(plain(line))));
    const lines = output.split("\n").filter((line) => !/^\s*$|^@ /.test(plain(line)));
    const outcome = (line: string) =>
      /(created|updated|deleted|replaced) \(|^Resources:|^ +[-+~]? *\d+ (created|updated|unchanged|deleted)/.test(plain(line));
    quoted((show === "whole" ? lines : lines.filter(outcome)).join("\n"));
    return output;
  }

  private async flow(trial: Trial, expected: string, when: string): Promise<void> {
    const [got] = await tryAll(this.lab, [trial]);
    this.expect(got === expected, `${trial.title}: ${when} ${got}`);
  }

  private expect(met: boolean, text: string): boolean {
    verdict(met, text);
    if (!met) this.failures += 1;
    return met;
  }
}

/** Without colours. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours consist of them
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
