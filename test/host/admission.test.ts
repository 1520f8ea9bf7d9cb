import fc from "fast-check";
import { CspError } from "../../provider/errors";
import { guestUnit, policyUnit } from "../../provider/firewall/compile/unit";
import type { Records } from "../../provider/host/records/records";
import { admit, admitOwner, type Holdings } from "../../provider/host/state/admission";
import type { Edit } from "../../provider/host/state/edit";
import {
  adoptedHost,
  anyEdit,
  DIALECT,
  desiredOf,
  editOf,
  edits,
  type GuestVariant,
  labelOf,
  lookAt,
  MINE,
  type Spec,
  setOf,
  THEIRS,
  together,
  untouchedHost,
  uuidOf,
} from "./model";

/** The error with which an edit is refused; undefined if it is admitted. */
function refusal(edit: Edit, holdings: Holdings): CspError | undefined {
  try {
    admit("hv-01", edit, holdings);
    return undefined;
  } catch (error) {
    if (error instanceof CspError) return error;
    throw error;
  }
}

/** Holdings of a host on which these edits were made. */
function holdingsOf(made: readonly Edit[], more: Partial<Holdings> = {}): Holdings {
  const { records, sets } = lookAt(together(untouchedHost(), made));
  const { frame, waiting, ...rest } = records;
  return { ...rest, frame: frame ?? waiting, kernelSet: (name) => sets.get(name), isForeignSet: (name) => sets.has(name), ...more };
}

const open: GuestVariant = { open: [22] };
const frame = edits.frame(MINE);
const waiting = { ...(frame as Extract<Edit, { kind: "frame" }>).frame, owner: undefined };
const { owner: _, ...nobodys } = waiting;
const held = { ...THEIRS, ownership: "held" as const };
const tenants = edits.policy(MINE, "tenants", new Map([[2, open]]));

interface Row {
  readonly what: string;
  readonly made: readonly Edit[];
  readonly more?: Partial<Holdings>;
  readonly edit: Edit;
  /** Code of the error. */
  readonly refused?: string;
  /** What the error must name, beside the host. */
  readonly names?: readonly string[];
}

const ROWS: readonly Row[] = [
  { what: "the first frame", made: [], edit: frame },
  { what: "a frame that is mine", made: [frame], edit: frame },
  { what: "a frame that is theirs", made: [frame], edit: edits.frame(THEIRS), refused: "host-owned", names: [MINE.owner] },
  { what: "a frame that is theirs, and in my state", made: [frame], edit: edits.frame(held) },
  { what: "a frame that an installation left", made: [], more: { frame: nobodys }, edit: edits.frame(THEIRS) },
  { what: "the end of a frame that nothing needs", made: [frame], edit: { kind: "no-frame" } },
  { what: "the end of a frame where there is none", made: [], edit: { kind: "no-frame" } },
  {
    what: "the end of a frame that guests need",
    made: [frame, edits.guest(MINE, 0, open), tenants],
    edit: { kind: "no-frame" },
    refused: "guests-left",
    names: ["2 guests", labelOf(0), labelOf(2)],
  },
  {
    what: "the end of a frame that keeps others' rules over a boot",
    made: [frame, edits.hostFirewall(MINE, [22])],
    edit: { kind: "no-frame" },
    refused: "rules-left",
    names: ["host-firewall"],
  },
  { what: "the end of a frame beside an empty policy", made: [frame, edits.policy(MINE, "none", new Map())], edit: { kind: "no-frame" } },

  { what: "a guest on a host without a frame", made: [], edit: edits.guest(MINE, 0, open), refused: "not-adopted" },
  {
    what: "a guest on a host whose frame an installation left",
    made: [],
    more: { frame: nobodys },
    edit: edits.guest(MINE, 0, open),
    refused: "not-adopted",
  },
  { what: "a guest that nobody has", made: [frame], edit: edits.guest(THEIRS, 0, open) },
  { what: "a guest that is mine", made: [frame, edits.guest(MINE, 0, open)], edit: edits.guest(MINE, 0, { open: [80] }) },
  {
    what: "a guest that is theirs",
    made: [frame, edits.guest(MINE, 0, open)],
    edit: edits.guest(THEIRS, 0, open),
    refused: "guest-owned",
    names: [labelOf(0), uuidOf(0), MINE.owner],
  },
  { what: "a guest that is theirs, and in my state", made: [frame, edits.guest(MINE, 0, open)], edit: edits.guest(held, 0, open) },
  {
    what: "a guest of another resource of mine",
    made: [frame, tenants],
    edit: edits.guest(MINE, 2, open),
    refused: "guest-owned",
    names: [labelOf(2), MINE.owner],
  },
  {
    what: "a guest of another resource, whatever my state says",
    made: [frame, tenants],
    edit: edits.guest(held, 2, open),
    refused: "guest-owned",
  },
  {
    what: "a policy with a guest of another's",
    made: [frame, edits.guest(MINE, 0, open)],
    edit: edits.policy(
      THEIRS,
      "others",
      new Map([
        [1, open],
        [0, open],
      ]),
    ),
    refused: "guest-owned",
    names: [labelOf(0)],
  },
  {
    what: "a policy's name that is theirs",
    made: [frame, tenants],
    edit: edits.policy(THEIRS, "tenants", new Map()),
    refused: "unit-owned",
    names: [policyUnit("tenants"), MINE.owner],
  },
  {
    what: "the host's own firewall, which is theirs",
    made: [frame, edits.hostFirewall(MINE, [22])],
    edit: edits.hostFirewall(THEIRS, [22]),
    refused: "unit-owned",
  },
  {
    what: "a rule set's chain that is theirs",
    made: [frame, edits.ruleSet(MINE, "iptables.filter", "mail", [], "first")],
    edit: edits.ruleSet(THEIRS, "iptables.filter", "mail", [], "first"),
    refused: "unit-owned",
  },
  {
    what: "a chain of that name in another tool",
    made: [frame, edits.ruleSet(MINE, "iptables.filter", "mail", [], "first")],
    edit: edits.ruleSet(THEIRS, "ip6tables.filter", "mail", [], "first"),
  },
  {
    what: "a chain of that name in another table",
    made: [frame, edits.ruleSet(MINE, "iptables.filter", "mail", [], "first")],
    edit: edits.ruleSet(THEIRS, "iptables.mangle", "mail", [], "first"),
  },
  {
    what: "a rule set that is theirs in that table",
    made: [frame, edits.ruleSet(MINE, "iptables.mangle", "mail", [], "first")],
    edit: edits.ruleSet(THEIRS, "iptables.mangle", "mail", [], "first"),
    refused: "unit-owned",
  },
  {
    what: "a set in a table other than filter that is nowhere",
    made: [frame],
    edit: edits.ruleSet(MINE, "iptables.mangle", "mail", ["-m set --match-set nowhere src -j DROP"], "first"),
    refused: "set-missing",
  },
  { what: "the end of what is not there", made: [frame], edit: { kind: "no-unit", id: guestUnit(uuidOf(0)) } },

  { what: "a port with a guest's name", made: [frame], edit: edits.guest(MINE, 0, { open: [], port: "vif5.0" }) },
  {
    what: "a port that the frame does not look at",
    made: [frame],
    edit: edits.guest(MINE, 0, { open: [], port: "eth0" }),
    refused: "port-not-guests",
    names: ["eth0", "vif*, tap*"],
  },
  {
    what: "a port that another guest claims",
    made: [frame, edits.guest(MINE, 0, { open: [], port: "vif5.0" })],
    edit: edits.guest(MINE, 1, { open: [], port: "vif5.0" }),
    refused: "port-claimed",
    names: [labelOf(0), labelOf(1), "vif5.0"],
  },
  {
    what: "a port that two guests of one policy claim",
    made: [frame],
    edit: edits.policy(
      MINE,
      "tenants",
      new Map([
        [0, { open: [], port: "vif5.0" }],
        [1, { open: [], port: "vif5.0" }],
      ]),
    ),
    refused: "port-claimed",
  },
  {
    what: "a port that the guest itself claims already",
    made: [frame, edits.guest(MINE, 0, { open: [], port: "vif5.0" })],
    edit: edits.guest(MINE, 0, { open: [22], port: "vif5.0" }),
  },
  {
    what: "ports that guests of one policy exchange",
    made: [frame, edits.policy(MINE, "tenants", new Map([[0, { open: [], port: "vif5.0" }]]))],
    edit: edits.policy(MINE, "tenants", new Map([[1, { open: [], port: "vif5.0" }]])),
  },

  { what: "a set that nobody has", made: [frame], edit: edits.set(MINE, "blocklist", []) },
  { what: "a set on a host without a frame", made: [], edit: edits.set(MINE, "blocklist", []) },
  { what: "a set that is mine", made: [frame, edits.set(MINE, "blocklist", [])], edit: edits.set(MINE, "blocklist", ["192.0.2.0/24"]) },
  {
    what: "a set that is theirs",
    made: [frame, edits.set(MINE, "blocklist", [])],
    edit: edits.set(THEIRS, "blocklist", []),
    refused: "set-owned",
    names: ["blocklist", MINE.owner],
  },
  {
    what: "a set that is theirs, and in my state",
    made: [frame, edits.set(MINE, "blocklist", [])],
    edit: edits.set(held, "blocklist", []),
  },
  { what: "a set that csp did not make", made: [frame], edit: edits.set(MINE, "theirs", []), refused: "set-foreign", names: ["theirs"] },
  { what: "a set that csp did not make, and in my state", made: [frame], edit: edits.set({ ...MINE, ownership: "held" }, "theirs", []) },
  {
    what: "a set whose record is lost",
    made: [frame],
    more: { isForeignSet: () => false },
    edit: edits.set(MINE, "theirs", []),
  },

  {
    what: "a rule with a set that is there",
    made: [frame, edits.set(MINE, "blocklist", [])],
    edit: edits.guest(MINE, 0, { open: [], peer: "set:blocklist" }),
  },
  { what: "a rule with a set of others'", made: [frame], edit: edits.guest(MINE, 0, { open: [], peer: "set:theirs" }) },
  {
    what: "a rule with a set that is not there",
    made: [frame],
    edit: edits.guest(MINE, 0, { open: [], peer: "set:nowhere" }),
    refused: "set-missing",
    names: ["nowhere", "rule peers"],
  },
  {
    what: "a rule with a set that goes in the same transaction",
    made: [frame, edits.set(MINE, "blocklist", [])],
    more: { kernelSet: () => undefined },
    edit: edits.guest(MINE, 0, { open: [], peer: "set:blocklist" }),
    refused: "set-missing",
  },
  {
    what: "a rule with a set of the other family",
    made: [frame, edits.set(MINE, "blocklist", [], "inet6")],
    edit: edits.guest(MINE, 0, { open: [], peer: "set:blocklist" }),
    refused: "set-family",
    names: ["blocklist", "set6:blocklist"],
  },
  {
    what: "a rule with a set that has no family",
    made: [frame],
    more: { kernelSet: () => ({ ...setOf([]), family: undefined }) },
    edit: edits.guest(MINE, 0, { open: [], peer: "set6:anything" }),
  },
];

describe("who may have what of a host", () => {
  test.each(ROWS.map((row) => [row.what, row] as const))("%s", (_what, { made, more, edit, refused, names = [] }) => {
    const error = refusal(edit, holdingsOf(made, more));
    expect(error?.code).toBe(refused);
    for (const name of ["hv-01", ...names]) if (error !== undefined) expect(error.message).toContain(name);
  });

  test("a host is looked at before there is an edit for it", () => {
    const { frame: held } = holdingsOf([frame]);
    expect(() => admitOwner("hv-01", held, THEIRS.owner, "new")).toThrow(expect.objectContaining({ code: "host-owned" }));
    expect(() => admitOwner("hv-01", held, THEIRS.owner, "held")).not.toThrow();
    expect(() => admitOwner("hv-01", held, MINE.owner, "new")).not.toThrow();
    expect(() => admitOwner("hv-01", undefined, THEIRS.owner, "new")).not.toThrow();
  });

  const OWNERS = [MINE.owner, THEIRS.owner, "third/test web"];
  /** Runs edits on a host that has a frame; gives each admitted edit with the records before and after it. */
  const life = (all: readonly Spec[], step: (edit: Edit, before: Records, after: Records) => void) => {
    const desired = desiredOf(adoptedHost(DIALECT));
    // Records are the same maps from edit to edit.
    const now = () => structuredClone(desired.records());
    for (const edit of all.map(editOf)) {
      const before = now();
      try {
        desired.edit(edit);
      } catch (error) {
        if (!(error instanceof CspError)) throw error;
        continue;
      }
      step(edit, before, now());
    }
  };
  const sequence = fc.array(anyEdit(OWNERS), { maxLength: 16 });

  test("no guest, port or set has two owners, whoever asks for what in which order", () => {
    fc.assert(
      fc.property(sequence, (all) =>
        life(all, (_edit, _before, { guests, units, sets }) => {
          for (const { unit, owner } of guests.values()) expect(units.get(unit)?.owner).toBe(owner);
          const ports = [...guests.values()].flatMap(({ vifs }) => vifs.flatMap(({ port }) => port ?? []));
          expect(new Set(ports).size).toBe(ports.length);
          for (const port of ports) expect(port).toMatch(/^(vif|tap)/);
          const took = all.some(([make, terms]) => make === "set" && terms.ownership === "held");
          expect(sets.has("theirs") && !took).toBe(false);
        }),
      ),
      { numRuns: 200 },
    );
  });

  test("what somebody has, nobody new takes: it goes only by an edit for it that is no longer new, or by its removal", () => {
    const ownersOf = ({ frame: of, guests, units, sets }: Records) =>
      new Map<string, string>([
        ...(of === undefined ? [] : [["frame", of.owner] as const]),
        ...[...guests.values()].map(({ uuid, owner }) => [`guest ${uuid}`, owner] as const),
        ...[...units.values()].map(({ id, owner }) => [`unit ${id}`, owner] as const),
        ...[...sets.values()].map(({ name, owner }) => [`set ${name}`, owner] as const),
      ]);
    fc.assert(
      fc.property(sequence, (all) =>
        life(all, (edit, before, after) => {
          if (!("ownership" in edit) || edit.ownership === "held") return;
          const by = edit.kind === "frame" ? edit.frame.owner : edit.owner;
          const owners = ownersOf(after);
          for (const [what, owner] of ownersOf(before)) if (owner !== by) expect([what, owners.get(what)]).toEqual([what, owner]);
        }),
      ),
      { numRuns: 200 },
    );
  });

  test("an edit changes what other resources have on no terms", () => {
    fc.assert(
      fc.property(sequence, (all) =>
        life(all, (edit, before, after) => {
          const unit = edit.kind === "unit" ? edit.unit.id : edit.kind === "no-unit" ? edit.id : undefined;
          const set = edit.kind === "set" || edit.kind === "no-set" ? edit.name : undefined;
          const others = ({ guests, units, sets }: Records) => [
            [...guests.values()].filter((guest) => guest.unit !== unit),
            [...units.values()].filter(({ id }) => id !== unit),
            [...sets.values()].filter(({ name }) => name !== set),
          ];
          expect(others(after)).toEqual(others(before));
        }),
      ),
      { numRuns: 200 },
    );
  });
});
