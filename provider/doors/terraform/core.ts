/**
 * What is loaded when Terraform first asks for more than a handshake: definitions, zod, SSH. A bundle of its own, because a process pays
 * for every byte of a script it starts, and Terraform starts several for each command.
 */
export { productCatalog } from "../catalog";
export { Service } from "./service";
