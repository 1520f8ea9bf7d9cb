import { routedFromBridge } from "../adversary/broute";

routedFromBridge("legacy ebtables", { name: "adv-br", backend: "legacy" });
