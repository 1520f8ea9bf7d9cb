export { type CommandUnderUml, missingForUml, runUnderUml } from "./machine";
