/**
 * What is loaded when the engine first asks for more than a handshake: definitions, zod, SSH. A bundle of its own, because a process pays
 * for every byte of a script it starts, and the plugin is started for every command.
 */
export { productCatalog } from "../catalog";
export { Service } from "./service";
