import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { quote } from "../../provider/shell/quote";
import { inLibraryWords, offerTo, orderHostKeys, possible } from "../../provider/ssh/algorithms";
import { backoffDelay } from "../../provider/ssh/backoff";
import { Greeting } from "../../provider/ssh/greeting";
import { Output } from "../../provider/ssh/output";
import { present } from "../../provider/ssh/privilege";
import { Slots } from "../../provider/ssh/slots";

describe("back-off", () => {
  test("full jitter below a doubling bound that stops at 10 s", () => {
    const bounds = [1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => backoffDelay(attempt, () => 1));
    expect(bounds).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, random) => {
        const delay = backoffDelay(attempt, () => random);
        return delay >= 0 && delay <= 10_000 && delay === random * backoffDelay(attempt, () => 1);
      }),
    );
  });
});

describe("output", () => {
  /** The plain way: the text up to and including the first line equal to `line`. */
  const reference = (text: string, line: string, atEnd: boolean): string | undefined => {
    let taken = "";
    for (const part of text.split(/(?<=\n)/)) {
      taken += part;
      if (part === `${line}\n` || (atEnd && part === line && taken === text && part !== "")) return taken;
    }
    return undefined;
  };

  test("cut anywhere, it is read line by line as if it had come in one piece", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "\n", "ü") });
    const line = fc.string({ unit: fc.constantFrom("a", "b", "ü"), minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(40)), fc.array(line, { minLength: 1 }), fc.boolean(), (all, cuts, lines, atEnd) => {
        const output = new Output();
        const bytes = Buffer.from(all);
        let from = 0;
        let early: string | undefined;
        for (const cut of cuts) {
          output.push(bytes.subarray(from, from + cut));
          from += cut;
          early ??= output.take(lines[0] as string);
        }
        output.push(bytes.subarray(from));
        let left = all;
        for (const [index, wanted] of lines.entries()) {
          const expected = reference(left, wanted, atEnd);
          const taken = index === 0 && early !== undefined ? early : output.take(wanted, atEnd);
          expect(taken).toBe(expected);
          if (expected !== undefined) left = left.slice(expected.length);
        }
        expect(output.peek()).toBe(left);
        expect(output.rest()).toBe(left);
        expect(output.rest()).toBe("");
      }),
      { numRuns: 1000 },
    );
  });

  test("a million chunks of one byte take little more than a million bytes", () => {
    const output = new Output();
    const before = process.memoryUsage();
    // As they arrive: each piece is a part of a packet, and keeps the packet in memory.
    for (let n = 0; n < 1_000_000; n++) output.push(n % 1000 === 0 ? Buffer.alloc(4096, "x").subarray(0, 1) : Buffer.from("x"));
    const after = process.memoryUsage();
    const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
    expect(grown).toBeLessThan(60_000_000);
    expect(output.rest().length).toBe(1_000_000);
  });
});

describe("presenting commands", () => {
  test("a quoted word is that word to a shell", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom("'", '"', "\\", "$", "`", " ", "\n", "a", "!", ";", "*") }), (word) => {
        expect(execFileSync("sh", ["-c", `printf %s ${quote(word)}`], { encoding: "utf8" })).toBe(word);
      }),
      { numRuns: 50 },
    );
  });

  test("the sudo password goes ahead of the input and nowhere else", () => {
    const { command, preamble } = present("id", { kind: "sudo-with-password", password: "s3cret" }, "mark");
    expect(command).not.toContain("s3cret");
    expect(preamble).toBe("s3cret\nmark\n");
  });
});

describe("slots", () => {
  test("never more than its size, in order, and none is lost when a waiting caller leaves", async () => {
    const slots = new Slots(2);
    const never = new AbortController().signal;
    const first = await slots.acquire(never);
    const second = await slots.acquire(never);
    const order: string[] = [];
    const leaver = new AbortController();
    const leaving = slots.acquire(leaver.signal);
    const third = slots.acquire(never).then((release) => {
      order.push("third");
      return release;
    });
    const fourth = slots.acquire(never).then((release) => {
      order.push("fourth");
      return release;
    });
    leaver.abort(new Error("left"));
    await expect(leaving).rejects.toThrow("left");
    first();
    first();
    (await third)();
    second();
    (await fourth)();
    expect(order).toEqual(["third", "fourth"]);
    await expect(slots.acquire(AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  });
});

describe("what a host says before keys are exchanged", () => {
  // In the form of RFC 4253, after a line before the version and with a packet after it.
  const list = (names: string) => Buffer.concat([Buffer.from([0, 0, names.length >> 8, names.length & 255]), Buffer.from(names)]);
  const lists = [
    "diffie-hellman-group14-sha1,kex-strict-s-v00@openssh.com",
    "ssh-rsa,ssh-dss",
    "3des-cbc",
    "aes128-cbc",
    "hmac-md5",
    "hmac-sha1",
    "none",
    "none",
    "",
    "",
  ];
  const body = Buffer.concat([Buffer.from([8, 20]), Buffer.alloc(16, 7), ...lists.map(list), Buffer.alloc(5 + 8)]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length);
  const bytes = Buffer.concat([Buffer.from("be warned\r\nSSH-1.99-OpenSSH_4.3\r\n"), length, body, Buffer.from([0, 0, 0, 12, 6, 31])]);
  const heard = (...chunks: Buffer[]) => {
    const greeting = new Greeting();
    for (const chunk of chunks) greeting.hear(chunk);
    return { software: greeting.software, offer: greeting.offer };
  };

  test("is read, cut anywhere", () => {
    const whole = {
      software: "OpenSSH_4.3",
      offer: { kex: ["diffie-hellman-group14-sha1"], hostKey: ["ssh-rsa", "ssh-dss"], cipher: ["3des-cbc"], mac: ["hmac-md5"] },
    };
    expect(heard(bytes)).toEqual(whole);
    expect(heard(...[...bytes].map((byte) => Buffer.from([byte])))).toEqual(whole);
    for (let cut = 1; cut < bytes.length; cut++) expect(heard(bytes.subarray(0, cut), bytes.subarray(cut))).toEqual(whole);
  });
  test("whatever it is", () => {
    const start = fc.constantFrom("", "SSH-2.0-x\r\n", "SSH-2.0-x\n\0\0\0\x10\x04\x14");
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 200 }), (text, rest) => void heard(Buffer.from(text, "latin1"), Buffer.from(rest))),
    );
  });
  test("without end", () => expect(heard(...Array.from({ length: 100 }, () => Buffer.alloc(1024, "x\n")), bytes).software).toBeUndefined());
});

describe("host key algorithms", () => {
  test.each([
    [[], [], ["ssh-ed25519", "ecdsa-sha2-nistp256"]],
    [["ssh-rsa"], [], ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa", "ssh-ed25519"]],
    [["ecdsa-sha2-nistp384"], [], ["ecdsa-sha2-nistp384", "ssh-ed25519"]],
    [[], ["ssh-ed25519"], ["ecdsa-sha2-nistp256"]],
    [["ssh-rsa"], ["ssh-rsa"], ["ssh-ed25519"]],
  ])("known %j, without %j: %j first", (known, excluded, first) => {
    const ordered = orderHostKeys(offerTo({}).hostKey, { known, excluded });
    expect(ordered.slice(0, first.length)).toEqual(first);
    for (const type of excluded) expect(ordered).not.toContain(type);
  });
});

describe("what csp offers", () => {
  // The library's own lists. It has them nowhere else, and it refuses names that are not in them.
  const library = require("ssh2/lib/protocol/constants.js") as Record<string, string[]>;
  const LISTS = [
    ["kex", "KEX"],
    ["serverHostKey", "SERVER_HOST_KEY"],
    ["cipher", "CIPHER"],
    ["hmac", "MAC"],
  ] as const;

  test.each(LISTS)("of %s: ssh2's defaults, and SHA-1 for key exchange; neither more nor less", (word, list) => {
    const more = word === "kex" ? ["diffie-hellman-group-exchange-sha1", "diffie-hellman-group14-sha1"] : [];
    expect([...(inLibraryWords(offerTo({}))[word] as string[])].sort()).toEqual([...(library[`DEFAULT_${list}`] ?? []), ...more].sort());
  });

  test.each(LISTS)(
    "of %s with legacyAlgorithms: the same first, then what ssh2 has beyond it, and nothing that it has not",
    (word, list) => {
      const usual = inLibraryWords(offerTo({}))[word] as string[];
      const all = inLibraryWords(offerTo({ legacyAlgorithms: true }))[word] as string[];
      expect(all.slice(0, usual.length)).toEqual(usual);
      expect(all).toEqual(inLibraryWords(possible())[word]);
      // The names without @openssh.com are ssh2's own; RC4 stays off.
      const left = ["aes128-gcm", "aes256-gcm", "arcfour", "arcfour128", "arcfour256"];
      expect([...all].sort()).toEqual((library[`SUPPORTED_${list}`] ?? []).filter((name) => !left.includes(name)).sort());
    },
  );
});
