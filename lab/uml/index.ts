export { type SecondKernel, secondKernel } from "./kernel";
export { type CommandUnderUml, runUnderUml } from "./machine";
