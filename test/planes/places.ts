/** Who is on the corpus' bridge. The names are those of the lab's endpoints; MACs, UUIDs and blocks of addresses never change. */

export interface Card {
  readonly mac: string;
  /** The addresses of which a policy gives it some: the last 16 of "10.80.0.<block>" and of "fd80::<block>". */
  readonly block: number;
}

export const GUESTS = {
  a: { uuid: "80800000-0000-4000-8000-00000000000a", cards: [{ mac: "02:00:00:80:00:0a", block: 16 }] },
  b: { uuid: "80800000-0000-4000-8000-00000000000b", cards: [{ mac: "02:00:00:80:00:0b", block: 32 }] },
  c: {
    uuid: "80800000-0000-4000-8000-00000000000c",
    cards: [
      { mac: "02:00:00:80:00:0c", block: 48 },
      { mac: "02:00:00:80:01:0c", block: 64 },
    ],
  },
} as const satisfies Readonly<Record<string, { readonly uuid: string; readonly cards: readonly Card[] }>>;

export type GuestName = keyof typeof GUESTS;

/** A guest that has no policy, and two that are behind ports that are no guests'. */
export const IDLE = { uuid: "80800000-0000-4000-8000-00000000000d", mac: "02:00:00:80:00:0d", block: 80 };
export const OUTSIDE = {
  office: { mac: "02:00:00:80:00:e0", block: 96 },
  depot: { mac: "02:00:00:80:00:e1", block: 112 },
} as const satisfies Readonly<Record<string, Card>>;

/** Where a packet enters or leaves the bridge, by the name of the lab's endpoint: "c/1" is the guest's second interface. */
export const PLACES = ["a", "b", "c", "c/1", "idle", "office", "depot"] as const;
export type Place = (typeof PLACES)[number];

export const CARDS: Readonly<Record<Place, Card>> = {
  a: GUESTS.a.cards[0],
  b: GUESTS.b.cards[0],
  c: GUESTS.c.cards[0],
  "c/1": GUESTS.c.cards[1],
  idle: IDLE,
  ...OUTSIDE,
};

/** The address of a block: 0 is its first. */
export const v4 = (block: number, index = 0): string => `10.80.0.${block + index}`;
export const v6 = (block: number, index = 0): string => `fd80::${(block + index).toString(16)}`;

/** The ports that a lab gives the guests if they are started in this order, for judges without a lab. */
export const USUAL_PORTS: Readonly<Record<Place, string>> = {
  a: "vif1.0",
  b: "vif2.0",
  c: "vif3.0",
  "c/1": "vif3.1",
  idle: "vif4.0",
  office: "port0",
  depot: "port1",
};

/** IP sets that policies name. They stand on the host before any policy. */
export const SETS = {
  some4: { family: "inet", members: ["10.80.0.32/28", "10.80.0.40/29 nomatch", "10.80.0.96", "203.0.113.0/24", "198.51.100.128/25"] },
  some6: { family: "inet6", members: ["fd80::20/124", "fd80::28/125 nomatch", "fd80::60", "2001:db8::/32"] },
} as const;
