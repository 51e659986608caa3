export { activeChildren } from "./children.js";
export { cpuCount } from "./cpu-count.js";
export { type CurrentProcess, currentProcess, type ParentProcess, parentProcess } from "./current-process.js";
export { type JoinOptions, Process } from "./process.js";
export type { ProcessOptions, ProcessSettings } from "./process-options.js";
