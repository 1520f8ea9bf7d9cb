import { failingClosed } from "./failing-closed";

failingClosed("nft");
