/** How many CPUs this process can use. */
import { availableParallelism } from "node:os";
import { cgroupCpus } from "./cgroup.js";

/**
 * How many CPUs this process may keep busy: those that it is allowed to run on (affinity), or fewer where a control
 * group's quota (v1 or v2) grants less time than that. Rounded down, at least 1.
 *
 * Semantics: os.process_cpu_count, Python 3.14.
 * Differs (D-51): multiprocessing.cpu_count counts all CPUs of the machine, and
 * neither knows of quotas.
 */
export function cpuCount(): number {
  return Math.max(1, Math.floor(Math.min(availableParallelism(), cgroupCpus())));
}
