import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import type { SshTarget } from "../../provider/ssh/connection";
import { connect } from "../../provider/ssh/dial";
import { Targets } from "../../provider/ssh/targets";
import { describeWith } from "../support/needs";
import { Site, type Sshd, type SshdOptions, targetOn } from "./sshd";

/** Hosts of every age: Debian's sshd, limited to what an older one has, and greeting as an older one. */
describeWith(["root"], "a host of another age", () => {
  const site = new Site();
  const keys: Record<string, string> = {};
  const socket = process.env.SSH_AUTH_SOCK;

  beforeAll(() => {
    delete process.env.SSH_AUTH_SOCK;
    keys.ed25519 = site.key("ed25519");
    keys.rsa = site.key("rsa", { type: "rsa" });
    keys.ecdsa = site.key("ecdsa", { type: "ecdsa" });
    keys.dsa = site.key("dsa", { type: "dsa" });
  });
  afterAll(async () => {
    if (socket !== undefined) process.env.SSH_AUTH_SOCK = socket;
    await site.end();
  });

  const started = new Map<string, Promise<Sshd>>();
  const sshd = (options: SshdOptions) => {
    const name = JSON.stringify(options);
    if (!started.has(name)) started.set(name, site.sshd(options));
    return started.get(name) as Promise<Sshd>;
  };
  const login = async (options: SshdOptions, fields: Partial<SshTarget> = {}) => {
    const host = await connect(targetOn(await sshd(options), { privateKey: keys.ed25519, ...fields }));
    // More than one packet each way, by the cipher and MAC that were agreed on.
    const answer = await host.exec("cat; echo in", { purpose: "testing", deadlineMs: 10_000, stdin: "x".repeat(100_000) });
    host.close();
    expect(answer.stdout.length).toBe(100_003);
    return answer.stdout.slice(-3);
  };
  const refusal = async (options: SshdOptions, fields: Partial<SshTarget> = {}) => {
    const error = await login(options, fields).then(
      () => new Error("it went in"),
      (reason: Error) => reason,
    );
    return error as Error & { code?: string };
  };

  describe("with algorithms that are off by default", () => {
    const HMAC = "Ciphers aes128-ctr,aes256-ctr";
    const OLD: readonly (readonly [string, SshdOptions, RegExp])[] = [
      [
        "group1-sha1",
        { config: ["KexAlgorithms diffie-hellman-group1-sha1"] },
        /no key exchange in common.*key exchanges diffie-hellman-group1-sha1;/,
      ],
      ["aes128-cbc", { config: ["Ciphers aes128-cbc"] }, /no cipher in common.*ciphers aes128-cbc;/],
      ["aes192-cbc and aes256-cbc", { config: ["Ciphers aes192-cbc,aes256-cbc"] }, /ciphers aes192-cbc, aes256-cbc;/],
      ["3des-cbc", { config: ["Ciphers 3des-cbc"] }, /ciphers 3des-cbc;/],
      ["hmac-md5", { config: [HMAC, "MACs hmac-md5"] }, /no MAC in common.*MACs hmac-md5;/],
      ["hmac-md5-96", { config: [HMAC, "MACs hmac-md5-96"] }, /MACs hmac-md5-96;/],
      ["hmac-sha1-96", { config: [HMAC, "MACs hmac-sha1-96"] }, /MACs hmac-sha1-96;/],
      ["ssh-dss", { hostKeyTypes: ["dsa"], config: ["HostKeyAlgorithms ssh-dss"] }, /no type of host key in common.*host key ssh-dss;/],
      [
        "all of 4.3 that is left today, at once",
        {
          says: "OpenSSH_4.3",
          hostKeyTypes: ["dsa"],
          config: [
            "HostKeyAlgorithms ssh-dss",
            "KexAlgorithms diffie-hellman-group1-sha1",
            "Ciphers 3des-cbc,aes128-cbc",
            "MACs hmac-md5",
            "PubkeyAcceptedAlgorithms ssh-rsa",
          ],
        },
        /the host \(OpenSSH_4\.3\) and csp have no key exchange and no type of host key and no cipher and no MAC in common/,
      ],
    ];
    test.each(OLD)("%s: not by default, and the error says what the host offers and what it takes", async (_, options, offers) => {
      const pinned = (await sshd(options)).hostKeys.dsa === undefined ? {} : { hostKey: undefined, insecureIgnoreHostKey: true };
      const error = await refusal(options, { ...pinned, ...(options.says === undefined ? {} : { privateKey: keys.rsa }) });
      expect(error).toMatchObject({ code: "no-common-algorithm", message: expect.stringMatching(offers) });
      for (const kind of ["key exchanges", "types of host key", "ciphers", "MACs"]) expect(error.message).toContain(kind);
      expect(error.message).toContain('set hosts["hv-01"].legacyAlgorithms: true');
    });
    test.each(OLD)("%s: with legacyAlgorithms csp works there", async (_, options) => {
      expect(await login(options, { legacyAlgorithms: true, ...(options.says === undefined ? {} : { privateKey: keys.rsa }) })).toBe(
        "in\n",
      );
    });

    test.each(["diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1"])("%s needs nothing, as ever", async (kex) => {
      expect(await login({ config: [`KexAlgorithms ${kex}`] })).toBe("in\n");
    });

    test.each(["umac-64@openssh.com", "umac-128-etm@openssh.com"])("%s: the library cannot at all, and the error says so", async (mac) => {
      const options = { config: [HMAC, `MACs ${mac}`] };
      for (const legacyAlgorithms of [false, true]) {
        const error = await refusal(options, { legacyAlgorithms });
        expect(error).toMatchObject({ code: "no-common-algorithm", message: expect.stringContaining(`MACs ${mac};`) });
        expect(error.message).toMatch(/library can do none of the host's MACs.*sshd offer one that it can \(MACs: .*hmac-sha2-256/);
        expect(error.message).not.toContain("legacyAlgorithms: true");
      }
    });
    test("a key exchange that came after the library", async () => {
      const error = await refusal({ config: ["KexAlgorithms sntrup761x25519-sha512@openssh.com"] });
      expect(error.message).toMatch(/csp have no key exchange in common.*can do none of the host's key exchanges/);
    });

    test("a host that offers both keeps to the newer with legacyAlgorithms", async () => {
      const options: SshdOptions = {
        config: [
          "KexAlgorithms diffie-hellman-group1-sha1,curve25519-sha256",
          "Ciphers aes128-cbc,aes256-ctr",
          "MACs hmac-md5,hmac-sha2-256",
          "LogLevel DEBUG1",
        ],
      };
      await login(options, { legacyAlgorithms: true });
      const log = (await sshd(options)).log();
      expect(log).toContain("kex: algorithm: curve25519-sha256");
      expect(log).toMatch(/kex: client->server cipher: aes256-ctr MAC: hmac-sha2-256/);
    });

    test("a pinned ssh-dss key is not called a changed one where csp may not ask for it", async () => {
      const options: SshdOptions = { hostKeyTypes: ["dsa", "rsa"], config: ["HostKeyAlgorithms +ssh-dss"] };
      const hostKey = (await sshd(options)).hostKeys.dsa;
      expect(await refusal(options, { hostKey })).toMatchObject({
        code: "host-key-type-not-offered",
        message: expect.stringMatching(/is a ssh-dss key.*legacyAlgorithms: true/s),
      });
      expect(await login(options, { hostKey, legacyAlgorithms: true })).toBe("in\n");
    });

    test("a DSA key of the user's", async () => {
      expect(await login({ config: ["PubkeyAcceptedAlgorithms +ssh-dss"] }, { privateKey: keys.dsa })).toBe("in\n");
    });
  });

  describe("whose version cannot know a key", () => {
    const AT = (says: SshdOptions["says"], types: string): SshdOptions => ({
      says,
      hostKeyTypes: ["rsa"],
      config: [`PubkeyAcceptedAlgorithms ${types}`],
    });
    const HOST_4_3 = AT("OpenSSH_4.3", "ssh-rsa,ssh-dss");

    test("OpenSSH 4.3 and an Ed25519 key", async () => {
      const error = await refusal(HOST_4_3);
      expect(error).toMatchObject({ code: "authentication-failed" });
      expect(error.message).toMatch(/OpenSSH 4\.3 does not know Ed25519 keys, which came with 6\.5.*`ssh-keygen -t rsa -b 3072`/s);
    });
    test("OpenSSH 4.3 and an ECDSA key", async () =>
      expect((await refusal(HOST_4_3, { privateKey: keys.ecdsa })).message).toMatch(
        /OpenSSH 4\.3 does not know ECDSA keys, which came with 5\.7/,
      ));
    test("OpenSSH 6.4 knows ECDSA, and not Ed25519", async () => {
      const options = AT("OpenSSH_6.4", "ssh-rsa,ecdsa-sha2-nistp256");
      expect(await login(options, { privateKey: keys.ecdsa })).toBe("in\n");
      expect((await refusal(options)).message).toMatch(/OpenSSH 6\.4 does not know Ed25519/);
    });
    test("an agent's keys", async () => {
      const agentSocketPath = await site.agent("ed25519", "ecdsa");
      const error = await refusal(HOST_4_3, { privateKey: undefined, agentSocketPath });
      expect(error.message).toMatch(/know (Ed25519|ECDSA) keys.*know (ECDSA|Ed25519) keys.*ssh-keygen -t rsa/s);
    });
    test("an agent that has an RSA key too goes in", async () => {
      expect(await login(HOST_4_3, { privateKey: undefined, agentSocketPath: await site.agent("ed25519", "rsa") })).toBe("in\n");
    });
    test("OpenSSH 7.0 and later, and a DSA key", async () => {
      const error = await refusal({ hostKeyTypes: ["ed25519"] }, { privateKey: keys.dsa });
      expect(error.message).toMatch(/takes no DSA keys by default: they are off since 7\.0.*`ssh-keygen -t ed25519`/s);
    });
    test("a key that the version knows is not blamed", async () => {
      const stranger = site.key("stranger", { unauthorized: true, type: "rsa" });
      const { message } = await refusal(HOST_4_3, { privateKey: stranger });
      expect(message).toMatch(/the host accepts publickey, password\. Add the public key/);
    });

    test.each(["OpenSSH_4.3", "OpenSSH_5.3", "OpenSSH_6.6"] as const)(
      "an RSA key signs with SHA-1 at %s, which says nothing of signatures",
      async (says) => {
        const options = AT(says, "ssh-rsa");
        expect(await login(options, { privateKey: keys.rsa })).toBe("in\n");
        expect((await sshd(options)).log()).toMatch(/Accepted publickey for root .* RSA/);
      },
    );
    test("and with SHA-2 at a newer one, which takes no other", async () => {
      const options: SshdOptions = { config: ["PubkeyAcceptedAlgorithms rsa-sha2-256"] };
      expect(await login(options, { privateKey: keys.rsa })).toBe("in\n");
    });
  });

  describe("and ~/.ssh/config", () => {
    const alias = async (options: SshdOptions, ...lines: string[]) => {
      const { port, hostKeys } = await sshd(options);
      mkdirSync(site.path("home/.ssh"), { recursive: true });
      const path = site.path("home/.ssh/config");
      writeFileSync(
        path,
        ["Host old", "  HostName 127.0.0.1", `  Port ${port}`, "  User root", ...lines.map((line) => `  ${line}`)].join("\n"),
      );
      const target = new Targets({ inventory: {}, home: site.path("home"), sshConfigPath: path }).resolve("old", {
        privateKey: keys.ed25519,
        hostKey: Object.values(hostKeys)[0],
        dialAttempts: 1,
      });
      return target;
    };
    const into = async (options: SshdOptions, ...lines: string[]) => login(options, await alias(options, ...lines));
    const out = async (options: SshdOptions, ...lines: string[]) => refusal(options, await alias(options, ...lines));

    test.each<[string, SshdOptions, string]>([
      ["Ciphers", { config: ["Ciphers aes128-cbc"] }, "Ciphers +aes128-cbc"],
      ["Ciphers, a whole list,", { config: ["Ciphers aes128-cbc"] }, "Ciphers chacha20-poly1305@openssh.com,aes128-cbc"],
      ["MACs", { config: ["Ciphers aes128-ctr", "MACs hmac-md5"] }, "MACs ^hmac-md5"],
      ["KexAlgorithms", { config: ["KexAlgorithms diffie-hellman-group1-sha1"] }, "KexAlgorithms +diffie-hellman-group1-sha1"],
      ["HostKeyAlgorithms", { hostKeyTypes: ["dsa"], config: ["HostKeyAlgorithms ssh-dss"] }, "HostKeyAlgorithms +ssh-dss"],
    ])("%s lets csp in where it could not", async (_, options, line) => {
      expect((await out(options)).code).toMatch(/no-common-algorithm|host-key-type-not-offered/);
      expect(await into(options, line)).toBe("in\n");
    });

    test.each([
      ["Ciphers aes256-gcm@openssh.com", { config: ["Ciphers aes128-ctr"] }, /Correct Ciphers in .*config: csp can do aes128-ctr/],
      [
        "Ciphers -aes*-ctr",
        { config: ["Ciphers aes128-ctr,aes256-ctr"] },
        /Correct Ciphers in .*config: csp can do aes128-ctr, aes256-ctr/,
      ],
      ["KexAlgorithms curve25519-sha256", { config: ["KexAlgorithms diffie-hellman-group14-sha256"] }, /Correct KexAlgorithms in/],
      ["MACs -hmac-sha2*", { config: ["Ciphers aes128-ctr", "MACs hmac-sha2-256"] }, /Correct MACs in/],
    ] as const)("%s keeps csp from what is left out, and the error names the option", async (line, options, remedy) => {
      expect(await into(options)).toBe("in\n");
      expect(await out(options, line)).toMatchObject({ code: "no-common-algorithm", message: expect.stringMatching(remedy) });
    });

    test("HostKeyAlgorithms says which key the host is asked for first", async () => {
      const options: SshdOptions = { hostKeyTypes: ["ed25519", "rsa"] };
      const target = await alias(options, "HostKeyAlgorithms ^rsa-sha2-512");
      const error = await refusal(options, { ...target, hostKey: undefined, knownHostsFiles: [] });
      expect(error).toMatchObject({ code: "host-key-unknown", message: expect.stringContaining("ssh-rsa SHA256:") });
      // As ssh: a list that only changes the default one leaves the first place to a key that is known.
      const { hostKeys, port } = await sshd(options);
      writeFileSync(site.path("known"), `[127.0.0.1]:${port} ${hostKeys.ed25519}\n`);
      const known = { hostKey: undefined, knownHostsFiles: [site.path("known")] };
      expect((await refusal(options, { ...target, ...known })).message).toContain(
        "known_hosts has only other types of key for it (ssh-ed25519)",
      );
      expect(await login(options, { ...(await alias(options, "HostKeyAlgorithms -ecdsa*")), ...known })).toBe("in\n");
    });

    test.each([
      ["PubkeyAcceptedAlgorithms ssh-rsa", /log in with ssh-ed25519; it allows ssh-rsa/],
      ["PubkeyAcceptedKeyTypes -ssh-ed*", /log in with ssh-ed25519; it allows ecdsa/],
    ])("%s: csp does not log in with an Ed25519 key", async (line, words) => {
      const error = await out({}, line);
      expect(error).toMatchObject({ code: "user-key-not-accepted", message: expect.stringMatching(words) });
    });
    test("PubkeyAcceptedAlgorithms -ssh-rsa: an RSA key does not sign with SHA-1, of a file or of an agent", async () => {
      const options: SshdOptions = { says: "OpenSSH_5.8", hostKeyTypes: ["rsa"], config: ["PubkeyAcceptedAlgorithms ssh-rsa"] };
      const target = await alias(options, "PubkeyAcceptedAlgorithms -ssh-rsa");
      const words = {
        code: "user-key-not-accepted",
        message: expect.stringMatching(/ssh-rsa \(SHA-1\), the only signature .* this host takes/),
      };
      expect(await refusal(options, { ...target, privateKey: keys.rsa })).toMatchObject(words);
      expect(await refusal(options, { ...target, privateKey: undefined, agentSocketPath: await site.agent("rsa") })).toMatchObject(words);
      expect((await sshd(options)).log()).not.toContain("Accepted publickey");
      expect(await login(options, { ...(await alias(options)), privateKey: keys.rsa })).toBe("in\n");
    });

    test("a list that names nothing that csp can do", async () => {
      expect(await out({}, "KexAlgorithms sntrup761x25519-sha512@openssh.com")).toMatchObject({
        code: "no-algorithm-left",
        message: expect.stringMatching(/KexAlgorithms \(sntrup761x25519-sha512@openssh\.com\).*curve25519/),
      });
    });
  });

  describe("shows both fingerprints of its key", () => {
    const print = (key: string, hash: string) =>
      execFileSync("ssh-keygen", ["-E", hash, "-lf", "-"], { input: key, encoding: "utf8" }).split(" ")[1] as string;

    test("if it is unknown, changed or revoked", async () => {
      const { hostKeys, port } = await sshd({});
      const shown = `ssh-ed25519 ${print(hostKeys.ed25519 as string, "sha256")}, ${print(hostKeys.ed25519 as string, "md5")}`;
      const other = site.publicKey("ed25519").trim();
      writeFileSync(site.path("revoked"), `@revoked * ${hostKeys.ed25519}\n`);
      writeFileSync(site.path("changed"), `[127.0.0.1]:${port} ${other}\n`);
      for (const [fields, code] of [
        [{ knownHostsFiles: [] }, "host-key-unknown"],
        [{ knownHostsFiles: [site.path("revoked")] }, "host-key-revoked"],
        [{ knownHostsFiles: [site.path("changed")] }, "host-key-changed"],
        [{ hostKey: other }, "host-key-changed"],
      ] as const) {
        const error = await refusal({}, { hostKey: undefined, ...fields });
        expect(error).toMatchObject({ code, message: expect.stringContaining(shown) });
        if (code === "host-key-changed") expect(error.message).toContain(`${print(other, "sha256")}, ${print(other, "md5")}`);
      }
    });

    test("an MD5 fingerprint is compared, and does not pin: the error has the key that does", async () => {
      const options: SshdOptions = { hostKeyTypes: ["ed25519", "ecdsa", "rsa"] };
      const { hostKeys } = await sshd(options);
      for (const type of ["ed25519", "rsa"]) {
        const key = hostKeys[type] as string;
        for (const hostKey of [print(key, "md5"), print(key, "md5").replace("MD5:", "").toUpperCase()]) {
          const error = await refusal(options, { hostKey, insecureIgnoreHostKey: true, legacyAlgorithms: true });
          expect(error).toMatchObject({
            code: "host-key-pinned-by-md5",
            message: expect.stringContaining(`hosts["hv-01"].hostKey: "${key}"`),
          });
        }
        const other = print(site.publicKey("ecdsa"), "md5");
        expect(await refusal(options, { hostKey: other })).toMatchObject({
          code: "host-key-changed",
          message: expect.stringContaining(other),
        });
      }
    });
    test("an agent's key may be chosen by either", async () => {
      const agentSocketPath = await site.agent("rsa", "ed25519");
      for (const hash of ["sha256", "md5"])
        expect(await login({}, { privateKey: undefined, agentSocketPath, agentPublicKey: print(site.publicKey("ed25519"), hash) })).toBe(
          "in\n",
        );
    });
  });
});
