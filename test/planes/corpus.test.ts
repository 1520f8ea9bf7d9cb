import fc from "fast-check";
import { describeWith } from "../support/needs";
import { PlaneJudge } from "./judge";
import { packetsNear } from "./packets";
import { PLANES } from "./planes";
import { policy } from "./policies";
import { again, corpusSize, first, inItsOwnWords } from "./sample";

const { policies, packets } = corpusSize({ policies: 8, packets: 500 });

/**
 * The same policies and packets for every data plane: each packet is really sent, and arrives where the policy's evaluator says, and nowhere else.
 * So the planes are equal to each other as well.
 */
for (const plane of PLANES)
  describeWith(["root", ...plane.needs], `${plane.name} does what the policy says`, () => {
    let judge: PlaneJudge;
    beforeAll(async () => {
      judge = await PlaneJudge.build(plane);
    }, 180_000);
    afterAll(() => judge?.down(), 180_000);

    test(`of ${policies} policies x ${packets} packets`, async () => {
      await fc.assert(
        fc.asyncProperty(
          policy.chain((declared) => fc.tuple(fc.constant(declared), packetsNear(declared, packets))),
          async ([declared, sent]) => {
            const wrong = await judge.disagreements(declared, sent);
            if (wrong.length > 0) throw new Error(`${wrong.length} disagreements under ${JSON.stringify(declared)}\n${first(wrong)}`);
          },
        ),
        { numRuns: policies, endOnFailure: true, ...again(), asyncReporter: async (details) => inItsOwnWords(details) },
      );
      console.log(`${plane.name}: ${judge.sent} packets, ${Math.round((judge.sent / judge.took) * 1000)} a second`);
    }, 3_600_000);
  });
