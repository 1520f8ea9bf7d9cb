export { buildInstaller, putImages, type Release } from "./image";
export { FIRST_FILE, type Firmware, GRUB_MODULES, putLoader } from "./loaders";
export { type Booted, type BootOptions, bootFromNetwork, type Outcome, SERVER_ADDRESS } from "./machine";
export { missingForBoot } from "./requirements";
