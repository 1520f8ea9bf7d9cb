import { adversary } from "./suite";

for (const backend of ["nft", "legacy"] as const)
  adversary(`layer 2 by nft, two bridges with the same addresses, ${backend}`, {
    name: `adv-n-${backend}`,
    backend,
    plane: "nft-bridge",
    twins: true,
  });
