import { functionOf, functions, resourceOf, resources } from "../../provider/resources";

describe("a definition by its token", () => {
  test("is the one of the list, for every token there is", () => {
    expect(resources.map(({ token }) => resourceOf(token))).toEqual([...resources]);
    expect(functions.map(({ token }) => functionOf(token))).toEqual([...functions]);
  });

  test("has its own types", () => {
    const members: string[] = resourceOf("csp:firewall:IpSet").inputs.parse({ host: "hv-01", name: "office" }).members;
    expect(members).toEqual([]);
  });

  test("does not compile when it is misspelt", () => {
    // @ts-expect-error
    expect(resourceOf("csp:firewall:IpSets")).toBeUndefined();
    // @ts-expect-error
    expect(functionOf("csp:index:getHosts")).toBeUndefined();
  });
});
