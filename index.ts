export * from "./components";
export * from "./sdk/nodejs";
