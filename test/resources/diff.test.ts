import fc from "fast-check";
import { z } from "zod";
import { withDefaults } from "../../provider/core/defaults";
import { UNKNOWN } from "../../provider/core/define";
import { diff } from "../../provider/core/diff";
import { hostPolicy } from "../../provider/resources/host-policy";
import { securityGroup } from "../../provider/resources/security-group";
import { objectShape } from "../../provider/schema/shape";
import { applied, respelled, rule, ruleLists, setsInOrder } from "./rules";

const group = (ingress: unknown[], more: object = {}) => ({ name: "web", ingress, ...more });
const paths = (before: unknown, after: unknown) => diff(securityGroup, before, after).map(({ path, kind }) => `${kind} ${path}`);

const [a, b, c, d] = [rule("a"), rule("b"), rule("c"), rule("d")];

describe("the difference between two lists of rules", () => {
  test.each<[string, unknown[], unknown[], string[]]>([
    ["nothing", [a, b], [a, b], []],
    ["one inserted in the middle", [a, c], [a, b, c], ["add ingress[1]"]],
    ["one inserted at the front", [b, c], [a, b, c], ["add ingress[0]"]],
    ["one removed from the middle", [a, b, c], [a, c], ["delete ingress[1]"]],
    ["two removed", [a, b, c, d], [b, d], ["delete ingress[0]", "delete ingress[2]"]],
    ["one moved to the end", [a, b, c], [b, c, a], ["delete ingress[0]", "add ingress[2]"]],
    ["another in its place", [a, b, c], [a, d, c], ["update ingress[1]"]],
    ["a field of a rule in its place", [a, b], [a, { ...b, action: "drop" }], ["update ingress[1]"]],
    ["a field of a rule that shifted", [a, b], [c, a, { ...b, action: "drop" }], ["delete ingress[1]", "add ingress[0]", "add ingress[2]"]],
    [
      "a member of a list in a rule",
      [{ ...a, from: ["10.0.0.1", "10.0.0.2", "10.0.0.3"] }],
      [{ ...a, from: ["10.0.0.2", "10.0.0.3"] }],
      ["delete ingress[0].from[0]"],
    ],
    [
      "a member at the end of a list in a rule",
      [{ ...a, from: ["10.0.0.1"] }],
      [{ ...a, from: ["10.0.0.1", "10.0.0.2"] }],
      ["update ingress[0]"],
    ],
  ])("%s", (_what, before, after, expected) => {
    expect(paths(group(before), group(after))).toEqual(expected);
  });

  test("the difference is complete: applied to the old list, it gives the new one", () => {
    fc.assert(
      fc.property(ruleLists, ruleLists, (before, after) => {
        const differences = diff(securityGroup, group(before), group(after));
        expect(new Set(differences.map(({ path }) => path)).size).toBe(differences.length);
        const meaning = (value: unknown) => setsInOrder(withDefaults(objectShape(securityGroup.inputs), value));
        expect(meaning(applied(group(before), group(after), differences))).toEqual(meaning(group(after)));
      }),
    );
  });

  test("other spellings, another order of unordered lists, and written defaults are no difference", () => {
    fc.assert(
      fc.property(ruleLists, (rules) => {
        expect(paths(group(rules), group(respelled(rules)))).toEqual([]);
        expect(paths(group(respelled(rules)), group(rules))).toEqual([]);
      }),
    );
  });

  test("one inserted rule is one addition, in any place, and however the others are spelt now", () => {
    fc.assert(
      fc.property(ruleLists, fc.nat(), (rules, seed) => {
        const at = seed % (rules.length + 1);
        expect(paths(group(rules), group(respelled(rules).toSpliced(at, 0, rule("new"))))).toEqual(
          rules.length === 0 ? ["add ingress[0]"] : [`add ingress[${at}]`],
        );
      }),
    );
  });
});

describe("the difference between other fields", () => {
  test.each<[string, object, object, string[]]>([
    ["members as a set", { members: ["10.0.0.1", "10.0.0.2"] }, { members: ["10.0.0.2", "10.0.0.1/32"] }, []],
    ["a member more", { members: ["10.0.0.1"] }, { members: ["10.0.0.9", "10.0.0.1"] }, ["add members[0]"]],
    ["a list that was left out", {}, { members: ["10.0.0.1"] }, ["add members"]],
    ["an empty list for none", {}, { members: [], egress: [] }, []],
    ["what is not known", { members: ["10.0.0.1"] }, { members: UNKNOWN }, ["update members"]],
    ["a member that is not known", { members: ["10.0.0.1"] }, { members: ["10.0.0.1", UNKNOWN] }, ["add members[1]"]],
    ["the name", {}, { name: "db" }, ["update name"]],
  ])("%s", (_what, before, after, expected) => {
    expect(paths({ name: "web", ...before }, { name: "web", ...after })).toEqual(expected);
  });

  test("a change of an identity field replaces the resource", () => {
    expect(diff(securityGroup, { name: "a" }, { name: "b" })).toEqual([
      { path: "name", steps: ["name"], kind: "update", field: "name", replaces: true },
    ]);
    expect(diff(securityGroup, { name: "a" }, { name: "a", members: ["10.0.0.1"] })[0]?.replaces).toBe(false);
  });

  test("a guest of a policy is named by its key", () => {
    const guest = (ingress: unknown[]) => ({
      uuid: "6c1a4a5e-8f0e-4b5c-9d3e-2f6a7b8c9d0e",
      interfaces: [{ device: 0, mac: "02:00:00:00:00:01" }],
      ingress,
    });
    const before = { host: "hv", guests: { "web-1": guest([a, b]), "web-2": guest([a]) } };
    const after = { host: "hv", guests: { "web-1": guest([a, c, b]), "web-2": guest([a]) } };
    expect(diff(hostPolicy, before, after).map(({ path }) => path)).toEqual(['guests["web-1"].ingress[1]']);
  });

  test("an ordered list of texts is compared by the texts", () => {
    const definition = { inputs: z.object({ list: z.array(z.string()).meta({ sequence: true }) }) };
    const marks = (before: unknown[], after: unknown[]) =>
      diff(definition, { list: before }, { list: after }).map(({ path, kind }) => `${kind} ${path}`);
    expect(marks(["x", "y"], ["x", "new", "y"])).toEqual(["add list[1]"]);
    expect(marks(["x", "y", "z"], ["y", "z"])).toEqual(["delete list[0]"]);
    expect(marks(["x", "y"], ["y", "x"])).toHaveLength(2);
    expect(marks(["x"], [UNKNOWN])).toEqual(["update list[0]"]);
    expect(marks(["x", "x"], ["x", "x"])).toEqual([]);
  });

  test("a list without a name field is compared by index", () => {
    const definition = { inputs: z.object({ list: z.array(z.string()) }) };
    expect(diff(definition, { list: ["x", "y"] }, { list: ["y"] }).map(({ path, kind }) => `${kind} ${path}`)).toEqual([
      "update list[0]",
      "delete list[1]",
    ]);
  });
});
