import type { Workload } from "../workload.js";
import { longAmongShort } from "./long-among-short.js";
import { mapNumbers } from "./map-numbers.js";
import { noOpCalls } from "./no-op-calls.js";
import { queueMemory } from "./queue-memory.js";
import { roundTrip } from "./round-trip.js";
import { scaling } from "./scaling.js";

/** In the order in which they run. */
export const workloads: readonly Workload[] = [noOpCalls, roundTrip, mapNumbers, longAmongShort, scaling, queueMemory];
