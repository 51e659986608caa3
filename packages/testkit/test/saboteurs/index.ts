/** For each clause an executor that breaks it. */
import { ofExecutors } from "./of-executors.js";
import { ofFutures } from "./of-futures.js";
import { ofMaps } from "./of-maps.js";
import { ofWorkers } from "./of-workers.js";
import type { Saboteurs } from "./saboteur.js";

export const saboteurs: Saboteurs = { ...ofFutures, ...ofMaps, ...ofExecutors, ...ofWorkers };
