/**
 * Small structs read lately, by their bytes: a rule that a thousand guests have is read once, and is one object. What is kept is bounded: a
 * struct takes the place of an older one.
 */
export class SeenStructs {
  private readonly slots: ({ readonly bytes: Buffer; readonly value: object } | undefined)[] = new Array(SLOTS);

  /** The object that was read from the same bytes, or undefined. */
  find(bytes: Buffer): object | undefined {
    const seen = this.slots[slotOf(bytes)];
    return seen?.bytes.equals(bytes) ? seen.value : undefined;
  }

  keep(bytes: Buffer, value: object): void {
    // A copy: the message that these are a part of goes.
    this.slots[slotOf(bytes)] = { bytes: Buffer.from(bytes), value };
  }
}

const SLOTS = 1 << 14;

/** FNV-1a. */
function slotOf(bytes: Buffer): number {
  let hash = bytes.length;
  for (let i = 0; i < bytes.length; i++) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) & (SLOTS - 1);
}
