import { failingClosed } from "./failing-closed";

failingClosed("legacy");
