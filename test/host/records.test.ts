import fc from "fast-check";
import { compileUnit } from "../../provider/firewall/compile/unit";
import { CURRENT } from "../../provider/firewall/planes/print";
import { parseDeclaration } from "../../provider/host/records/declaration";
import { formatFrame } from "../../provider/host/records/frame";
import { formatGuest } from "../../provider/host/records/guest";
import { INDEX_WORDS, parseIndex } from "../../provider/host/records/records";
import { formatSet } from "../../provider/host/records/set";
import { formatUnit } from "../../provider/host/records/unit";
import { unit } from "../firewall/arbitrary";

/** The lines that `grep` takes from the files for a snapshot. */
const index = (files: readonly string[]) =>
  files
    .flatMap((file) => file.split("\n"))
    .filter((line) => INDEX_WORDS.some((word) => line === word || line.startsWith(`${word} `)))
    .join("\n");

/** Names as hostile as a user can make them. They have passed validation, and still no line of a record may be read as two. */
const hostile = fc.oneof(
  fc.string(),
  fc.constantFrom(
    "a\nuuid 666",
    "a\nvif 9 00 x -",
    "a\ncsp-guest 1\nuuid 666",
    "a\nset evil",
    "owner x",
    "\r\n@@csp end\n",
    "$(reboot)",
    "declaration {}",
    "csp-guest 1",
    "  ",
    "ünïcode",
    "\u2028vif 0 x y -",
    "\u0000",
  ),
);

test("a frame without an owner waits for one, and belongs to nobody", () => {
  const waiting = {
    guestPorts: ["vif"],
    sysctls: { "bridge-nf-call-iptables": "0" },
    callers: ["udev", "sysv"],
    plane: "xtables" as const,
    zones: "by-bridge" as const,
    besides: [],
  };
  const text = formatFrame(waiting, undefined);
  expect(parseIndex(index([text]))).toMatchObject({ waiting });
  expect(parseIndex(index([text])).frame).toBeUndefined();
  expect(parseDeclaration(text)).toBeUndefined();
  const owned = parseIndex(index([formatFrame({ ...waiting, owner: "" }, {})]));
  expect([owned.frame, owned.waiting]).toEqual([{ ...waiting, owner: "" }, undefined]);
});

test("records are read back from their files unchanged, whatever names they contain", () => {
  fc.assert(
    fc.property(unit(2, 3), hostile, hostile, hostile, (declared, owner, label, note) => {
      const compiled = compileUnit(
        { ...declared, guests: declared.guests.map((guest, n) => ({ ...guest, label: `${label}${n}` })) },
        CURRENT,
      );
      const declaration = { note, nested: { owner } };
      const frame = {
        guestPorts: ["vif", "tap"],
        sysctls: { "bridge-nf-call-iptables": "0" },
        callers: ["udev"],
        plane: "xtables" as const,
        zones: "by-bridge" as const,
      };
      const files = [
        formatFrame({ owner, ...frame, besides: [note] }, declaration),
        formatUnit(compiled, owner, declaration),
        ...compiled.guests.map((guest) => formatGuest(compiled.id, guest, owner, declaration)),
        formatSet("blocklist", owner, declaration, new Map([["blocklist", { type: "hash:net", members: new Set(["10.0.0.1"]) }]])),
      ];
      const records = parseIndex(index(files));
      expect([...records.guests.keys()].sort()).toEqual(compiled.guests.map(({ uuid }) => uuid).sort());
      for (const guest of compiled.guests) expect(records.guests.get(guest.uuid)).toMatchObject({ unit: compiled.id, vifs: guest.vifs });
      expect([...records.units.keys()]).toEqual([compiled.id]);
      expect(records.units.get(compiled.id)?.sets).toEqual([...compiled.sets.keys()]);
      expect([...records.sets.keys()]).toEqual(["blocklist"]);
      expect(records.frame).toMatchObject(frame);
      expect(records.spoilt).toEqual([]);
      for (const file of files) expect(parseDeclaration(file)).toEqual(declaration);
      // Every record has one owner, on one line.
      expect(new Set([records.frame?.owner, ...[...records.guests.values()].map((guest) => guest.owner)]).size).toBe(1);
    }),
    { numRuns: 150 },
  );
});
