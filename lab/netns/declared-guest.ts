import type { Guest } from "./topology";

/** What the topology says of a guest, whatever kind of lab runs it. */
export abstract class DeclaredGuest {
  readonly name: string;
  readonly uuid: string;

  constructor(readonly spec: Guest) {
    this.name = spec.name;
    this.uuid = spec.uuid;
  }

  /** The first interface's. */
  get mac(): string {
    return this.spec.interfaces[0]?.mac ?? "";
  }

  /** The first interface's first address of a family, without its prefix length. */
  address(family: 4 | 6 = 4): string {
    return this.spec.interfaces[0]?.addresses.find((one) => one.includes(":") === (family === 6))?.split("/")[0] ?? "";
  }
}
