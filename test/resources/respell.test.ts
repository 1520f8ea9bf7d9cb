import fc from "fast-check";
import { withDefaults } from "../../provider/core/defaults";
import { diff } from "../../provider/core/diff";
import { respell } from "../../provider/core/respell";
import { securityGroup } from "../../provider/resources/security-group";
import { objectShape } from "../../provider/schema/shape";
import { respelled, rule, ruleLists } from "./rules";

const shape = objectShape(securityGroup.inputs);
const group = (ingress: unknown) => ({ name: "web", ingress });

describe("values that were read, in the user's own words", () => {
  test("are what the user wrote, if the meaning is the same", () => {
    fc.assert(
      fc.property(ruleLists, (rules) => {
        const written = group(respelled(rules));
        expect(respell(shape, withDefaults(shape, group(rules)), written)).toEqual(written);
      }),
    );
  });

  test("are what was read, if the meaning differs", () => {
    fc.assert(
      fc.property(ruleLists, ruleLists, (read, written) => {
        const fresh = withDefaults(shape, group(read));
        expect(diff(securityGroup, fresh, respell(shape, fresh, group(respelled(written))))).toEqual([]);
      }),
    );
  });

  test("keep the spelling of rules beside one that changed", () => {
    const written = [
      { ...rule("a"), ports: ["22:22"] },
      { ...rule("b"), from: ["10.0.0.5/24", "192.0.2.1"] },
    ];
    const read = [{ ...rule("a") }, { ...rule("b"), from: ["192.0.2.1", "192.0.2.9", "10.0.0.0/24"] }];
    expect(respell(shape, withDefaults(shape, group(read)), group(written))).toEqual(
      group([
        { ...rule("a"), ports: ["22:22"] },
        { ...rule("b"), from: ["10.0.0.5/24", "192.0.2.1", "192.0.2.9"] },
      ]),
    );
  });

  test("leave defaults out of an import", () => {
    expect(respell(shape, withDefaults(shape, group([rule("a")])), undefined)).toEqual(group([rule("a")]));
  });
});
