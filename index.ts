export * from "./sdk/nodejs";
