import type { Workload } from "../workload.js";
import { arrayCopied, arrayShared, arrayTransferred } from "./arrays.js";
import { asyncTasks } from "./async-tasks.js";
import { coldStart } from "./cold-start.js";
import { eventLoopDelay } from "./event-loop-delay.js";
import { idleCpu } from "./idle-cpu.js";
import { idleMemory } from "./idle-memory.js";
import { longAmongShort } from "./long-among-short.js";
import { mapNumbers } from "./map-numbers.js";
import { inFlight, noOpCalls } from "./no-op-calls.js";
import { objects } from "./objects.js";
import { queueMessages } from "./queue-messages.js";
import { queuedCalls } from "./queued-calls.js";
import { roundTrip } from "./round-trip.js";
import { scaling } from "./scaling.js";
import { sharedValue } from "./shared-value.js";
import { valueAdd } from "./value-add.js";

/** In the order in which they run. */
export const workloads: readonly Workload[] = [
  coldStart,
  idleMemory,
  idleCpu,
  noOpCalls,
  inFlight,
  roundTrip,
  mapNumbers,
  objects,
  longAmongShort,
  asyncTasks,
  scaling,
  queuedCalls,
  eventLoopDelay,
  sharedValue,
  valueAdd,
  queueMessages,
  arrayCopied,
  arrayTransferred,
  arrayShared,
];
