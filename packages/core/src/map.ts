import type { MapOptions, MapResults, TaskOptions } from "./executor.js";
import type { Future } from "./future.js";
import type { ActiveMaps } from "./map-feed.js";
import type { AnyTask } from "./task-reference.js";

/** What a map needs of its executor. */
export interface MapHost {
  schedule(task: AnyTask, args: readonly unknown[]): Future<unknown>;
  readonly parallelism: number;
  readonly taskOptions: TaskOptions;
  readonly active: ActiveMaps;
}

export function startMap(
  _host: MapHost,
  _fn: unknown,
  _items: unknown,
  _options: MapOptions | undefined,
  _spread: boolean,
): MapResults<unknown> {
  throw new Error("map is being written");
}
