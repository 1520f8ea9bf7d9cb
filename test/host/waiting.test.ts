import fc from "fast-check";
import type { CspError } from "../../provider/errors";
import { type Patience, standingOf, waitFor } from "../../provider/host/adopt/waiting";
import * as ssh from "../../provider/ssh/errors";

const TARGET = { name: "hv-01", address: "192.0.2.11", port: 22 };
const key = {
  type: "ssh-ed25519",
  fingerprints: "SHA256:q0KQvrN0VtOWBcbaCsZzKoMZu5k5ZHHN7gPkYdp0dXA, MD5:3f:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f",
  line: "ssh-ed25519 AAAA",
};
const transport = (code: string) => ssh.unreachable(TARGET, new Error(`connect ${code} 192.0.2.11:22`), 10);

const patience = (more: Partial<Patience> = {}): Patience => ({
  minutes: 10,
  signal: new AbortController().signal,
  status: () => {},
  standing: standingOf,
  pauseMs: 0,
  ...more,
});

describe("standingOf: what an error says about a host that is being installed", () => {
  test.each<[what: string, error: CspError, standing: string]>([
    ["a closed port", transport("ECONNREFUSED"), "its address answers, but no SSH server listens there yet"],
    ["a dead address", transport("EHOSTUNREACH"), "nothing answers at its address"],
    ["no answer", ssh.dialTimedOut(TARGET, 15_000), "nothing answers at its address"],
    ["a connection that ends", transport("ECONNRESET"), "its address accepts connections and closes them again"],
    [
      "an unknown key",
      ssh.hostKeyUnknown(TARGET, key, { files: ["/root/.ssh/known_hosts"], name: "192.0.2.11" }),
      `an SSH server answers whose key is not pinned (${key.fingerprints}): an installer's own, or the new system's`,
    ],
    [
      "another key, not the pinned one's fingerprint",
      ssh.hostKeyChanged(TARGET, key, ["SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"], "the `hostKey` setting"),
      `an SSH server answers whose key is not pinned (${key.fingerprints}): an installer's own, or the new system's`,
    ],
  ])("%s", (_, error, standing) => expect(standingOf(error)).toBe(standing));

  test("an sshd with nothing in common: an installer's own may be another one than the new system's", () => {
    const offer = { kex: ["x"], hostKey: ["x"], cipher: ["x"], mac: ["x"] };
    const error = ssh.noCommonAlgorithm(TARGET, { missing: ["kex"], theirs: offer, ours: offer, software: undefined }, undefined);
    expect(standingOf(error)).toContain("the host and csp have no key exchange in common");
  });

  test("an error that waiting does not change ends it", () => {
    for (const error of [
      ssh.noCredentials(TARGET),
      ssh.privateKeyEncrypted(TARGET),
      ssh.hostKeyRevoked(TARGET, key, "x"),
      ssh.cancelled(TARGET, "x"),
    ])
      expect(standingOf(error)).toBeUndefined();
  });
});

describe("waitFor", () => {
  test("looks until it is there, waits through everything that may pass, and reports each", async () => {
    const look = fc.oneof(fc.constantFrom("ECONNREFUSED", "EHOSTUNREACH", "ECONNRESET"), fc.constant("old system"));
    await fc.assert(
      fc.asyncProperty(fc.array(look, { maxLength: 12 }), async (before) => {
        const left = [...before];
        const said: string[] = [];
        const seen = await waitFor(
          async () => {
            const next = left.shift();
            if (next === undefined) return { found: "up" };
            if (next === "old system") return { standing: next };
            throw transport(next);
          },
          patience({ status: (standing) => said.push(standing) }),
        );
        expect(seen).toEqual({ found: "up" });
        expect(said).toEqual(before.map((code) => (code === "old system" ? code : standingOf(transport(code)))));
      }),
      { numRuns: 50 },
    );
  });

  test("when time is up, the last reason is the answer", async () => {
    const looks = async () => {
      throw transport("ECONNREFUSED");
    };
    expect(await waitFor(looks, patience({ minutes: 0.001, pauseMs: 5 }))).toEqual({ standing: standingOf(transport("ECONNREFUSED")) });
  });

  test("a look that never ends is stopped when time is up", async () => {
    let looked = 0;
    const seen = await waitFor(
      (signal) =>
        new Promise((_, reject) => {
          if (looked++ === 0) reject(transport("EHOSTUNREACH"));
          else signal.addEventListener("abort", () => reject(ssh.cancelled(TARGET, "connecting")));
        }),
      patience({ minutes: 0.001 }),
    );
    expect(seen).toEqual({ standing: "nothing answers at its address" });
  });

  test("an error that waiting does not change is thrown at once, and so is the caller's abort, during a look or between two", async () => {
    const wrong = ssh.noCredentials(TARGET);
    await expect(waitFor(() => Promise.reject(wrong), patience())).rejects.toBe(wrong);
    for (const inLook of [true, false]) {
      const controller = new AbortController();
      const reason = new Error("cancelled by the engine");
      const looks = waitFor(
        async (signal) => {
          if (inLook) controller.abort(reason);
          if (signal.aborted) throw ssh.cancelled(TARGET, "connecting");
          return { standing: "old" };
        },
        patience({ signal: controller.signal, status: () => controller.abort(reason), pauseMs: 60_000 }),
      );
      await expect(looks).rejects.toBe(reason);
    }
  });
});
