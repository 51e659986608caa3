import type { Workload } from "../workload.js";
import { largeArray } from "./large-array.js";
import { longAmongShort } from "./long-among-short.js";
import { mapNumbers } from "./map-numbers.js";
import { noOpCalls } from "./no-op-calls.js";
import { queueMemory } from "./queue-memory.js";
import { queueMessages } from "./queue-messages.js";
import { roundTrip } from "./round-trip.js";
import { scaling } from "./scaling.js";
import { sharedValue } from "./shared-value.js";
import { valueAdd } from "./value-add.js";

/** In the order in which they run. */
export const workloads: readonly Workload[] = [
  noOpCalls,
  roundTrip,
  mapNumbers,
  longAmongShort,
  scaling,
  queueMemory,
  sharedValue,
  valueAdd,
  queueMessages,
  largeArray,
];
