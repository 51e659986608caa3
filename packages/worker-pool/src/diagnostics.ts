/**
 * What metrics and tracing hear, through `node:diagnostics_channel`.
 *
 *   concurrent-futures:task:submit    { future, name }                   in the async context of the submit
 *   concurrent-futures:task:start     { future, name, workerId }
 *   concurrent-futures:task:end       { future, name, runTime } or { future, name, error } or, cancelled, { future, name }
 *   concurrent-futures:worker:start   { kind, workerId, id }
 *   concurrent-futures:worker:exit    { kind, workerId, id, exitCode, signal }
 */
import { type Channel, channel } from "node:diagnostics_channel";

export const taskSubmit: Channel = channel("concurrent-futures:task:submit");
export const taskStart: Channel = channel("concurrent-futures:task:start");
export const taskEnd: Channel = channel("concurrent-futures:task:end");
export const workerStart: Channel = channel("concurrent-futures:worker:start");
export const workerExit: Channel = channel("concurrent-futures:worker:exit");
